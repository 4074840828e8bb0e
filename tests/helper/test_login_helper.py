"""The real login helper, driven byte by byte: a whole login, the ends it must come to, and what it must not take."""

import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

import cases
import frames
import processes
from module_side import TIMEOUT, ModuleSide

REFUSED_STATUS = 1


# Whole logins.

def test_good_token_is_accepted(module, idp, sts):
    verdict = module.login(idp.mint("alice"))
    sent = [request for request in sts.requests if request.method == "POST"]
    assert len(sent) == 1
    credentials = sent[0].answer.credentials
    assert (verdict["reason"], verdict["user"], verdict["region"], verdict["text"], verdict["words"]) == ("ok", "alice", cases.REGION, "", "")
    assert verdict["access_key_id"] == verdict["key_id"] == credentials.access_key_id
    assert verdict["secret_access_key"] == credentials.secret_access_key
    assert verdict["session_token"] == credentials.session_token
    assert time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(verdict["expiration"])) == verdict["expires"] == credentials.expiration
    assert (verdict["provider"], verdict["sub"], verdict["rule"], verdict["role"]) == ("corp", "alice", "engineers", cases.ENGINEER)
    assert verdict["assumed"] == f"arn:aws:sts::{cases.ACCOUNT}:assumed-role/Engineer/alice"
    assert module.frame() is None
    assert module.end() == 0


def test_question_comes_before_the_answer_is_needed_and_hides_it(module):
    module.send(frames.hello())
    assert module.ask() == {"echo": 0, "text": "OpenID Connect token: "}


def test_token_that_was_presented_before_is_not_asked_for(module, idp):
    module.send(frames.hello(presented=idp.mint("alice")))
    assert module.verdict()["reason"] == "ok"


def test_nobody_is_asked_where_that_is_not_allowed(module, sts):
    module.send(frames.hello(may_ask=0))
    assert module.verdict()["reason"] == "no_token"
    assert sts.requests == []


@pytest.mark.parametrize("token, reason", [
    (lambda idp: "", "no_token"),
    (lambda idp: "correct horse battery staple", "not_a_token"),
    (lambda idp: "\b\n\r\177INCORRECT", "not_a_token"),
    (lambda idp: "a.b", "not_a_token"),
    (lambda idp: idp.mint("alice", exp=idp.now() - 1), "token_expired"),
    (lambda idp: idp.mint("alice", iss="https://login.example.net"), "unknown_issuer"),
    (lambda idp: idp.mint("alice", aud="web"), "wrong_audience"),
    (lambda idp: idp.mint("alice", algorithm="none"), "weak_algorithm"),
    (lambda idp: idp.mint("alice", length=20000) + "x", "token_too_long"),
], ids=["empty", "password", "junk-of-sshd", "two-parts", "expired", "unknown-issuer", "wrong-audience", "unsigned", "too-long"])
def test_bad_token_is_refused_and_does_not_leave_the_host(module, idp, sts, token, reason):
    verdict = module.login(token(idp))
    assert verdict["reason"] == reason
    assert module.end() == 0
    assert not [request for request in sts.requests if request.method == "POST"]
    assert "access_key_id" not in verdict


def test_user_whom_the_module_refuses_is_asked_and_refused(module, idp, sts):
    verdict = module.login(idp.mint("alice"), user="", uid=0)
    assert verdict["reason"] == "user_refused"
    assert not [request for request in sts.requests if request.method == "POST"]


def test_token_of_somebody_else_is_refused(module, idp):
    verdict = module.login(idp.mint("alice"), user="bob")
    assert verdict["reason"] == "not_your_token"
    assert "access_key_id" not in verdict


def test_broken_configuration_is_told_after_the_answer(program, folder):
    configuration = folder / "broken"
    configuration.write_text("sts = { };\n", encoding="ascii")
    with ModuleSide(program, configuration) as module:
        verdict = module.login("a.b.c", configuration="/etc/the.conf")
    assert verdict["reason"] == "config"
    assert verdict["text"].startswith("/etc/the.conf:1: ")


def test_answer_is_awaited_behind_the_filter_though_the_configuration_is_broken(program, folder):
    configuration = folder / "broken"
    configuration.write_text("sts = { };\n", encoding="ascii")
    with ModuleSide(program, configuration) as module:
        module.send(frames.hello())
        module.ask()
        status = Path(f"/proc/{module.process.pid}/status")
        processes.wait_until_none(lambda: "Seccomp:\t2" not in status.read_text(encoding="ascii"), "no sandbox")
        module.send(frames.answer("a.b.c"))
        assert module.verdict()["reason"] == "config"


