"""The module against a helper that misbehaves: whatever it does, the attempt is refused as a problem of the host, and nothing of the helper stays."""

import os
import pwd
import random
import signal
import time

import pytest

import frames
import processes
from frames import acceptance, ask, granted, refusal
from host import WORDS_SYSTEM, after_hello, send

GOOD = after_hello(send(ask()), "wait-frame", send(acceptance()))


def assert_refused(said, what, code="PAM_SYSTEM_ERR", reason="system", words=WORDS_SYSTEM):
    """A refused attempt: its PAM code, its only audit line, what the user reads, and that nothing was handed off."""
    assert said.codes == [code]
    line, = said.audit
    assert (line["result"], line["reason"], line["user"], line["service"]) == ("refused", reason, "alice", "bastion")
    assert line.get("what", "") == what
    assert said.all("error") == ([words] if words else [])
    assert said.environment == {"PAM_AWS_OIDC_HANDOFF": ""}


# What should happen.

def test_good_dialogue_is_accepted(host):
    said = host.attempt("environment", orders=GOOD, before=["answer a.b.c"])
    assert said.codes == ["PAM_SUCCESS"]
    assert said.all("prompt-off") == ["Token: "]
    assert said.all("error", "info") == []
    line, = said.audit
    assert list(line)[:6] == ["result", "reason", "user", "service", "ms", "provider"]
    assert (line["result"], line["reason"], line["provider"], line["role"]) == ("accepted", "ok", "corp", frames.ROLE)
    assert set(said.environment) == {"PAM_AWS_OIDC_HANDOFF"}


def test_log_holds_no_secret(host):
    said = host.attempt("open_session", orders=GOOD, before=["answer canary-token"])
    assert said.codes == ["PAM_SUCCESS"] * 2 and said.log
    for secret in (frames.SECRET_KEY, frames.SESSION_TOKEN, "canary-token"):
        assert secret not in "".join(said.log)


def test_helper_hears_who_logs_in(host):
    said = host.attempt(orders=["show-frame", send(refusal())])
    (label, payload), = frames.split(bytes.fromhex(said.all("prompt-off")[0]))
    assert label == frames.HELLO
    assert frames.read_hello(payload) == {"user": "alice", "uid": pwd.getpwnam("alice").pw_uid,
                                          "gid": pwd.getpwnam("alice").pw_gid, "may_ask": 1, "presented": "",
                                          "configuration": str(host.folder / "orders-of-bastion")}


@pytest.mark.parametrize("length", [0, 1, 1023, 20000, 20001, 30000])
def test_helper_hears_the_answer_cut_to_20001_bytes(host, length):
    token = "".join(random.choices("abcdef", k=length))
    said = host.attempt(orders=after_hello(send(ask()), "show-frame", send(refusal())), before=[f"answer {token}"])
    assert said.codes == ["PAM_AUTH_ERR"]
    assert bytes.fromhex("".join(said.all("prompt-off")[1:])) == frames.answer(token[:20001])


def test_question_may_be_answered_in_the_open(host):
    said = host.attempt(orders=after_hello(send(ask("Device: ", echo=1)), "wait-frame", send(refusal())))
    assert said.all("prompt-on") == ["Device: "]
    assert said.all("prompt-off") == []


def test_control_characters_of_a_question_do_not_reach_the_user(host):
    said = host.attempt(orders=after_hello(send(ask("a\x1b[2Jb\tc\r\x7fd\u00e9\ne")), "wait-frame", send(refusal())))
    assert said.all("prompt-off") == ["a[2Jbcd\ne"]


def test_control_characters_of_a_refusal_do_not_reach_the_user(host):
    said = host.attempt(orders=after_hello(send(refusal(words="a\x1b]0;x\x07b"))))
    assert said.all("error") == ["a]0;xb"]


def test_refusal_says_reason_text_and_words(host):
    said = host.attempt("environment", orders=after_hello(send(refusal("not_your_token", "for bob", "Not yours.", {"sub": "bob", "sts_code": "X"}))))
    assert_refused(said, "for bob", "PAM_MAXTRIES", "not_your_token", "Not yours.")
    assert (said.audit[0]["sub"], said.audit[0]["sts_code"]) == ("bob", "X")


