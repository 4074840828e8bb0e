"""The local identity provider, STS and IAM by themselves: what the AWS CLI cannot send, what tests may do to answers, and the commands."""

import base64
import contextlib
import datetime
import http.client
import json
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import types
import urllib.parse
from pathlib import Path

import botocore
import pytest

import cases
import forms
import sts as stand_in
from authority import Authority
from https_server import Response
from iam import ASSUME, IAM, TAG_SESSION, OidcProvider, Role, trust_policy
from identity_provider import IdentityProvider
from sts import SecurityTokenService
from web_identity import TAGS_CLAIM

HERE = Path(__file__).parent
CLEAN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def connect(authority, port, timeout=20):
    tls = ssl.create_default_context(cafile=authority.ca_file)
    return http.client.HTTPSConnection("localhost", port, context=tls, timeout=timeout)


def request(world, **changes):
    """The parameters of a good request with some replaced or (None) left out; dots in names are written as two underscores."""
    parameters = {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": cases.ENGINEER, "RoleSessionName": "alice",
                  "WebIdentityToken": world.idp.mint("alice")} | {name.replace("__", "."): value for name, value in changes.items()}
    return urllib.parse.urlencode({name: value for name, value in parameters.items() if value is not None})


def post(world, body, connection=None):
    """Send a form: a namespace of status, body, and the error's code ("" if there is none)."""
    with contextlib.closing(connect(world.authority, world.sts.port)) if connection is None else contextlib.nullcontext(connection) as client:
        client.request("POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
        response = client.getresponse()
        body = response.read().decode()
        code = re.search("<Code>(.*)</Code>", body)
        return types.SimpleNamespace(status=response.status, headers=response.headers, body=body, code=code.group(1) if code else "")


# The certificate authority.

def test_certificates_pass_openssl_strict_checks(tmp_path):
    authority = Authority(tmp_path)
    certificate, _ = authority.server("server", "sts.eu-west-1.amazonaws.com", "127.0.0.1")
    for check in (["-verify_hostname", "sts.eu-west-1.amazonaws.com"], ["-verify_ip", "127.0.0.1"]):
        subprocess.run(["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", authority.ca_file, *check, certificate],
                       env=CLEAN, check=True, capture_output=True)


def test_authority_is_found_again_in_its_directory(tmp_path):
    first = Authority(tmp_path).ca_file.read_bytes()
    certificate, _ = Authority(tmp_path).server("server", "localhost")
    assert (tmp_path / "ca.pem").read_bytes() == first
    subprocess.run(["openssl", "verify", "-CAfile", tmp_path / "ca.pem", certificate], env=CLEAN, check=True, capture_output=True)


def test_expired_certificate_is_one_on_request(tmp_path):
    authority = Authority(tmp_path)
    yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    certificate = authority.server("server", "localhost", valid_from=yesterday - datetime.timedelta(days=1), valid_until=yesterday)
    with SecurityTokenService(["localhost"], 0, authority, cases.iam("https://localhost"), certificate=certificate) as sts:
        with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
            connect(authority, sts.port).request("GET", "/")
        assert (sts.connections, sts.requests) == (1, [])


# The identity provider.

def test_every_length_from_the_shortest_is_exact_and_still_accepted(world):
    shortest = len(world.idp.mint("alice", filler=""))
    for length in [*range(shortest + 30, shortest + 42), 1023, 1024, 4095, 20000]:
        token = world.idp.mint("alice", length=length)
        assert len(token) == length
        assert post(world, request(world, WebIdentityToken=token)).status == 200
    assert len(world.idp.mint("alice", length=1001, algorithm="ES256")) == 1001
    with pytest.raises(ValueError):
        world.idp.mint("alice", length=shortest - 100)


def test_claims_are_replaced_and_left_out_and_raw_texts_stand_as_they_are(world):
    def parts(token):
        return [base64.urlsafe_b64decode(part + "==") for part in token.split(".")[:2]]

    header, claims = map(json.loads, parts(world.idp.mint("bob", iat=None, groups=["ops"], header={"kid": None})))
    assert header == {"alg": "RS256", "typ": "JWT"}
    assert (claims["iss"], claims["sub"], claims["groups"], "iat" in claims) == (world.idp.issuer, "bob", ["ops"], False)
    assert parts(world.idp.mint(header_text="{ }", payload_text=b"\xff\0")) == [b"{ }", b"\xff\0"]


def test_discovery_leads_to_the_keys_also_under_a_path(tmp_path):
    authority = Authority(tmp_path)
    with IdentityProvider("localhost", 0, authority, tmp_path / "idp", path="/realms/staff") as idp, \
            contextlib.closing(connect(authority, idp.port)) as client:
        assert idp.issuer == f"https://localhost:{idp.port}/realms/staff"
        client.request("GET", "/realms/staff/.well-known/openid-configuration")
        discovery = json.loads(client.getresponse().read())
        assert discovery["issuer"] == idp.issuer
        client.request("GET", urllib.parse.urlsplit(discovery["jwks_uri"]).path)
        assert {key["kty"] for key in json.loads(client.getresponse().read())["keys"]} == {"RSA", "EC"}
        client.request("GET", "/jwks")
        assert client.getresponse().status == 404


def test_other_issuers_have_documents_of_their_own(world):
    documents = {}
    for host in ("localhost", *cases.OTHER_ISSUER_HOSTS):
        with contextlib.closing(connect(world.authority, world.idp.port)) as client:
            client.request("GET", "/.well-known/openid-configuration", headers={} if host == "localhost" else {"Host": host})
            documents[host] = json.loads(client.getresponse().read())
    assert documents["localhost"]["issuer"] == world.idp.issuer
    for host in cases.OTHER_ISSUER_HOSTS:
        assert (documents[host]["issuer"], documents[host]["jwks_uri"]) == (f"https://{host}", f"https://{host}/jwks")


# STS: the protocol.

def test_connection_is_kept_alive_from_head_to_post_and_over_an_error(world):
    before = world.sts.connections
    with contextlib.closing(connect(world.authority, world.sts.port)) as client:
        client.request("HEAD", "/")
        assert client.getresponse().read() == b""
        assert post(world, request(world, RoleSessionName="a"), client).code == "ValidationError"
        assert post(world, request(world), client).status == 200
    assert world.sts.connections == before + 1
    assert [each.method for each in world.sts.requests[-3:]] == ["HEAD", "POST", "POST"]


def test_get_gives_the_same_credentials_as_post(world):
    form = request(world)
    post(world, form)
    with contextlib.closing(connect(world.authority, world.sts.port)) as client:
        client.request("GET", "/?" + form)
        assert client.getresponse().status == 200
    [posted, got] = world.sts.requests[-2:]
    assert got.method == "GET" and got.body == b""
    assert got.answer.credentials.session_token == posted.answer.credentials.session_token


def test_default_duration_spelled_out_gives_the_same_credentials(world):
    token = world.idp.mint("alice")
    for duration in (None, "3600", "900"):
        assert post(world, request(world, WebIdentityToken=token, DurationSeconds=duration)).status == 200
    [default, spelled, short] = [each.answer.credentials.access_key_id for each in world.sts.requests[-3:]]
    assert default == spelled != short


def test_another_seed_gives_other_credentials(world):
    with SecurityTokenService(["localhost"], 0, world.authority, world.sts.iam, seed=b"another") as sts:
        other = types.SimpleNamespace(authority=world.authority, idp=world.idp, sts=sts)
        form = request(world)
        for each in (world, other):
            assert post(each, form).status == 200
    one, another = world.sts.requests[-1].answer.credentials, sts.requests[-1].answer.credentials
    assert one.access_key_id != another.access_key_id and one.session_token != another.session_token


def test_answer_has_aws_order_of_elements_and_namespace(world):
    policy = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    answer = post(world, request(world, Policy=policy))
    assert answer.body.startswith('<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">')
    assert re.findall(r"<(\w+)", answer.body) == [
        "AssumeRoleWithWebIdentityResponse", "AssumeRoleWithWebIdentityResult", "Audience", "AssumedRoleUser", "AssumedRoleId", "Arn", "Provider",
        "PackedPolicySize", "Credentials", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "SubjectFromWebIdentityToken",
        "ResponseMetadata", "RequestId"]
    assert answer.headers["x-amzn-RequestId"] in answer.body


def test_error_has_aws_order_of_elements_and_namespace(world):
    answer = post(world, request(world, RoleArn=cases.OF_BOB))
    assert (answer.status, answer.headers["Content-Type"]) == (403, "text/xml")
    assert answer.body.startswith('<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">')
    assert re.findall(r"<(\w+)", answer.body) == ["ErrorResponse", "Error", "Type", "Code", "Message", "RequestId"]
    assert "<Type>Sender</Type>" in answer.body


@pytest.mark.parametrize("changes, status, code", [
    ({"Action": "GetCallerIdentity"}, 400, "InvalidAction"),
    ({"Action": None}, 400, "MissingAction"),
    ({"Version": None}, 400, "InvalidAction"),
    ({"Version": "2010-05-08"}, 400, "InvalidAction"),
    ({"RoleArn": None}, 400, "ValidationError"),
    ({"RoleSessionName": None}, 400, "ValidationError"),
    ({"WebIdentityToken": None}, 400, "ValidationError"),
    ({"RoleArn": "arn:aws:iam::1:ro"}, 400, "ValidationError"),
    ({"RoleArn": "arn:aws:iam::123456789012:user/alice"}, 400, "ValidationError"),
    ({"RoleArn": f"arn:aws:iam::123456789012:role/{'p' * 510}/{'R' * 64}"}, 403, "AccessDenied"),
    ({"RoleArn": f"arn:aws:iam::123456789012:role/{'p' * 511}/R"}, 400, "ValidationError"),
    ({"RoleArn": f"arn:aws:iam::123456789012:role/{'R' * 65}"}, 400, "ValidationError"),
    ({"RoleArn": "arn:aws:iam::123456789012:role/a path/R"}, 400, "ValidationError"),
    ({"RoleArn": f"arn:aws:iam::123456789012:role/{'R' * 2018}"}, 400, "ValidationError"),
    ({"RoleSessionName": "a"}, 400, "ValidationError"),
    ({"RoleSessionName": "a" * 65}, 400, "ValidationError"),
    ({"RoleSessionName": "al ice"}, 400, "ValidationError"),
    ({"RoleSessionName": "al\u00efce"}, 400, "ValidationError"),
    ({"RoleSessionName": "alice\n"}, 400, "ValidationError"),
    ({"RoleSessionName": "aA0_+=,.@-"}, 200, ""),
    ({"RoleSessionName": "a" * 64}, 200, ""),
    ({"WebIdentityToken": "abc"}, 400, "ValidationError"),
    ({"WebIdentityToken": "a" * 20001}, 400, "ValidationError"),
    ({"WebIdentityToken": "a" * 20000}, 400, "InvalidIdentityToken"),
    ({"ProviderId": "abc"}, 400, "ValidationError"),
    ({"ProviderId": "www.example.com"}, 400, "ValidationError"),
    ({"ProviderId": "www.amazon.com"}, 400, "InvalidIdentityToken"),
    ({"DurationSeconds": "899"}, 400, "ValidationError"),
    ({"DurationSeconds": "900"}, 200, ""),
    ({"DurationSeconds": "3600"}, 200, ""),
    ({"DurationSeconds": "43201"}, 400, "ValidationError"),
    ({"DurationSeconds": "1h"}, 400, "ValidationError"),
    ({"Policy": ""}, 400, "ValidationError"),
    ({"Policy": '"\u0100"'}, 400, "ValidationError"),
    ({"Policy": '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'.ljust(2049)}, 400, "ValidationError"),
    ({"Policy": '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'.ljust(2048)}, 200, ""),
    ({"Policy": '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'.ljust(2048), "PolicyArns__member__1__arn": cases.READ_ONLY},
     400, "ValidationError"),
    ({"Policy": "{"}, 400, "MalformedPolicyDocument"),
    ({"Policy": '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}}'}, 400, "MalformedPolicyDocument"),
    ({f"PolicyArns__member__{number}__arn": cases.READ_ONLY for number in range(1, 11)}, 200, ""),
    ({f"PolicyArns__member__{number}__arn": cases.READ_ONLY for number in range(1, 12)}, 400, "ValidationError"),
    ({"PolicyArns__member__1__arn": "arn:aws:iam::210987654321:policy/Other"}, 400, "ValidationError"),
])
def test_parameters_keep_the_limits_of_the_api(world, changes, status, code):
    answer = post(world, request(world, **changes))
    assert (answer.status, answer.code) == (status, code)


def test_all_that_is_wrong_with_a_request_is_told_at_once(world):
    post(world, request(world, RoleSessionName="a*" * 33, DurationSeconds="899", WebIdentityToken=None))
    message = world.sts.requests[-1].answer.message
    assert message.startswith("4 validation errors detected: ")
    assert all(f"'{member}'" in message for member in ("roleSessionName", "durationSeconds", "webIdentityToken"))


def test_limits_are_those_of_the_service_model():
    model = service_model()
    members = model["AssumeRoleWithWebIdentityRequest"]["members"]
    arn = model[model[model[members["PolicyArns"]["shape"]]["member"]["shape"]]["members"]["arn"]["shape"]]
    shapes = {name: model[member["shape"]] for name, member in members.items()}
    assert set(shapes) == {limit[0] for limit in stand_in.LIMITS} | {"PolicyArns", "DurationSeconds"}
    for name, _, shortest, longest, pattern, shown in stand_in.LIMITS:
        assert (shapes[name]["min"], shapes[name]["max"], shapes[name].get("pattern")) == (shortest, longest, shown)
        assert pattern == (shown and re.sub(r"\\u([0-9A-F]{4,6})", lambda match: chr(int(match[1], 16)), shown))
    assert (shapes["DurationSeconds"]["min"], shapes["DurationSeconds"]["max"]) == (stand_in.MIN_DURATION, stand_in.MAX_DURATION)
    assert arn == shapes["RoleArn"]
    assert list(stand_in.REQUIRED) == model["AssumeRoleWithWebIdentityRequest"]["required"]


def test_errors_have_the_codes_and_statuses_of_the_service_model_and_each_is_a_case():
    operation = service_model("operations")["AssumeRoleWithWebIdentity"]
    errors = [service_model()[each["shape"]]["error"] for each in operation["errors"]]
    assert {each["code"]: each["httpStatusCode"] for each in errors} == {each["code"]: stand_in.error(each["code"], "").status for each in errors}
    common = {"AccessDenied", "ValidationError", "Throttling", "ThrottlingException", "RequestLimitExceeded", "InternalFailure", "ServiceUnavailable"}
    another_servers = {"ExpiredToken"}
    assert {case.code for case in cases.CASES} == {each["code"] for each in errors} | common | another_servers | {""}


def service_model(part="shapes"):
    """AWS's own description of STS, as Debian's python3-botocore has it."""
    return json.loads((Path(botocore.__file__).parent / "data/sts/2011-06-15/service-2.json").read_text(encoding="utf-8"))[part]


def test_parameters_are_kept_as_the_bytes_that_came(world):
    form = request(world, Policy=None, RoleSessionName=None) + "&RoleSessionName=a%2Bl%20i+c%65&Policy=%C3%BF%FF%0D%0A%25"
    assert post(world, form).code == "MalformedQueryString"
    octets = world.sts.requests[-1].octets
    assert (octets["RoleSessionName"], octets["Policy"]) == (b"a+l i ce", b"\xc3\xbf\xff\r\n%")


def test_what_was_sent_is_kept_beside_what_the_server_would_have_said(world):
    world.sts.answers.extend([cases.says("Throttling", "Rate exceeded", 429), lambda request, answer: None])
    assert post(world, request(world)).status == 429
    with pytest.raises(http.client.RemoteDisconnected):
        post(world, request(world))
    post(world, request(world))
    throttled, unanswered, granted = world.sts.requests[-3:]
    assert (throttled.sent.code, throttled.sent.message, throttled.answer.code) == ("Throttling", "Rate exceeded", "")
    assert unanswered.sent is None and unanswered.answer.credentials is not None
    assert granted.sent is granted.answer


@pytest.mark.parametrize("percent, code", [(1, ""), (89, ""), (90, ""), (100, ""), (101, "PackedPolicyTooLarge"), (150, "PackedPolicyTooLarge")])
def test_packed_policies_may_take_all_of_their_space_and_no_more(world, monkeypatch, percent, code):
    monkeypatch.setattr(stand_in, "packed_size", lambda policy, policy_arns, tags: percent)
    answer = post(world, request(world, PolicyArns__member__1__arn=cases.READ_ONLY))
    assert answer.code == code
    assert (f"<PackedPolicySize>{percent}<" in answer.body) == (code == "")


def test_tags_and_policy_arns_take_space_too():
    policy = cases.policy("*")
    sizes = [stand_in.packed_size(policy), stand_in.packed_size(policy, [cases.OWN_POLICY]), stand_in.packed_size(policy, [], {"team": "sre" * 20})]
    assert sizes[0] < min(sizes[1:])
    assert stand_in.packed_size(None) is None and stand_in.packed_size(None, [], {"team": "sre"}) > 0


def test_parameter_that_comes_twice_is_refused(world):
    assert post(world, request(world) + "&RoleSessionName=bob").code == "MalformedQueryString"


def test_region_comes_from_the_hosts_name(world):
    body = request(world, RoleArn=cases.IN_DISABLED_REGION)
    codes = {}
    for host in ("sts.eu-west-1.amazonaws.com", "sts-fips.us-east-1.amazonaws.com", "localhost"):
        with contextlib.closing(connect(world.authority, world.sts.port)) as client:
            client.request("POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded", "Host": host})
            response = client.getresponse()
            codes[host] = response.status
    assert codes == {"sts.eu-west-1.amazonaws.com": 403, "sts-fips.us-east-1.amazonaws.com": 200, "localhost": 403}


