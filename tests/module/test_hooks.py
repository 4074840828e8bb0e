"""Hosts that call the hooks out of order, twice, in other processes, or never to the end, and users who change on the way.

Whatever the order: a session has the credentials of the user whom the last attempt accepted, or none; and no process stays behind.
"""

import dataclasses
import datetime
import time

import pytest

from frames import acceptance, ask, refusal
from host import HANDOFF, PHASES, after_hello, send

EXPIRATION = int(time.time()) + 3600
KEY_OF = {"alice": "ASIAALICEALICEALICEA", "bob": "ASIABOBBOBBOBBOBBOBB"}
OK, REFUSED, NO_SESSION = "PAM_SUCCESS", "PAM_AUTH_ERR", "PAM_SESSION_ERR"
NOBODY = {}


def accept(user):
    return send(acceptance(user, key_id=KEY_OF[user], secret_key=f"secret/of/{user}", session_token=f"token/of/{user}", expiration=EXPIRATION))


def session_of(user):
    """The variables of a session of this user."""
    expiration = datetime.datetime.fromtimestamp(EXPIRATION, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"AWS_ACCESS_KEY_ID": KEY_OF[user], "AWS_SECRET_ACCESS_KEY": f"secret/of/{user}", "AWS_SESSION_TOKEN": f"token/of/{user}",
            "AWS_CREDENTIAL_EXPIRATION": expiration, "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}


@pytest.fixture
def hosts(host):
    """A host whose service bastion accepts alice, and of-bob accepts bob; refusing refuses, in broken the helper dies, and asking asks first."""
    host.service("bastion", orders=after_hello(accept("alice")))
    host.service("of-bob", orders=after_hello(accept("bob")))
    host.service("refusing", orders=after_hello(send(refusal())))
    host.service("broken", orders=after_hello("kill 9"))
    host.service("asking", orders=after_hello(send(ask()), "wait-frame", accept("alice")))
    for path in host.services.iterdir():
        if path.name != "other":
            ours = path.read_text(encoding="utf-8").rpartition("session required ")[2]
            host.stack(f"{path.read_text(encoding='utf-8')}password required {ours}", path.name)
    return host


@dataclasses.dataclass
class Row:
    """A way through the hooks, behind "start bastion alice"."""
    title: str
    orders: list
    codes: list
    environment: dict


BOB = ["service of-bob", "user bob"]
ROWS = [
    # Out of order.
    Row("open alone", ["open_session"], [OK], NOBODY),
    Row("open before authenticate", ["open_session", "authenticate", "open_session"], [OK] * 3, session_of("alice")),
    Row("close without open", ["authenticate", "close_session"], [OK] * 2, NOBODY),
    Row("close before open", ["authenticate", "close_session", "open_session"], [OK] * 3, NOBODY),
    Row("close before authenticate", ["close_session", "authenticate", "open_session"], [OK] * 3, session_of("alice")),
    Row("setcred before authenticate", ["setcred", "authenticate", "open_session"], [OK] * 3, session_of("alice")),
    Row("setcred and account everywhere", ["acct_mgmt", "setcred", "authenticate", "acct_mgmt", "setcred", "open_session", "acct_mgmt", "setcred"],
        [OK] * 8, session_of("alice")),
    Row("setcred after close", ["authenticate", "open_session", "close_session", "setcred"], [OK] * 4, NOBODY),
    Row("a new password everywhere", ["chauthtok", "authenticate", "chauthtok", "open_session", "chauthtok"],
        ["PAM_PERM_DENIED", OK, "PAM_PERM_DENIED", OK, "PAM_PERM_DENIED"], session_of("alice")),

    # Twice.
    Row("close twice", ["authenticate", "open_session", "close_session", "close_session"], [OK] * 4, NOBODY),
    Row("close again, when a variable is somebody else's",
        ["authenticate", "open_session", "close_session", "putenv AWS_REGION=other", "close_session"], [OK] * 4, {"AWS_REGION": "other"}),
    Row("open again after close", ["authenticate", "open_session", "close_session", "open_session"], [OK] * 4, NOBODY),
    Row("all again", ["authenticate", "open_session", "close_session"] * 2 + ["authenticate", "open_session"], [OK] * 8, session_of("alice")),
    Row("authenticate again in a session", ["authenticate", "open_session", "authenticate", "open_session"], [OK] * 4, session_of("alice")),
    Row("authenticate again and close", ["authenticate", "open_session", "authenticate", "open_session", "close_session"], [OK] * 5, NOBODY),

    # Another user.
    Row("the second one", ["authenticate", *BOB, "authenticate", "open_session"], [OK] * 3, session_of("bob")),
    Row("the second one, and then the first", ["authenticate", *BOB, "authenticate", "service bastion", "user alice", "authenticate", "open_session"],
        [OK] * 4, session_of("alice")),
    Row("the session of the first one for the second", ["authenticate", *BOB, "open_session"], [OK, NO_SESSION], NOBODY),
    Row("the session of the second one for the first", ["authenticate", *BOB, "authenticate", "service bastion", "user alice", "open_session"],
        [OK, OK, NO_SESSION], NOBODY),
    Row("the second one is refused", ["authenticate", "service refusing", "user bob", "authenticate", "open_session"], [OK, REFUSED, OK], NOBODY),
    Row("the second one is refused, the first wants his session",
        ["authenticate", "service refusing", "user bob", "authenticate", "service bastion", "user alice", "open_session"], [OK, REFUSED, OK], NOBODY),
    Row("the second one's helper dies", ["authenticate", "service broken", "user bob", "authenticate", *BOB, "open_session"],
        [OK, "PAM_SYSTEM_ERR", OK], NOBODY),
    Row("the second one hangs up", ["authenticate", "service asking", "user bob", "at-prompt fail", "authenticate", *BOB, "open_session"],
        [OK, "PAM_CONV_ERR", OK], NOBODY),
    Row("the second one is root", ["authenticate", "user root", "authenticate", "open_session"], [OK, "PAM_PERM_DENIED", OK], NOBODY),
    Row("the second one does not exist", ["authenticate", "user mallory", "authenticate", "open_session"], [OK, "PAM_USER_UNKNOWN", OK], NOBODY),
    Row("the same one is refused", ["authenticate", "service refusing", "authenticate", "service bastion", "open_session"], [OK, REFUSED, OK],
        NOBODY),
    Row("nobody", ["authenticate", "user", "open_session"], [OK, NO_SESSION], NOBODY),
    Row("nobody, and the first again", ["authenticate", "user", "user alice", "open_session"], [OK, OK], session_of("alice")),
    Row("nobody, who says that he is the second", ["authenticate", "user", "service of-bob", "answer bob", "authenticate", "open_session"], [OK] * 3,
        session_of("bob")),
    Row("nobody, who says that he is the first", ["service refusing", "user bob", "authenticate", "user", "service bastion", "answer alice",
        "authenticate", "open_session"], [REFUSED, OK, OK], session_of("alice")),
    Row("the second one in the first one's session", ["authenticate", "open_session", *BOB, "authenticate", "open_session"], [OK] * 4,
        session_of("bob")),
    Row("the second one after the first one's session", ["authenticate", "open_session", "close_session", *BOB, "open_session"], [OK] * 4, NOBODY),
    Row("the second one is refused in the first one's session",
        ["authenticate", "open_session", "service refusing", "user bob", "authenticate", "open_session"], [OK, OK, REFUSED, OK], NOBODY),
    Row("the second one comes another way into the first one's session", ["authenticate", "open_session", *BOB, "open_session"], [OK] * 3,
        NOBODY),

    # Never to the end.
    Row("no session", ["authenticate", "end", "start bastion alice", "open_session"], [OK, OK], NOBODY),
    Row("no end of the session", ["authenticate", "open_session", "end", "start bastion alice", "open_session"], [OK, OK, OK], NOBODY),
    Row("no end of the session, and the second one", ["authenticate", "open_session", "end", "start of-bob bob", "authenticate", "open_session"],
        [OK] * 4, session_of("bob")),

    # In another process.
    Row("authenticate in a child of which nothing comes home", ["in-child authenticate", "open_session"], [OK, OK], NOBODY),
    Row("all in a child", ["in-child authenticate setcred open_session close_session", "open_session"], [OK] * 5, NOBODY),
    Row("open in a child, and here", ["authenticate", "in-child open_session", "open_session"], [OK] * 3, session_of("alice")),
    Row("close in a child", ["authenticate", "open_session", "in-child close_session"], [OK] * 3, session_of("alice")),
    Row("authenticate here, then again in a child", ["authenticate", "in-child authenticate", "open_session"], [OK] * 3, session_of("alice")),
    Row("the second one comes home from a child", ["authenticate", *BOB, "authenticate-in-child", "open_session"], [OK] * 3, session_of("bob")),
    Row("the second one is refused in a child", ["authenticate", "service refusing", "user bob", "authenticate-in-child", "open_session"],
        [OK, REFUSED, OK], NOBODY),
]


@pytest.mark.parametrize("row", ROWS, ids=[row.title for row in ROWS])
def test_hooks_in_any_order(hosts, row):
    said = hosts.run("remember", "start bastion alice", *row.orders, "environment", "end", "compare", "children")
    assert said.all(*PHASES, "chauthtok") == row.codes
    assert said.environment == row.environment and HANDOFF not in said.environment
    assert said.changed() == [] and said.all("children") == ["none"]


def variables(user):
    return [f"{name}={value}" for name, value in session_of(user).items()]


def test_session_that_is_opened_in_a_child_has_the_credentials(hosts):
    said = hosts.run("start bastion alice", "authenticate", "in-child open_session environment close_session environment", "end", "children")
    assert said.codes == [OK] * 3
    assert said.all("env") == variables("alice")
    assert said.all("children") == ["none"]


def test_two_handles_at_a_time_do_not_mix(hosts):
    said = hosts.run("start bastion alice", "swap", "start of-bob bob", "authenticate", "swap", "authenticate", "swap", "open_session", "swap",
                     "open_session", "environment", "swap", "environment", "close_session", "environment", "swap", "environment", "end",
                     "swap", "end", "children")
    assert said.codes == [OK] * 5
    assert said.all("env") == variables("alice") + variables("bob") + variables("alice")
    assert [line["user"] for line in said.audit] == ["bob", "alice"]
    assert said.all("children") == ["none"]


def test_end_of_one_handle_leaves_the_other(hosts):
    said = hosts.run("start bastion alice", "authenticate", "swap", "start of-bob bob", "authenticate", "end", "swap", "open_session", "environment",
                     "end")
    assert said.codes == [OK] * 3
    assert said.environment == session_of("alice")


def test_handle_of_a_failed_start_does_nothing(hosts):
    said = hosts.run("confdir /nonexistent", "start bastion alice", "authenticate", "open_session", "close_session", "environment", "end",
                     f"confdir {hosts.services}", "start bastion alice", "authenticate", "open_session", "environment", "end", "children")
    assert said.all("start") == ["PAM_ABORT", OK]
    assert said.codes == ["PAM_SYSTEM_ERR"] * 3 + [OK] * 2
    assert said.environment == session_of("alice") and len(said.audit) == 1