def test_refusal_is_not_told_to_a_host_that_wants_silence(host):
    host.service(orders=after_hello(send(refusal(words="Not yours."))))
    said = host.run("start bastion alice", "authenticate-silently", "end")
    assert said.codes == ["PAM_AUTH_ERR"]
    assert said.all("error", "info") == []


def test_sixty_four_questions_are_relayed(host):
    questions = [order for number in range(64) for order in (send(ask(f"{number} ")), "wait-frame")]
    said = host.attempt(orders=after_hello(*questions, send(acceptance())))
    assert said.codes == ["PAM_SUCCESS"]
    assert said.all("prompt-off") == [f"{number} " for number in range(64)]


# A helper that dies.

def test_helper_killed_after_any_byte_lets_nobody_in(host):
    """One application goes through all of it, so that what a single attempt left behind would add up."""
    question, verdict = ask(), acceptance()
    ends = [[send(question[:size])] for size in range(len(question) + 1)]
    ends += [[send(question), "wait-frame", send(verdict[:size])] for size in range(len(verdict))]
    script = []
    for number, orders in enumerate(ends):
        host.service(f"s{number}", orders=after_hello(*orders, f"kill {signal.SIGKILL}"))
        script += [f"start s{number} alice", "authenticate", "environment", "end"]
    said = host.run("handler", "remember", *script, "compare", "calls", "children")
    assert len(ends) > 250
    assert said.codes == ["PAM_SYSTEM_ERR"] * len(ends)
    assert said.all("env") == ["PAM_AWS_OIDC_HANDOFF="] * len(ends)
    assert said.all("error") == [WORDS_SYSTEM] * len(ends)
    assert [line["reason"] for line in said.audit] == ["system"] * len(ends)
    assert {line["what"].split(":")[0] for line in said.audit} == {"helper ended by signal 9"}
    assert said.changed() == []
    assert said.all("calls", "children") == ["0", "none"]


def test_helper_killed_after_its_whole_verdict_has_said_what_counts(host):
    said = host.attempt(orders=after_hello(send(acceptance()), f"kill {signal.SIGKILL}"))
    assert said.codes == ["PAM_SUCCESS"]


@pytest.mark.parametrize("end, what", [
    ("exit 0", "the helper ended without a verdict"),
    ("exit 1", "helper ended with status 1: the helper ended without a verdict"),
    ("exit 105", "helper could not get its program: the helper ended without a verdict"),
    (f"kill {signal.SIGSEGV}", "helper ended by signal 11: the helper ended without a verdict"),
    ("close", "the helper ended without a verdict"),
])
def test_end_of_the_helper_is_in_the_log(host, end, what):
    assert_refused(host.attempt("environment", orders=after_hello(end)), what)


def test_helper_that_closes_the_socket_and_lives_on_is_killed(host):
    said = host.attempt("children", "environment", orders=after_hello("close", "sleep"))
    assert_refused(said, "the helper ended without a verdict")
    assert said.all("children") == ["none"]


def test_verdict_does_not_count_while_the_helper_lives_on(host):
    said = host.attempt("children", "environment", orders=after_hello(send(acceptance()), "sleep"))
    assert_refused(said, "after the verdict: no frame arrived: Connection timed out")
    assert said.all("children") == ["none"]


def test_verdict_does_not_count_while_a_child_of_the_helper_lives_on(host):
    helper = pwd.getpwnam("pam-aws-oidc").pw_uid
    try:
        said = host.attempt("children", "environment", orders=after_hello("linger", send(acceptance())))
        assert_refused(said, "after the verdict: no frame arrived: Connection timed out")
        assert said.all("children") == ["none"]
    finally:
        for lingering in processes.of_user(helper):
            os.kill(lingering.pid, signal.SIGKILL)


# A helper that speaks nonsense.

