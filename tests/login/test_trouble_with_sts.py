"""STS that cannot be reached, is not who it should be, or answers what cannot be believed: the login is refused, and says why."""

import gzip
import re
import socket
from pathlib import Path

import pytest

import cases
from hosts import STS_ADDRESS
from https_server import Response
from refusals import assert_refused
from sts import error
from tables import rows

HTML = b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>Welcome<br></body></html>\n"
MEBIBYTE = 1 << 20


def log_in(login_service, idp):
    attempt = login_service("alice", idp.mint("alice"))
    assert attempt.environment == {}
    return attempt


def response_with(old, new):
    """A hook that gives STS's good answer with one thing changed."""
    return lambda request, answer: answer.replace(old, new)


def error_with_id(code, request_id):
    answer = error(code, "odd", 400)
    return answer.replace(re.search(b"<RequestId>(.*?)<", answer.body)[1].decode(), request_id)


# Who answers.

@pytest.mark.parametrize("endpoint", ["https://127.0.0.1:9", "https://[::1]:9"])
def test_nobody_listens(login_service, idp, settings, endpoint):
    settings["sts"].update(endpoint=endpoint, attempts=2)
    attempt = log_in(login_service, idp)
    assert_refused(attempt, "sts_unreachable")
    assert attempt.audit("attempts") == "2"


def test_the_name_is_not_known(login_service, idp, settings):
    settings["sts"].update(endpoint="https://sts.nowhere.invalid", attempts=2)
    attempt = log_in(login_service, idp)
    assert_refused(attempt, "sts_unreachable")
    assert "sts.nowhere.invalid" in attempt.audit("what") and attempt.audit("attempts") == "2"


def test_the_certificate_is_of_another_host(login_service, idp, sts, settings, put_file):
    hosts = Path("/etc/hosts")
    put_file(hosts, hosts.read_text(encoding="ascii") + f"{STS_ADDRESS} other.example.internal\n")
    settings["sts"]["endpoint"] = "https://other.example.internal"
    attempt = log_in(login_service, idp)
    assert_refused(attempt, "sts_unreachable")
    assert (sts.connections, sts.requests) == (1, [])
    assert "other.example.internal" in attempt.audit("what") and "certificate" in attempt.line


def test_the_authority_is_not_trusted(login_service, idp, sts, settings):
    del settings["sts"]["ca_file"]
    attempt = log_in(login_service, idp)
    assert_refused(attempt, "sts_unreachable")
    assert (sts.connections, sts.requests) == (1, [])
    assert "certificate" in attempt.line


def test_the_system_trusts_the_authority_but_ca_file_does_not(login_service, idp, sts, settings, system_trusts_authority, put_file):
    # One of Debian's own, whose name is another than the authority's: OpenSSL looks no further than for a name.
    put_file("/etc/ssl/other-ca.pem", Path("/usr/share/ca-certificates/mozilla/ISRG_Root_X1.crt").read_text(encoding="ascii"))
    settings["sts"]["ca_file"] = "/etc/ssl/other-ca.pem"
    attempt = log_in(login_service, idp)
    assert_refused(attempt, "sts_unreachable")
    assert (sts.connections, sts.requests) == (1, [])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(login_service, idp, sts, status):
    sts.answers.append(lambda request, answer: Response(status, headers={"Location": "https://sts.example.internal/"}))
    assert_refused(log_in(login_service, idp), "sts_unreadable")
    assert (len(sts.requests), sts.connections) == (1, 1)