# STS: the token.

@pytest.mark.parametrize("mint", [
    lambda idp: idp.mint("alice", algorithm="ES256", forged=True),
    lambda idp: idp.mint("alice", header={"kid": "no-such-key"}),
    lambda idp: idp.mint("alice", header={"alg": "RS999"}),
    lambda idp: idp.mint("alice", header={"alg": "ES256"}),
    lambda idp: idp.mint("alice")[:-4] + "AAAA",
    lambda idp: idp.mint("alice") + "=",
    lambda idp: idp.mint("alice").rpartition(".")[0],
    lambda idp: idp.mint("alice", exp=None),
    lambda idp: idp.mint("alice", iat=None),
    lambda idp: idp.mint(None),
    lambda idp: idp.mint("alice", aud=None),
    lambda idp: idp.mint("alice", iss=None),
    lambda idp: idp.mint("alice", aud=[]),
    lambda idp: idp.mint("alice", exp=idp.now() + 600.5),
    lambda idp: idp.mint("alice", exp=str(idp.now() + 600)),
    lambda idp: idp.mint("alice", exp=True),
    lambda idp: idp.mint(7),
    lambda idp: idp.mint("alice", iss=idp.issuer + "/"),
    lambda idp: idp.mint(payload_text="[]"),
    lambda idp: idp.mint(payload_text=b"\xff"),
    lambda idp: idp.mint(payload_text="[" * 5000),
], ids=["forged-es256", "unknown-kid", "unknown-algorithm", "key-of-another-type", "last-bytes-changed", "padding", "two-parts", "no-exp", "no-iat",
        "no-sub", "no-aud", "no-iss", "empty-aud", "exp-fraction", "exp-text", "exp-true", "sub-number", "issuer-with-a-slash", "payload-list",
        "payload-not-utf8", "payload-too-deep"])