def nonsense():
    """What the helper sends once it has heard who logs in, and what the log then says."""
    late = "after the verdict: the peer ended within a frame"
    yield "another-version", frames.frame(frames.ASK, b"", version=3), "a frame of version 3 instead of 2 arrived"
    yield "version-nought", frames.frame(frames.ASK, b"", version=0), "a frame of version 0 instead of 2 arrived"
    yield "label-nought", frames.frame(0), "a frame of unknown label 0 arrived"
    yield "label-too-high", frames.frame(5), "a frame of unknown label 5 arrived"
    yield "label-255", frames.frame(255), "a frame of unknown label 255 arrived"
    yield "hello", frames.hello(), "a frame 1 arrived out of turn"
    yield "answer", frames.answer("x"), "a frame 3 arrived out of turn"
    yield "gigantic", frames.frame(frames.VERDICT, b"", length=2**32 - 1), "a frame 4 of 4294967295 bytes is longer than the allowed 65536"
    yield "question-too-long", frames.frame(frames.ASK, b"", length=4097), "a frame 2 of 4097 bytes is longer than the allowed 4096"
    yield "verdict-too-long", frames.frame(frames.VERDICT, b"", length=65537), "a frame 4 of 65537 bytes is longer than the allowed 65536"
    yield "longer-than-sent", frames.frame(frames.VERDICT, acceptance()[6:], length=len(acceptance()) - 5), late.removeprefix("after the verdict: ") + " 4"
    yield "shorter-than-sent", frames.frame(frames.VERDICT, acceptance()[6:], length=len(acceptance()) - 7), late
    yield "http", b"HTTP/1.1 200 OK\r\n\r\n", "a frame of version 47 instead of 2 arrived"
    yield "empty-question", frames.frame(frames.ASK), "the ASK is malformed"
    yield "question-of-2048", ask("q" * 2048), "the ASK is malformed"
    yield "question-with-a-nul", ask("a\0b"), "the ASK is malformed"
    yield "question-with-another-echo", ask(echo=2), "the ASK is malformed"
    yield "question-with-a-byte-behind", frames.frame(frames.ASK, ask()[6:] + b"\0"), "the ASK is malformed"
    yield "question-that-claims-more", frames.frame(frames.ASK, b"\0" + frames.u32(2**32 - 1) + b"x"), "the ASK is malformed"
    yield "empty-verdict", frames.frame(frames.VERDICT), "the VERDICT is malformed"
    yield "verdict-and-a-byte", acceptance() + b"\0", late
    yield "verdict-twice", acceptance() * 2, "after the verdict: a frame 4 arrived out of turn"
    yield "verdict-and-question", acceptance() + ask(), "after the verdict: a frame 2 arrived out of turn"
    yield "verdict-with-a-byte-behind", frames.frame(frames.VERDICT, acceptance()[6:] + b"\0"), "the VERDICT is malformed"
    yield "refusal-with-credentials", frames.frame(frames.VERDICT, refusal()[6:] + granted()), "the VERDICT is malformed"
    yield "acceptance-without-credentials", frames.frame(frames.VERDICT, refusal("ok")[6:]), "the VERDICT is malformed"


@pytest.mark.parametrize("sent, what", [pytest.param(sent, what, id=name) for name, sent, what in nonsense()])
def test_nonsense_is_refused(host, sent, what):
    assert_refused(host.attempt("environment", orders=after_hello(send(sent))), what)


def test_verdict_before_the_helper_has_heard_anything_is_refused_or_taken_for_what_it_is(host):
    """The module says who logs in first, so the verdict can only be read afterwards: but a helper that left that unread has broken the dialogue."""
    said = host.attempt("environment", orders=[send(acceptance())])
    assert_refused(said, "after the verdict: no frame arrived: Connection reset by peer")


def test_sixty_fifth_question_is_refused(host):
    said = host.attempt("environment", orders=after_hello(*[send(ask()), "wait-frame"] * 64, send(ask())))
    assert_refused(said, "the helper asked more than 64 questions")
    assert len(said.all("prompt-off")) == 64


def test_flood_of_questions_is_refused(host):
    said = host.attempt("environment", "children", orders=["flood " + ask().hex()])
    assert_refused(said, "the helper asked more than 64 questions")
    assert len(said.all("prompt-off")) == 64
    assert said.all("children") == ["none"]


def test_helper_that_shuts_its_ears_is_refused(host):
    said = host.attempt("environment", orders=after_hello("stop-reading", send(ask()), "sleep"), before=["answer x"])
    assert_refused(said, "a frame 3 could not be sent: Broken pipe")


# A verdict whose fields are wrong.

