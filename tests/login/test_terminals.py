"""Terminals that su is stopped on, killed on, or that go away: at the prompt, and while STS is asked.

bob works in a shell with job control, and wants to become alice. What libpam's conversation makes of a stop is its own business; ours is that the
login goes on where it was, or ends with everything that it had started.
"""

import pwd
import signal
import subprocess

import pytest

import accounts
import processes
from host import parse_line, settle
from switch_user import PROMPT, STACK, TIMEOUT, become, changed, files, spawn

SHELL_PROMPT = "$ "


@pytest.fixture
def terminal(empty_tmp, pam_service, configure, settings, sts, log):
    """The terminal of bob's shell. alice's prints its environment and ends. STS may take its time."""
    pam_service("su", STACK)
    settings["sts"]["timeout"] = 60
    configure()
    subprocess.run(["usermod", "--shell", "/usr/bin/env", "alice"], check=True)
    terminal = spawn("/bin/sh", "-i", environment={"PATH": "/usr/bin:/bin"})
    terminal.expect_exact(SHELL_PROMPT)
    yield terminal
    terminal.close(force=True)


def call_su(terminal):
    terminal.sendline("su alice")
    terminal.expect_exact(PROMPT)


def reach_prompt(terminal, held, idp):
    call_su(terminal)


def reach_sts(terminal, held, idp):
    call_su(terminal)
    held.hold()
    terminal.sendline(idp.mint("alice"))
    assert held.asked.wait(TIMEOUT)


def of_su():
    return [process for process in processes.processes() if process.name == "su"]


def helpers():
    return processes.of_user(pwd.getpwnam(accounts.HELPER_USER).pw_uid)


def wait_until_su_is(state):
    processes.wait_until_none(lambda: [process for process in of_su() if process.state != state], f"su that is not in {state}", timeout=TIMEOUT)


def by_bob(number):
    """Send su a signal, as its caller may."""
    process, = of_su()
    subprocess.run(["/usr/bin/kill", f"-{number}", str(process.pid)], preexec_fn=become("bob"), check=True)


def assert_accepted(terminal, sts, log):
    """The login goes on to its session."""
    terminal.expect_exact(SHELL_PROMPT)
    session = dict(line.split("=", 1) for line in terminal.before.splitlines() if "=" in line)
    request, = sts.requests
    assert session["AWS_SESSION_TOKEN"] == request.answer.credentials.session_token
    assert [parse_line(line)["result"] for line in settle(log)] == ["accepted"]
    assert terminal.getecho()


# Stopped.

def test_stop_from_the_keyboard_at_the_prompt(terminal, sts, log, idp):
    """libpam's conversation puts it off until there is an answer, and has turned the echo on again by then."""
    call_su(terminal)
    terminal.sendcontrol("z")
    terminal.sendline(idp.mint("alice"))
    terminal.expect_exact(SHELL_PROMPT)
    wait_until_su_is("T")
    assert terminal.getecho() and len(helpers()) == 1 and sts.requests == []
    terminal.sendline("fg")
    assert_accepted(terminal, sts, log)


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGTTIN])
def test_stop_by_a_signal_at_the_prompt(terminal, sts, log, idp, number):
    call_su(terminal)
    by_bob(number)
    terminal.expect_exact(SHELL_PROMPT)
    wait_until_su_is("T")
    assert len(helpers()) == 1
    terminal.sendline("fg")
    wait_until_su_is("S")
    terminal.sendline(idp.mint("alice"))
    assert_accepted(terminal, sts, log)


@pytest.mark.parametrize("answered", ["while-stopped", "afterwards"])
@pytest.mark.parametrize("stop", [lambda terminal: terminal.sendcontrol("z"), lambda terminal: by_bob(signal.SIGSTOP)], ids=["keyboard", "signal"])
def test_stop_while_sts_is_asked(terminal, held, sts, log, idp, stop, answered):
    reach_sts(terminal, held, idp)
    stop(terminal)
    terminal.expect_exact(SHELL_PROMPT)
    wait_until_su_is("T")
    assert terminal.getecho()
    helper, = helpers()
    assert helper.state != "T"               # It is in a session of its own.
    if answered == "while-stopped":
        held.answer.set()
        processes.wait_until_none(lambda: [process for process in helpers() if process.state != "Z"], "helpers", timeout=TIMEOUT)
    terminal.sendline("fg")
    if answered == "afterwards":
        wait_until_su_is("S")
        held.answer.set()
    assert_accepted(terminal, sts, log)


# Ended.

STAGES = {"prompt": reach_prompt, "sts": reach_sts}
ENDS = {
    "^C": lambda terminal: terminal.sendintr(),
    "^backslash": lambda terminal: terminal.sendcontrol("\\"),
    "SIGTERM": lambda terminal: by_bob(signal.SIGTERM),
    "SIGKILL": lambda terminal: by_bob(signal.SIGKILL),
    "SIGHUP": lambda terminal: by_bob(signal.SIGHUP),
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_end_of_su_leaves_nothing(terminal, held, log, idp, stage, end):
    before = files()
    STAGES[stage](terminal, held, idp)
    assert len(helpers()) == 1
    end(terminal)
    terminal.expect_exact(SHELL_PROMPT)
    processes.wait_until_none(lambda: of_su() + helpers(), "su and helpers")
    assert stage == "prompt" or terminal.getecho()    # At the prompt nobody is left to turn it on again.
    assert settle(log) == [] and changed(before, files()) == set()
    held.answer.set()


@pytest.mark.parametrize("stage", STAGES)
def test_hung_up_terminal_leaves_nothing(terminal, held, log, idp, stage):
    before = files()
    STAGES[stage](terminal, held, idp)
    assert len(helpers()) == 1
    terminal.close(force=True)
    processes.wait_until_none(lambda: of_su() + helpers(), "su and helpers")
    # su's read of the terminal fails just before the signal ends su, which may have the time to say so.
    assert not [line for line in settle(log) if "result=accepted" in line]
    assert changed(before, files()) <= {"/var/log/btmp"}


def test_hung_up_terminal_at_the_prompt_of_su_that_does_not_care(terminal, sts, log):
    before = files()
    terminal.sendline("trap '' HUP")
    terminal.expect_exact(SHELL_PROMPT)
    call_su(terminal)
    terminal.close(force=True)
    line = parse_line(log.wait_for("result="))
    assert line["reason"] in ("conversation", "no_token")    # The terminal fails or ends: whichever su sees first.
    processes.wait_until_none(lambda: of_su() + helpers(), "su and helpers")
    assert changed(before, files()) <= {"/var/log/btmp"} and sts.requests == []


def test_hung_up_terminal_while_sts_is_asked_of_su_that_does_not_care(terminal, held, sts, log, idp):
    before = files()
    terminal.sendline("trap '' HUP")
    terminal.expect_exact(SHELL_PROMPT)
    reach_sts(terminal, held, idp)
    terminal.close(force=True)
    held.answer.set()
    assert parse_line(log.wait_for("result="))["result"] == "accepted"
    processes.wait_until_none(lambda: of_su() + helpers(), "su and helpers")
    assert changed(before, files()) == set() and len(sts.requests) == 1
