"""The ways in: each method of sshd that carries a token, and each kind of session that gets the credentials."""

import json
import pwd
import re
import subprocess

import pytest

import accounts
import cases
import processes
from hosts import CA_FILE

VARIABLES = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_REGION", "AWS_DEFAULT_REGION"}

# Prints what botocore makes of a session's environment.
BOTOCORE = """
import json, botocore.session
session = botocore.session.get_session()
credentials = session.get_credentials()
frozen = credentials.get_frozen_credentials()
print(json.dumps([frozen.access_key, frozen.secret_key, frozen.token, credentials._expiry_time.isoformat(), session.get_config_variable("region")]))
"""


def aws_variables(environment):
    return {name: value for name, value in environment.items() if name.startswith("AWS_") or "HANDOFF" in name}


def issued(sts):
    """The variables that the credentials of STS's last answer make."""
    credentials = sts.requests[-1].answer.credentials
    return {
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_CREDENTIAL_EXPIRATION": credentials.expiration,
        "AWS_REGION": cases.REGION,
        "AWS_DEFAULT_REGION": cases.REGION,
    }


def test_keyboard_interactive(module_login, ssh, idp, sts, log):
    with module_login():
        result = ssh.ssh("env", "-0", answers=[idp.mint("alice")])
    assert aws_variables(result.environment) == issued(sts)
    assert set(issued(sts)) == VARIABLES
    assert result.prompts == ["(alice@127.0.0.1) OpenID Connect token: "]
    assert len(sts.requests) == 1


def test_the_request_says_who_logs_in_and_carries_the_token_unchanged(module_login, ssh, idp, sts):
    token = idp.mint("alice")
    with module_login():
        ssh.ssh("true", answers=[token])
    assert sts.requests[0].parameters == {
        "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": cases.ENGINEER, "RoleSessionName": "alice",
        "WebIdentityToken": token}
    assert (sts.requests[0].method, sts.requests[0].path, sts.requests[0].query) == ("POST", "/", "")


def test_a_duration_and_a_region_of_the_rule(module_login, ssh, idp, sts, settings):
    settings["rules"][0].update(duration=900, region="eu-central-1")
    with module_login():
        result = ssh.ssh("env", "-0", answers=[idp.mint("alice")])
    assert sts.requests[0].parameters["DurationSeconds"] == "900"
    assert result.environment["AWS_REGION"] == result.environment["AWS_DEFAULT_REGION"] == "eu-central-1"


def test_an_endpoint_without_a_region_sets_no_region(module_login, ssh, idp, sts, settings):
    settings["sts"] = {"endpoint": "https://sts.example.internal", "ca_file": str(CA_FILE)}
    with module_login():
        result = ssh.ssh("env", "-0", answers=[idp.mint("alice")])
    assert set(aws_variables(result.environment)) == VARIABLES - {"AWS_REGION", "AWS_DEFAULT_REGION"}


def test_the_system_is_trusted_without_a_ca_file(module_login, ssh, idp, sts, settings, system_trusts_authority):
    del settings["sts"]["ca_file"]
    with module_login():
        result = ssh.ssh("env", "-0", answers=[idp.mint("alice")])
    assert aws_variables(result.environment) == issued(sts)


def test_password_method(module_login, ssh, idp, sts):
    with module_login(options={"PasswordAuthentication": "yes"}) as server:
        result = ssh.ssh("env", "-0", answers=[idp.mint("alice")], options={"PreferredAuthentications": "password"})
        server.wait_for("Accepted password for alice")
    assert aws_variables(result.environment) == issued(sts)


def test_public_key_and_token_together(module_login, ssh, idp, sts, client_key, authorize_key):
    authorize_key("alice")
    with module_login(options={"AuthenticationMethods": "publickey,keyboard-interactive:pam"}) as server:
        both = {"PreferredAuthentications": "publickey,keyboard-interactive", "IdentityFile": client_key}
        result = ssh.ssh("env", "-0", answers=[idp.mint("alice")], options=both)
        server.wait_for("Partial publickey for alice")
        without_key = ssh.ssh("true", answers=[idp.mint("alice")])
    assert aws_variables(result.environment) == issued(sts)
    assert without_key.status == 255