@pytest.mark.parametrize("changes, what", [
    ({"user": "bob"}, "the helper's verdict is about another user"),
    ({"user": ""}, "the helper's verdict is about another user"),
    ({"user": "Alice"}, "the helper's verdict is about another user"),
    ({"user": "alic"}, "the helper's verdict is about another user"),
    ({"user": "alice "}, "the helper's verdict is about another user"),
    ({"user": "root"}, "the helper's verdict is about another user"),
    ({"user": "alice\0"}, "the VERDICT is malformed"),
    ({"user": "a" * 65}, "the VERDICT is malformed"),
    ({"region": "EU-WEST-1"}, "the region of the helper's verdict is malformed"),
    ({"region": "eu-west-1\nX=y"}, "the region of the helper's verdict is malformed"),
    ({"region": "-eu"}, "the region of the helper's verdict is malformed"),
    ({"region": "r" * 64}, "the VERDICT is malformed"),
    ({"region": None}, "the VERDICT is malformed"),
    ({"key_id": None}, "the VERDICT is malformed"),
    ({"key_id": ""}, "the helper's verdict: AccessKeyId has 0 characters instead of 16 to 128"),
    ({"key_id": "A" * 15}, "the helper's verdict: AccessKeyId has 15 characters instead of 16 to 128"),
    ({"key_id": "A" * 129}, "the VERDICT is malformed"),
    ({"key_id": "A" * 15 + "\n"}, "the helper's verdict: AccessKeyId holds a character that it must not"),
    ({"key_id": "A" * 16 + "\0"}, "the helper's verdict: AccessKeyId holds a character that it must not"),
    ({"secret_key": None}, "the VERDICT is malformed"),
    ({"secret_key": ""}, "the helper's verdict: SecretAccessKey has 0 characters instead of 1 to 256"),
    ({"secret_key": "s" * 257}, "the VERDICT is malformed"),
    ({"secret_key": "$(id)"}, "the helper's verdict: SecretAccessKey holds a character that it must not"),
    ({"session_token": None}, "the VERDICT is malformed"),
    ({"session_token": ""}, "the helper's verdict: SessionToken has 0 characters instead of 1 to 16384"),
    ({"session_token": "t" * 16385}, "the VERDICT is malformed"),
    ({"session_token": "a b"}, "the helper's verdict: SessionToken holds a character that it must not"),
    ({"session_token": "a\0b"}, "the helper's verdict: SessionToken holds a character that it must not"),
    ({"session_token": "\u00e9"}, "the helper's verdict: SessionToken holds a character that it must not"),
    ({"expiration": 0}, "the helper's verdict: Expiration lies in the past"),
    ({"expiration": 1}, "the helper's verdict: Expiration lies in the past"),
    ({"expiration": 2**63}, "the VERDICT is malformed"),
    ({"expiration": 2**64 - 1}, "the VERDICT is malformed"),
], ids=lambda value: ascii(value)[:40] if isinstance(value, dict) else "")
def test_field_that_is_not_as_it_must_be_is_refused(host, changes, what):
    assert_refused(host.attempt("environment", orders=after_hello(send(acceptance(**changes)))), what)


def test_credentials_that_expire_just_now_are_refused(host):
    # On a clock that the test has put forward: to the second at which they expire.
    said = host.attempt("environment", orders=after_hello(send(acceptance(expiration=2_000_000_000))),
                        before=[f"advance-clock {2_000_000_000 - int(time.time())}"])
    assert_refused(said, "the helper's verdict: Expiration lies in the past")


@pytest.mark.parametrize("changes", [
    {"region": ""}, {"region": "r" * 63}, {"key_id": "A" * 16}, {"key_id": "a_9" + "A" * 125}, {"secret_key": "s"}, {"secret_key": "s" * 256},
    {"session_token": "t"}, {"session_token": "t" * 16384}, {"session_token": "aZ09+/=_.~-"}, {"expiration": 2**63 - 1},
], ids=lambda changes: str(changes)[:30])
def test_field_at_its_limit_is_accepted_and_published(host, changes):
    said = host.attempt("open_session", "environment", orders=after_hello(send(acceptance(**changes))))
    assert said.codes == ["PAM_SUCCESS"] * 2
    assert len(said.published) == (4 if changes.get("region") == "" else 6)


def test_longest_acceptance_can_be_handed_off(host):
    said = host.attempt("open_session", "environment", orders=after_hello(send(acceptance(
        region="r" * 63, key_id="A" * 128, secret_key="s" * 256, session_token="t" * 16384, text="x" * 319, words="x" * 239,
        audit={key: "v" * 319 for key in frames.AUDIT}))))
    assert said.codes == ["PAM_SUCCESS"] * 2
    assert said.published["AWS_SESSION_TOKEN"] == "t" * 16384


