"""pam-aws-oidc endpoint: where STS is asked, compared with the AWS SDK for Python: the URL is the one that botocore's endpoint rules of STS give.

Debian's botocore is older than some of AWS's partitions. What it does not know is named here, with the reason, and tested from a table instead; and
each of these exceptions fails as soon as botocore no longer needs it.
"""

import itertools
import json
from pathlib import Path

import botocore
import pytest
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError, InvalidRegionError
from botocore.utils import validate_region_name

DATA = Path(botocore.__file__).parent / "data"
PARTITIONS = json.loads((DATA / "partitions.json").read_text(encoding="utf-8"))
SDK = EndpointProvider(json.loads((DATA / "sts/2011-06-15/endpoint-rule-set-1.json").read_text(encoding="utf-8")), PARTITIONS)

# What a region may be asked with, as the command's options, and how botocore's rules name it.
PARAMETERS = {"fips": "UseFIPS", "dual-stack": "UseDualStack", "global": "UseGlobalEndpoint"}
COMBINATIONS = [wishes for count in range(len(PARAMETERS) + 1) for wishes in itertools.combinations(PARAMETERS, count)]

# Every region that botocore knows, and its partition. Pseudo regions are among them.
REGIONS = {region: partition["id"] for partition in PARTITIONS["partitions"] for region in partition["regions"]}

# Names of regions that nobody has, or that look like those of a partition and are not. botocore takes them for regions of aws.
ODD_REGIONS = ["mars-1", "mars-north-1", "x", "us-gov-x", "us-gov-west-x", "us-gov-west-1a", "us-gov-1", "cn-1", "cn-north", "cn-north-1-x",
               "us-isoz-east-1", "us-iso-1", "us-iso--1", "us-iso-a-b-1", "xus-iso-east-1", "aws-cn-global-1", "aws-eusc-global", "eusc-fr-east-1",
               "us-east-11", "us-east", "il-central-1", "mx-central-1", "eu-central-3"]

# Partitions whose hosts have a dual stack of which botocore 1.29.27 does not know: "supportsDualStack" is false in its partitions.json.
WITHOUT_DUAL_STACK = ["aws-iso", "aws-iso-b"]

# Partitions that are younger than botocore 1.29.27, each with a region of it, which botocore takes for one of aws.
YOUNGER_PARTITIONS = {"aws-iso-e": "eu-isoe-west-1", "aws-iso-f": "us-isof-south-1", "aws-eusc": "eusc-de-east-1"}

# What the SDKs of today give where botocore 1.29.27 does not: region, what is wanted, host.
NOT_IN_BOTOCORE = [
    ("us-iso-east-1", ("dual-stack",), "sts.us-iso-east-1.api.aws.ic.gov"),
    ("us-iso-east-1", ("fips", "dual-stack"), "sts-fips.us-iso-east-1.api.aws.ic.gov"),
    ("us-iso-west-1", ("dual-stack",), "sts.us-iso-west-1.api.aws.ic.gov"),
    ("us-isob-east-1", ("dual-stack",), "sts.us-isob-east-1.api.aws.scloud"),
    ("us-isob-east-1", ("fips", "dual-stack"), "sts-fips.us-isob-east-1.api.aws.scloud"),
    ("eu-isoe-west-1", (), "sts.eu-isoe-west-1.cloud.adc-e.uk"),
    ("eu-isoe-west-1", ("fips",), "sts-fips.eu-isoe-west-1.cloud.adc-e.uk"),
    ("eu-isoe-west-1", ("dual-stack",), "sts.eu-isoe-west-1.api.cloud-aws.adc-e.uk"),
    ("eu-isoe-west-1", ("fips", "dual-stack"), "sts-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk"),
    ("aws-iso-e-global", (), "sts.aws-iso-e-global.cloud.adc-e.uk"),
    ("us-isof-south-1", (), "sts.us-isof-south-1.csp.hci.ic.gov"),
    ("us-isof-south-1", ("fips",), "sts-fips.us-isof-south-1.csp.hci.ic.gov"),
    ("us-isof-south-1", ("dual-stack",), "sts.us-isof-south-1.api.aws.hci.ic.gov"),
    ("us-isof-south-1", ("fips", "dual-stack"), "sts-fips.us-isof-south-1.api.aws.hci.ic.gov"),
    ("us-isof-east-1", (), "sts.us-isof-east-1.csp.hci.ic.gov"),
    ("aws-iso-f-global", (), "sts.aws-iso-f-global.csp.hci.ic.gov"),
    ("eusc-de-east-1", (), "sts.eusc-de-east-1.amazonaws.eu"),
    ("eusc-de-east-1", ("fips",), "sts-fips.eusc-de-east-1.amazonaws.eu"),
    ("eusc-de-east-1", ("dual-stack",), "sts.eusc-de-east-1.api.amazonwebservices.eu"),
    ("eusc-de-east-1", ("fips", "dual-stack"), "sts-fips.eusc-de-east-1.api.amazonwebservices.eu"),
]


