"""pam-aws-oidc check: what sshd makes of its configuration, and the way back in.

It is the real sshd that tells; that it does what it tells is its own affair, but for what facts of a login need: those have tests in test_ways_in.py."""

import json
import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

import pytest

import accounts
from machine import checks, seen, texts
from test_check import at

CONFIGURATION = Path("/etc/ssh/sshd_config")
SSHD = Path("/usr/sbin/sshd")
GOOD_STACK = "auth required pam_aws_oidc.so\naccount required pam_permit.so\nsession required pam_aws_oidc.so\n"
PASSWORD_OR_TOKEN = ("auth sufficient pam_aws_oidc.so\nauth required pam_unix.so\n"
                     "account required pam_permit.so\nsession required pam_aws_oidc.so\n")
CONSOLE_OF_THE_DISTRIBUTION = Path("/etc/pam.d/login").read_text(encoding="utf-8")
OPTIONS = {"UsePAM": "yes", "KbdInteractiveAuthentication": "yes", "PasswordAuthentication": "no", "PermitRootLogin": "prohibit-password"}


class SshdMachine:
    """What a break gets hold of: files that are put back when the test ends, and sshd's options."""

    def __init__(self, put_file, host_key, pam_service, settings, configure, tmp_path):
        self.options = {**OPTIONS, "HostKey": str(host_key)}
        self.text = ""
        self.put_file, self.pam_service, self.settings, self.configure, self.tmp_path = put_file, pam_service, settings, configure, tmp_path

    def write(self, text=None, **options):
        """sshd_config: these options among the others, None leaving one out; and a text behind them."""
        self.options |= options
        self.text = self.text if text is None else text
        self.put_file(CONFIGURATION, "".join(f"{name} {value}\n" for name, value in self.options.items() if value is not None) + self.text, 0o600)


@pytest.fixture
def machine(put_file, host_key, pam_service, settings, configure, tmp_path):
    """A good machine: sshd asks for a token, and root has a key."""
    configure()
    pam_service("sshd", GOOD_STACK)
    pam_service("login", GOOD_STACK)
    machine = SshdMachine(put_file, host_key, pam_service, settings, configure, tmp_path)
    machine.write()
    put_key("root")
    yield machine
    for name in ("root", "alice"):
        shutil.rmtree(Path(pwd.getpwnam(name).pw_dir) / ".ssh", ignore_errors=True)


def put_key(name, text="ssh-ed25519 AAAA of a test\n", file="authorized_keys"):
    folder = Path(pwd.getpwnam(name).pw_dir) / ".ssh"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / file).write_text(text, encoding="ascii")


def make_administrator(name):
    subprocess.run(["usermod", "--append", "--groups", "sudo", name], check=True)


def no_key(name):
    shutil.rmtree(Path(pwd.getpwnam(name).pw_dir) / ".ssh")


@pytest.fixture
def report(command):
    return lambda: command.json("check")


def told(report):
    """The lines about sshd and the way back that are not OK."""
    return {(name, status) for name, status in seen(report) if (name.startswith("sshd") or name == "way-back") and status != "OK"}


def options(**changes):
    return lambda machine: machine.write(**changes)


def match(text):
    return lambda machine: machine.write("\n".join(["", *text, ""]))


def timeout(seconds, **changes):
    def apply(machine):
        machine.settings["sts"]["timeout"] = seconds
        machine.configure()
        machine.write(**changes)
    return apply


def without_sshd(_):
    SSHD.rename("/usr/sbin/sshd.away")


@pytest.fixture
def sshd_comes_back():
    yield
    if Path("/usr/sbin/sshd.away").exists():
        Path("/usr/sbin/sshd.away").rename(SSHD)


def without_a_way_back(_):
    no_key("root")


