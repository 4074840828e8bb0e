"""The tables of model/ compared with the AWS SDK for Python: the parameters and errors of AssumeRoleWithWebIdentity with its service model, what is
tried again and after which pause with its standard retry mode, and the partitions with its list of them."""

import json
import re
import types
from pathlib import Path

import botocore
import pytest
from botocore.model import ServiceModel
from botocore.retries import standard

from tables import rows

DATA = Path(botocore.__file__).parent / "data"
PARTITIONS = {each["id"]: each for each in json.loads((DATA / "partitions.json").read_text(encoding="utf-8"))["partitions"]}
MODEL = ServiceModel(json.loads((DATA / "sts/2011-06-15/service-2.json").read_text(encoding="utf-8")), "sts")
OPERATION = MODEL.operation_model("AssumeRoleWithWebIdentity")

# Kinds of values, and the characters that each may hold, as model/sts_parameter has them.
VISIBLE = {chr(code) for code in range(0x21, 0x7f)}
LATIN = {"\t", "\n", "\r", *(chr(code) for code in range(0x20, 0x100))}
NAME = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-")
KINDS = {"VISIBLE": VISIBLE, "LATIN": LATIN, "NAME": NAME}

# Parameters of which our kind is as wide as the SDK's pattern; of the others it is narrower, or the SDK has none.
AS_WIDE = {"RoleSessionName", "Policy"}

# Errors that the service model does not list under the operation: those of every AWS service, and of MinIO.
COMMON_ERRORS = {"AccessDenied", "ExpiredToken", "InternalFailure", "RequestLimitExceeded", "ServiceUnavailable", "Throttling", "ThrottlingException",
                 "ValidationError"}


@pytest.fixture
def parameters(source):
    """The rows of sts_parameters.def by the name of the parameter: minimum, maximum, kind."""
    table = rows(source, "src/model/sts_parameters.def", "STS_PARAMETER")
    return {name: (int(minimum), int(maximum), kind) for _, name, minimum, maximum, kind in table}


@pytest.fixture
def errors(source):
    """The rows of sts_errors.def by code: HTTP status, reason, retry."""
    table = rows(source, "src/model/sts_errors.def", "STS_ERROR")
    assert len({code for code, *_ in table}) == len(table)
    return {code: (int(status), reason, retry) for code, status, reason, retry in table}