@pytest.fixture
def ours(command):
    """Asks our command: for pairs of a region and what is wanted, a list with the URL or the error of each."""
    def ask(questions):
        answers = []
        for region, wishes in questions:
            done = command("endpoint", "--region", region, *(f"--{wish}" for wish in wishes))
            assert (done.returncode, done.stderr) == (0, "") or (done.returncode, done.stdout) == (1, "")
            answers.append(done.stdout.removesuffix("\n") or f"error: {done.stderr}")
        return answers
    return ask


def sdk_url(region, wishes):
    """The URL that botocore's rules give, or the error that they raise."""
    try:
        return SDK.resolve_endpoint(Region=region, **{name: wish in wishes for wish, name in PARAMETERS.items()}).url
    except EndpointProviderError as error:
        return f"error: {error}"


def is_exception(region, wishes):
    return "dual-stack" in wishes and REGIONS.get(region) in WITHOUT_DUAL_STACK


def test_botocore_knows_regions_of_every_kind():
    assert len(REGIONS) > 30
    assert {"aws-global", "aws-cn-global", "aws-us-gov-global", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "us-isob-east-1"} <= set(REGIONS)


@pytest.mark.parametrize("region", [*REGIONS, *ODD_REGIONS])
def test_a_region_is_asked_where_the_aws_sdk_asks(ours, region):
    questions = [(region, wishes) for wishes in COMBINATIONS if not is_exception(region, wishes)]
    assert ours(questions) == [sdk_url(*question) for question in questions]


@pytest.mark.parametrize("region", [region for region, partition in REGIONS.items() if partition in WITHOUT_DUAL_STACK])
def test_botocore_still_knows_no_dual_stack_there(region):
    for wishes in COMBINATIONS:
        if is_exception(region, wishes):
            assert "DualStack" in sdk_url(region, wishes) and sdk_url(region, wishes).startswith("error: "), "take it out of WITHOUT_DUAL_STACK"


@pytest.mark.parametrize("partition, region", YOUNGER_PARTITIONS.items())
def test_botocore_is_still_older_than_the_partition(partition, region):
    assert partition not in {each["id"] for each in PARTITIONS["partitions"]}, "take it out of YOUNGER_PARTITIONS"
    assert sdk_url(region, ()) == f"https://sts.{region}.amazonaws.com"


def test_a_region_that_botocore_does_not_know_is_asked_where_the_sdks_of_today_ask(ours):
    plain = [(region, wishes) for region, wishes, _ in NOT_IN_BOTOCORE]
    hosts = [f"https://{host}" for _, _, host in NOT_IN_BOTOCORE]
    assert ours(plain) == hosts
    # None of them is among the regions of the global endpoint.
    assert ours([(region, (*wishes, "global")) for region, wishes in plain]) == hosts


def test_every_exception_stands_in_the_table():
    tested = {region for region, _, _ in NOT_IN_BOTOCORE}
    assert set(YOUNGER_PARTITIONS.values()) <= tested
    assert set(WITHOUT_DUAL_STACK) <= {REGIONS.get(region) for region in tested}