BREAKS = [
    ("SSHD_FAIL", options(NoSuchOption="yes")),
    ("SSHD_FAIL", match(["Match User alice", "NoSuchOption yes"])),
    ("SSHD_UNKNOWN_WARN", without_sshd),
    ("SSHD_USE_PAM_FAIL", options(UsePAM="no")),
    ("SSHD_KEYBOARD_INTERACTIVE_FAIL", options(KbdInteractiveAuthentication="no")),
    ("SSHD_KEYBOARD_INTERACTIVE_WARN", options(KbdInteractiveAuthentication="no", PasswordAuthentication="yes")),
    ("SSHD_KEYBOARD_INTERACTIVE_WARN", options(PasswordAuthentication="yes", AuthenticationMethods="password publickey")),
    ("SSHD_KEYBOARD_INTERACTIVE_WARN", match(["Match User bob", "KbdInteractiveAuthentication no", "PasswordAuthentication yes"])),
    ("SSHD_AUTHENTICATION_METHODS_FAIL", options(AuthenticationMethods="publickey")),
    ("SSHD_AUTHENTICATION_METHODS_FAIL", options(AuthenticationMethods="publickey,password publickey")),
    ("SSHD_MATCH_WARN", match(["Match User bob", "AuthenticationMethods publickey"])),
    ("SSHD_MATCH_WARN", match(["Match User nosuchuser,b*,!root Group *", "KbdInteractiveAuthentication no"])),
    ("SSHD_MATCH_WARN", match(["Match Address 10.0.0.0/8 LocalPort 2222", "KbdInteractiveAuthentication no"])),
    ("SSHD_MATCH_WARN", match(["Match RDomain vrf*", "KbdInteractiveAuthentication no"])),
    ("SSHD_LOGIN_GRACE_TIME_FAIL", timeout(60, LoginGraceTime="60")),
    ("SSHD_LOGIN_GRACE_TIME_WARN", timeout(60, LoginGraceTime="89")),
    ("SSHD_MAX_STARTUPS_WARN", options(MaxStartups="9:30:100")),
    ("SSHD_ACCEPT_ENV_WARN", options(AcceptEnv="LANG AWS_*")),
    ("SSHD_ACCEPT_ENV_WARN", options(AcceptEnv="*_PROFILE")),
    ("SSHD_ACCEPT_ENV_WARN", match(["Match Host *.example.com", "AcceptEnv AWS_PROFILE"])),
    ("SSHD_SET_ENV_FAIL", options(SetEnv="LC_ALL=C AWS_SESSION_TOKEN=x")),
    ("SSHD_SET_ENV_FAIL", match(["Match Group users,alice", "SetEnv AWS_REGION=x"])),
    ("SSHD_SET_ENV_WARN", options(SetEnv="AWS_EC2_METADATA_DISABLED=true")),
    ("SSHD_PERMIT_USER_ENVIRONMENT_WARN", options(PermitUserEnvironment="yes")),
    ("SSHD_PERMIT_USER_ENVIRONMENT_WARN", options(PermitUserEnvironment="LANG,AWS_*")),
    ("SSHD_PERMIT_USER_ENVIRONMENT_WARN", options(PermitUserEnvironment="LANG,AWS_MAX_ATTEMPTS")),
    ("SSHD_LOG_LEVEL_FAIL", options(LogLevel="DEBUG3")),
    ("SSHD_LOG_LEVEL_FAIL", match(["Match LocalAddress 10.0.0.1", "LogLevel DEBUG3"])),
    ("SSHD_LOG_LEVEL_WARN", options(LogLevel="DEBUG")),
    ("WAY_BACK_FAIL", without_a_way_back),
]


def test_good_machine_is_good(machine, report):
    said = report()
    assert told(said) == set()
    assert texts(said, "sshd", "OK") == ["sshd asks for a token by keyboard-interactive"]
    assert texts(said, "way-back", "OK") == ["root by ssh, with a key of /root/.ssh/authorized_keys"]


def test_machine_that_is_good_in_everything_prints_every_good_line(source, machine, idp, sts, command):
    machine.pam_service("login", "auth required pam_unix.so\naccount required pam_permit.so\n")
    sts.answers.append(at(time.time()))
    done = command("check", "--online", "--json")
    assert done.returncode == 0
    assert seen(json.loads(done.stdout)) == {(name, status) for _, name, status in checks(source) if status == "OK"}


@pytest.mark.parametrize("row, make_bad", BREAKS, ids=[row for row, _ in BREAKS])
def test_broken_sshd_prints_the_line(source, machine, report, sshd_comes_back, row, make_bad):
    make_bad(machine)
    [expected] = [(name, status) for enumerator, name, status in checks(source) if enumerator == row]
    # Where sshd does not answer, nobody is known to come back by it.
    beside = {("way-back", "FAIL")} if row in ("SSHD_FAIL", "SSHD_UNKNOWN_WARN") else set()
    assert {expected} <= told(report()) <= {expected} | beside


@pytest.mark.parametrize("changes", [
    {"LoginGraceTime": "0"}, {"AuthenticationMethods": "publickey,keyboard-interactive:pam"}, {"AcceptEnv": "LANG LC_*"}, {"SetEnv": "LANG=C"},
    {"PermitUserEnvironment": "LANG,LC_*"}, {"LogLevel": "VERBOSE"}, {"MaxStartups": "10:30:60"}, {"LoginGraceTime": "40"},
])
def test_what_is_no_trouble_is_not_told(machine, report, changes):
    machine.write(**changes)
    assert {name for name, _ in told(report())} <= {"way-back"}


