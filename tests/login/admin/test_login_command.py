"""pam-aws-oidc login: a whole login without PAM, and what is printed of it."""

import contextlib
import dataclasses
import json
import os
import pwd
import signal
import stat
import subprocess
import time
import urllib.parse
from pathlib import Path

import pexpect
import pytest

import accounts
import cases
import hosts
import module_configuration
import processes
from federation import FederationEndpoint
from host import settle
from https_server import Response
from switch_user import PROMPT, TIMEOUT, spawn

PROGRAM = "/usr/sbin/pam-aws-oidc"
MASK = "********"
STACK = "auth required pam_aws_oidc.so\naccount required pam_permit.so\nsession required pam_aws_oidc.so\n"


@pytest.fixture
def login(command, configure, sts, pam_service):
    """login(*words, token="", user=None): run it on a good host, with the token on standard input. STS is on."""
    pam_service("sshd", STACK)
    configure()
    return lambda *words, token="", user=None: command("login", *(["--token-file", "-"] if token else []), *words, stdin=token, user=user)


@pytest.fixture
def federation(authority, sts):
    """https://signin.aws.amazon.com."""
    with FederationEndpoint([hosts.SIGN_IN_HOST, hosts.SIGN_IN_ADDRESS], 443, authority, sts, address=hosts.SIGN_IN_ADDRESS) as federation:
        yield federation


def credentials(sts):
    """What STS has given last."""
    return sts.requests[-1].answer.credentials


# The formats.

def test_summary_says_what_was_decided(login, idp, sts):
    done = login("--user", "alice", token=idp.mint("alice"))
    assert done.returncode == 0 and done.stderr == ""
    said = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    given = credentials(sts)
    assert {key: said[key] for key in ("user", "provider", "sub", "rule", "role", "key_id", "expires", "region")} == {
        "user": "alice", "provider": "corp", "sub": "alice", "rule": "everyone", "role": cases.ENGINEER, "key_id": given.access_key_id,
        "expires": given.expiration, "region": cases.REGION}
    assert sts.requests[-1].parameters["RoleSessionName"] == "alice"


def test_summary_masks_secrets(login, idp, sts):
    said = login("--user", "alice", token=idp.mint("alice")).stdout
    assert said.count(MASK) == 2
    assert credentials(sts).secret_access_key not in said and credentials(sts).session_token not in said


def test_variables_are_those_of_a_session(login, idp, sts, command, put_file):
    token = put_file("/etc/of-a-test.token", idp.mint("alice"), 0o600)
    names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_REGION", "AWS_DEFAULT_REGION"]
    # printf is the shell's own: nothing stands in the arguments of a process.
    script = f"""eval "$({PROGRAM} login --user alice --token-file {token} --format env)"
printf '%s\\n' {" ".join(f'"${name}"' for name in names)}"""
    shell = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, check=True, timeout=60)
    given = credentials(sts)
    assert shell.stdout.splitlines() == [given.access_key_id, given.secret_access_key, given.session_token, given.expiration, cases.REGION, cases.REGION]


def test_variables_of_a_region_that_nobody_knows_are_not_set(login, settings, idp, configure, sts):
    settings["sts"] = {"endpoint": "https://sts.example.internal", "ca_file": str(hosts.CA_FILE)}
    configure()
    said = login("--user", "alice", "--format", "env", token=idp.mint("alice"))
    assert said.returncode == 0 and "REGION" not in said.stdout


def test_json_has_all_of_it(login, idp, sts):
    said = json.loads(login("--user", "alice", "--format", "json", token=idp.mint("alice")).stdout)
    given = credentials(sts)
    assert said["credentials"] == {"AccessKeyId": given.access_key_id, "SecretAccessKey": given.secret_access_key,
                                   "SessionToken": given.session_token, "Expiration": given.expiration}
    assert (said["user"], said["rule"], said["role"]) == ("alice", "everyone", cases.ENGINEER)


