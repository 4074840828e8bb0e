"""The cases of tests/stand_ins, brought in as logins: what STS says to the AWS CLI it says to us, and what it gives is the same.

A case that the module refuses by itself must not reach STS at all.
"""

import calendar
import time
import types

import pytest

import cases
import test_sts_with_aws_cli
from hosts import CA_FILE

# What a login cannot ask for yet.
EXPRESSIBLE = [case for case in cases.CASES if not case.policy and not case.policy_arns and not case.provider_id]


@pytest.fixture
def cli(tmp_path, idp, sts):
    """cli(case, token): the AWS CLI's answer, as JSON, or None and its complaint."""
    world = types.SimpleNamespace(authority=types.SimpleNamespace(ca_file=CA_FILE), idp=idp, sts=sts, directory=tmp_path)
    return lambda case, token: test_sts_with_aws_cli.assume_role(world, case, token)


@pytest.mark.parametrize("case", EXPRESSIBLE, ids=lambda case: case.name)
def test_login_and_cli_get_the_same(cli, login_service, idp, sts, settings, put_file, monkeypatch, case):
    frozen = int(time.time())
    monkeypatch.setattr(sts, "clock", lambda: frozen)
    subject = case.expect.get("SubjectFromWebIdentityToken", "alice")
    put_file("/etc/security/pam_aws_oidc.users", f"{subject} {case.session}\n")
    settings["rules"][0]["role_arn"] = case.role_arn
    settings["providers"].append({**settings["providers"][0], "name": "down", "issuer": cases.UNREACHABLE_ISSUER})
    if case.duration:
        settings["rules"][0]["duration"] = case.duration
    token = case.token(idp)

    sts.answers.extend([case.hook] if case.hook else [])
    attempt = login_service(case.session, token)
    ours = list(sts.requests)
    sts.answers.clear()
    sts.answers.extend([case.hook] if case.hook else [])
    answer, complaint = cli(case, token)

    assert attempt.reason == case.reason
    if case.reason in ("token_expired", "token_not_yet_valid", "weak_algorithm", "unknown_issuer", "wrong_audience", "bad_claims"):
        assert not ours
        assert case.code in complaint
    elif case.code:
        assert f"An error occurred ({case.code}) " in complaint
        assert attempt.audit("sts_code") == case.code
        assert sts.requests[-1].parameters == ours[-1].parameters
    else:
        credentials = answer["Credentials"]
        expiration = calendar.timegm(time.strptime(credentials["Expiration"], "%Y-%m-%dT%H:%M:%S+00:00"))
        assert attempt.environment == {
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
            "AWS_CREDENTIAL_EXPIRATION": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(expiration)),
            "AWS_REGION": cases.REGION,
            "AWS_DEFAULT_REGION": cases.REGION,
        }
        assert attempt.audit("assumed") == answer["AssumedRoleUser"]["Arn"]
        assert sts.requests[-1].parameters == ours[-1].parameters
