"""The world of whole logins by itself, without our module: what the other tests take for granted."""

import pwd
import socket
import ssl
import subprocess
import urllib.request

import pytest

import accounts
import cases
import hosts
import module_configuration
import processes
from system_log import AUTHPRIV

OPEN = "auth required pam_permit.so\naccount required pam_permit.so\nsession required pam_permit.so\n"
# pam_unix asks for a password and logs what comes of it.
UNIX = "auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_permit.so\n"


@pytest.fixture
def carol():
    return accounts.add_user("carol", password=accounts.hash_of("correct horse"))


def test_command_sees_the_users_environment(sshd, ssh):
    with sshd(OPEN):
        result = ssh.ssh("env")
    assert (result.status, result.environment["USER"], result.prompts) == (0, "alice", [])


def test_prompts_are_seen_and_answered(sshd, ssh, carol, log):
    with sshd(UNIX):
        result = ssh.ssh("id", "-un", user="carol", answers=["correct horse"])
    assert (result.status, result.stdout) == (0, "carol\n")
    assert [prompt for prompt in result.prompts if "Password" in prompt] == ["(carol@127.0.0.1) Password: "]


def test_wrong_answer_is_refused_and_logged(sshd, ssh, carol, log):
    with sshd(UNIX):
        result = ssh.ssh("true", user="carol", answers=["wrong"])
    assert result.status == 255
    assert log.wait_for(r"pam_unix\(sshd:auth\): authentication failure;.*user=carol").facility == AUTHPRIV


def test_password_method(sshd, ssh, carol):
    with sshd(UNIX, options={"PasswordAuthentication": "yes"}) as server:
        result = ssh.ssh("true", user="carol", answers=["correct horse"], options={"PreferredAuthentications": "password"})
        server.wait_for("Accepted password for carol")
    assert (result.status, result.prompts) == (0, ["carol@127.0.0.1's password: "])


def test_public_key(sshd, ssh, client_key, authorize_key):
    authorize_key("bob")
    with sshd(OPEN) as server:
        result = ssh.ssh("true", user="bob", options={"PreferredAuthentications": "publickey", "IdentityFile": client_key})
        server.wait_for("Accepted publickey for bob")
    assert result.status == 0


def test_terminal(sshd, ssh, carol):
    with sshd(UNIX):
        terminal = ssh.terminal(user="carol")
        terminal.expect(r"\(carol@127.0.0.1\) Password: ")
        terminal.sendline("correct horse")
        terminal.expect(r"\$ ")
        terminal.sendline("echo $SSH_TTY; exit 3")
        terminal.expect("\r\n/dev/pts/[0-9]+\r\n")
        terminal.expect("logout")
        terminal.read()
        assert terminal.wait() == 3


def test_scp(sshd, ssh, tmp_path):
    here = tmp_path / "here"
    here.write_text("payload", encoding="ascii")
    with sshd(OPEN):
        assert ssh.scp(here, ":there").status == 0
        assert ssh.scp(":there", tmp_path / "back").status == 0
    assert (tmp_path / "back").read_text(encoding="ascii") == "payload"


def test_sftp(sshd, ssh):
    with sshd(OPEN):
        result = ssh.sftp("pwd\n")
    assert (result.status, "Remote working directory: /home/alice" in result.stdout) == (0, True)


@pytest.mark.parametrize("name", ["Alice", "alice@example.com", "50%", "a" * 64])
def test_users_whose_names_useradd_refuses(sshd, ssh, name):
    accounts.add_user(name)
    with sshd(OPEN):
        result = ssh.ssh("id", "-un", user=name)
    assert (result.status, result.stdout) == (0, name + "\n")


def test_group_members(sshd, ssh):
    accounts.add_group("ops", "alice")
    with sshd(OPEN):
        assert "ops" in ssh.ssh("id", "-Gn").stdout.split()


def test_sshd_leaves_no_process(sshd, ssh):
    with sshd(OPEN) as server:
        terminal = ssh.terminal("sleep", "1000")
        server.wait_for("Accepted keyboard-interactive")
        assert server.sessions()
    processes.wait_until_none(lambda: [process for process in processes.processes() if process.name in ("sshd", "sleep")], "processes of sshd")
    terminal.close(force=True)


def test_helper_users_processes_are_found():
    uid = pwd.getpwnam(accounts.HELPER_USER).pw_uid
    with subprocess.Popen(["sleep", "1000"], user=uid) as process:
        assert [found.pid for found in processes.of_user(uid)] == [process.pid]
        with pytest.raises(AssertionError, match="processes of"):
            processes.wait_until_none(lambda: processes.of_user(uid), "processes of", timeout=0.1)
        process.kill()


def test_zombies_are_found():
    with subprocess.Popen(["sh", "-c", "true & exec sleep 1000"]) as parent:
        while not processes.zombies_below(parent.pid):
            pass
        parent.kill()


def test_identity_provider_and_sts_have_their_names(idp, sts):
    trust = ssl.create_default_context(cafile=hosts.CA_FILE)
    for url in (idp.issuer + "/jwks", f"https://sts.example.internal/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=alice"
                f"&RoleArn={cases.ENGINEER}&WebIdentityToken={idp.mint('alice')}"):
        with urllib.request.urlopen(url, context=trust) as answer:
            assert answer.status == 200
    assert sts.endpoint == "https://sts.eu-west-1.amazonaws.com"


def test_system_trusts_the_authority_when_told(sts, system_trusts_authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(capath="/etc/ssl/certs")
    with socket.create_connection((hosts.STS_ADDRESS, 443)) as connection, context.wrap_socket(connection, server_hostname=hosts.STS_HOSTS[0]) as tls:
        assert tls.version() == "TLSv1.3"


def test_configuration_is_written_in_libconfigs_syntax():
    settings = {"min_uid": 1000, "sts": {"fips": True, "region": "eu-west-1"}, "rules": [{"users": ["a", "b"], "name": 'say "hi" \\ \n'}]}
    assert module_configuration.text(settings) == (
        'min_uid = 1000;\nsts = { fips = true; region = "eu-west-1"; };\n'
        'rules = ( { users = [ "a", "b" ]; name = "say \\"hi\\" \\\\ \\n"; } );\n')
