"""pam-aws-oidc check: the configuration, the host, the files that the configuration names, and the servers.

The stacks of PAM and sshd have tests of their own."""

import email.utils
import json
import os
import pwd
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

import accounts
import hosts
import module_configuration
from https_server import Response
from machine import Machine, checks, seen, texts

HELPER = Path("/usr/libexec/pam_aws_oidc/login-helper")
USERS_FILE = Path("/etc/security/pam_aws_oidc.users")
POLICY_FILE = Path("/etc/security/policy.json")
POLICY = '{"Version": "2012-10-17", "Statement": []}'
CLOSED_PORT = 9

[MODULE] = Path("/usr/lib").glob("*/security/pam_aws_oidc.so")


@pytest.fixture
def machine(settings, put_file, configure, sts, idp, proxy, tmp_path):
    """A good machine, as far as these checks go; what a test changes of the files that others use too is put back."""
    before = {path: (path.stat(), path.read_bytes()) for path in (HELPER, MODULE, hosts.CA_FILE)}
    configure()
    yield Machine(settings, put_file, configure, sts, idp, proxy, tmp_path)
    for path, (stat, content) in before.items():
        if not path.exists():
            path.write_bytes(content)
        os.chown(path, stat.st_uid, stat.st_gid)
        path.chmod(stat.st_mode & 0o7777)


@pytest.fixture
def report(machine, command):
    """report(): what check says of the machine now."""
    return lambda: command.json("check", *machine.words, user=machine.user)


def rewrite_line(path, name, change):
    """Change the fields of a user's line in one of the databases."""
    lines = [line.split(":") for line in Path(path).read_text(encoding="utf-8").splitlines()]
    Path(path).write_text("".join(":".join(change(line) if line[0] == name else line) + "\n" for line in lines), encoding="utf-8")


def change_settings(**changes):
    """A break: other settings, by their path with "__" between the parts; a number leads into a list."""
    def apply(machine):
        for path, value in changes.items():
            *way, last = [int(part) if part.isdigit() else part for part in path.split("__")]
            place = machine.settings
            for part in way:
                place = place[part]
            place[last] = value
        machine.configure()
    return apply


def write_settings(text):
    return lambda machine: machine.configure(text)


def break_map(text):
    return lambda machine: machine.put_file(USERS_FILE, text)


def with_policy_file(text, mode=0o644):
    def apply(machine):
        machine.put_file(POLICY_FILE, text, mode)
        change_settings(rules__0__policy_file=str(POLICY_FILE))(machine)
    return apply


def remove_helpers_user(_):
    for path in accounts.DATABASES[::2]:
        rewrite = [line for line in path.read_text(encoding="utf-8").splitlines(True) if not line.startswith(f"{accounts.HELPER_USER}:")]
        path.write_text("".join(rewrite), encoding="utf-8")


def by_alice(machine):
    machine.user = "alice"