def test_a_resolver_that_never_answers_does_not_hold_up_the_login(login_service, idp, settings, put_file):
    settings["sts"].update(endpoint="https://sts.nowhere.example.org", timeout=1)
    put_file("/etc/resolv.conf", "nameserver 127.0.0.9\noptions timeout:25 attempts:2\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as resolver:
        resolver.bind(("127.0.0.9", 53))
        attempt = log_in(login_service, idp)
    assert attempt.reason == "sts_timeout"
    assert int(attempt.audit("ms")) < 25 * 1000 / 2


@pytest.mark.parametrize("stack", [64 << 20, 1 << 30, "unlimited", 1 << 20])
def test_limit_of_the_hosts_stack_does_not_hinder_the_resolver(login_service, idp, stack):
    # Its thread has a stack of that size.
    assert login_service("alice", idp.mint("alice"), wrapper=["prlimit", f"--stack={stack}"]).reason == "ok"


# What is answered.

@pytest.mark.timeout(60)
def test_silence_ends_with_the_timeout(login_service, idp, sts, settings):
    settings["sts"]["timeout"] = 1
    sts.answers.append(lambda request, answer: request.connection.recv(1) and None)
    attempt = log_in(login_service, idp)
    assert_refused(attempt, "sts_timeout")
    assert (len(sts.requests), attempt.audit("attempts")) == (1, None)


def declaration(encoding):
    return f'<?xml version="1.0" encoding="{encoding}"?>\n'


# STS writes UTF-8, and no answer chooses what else it is read as: by its name, what makes an encoding of the bytes of a good answer.
ENCODINGS = {
    "utf-16": lambda body: body.decode().encode("utf-16"),
    "utf-16-without-a-mark": lambda body: body.decode().encode("utf-16-le"),
    "utf-16-declared": lambda body: (declaration("UTF-16") + body.decode()).encode("utf-16-be"),
    "utf-32": lambda body: body.decode().encode("utf-32"),
    "utf-7-declared": lambda body: declaration("UTF-7").encode() + body.replace(b"<SecretAccessKey>", b"+ADw-SecretAccessKey>"),
    "ebcdic": lambda body: body.decode().encode("cp037"),
    "ebcdic-declared": lambda body: (declaration("IBM037") + body.decode()).encode("cp037"),
    "latin-1-declared": lambda body: (declaration("ISO-8859-1") + body.decode().replace(">alice<", ">al\u00e9<")).encode("latin-1"),
}

# The hook, the reason, and how many requests of two that are allowed are made.
NOTHING = {
    "half": (lambda request, answer: request.connection.sendall(answer.wire()[:-100]), "sts_unreadable", 2),
    "header-alone": (lambda request, answer: request.connection.sendall(answer.wire(with_body=False)), "sts_unreadable", 2),
    "no-http": (lambda request, answer: request.connection.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n"), "sts_unreachable", 1),
    "html": (lambda request, answer: Response(200, HTML), "sts_unreadable", 1),
    "html-403": (lambda request, answer: Response(403, HTML), "sts_unreadable", 1),
    "html-502": (lambda request, answer: Response(502, HTML), "sts_unavailable", 2),
    "html-503": (lambda request, answer: Response(503, HTML), "sts_unavailable", 2),
    "empty": (lambda request, answer: Response(200, b""), "sts_unreadable", 2),
    "no-content": (lambda request, answer: Response(204, b""), "sts_unreadable", 1),
    "json": (lambda request, answer: Response(200, b'{"AssumeRoleWithWebIdentityResponse": {}}'), "sts_unreadable", 1),
    "gzip": (lambda request, answer: Response(200, gzip.compress(answer.body), {"Content-Encoding": "gzip"}), "sts_unreadable", 1),
    "gzip-503": (lambda request, answer: Response(503, gzip.compress(HTML), {"Content-Encoding": "gzip"}), "sts_unavailable", 2),
    "too-long": (lambda request, answer: Response(200, answer.body + b" " * 300000), "sts_unreadable", 1),
    "10-mebibytes": (lambda request, answer: Response(200, answer.body + b" " * 10 * MEBIBYTE), "sts_unreadable", 1),
    "10-mebibytes-without-a-length": (lambda request, answer: request.connection.sendall(
        b"HTTP/1.1 200 OK\r\n\r\n" + answer.body + b" " * 10 * MEBIBYTE), "sts_unreadable", 1),
    "10-mebibytes-of-header": (lambda request, answer: Response(200, answer.body, {f"X-{number}": "x" * 1000 for number in range(10000)}),
                               "sts_unreachable", 2),
    # libcurl says of it that there is no memory.
    "header-of-10-mebibytes": (lambda request, answer: Response(200, answer.body, {"X-Long": "x" * 10 * MEBIBYTE}), "memory", 1),
    **{name: (lambda request, answer, encode=encode: Response(200, encode(answer.body)), "sts_unreadable", 1) for name, encode in ENCODINGS.items()},
    "utf-16-403": (lambda request, answer: Response(403, ENCODINGS["utf-16"](error("AccessDenied", "No.").body)), "sts_unreadable", 1),
    "utf-16-503": (lambda request, answer: Response(503, ENCODINGS["utf-16"](error("Throttling", "No.").body)), "sts_unavailable", 2),
    "dtd": (lambda request, answer: Response(200, b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + answer.body), "sts_unreadable", 1),
    "success-with-status-500": (lambda request, answer: Response(500, answer.body), "sts_unreadable", 1),
    "success-and-error": (lambda request, answer: Response(200, answer.body + answer.body), "sts_unreadable", 1),
    "new-code": (lambda request, answer: error("SomethingNew", "Nobody knows.", 400), "sts_request", 1),
    "new-code-403": (lambda request, answer: error("SomethingNew", "Nobody knows.", 403), "sts_denied", 1),
}


@pytest.mark.parametrize("hook, reason, requests", NOTHING.values(), ids=NOTHING.keys())
def test_answers_that_give_nothing(login_service, idp, sts, settings, hook, reason, requests):
    settings["sts"]["attempts"] = 2
    sts.answers.extend([hook] * 2)
    assert_refused(log_in(login_service, idp), reason)
    assert (len(sts.requests), sts.connections) == (requests, requests)


@pytest.mark.parametrize("old, new", [
    ("<SubjectFromWebIdentityToken>alice<", "<SubjectFromWebIdentityToken>bob<"),
    ("<SubjectFromWebIdentityToken>alice<", "<SubjectFromWebIdentityToken>Alice<"),
    ("<SubjectFromWebIdentityToken>alice</SubjectFromWebIdentityToken>", ""),
    (f"<Audience>{cases.AUDIENCE}<", "<Audience>web<"),
    (f"<Audience>{cases.AUDIENCE}</Audience>", ""),
    ("oidc-provider/login.example.com<", "oidc-provider/login.example.net<"),
    ("oidc-provider/login.example.com<", "oidc-provider/login.example.com/<"),
    (f"<Provider>arn:aws:iam::{cases.ACCOUNT}:", f"<Provider>arn:aws:iam::{cases.ACCOUNT_WITHOUT_STS}:"),
    ("<Provider>arn:aws:iam:", "<Provider>arn:aws-cn:iam:"),
    (":assumed-role/Engineer/alice<", ":assumed-role/Engineer/bob<"),
    (":assumed-role/Engineer/alice<", ":assumed-role/Engineer/alic<"),
    (":assumed-role/Engineer/alice<", ":assumed-role/Admin/alice<"),
    (f"<Arn>arn:aws:sts::{cases.ACCOUNT}:", f"<Arn>arn:aws:sts::{cases.ACCOUNT_WITHOUT_STS}:"),
])
def test_answers_that_do_not_agree_with_the_question(login_service, idp, sts, old, new):
    sts.answers.append(response_with(old, new))
    assert_refused(log_in(login_service, idp), "response_mismatch")
    assert len(sts.requests) == 1


@pytest.mark.parametrize("field, value", [
    ("AccessKeyId", ""), ("AccessKeyId", "ASIA-WITH-MINUS-SIGNS"), ("AccessKeyId", None),
    ("SecretAccessKey", ""), ("SecretAccessKey", "two\nlines"), ("SecretAccessKey", None),
    ("SessionToken", ""), ("SessionToken", "$(reboot)"), ("SessionToken", None),
    ("Expiration", "2020-01-01T00:00:00Z"), ("Expiration", None),
])
def test_answers_whose_credentials_cannot_be_used(login_service, idp, sts, field, value):
    element = "" if value is None else f"<{field}>{value}</{field}>"
    sts.answers.append(lambda request, answer: type(answer)(
        200, re.sub(f"<{field}>.*?</{field}>", lambda _: element, answer.body.decode()).encode()))
    assert log_in(login_service, idp).reason == "response_mismatch"


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "UTF-16", "UTF-7", "IBM037", "no-such-encoding"])
def test_answer_is_utf_8_whatever_it_says(login_service, idp, sts, settings, encoding):
    settings["providers"][0]["user"] = {"claim": "login", "is": "%u"}
    sts.answers.append(lambda request, answer: Response(200, (declaration(encoding) + answer.body.decode()).encode()))
    attempt = login_service("alice", idp.mint("alice\u00e9", login="alice"))
    assert (attempt.reason, sts.requests[0].sent.body.count("alice\u00e9".encode())) == ("ok", 1)


