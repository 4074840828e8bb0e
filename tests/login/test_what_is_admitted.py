"""What SECURITY.md admits: not to be wished for, but true, so that nobody relies on the opposite. A test that fails here asks for a better sentence there."""

import types
from pathlib import Path

import pytest

import accounts
import cases
import test_sts_with_aws_cli
from hosts import CA_FILE


@pytest.fixture
def without_this_host(tmp_path, idp, sts):
    """without_this_host(token, …): what the holder of a token gets who asks STS himself, with the AWS CLI."""
    world = types.SimpleNamespace(authority=types.SimpleNamespace(ca_file=CA_FILE), idp=idp, sts=sts, directory=tmp_path)

    def ask(token, role=cases.ENGINEER, session="alice", duration=None):
        case = cases.Case("by-hand", "", "ok", role_arn=role, session=session, duration=duration)
        return test_sts_with_aws_cli.assume_role(world, case, token)

    return ask


def test_a_token_logs_in_as_often_as_one_likes_until_it_expires(login_service, idp, sts):
    token = idp.mint("alice")
    assert [login_service("alice", token).reason for _ in range(3)] == ["ok"] * 3
    assert len(sts.requests) == 3


def test_a_token_logs_in_at_every_host_of_its_audience(login_service, settings, idp):
    """Nothing in a token names a host. Another host is another configuration; what they share is the audience."""
    token = idp.mint("alice")
    assert login_service("alice", token).reason == "ok"
    settings["providers"][0].update(name="the-same-seen-from-another-host", audience=["another", cases.AUDIENCE])
    assert login_service("alice", token).reason == "ok"
    settings["providers"][0]["audience"] = ["another"]
    assert login_service("alice", token).reason == "wrong_audience"


def test_who_has_a_token_gets_the_role_without_this_host_under_any_name(without_this_host, login_service, settings, idp):
    """The host would give bob nothing for it, and alice 15 minutes with few rights: neither binds who asks STS."""
    token = idp.mint("alice")
    settings["rules"][0].update(duration=900, policy=cases.INLINE_POLICY.replace("%", "%%"))
    assert login_service("bob", token).reason == "not_your_token"
    taken = without_this_host(token, session="bob", duration=3600)
    assert taken.answer["AssumedRoleUser"]["Arn"].endswith(":assumed-role/Engineer/bob")
    assert "PackedPolicySize" not in taken.answer
    assert login_service("alice", token).audit("packed_policy_size")


def test_a_trust_policy_that_names_the_subject_binds_also_there(without_this_host, idp):
    assert without_this_host(idp.mint("bob"), role=cases.OF_BOB).code == ""
    assert without_this_host(idp.mint("alice"), role=cases.OF_BOB).code == "AccessDenied"


def test_a_trust_policy_that_names_the_audience_binds_also_there(without_this_host, idp):
    assert without_this_host(idp.mint("alice", aud=cases.SECOND_AUDIENCE)).code == "AccessDenied"


def test_a_trust_policy_that_names_only_the_session_binds_nothing(without_this_host, idp):
    assert without_this_host(idp.mint("anybody"), role=cases.OF_ITS_SUBJECT, session="alice").code == ""


def test_a_token_that_somebody_made_up_tells_which_users_exist(login_service, idp, sts):
    accounts.add_user("carol")
    made_up = idp.mint("nobody-in-particular", forged=True)
    carols, mallorys = login_service("carol", made_up), login_service("mallory", made_up)
    assert (carols.reason, mallorys.reason) == ("sts_invalid_token", "unknown_user")
    assert carols.words != mallorys.words
    assert [request.parameters["RoleSessionName"] for request in sts.requests] == ["carol"]


def test_a_token_that_somebody_made_up_tells_which_claims_have_a_rule(login_service, settings, idp):
    settings["rules"] = [{"name": "sre", "claims": [{"claim": "department", "any": ["sre"]}], "role_arn": cases.ENGINEER}]
    reasons = [login_service("alice", idp.mint("alice", forged=True, department=department)).reason for department in ("sre", "sales")]
    assert reasons == ["sts_invalid_token", "no_rule"]


def test_who_passes_for_sts_is_believed(login_service, idp, sts):
    """STS verifies the signature: who has its name and a certificate for it lets in whom he likes, among those whom a mapping can name."""
    forged = idp.mint("alice", forged=True)
    assert login_service("alice", forged).reason == "sts_invalid_token"
    assert login_service("alice", idp.mint("alice")).reason == "ok"
    good = sts.requests[-1].answer
    sts.answers.append(lambda request, answer: good)
    assert login_service("alice", forged).reason == "ok"
    assert login_service("root", idp.mint("root", forged=True)).reason == "user_refused"


# What sshd_config must not have, and why.

def environment_of(ssh, idp, **options):
    return ssh.ssh("env", "-0", answers=[idp.mint("alice")], **options).environment


def test_accept_env_lets_a_client_redirect_aws_tools(module_login, ssh, idp, sts):
    redirected = {"options": {"SetEnv": "AWS_ENDPOINT_URL=https://elsewhere.example.com"}}
    with module_login():
        assert "AWS_ENDPOINT_URL" not in environment_of(ssh, idp, **redirected)
    with module_login(options={"AcceptEnv": "AWS_*"}):
        assert environment_of(ssh, idp, **redirected)["AWS_ENDPOINT_URL"] == "https://elsewhere.example.com"


def test_set_env_replaces_what_the_module_sets(module_login, ssh, idp, sts):
    with module_login(options={"SetEnv": "AWS_SESSION_TOKEN=sshds"}):
        assert environment_of(ssh, idp)["AWS_SESSION_TOKEN"] == "sshds"


def test_permit_user_environment_lets_a_user_redirect_his_aws_tools(module_login, ssh, idp, sts, authorize_key):
    authorize_key("alice")
    environment = Path("/home/alice/.ssh/environment")
    environment.write_text("AWS_ENDPOINT_URL=https://elsewhere.example.com\n", encoding="ascii")
    with module_login():
        assert "AWS_ENDPOINT_URL" not in environment_of(ssh, idp)
    with module_login(options={"PermitUserEnvironment": "yes"}):
        assert environment_of(ssh, idp)["AWS_ENDPOINT_URL"] == "https://elsewhere.example.com"