def test_token_is_invalid(world, mint):
    answer = post(world, request(world, WebIdentityToken=mint(world.idp)))
    assert (answer.status, answer.code) == (400, "InvalidIdentityToken")


def test_token_without_kid_is_tried_with_every_key(world):
    assert post(world, request(world, WebIdentityToken=world.idp.mint("alice", header={"kid": None}))).status == 200


def test_issuer_without_scheme_is_known_only_where_it_issues_such_tokens(world):
    def codes(host, role):
        tokens = [world.idp.mint("alice", iss=iss, amr=["authenticated"]) for iss in (f"https://{host}", host, f"http://{host}", f"{host}/")]
        return [post(world, request(world, RoleArn=role, WebIdentityToken=token)).code for token in tokens]

    assert codes(cases.GOOGLE, cases.OF_GOOGLE) == ["", "", "InvalidIdentityToken", "InvalidIdentityToken"]
    assert codes(cases.COGNITO, cases.OF_COGNITO) == ["", "InvalidIdentityToken", "InvalidIdentityToken", "InvalidIdentityToken"]


def test_expiry_is_judged_by_the_clock_of_sts(world, monkeypatch):
    form = request(world)
    monkeypatch.setattr(world.sts, "clock", lambda: world.idp.now() + 601)
    assert post(world, form).code == "ExpiredTokenException"


