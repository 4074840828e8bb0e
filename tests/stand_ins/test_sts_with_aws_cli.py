"""The AWS CLI against the local STS: AWS's own client understands every answer, and sends what the server takes from it."""

import calendar
import json
import re
import subprocess
import time

import pytest

import cases


def assume_role(world, case, token):
    """Run the AWS CLI for a case: (its JSON, or None, and what it wrote to stderr)."""
    command = ["/usr/bin/aws", "sts", "assume-role-with-web-identity", "--no-sign-request", "--output", "json", "--region", cases.REGION,
               "--endpoint-url", world.sts.endpoint, "--ca-bundle", str(world.authority.ca_file),
               "--role-arn", case.role_arn, "--role-session-name", case.session, "--web-identity-token", token]
    if case.duration is not None:
        command += ["--duration-seconds", str(case.duration)]
    if case.policy is not None:
        command += ["--policy", case.policy]
    if case.policy_arns:
        command += ["--policy-arns", *(f"arn={arn}" for arn in case.policy_arns)]
    if case.provider_id is not None:
        command += ["--provider-id", case.provider_id]
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(world.directory), "LANG": "C.UTF-8", "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(command, env=clean, capture_output=True, text=True, timeout=60, check=False)
    return (json.loads(done.stdout) if done.returncode == 0 else None), done.stderr


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.name)
def test_cli_gets(world, case):
    token = case.token(world.idp)
    if case.hook:
        world.sts.answers.append(case.hook)
    before = len(world.sts.requests)
    answer, complaint = assume_role(world, case, token)

    [request] = world.sts.requests[before:]
    assert request.method == "POST"
    assert request.parameters["WebIdentityToken"] == token
    if case.code:
        assert f"An error occurred ({case.code}) when calling the AssumeRoleWithWebIdentity operation" in complaint
        return

    granted = request.answer.credentials
    _, account, resource = re.fullmatch(r"arn:(aws):iam::([0-9]{12}):role/(.*)", case.role_arn).groups()
    role = world.sts.iam.role(case.role_arn)
    expected = {
        "Credentials": {"AccessKeyId": granted.access_key_id, "SecretAccessKey": granted.secret_access_key, "SessionToken": granted.session_token,
                        "Expiration": granted.expiration.replace("Z", "+00:00")},     # the CLI writes times in its own way
        "SubjectFromWebIdentityToken": "alice",
        "AssumedRoleUser": {"AssumedRoleId": f"{role.unique_id}:{case.session}",
                            "Arn": f"arn:aws:sts::{account}:assumed-role/{resource.rpartition('/')[2]}/{case.session}"},
        "Provider": f"arn:aws:iam::{account}:oidc-provider/{world.idp.issuer.removeprefix('https://')}",
        "Audience": cases.AUDIENCE,
    } | case.expect
    if case.policy or case.policy_arns or "session-tags" in case.name:
        assert 0 < answer["PackedPolicySize"] <= 100
        expected["PackedPolicySize"] = answer["PackedPolicySize"]
    assert answer == expected
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", granted.access_key_id)
    assert re.fullmatch(r"[A-Za-z0-9+/]{40}", granted.secret_access_key)
    assert re.fullmatch(r"(?=.*\+)(?=.*/)[A-Za-z0-9+/]{300,}==", granted.session_token)


def test_same_parameters_get_the_same_credentials_and_a_frozen_clock_the_same_expiration(world, monkeypatch):
    frozen = int(time.time())
    monkeypatch.setattr(world.sts, "clock", lambda: frozen)
    token = world.idp.mint("alice")
    plain = cases.CASES[0]
    first, _ = assume_role(world, plain, token)
    second, _ = assume_role(world, plain, token)
    assert first == second
    expiration = time.strptime(first["Credentials"]["Expiration"], "%Y-%m-%dT%H:%M:%S+00:00")
    assert calendar.timegm(expiration) == frozen + 3600