def test_sdk_takes_it_for_a_credential_process(login, idp, sts, put_file):
    token = put_file("/etc/of-a-test.token", idp.mint("alice"), 0o600)
    process = f"{PROGRAM} login --user alice --token-file {token} --format credential-process"
    script = ("import botocore.credentials, json, sys\n"
              "provider = botocore.credentials.ProcessProvider('p', lambda: {'profiles': {'p': {'credential_process': sys.argv[1]}}})\n"
              "print(json.dumps(provider.load().get_frozen_credentials()))\n")
    done = subprocess.run(["/usr/bin/python3", "-c", script, process], capture_output=True, text=True, check=True, timeout=60)
    given = credentials(sts)
    assert json.loads(done.stdout)[:3] == [given.access_key_id, given.secret_access_key, given.session_token]


# The console.

def query(url):
    parts = urllib.parse.urlsplit(url.strip())
    return parts, dict(urllib.parse.parse_qsl(parts.query))


def test_console_url_signs_in(login, idp, sts, federation):
    done = login("--user", "alice", "--format", "console-url", token=idp.mint("alice"))
    assert done.returncode == 0
    parts, parameters = query(done.stdout)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "signin.aws.amazon.com", "/federation")
    assert parameters == {"Action": "login", "Destination": "https://console.aws.amazon.com/", "SigninToken": federation.tokens[0]}


def test_credentials_stand_in_no_url(login, idp, sts, federation):
    login("--user", "alice", "--format", "console-url", token=idp.mint("alice"))
    request, = federation.requests
    assert (request.method, request.query) == ("POST", "")


@pytest.mark.parametrize("duration", [900, 43200])
def test_console_session_lasts_as_long_as_asked(login, idp, sts, federation, duration):
    assert login("--user", "alice", "--format", "console-url", "--session-duration", duration, token=idp.mint("alice")).returncode == 0
    assert federation.requests[-1].parameters["SessionDuration"] == str(duration)


@pytest.mark.parametrize("duration, shortest, longest", [(900, 900, 900), (3600, 3590, 3600)])
def test_console_session_lasts_as_long_as_the_credentials(login, settings, configure, idp, sts, federation, duration, shortest, longest):
    settings["rules"][0]["duration"] = duration
    configure()
    assert login("--user", "alice", "--format", "console-url", token=idp.mint("alice")).returncode == 0
    assert shortest <= int(federation.requests[-1].parameters["SessionDuration"]) <= longest


def test_console_begins_with_the_page_that_was_asked_for(login, idp, sts, federation):
    page = "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1#a b"
    done = login("--user", "alice", "--format", "console-url", "--destination", page, token=idp.mint("alice"))
    assert query(done.stdout)[1]["Destination"] == page


def test_another_federation_endpoint_is_asked(login, idp, sts, federation):
    done = login("--user", "alice", "--format", "console-url", "--federation-endpoint", f"https://{hosts.SIGN_IN_ADDRESS}/federation", token=idp.mint("alice"))
    assert done.stdout.startswith(f"https://{hosts.SIGN_IN_ADDRESS}/federation?Action=login&")


SIGN_IN_HOSTS = {"aws-cn": "signin.amazonaws.cn", "aws-us-gov": "signin.amazonaws-us-gov.com", "aws-eusc": "eusc-de-east-1.signin.amazonaws-eusc.eu"}


@pytest.mark.parametrize("partition", [*SIGN_IN_HOSTS, "aws-iso"])
def test_every_partition_has_its_own_console(login, settings, configure, idp, sts, partition):
    """Nobody is there under these names: the fault says who was asked."""
    def in_partition(request, _):
        asked = dataclasses.replace(request, body=request.body.replace(f"arn%3A{partition}%3A".encode(), b"arn%3Aaws%3A"))
        return sts.respond(asked).replace("arn:aws:", f"arn:{partition}:")

    settings["rules"][0]["role_arn"] = cases.ENGINEER.replace("arn:aws:", f"arn:{partition}:")
    configure()
    sts.answers.append(in_partition)
    done = login("--user", "alice", "--format", "console-url", token=idp.mint("alice"))
    assert done.returncode == 1 and done.stdout == ""
    assert SIGN_IN_HOSTS.get(partition, "--federation-endpoint") in done.stderr


@pytest.mark.parametrize("answer", [Response(403, b"no"), Response(302, headers={"Location": "https://elsewhere.example.com/"}), Response(200, b"<html>"),
                                    Response(200, b'{"SigninToken": 1}'), Response(200, b'{"SigninToken": ""}'), Response(200, b""), Response(200, b"[]"),
                                    Response(200, b'{"SigninToken": "a", "SigninToken": "b"}'), Response(200, b'{"SigninToken": "a\\u0000b"}'), Response(200, b'{"SigninToken": "\xff"}'),
                                    Response(200, b'{"SigninToken": "' + b"x" * 70000 + b'"}')])