def number(source, path, name):
    """A number that a file of the source defines."""
    found = re.search(rf"^#define {name}\s+(\d+)$", (source / path).read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"{path} has no {name}"
    return int(found[1])


def sdk_parameters():
    """The parameters of the SDK: their shapes by name, a list's member by the name it has on the wire."""
    shapes = dict(OPERATION.input_shape.members)
    shapes["PolicyArns.member.N.arn"] = shapes.pop("PolicyArns").member.members["arn"]
    return shapes


# Parameters.

def test_every_parameter_of_the_sdk_is_a_row_and_no_other(parameters):
    assert parameters.keys() == sdk_parameters().keys()


@pytest.mark.parametrize("name", sdk_parameters())
def test_a_parameter_has_the_limits_of_the_sdk(parameters, name):
    shape = sdk_parameters()[name]
    minimum, maximum, kind = parameters[name]
    assert (minimum, maximum) == (shape.metadata["min"], shape.metadata["max"])
    assert (kind == "NUMBER") == (shape.type_name == "integer")


@pytest.mark.parametrize("name", sdk_parameters())
def test_a_parameter_holds_no_character_that_the_sdk_excludes(parameters, name):
    pattern = sdk_parameters()[name].metadata.get("pattern")
    kind = parameters[name][2]
    if pattern is None:
        assert name not in AS_WIDE
        return
    # \u10000 stands there for U+10000, and \w for what the service takes: ASCII.
    one = re.compile(pattern.replace(r"\u10000-\u10FFFF", r"\U00010000-\U0010FFFF"), re.ASCII)
    taken = {character for character in map(chr, range(1, 0x3000)) if one.fullmatch(character)}
    assert KINDS[kind] <= taken
    assert (KINDS[kind] == taken) == (name in AS_WIDE)


def test_a_request_is_written_in_the_words_of_the_sdk(source):
    text = (source / "src/login/sts.c").read_text(encoding="utf-8")
    words = dict(re.findall(r'https_form_add\(form, "(\w+)",\s*"([^"]*)"', text))
    assert words == {"Action": OPERATION.name, "Version": MODEL.api_version}
    assert '"PolicyArns.member.%zu.arn"' in text
    # The others are named by the table, which the tests above compare with the SDK.
    names = {enumerator: name for enumerator, name, *_ in rows(source, "src/model/sts_parameters.def", "STS_PARAMETER")}
    written = [names[enumerator] for enumerator in re.findall(r"\bwrite_parameter\(writer,\s+STS_PARAMETER_(\w+),", text)]
    assert sorted([*written, "PolicyArns"]) == sorted(OPERATION.input_shape.members)


# Errors.

def test_every_error_of_the_operation_is_a_row_with_its_status(errors):
    listed = {shape.metadata["error"]["code"]: shape.metadata["error"]["httpStatusCode"] for shape in OPERATION.error_shapes}
    assert len(listed) >= 7
    assert {code: errors[code][0] for code in listed} == listed
    assert errors.keys() - listed.keys() == COMMON_ERRORS


def sdk_tries_again(code, status):
    """Whether the SDK's standard mode tries again after an answer."""
    context = standard.RetryContext(attempt_number=1, operation_model=OPERATION, http_response=types.SimpleNamespace(status_code=status),
                                    parsed_response={"Error": {"Code": code}} if code else {})
    return standard.StandardRetryConditions().is_retryable(context)


def test_a_code_is_tried_again_if_the_sdk_does_so(errors):
    # The two that need a message beside the code are ours: the SDK does not try them again.
    assert {retry for _, _, retry in errors.values()} == {"NEVER", "ALWAYS", "KEY_NOT_RETRIEVED", "DURATION_TOO_LONG"}
    ours = {code for code, (_, _, retry) in errors.items() if retry == "ALWAYS"}
    assert ours == {code for code, (status, _, _) in errors.items() if sdk_tries_again(code, status)}


def test_what_the_sdk_takes_for_throttling_is_throttling(errors):
    throttling = set(standard.ThrottledRetryableChecker()._throttled_error_codes)
    ours = {code for code, (_, reason, _) in errors.items() if reason == "STS_THROTTLED"}
    assert ours and ours == throttling & errors.keys()


def test_no_code_of_ours_is_one_that_the_sdk_takes_for_transient(errors):
    # Those it has are of other services; if one of ours joins them, its row must say ALWAYS.
    assert not set(standard.TransientRetryableChecker()._transient_error_codes) & errors.keys()


def test_the_statuses_that_are_tried_again_are_those_of_the_sdk(source):
    sdk = {status for status in range(100, 600) if sdk_tries_again("Unheard", status)}
    assert sdk == {500, 502, 503, 504}
    # 429 is ours beside: servers between STS and us throttle so, without a code.
    text = (source / "src/model/sts_error.c").read_text(encoding="utf-8")
    names = dict(re.findall(r"^#define (HTTP_\w+)\s+(\d+)$", text, re.MULTILINE))
    condition = re.search(r"if \(([^{;]*)\)\s*meaning\.retry = STS_RETRY_ALWAYS;", text)
    assert {int(names[name]) for name in re.findall(r"http_status\s*==\s*(HTTP_\w+)", condition[1])} == sdk | {429}


def test_attempts_and_pauses_are_those_of_the_sdk(source):
    assert number(source, "src/parse/configuration.h", "CONFIGURATION_DEFAULT_ATTEMPTS") == standard.DEFAULT_MAX_ATTEMPTS
    backoff = standard.ExponentialBackoff(random=lambda: 1)
    longest = [backoff.delay_amount(types.SimpleNamespace(attempt_number=attempt)) for attempt in range(1, 9)]
    # test-sts.c tries these.
    assert longest == [1, 2, 4, 8, 16, 20, 20, 20]
    assert number(source, "src/login/sts.c", "MAX_PAUSE") == max(longest)


# Partitions.

def test_a_partition_that_the_sdk_knows_is_as_it_knows_it(source):
    table = {name: fields for name, *fields in rows(source, "src/model/partitions.def", "PARTITION")}
    assert PARTITIONS.keys() <= table.keys()
    for name, partition in PARTITIONS.items():
        prefix, pseudo_region, fips_label, suffix, dual_stack_suffix, _, _ = table[name]
        assert suffix == partition["outputs"]["dnsSuffix"]
        # Where it is not supported the SDK's list has another suffix in its place; test_endpoint_command.py names these partitions.
        assert dual_stack_suffix == partition["outputs"]["dualStackDnsSuffix"] or not partition["outputs"]["supportsDualStack"]
        assert pseudo_region in partition["regions"]
        assert fips_label == ("sts" if name == "aws-us-gov" else "sts-fips")
        # The last row, aws, takes every region that no other takes.
        if prefix:
            assert partition["regionRegex"] == "^" + prefix.replace("-", r"\-") + r"\w+\-\d+$"
    assert [name for name, (prefix, *_) in table.items() if not prefix] == ["aws"] and list(table)[-1] == "aws"