def test_public_key_alone_opens_its_session_without_credentials(module_login, ssh, sts, client_key, authorize_key):
    authorize_key("alice")
    with module_login():
        result = ssh.ssh("env", "-0", options={"PreferredAuthentications": "publickey", "IdentityFile": client_key})
    assert (result.status, aws_variables(result.environment), sts.requests) == (0, {}, [])


def test_terminal_shell_is_told_the_role_and_has_the_variables(module_login, ssh, idp, sts):
    with module_login():
        terminal = ssh.terminal()
        terminal.expect("OpenID Connect token: ")
        terminal.sendline(idp.mint("alice"))
        terminal.expect(rf"AWS role {cases.ENGINEER} until (\S+Z)\.")
        expiration = terminal.match[1]
        terminal.expect(r"\$ ")
        terminal.sendline("echo =$AWS_ACCESS_KEY_ID=$AWS_CREDENTIAL_EXPIRATION=; exit")
        terminal.expect(r"\r\n=(\w+)=(\S+)=\r\n")
        shown = terminal.match.groups()
        terminal.read()
        assert terminal.wait() == 0
    assert shown == (issued(sts)["AWS_ACCESS_KEY_ID"], issued(sts)["AWS_CREDENTIAL_EXPIRATION"])
    assert expiration == shown[1]


def test_what_is_typed_at_the_terminal_is_not_shown(module_login, ssh, idp):
    with module_login():
        terminal = ssh.terminal("true")
        terminal.expect("OpenID Connect token: ")
        token = idp.mint("alice")
        terminal.sendline(token)
        assert token[:40] not in terminal.read()
        assert terminal.wait() == 0


def test_scp(module_login, ssh, idp, tmp_path):
    here = tmp_path / "here"
    here.write_text("payload", encoding="ascii")
    with module_login():
        assert ssh.scp(here, ":there", answers=[idp.mint("alice")]).status == 0
        assert ssh.scp(":there", tmp_path / "back", answers=[idp.mint("alice")]).status == 0
    assert (tmp_path / "back").read_text(encoding="ascii") == "payload"


def test_sftp(module_login, ssh, idp):
    with module_login():
        result = ssh.sftp("pwd\n", answers=[idp.mint("alice")])
    assert (result.status, "Remote working directory: /home/alice" in result.stdout) == (0, True)


def test_botocore_in_the_session_finds_the_credentials_with_their_expiry(module_login, ssh, idp, sts):
    with module_login():
        result = ssh.ssh("/usr/bin/python3", "-", answers=[idp.mint("alice")], stdin=BOTOCORE)
    expected = issued(sts)
    assert json.loads(result.stdout) == [expected["AWS_ACCESS_KEY_ID"], expected["AWS_SECRET_ACCESS_KEY"], expected["AWS_SESSION_TOKEN"],
                                         expected["AWS_CREDENTIAL_EXPIRATION"].replace("Z", "+00:00"), cases.REGION]


def test_other_user_cannot_read_the_environment_of_a_session(module_login, ssh, idp):
    alice, bob = (pwd.getpwnam(name) for name in ("alice", "bob"))

    def can_read(user, process):
        done = subprocess.run(["cat", f"/proc/{process.pid}/environ"], user=user.pw_uid, group=user.pw_gid, extra_groups=[], capture_output=True, check=False)
        return b"AWS_SESSION_TOKEN" in done.stdout

    with module_login():
        terminal = ssh.terminal()
        terminal.expect("OpenID Connect token: ")
        terminal.sendline(idp.mint("alice"))
        terminal.expect(r"\$ ")
        hers = processes.of_user(alice.pw_uid)
        assert [process.name for process in hers if can_read(alice, process)] == ["bash"]
        assert not [process for process in hers if can_read(bob, process)]
        terminal.close(force=True)