@pytest.mark.parametrize("provider", ["https://login.example.com", "login.example.com"])
def test_compatible_servers_may_name_the_issuer_itself(login_service, idp, sts, provider):
    sts.answers.append(response_with(f"arn:aws:iam::{cases.ACCOUNT}:oidc-provider/login.example.com", provider))
    assert login_service("alice", idp.mint("alice")).reason == "ok"


def test_what_sts_says_is_for_the_administrator_and_never_quotes_the_token(login_service, idp, sts):
    token = idp.mint("alice")
    sts.answers.append(lambda request, answer: error("ValidationError", f"Value '{token}' is odd", 400))
    attempt = login_service("alice", token)
    assert attempt.audit("sts_code") == "ValidationError"
    assert token[:16] not in attempt.line and token.split(".")[1][:16] not in attempt.line


@pytest.mark.parametrize("hook", [
    lambda token: lambda request, answer: error(token, "odd", 400),
    lambda token: lambda request, answer: error_with_id("ValidationError", token),
    lambda token: response_with("</AssumeRoleWithWebIdentityResult>", f"<SourceIdentity>{token}</SourceIdentity></AssumeRoleWithWebIdentityResult>"),
    lambda token: response_with(":assumed-role/Engineer/alice<", f":assumed-role/Engineer/{token}<"),
])
def test_no_field_of_an_answer_brings_the_token_into_the_log(login_service, idp, sts, hook):
    token = idp.mint("alice")
    sts.answers.append(hook(token))
    attempt = login_service("alice", token)
    assert attempt.code != "PAM_SUCCESS"
    assert not [segment for segment in token.split(".") if segment[:16] in attempt.line]