# What is seen without asking anybody.
BREAKS = [
    ("CONFIGURATION_FAIL", write_settings("sts = { region = 1; };\n")),
    ("CONFIGURATION_FAIL", change_settings(sts__timeout=0)),
    ("CONFIGURATION_FILE_FAIL", lambda machine: machine.configure().chmod(0o664)),
    ("CONFIGURATION_FILE_FAIL", lambda machine: machine.words.extend(["--config", "/etc/security/none.conf"])),
    ("GROUPS_FAIL", change_settings(rules__0__groups=["nowhere"])),
    ("USERS_WARN", change_settings(rules__0__users=["alice", "carol"])),
    ("USERS_WARN", change_settings(rules__0__users=["alice", "root"])),
    ("PARTITION_FAIL", change_settings(rules__0__role_arn="arn:aws-cn:iam::123456789012:role/Engineer")),
    ("PARTITION_FAIL", change_settings(sts__region="cn-north-1")),
    *[("MAPPING_WARN", change_settings(providers__0__user={"claim": claim, "is": "%u@example.com"}))
      for claim in ("email", "preferred_username", "upn", "unique_name", "name", "nickname")],
    ("RULES_WARN", change_settings(rules__0__groups=["alice"])),
    ("RULES_WARN", change_settings(rules__0__claims=[{"claim": "department", "any": ["sre"]}])),
    ("RULES_WARN", change_settings(providers__0__user={"claim": "employee", "is": "%u"}, rules__0__users=["alice"])),
    ("NOT_ROOT_WARN", by_alice),
    ("HELPER_USER_FAIL", remove_helpers_user),
    ("HELPER_USER_FAIL", lambda _: rewrite_line("/etc/passwd", accounts.HELPER_USER, lambda line: [*line[:2], "0", *line[3:]])),
    ("HELPER_USER_LOGIN_WARN", lambda _: rewrite_line("/etc/passwd", accounts.HELPER_USER, lambda line: [*line[:6], "/bin/sh"])),
    ("HELPER_USER_LOGIN_WARN", lambda _: accounts.set_password(accounts.HELPER_USER, "hunter2hunter2")),
    ("HELPER_FAIL", lambda _: HELPER.unlink()),
    ("HELPER_FAIL", lambda _: HELPER.chmod(0o733)),
    ("HELPER_MODE_WARN", lambda _: HELPER.chmod(0o755)),
    ("HELPER_MODE_WARN", lambda _: HELPER.chmod(0o751)),
    ("MODULE_FAIL", lambda _: MODULE.unlink()),
    ("MODULE_FAIL", lambda _: shutil.chown(MODULE, "alice")),
    ("CERTIFICATES_FAIL", lambda machine: machine.put_file(hosts.CA_FILE, "nothing\n")),
    ("CERTIFICATES_FAIL", lambda _: hosts.CA_FILE.chmod(0o600)),
    ("CERTIFICATES_FAIL", change_settings(sts__ca_path="/etc/security")),
    ("MAP_FILE_FAIL", lambda _: USERS_FILE.chmod(0o600)),
    ("MAP_FILE_FAIL", break_map("alice alice\nbob\n")),
    ("MAP_USERS_WARN", break_map("alice alice\nbob bob\ncarol carol\n")),
    ("MAP_USERS_WARN", break_map("alice alice\nmallory root\n")),
    ("POLICY_FILE_FAIL", with_policy_file(POLICY, 0o600)),
    ("POLICY_FILE_FAIL", with_policy_file("[]")),
    ("POLICY_FILE_FAIL", with_policy_file('{"Version": "' + "x" * 2048 + '"}')),
]


def test_policy_file_is_looked_at_with_the_name_of_each_user(machine, report):
    """It is too long with the last one's."""
    room = 2048 - len('{"Version": ""}')
    machine.settings["rules"][0]["users"] = ["bob", "alice"]
    for length, expected in ((room, set()), (room + 1, {("policy-file", "FAIL")})):
        with_policy_file('{"Version": "%u' + "x" * (length - len("alice")) + '"}')(machine)
        assert mine(report()) == expected


# What is seen when STS and the issuers are asked.

def at(date):
    """A hook that puts a date into an answer."""
    return lambda _, answer: Response(answer.status, answer.body, {**answer.headers, "Date": email.utils.formatdate(date, usegmt=True)})


def clock(seconds):
    return lambda machine: machine.sts.answers.append(at(time.time() - seconds))


def publishing(**members):
    """A break: other members in the discovery document."""
    def change(_, answer):
        return Response(200, json.dumps(json.loads(answer.body) | members).encode(), answer.headers)
    return lambda machine: machine.idp.answers.append(change)


def with_keys(document):
    def apply(machine):
        machine.idp.answers.append(lambda _, answer: answer)
        machine.idp.answers.append(lambda _, answer: Response(200, json.dumps(document).encode(), answer.headers))
    return apply


