"""Who may log in at all: what the module refuses by itself, whatever the helper says, and how little the user can tell."""

import pwd

import pytest

import accounts
import frames
from frames import acceptance, ask, refusal
from host import WORDS_TOKEN, send

FORM = "the user's name is not 2 to 64 letters, digits or _+=,.@-"


def attempt(host, user, verdict=None, before=()):
    """An attempt whose helper asks, and accepts whoever it is; without anything published in a session after it."""
    verdict = acceptance(user=user if len(user.encode()) <= 64 else "alice") if verdict is None else verdict
    return host.attempt("open_session", "environment", user=user, before=before, orders=["show-frame", send(ask()), "wait-frame", send(verdict)])


def assert_refused(said, code, reason, what, words=WORDS_TOKEN):
    assert said.codes == [code, "PAM_SUCCESS"]
    line, = said.audit
    assert (line["result"], line["reason"], line["what"]) == ("refused", reason, what)
    assert said.all("error") == [words]
    assert said.all("prompt-off")[1:] == ["Token: "]    # Asked like everybody else.
    assert said.published == {}
    # The helper is told nothing of a user who is refused: it cannot do anything for him.
    hello = frames.read_hello(frames.split(bytes.fromhex(said.all("prompt-off")[0]))[0][1])
    assert (hello["user"], hello["uid"], hello["gid"]) == ("", 0, 0)


def test_root_is_refused(host):
    assert_refused(attempt(host, "root"), "PAM_PERM_DENIED", "user_refused", "uid 0 is root's, nobody's, or the login helper's")


def test_second_name_of_root_is_refused(host):
    accounts.add_user("toor", uid=0)
    assert_refused(attempt(host, "toor"), "PAM_PERM_DENIED", "user_refused", "uid 0 is root's, nobody's, or the login helper's")


def test_nobody_is_refused(host):
    assert pwd.getpwnam("nobody").pw_uid == 65534
    assert_refused(attempt(host, "nobody"), "PAM_PERM_DENIED", "user_refused", "uid 65534 is root's, nobody's, or the login helper's")


def test_user_with_nobodys_uid_is_refused(host):
    accounts.add_user("carol", uid=65534)
    assert_refused(attempt(host, "carol"), "PAM_PERM_DENIED", "user_refused", "uid 65534 is root's, nobody's, or the login helper's")


def test_helpers_user_is_refused(host):
    uid = pwd.getpwnam(accounts.HELPER_USER).pw_uid
    assert_refused(attempt(host, accounts.HELPER_USER), "PAM_PERM_DENIED", "user_refused", f"uid {uid} is root's, nobody's, or the login helper's")


def test_unknown_user_is_refused(host):
    assert_refused(attempt(host, "mallory"), "PAM_USER_UNKNOWN", "unknown_user", "this host has no such user")


@pytest.mark.parametrize("name", ["a", "a" * 65, "per%cent", "st\u00e4rk", "a b", "a/b", "a;b", "$HOME", "a\nb"],
                         ids=["one-character", "65-characters", "percent", "non-ascii", "blank", "slash", "semicolon", "dollar", "line-feed"])
def test_name_outside_the_alphabet_of_role_sessions_is_refused(host, name):
    if "\n" not in name and "/" not in name:
        accounts.add_user(name)
    assert_refused(attempt(host, name), "PAM_PERM_DENIED", "user_refused", FORM)


@pytest.mark.parametrize("name", ["ab", "a" * 64, "alice@example.com", "A_z0+=,.@-"], ids=["two-characters", "64-characters", "at", "whole-alphabet"])
def test_name_of_the_alphabet_of_role_sessions_is_accepted(host, name):
    accounts.add_user(name)
    said = attempt(host, name)
    assert said.codes == ["PAM_SUCCESS"] * 2
    assert len(said.published) == 6


def test_name_that_the_database_spells_otherwise_is_refused(host):
    said = attempt(host, "ALICE", before=["fold-case"])
    assert_refused(said, "PAM_PERM_DENIED", "user_refused", 'the password database calls this user "alice"')
    assert attempt(host, "alice", before=["fold-case"]).codes == ["PAM_SUCCESS"] * 2


def test_user_whom_pam_has_to_ask_for_is_the_one_who_counts(host):
    host.service(orders=["show-frame", send(acceptance())])
    said = host.run("start bastion", "answer alice", "authenticate", "open_session", "environment", "end")
    assert said.all("prompt-on") == ["login:"]
    assert said.codes == ["PAM_SUCCESS"] * 2
    assert len(said.published) == 6


@pytest.mark.parametrize("reason, code", [("no_token", "PAM_AUTH_ERR"), ("not_your_token", "PAM_MAXTRIES"),
                                          ("sts_unreachable", "PAM_AUTHINFO_UNAVAIL")])
@pytest.mark.parametrize("user, own_code", [("root", "PAM_PERM_DENIED"), ("mallory", "PAM_USER_UNKNOWN"), ("a" * 65, "PAM_PERM_DENIED")])
def test_refused_user_reads_what_others_read(host, user, own_code, reason, code):
    verdict = refusal(reason, "for the log", "Words of this refusal.")
    his, others = attempt(host, user, verdict), attempt(host, "alice", verdict)
    assert his.all("error") == others.all("error") == ["Words of this refusal."]
    assert his.all("prompt-off")[1:] == others.all("prompt-off")[1:]
    assert (his.codes[0], others.codes[0]) == (own_code, code)


@pytest.mark.parametrize("reason, code", [("config", "PAM_SERVICE_ERR"), ("system", "PAM_SYSTEM_ERR"), ("memory", "PAM_BUF_ERR")])
def test_broken_host_is_told_to_whoever_it_is(host, reason, code):
    verdict = refusal(reason, "line 3", "The host is broken.")
    for user in ("root", "mallory", "alice"):
        said = attempt(host, user, verdict)
        assert (said.codes[0], said.audit[0]["reason"], said.all("error")) == (code, reason, ["The host is broken."])


def test_user_below_min_uid_is_the_helpers_to_refuse(host):
    """min_uid stands in the configuration, which the module does not read: what a helper can do that was taken over."""
    accounts.add_user("lowuid", uid=500)
    said = attempt(host, "lowuid")
    assert said.codes == ["PAM_SUCCESS"] * 2
    assert len(said.published) == 6
