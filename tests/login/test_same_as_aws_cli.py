"""The cases of tests/stand_ins, brought in as logins: what STS says to the AWS CLI it says to us, and what it gives is the same.

A case that the module refuses by itself must not reach STS at all.
"""

import dataclasses
import pwd
import re
import syslog
import time
import types

import pytest

import accounts
import cases
import test_sts_with_aws_cli
from hosts import CA_FILE

# Percent of the space for packed policies, from which on the audit line warns.
NEARLY_FULL = 90

ACCEPTED_BY_US_ALONE = [case for case in cases.CASES if case.code and case.reason == "ok"]


@pytest.fixture
def cli(tmp_path, idp, sts):
    """cli(case, token): what a call of the AWS CLI comes to."""
    world = types.SimpleNamespace(authority=types.SimpleNamespace(ca_file=CA_FILE), idp=idp, sts=sts, directory=tmp_path)
    return lambda case, token: test_sts_with_aws_cli.assume_role(world, case, token)


@pytest.fixture
def both(cli, login_service, idp, sts, settings, put_file, monkeypatch):
    """both(case): the case as a login, its requests; as a call of the AWS CLI, its request; and the token."""
    def bring_in(case):
        frozen = int(time.time())
        monkeypatch.setattr(sts, "clock", lambda: frozen)
        ask_for(settings, case)
        put_file("/etc/security/pam_aws_oidc.users", f"{case.expect.get('SubjectFromWebIdentityToken', 'alice')} {case.session}\n")
        if not is_user(case.session):
            accounts.add_user(case.session)
        token = case.token(idp)

        sts.answers.extend([case.hook] if case.hook else [])
        attempt = login_service(case.session, token)
        ours = list(sts.requests)
        sts.answers.clear()
        sts.answers.extend([case.hook] if case.hook else [])
        outcome = cli(case, token)
        [theirs] = sts.requests[len(ours):]
        assert theirs.octets == case.parameters(token)
        return types.SimpleNamespace(attempt=attempt, ours=ours, outcome=outcome, theirs=theirs, token=token)

    return bring_in


def is_user(name):
    return name in {entry.pw_name for entry in pwd.getpwall()}


def ask_for(settings, case):
    """Change the settings so that a login asks for what the case does, once."""
    user = settings["providers"][0]["user"]
    issuers = {"down": cases.UNREACHABLE_ISSUER, "google": f"https://{cases.GOOGLE}", "google-without-scheme": cases.GOOGLE,
               "cognito": f"https://{cases.COGNITO}"}
    settings["providers"] += [{"name": name, "issuer": issuer, "audience": [cases.AUDIENCE], "user": user} for name, issuer in issuers.items()]
    amazon = case.provider_id if case.provider_id not in (None, cases.FACEBOOK) else cases.AMAZON      # or one that STS does not know
    settings["providers"] += [
        {"name": host, "provider_id": provider_id, "token_prefix": cases.TOKEN_PREFIX[host], "audience": [cases.APPLICATION[host]], "user": user}
        for host, provider_id in ((cases.AMAZON, amazon), (cases.FACEBOOK, cases.FACEBOOK))
    ]
    rule = {"role_arn": case.role_arn, "duration": case.duration, "policy_arns": list(case.policy_arns) or None,
            "policy": None if case.policy is None else case.policy.replace("%", "%%")}
    settings["rules"][0].update({name: value for name, value in rule.items() if value is not None})
    settings["sts"]["attempts"] = 1


def audited(attempt, key):
    """The bytes of a value in the audit line, none of its escapes left; None where there is no such value."""
    match = re.search(rf' {key}=(?:"((?:[^"\\]|\\.)*)"|(\S*))', attempt.line)
    if not match:
        return None
    value = match[1] if match[1] is not None else match[2]
    return re.sub(rb'\\(?:x([0-9a-f]{2})|(["\\]))', lambda escape: bytes.fromhex(escape[1].decode()) if escape[1] else escape[2], value.encode())


def text(value):
    return None if value is None else str(value).encode()


@pytest.mark.parametrize("case", [case for case in cases.CASES if case not in ACCEPTED_BY_US_ALONE], ids=lambda case: case.name)
def test_login_and_cli_get_the_same(both, case):
    run = both(case)
    if case.reason in cases.BEFORE_STS:
        assert (run.attempt.reason, run.attempt.environment, run.ours) == (case.reason, {}, [])
        assert run.outcome.code == case.code
        return
    [request] = run.ours
    assert request.octets == run.theirs.octets
    if case.code:
        assert_same_refusal(case, run)
    else:
        assert_same_success(run)


@pytest.mark.parametrize("case", ACCEPTED_BY_US_ALONE, ids=lambda case: case.name)
def test_duration_that_the_role_does_not_allow_is_left_to_sts_where_the_cli_is_refused(both, cli, case):
    run = both(case)
    assert run.outcome.code == case.code == "ValidationError"
    refused, granted = run.ours
    assert refused.octets == case.parameters(run.token)
    assert granted.octets == {name: value for name, value in refused.octets.items() if name != "DurationSeconds"}
    assert (run.attempt.audit("attempts"), run.attempt.line.severity) == ("2", syslog.LOG_WARNING)
    assert str(case.duration) in run.attempt.audit("warning")

    run.outcome = cli(dataclasses.replace(case, duration=None), run.token)
    assert_same_credentials(run)


def assert_same_refusal(case, run):
    """The login was refused with the code and message that the CLI was told."""
    [request] = run.ours
    assert (run.attempt.reason, run.attempt.environment) == (case.reason, {})
    assert request.sent.message == run.theirs.sent.message
    assert (run.outcome.code, run.outcome.message) == test_sts_with_aws_cli.complaint_of_cli(case, run.theirs.sent)
    assert run.attempt.audit("sts_code") == case.code
    assert audited(run.attempt, "what") == text(f"STS answers {request.sent.status} {case.code}: ") + text(request.sent.message or "")[:200]
    assert audited(run.attempt, "request_id") == text(request.sent.request_id)


def assert_same_success(run):
    """The login succeeded as the call of the CLI did, and the audit line warns where the policies are near their limit, and only there."""
    assert_same_credentials(run)
    size = run.outcome.answer.get("PackedPolicySize")
    assert audited(run.attempt, "packed_policy_size") == text(size)
    assert (run.attempt.audit("warning") is not None) == (size is not None and size >= NEARLY_FULL)
    assert run.attempt.line.severity == (syslog.LOG_WARNING if run.attempt.audit("warning") else syslog.LOG_INFO)


def assert_same_credentials(run):
    """The login has what the CLI got, and the audit line says of it what the CLI was told."""
    credentials = run.outcome.answer["Credentials"]
    assert run.attempt.environment == {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
        "AWS_CREDENTIAL_EXPIRATION": re.sub(r"(\.\d+)?\+00:00$", "Z", credentials["Expiration"]),
        "AWS_REGION": cases.REGION,
        "AWS_DEFAULT_REGION": cases.REGION,
    }
    assert run.attempt.reason == "ok"
    told = {
        "assumed": run.outcome.answer["AssumedRoleUser"]["Arn"],
        "key_id": credentials["AccessKeyId"],
        "expires": run.attempt.environment["AWS_CREDENTIAL_EXPIRATION"],
        "sub": run.outcome.answer["SubjectFromWebIdentityToken"],
        "source_identity": run.outcome.answer.get("SourceIdentity"),
        "request_id": run.ours[-1].sent.request_id,
        "sts_code": None,
        "what": None,
    }
    assert {key: audited(run.attempt, key) for key in told} == {key: text(value) for key, value in told.items()}