def test_endpoint_that_gives_no_sign_in_token(login, idp, sts, federation, answer):
    federation.answers.append(lambda *_: answer)
    done = login("--user", "alice", "--format", "console-url", token=idp.mint("alice"))
    assert done.returncode == 1 and done.stdout == "" and hosts.SIGN_IN_HOST in done.stderr


# Refusals.

@pytest.mark.parametrize("form", ["summary", "env", "json", "credential-process", "console-url"])
def test_refusal_prints_nothing_but_why(login, settings, configure, idp, form):
    settings["rules"][0]["role_arn"] = cases.OF_BOB
    configure()
    done = login("--user", "alice", "--format", form, token=idp.mint("bob"))
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.splitlines()[-1] == 'pam-aws-oidc: refused: not_your_token: the token\'s sub, "bob", is not this user'


def test_refusal_of_sts(login, idp, sts):
    done = login("--user", "alice", token=idp.mint("alice", forged=True))
    assert done.returncode == 1 and "refused: sts_invalid_token: " in done.stderr


@pytest.mark.parametrize("name, words", [("root", "root"), ("nobody", ""), (accounts.HELPER_USER, ""), ("nosuchuser", ""), ("a b", "")])
def test_users_whom_no_token_lets_in(login, idp, sts, name, words):
    done = login("--user", name, token=idp.mint("alice"))
    assert done.returncode == 1 and done.stdout == "" and done.stderr.startswith("pam-aws-oidc: ") and words in done.stderr
    assert sts.requests == []


def test_file_without_a_token(login, put_file, sts):
    done = login("--user", "alice", "--token-file", put_file("/etc/of-a-test.token", "\n"))
    assert done.returncode == 1 and "refused: no_token" in done.stderr


@pytest.mark.parametrize("path, words", [("/etc/no-such-file", "No such file"), ("/etc", "Is a directory")])
def test_file_that_cannot_be_read(login, path, words):
    done = login("--user", "alice", "--token-file", path)
    assert done.returncode == 1 and words in done.stderr


