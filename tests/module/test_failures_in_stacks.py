"""No way for a failing token into a login that the administrator did not write.

Every reason of a refusal, under every control and among neighbours that say yes or no: libpam's answer is the one that it gives with pam_debug in our
place, which returns the code that belongs to the reason and does nothing else.
"""

import itertools
from pathlib import Path

import pytest

import tables
from frames import acceptance, ask, refusal
from host import HANDOFF, after_hello, send

SOURCE = Path(__file__).parent.parent.parent
CODES = {row[1]: row[2] for row in tables.rows(SOURCE, "src/base/reasons.def", "REASON")}
FAILURES = sorted(set(CODES) - {"ok", "service_not_served"})

CONTROLS = ["required", "requisite", "sufficient", "optional", "[success=ok default=bad]", "[success=ok default=die]", "[success=done default=die]",
            "[success=1 default=ignore]", "[default=ignore]", "[success=ok default=ignore]"]
PERMIT, DENY = "auth required pam_permit.so", "auth required pam_deny.so"
NEIGHBOURS = [((), ()), ((PERMIT,), ()), ((), (PERMIT,)), ((DENY,), ()), ((), (DENY,)), ((PERMIT,), (PERMIT,))]
PLACES = list(itertools.product(CONTROLS, NEIGHBOURS))


def debug(code):
    """pam_debug with a code in our place."""
    return f"pam_debug.so auth={code.removeprefix('PAM_').lower()}"


@pytest.fixture
def outcomes(host):
    """outcomes(line, before, user): what libpam answers with the line in each of PLACES."""
    def run(line, before=(), user="alice"):
        script = []
        for number, (control, (above, below)) in enumerate(PLACES):
            host.stack("\n".join([*above, f"auth {control} {line}", *below]) + "\n", f"s{number}")
            script += [f"start s{number} {user}", *before, "authenticate", "environment", "end"]
        said = host.run(*script)
        assert len(said.codes) == len(PLACES)
        return said

    return run


def assert_a_failure(outcomes, said, reason):
    """Each line of ours was reached, and failed for the reason. libpam answers as with pam_debug, lets in only where it does so with the plainest
    failure, and what would carry credentials to open_session is empty."""
    assert [fields["reason"] for fields in said.audit] == [reason] * len(PLACES)
    assert said.codes == outcomes(debug(CODES[reason])).codes
    plainest = outcomes(debug("PAM_AUTH_ERR")).codes
    assert [place for place, our, plain in zip(PLACES, said.codes, plainest) if our == "PAM_SUCCESS" and plain != "PAM_SUCCESS"] == []
    assert said.all("env") == [f"{HANDOFF}="] * len(PLACES)


def line(host, conf=None, helper=None, arguments=""):
    return f"{host.module} conf={conf or host.folder / 'orders'} helper={helper or host.helper} {arguments}"


@pytest.mark.parametrize("reason", FAILURES)
def test_refusal_of_the_helper_counts_as_its_code(host, outcomes, reason):
    host.orders(after_hello(send(refusal(reason))))
    assert_a_failure(outcomes, outcomes(line(host)), reason)


# What the module raises itself: the user, what is said before authenticate, what is wrong with the line, and the reason.
@pytest.mark.parametrize("user, before, wrong, reason", [
    ("alice", (), {"conf": "/nonexistent"}, "config"),
    ("alice", (), {"arguments": "nullok"}, "config"),
    ("alice", (), {"helper": "/nonexistent"}, "helper_missing"),
    ("alice", ("at-prompt fail",), {}, "conversation"),
    ("nobody-of-that-name", (), {}, "unknown_user"),
    ("root", (), {}, "user_refused"),
], ids=["no-configuration", "unknown-argument", "no-helper", "no-conversation", "unknown-user", "root"])
def test_refusal_of_the_module_itself_counts_as_its_code(host, outcomes, user, before, wrong, reason):
    host.orders(["wait-frame", send(ask()), "wait-frame", send(refusal("not_a_token"))])
    assert_a_failure(outcomes, outcomes(line(host, **wrong), before, user), reason)


def test_helper_that_dies_counts_as_a_problem_of_the_host(host, outcomes):
    host.orders(["kill 9"])
    assert_a_failure(outcomes, outcomes(line(host)), "system")


def test_line_for_another_service_counts_as_ignore(host, outcomes):
    host.orders(after_hello(send(refusal())))
    said = outcomes(line(host, arguments="services=sshd"))
    assert [fields["reason"] for fields in said.audit] == ["service_not_served"] * len(PLACES)
    assert said.codes == outcomes(debug(CODES["service_not_served"])).codes
    assert said.all("env") == []


def test_acceptance_counts_as_success(host, outcomes):
    host.orders(after_hello(send(acceptance())))
    said = outcomes(line(host))
    assert said.codes == outcomes(debug(CODES["ok"])).codes
    assert len([text for text in said.all("env") if text.startswith(f"{HANDOFF}=") and text != f"{HANDOFF}="]) == len(PLACES)