def test_dialogue_may_come_one_byte_at_a_time(module, idp):
    for byte in frames.hello():
        module.send(bytes([byte]))
    module.ask()
    for byte in frames.answer(idp.mint("alice")):
        module.send(bytes([byte]))
    assert module.verdict()["reason"] == "ok"


# What it must not take.

HELLO = frames.hello()[frames.HEADER_SIZE:]
BAD_HELLOS = {
    "another-version": frames.frame(frames.HELLO, HELLO, version=1),
    "label-nought": frames.frame(0, HELLO),
    "label-too-high": frames.frame(5, HELLO),
    "question": frames.ask(),
    "answer": frames.answer("a.b.c"),
    "verdict": frames.acceptance(),
    "gigantic": frames.frame(frames.HELLO, HELLO, length=2**32 - 1),
    "too-long": frames.frame(frames.HELLO, HELLO, length=32769),
    "byte-behind": frames.frame(frames.HELLO, HELLO + b"\0"),
    "byte-missing": frames.frame(frames.HELLO, HELLO[:-1]),
    "empty": frames.frame(frames.HELLO),
    "user-with-a-nul": frames.hello(user="alice\0"),
    "user-too-long": frames.hello(user="a" * 65),
    "path-too-long": frames.hello(configuration="/" * 256),
    "flag-of-two": frames.hello(may_ask=2),
    "presented-too-long": frames.hello(presented="x" * 20002),
    "http": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("sent", BAD_HELLOS.values(), ids=BAD_HELLOS.keys())
def test_bad_hello_ends_the_helper_without_a_word(module, sts, sent):
    module.send(sent)
    try:
        assert module.receive(1) == b""
    except ConnectionResetError:
        pass                             # It has not read all that we sent.
    assert module.end() == REFUSED_STATUS
    assert sts.connections == 0


@pytest.mark.parametrize("sent", [frames.hello(), frames.ask(), frames.acceptance(), frames.frame(frames.ANSWER, b"", version=2),
                                  frames.frame(frames.ANSWER), frames.frame(frames.ANSWER, frames.data("a.b.c") + b"\0"),
                                  frames.frame(frames.ANSWER, frames.u32(2**32 - 1) + b"a.b.c"), frames.answer("x" * 20002)],
                         ids=["hello-again", "question", "verdict", "another-version", "empty", "byte-behind", "claims-more", "too-long"])
def test_bad_answer_is_a_problem_of_the_host(module, sts, sent):
    module.send(frames.hello())
    module.ask()
    module.send(sent)
    assert module.verdict()["reason"] == "system"
    module.end()
    assert not [request for request in sts.requests if request.method == "POST"]


# The ends that it must come to.

def test_root_is_refused(program, configuration):
    with ModuleSide(program, configuration, user="root") as module:
        assert module.receive(1) == b""
        assert module.end() == REFUSED_STATUS


def test_end_of_the_module_before_hello_ends_the_helper(module):
    module.hang_up()
    assert module.end() == REFUSED_STATUS


def test_end_of_the_module_within_hello_ends_the_helper(program, configuration):
    hello = frames.hello()
    for size in [1, frames.HEADER_SIZE - 1, frames.HEADER_SIZE, frames.HEADER_SIZE + 1, len(hello) // 2, len(hello) - 1]:
        with ModuleSide(program, configuration) as module:
            module.send(hello[:size])
            module.hang_up()
            assert module.end() == REFUSED_STATUS, size


@pytest.mark.parametrize("part", [b"", frames.answer("a.b.c")[:3], frames.answer("a.b.c")[:-1]], ids=["nothing", "header", "payload"])
def test_end_of_the_module_during_the_question_ends_the_helper(module, sts, part):
    module.send(frames.hello())
    module.ask()
    module.send(part)
    module.hang_up()
    assert module.end() == REFUSED_STATUS
    assert not [request for request in sts.requests if request.method == "POST"]


def silent(sts):
    """Have STS say nothing to the next request. Gives an event that is set once it has come."""
    came = threading.Event()

    def hook(request, answer):
        came.set()
        request.connection.recv(1)

    sts.answers.append(hook)
    return came


def test_end_of_the_module_during_the_request_ends_the_helper(module, idp, sts):
    came = silent(sts)
    module.send(frames.hello())
    module.ask()
    module.send(frames.answer(idp.mint("alice")))
    assert came.wait(TIMEOUT)
    module.hang_up()
    assert module.end() == REFUSED_STATUS


def test_word_out_of_turn_during_the_request_ends_the_login(module, idp, sts):
    came = silent(sts)
    module.send(frames.hello())
    module.ask()
    module.send(frames.answer(idp.mint("alice")))
    assert came.wait(TIMEOUT)
    module.send(b"x")
    assert module.verdict()["reason"] == "system"


@pytest.mark.parametrize("stage", ["before-hello", "during-the-question", "during-the-request"])
def test_helper_dies_with_its_parent(program, configuration, idp, sts, stage):
    """Although the socket stays open: the test holds it, and the parent is a shell in between."""
    shell = ["/bin/sh", "-c", '"$@" & wait', "sh"]
    came = silent(sts)
    with ModuleSide(program, configuration, wrapper=shell) as module:
        processes.wait_until_none(lambda: not of_helper(module), "the helper was not started")
        helper, = of_helper(module)
        if stage == "before-hello":
            # It gives up new privileges right behind arming the signal.
            processes.wait_until_none(lambda: "NoNewPrivs:\t1" not in Path(f"/proc/{helper.pid}/status").read_text(), "new privileges")
        else:
            module.send(frames.hello())
            module.ask()
        if stage == "during-the-request":
            module.send(frames.answer(idp.mint("alice")))
            assert came.wait(TIMEOUT)
        module.process.kill()
        module.process.wait()
        processes.wait_until_none(lambda: [each for each in processes.processes() if each.pid == helper.pid and each.state != "Z"], "the helper")


def of_helper(module):
    return [process for process in processes.below(module.process.pid) if process.name == "login-helper"]


# What others see of it.

@pytest.mark.parametrize("mode", [0o711, 0o755], ids=["installed", "of-a-build-tree"])
def test_memory_and_environment_belong_to_root(program, configuration, helper_user, mode):
    """Another process of the helper's user could else read the token out of it. Where the program may be read, the helper sees to it by itself."""
    program.chmod(mode)
    try:
        with ModuleSide(program, configuration) as module:
            module.send(frames.hello())
            module.ask()
            pid = module.process.pid
            assert {os.stat(f"/proc/{pid}/{name}").st_uid for name in ("mem", "environ", "maps", "fd")} == {0}
            for name in ("environ", "maps", "mem"):
                read = subprocess.run(["head", "-c", "1", f"/proc/{pid}/{name}"], user=helper_user.pw_uid, group=helper_user.pw_gid,
                                      extra_groups=[], capture_output=True, text=True, check=False)
                assert read.returncode != 0 and "Permission denied" in read.stderr
            assert [process.pid for process in processes.of_user(helper_user.pw_uid)] == [pid]
    finally:
        program.chmod(0o711)


def test_helper_has_given_up_what_it_does_not_need(module):
    module.send(frames.hello())
    module.ask()
    path = Path(f"/proc/{module.process.pid}/status")
    # It looks groups up first, while the user is at it.
    processes.wait_until_none(lambda: "Seccomp:\t2" not in path.read_text(encoding="ascii"), "no sandbox")
    status = path.read_text(encoding="ascii")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert (fields["NoNewPrivs"], fields["Seccomp"]) == ("1", "2")
    assert {fields[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    limits = Path(f"/proc/{module.process.pid}/limits").read_text(encoding="ascii")
    assert re.search(r"^Max core file size +0 +0 ", limits, re.MULTILINE)


def test_helper_opens_no_file_it_could_write_to(module):
    module.send(frames.hello())
    module.ask()
    folder = Path(f"/proc/{module.process.pid}/fdinfo")
    for entry in folder.iterdir():
        if os.readlink(f"/proc/{module.process.pid}/fd/{entry.name}").startswith("/") and int(entry.name) > 2:
            flags = int(re.search(r"^flags:\s+(\d+)$", entry.read_text(), re.MULTILINE).group(1), 8)
            assert flags & os.O_ACCMODE == os.O_RDONLY, entry


def test_killed_helper_leaves_no_core(module):
    # Started with the highest limit that there is: see ModuleSide.
    module.send(frames.hello())
    module.ask()
    os.kill(module.process.pid, signal.SIGABRT)
    _, status = os.waitpid(module.process.pid, 0)
    assert os.WTERMSIG(status) == signal.SIGABRT
    assert not os.WCOREDUMP(status)