def test_standard_input_that_is_closed(login, put_file, settings):
    """What is opened in its place is no token: here that would be the configuration."""
    path = put_file("/etc/of-a-test.conf", module_configuration.text(settings))
    done = subprocess.run(["sh", "-c", f"exec {PROGRAM} login --user alice --config {path} --token-file - <&-"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1 and "standard input: Bad file descriptor" in done.stderr


@pytest.mark.parametrize("output", ["/dev/full", "&-"])
@pytest.mark.parametrize("form", ["summary", "env", "json", "credential-process"])
def test_output_that_cannot_be_written(login, put_file, idp, sts, form, output):
    token = put_file("/etc/of-a-test.token", idp.mint("alice"), 0o600)
    done = subprocess.run(["sh", "-c", f"exec {PROGRAM} login --user alice --token-file {token} --format {form} >{output}"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1 and "standard output" in done.stderr


def test_file_that_is_too_long(login, put_file):
    done = login("--user", "alice", "--token-file", put_file("/etc/of-a-test.token", "x" * 40000))
    assert done.returncode == 1 and "refused: token_too_long" in done.stderr


@pytest.mark.parametrize("words", [["--format", "xml"], ["--session-duration", "899"], ["--session-duration", "43201"], ["--session-duration", "1h"],
                                   ["--session-duration", ""], ["--federation-endpoint", "http://signin.aws.amazon.com/federation"],
                                   ["--federation-endpoint", "https://"], ["--destination", "javascript:alert(1)"], ["--json"], ["--no-such"], ["word"]])
def test_words_that_are_wrong(login, sts, words):
    assert login("--user", "alice", *words).returncode == 2
    assert sts.requests == []


# Which configuration.

def test_configuration_is_that_of_the_services_line(login, pam_service, put_file, settings, idp, sts):
    settings["rules"][0]["name"] = "of-another-file"
    put_file("/etc/security/another.conf", module_configuration.text(settings))
    pam_service("xsshd", STACK.replace("pam_aws_oidc.so", "pam_aws_oidc.so conf=/etc/security/another.conf"))
    assert "of-another-file" in login("--user", "alice", "--service", "xsshd", token=idp.mint("alice")).stdout
    assert "everyone" in login("--user", "alice", token=idp.mint("alice")).stdout
    assert "of-another-file" in login("--user", "alice", "--config", "/etc/security/another.conf", token=idp.mint("alice")).stdout


def test_service_that_the_module_does_not_serve(login, pam_service, idp, sts):
    pam_service("xsshd", "auth required pam_unix.so\n")
    done = login("--user", "alice", "--service", "xsshd", token=idp.mint("alice"))
    assert done.returncode == 1 and "service xsshd: no auth line" in done.stderr and "--config" in done.stderr
    assert sts.requests == []


def test_configuration_that_others_can_write(login, configure, idp, sts):
    configure().chmod(0o666)
    done = login("--user", "alice", token=idp.mint("alice"))
    assert done.returncode == 1 and "others may write to it" in done.stderr
    assert sts.requests == []


# Who it runs as.

def asking(held, login_process):
    """Wait until the process asks STS."""
    assert held.asked.wait(TIMEOUT), login_process.communicate()


@contextlib.contextmanager
def at_sts(held, *words, token, user=None):
    """A login that STS keeps waiting."""
    held.hold()
    wrapper = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if user else []
    with subprocess.Popen([*wrapper, PROGRAM, "login", "--token-file", "-", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdin.write(token)
        process.stdin.close()
        asking(held, process)
        yield process
        held.answer.set()
        process.stdout.read()


def test_root_becomes_the_helpers_user(login, held, idp, sts):
    helper = pwd.getpwnam(accounts.HELPER_USER)
    with at_sts(held, "--user", "alice", token=idp.mint("alice")) as process:
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines())
        assert status["Uid"].split() == [str(helper.pw_uid)] * 4 and status["Gid"].split() == [str(helper.pw_gid)] * 4
        assert status["NoNewPrivs"] == "1" and int(status["CapPrm"], 16) == 0


@pytest.mark.parametrize("user", [None, "alice"])
def test_nobody_looks_into_it(login, held, idp, sts, user):
    with at_sts(held, "--user", "alice", token=idp.mint("alice"), user=user) as process:
        # What is not dumpable belongs to root, whoever it runs as.
        assert os.stat(f"/proc/{process.pid}/mem").st_uid == 0
        limits = Path(f"/proc/{process.pid}/limits").read_text(encoding="ascii")
        assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file size")] == [["0", "0"]]


def test_ordinary_user_gets_credentials_of_his_own(login, idp, sts):
    done = login("--format", "env", token=idp.mint("alice"), user="alice")
    assert done.returncode == 0 and credentials(sts).session_token in done.stdout
    assert sts.requests[-1].parameters["RoleSessionName"] == "alice"
    assert login("--user", "alice", token=idp.mint("alice"), user="alice").returncode == 0


def test_ordinary_user_asks_for_nobody_else(login, idp, sts):
    done = login("--user", "bob", token=idp.mint("bob"), user="alice")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "pam-aws-oidc: only root can ask for another user\n")
    assert sts.requests == []


def test_ordinary_user_reads_no_file_that_he_could_not(login, settings, put_file, configure, idp, sts):
    """A map file of the helper's group serves logins, and nobody who asks for himself."""
    configure()
    users = Path(settings["providers"][0]["user"]["map_file"])
    os.chown(users, 0, pwd.getpwnam(accounts.HELPER_USER).pw_gid)
    users.chmod(0o640)
    assert login("--user", "alice", token=idp.mint("alice")).returncode == 0
    done = login(token=idp.mint("alice"), user="alice")
    assert done.returncode == 1 and done.stdout == "" and "Permission denied" in done.stderr
    token = put_file("/etc/of-a-test.token", idp.mint("alice"), 0o600)
    done = login("--token-file", token, user="alice")
    assert done.returncode == 1 and "Permission denied" in done.stderr


def test_program_has_no_privilege_of_its_own():
    assert not Path(PROGRAM).stat().st_mode & (stat.S_ISUID | stat.S_ISGID)
    assert "security.capability" not in os.listxattr(PROGRAM)


def test_nothing_is_logged(login, idp, log):
    """The audit line is of PAM logins: here nobody is let in."""
    assert login("--user", "alice", token=idp.mint("alice")).returncode == 0
    assert settle(log) == []


# The terminal.

@pytest.fixture
def terminal(login, sts):
    """terminal(*words): the command on a terminal of alice's, at its question."""
    with contextlib.ExitStack() as after:
        def start(*words):
            terminal = spawn(PROGRAM, "login", *words, user="alice")
            after.callback(terminal.close, force=True)
            terminal.expect_exact(PROMPT)
            assert not terminal.getecho()
            return terminal
        yield start


def finish(terminal):
    """What it prints until it ends, and its status."""
    terminal.expect(pexpect.EOF)
    terminal.close()
    return terminal.before.strip(), terminal.exitstatus


@pytest.mark.parametrize("length", [None, 1000, 1023, 4095, 4096, 20000])
def test_token_is_typed(terminal, idp, sts, length):
    """Terminals keep 4,095 characters of a line: all of a longer one arrives."""
    asked = terminal("--format", "env")
    asked.sendline(idp.mint("alice", length=length))
    if length == 1000:
        asked.expect_exact("1000 characters so far")
        asked.sendline("")
    said, status = finish(asked)
    assert status == 0 and credentials(sts).session_token in said


def test_root_is_asked_for_the_token_of_another(login, idp, sts):
    """As the helper's user, which he has become by then."""
    asked = spawn(PROGRAM, "login", "--user", "alice", user="root")
    asked.expect_exact(PROMPT)
    asked.sendline(idp.mint("alice"))
    said, status = finish(asked)
    assert status == 0 and cases.ENGINEER in said


def test_root_has_to_name_a_user(login, idp, sts):
    done = login(token=idp.mint("alice"))
    assert done.returncode == 1 and "--user" in done.stderr
    assert sts.requests == []


def test_question_is_not_printed_where_the_variables_are(login, idp, sts):
    """eval "$(pam-aws-oidc login --format env)" asks on the terminal."""
    shell = spawn("/bin/sh", "-c", f'eval "$({PROGRAM} login --format env)"; echo "<$AWS_REGION>"', user="alice")
    shell.expect_exact(PROMPT)
    shell.sendline(idp.mint("alice"))
    shell.expect_exact(f"<{cases.REGION}>")
    shell.close(force=True)


def test_what_is_typed_can_be_mended(terminal, idp, sts):
    token = idp.mint("alice")
    asked = terminal()
    asked.send("wrong\x15x\N{LATIN SMALL LETTER A WITH DIAERESIS}\x7f\x7f" + token[:-1] + "zz\x7f\x08" + token[-1] + "\r")
    assert finish(asked)[1] == 0
    assert sts.requests[-1].parameters["WebIdentityToken"] == token


@pytest.mark.parametrize("key", ["\x03", "\x1c", "\x1a"])
def test_question_is_broken_off(terminal, sts, key):
    asked = terminal()
    asked.send("some" + key)
    said, status = finish(asked)
    assert status == 1 and "refused: conversation" in said
    assert sts.requests == []


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGTSTP"])
def test_terminal_is_given_back_when_the_command_is_ended(login, name):
    shell = spawn("/bin/sh", "-c", f"{PROGRAM} login; stty -a; echo end", user="alice")
    shell.expect_exact(PROMPT)
    [process] = [process for process in processes.below(shell.pid) if process.name == "pam-aws-oidc"]
    os.kill(process.pid, getattr(signal, name))
    shell.expect_exact("end")
    words = shell.before.split()
    assert "echo" in words and "icanon" in words and "isig" in words
    shell.close(force=True)


def test_endless_line_is_refused(terminal, sts):
    asked = terminal()
    with contextlib.suppress(OSError):
        for _ in range(40):
            asked.send("x" * 1001)
            time.sleep(0.01)
    said, status = finish(asked)
    assert status == 1 and "more than 32768 characters" in said
    assert sts.requests == []


def test_without_a_terminal_there_is_no_question(login):
    done = subprocess.run(["setsid", "--wait", PROGRAM, "login", "--user", "alice"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1 and done.stdout == "" and "there is no terminal to ask for the token" in done.stderr
