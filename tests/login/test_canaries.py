"""No secret where it does not belong: each search of canaries.py finds what is planted, and finds nothing of a login, of whichever kind.

Every other test here is searched in the same way when it ends, without asking for it.
"""

import base64
import contextlib
import io
import os
import pwd
import re
import resource
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.parse
from pathlib import Path

import pexpect
import pytest

import accounts
import cases
import processes
from canaries import FOLDERS, SHORTEST
from host import HANDOFF
from https_server import Response
from pam_application import PamApplication
from sts import error

OPEN = "auth required pam_permit.so\naccount required pam_permit.so\nsession required pam_permit.so\n"
PROMPT = "OpenID Connect token: "

# Whether a process that dies leaves its core where it worked, and not with a program or in a folder for all.
CORES_LIE_IN_FOLDER = not re.search("[|/]", Path("/proc/sys/kernel/core_pattern").read_text(encoding="utf-8"))

# Something like a secret. A percent encoding leaves no part of it as it was.
PLANTED = "/".join(secrets.token_urlsafe(4) for _ in range(6))

# What is planted, and the form that it must be found in.
FORMS = {
    "plain": (PLANTED, "as it is"),
    "beginning": (PLANTED[:SHORTEST], "as it is"),
    "middle": (PLANTED[11:11 + SHORTEST], "as it is"),
    "end": (PLANTED[-SHORTEST:], "as it is"),
    "lower-case-digits": (PLANTED.encode().hex(), "in hexadecimal"),
    "upper-case-digits": (PLANTED.encode().hex().upper(), "in hexadecimal"),
    "digits-behind-a-digit": ("0" + PLANTED.encode().hex(), "in hexadecimal"),
    "digits-of-a-part": (PLANTED[7:7 + SHORTEST].encode().hex(), "in hexadecimal"),
    "base64": (base64.b64encode(PLANTED.encode()).decode(), "in base64"),
    "base64-behind-one": (base64.b64encode(b"?" + PLANTED.encode()).decode(), "in base64"),
    "base64-behind-two": (base64.b64encode(b"?~" + PLANTED.encode()).decode(), "in base64"),
    "base64url": (base64.urlsafe_b64encode(b"\xfb\xef\xff" + PLANTED.encode()).rstrip(b"=").decode(), "in base64"),
    "base64-of-a-part": (base64.b64encode(PLANTED[5:5 + SHORTEST].encode()).decode(), "in base64"),
    # All of it counts, to the last character, which stands in a group that is not full.
    "base64url-of-a-part": (base64.urlsafe_b64encode(b"?" + PLANTED[1:1 + SHORTEST].encode()).rstrip(b"=").decode(), "in base64"),
    "percent": (urllib.parse.quote(PLANTED, safe=""), "percent-encoded"),
    "percent-in-lower-case": (urllib.parse.quote(PLANTED, safe="").replace("%2F", "%2f"), "percent-encoded"),
    "percent-for-all": ("".join(f"%{byte:02X}" for byte in PLANTED[:SHORTEST].encode()), "percent-encoded"),
}
FORM = pytest.mark.parametrize("text, form", FORMS.values(), ids=FORMS.keys())


@pytest.fixture
def searched(canaries):
    """The canaries, with the planted one among them."""
    canaries.note("planted", PLANTED)
    return canaries


@pytest.fixture
def folder():
    """A folder of root's outside pytest's own."""
    path = Path(tempfile.mkdtemp(dir="/run"))
    yield path
    shutil.rmtree(path)