# The id of a request, which AWS's support asks for.

ID = "5b8a2c4e-0001"
BARE_ERROR = b"<Error><Code>AccessDenied</Code><Message></Message></Error>"


def without_id(answer):
    """The body of an answer without its RequestId, as some compatible servers send it."""
    return re.sub(rb"<(ResponseMetadata>\s*<)?RequestId>.*?</RequestId>(\s*</ResponseMetadata>)?", b"", answer.body)


def with_empty_id(answer):
    """The same, but the element is there."""
    return re.sub(rb"<RequestId>.*?</RequestId>", b"<RequestId></RequestId>", answer.body)


@pytest.mark.parametrize("headers, request_id", [
    ({"x-amz-request-id": ID}, ID),
    ({"X-Amz-Request-Id": ID}, ID),
    ({"x-amzn-RequestId": ID}, ID),
    ({"x-amz-request-id": "another", "x-amzn-RequestId": ID}, ID),
    ({"x-request-id": ID}, None),
    ({"x-amz-request-id": ""}, None),
    ({}, None),
])
@pytest.mark.parametrize("body, reason", [
    (without_id, "ok"), (with_empty_id, "ok"), (lambda answer: BARE_ERROR, "sts_denied"),
    (lambda answer: BARE_ERROR.replace(b"</Error>", b"<RequestId/></Error>"), "sts_denied"),
    (lambda answer: with_empty_id(error("AccessDenied", "No.")), "sts_denied"), (lambda answer: HTML, "sts_unreadable"),
], ids=["ok", "ok-with-an-empty-one", "denied", "denied-with-an-empty-one-inside", "denied-with-an-empty-one-beside", "unreadable"])
def test_request_id_of_a_header_is_noted(login_service, idp, sts, headers, request_id, body, reason):
    sts.answers.append(lambda request, answer: Response({"sts_denied": 403}.get(reason, 200), body(answer), headers))
    attempt = login_service("alice", idp.mint("alice"))
    assert (attempt.reason, attempt.audit("request_id")) == (reason, request_id)