@pytest.mark.parametrize("name", ["", "cn-", "-cn", "-", "eu_west_1", "eu.west", "eu/west", "eu:1", "eu@west", "eu#1", "e\u00e9", "x" * 64])
def test_what_the_sdk_takes_for_no_region_is_none(command, name):
    if name:                             # The SDK takes an empty one for none at all, which is an error of its own.
        with pytest.raises(InvalidRegionError):
            validate_region_name(name)
    done = command("endpoint", "--region", name)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f'pam-aws-oidc: "{name}" is no region: a region has lower-case letters, digits and hyphens, as in eu-west-1\n')


def test_upper_case_is_no_region_though_the_sdk_lets_it_pass(command):
    validate_region_name("EU-WEST-1")    # It would ask a host of that name, of which there is none.
    assert command("endpoint", "--region", "EU-WEST-1").returncode == 1


# A server in place of AWS's, and what is wrong.

@pytest.mark.parametrize("wishes", [(), ("global",)])
@pytest.mark.parametrize("url", ["https://sts.example.internal:8443", "https://[::1]/a/path"])
def test_a_server_in_place_of_aws_is_asked_as_it_is_given(command, url, wishes):
    for region in ([], ["--region", "eu-west-1"]):
        done = command("endpoint", *region, "--endpoint", url, *(f"--{wish}" for wish in wishes))
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{url}\n", "")
    assert SDK.resolve_endpoint(Region="eu-west-1", Endpoint=url).url == url


@pytest.mark.parametrize("wishes", [("fips",), ("dual-stack",), ("fips", "dual-stack")])
def test_a_server_in_place_of_aws_excludes_what_it_excludes_in_the_sdk(command, wishes):
    url = "https://sts.example.internal"
    with pytest.raises(EndpointProviderError, match="custom endpoint are not supported"):
        SDK.resolve_endpoint(Region="eu-west-1", Endpoint=url, **{PARAMETERS[wish]: True for wish in wishes})
    done = command("endpoint", "--endpoint", url, *(f"--{wish}" for wish in wishes))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "pam-aws-oidc: an endpoint of one's own excludes fips and dual_stack\n"


@pytest.mark.parametrize("url", ["", "http://sts.example.internal", "sts.example.internal", "https://", "https://a b", "https://a/?q", "https://u@a",
                                 "https://a:0", "https://a:65536"])
def test_a_server_must_have_a_url_that_a_configuration_takes(command, url):
    done = command("endpoint", "--region", "eu-west-1", "--endpoint", url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f'pam-aws-oidc: "{url}" is no endpoint: it must be a URL that begins with https://')


def test_without_region_and_endpoint_nothing_is_asked(command):
    with pytest.raises(EndpointProviderError):
        SDK.resolve_endpoint()
    for words in ([], ["--fips"], ["--global"]):
        done = command("endpoint", *words, environment={"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"})
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "pam-aws-oidc: no region is known: name one with --region, or a server with --endpoint\n"


def test_json_has_the_url(command):
    assert command.json("endpoint", "--region", "eu-west-1", "--fips") == {"version": 1, "url": "https://sts-fips.eu-west-1.amazonaws.com"}


def test_what_an_error_repeats_can_give_no_orders_to_a_terminal(command):
    assert command("endpoint", "--region", "\x1b[2J\n").stderr.startswith('pam-aws-oidc: "?[2J?" is no region')


@pytest.mark.parametrize("words", [["--nothing"], ["--region"], ["eu-west-1"], ["--fips=yes"], ["--region", "eu-west-1", "more"]])
def test_wrong_words(command, words):
    done = command("endpoint", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


def test_help_names_every_option(command):
    done = command("endpoint", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: pam-aws-oidc endpoint ")


def test_anybody_may_ask(command):
    assert command("endpoint", "--region", "eu-west-1", user="alice").stdout == "https://sts.eu-west-1.amazonaws.com\n"