def test_keys_are_fetched_once_and_again_for_an_unknown_one(world):
    world.sts.verifier.forget_keys()
    before = len(world.idp.requests)
    for _ in range(3):
        assert post(world, request(world)).status == 200
    assert len(world.idp.requests) - before == 2
    post(world, request(world, WebIdentityToken=world.idp.mint("alice", header={"kid": "rotated"})))
    assert len(world.idp.requests) - before == 4


@pytest.mark.parametrize("hook, code", [
    (lambda request, answer: Response(503), "IDPCommunicationError"),
    (lambda request, answer: None, "IDPCommunicationError"),
    (lambda request, answer: Response(404), "InvalidIdentityToken"),
    (lambda request, answer: Response(302, headers={"Location": "https://localhost/"}), "InvalidIdentityToken"),
    (lambda request, answer: Response(200, b"<html>"), "InvalidIdentityToken"),
    (lambda request, answer: answer.replace("https://localhost", "https://elsewhere"), "InvalidIdentityToken"),
], ids=["503", "hangs-up", "404", "redirect", "html", "another-issuer"])
def test_identity_provider_that_fails_is_told_from_one_that_is_wrong(world, hook, code):
    world.sts.verifier.forget_keys()
    world.idp.answers.append(hook)
    assert post(world, request(world)).code == code
    assert post(world, request(world)).status == 200