def test_second_session_over_one_connection_has_them_too(module_login, ssh, idp, sts, tmp_path):
    control = {"ControlPath": tmp_path / "control", "ControlMaster": "auto", "ControlPersist": "10"}
    with module_login():
        ssh.ssh("true", answers=[idp.mint("alice")], options=control)
        result = ssh.ssh("env", "-0", options=control)
    assert aws_variables(result.environment) == issued(sts)
    assert len(sts.requests) == 1


def test_two_logins_at_once_get_their_own_credentials(module_login, ssh, idp, sts, settings):
    settings["rules"][0]["role_arn"] = cases.OPERATOR
    with module_login():
        first = ssh.ssh("env", "-0", answers=[idp.mint("alice", jti="1")])
        second = ssh.ssh("env", "-0", answers=[idp.mint("alice", jti="2")])
    keys = [result.environment["AWS_ACCESS_KEY_ID"] for result in (first, second)]
    assert keys == [request.answer.credentials.access_key_id for request in sts.requests]


def test_client_environment_does_not_override_the_credentials(module_login, ssh, idp, sts):
    with module_login(options={"AcceptEnv": "AWS_*"}):
        result = ssh.ssh("env", "-0", answers=[idp.mint("alice")], options={"SetEnv": "AWS_ACCESS_KEY_ID=mine"})
    assert aws_variables(result.environment) == issued(sts)


def test_audit_line_of_a_login(module_login, ssh, idp, sts, log):
    with module_login():
        ssh.ssh("true", answers=[idp.mint("alice")])
    line = log.wait_for(r"pam_aws_oidc\(sshd:auth\): ")
    credentials = sts.requests[0].answer.credentials
    assert re.sub(r" ms=\d+ ", " ms=N ", line.split("): ", 1)[1]) == (
        "result=accepted reason=ok user=alice service=sshd rhost=127.0.0.1 ms=N provider=corp sub=alice rule=everyone "
        f"role={cases.ENGINEER} assumed=arn:aws:sts::{cases.ACCOUNT}:assumed-role/Engineer/alice key_id={credentials.access_key_id} "
        f"expires={credentials.expiration} request_id={re.search('<RequestId>(.*)</RequestId>', sts.requests[0].answer.body.decode())[1]}")


@pytest.mark.parametrize("name", ["al", "a" * 64, "alice@example.com", "a+b=c,d.e-f_1"])
def test_users_whose_names_sts_takes(module_login, ssh, idp, sts, put_file, name):
    accounts.add_user(name)
    with module_login():
        put_file("/etc/security/pam_aws_oidc.users", f"alice.other {name}\n")
        result = ssh.ssh("env", "-0", user=name, answers=[idp.mint("alice.other")])
    assert aws_variables(result.environment) == issued(sts)
    assert sts.requests[0].parameters["RoleSessionName"] == name


@pytest.fixture
def helpers():
    """helpers(): the login helpers that run."""
    uid = pwd.getpwnam(accounts.HELPER_USER).pw_uid
    return lambda: processes.of_user(uid)


def test_client_that_hangs_up_at_the_prompt_leaves_no_process(module_login, ssh, sts, helpers):
    with module_login():
        terminal = ssh.terminal()
        terminal.expect("OpenID Connect token: ")
        assert len(helpers()) == 1
        terminal.close(force=True)
        processes.wait_until_none(helpers, "helpers")


def test_login_grace_time_leaves_no_process(module_login, ssh, sts, helpers):
    with module_login(options={"LoginGraceTime": 5}):
        terminal = ssh.terminal()
        terminal.expect("OpenID Connect token: ")
        assert len(helpers()) == 1
        # Debian's sshd ends without a word.
        processes.wait_until_none(helpers, "helpers", timeout=20)
        terminal.close(force=True)
