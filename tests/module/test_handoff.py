"""From authenticate to open_session: who gets the credentials into his session, and what of a variable that everybody can write is believed."""

import datetime
import time

import pytest

import frames
from frames import acceptance, ask, refusal
from host import CREDENTIALS, HANDOFF, after_hello, send

EXPIRATION = int(time.time()) + 3600
PUBLISHED = {
    "AWS_ACCESS_KEY_ID": frames.KEY_ID,
    "AWS_SECRET_ACCESS_KEY": frames.SECRET_KEY,
    "AWS_SESSION_TOKEN": frames.SESSION_TOKEN,
    "AWS_CREDENTIAL_EXPIRATION": datetime.datetime.fromtimestamp(EXPIRATION, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
}
NOT_OURS = "the hand-off is not this login's: damaged, of another user, service or login, or put there by somebody else"
WORDS = "Your session cannot have its AWS credentials."


@pytest.fixture
def accepting(host):
    """A host whose helper accepts alice."""
    host.service(orders=after_hello(send(acceptance(expiration=EXPIRATION))))
    return host


def assert_refused(said, what=NOT_OURS):
    """open_session, asked last, has failed, and left nothing in the environment."""
    assert said.codes[-1] == "PAM_SESSION_ERR"
    assert said.all("error") == [WORDS]
    assert said.sessions[-1]["session"] == "without_credentials"
    assert said.sessions[-1]["what"] == what
    assert said.published == {} and HANDOFF not in said.environment


# What should happen.

def test_credentials_are_in_the_session_and_the_hand_off_is_gone(accepting):
    said = accepting.attempt("setcred", "acct_mgmt", "open_session", "setcred", "environment")
    assert said.codes == ["PAM_SUCCESS"] * 5
    assert said.environment == PUBLISHED
    assert said.all("info") == [f"AWS role {frames.ROLE} until {PUBLISHED['AWS_CREDENTIAL_EXPIRATION']}."]
    assert said.all("error") == []


def test_credentials_without_a_region_are_four_variables(host):
    host.service(orders=after_hello(send(acceptance(region="", expiration=EXPIRATION))))
    said = host.attempt("open_session", "environment")
    assert said.environment == {name: value for name, value in PUBLISHED.items() if "REGION" not in name}


def test_credentials_come_home_from_a_child_that_authenticates(accepting):
    said = accepting.run("start bastion alice", "authenticate-in-child", "setcred", "open_session", "environment", "end", "children")
    assert said.codes == ["PAM_SUCCESS"] * 3
    assert said.environment == PUBLISHED
    assert said.all("children") == ["none"]


def test_session_of_a_silent_host_says_nothing(accepting):
    said = accepting.run("start bastion alice", "authenticate-silently", "open_session-silently", "environment", "end")
    assert said.environment == PUBLISHED
    assert said.all("info", "error") == []


def test_refused_session_of_a_silent_host_says_nothing(accepting):
    said = accepting.run("start bastion alice", f"putenv {HANDOFF}=00", "open_session-silently", "end")
    assert said.codes == ["PAM_SESSION_ERR"]
    assert said.all("info", "error") == []


def test_hosts_own_environment_is_never_written(accepting):
    said = accepting.run("remember", "start bastion alice", "authenticate", "open_session", "close_session", "end", "compare")
    assert said.changed() == []


def test_session_without_authentication_succeeds_without_credentials(accepting):
    """As sshd does it after a public key alone."""
    said = accepting.run("start bastion alice", "setcred", "open_session", "setcred", "environment", "end")
    assert said.codes == ["PAM_SUCCESS"] * 3
    assert said.environment == {}
    assert said.all("info", "error") == [] and said.log == []


def test_session_after_a_refusal_gets_nothing(host):
    host.service(orders=after_hello(send(refusal())))
    said = host.attempt("open_session", "environment")
    assert said.codes == ["PAM_AUTH_ERR", "PAM_SUCCESS"]
    assert said.environment == {}


def test_refusal_takes_back_what_an_earlier_attempt_handed_off(host):
    host.service(orders=after_hello(send(acceptance(expiration=EXPIRATION))))
    host.service("refusing", orders=after_hello(send(refusal())))
    both = (host.services / "bastion").read_text() + (host.services / "refusing").read_text()
    host.stack(both.replace("auth required", "auth optional"))
    said = host.attempt("open_session", "environment")
    assert [line["result"] for line in said.audit] == ["accepted", "refused"]
    assert said.published == {}


def test_second_session_keeps_what_the_first_has(accepting):
    said = accepting.attempt("open_session", "open_session", "environment")
    assert said.codes == ["PAM_SUCCESS"] * 3
    assert said.environment == PUBLISHED
    assert len(said.all("info")) == 1


def test_second_attempt_replaces_the_credentials_of_the_first(accepting):
    accepting.service("again", orders=after_hello(send(acceptance(key_id="ASIASECONDSECONDSECO", expiration=EXPIRATION))))
    again = (accepting.services / "again").read_text()
    accepting.stack((accepting.services / "bastion").read_text() + again)
    said = accepting.attempt("open_session", "environment")
    assert said.environment == PUBLISHED | {"AWS_ACCESS_KEY_ID": "ASIASECONDSECONDSECO"}


@pytest.mark.parametrize("name", CREDENTIALS)
def test_session_whose_variables_cannot_all_be_set_has_none(accepting, name):
    assert_refused(accepting.attempt(f"refuse-variable {name}", "open_session", "environment"), "the PAM environment cannot be written")


# What is in the variable, and not ours.

def test_hand_off_cut_at_any_tenth_byte_is_refused(accepting):
    planted = [order for length in range(10, 1000, 10) for order in (f"plant {HANDOFF} {length}", "open_session")]
    said = accepting.run("start bastion alice", "authenticate", f"save {HANDOFF}", "environment", "end")
    length = len(said.environment[HANDOFF])
    assert 400 < length < 1000
    planted = planted[:2 * (length // 10)]
    said = accepting.run("start bastion alice", "authenticate", f"save {HANDOFF}", *planted, "environment", f"plant {HANDOFF}", "open_session", "end")
    assert said.codes == ["PAM_SUCCESS", *["PAM_SESSION_ERR"] * (len(planted) // 2), "PAM_SUCCESS"]
    assert {line["what"] for line in said.sessions} == {NOT_OURS}
    assert said.environment == {}


def test_hand_off_cut_to_nothing_is_no_hand_off(accepting):
    said = accepting.run("start bastion alice", "authenticate", f"save {HANDOFF}", f"plant {HANDOFF} 0", "open_session", "environment", "end")
    assert said.codes == ["PAM_SUCCESS"] * 2
    assert said.environment == {}


@pytest.mark.parametrize("value", ["0", "x", "00", "01", "zz", "0x01", "01 ", "AB", "%0a", "-1", "01" * 60000, frames.handoff(bytes(16)),
                                   frames.handoff(b""), frames.handoff(b"n" * 17)],
                         ids=["0", "x", "00", "01", "zz", "0x01", "blank", "capital", "line-feed", "minus", "long", "zero-nonce", "no-nonce",
                              "long-nonce"])
def test_planted_hand_off_is_refused(accepting, value):
    assert_refused(accepting.run("start bastion alice", f"putenv {HANDOFF}={value}", "open_session", "environment", "end"))


def test_planted_hand_off_does_not_survive_a_refusal(host):
    host.service(orders=after_hello(send(refusal())))
    said = host.attempt("environment", "open_session", before=[f"putenv {HANDOFF}={frames.handoff(bytes(16))}"])
    assert said.codes == ["PAM_AUTH_ERR", "PAM_SUCCESS"]
    assert said.environment == {HANDOFF: ""}


def nonce_of(value):
    return bytes.fromhex(value)[5:21]


def test_hand_off_of_an_earlier_login_is_refused(accepting):
    """Another process has drawn another number."""
    first, second = (accepting.attempt("environment").environment[HANDOFF] for _ in range(2))
    assert nonce_of(first) != nonce_of(second) and bytes(16) not in (nonce_of(first), nonce_of(second))
    assert first == frames.handoff(nonce_of(first), expiration=EXPIRATION)
    for value in (first, second):
        assert_refused(accepting.run("start bastion alice", f"putenv {HANDOFF}={value}", "open_session", "environment", "end"))


def test_hand_off_of_another_user_is_refused(accepting):
    said = accepting.run("start bastion alice", "authenticate", f"save {HANDOFF}", "end",
                         "start bastion bob", f"plant {HANDOFF}", "open_session", "environment", "end")
    assert_refused(said)


def test_hand_off_of_another_service_is_refused(accepting):
    accepting.service("other-door", orders=after_hello(send(refusal())))
    said = accepting.run("start bastion alice", "authenticate", f"save {HANDOFF}", "end",
                         "start other-door alice", f"plant {HANDOFF}", "open_session", "environment", "end")
    assert_refused(said)


def test_user_who_is_changed_while_he_is_asked_gets_nothing_of_the_first(host):
    host.service(orders=after_hello(send(ask()), "wait-frame", send(acceptance())))
    said = host.attempt("open_session", "environment", before=["at-prompt user bob"])
    assert said.codes == ["PAM_SUCCESS", "PAM_SESSION_ERR"]
    assert said.published == {} and said.audit[0]["user"] == "alice"


def test_user_who_was_changed_meanwhile_gets_nothing(accepting):
    """sudo authenticates the user who calls it, and opens a session for another."""
    assert_refused(accepting.attempt("user bob", "open_session", "environment"))
    assert_refused(accepting.attempt("user root", "open_session", "environment"))


def test_service_that_was_changed_meanwhile_gets_nothing(accepting):
    accepting.service("other-door")
    assert_refused(accepting.attempt("service other-door", "open_session", "environment"))


def test_credentials_that_have_expired_meanwhile_are_refused(accepting):
    said = accepting.attempt("advance-clock 3601", "open_session", "environment")
    assert_refused(said, "hand-off: Expiration lies in the past")


# How the user came in.

EARNED = ["keyboard-interactive", "keyboard-interactive/pam", "password", "password\n", "publickey ssh-ed25519 AAAA\nkeyboard-interactive/pam\n",
          "publickey ssh-ed25519 AAAA\npassword\n", "keyboard-interactive/pam\npublickey ssh-ed25519 AAAA\n"]
NOT_EARNED = ["publickey ssh-ed25519 AAAA", "publickey ssh-ed25519 AAAA\n", "publickey ssh-ed25519 password\n", "publickey ssh-ed25519 AAAA password",
              "publickey ssh-rsa-cert-v01@openssh.com ID keyboard-interactive/pam (serial 1) CA", "passwordx\n", "xpassword\n", "password-less\n",
              "keyboard-interactivex\n", "Password\n", " password\n", "hostbased alice\n", "gssapi-with-mic alice\n", "none\n", "", "\n"]


def from_sshd(text):
    return f"putenv SSH_AUTH_INFO_0={text}".replace("\n", "%0a")


@pytest.mark.parametrize("methods", EARNED, ids=ascii)
def test_user_who_came_in_with_a_token_gets_credentials(accepting, methods):
    said = accepting.attempt(from_sshd(methods), "open_session", "environment")
    assert said.published == PUBLISHED


@pytest.mark.parametrize("methods", NOT_EARNED, ids=ascii)
def test_user_who_came_in_without_a_token_gets_none(accepting, methods):
    said = accepting.attempt(from_sshd(methods), "open_session", "environment")
    assert said.codes == ["PAM_SUCCESS"] * 2
    assert set(said.environment) == {"SSH_AUTH_INFO_0"}
    assert said.sessions[0]["what"] == "the token was good, but the user came in without it"
    assert said.all("info", "error") == []


def test_user_with_a_public_key_alone_is_not_worth_a_line(accepting):
    said = accepting.run("start bastion alice", from_sshd("publickey ssh-ed25519 AAAA\n"), "open_session", "end")
    assert said.codes == ["PAM_SUCCESS"] and said.log == []


# The end of the session.

def test_end_of_the_session_takes_the_credentials_away(accepting):
    said = accepting.attempt("putenv LANG=C", "open_session", "close_session", "environment")
    assert said.codes == ["PAM_SUCCESS"] * 3
    assert said.environment == {"LANG": "C"}


def test_end_of_a_session_leaves_what_is_not_ours(accepting):
    others = [f"putenv {name}=of-somebody-else" for name in CREDENTIALS]
    said = accepting.run("start bastion alice", *others, "open_session", "close_session", "environment", "end")
    assert said.codes == ["PAM_SUCCESS"] * 2
    assert said.environment == {name: "of-somebody-else" for name in CREDENTIALS}


def test_end_of_a_refused_session_leaves_what_is_not_ours(accepting):
    said = accepting.run("start bastion alice", "putenv AWS_REGION=of-somebody-else", f"putenv {HANDOFF}=00", "open_session", "close_session",
                         "environment", "end")
    assert said.codes[0] == "PAM_SESSION_ERR"
    assert said.environment == {"AWS_REGION": "of-somebody-else"}


def test_credentials_replace_those_of_somebody_else(accepting):
    said = accepting.attempt("putenv AWS_ACCESS_KEY_ID=other", "open_session", "environment")
    assert said.published == PUBLISHED