@pytest.mark.parametrize("long", [{"text": "x" * 320}, {"words": "x" * 240}, {"audit": {"sub": "x" * 320}}, {"reason": "x" * 64}],
                         ids=lambda long: next(iter(long)))
def test_refusal_with_a_field_too_long_is_refused(host, long):
    assert_refused(host.attempt("environment", orders=after_hello(send(refusal(**long)))), "the VERDICT is malformed")


@pytest.mark.parametrize("reason", ["", "OK", "okay", "yes", "PAM_SUCCESS"])
def test_unknown_reason_is_a_problem_of_the_host(host, reason):
    said = host.attempt("environment", orders=after_hello(send(refusal(reason, "whatever", "Whatever."))))
    assert_refused(said, "whatever", words="Whatever.")


def test_reason_that_only_the_module_gives_is_refused(host):
    said = host.attempt("environment", orders=after_hello(send(refusal("service_not_served"))))
    assert_refused(said, "the helper gave a reason that is not its own to give")


def test_acceptance_under_a_refusals_name_is_refused(host):
    assert_refused(host.attempt("environment", orders=after_hello(send(acceptance(reason="no_token")))), "the VERDICT is malformed")


def test_no_changed_byte_of_a_verdict_lets_anybody_in(host):
    """But those of texts, where any byte will do, and of the expiry, which may lie at any moment ahead."""
    verdict = acceptance(audit={})
    free = range(len(verdict) - 8, len(verdict))
    script = []
    changed = [position for position in range(len(verdict)) if position not in free]
    for position in changed:
        damaged = bytearray(verdict)
        damaged[position] ^= 0xff
        host.service(f"s{position}", orders=after_hello(send(bytes(damaged))))
        script += [f"start s{position} alice", "authenticate", "end"]
    said = host.run(*script, "children")
    assert said.codes == ["PAM_SYSTEM_ERR"] * len(changed)
    assert said.all("children") == ["none"]


# The user.

def test_user_who_hangs_up_ends_the_attempt(host):
    said = host.attempt("children", "environment", orders=after_hello(send(ask()), "sleep"), before=["at-prompt fail"])
    assert_refused(said, "the conversation failed with the PAM code 19", "PAM_CONV_ERR", "conversation", "")
    assert said.all("children") == ["none"]


def test_no_answer_counts_as_an_empty_one(host):
    said = host.attempt(orders=after_hello(send(ask()), "show-frame", send(refusal())), before=["at-prompt nothing"])
    assert bytes.fromhex(said.all("prompt-off")[1]) == frames.answer("")


def test_host_that_dies_at_the_prompt_takes_the_helper_with_it(host):
    host.service(orders=after_hello(send(ask()), "sleep"))
    said = host.run("at-prompt die", "start bastion alice", "authenticate", status=-signal.SIGKILL)
    assert said.all("prompt-off") == ["Token: "]
    # That no helper is left is what the fixture nothing_left_behind looks at.


# Silence.

@pytest.mark.full
def test_silence_is_refused(host):
    """All the ways to be silent at once, because each takes as long as the module's patience."""
    ways = {
        "at-once": ["sleep"],
        "after-hello": after_hello("sleep"),
        "within-a-frame": after_hello(send(ask()[:7]), "sleep"),
        "byte-by-byte": after_hello("trickle " + acceptance().hex()),
        "without-reading": [send(*[ask()] * 64), "sleep"],
    }
    applications = {}
    for name, orders in ways.items():
        host.service(name, orders=orders)
        applications[name] = host.start()
        applications[name].stdin.write(host.script([f"start {name} alice", *["answer " + "x" * 20000] * 64, "authenticate", "children", "end"]))
        applications[name].stdin.close()
    said = {name: driver.stdout.read() for name, driver in applications.items()}
    assert [driver.wait() for driver in applications.values()] == [0] * len(ways)
    for name in ways:
        assert "authenticate PAM_SYSTEM_ERR\n" in said[name] and "children none\n" in said[name], name
    lines = {line["service"]: line["what"] for line in host.transcript("", "", 0).audit}
    timed_out = "Connection timed out"
    assert lines == {
        "at-once": f"no frame arrived: {timed_out}",
        "after-hello": f"no frame arrived: {timed_out}",
        "within-a-frame": "a frame 2 did not arrive whole",
        "byte-by-byte": "a frame 4 did not arrive whole",
        "without-reading": f"a frame 3 could not be sent: {timed_out}",
    }