def test_connection_of_a_match_line_is_named(machine, report):
    machine.write("Match User bob\nSetEnv AWS_REGION=x\n")
    assert texts(report(), "sshd-set-env", "FAIL") == ["SetEnv AWS_REGION (user=bob,host=host.invalid,addr=192.0.2.1,laddr=192.0.2.2,lport=22)"]


def test_match_line_of_nobody_here_is_not_told(machine, report):
    machine.write("Match User nosuchuser\nSetEnv AWS_REGION=x\n")
    assert told(report()) == set()


def test_connection_is_of_a_user_whom_no_pattern_excludes(machine, report):
    machine.write("Match User alice,!alice,bob\nSetEnv AWS_REGION=x\n")
    [said] = texts(report(), "sshd-set-env", "FAIL")
    assert "user=bob," in said


@pytest.mark.parametrize("criteria", ["Address 10.0.0.0/8", "Address !10.1.0.0/16,10.0.0.0/8", "Host !a.example.com,*.example.com"])
def test_match_line_that_names_no_user_is_not_hidden_by_that_of_root(machine, report, criteria):
    machine.write(f"Match User root\nLogLevel INFO\nMatch {criteria}\nLogLevel DEBUG3\n")
    assert ("sshd-log-level", "FAIL") in told(report())


def test_match_line_that_takes_nobody_is_not_told(machine, report):
    machine.write("Match Address !10.0.0.0/8\nLogLevel DEBUG3\n")
    assert told(report()) == set()


@pytest.mark.parametrize("changes, setting", [
    ({"KbdInteractiveAuthentication": "no"}, "KbdInteractiveAuthentication yes"), ({"AuthenticationMethods": "publickey"}, "AuthenticationMethods keyboard-interactive"),
])
def test_token_may_be_asked_for_by_a_match_line_alone(machine, report, changes, setting):
    machine.write(f"Match User bob\n{setting}\n", **changes)
    said = report()
    assert told(said) == set()
    assert texts(said, "sshd", "OK") == ["sshd asks for a token by keyboard-interactive (user=bob,host=host.invalid,addr=192.0.2.1,laddr=192.0.2.2,lport=22)"]


def test_warning_of_sshd_does_not_hide_its_error(machine, report):
    machine.write("KeyRegenerationInterval 1h\nUsePrivilegeSeparation yes\nNoSuchOption yes\n")
    [said] = texts(report(), "sshd", "FAIL")
    assert said.endswith("Bad configuration option: NoSuchOption")


def test_match_line_of_an_included_file_is_found(machine, report):
    machine.put_file("/etc/ssh/sshd_config.d/of-a-test.conf", "Match User bob\nLogLevel DEBUG3\n")
    machine.write("Include sshd_config.d/of-a-test.conf\n")
    assert told(report()) == {("sshd-log-level", "FAIL")}


def test_value_of_a_variable_is_not_printed(machine, command):
    machine.write(SetEnv="AWS_SECRET_ACCESS_KEY=hidden")
    assert "hidden" not in command("check").stdout


def test_sshd_is_not_looked_at_where_it_asks_for_no_token(machine, report):
    machine.pam_service("sshd", "auth required pam_unix.so\n")
    machine.write(UsePAM="no", LogLevel="DEBUG3")
    assert told(report()) == set()


def test_sshd_is_not_looked_at_without_root(machine, command):
    said = command.json("check", user="alice")
    assert not [name for name, _ in seen(said) if name.startswith("sshd") or name == "way-back"] and ("not-root", "WARN") in seen(said)


# The way back.

def back(report):
    said = report()
    return (texts(said, "way-back", "OK") or [None])[0]


def test_key_of_an_administrator_is_a_way_back(machine, report):
    no_key("root")
    make_administrator("alice")
    put_key("alice", "# nothing\n\n")
    assert back(report) is None
    put_key("alice")
    assert back(report) == f"alice by ssh, with a key of {pwd.getpwnam('alice').pw_dir}/.ssh/authorized_keys"


def test_user_whose_first_group_is_the_administrators_is_a_way_back(machine, report):
    no_key("root")
    put_key("alice")
    assert back(report) is None
    before = pwd.getpwnam("alice").pw_gid
    subprocess.run(["usermod", "--gid", "sudo", "alice"], check=True)
    try:
        assert back(report) is not None
    finally:
        subprocess.run(["usermod", "--gid", str(before), "alice"], check=True)


@pytest.mark.parametrize("place, bit", [("", 0o002), ("", 0o020), (".ssh", 0o002), (".ssh/authorized_keys", 0o020)])
def test_key_that_others_could_have_put_there_is_no_way_back(machine, report, place, bit):
    no_key("root")
    make_administrator("alice")
    put_key("alice")
    path = Path(pwd.getpwnam("alice").pw_dir) / place
    before = path.stat().st_mode & 0o777
    path.chmod(before | bit)
    try:
        assert back(report) is None
        machine.write(StrictModes="no")
        assert back(report) is not None
    finally:
        path.chmod(before)


