"""Sessions that must not have credentials, though a token was accepted on the way: another factor failed, or the user is another by now."""

import os
import pwd

import pexpect
import pytest

from pam_application import PamApplication

FAILS_BEHIND_US = """auth required pam_aws_oidc.so
auth required pam_deny.so
account required pam_permit.so
session required pam_aws_oidc.so
"""


def aws_names(environment):
    return {name for name in environment if name.startswith("AWS_") or "HANDOFF" in name}


@pytest.mark.parametrize("method", ["keyboard-interactive", "password"])
def test_a_factor_behind_us_fails_and_the_user_comes_in_by_public_key(configure, sshd, ssh, idp, sts, client_key, authorize_key, method, log):
    configure()
    authorize_key("alice")
    with sshd(FAILS_BEHIND_US, options={"PasswordAuthentication": "yes"}) as server:
        # The server asks for a key only after the token: "publickey" is the last that the client tries.
        result = ssh.ssh("env", "-0", answers=[idp.mint("alice")], options={"PreferredAuthentications": f"{method},publickey", "IdentityFile": client_key})
        server.wait_for("Accepted publickey for alice")
    assert sts.requests[0].answer.credentials is not None
    log.wait_for("result=accepted")
    assert (result.status, aws_names(result.environment)) == (0, set())


@pytest.fixture
def sudo(configure, pam_service, put_file, idp, sts):
    """sudo(control): as alice, who presents a token, root's environment; `control` is that of our session line."""
    configure()
    put_file("/etc/sudoers", "alice ALL=(ALL) ALL\nDefaults !lecture, !log_year\n", mode=0o440)

    def run(control):
        pam_service("sudo", f"auth required pam_aws_oidc.so\naccount required pam_permit.so\n"
                            f"session required pam_permit.so\nsession {control} pam_aws_oidc.so\n")
        alice = pwd.getpwnam("alice")

        def become_alice():
            os.setgroups([])
            os.setgid(alice.pw_gid)
            os.setuid(alice.pw_uid)

        terminal = pexpect.spawn("sudo", ["-k", "env"], preexec_fn=become_alice, cwd="/", encoding="utf-8", timeout=30)
        terminal.expect("OpenID Connect token: ")
        # sudo takes 511 characters at most.
        terminal.sendline(idp.mint("alice", algorithm="ES256"))
        return terminal.read(), terminal.wait()

    return run


# sudo takes PAM_SESSION_ERR for a warning and goes on, also where the line is required.
@pytest.mark.parametrize("control", ["optional", "required"])
def test_sudo_opens_the_session_of_another_user_without_credentials(sudo, sts, log, control):
    output, status = sudo(control)
    log.wait_for("result=accepted reason=ok user=alice service=sudo")
    log.wait_for("session=without_credentials user=root service=sudo")
    assert sts.requests[0].answer.credentials is not None
    assert "SUDO_USER=alice" in output and status == 0
    assert "AWS_" not in output and "HANDOFF" not in output


def test_a_session_that_was_never_authenticated_here_has_none(build, configure, pam_service, sts, log, idp):
    configure()
    pam_service("bastion", "auth [success=done default=die] pam_permit.so\nauth required pam_aws_oidc.so\naccount required pam_permit.so\n"
                           "session required pam_aws_oidc.so\n")
    orders = ["confdir /etc/pam.d", "start bastion alice", "authenticate", "open_session", "environment", "end"]
    output = PamApplication(build, "bastion", log).run(orders)
    assert ("open_session", "PAM_SUCCESS") in output
    assert not [text for key, text in output if key == "env"]
    assert not sts.requests