@contextlib.contextmanager
def waiting(*arguments, **options):
    """A process that does nothing until the end of the block. It has said something, so it is no longer the copy of this one that it began as."""
    with subprocess.Popen(["sh", "-c", "echo; read line", "sh", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options) as process:
        process.stdout.readline()
        yield process


# What is planted is found.

def test_any_characters_in_a_row_are_found(searched):
    for start in range(len(PLANTED) - SHORTEST + 1):
        assert searched.find(f'user="{PLANTED[start:start + SHORTEST]}"') == {"planted as it is"}


@pytest.mark.parametrize("token", [{"length": 20000}, {"algorithm": "ES256"}, {"algorithm": "none"}, {"forged": True}], ids=str)
def test_each_segment_of_a_token_is_found(canaries, idp, token):
    for segment in filter(None, idp.mint("alice", **token).split(".")):
        assert canaries.find(segment) == {"token as it is"}


def test_what_sts_gives_and_an_access_token_are_found(canaries, login_service, idp, sts, settings):
    settings["providers"].append({"name": "amazon", "provider_id": cases.AMAZON, "token_prefix": cases.TOKEN_PREFIX[cases.AMAZON],
                                  "audience": [cases.APPLICATION[cases.AMAZON]], "user": settings["providers"][0]["user"]})
    attempt = login_service("alice", idp.mint("alice"))
    assert canaries.find(attempt.environment["AWS_SECRET_ACCESS_KEY"]) == {"secret key as it is"}
    assert canaries.find(attempt.environment["AWS_SESSION_TOKEN"]) == {"session token as it is"}
    assert canaries.find(attempt.environment["AWS_ACCESS_KEY_ID"]) == set()
    login_service("alice", cases.ACCESS_TOKEN[cases.AMAZON])
    assert canaries.find(cases.ACCESS_TOKEN[cases.AMAZON]) == {"access token as it is"}


@FORM
def test_canary_in_the_system_log_is_found(searched, text, form):
    subprocess.run(["logger", "--", f"x-{text}"], check=True)
    found = searched.search_logs()
    searched.forget_lines()
    assert found and all(each.startswith(f"planted {form}, in the system log: ") for each in found)


@FORM
def test_canary_in_the_log_of_sshd_is_found(searched, sshd, text, form):
    # The name of a client's program: not of a user, which the file btmp would keep too.
    with sshd(OPEN, options={"LogLevel": "DEBUG1"}) as server, socket.create_connection((server.address, server.port)) as client:
        client.sendall(f"SSH-2.0-x-{text}\r\n".encode())
        server.wait_for("remote software version x-")
    found = searched.search_logs()
    searched.forget_lines()
    assert found and all(each.startswith(f"planted {form}, in the log of sshd: ") for each in found)


@FORM
def test_canary_in_the_arguments_of_a_process_is_found(searched, text, form):
    with waiting(f"x-{text}") as process:
        assert searched.search_processes() == [f"planted {form}, in cmdline of sh, process {process.pid}, of the user 0"]


@FORM
def test_canary_in_the_environment_of_a_process_is_found(searched, text, form):
    with waiting(env={"VARIABLE": text}) as process:
        assert searched.search_processes() == [f"planted {form}, in environ of sh, process {process.pid}, of the user 0"]


@FORM
def test_canary_in_a_core_is_found(searched, folder, text, form):
    if CORES_LIE_IN_FOLDER:
        died = subprocess.run(["/usr/bin/prlimit", "--core=unlimited", "sh", "-c", "kill -ABRT $$"], env={"VARIABLE": text}, cwd=folder, check=False)
        assert died.returncode == -signal.SIGABRT
    else:
        # The kernel puts cores elsewhere, so this is not one of its making.
        (folder / "core").write_bytes(b"\x7fELF".ljust(16, b"\0") + b"\4\0" + text.encode())
    [core] = searched.cores([folder])
    assert f"planted {form}, in the file {core}" in searched.search_files([folder])


@pytest.mark.parametrize("place", [*FOLDERS, "/"])
def test_canary_in_a_file_is_found_in_every_folder(searched, place):
    with tempfile.NamedTemporaryFile("w", dir=place, encoding="ascii") as file:
        assert searched.search_files([place]) == []
        file.write(PLANTED)
        file.flush()
        assert searched.search_files([place]) == [f"planted as it is, in the file {file.name}"]


@FORM
def test_canary_in_a_file_deep_down_is_found(searched, folder, text, form):
    file = folder / "below" / "deeper" / "file"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\0\xff\n" * 1000 + text.encode() + b"\0" * 1000)
    assert searched.search_files(["/run"]) == [f"planted {form}, in the file {file}"]


def test_canary_in_the_name_of_a_file_and_behind_a_link_is_found(searched, folder):
    part = PLANTED.replace("/", "%2F")
    (folder / part).touch()
    (folder / "link").symlink_to(part)
    assert sorted(searched.search_files([folder])) == sorted(f"planted percent-encoded, in the file {folder}/{name}" for name in (part, "link"))


def test_folder_of_pytest_is_left_out(searched, tmp_path):
    (tmp_path / "answer").write_text(PLANTED, encoding="ascii")
    assert searched.search_files(["/mnt"]) == []


def test_users_may_have_keys_in_their_environment_but_no_token(canaries):
    text = secrets.token_urlsafe(40)
    alice, helper = pwd.getpwnam("alice"), pwd.getpwnam(accounts.HELPER_USER)
    for kind, user, allowed in [("secret key", alice, True), ("token", alice, False), ("secret key", helper, False)]:
        canaries.note(kind, text)
        with waiting(env={"VARIABLE": text}, user=user.pw_uid) as process:
            assert [found.pid for found in canaries.holders("environ", kind)] == [process.pid]
            assert (canaries.search_processes() == []) == allowed


def test_processes_are_searched_while_sts_is_asked(canaries, login_service, idp, sts):
    token = idp.mint("alice")
    with waiting(token) as process:
        assert login_service("alice", token).reason == "ok"
    assert set(canaries.findings) == {f"token as it is, in cmdline of sh, process {process.pid}, of the user 0"}
    canaries.findings.clear()


# Logins.

@pytest.fixture
def syslogging(sshd, sts, configure, log):
    """with syslogging(session=..., **options): a configured module behind an sshd that logs to the system log.

    One that logs elsewhere keeps to itself what the user's own process says: that goes to the client."""
    @contextlib.contextmanager
    def start(session="session required pam_aws_oidc.so", **options):
        configure()
        # Made, not started: it has written the configuration.
        server = sshd(f"auth required pam_aws_oidc.so\naccount required pam_unix.so\n{session}\n", options=options)
        with subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", server.configuration], cwd="/") as process:
            try:
                log.wait_for("Server listening on ")
                yield
                processes.wait_until_none(lambda: processes.below(process.pid), "processes of sshd")
            finally:
                process.terminate()

    return start


def variables_in_the_log(canaries):
    """What sshd says of variables that hold a secret, and in which form; all lines are forgotten then. Other lines with a secret come out, too."""
    found = {re.sub(r"^sshd\[\d+\]: debug3: Copy environment: (\w+)=.*", r"\1", line): canaries.find(line)
             for line in canaries.lines() if canaries.find(line)}
    canaries.forget_lines()
    return found


METHOD = pytest.mark.parametrize("method", ["keyboard-interactive", "password"])


@METHOD
@pytest.mark.parametrize("level", ["VERBOSE", "DEBUG1", "DEBUG2"])
def test_log_of_a_login_has_no_secret_up_to_debug2(canaries, syslogging, ssh, idp, sts, log, level, method):
    with syslogging(LogLevel=level, PasswordAuthentication="yes"):
        result = ssh.ssh("env", answers=[idp.mint("alice")], options={"PreferredAuthentications": method})
    assert canaries.find(result.environment["AWS_SESSION_TOKEN"]) == {"session token as it is"}
    assert log.lines(f"Accepted {method}") and log.lines("result=accepted")
    assert level == "VERBOSE" or log.lines(level.lower())
    assert canaries.search_logs() == []


@METHOD
def test_log_of_a_login_at_debug3_has_the_variables_of_the_session_as_documented_but_no_token(canaries, syslogging, ssh, idp, sts, log, method):
    with syslogging(LogLevel="DEBUG3", PasswordAuthentication="yes"):
        ssh.ssh("env", answers=[idp.mint("alice")], options={"PreferredAuthentications": method})
    assert variables_in_the_log(canaries) == {"AWS_SECRET_ACCESS_KEY": {"secret key as it is"}, "AWS_SESSION_TOKEN": {"session token as it is"}}


def test_log_at_debug3_has_the_hand_off_where_no_session_line_takes_it(canaries, syslogging, ssh, idp, sts, log):
    with syslogging("session required pam_permit.so", LogLevel="DEBUG3"):
        ssh.ssh("env", answers=[idp.mint("alice")])
    assert variables_in_the_log(canaries) == {HANDOFF: {"secret key in hexadecimal", "session token in hexadecimal"}}


def test_only_the_processes_of_an_open_session_have_its_credentials(canaries, module_login, ssh, idp, sts):
    with module_login() as server:
        terminal = ssh.terminal("echo ready; sleep 1000; true")
        terminal.expect(PROMPT)
        terminal.sendline(idp.mint("alice"))
        terminal.expect("ready")
        # The shell may not have started it yet.
        processes.wait_until_none(lambda: "sleep" not in names(server.sessions()), "no sleep")
        session = [process for process in server.sessions() if process.name in ("bash", "sleep")]
        assert names(session) == ["bash", "sleep"] and {process.uid for process in session} == {pwd.getpwnam("alice").pw_uid}
        for kind in ("secret key", "session token"):
            assert pids(canaries.holders("environ", kind)) == pids(session)
            assert canaries.holders("cmdline", kind) == []
        assert canaries.holders("environ", "token") + canaries.holders("cmdline", "token") == []
        terminal.close(force=True)


def names(found):
    return sorted(process.name for process in found)


def pids(found):
    return sorted(process.pid for process in found)


def test_screen_shows_no_secret(canaries, module_login, ssh, idp, sts):
    with module_login():
        terminal = ssh.terminal()
        terminal.logfile_read = screen = io.StringIO()
        terminal.expect(PROMPT)
        terminal.sendline(idp.mint("alice"))
        terminal.expect("AWS role .* until ")
        terminal.expect(r"\$ ")
        terminal.sendline("exit")
        terminal.expect(pexpect.EOF)
    assert sts.requests[0].answer.credentials and canaries.find(screen.getvalue()) == set()


# Refusals: the token that is presented, an answer of STS made from it, and the reason.
REFUSED = {
    "message-quotes-the-token": (lambda idp: idp.mint("alice"), lambda token: error("ValidationError", f"Value '{token}' is odd"), "sts_request"),
    "message-quotes-the-signature": (lambda idp: idp.mint("alice"), lambda token: error("AccessDenied", token.split(".")[2]), "sts_denied"),
    "code-quotes-the-token": (lambda idp: idp.mint("alice"), lambda token: error(token[:100], "odd", 400), "response_mismatch"),
    "redirect-quotes-the-token": (lambda idp: idp.mint("alice"),
                                  lambda token: Response(302, headers={"Location": f"https://localhost/{token}"}), "sts_unreadable"),
    "page-quotes-the-token": (lambda idp: idp.mint("alice"), lambda token: Response(200, f"<html>{token}</html>".encode()), "sts_unreadable"),
    "of-somebody-else": (lambda idp: idp.mint("alice2"), None, "not_your_token"),
    "forged": (lambda idp: idp.mint("alice", forged=True), None, "sts_invalid_token"),
    "expired": (lambda idp: idp.mint("alice", exp=idp.now() - 60), None, "token_expired"),
    "unknown-issuer": (lambda idp: idp.mint("alice", iss="https://login.example.net"), None, "unknown_issuer"),
    "wrong-audience": (lambda idp: idp.mint("alice", aud="web"), None, "wrong_audience"),
    "unsigned": (lambda idp: idp.mint("alice", algorithm="none"), None, "weak_algorithm"),
    "payload-that-is-no-json": (lambda idp: idp.mint(payload_text="x" * 100), None, "bad_claims"),
    "cut": (lambda idp: idp.mint("alice").rpartition(".")[0], None, "not_a_token"),
    "too-long": (lambda idp: idp.mint("alice", length=20001), None, "token_too_long"),
}


@pytest.mark.parametrize("mint, answer, reason", REFUSED.values(), ids=REFUSED.keys())
def test_refusal_has_no_secret_in_its_words_and_log(canaries, login_service, idp, sts, settings, mint, answer, reason):
    settings["sts"]["attempts"] = 1
    token = mint(idp)
    if answer:
        sts.answers.append(lambda request, own: answer(token))
    assert_refused_without_secret(canaries, login_service("alice", token), reason)


@pytest.mark.parametrize("change, reason", [
    (lambda settings: settings["sts"].update(endpoint="https://127.0.0.1:9"), "sts_unreachable"),
    (lambda settings: settings.pop("rules"), "config"),
    (lambda settings: settings["rules"][0].update(role_arn=cases.OF_BOB), "sts_denied"),
    (lambda settings: settings["rules"][0].update(users=["bob"]), "no_rule"),
    (lambda settings: settings.update(min_uid=60000), "user_refused"),
], ids=["sts-away", "configuration", "denied", "no-rule", "uid"])
def test_refusal_by_the_configuration_has_no_secret_in_its_words_and_log(canaries, login_service, idp, settings, change, reason):
    settings["sts"]["attempts"] = 1
    change(settings)
    assert_refused_without_secret(canaries, login_service("alice", idp.mint("alice")), reason)


@pytest.mark.parametrize("field", ["Arn", "SourceIdentity", "Provider", "Audience", "SubjectFromWebIdentityToken", "AccessKeyId", "Expiration",
                                   "PackedPolicySize", "RequestId"])
@pytest.mark.parametrize("kind", ["token", "SecretAccessKey", "SessionToken"])
def test_answer_that_quotes_a_secret_where_it_does_not_belong_brings_none_into_the_log(canaries, login_service, idp, sts, field, kind):
    def put(name, text, body):
        """The text in this field, which is added where there is none."""
        old = f"<{name}>.*?</{name}>" if f"<{name}>" in body else "(?=</AssumeRoleWithWebIdentityResult>)"
        return re.sub(old, f"<{name}>{text}</{name}>", body)

    def quote(request, answer):
        body = answer.body.decode() if kind == "token" else put(kind, secret, answer.body.decode())
        return Response(200, put(field, secret, body).encode(), answer.headers)

    token = idp.mint("alice")
    # Of digits and letters alone, so that it has the form of whatever it is put in.
    secret = token if kind == "token" else secrets.token_hex(20)
    canaries.note(kind, secret)
    sts.answers.append(quote)
    attempt = login_service("alice", token)
    assert sts.requests[0].sent.status == 200
    assert canaries.search_logs() == []
    assert canaries.find("\n".join(attempt.words)) == set()


def assert_refused_without_secret(canaries, attempt, reason):
    assert (attempt.reason, attempt.environment) == (reason, {}), attempt.line
    assert canaries.search_logs() == []
    assert canaries.find("\n".join([*attempt.words, *attempt.prompts])) == set()


# Cores.

SIGNALS = pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV, signal.SIGQUIT], ids=lambda number: number.name)