def test_identity_provider_with_a_certificate_of_another_authority_is_not_trusted(world, tmp_path):
    authority = Authority(tmp_path)
    with SecurityTokenService(["localhost"], 0, authority, cases.iam(world.idp.issuer)) as sts:
        other = types.SimpleNamespace(authority=authority, idp=world.idp, sts=sts)
        assert post(other, request(other)).code == "InvalidIdentityToken"
    assert sts.requests[0].answer.body.find(b"certificate") > 0


# STS: what tests may do to an answer.

def test_hook_mangles_one_answer_and_the_next_is_whole_again(world):
    world.sts.answers.append(lambda request, answer: answer.replace(">alice<", ">mallory<"))
    assert "<SubjectFromWebIdentityToken>mallory<" in post(world, request(world)).body
    assert "<SubjectFromWebIdentityToken>alice<" in post(world, request(world)).body


def test_hook_that_replaces_what_is_not_there_is_a_mistake():
    with pytest.raises(ValueError):
        Response(200, b"alice").replace("bob", "carol")


@pytest.mark.parametrize("form, there, gone", [
    (forms.without_namespace, "<AssumeRoleWithWebIdentityResponse>", "xmlns"),
    (forms.prefixed, "<sts:SubjectFromWebIdentityToken>alice</sts:SubjectFromWebIdentityToken>", "<S"),
    (forms.reordered, r"<RequestId>.*<SubjectFromWebIdentityToken>.*<Expiration>.*<AccessKeyId>.*<Arn>.*<Audience>", "<Audience>.*<RequestId>"),
    (forms.compact, "<Credentials><AccessKeyId>", r"\s<"),
    (forms.written, r"^<\?xml .*<!--.*<SubjectFromWebIdentityToken><!\[CDATA\[al\]\]>ice<.*-->$", ">alice<"),
    (forms.with_byte_order_mark, "^\ufeff<AssumeRole", "^<"),
    (forms.with_references, "<SubjectFromWebIdentityToken>&#x61;&#108;&#x69;&#99;&#x65;<", ">alice<"),
    (forms.with_more, r"<Credentials><HostId>NotThisOne</HostId>\s*<AccessKeyId>ASIA", "<Code>.*<Code>"),
    (forms.with_assume_role_id, "<AssumeRoleId>AROA", "<AssumedRoleId>"),
    (forms.with_empty_assumed_role_id, "<AssumedRoleId></AssumedRoleId>", "AROA"),
    (forms.without_assumed_role_id, "<AssumedRoleUser>", "AssumedRoleId"),
    (forms.with_nine_decimals, r":\d\d\.123456789Z</Expiration>", r":\d\dZ<"),
    (forms.with_short_key_id, "<AccessKeyId>asia[a-z2-7]{5}[A-Z2-7]{10}</AccessKeyId>", "ASIA"),
    (forms.from_provider("another"), "<Provider>another</Provider>", "oidc-provider"),
    (forms.with_id_in_header, "<AssumeRoleWithWebIdentityResult>", "ResponseMetadata|RequestId"),
], ids=["without-namespace", "prefixed", "reordered", "compact", "written", "byte-order-mark", "with-references", "with-more", "assume-role-id",
        "empty-assumed-role-id", "no-assumed-role-id", "nine-decimals", "short-key-id", "from-provider", "id-in-header"])