def test_key_in_a_file_of_another_user_is_no_way_back(machine, report):
    no_key("root")
    make_administrator("alice")
    put_key("alice")
    os.chown(Path(pwd.getpwnam("alice").pw_dir) / ".ssh" / "authorized_keys", pwd.getpwnam("bob").pw_uid, -1)
    assert back(report) is None


@pytest.mark.parametrize("words", [
    ["--shell", "/usr/sbin/nologin"], ["--shell", "/bin/false"], ["--shell", "/nowhere/sh"], ["--expiredate", "2020-01-01"],
])
def test_administrator_who_gets_no_session_is_no_way_back(machine, report, words):
    no_key("root")
    make_administrator("alice")
    put_key("alice")
    assert back(report) is not None
    subprocess.run(["usermod", *words, "alice"], check=True)
    try:
        assert back(report) is None
    finally:
        subprocess.run(["usermod", "--shell", "/bin/bash", "--expiredate", "", "alice"], check=True)


@pytest.mark.parametrize("changes", [
    {"PermitRootLogin": "no"}, {"PermitRootLogin": "forced-commands-only"}, {"PubkeyAuthentication": "no"}, {"AllowUsers": "alice bob"},
    {"DenyUsers": "r*"}, {"AllowGroups": "users"}, {"DenyGroups": "root"}, {"AuthenticationMethods": "publickey,keyboard-interactive"},
    {"AuthorizedKeysFile": "none"}, {"AuthorizedKeysFile": "/etc/ssh/keys/%u"},
])
def test_key_that_sshd_does_not_take_is_no_way_back(machine, report, changes):
    machine.write(**changes)
    assert back(report) is None


@pytest.mark.parametrize("changes", [
    {"PermitRootLogin": "yes"}, {"AllowUsers": "alice root@10.*"}, {"AllowGroups": "r*"}, {"AuthenticationMethods": "publickey,keyboard-interactive publickey"},
    {"AuthorizedKeysFile": "none.here %h/.ssh/authorized_keys"}, {"AuthorizedKeysFile": "/root/.ssh/authorized_%%keys /%u/.ssh/authorized_keys"},
])
def test_key_that_sshd_takes_is_a_way_back(machine, report, changes):
    machine.write(**changes)
    assert back(report) is not None


def test_keys_that_a_command_gives_may_be_a_way_back(machine, report):
    no_key("root")
    machine.write(AuthorizedKeysCommand="/usr/bin/false", AuthorizedKeysCommandUser="nobody")
    assert "AuthorizedKeysCommand" in back(report)


def test_certificates_may_be_a_way_back(machine, report, client_key):
    no_key("root")
    machine.write(TrustedUserCAKeys=machine.put_file("/etc/ssh/of-a-test.pub", Path(f"{client_key}.pub").read_text(encoding="ascii")))
    assert "TrustedUserCAKeys" in back(report)


def test_password_behind_our_line_is_a_way_back(machine, report):
    no_key("root")
    make_administrator("alice")
    accounts.set_password("alice", "a password")
    assert back(report) is None
    machine.pam_service("sshd", PASSWORD_OR_TOKEN)
    assert back(report) == "alice by ssh, with a password"
    machine.write(AuthenticationMethods="keyboard-interactive:pam")
    assert back(report) == "alice by ssh, with a password"
    machine.write(AuthenticationMethods="keyboard-interactive:pam,publickey")
    assert back(report) is None
    machine.write(AuthenticationMethods="any", AllowUsers="bob")
    assert back(report) is None


def test_console_is_a_way_back(machine, report):
    no_key("root")
    machine.pam_service("login", "auth required pam_unix.so\naccount required pam_permit.so\n")
    assert back(report) is None
    accounts.set_password("root", "a password")
    assert back(report) == "root at the console, with a password"


def test_console_of_the_distribution_is_a_way_back(machine, report):
    no_key("root")
    machine.pam_service("login", CONSOLE_OF_THE_DISTRIBUTION)
    accounts.set_password("root", "a password")
    assert back(report) == "root at the console, with a password"


def test_locked_password_is_no_way_back(machine, report):
    no_key("root")
    machine.pam_service("login", "auth required pam_unix.so\naccount required pam_permit.so\n")
    accounts.set_password("root", "a password")
    subprocess.run(["usermod", "--lock", "root"], check=True)
    assert back(report) is None


def test_pipe_in_place_of_keys_keeps_nobody_waiting(machine, report):
    path = Path("/root/.ssh/authorized_keys")
    path.unlink()
    os.mkfifo(path)
    assert back(report) is None