def test_empty_request_id_beside_an_error_leaves_the_one_inside(login_service, idp, sts):
    body = b"<ErrorResponse><RequestId/>" + BARE_ERROR.replace(b"</Error>", f"<RequestId>{ID}</RequestId></Error>".encode()) + b"</ErrorResponse>"
    sts.answers.append(lambda request, answer: Response(403, body, {"x-amzn-RequestId": "another"}))
    assert login_service("alice", idp.mint("alice")).audit("request_id") == ID


@pytest.mark.parametrize("answer", [lambda own: own, lambda own: error("AccessDenied", "No.")], ids=["ok", "denied"])
def test_request_id_in_the_body_comes_first(login_service, idp, sts, answer):
    def hook(request, own):
        sent.append(answer(own))
        return Response(sent[0].status, sent[0].body, {"x-amzn-RequestId": "another", "x-amz-request-id": "another"})

    sent = []
    sts.answers.append(hook)
    attempt = login_service("alice", idp.mint("alice"))
    assert attempt.audit("request_id") == re.search(b"<RequestId>(.*)</RequestId>", sent[0].body)[1].decode()


@pytest.mark.parametrize("value", ["x" * 10000, 'a" reason=ok b="', "a\tb\x01c", "\u00e9"])
def test_request_id_of_a_header_cannot_forge_the_log(login_service, idp, sts, value):
    sts.answers.append(lambda request, answer: Response(403, BARE_ERROR, {"x-amz-request-id": value}))
    attempt = log_in(login_service, idp)
    assert_refused(attempt, "sts_denied")
    assert attempt.line.isprintable() and len(attempt.line) < 2000
    assert re.findall(r"[ =]reason=(\w+)", re.sub(r'"(\\.|[^"\\])*"', '""', attempt.line)) == ["sts_denied"]


def test_code_that_somebody_wrote_into_his_token_is_what_it_means(source, login_service, idp, sts, settings):
    """A denial must not look like STS being away, for which a stack may have another way in."""
    settings["sts"]["attempts"] = 1
    plain = idp.mint("alice")
    for code, _, reason, _ in rows(source, "src/model/sts_errors.def", "STS_ERROR"):
        crafted = f"{plain.rpartition('.')[0]}.{(code * 40)[:342]}"
        for token in (plain, crafted):
            sts.answers.append(lambda request, answer, code=code: error(code, "No."))
            assert login_service("alice", token).reason == reason.lower()


def test_quote_of_the_token_in_an_answer_is_no_way_to_look_as_if_sts_were_away(login_service, idp, sts):
    token = idp.mint("alice")
    sts.answers.append(lambda request, answer: error(f"X{token[:40]}", "No.", 400))
    attempt = login_service("alice", token)
    assert (attempt.reason, attempt.code) == ("response_mismatch", "PAM_MAXTRIES")


def test_request_id_of_a_header_that_quotes_the_token_is_not_noted(login_service, idp, sts):
    token = idp.mint("alice")
    sts.answers.append(lambda request, answer: Response(403, BARE_ERROR, {"x-amz-request-id": f"id-{token.split('.')[1][:80]}"}))
    attempt = login_service("alice", token)
    assert_refused(attempt, "sts_denied")
    assert not [segment for segment in token.split(".") if segment[:16] in attempt.line]
