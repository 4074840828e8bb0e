"""The module against a helper that misbehaves: whatever it does, the attempt is refused, and nothing of it stays in the host."""

import pwd
import time

import pytest

import accounts
import frames
import processes
from frames import acceptance, ask, refusal
from host import REPORT, WORDS_SYSTEM, WORDS_TOKEN, after_hello, as_user, send


def refused(said, code, reason, what, words):
    """A refused attempt: its PAM code, its only audit line, and what the user reads."""
    assert said.codes == [code]
    assert len(said.audit) == 1
    line = said.audit[0]
    assert (line["result"], line["reason"], line["user"], line["service"]) == ("refused", reason, "alice", "bastion")
    assert line.get("what", "") == what
    assert said.all("error") == ([words] if words else [])


def test_good_dialogue_is_accepted(host):
    said = host.attempt("environment", orders=after_hello(send(ask("Token: ")), "wait-frame", send(acceptance())), before=["answer a.b.c"])
    assert said.codes == ["PAM_SUCCESS"]
    assert said.all("prompt-off") == ["Token: "]
    assert said.all("error", "info") == []
    line = said.audit[0]
    assert list(line)[:6] == ["result", "reason", "user", "service", "ms", "provider"]
    assert (line["result"], line["reason"], line["provider"], line["role"]) == ("accepted", "ok", "corp", frames.ROLE)
    assert frames.SESSION_TOKEN not in str(said.log) and frames.SECRET_KEY not in str(said.log)
    assert set(said.environment) == {"PAM_AWS_OIDC_HANDOFF"}


def test_helper_hears_who_logs_in(host):
    said = host.attempt(orders=["show-frame", "wait-frame", send(refusal())])
    (label, payload), = frames.split(bytes.fromhex(said.all("prompt-off")[0]))
    assert label == frames.HELLO
    assert frames.read_hello(payload) == {"user": "alice", "uid": pwd.getpwnam("alice").pw_uid, "may_ask": 1, "presented": "",
                                          "configuration": str(host.folder / "orders-of-bastion")}