def test_form_of_a_success_is_what_its_name_says(world, form, there, gone):
    post(world, request(world))
    body = form(world.sts.requests[-1].answer).body.decode().strip()
    assert re.search(there, body, re.DOTALL)
    assert not re.search(gone, body, re.DOTALL)


@pytest.mark.parametrize("form, there, gone", [
    (forms.bare, r"^<Error>\s*<Code>AccessDenied</Code>\s*<Message></Message>\s*<RequestId>[0-9a-f-]{36}</RequestId></Error>$", "No &lt;entry"),
    (forms.bare_with_message, r"^<Error>\s*<Code>AccessDenied</Code>\s*<Message>No &lt;entry&gt;</Message>", "ErrorResponse"),
    (forms.without_message, "<Code>AccessDenied</Code>", "Message"),
    (forms.with_id_in_error, "<RequestId>[0-9a-f-]{36}</RequestId></Error>", "</Error>.*<RequestId>"),
    (forms.with_id_in_header, r"</Error>\s*</ErrorResponse>$", "RequestId"),
    (forms.with_more, r"^<ErrorResponse .*?<Code>NotThisOne</Code>.*<Error>.*<Code>AccessDenied</Code>", "<Error>.*<Code>NotThisOne"),
], ids=["bare", "bare-with-message", "without-message", "id-in-error", "id-in-header", "with-more"])
def test_form_of_an_error_is_what_its_name_says(form, there, gone):
    body = form(stand_in.error("AccessDenied", "No <entry>")).body.decode().strip()
    assert re.search(there, body, re.DOTALL)
    assert not re.search(gone, body, re.DOTALL)


def test_forms_move_the_id_of_a_request_between_headers():
    def ids(form):
        answer = form(stand_in.error("AccessDenied", ""))
        in_body = re.search(b"<RequestId>(.*)<", answer.body)
        places = [in_body and in_body[1].decode(), answer.headers.get("x-amzn-RequestId"), answer.headers.get("x-amz-request-id")]
        return [place and place == answer.request_id for place in places]

    assert ids(lambda answer: answer) == [True, True, None]
    assert ids(forms.with_id_in_header) == [None, True, None]
    assert ids(forms.with_id_in_servers_own_header) == [None, None, True]
    assert ids(forms.without_id) == [None, None, None]
    assert ids(forms.with_two_ids) == [True, False, False]


def test_form_that_changes_nothing_is_a_mistake():
    with pytest.raises(ValueError):
        forms.with_assume_role_id(stand_in.error("AccessDenied", ""))


def test_hook_takes_the_connection_over_for_half_an_answer(world):
    world.sts.answers.append(lambda request, answer: request.connection.sendall(answer.wire()[:-100]))
    with pytest.raises(http.client.IncompleteRead):
        post(world, request(world))


