"""STS that cannot be reached, is not who it should be, or answers what cannot be believed: the login is refused, and says why."""

import re
import socket
from pathlib import Path

import pytest

import cases
from hosts import STS_ADDRESS
from sts import error

UNAVAILABLE = ("PAM_AUTHINFO_UNAVAIL", ["AWS cannot be reached just now; try again later."])
MISMATCH = ("PAM_MAXTRIES", ["Your login could not be verified; tell the host's administrator."])


def log_in(login_service, idp):
    attempt = login_service("alice", idp.mint("alice"))
    assert attempt.environment == {}
    return attempt


def refusal(attempt):
    return attempt.code, attempt.words


def response_with(old, new):
    """A hook that gives STS's good answer with one thing changed."""
    return lambda request, answer: answer.replace(old, new)


def error_with_id(code, request_id):
    answer = error(code, "odd", 400)
    return answer.replace(re.search(b"<RequestId>(.*?)<", answer.body)[1].decode(), request_id)


# Who answers.

def test_nobody_listens(login_service, idp, settings):
    settings["sts"]["endpoint"] = "https://127.0.0.1:9"
    attempt = log_in(login_service, idp)
    assert (refusal(attempt), attempt.reason) == (UNAVAILABLE, "sts_unreachable")


def test_the_name_is_not_known(login_service, idp, settings):
    settings["sts"]["endpoint"] = "https://sts.nowhere.invalid"
    assert log_in(login_service, idp).reason == "sts_unreachable"


def test_the_certificate_is_of_another_host(login_service, idp, sts, settings, put_file):
    hosts = Path("/etc/hosts")
    put_file(hosts, hosts.read_text(encoding="ascii") + f"{STS_ADDRESS} other.example.internal\n")
    settings["sts"]["endpoint"] = "https://other.example.internal"
    attempt = log_in(login_service, idp)
    assert (attempt.reason, sts.requests) == ("sts_unreachable", [])
    assert "other.example.internal" in attempt.audit("what") and "certificate" in attempt.line


def test_the_authority_is_not_trusted(login_service, idp, sts, settings):
    del settings["sts"]["ca_file"]
    attempt = log_in(login_service, idp)
    assert (attempt.reason, sts.requests) == ("sts_unreachable", [])
    assert "certificate" in attempt.line


def test_the_system_trusts_the_authority_but_ca_file_does_not(login_service, idp, sts, settings, system_trusts_authority, put_file):
    # One of Debian's own, whose name is another than the authority's: OpenSSL looks no further than for a name.
    put_file("/etc/ssl/other-ca.pem", Path("/usr/share/ca-certificates/mozilla/ISRG_Root_X1.crt").read_text(encoding="ascii"))
    settings["sts"]["ca_file"] = "/etc/ssl/other-ca.pem"
    attempt = log_in(login_service, idp)
    assert (attempt.reason, sts.requests) == ("sts_unreachable", [])


def test_a_redirect_is_not_followed(login_service, idp, sts):
    sts.answers.append(lambda request, answer: type(answer)(302, headers={"Location": "https://sts.example.internal/"}))
    attempt = log_in(login_service, idp)
    assert (attempt.reason, len(sts.requests)) == ("sts_unreadable", 1)


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
    assert (refusal(attempt), attempt.reason) == (UNAVAILABLE, "sts_timeout")


@pytest.mark.parametrize("name, hook, reason", [
    ("half", lambda request, answer: request.connection.sendall(answer.wire()[:-100]), "sts_unreadable"),
    ("html", lambda request, answer: type(answer)(200, b"<html><body>Welcome</body></html>"), "sts_unreadable"),
    ("empty", lambda request, answer: type(answer)(200, b""), "sts_unreadable"),
    ("gateway", lambda request, answer: type(answer)(502, b"<html>Bad gateway</html>"), "sts_unavailable"),
    ("too-long", lambda request, answer: type(answer)(200, answer.body + b" " * 300000), "sts_unreadable"),
    ("dtd", lambda request, answer: type(answer)(200, b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + answer.body), "sts_unreadable"),
    ("success-with-status-500", lambda request, answer: type(answer)(500, answer.body), "sts_unreadable"),
    ("success-and-error", lambda request, answer: type(answer)(200, answer.body + answer.body), "sts_unreadable"),
    ("new-code", lambda request, answer: error("SomethingNew", "Nobody knows.", 400), "sts_request"),
    ("new-code-403", lambda request, answer: error("SomethingNew", "Nobody knows.", 403), "sts_denied"),
])
def test_answers_that_give_nothing(login_service, idp, sts, name, hook, reason):
    sts.answers.append(hook)
    assert log_in(login_service, idp).reason == reason
    assert len(sts.requests) == 1


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
    attempt = log_in(login_service, idp)
    assert (refusal(attempt), attempt.reason) == (MISMATCH, "response_mismatch")


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
