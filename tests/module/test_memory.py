"""The module under valgrind, and built with sanitizers: whole transactions, good and bad, without a wrong access and without a leak."""

import re

import frames
from frames import acceptance, ask, refusal
from host import HANDOFF, Host, after_hello, send

# How each transaction goes on after its start.
TRANSACTIONS = {
    "good": (after_hello(send(ask()), "wait-frame", send(acceptance())),
             ["answer a.b.c", "authenticate", "setcred", "open_session", "close_session"]),
    "in-child": (after_hello(send(acceptance())), ["authenticate-in-child", "open_session"]),
    "never-taken": (after_hello(send(acceptance())), ["authenticate"]),
    "taken-in-vain": (after_hello(send(acceptance())), ["authenticate", "user bob", "open_session"]),
    "cut": (after_hello(send(acceptance())), ["authenticate", f"save {HANDOFF}", f"plant {HANDOFF} 300", "open_session"]),
    "expired": (after_hello(send(acceptance())), ["authenticate", "advance-clock 4000", "open_session", "advance-clock -4000"]),
    "refused": (after_hello(send(refusal(text="x" * 319, words="y" * 239, audit={key: "z\n" * 150 for key in frames.AUDIT}))), ["authenticate"]),
    "cut-off-verdict": (after_hello(send(acceptance()[:-1])), ["authenticate"]),
    "trailing-byte": (after_hello(send(frames.frame(frames.VERDICT, acceptance()[6:] + b"\0"))), ["authenticate"]),
    "long-token": (after_hello(send(acceptance(session_token="t" * 16384))), ["authenticate", "open_session"]),
    "malformed-token": (after_hello(send(acceptance(session_token="t\n"))), ["authenticate", "open_session"]),
    "long-answer": (after_hello(send(ask()), "wait-frame", send(refusal())), ["answer " + "x" * 30000, "authenticate"]),
    "malformed-question": (after_hello(send(ask("\0"))), ["authenticate"]),
    "hung-up": (after_hello(send(ask()), "wait-frame"), ["at-prompt fail", "authenticate"]),
    "out-of-turn": (after_hello(send(frames.answer("x"))), ["authenticate"]),
}


def script(host):
    """Orders that go through all of it, and through what ends before a helper is started."""
    orders = []
    for name, (helpers, phases) in TRANSACTIONS.items():
        host.service(name, orders=helpers, arguments="try_first_pass")
        orders += [f"start {name} alice", *phases, "end"]
    host.service("missing", conf="/nonexistent")
    host.service("unknown", arguments="debug")
    for name, user in [("missing", "alice"), ("unknown", "alice"), ("good", "root"), ("good", "mallory"), ("good", "a" * 65)]:
        orders += [f"start {name} {user}", "authenticate", "open_session", "end"]
    return [*orders, "children"]


def assert_as_always(said):
    """The transactions come out as they do without an observer."""
    ends = dict(zip([*TRANSACTIONS, "missing", "unknown", "root", "mallory", "long-name"], said.all("authenticate")))
    assert ends == {name: "PAM_SUCCESS" for name in ("good", "in-child", "never-taken", "taken-in-vain", "cut", "expired", "long-token")} | {
        "refused": "PAM_AUTH_ERR", "cut-off-verdict": "PAM_SYSTEM_ERR", "trailing-byte": "PAM_SYSTEM_ERR", "malformed-token": "PAM_SYSTEM_ERR",
        "long-answer": "PAM_AUTH_ERR", "malformed-question": "PAM_SYSTEM_ERR", "hung-up": "PAM_CONV_ERR", "out-of-turn": "PAM_SYSTEM_ERR",
        "missing": "PAM_SERVICE_ERR", "unknown": "PAM_SERVICE_ERR", "root": "PAM_PERM_DENIED", "mallory": "PAM_USER_UNKNOWN",
        "long-name": "PAM_PERM_DENIED"}
    assert said.all("children") == ["none"]


def test_module_has_no_wrong_access_and_no_leak_under_valgrind(host, tmp_path):
    # The helper is not traced; the child that becomes it is, until it does. valgrind looks into the program that is executed, so it must be readable.
    host.helper.chmod(0o755)
    report = tmp_path / "valgrind"
    said = host.run("emulate-pidfd", *script(host), wrapper=["valgrind", "--trace-children=no", "--leak-check=full", "--child-silent-after-fork=yes",
                                                             "--show-leak-kinds=definite,indirect,possible", f"--log-file={report}"])
    assert_as_always(said)
    text = report.read_text(encoding="utf-8")
    assert "ERROR SUMMARY:" in text
    findings = re.split(r"^==\d+== \n", text, flags=re.MULTILINE)
    assert [finding for finding in findings if re.search(r"   (at|by) 0x.*(pam_aws_oidc|pam-driver)", finding)] == []


def test_module_has_no_wrong_access_and_no_leak_under_sanitizers(asan_build, folder, log):
    # A finding ends the driver with another status than 0, which run() looks at.
    assert_as_always((host := Host(asan_build, folder, log)).run(*script(host)))