def test_silent_hook_ends_with_the_client(world):
    ended = threading.Event()

    def silence(request, answer):
        request.connection.recv(1)
        ended.set()

    world.sts.answers.append(silence)
    with contextlib.closing(connect(world.authority, world.sts.port, timeout=0.2)) as client, pytest.raises(socket.timeout):
        post(world, request(world), client)
    assert ended.wait(20)


def test_stopping_hangs_up_on_a_client_that_waits(world, tmp_path):
    entered = threading.Event()

    def silence(request, answer):
        entered.set()
        request.connection.recv(1)

    sts = SecurityTokenService(["localhost"], 0, world.authority, cases.iam(world.idp.issuer)).start()
    sts.answers.append(silence)
    other = types.SimpleNamespace(authority=world.authority, idp=world.idp, sts=sts)
    outcome = []

    def client():
        try:
            post(other, request(other))
        except OSError as error:
            outcome.append(error)

    waiting = threading.Thread(target=client)
    waiting.start()
    assert entered.wait(20)
    sts.stop()
    waiting.join(20)
    assert outcome


# IAM.

CORP = OidcProvider("123456789012", "login.example.com", ["ssh-bastion"])


@pytest.mark.parametrize("condition, context, allowed", [
    ({"StringEquals": {"K": "alice"}}, {"k": ["alice"]}, True),
    ({"StringEquals": {"K": ["bob", "alice"]}}, {"k": ["alice"]}, True),
    ({"StringEquals": {"K": "alice"}}, {"k": ["Alice"]}, False),
    ({"StringEquals": {"K": "al*"}}, {"k": ["alice"]}, False),
    ({"StringEquals": {"K": "alice"}}, {}, False),
    ({"StringEqualsIfExists": {"K": "alice"}}, {}, True),
    ({"StringEqualsIgnoreCase": {"K": "alice"}}, {"k": ["ALICE"]}, True),
    ({"StringNotEquals": {"K": "alice"}}, {"k": ["alice"]}, False),
    ({"StringNotEquals": {"K": "alice"}}, {"k": ["alice", "bob"]}, False),
    ({"StringNotEquals": {"K": "alice"}}, {}, True),
    ({"StringLike": {"K": "a?i*"}}, {"k": ["alice"]}, True),
    ({"StringLike": {"K": "a.*"}}, {"k": ["alice"]}, False),
    ({"StringNotLike": {"K": "a*"}}, {"k": ["bob"]}, True),
    ({"StringEquals": {"K": "${$}{a${*}"}}, {"k": ["${a*"]}, True),
    ({"StringEquals": {"K": "$a"}}, {"k": ["$a"]}, True),
    ({"StringLike": {"K": "${*}${?}*"}}, {"k": ["*?x"]}, True),
    ({"StringLike": {"K": "${*}${?}*"}}, {"k": ["a?x"]}, False),
    ({"StringLike": {"K": "${*}${?}*"}}, {"k": ["*ax"]}, False),
    ({"ForAnyValue:StringEquals": {"K": "sre"}}, {"k": ["dev", "sre"]}, True),
    ({"ForAllValues:StringEquals": {"K": "sre"}}, {"k": ["dev", "sre"]}, False),
    ({"ForAllValues:StringEquals": {"K": "sre"}}, {}, True),
    ({"Null": {"K": "true"}}, {}, True),
    ({"Null": {"K": "true"}}, {"k": ["x"]}, False),
    ({"StringEquals": {"K": "alice", "L": "x"}}, {"k": ["alice"], "l": ["y"]}, False),
])
def test_trust_policy_conditions(condition, context, allowed):
    trust = {"Statement": {"Effect": "Allow", "Principal": {"Federated": CORP.principal}, "Action": ASSUME, "Condition": condition}}
    assert Role("arn:aws:iam::123456789012:role/R", trust).trusts(CORP.principal, ASSUME, context) == allowed


def test_trust_policy_needs_the_principal_and_the_action_and_deny_wins():
    trust = trust_policy(CORP, aud="ssh-bastion")
    role = Role("arn:aws:iam::123456789012:role/R", trust)
    context = {"login.example.com:aud": ["ssh-bastion"]}
    assert role.trusts(CORP.principal, ASSUME, context)
    assert not role.trusts("accounts.google.com", ASSUME, context)
    assert not role.trusts(CORP.principal, "sts:TagSession", context)
    trust["Statement"].append({"Effect": "Deny", "Principal": {"Federated": CORP.principal}, "Action": "sts:*"})
    assert not role.trusts(CORP.principal, ASSUME, context)


def test_mistyped_condition_operator_is_reported():
    trust = {"Statement": {"Effect": "Allow", "Principal": {"Federated": "x"}, "Action": ASSUME, "Condition": {"StringEqual": {"k": "v"}}}}
    with pytest.raises(ValueError, match="StringEqual"):
        Role("arn:aws:iam::123456789012:role/R", trust)


