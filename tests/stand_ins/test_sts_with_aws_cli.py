"""The AWS CLI against the local STS: AWS's own client understands every answer, and sends what the server takes from it."""

import calendar
import dataclasses
import json
import re
import time

import pytest

import aws_cli
import cases


@dataclasses.dataclass
class Outcome:
    """What a call of the AWS CLI came to."""
    answer: dict                             # the JSON that it wrote, or None
    code: str = ""                           # of the error
    message: str = ""


def assume_role(world, case, token):
    """Run the AWS CLI for a case."""
    # Else the CLI would refuse by itself what is shorter or smaller than the API's limits.
    configuration = world.directory / "aws-config"
    configuration.write_text("[default]\nparameter_validation = false\n", encoding="ascii")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(world.directory), "LANG": "C.UTF-8", "AWS_CONFIG_FILE": str(configuration),
                   "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true"}
    arguments = ["sts", "assume-role-with-web-identity", "--no-sign-request", "--output", "json", "--region", cases.REGION,
                 "--endpoint-url", world.sts.endpoint, "--ca-bundle", str(world.authority.ca_file),
                 "--role-arn", case.role_arn, "--role-session-name", case.session, "--web-identity-token", token]
    if case.duration is not None:
        arguments += ["--duration-seconds", str(case.duration)]
    if case.policy is not None:
        arguments += ["--policy", case.policy]
    if case.policy_arns:
        arguments += ["--policy-arns", json.dumps([{"arn": arn} for arn in case.policy_arns])]
    if case.provider_id is not None:
        arguments += ["--provider-id", case.provider_id]
    done = aws_cli.run(arguments, environment, world.directory)
    if done.status == 0:
        return Outcome(json.loads(done.stdout))
    complaint = re.fullmatch(r"\nAn error occurred \((.*?)\) when calling the AssumeRoleWithWebIdentity operation(?: \(reached max retries: 0\))?"
                             r": (.*)\n", done.stderr, re.DOTALL)
    assert complaint, done.stderr
    return Outcome(None, *complaint.groups())


def complaint_of_cli(case, sent):
    """The code and message with which the CLI must tell of an error that was sent."""
    if case.cli_code:
        return case.cli_code, "Unknown"
    return sent.code, {"": "None", None: "Unknown"}.get(sent.message, sent.message)


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.name)
def test_cli_gets(world, case):
    token = case.token(world.idp)
    if case.hook:
        world.sts.answers.append(case.hook)
    before = len(world.sts.requests)
    outcome = assume_role(world, case, token)

    [request] = world.sts.requests[before:]
    assert request.method == "POST"
    assert request.octets == case.parameters(token)
    assert request.sent.code == case.code
    if case.code:
        assert (outcome.code, outcome.message) == complaint_of_cli(case, request.sent)
        return

    granted = request.sent.credentials
    partition, account, resource = re.fullmatch(r"arn:(aws[a-z-]*):iam::([0-9]{12}):role/(.*)", case.role_arn).groups()
    expected = {
        "AssumedRoleId": f"{world.sts.iam.role(case.role_arn).unique_id}:{case.session}",
        "Arn": f"arn:{partition}:sts::{account}:assumed-role/{resource.rpartition('/')[2]}/{case.session}",
        "SubjectFromWebIdentityToken": "alice",
        "Provider": f"arn:{partition}:iam::{account}:oidc-provider/{world.idp.issuer.removeprefix('https://')}",
        "Audience": cases.AUDIENCE,
    } | case.expect
    if case.policy or case.policy_arns or "session-tags" in case.name:
        assert 0 < outcome.answer["PackedPolicySize"] <= 100
        expected = {"PackedPolicySize": outcome.answer["PackedPolicySize"]} | expected
    credentials = outcome.answer.pop("Credentials")
    assumed = outcome.answer.pop("AssumedRoleUser")
    assert assumed | outcome.answer == {name: value for name, value in expected.items() if value is not None}

    assert credentials.pop("Expiration") == expiration_as_the_cli_writes_it(granted.expiration)
    assert credentials == {"AccessKeyId": granted.access_key_id, "SecretAccessKey": granted.secret_access_key,
                           "SessionToken": granted.session_token}
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", request.answer.credentials.access_key_id)
    assert re.fullmatch(r"[A-Za-z0-9+/]{40}", granted.secret_access_key)
    assert re.fullmatch(r"(?=.*\+)(?=.*/)[A-Za-z0-9+/]{300,}==", granted.session_token)


def expiration_as_the_cli_writes_it(expiration):
    """Without what is less than a microsecond, and with the offset in figures."""
    return re.sub(r"(\.\d{6})\d*", r"\1", expiration).replace("Z", "+00:00")


def test_same_parameters_get_the_same_credentials_and_a_frozen_clock_the_same_expiration(world, monkeypatch):
    frozen = int(time.time())
    monkeypatch.setattr(world.sts, "clock", lambda: frozen)
    token = world.idp.mint("alice")
    plain = cases.CASES[0]
    first = assume_role(world, plain, token).answer
    second = assume_role(world, plain, token).answer
    assert first == second
    expiration = time.strptime(first["Credentials"]["Expiration"], "%Y-%m-%dT%H:%M:%S+00:00")
    assert calendar.timegm(expiration) == frozen + 3600