ONLINE_BREAKS = [
    ("PROXY_FAIL", change_settings(sts__proxy=f"http://127.0.0.1:{CLOSED_PORT}")),
    ("PROXY_FAIL", change_settings(sts__proxy="http://nowhere.example.com:3128")),
    ("STS_NAME_FAIL", change_settings(sts__region="us-west-2")),
    ("STS_CONNECT_FAIL", change_settings(sts__endpoint=f"https://sts.example.internal:{CLOSED_PORT}")),
    ("STS_TLS_FAIL", change_settings(sts__endpoint=f"https://{hosts.ISSUER_ADDRESS}")),
    ("STS_ANSWER_FAIL", change_settings(sts__endpoint=f"https://{hosts.ISSUER_HOST}")),
    ("CLOCK_WARN", clock(30)),
    ("CLOCK_WARN", clock(-30)),
    ("CLOCK_FAIL", clock(90)),
    ("CLOCK_FAIL", clock(-90)),
    ("ISSUER_UNREACHABLE_WARN", change_settings(providers__0__issuer="https://down.example.com")),
    ("ISSUER_DISCOVERY_FAIL", change_settings(providers__0__issuer=f"https://{hosts.ISSUER_HOST}/tenant")),
    ("ISSUER_DISCOVERY_FAIL", lambda machine: machine.idp.answers.append(lambda *_: Response(200, b"<html>"))),
    ("ISSUER_DISCOVERY_FAIL", publishing(jwks_uri="http://login.example.com/jwks")),
    ("ISSUER_NAME_FAIL", change_settings(providers__0__issuer=f"https://{hosts.ISSUER_HOST}/")),
    ("ISSUER_ALGORITHMS_FAIL", publishing(id_token_signing_alg_values_supported=["EdDSA", "HS256", "PS256"])),
    ("ISSUER_KEYS_FAIL", publishing(jwks_uri=f"https://{hosts.ISSUER_HOST}/nowhere")),
    ("ISSUER_KEYS_FAIL", with_keys({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig"}]})),
    ("ISSUER_KEYS_FAIL", with_keys({"keys": [{"kty": "RSA", "use": "enc"}]})),
    ("ISSUER_KEYS_FAIL", with_keys({})),
]

MINE = {"configuration", "configuration-file", "groups", "users", "partition", "mapping", "rules", "not-root", "helper-user", "helper-user-login", "helper",
        "helper-mode", "module", "files", "certificates", "map-file", "map-users", "policy-file", "proxy", "sts-name", "sts-connect", "sts-tls",
        "sts-answer", "sts", "clock", "issuer", "issuer-unreachable", "issuer-discovery", "issuer-name", "issuer-algorithms", "issuer-keys"}


def mine(report):
    """The lines of these checks that are not OK."""
    return {(name, status) for name, status in seen(report) if name in MINE and status != "OK"}


def test_good_machine_is_good(report):
    assert mine(report()) == set()


def test_good_machine_says_what_is_good(report):
    assert {name for name, status in seen(report()) if status == "OK"} >= {"configuration", "mapping", "rules", "helper-user", "helper", "module", "files"}


@pytest.mark.parametrize("row, make_bad", BREAKS, ids=[row for row, _ in BREAKS])
def test_broken_machine_prints_the_line(source, machine, report, row, make_bad):
    make_bad(machine)
    [expected] = [(name, status) for enumerator, name, status in checks(source) if enumerator == row]
    # IAM sees no group, whether or not the host has it.
    beside = {("rules", "WARN")} if row == "GROUPS_FAIL" else set()
    assert mine(report()) == {expected} | beside


@pytest.fixture
def online(machine):
    machine.words.append("--online")
    return machine


def test_good_servers_are_good(online, report):
    online.sts.answers.append(at(time.time()))
    said = report()
    assert mine(said) == set()
    assert {("sts", "OK"), ("clock", "OK"), ("issuer", "OK")} <= seen(said)
    assert texts(said, "issuer", "OK") == [f"provider corp: {online.idp.issuer}, keys of RSA 1, of EC 1"]
    assert texts(said, "sts", "OK") == [f"https://sts.eu-west-1.amazonaws.com answers from {hosts.STS_ADDRESS}"]


def test_servers_are_asked_through_the_proxy(online, report):
    change_settings(sts__proxy=f"http://{online.proxy.address}:{online.proxy.port}")(online)
    assert mine(report()) == set()
    assert len(online.proxy.requests) == 3


@pytest.mark.parametrize("row, make_bad", ONLINE_BREAKS, ids=[row for row, _ in ONLINE_BREAKS])
def test_broken_server_prints_the_line(source, online, report, row, make_bad):
    make_bad(online)
    [expected] = [(name, status) for enumerator, name, status in checks(source) if enumerator == row]
    said = mine(report())
    # Without the proxy, or with another server in place of STS, more may fail; a clock needs an answer.
    assert said - {("issuer-unreachable", "WARN")} == {expected} - {("issuer-unreachable", "WARN")}
    assert expected in said


def test_nobody_is_asked_without_online(machine, report):
    report()
    assert machine.sts.requests == [] and machine.idp.requests == []


def test_no_secret_is_sent(online, report):
    report()
    assert [request.parameters for request in online.sts.requests] == [{"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15"}]


def test_all_findings_are_told_each_with_its_line(machine, report):
    machine.configure('sts = {\n  region = "eu west";\n  timeout = 0;\n};\n')
    assert [text.split(": ")[0] for text in texts(report(), "configuration", "FAIL")] == [
        f"{machine.path}:2", f"{machine.path}:3", f"{machine.path}:0", f"{machine.path}:0"]


def test_map_with_many_unknown_users_is_cut_short(machine, report):
    machine.put_file(USERS_FILE, "alice alice\n" + "".join(f"s{number} nobody-{number}\n" for number in range(40)))
    said = texts(report(), "map-users", "WARN")
    assert len(said) == 11 and said[-1] == f"{USERS_FILE}: 30 more lines name users who cannot log in"


def test_files_are_read_as_the_helpers_user(machine, report):
    [said] = texts(report(), "files", "OK")
    assert said == f"uid {pwd.getpwnam(accounts.HELPER_USER).pw_uid} can read every file that the configuration names"


def test_no_group_of_roots_is_kept(machine):
    """Of a file that a group may read, the helper reads what its own groups may."""
    machine.put_file(USERS_FILE, "alice alice\n", 0o640)
    done = subprocess.run(["setpriv", "--groups=0", "pam-aws-oidc", "check", "--json"], capture_output=True, text=True, check=False)
    [said] = texts(json.loads(done.stdout), "map-file", "FAIL")
    assert f"uid {pwd.getpwnam(accounts.HELPER_USER).pw_uid} must be able to read it" in said


def test_status_is_1_where_a_line_fails_and_0_where_lines_only_warn(machine, command):
    machine.settings["providers"][0]["user"] = {"claim": "email", "is": "%u@example.com"}
    machine.configure()
    before = command.json("check")
    assert before["failures"] == sum(line["status"] == "FAIL" for line in before["checks"])
    assert before["warnings"] == sum(line["status"] == "WARN" for line in before["checks"])
    assert command("check").returncode == (1 if before["failures"] else 0)
    machine.configure("nonsense")
    assert command("check").returncode == 1


def test_text_has_every_line_with_its_status_and_what_to_do(machine, command):
    machine.configure().chmod(0o664)
    said = command("check").stdout
    assert f"FAIL  configuration-file              {module_configuration.PATH}: others may write to it; use chmod go-w\n" in said
    assert "To do: let there be the file, root's and of mode 0644, below folders of root's\n" in said
    assert re.fullmatch(r"WARN \d+, FAIL \d+", said.splitlines()[-1])


def test_what_a_file_says_cannot_order_the_terminal_about(machine, command):
    machine.settings["rules"][0]["name"] = "\033]0;owned\a\u009b"
    machine.configure()
    said = command("check").stdout
    assert "rule ?]0;owned???: " in said
    assert "\033" not in said and "\a" not in said and "\u009b" not in said


@pytest.mark.parametrize("words", [["--nonsense"], ["--config"], ["extra"]])
def test_wrong_words_are_status_2(command, words):
    done = command("check", *words)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr != ""


def test_full_standard_output_is_no_success(machine, command):
    done = subprocess.run("pam-aws-oidc endpoint --region eu-west-1 >/dev/full", shell=True, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "standard output" in done.stderr