@pytest.mark.parametrize("value", ["${aws:username}", "${", "a${}"])
def test_variable_that_this_iam_does_not_know_is_reported(value):
    trust = {"Statement": {"Effect": "Allow", "Principal": {"Federated": "x"}, "Action": ASSUME, "Condition": {"StringEquals": {"k": value}}}}
    with pytest.raises(ValueError, match="variable"):
        Role("arn:aws:iam::123456789012:role/R", trust)


@pytest.mark.parametrize("claims", [{TAGS_CLAIM: {"principal_tags": {"team": ["sre"]}}}, {f"{TAGS_CLAIM}/principal_tags/team": "sre"},
                                    {f"{TAGS_CLAIM}/principal_tags/team": ["sre"]}])
def test_session_tags_come_nested_and_flat(world, claims):
    iam = cases.iam(world.idp.issuer)
    trust = trust_policy(world.sts.iam.providers[0], aud=cases.AUDIENCE, also=[TAG_SESSION])
    trust["Statement"][0]["Condition"]["StringEquals"]["aws:RequestTag/team"] = "sre"
    iam.roles = [Role(cases.ENGINEER, trust)]
    with SecurityTokenService(["localhost"], 0, world.authority, iam) as sts:
        other = types.SimpleNamespace(authority=world.authority, idp=world.idp, sts=sts)
        with_tag = post(other, request(other, WebIdentityToken=world.idp.mint("alice", **claims)))
        without = post(other, request(other))
    assert (with_tag.status, without.code) == (200, "AccessDenied")


def test_policy_sees_azp_as_audience_and_aud_as_original(world):
    provider = world.sts.iam.providers[0]
    trust = trust_policy(provider, aud=cases.AUDIENCE)
    trust["Statement"][0]["Condition"]["StringEquals"][f"{provider.url}:oaud"] = "api"
    iam = cases.iam(world.idp.issuer)
    iam.roles = [Role(cases.ENGINEER, trust)]
    with SecurityTokenService(["localhost"], 0, world.authority, iam) as sts:
        other = types.SimpleNamespace(authority=world.authority, idp=world.idp, sts=sts)
        both = post(other, request(other, WebIdentityToken=world.idp.mint("alice", aud="api", azp=cases.AUDIENCE)))
        one = post(other, request(other, WebIdentityToken=world.idp.mint("alice", aud=cases.AUDIENCE)))
    assert (both.status, one.code) == (200, "AccessDenied")


def test_provider_built_into_iam_goes_by_its_name(world):
    issuer = world.idp.issuer.removeprefix("https://")
    provider = OidcProvider(None, issuer, [])
    iam = IAM(providers=[provider], roles=[Role(cases.ENGINEER, trust_policy(provider, aud="any"))])
    with SecurityTokenService(["localhost"], 0, world.authority, iam) as sts:
        other = types.SimpleNamespace(authority=world.authority, idp=world.idp, sts=sts)
        assert f"<Provider>{issuer}</Provider>" in post(other, request(other, WebIdentityToken=world.idp.mint("alice", aud="any"))).body


# The commands.

def test_serve_and_mint_work_together(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        idp_port, sts_port = one.getsockname()[1], two.getsockname()[1]
    provider = {"account": cases.ACCOUNT, "url": f"localhost:{idp_port}", "client_ids": [cases.AUDIENCE]}
    (tmp_path / "serve.json").write_text(json.dumps({
        "state": str(tmp_path / "state"),
        "identity_provider": {"issuer_host": "localhost", "port": idp_port},
        "sts": {"hosts": ["localhost"], "port": sts_port},
        "iam": {"providers": [provider], "roles": [{"arn": cases.ENGINEER, "trust": trust_policy(OidcProvider(**provider), aud=cases.AUDIENCE)}]},
    }), encoding="utf-8")
    with subprocess.Popen([sys.executable, HERE / "serve.py", tmp_path / "serve.json"], env=CLEAN, stdout=subprocess.PIPE, text=True) as serve:
        try:
            assert serve.stdout.readline() == "READY\n"
            token = subprocess.run([sys.executable, HERE / "identity_provider.py", "mint", "--state", tmp_path / "state", "--sub", "bob",
                                    "--aud", cases.AUDIENCE, "--claim", 'groups=["ops"]', "--claim", "email=bob@example.com", "--length", "1600"],
                                   env=CLEAN, capture_output=True, text=True, check=True).stdout.strip()
            assert len(token) == 1600
            served = types.SimpleNamespace(authority=Authority(tmp_path / "state"), sts=types.SimpleNamespace(port=sts_port), idp=None)
            form = urllib.parse.urlencode({"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": cases.ENGINEER,
                                           "RoleSessionName": "bob", "WebIdentityToken": token})
            assert "<SubjectFromWebIdentityToken>bob<" in post(served, form).body
        finally:
            serve.send_signal(signal.SIGTERM)
        assert serve.wait(20) == 0