@pytest.fixture
def unlimited_core():
    """Processes that a test starts may leave cores of any size, unless they forbid it themselves."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


def core_limit(pid):
    """The limits of a process, the soft and the hard one."""
    return re.search(r"^Max core file size +(\S+) +(\S+)", Path(f"/proc/{pid}/limits").read_text(encoding="ascii"), re.MULTILINE).groups()


@SIGNALS
@pytest.mark.parametrize("moment", ["prompt", "sts"])
def test_helper_that_dies_leaves_no_core(unlimited_core, canaries, module_login, ssh, idp, held, log, number, moment):
    held.hold()
    with module_login() as server:
        terminal = ssh.terminal("true")
        terminal.expect(PROMPT)
        if moment == "sts":
            terminal.sendline(idp.mint("alice"))
            assert held.asked.wait(60)
        [helper] = processes.of_user(pwd.getpwnam(accounts.HELPER_USER).pw_uid)
        assert core_limit(server.pid) == ("unlimited", "unlimited")
        # A process that may not be dumped belongs to root in /proc: that counts where the kernel gives cores to a program, limit or no limit.
        assert (core_limit(helper.pid), os.stat(f"/proc/{helper.pid}/mem").st_uid) == (("0", "0"), 0)
        os.kill(helper.pid, number)
        if moment == "prompt":
            terminal.sendline("the module looks after the helper when the user has answered")
        log.wait_for("result=refused reason=system user=alice")
        terminal.expect(pexpect.EOF)
        terminal.wait()
    assert canaries.cores() == []


@SIGNALS
def test_host_that_dies_leaves_its_own_core_alone(unlimited_core, canaries, build, login_service, folder, idp, held, number):
    token = idp.mint("alice", length=4000)
    helper = pwd.getpwnam(accounts.HELPER_USER).pw_uid
    held.hold()
    driver = ["env", "--default-signal", build / "tests/module/pam-driver"]
    with subprocess.Popen(driver, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=folder, text=True) as host:
        host.stdin.write(f"confdir /etc/pam.d\nstart bastion alice\nanswer {token}\nauthenticate\nend\n")
        host.stdin.close()
        assert held.asked.wait(60)
        assert processes.of_user(helper)
        host.send_signal(number)
    assert host.returncode == -number
    processes.wait_until_none(lambda: processes.of_user(helper), "helpers")
    cores = canaries.cores()
    assert [Path(core).parent for core in cores] == [folder] * CORES_LIE_IN_FOLDER
    # What is in it is the host's affair. But all copies of the token are the host's own, as it read its orders and took them apart: the module has
    # wiped its own. (Parts may be left in vector registers, which nobody wipes. What has been freed without that has lost its beginning.)
    for core in cores:
        before = re.findall(b"(.{71})" + re.escape(token[64:].encode()), Path(core).read_bytes(), re.DOTALL)
        assert set(before) == {b"answer " + token[:64].encode(), b"answer\0" + token[:64].encode()}
