"""Which failures of STS are tried again, how often, on which connection, and until when."""

import pwd
import re
import select
import syslog

import pytest

import accounts
import processes
from https_server import Response, drip, reset
from refusals import assert_refused
from sts import error

# Where the network fails: the hook for sts.arrivals or for sts.answers, and what it comes to without another try.
BROKEN = {
    "reset": ("arrivals", reset, "sts_unreachable"),
    "closed-before-tls": ("arrivals", lambda connection: None, "sts_unreachable"),
    "closed-within-tls": ("arrivals", lambda connection: connection.recv(1 << 16), "sts_unreachable"),
    "closed-before-any-byte": ("answers", lambda request, answer: None, "sts_unreachable"),
    "closed-within-the-status-line": ("answers", lambda request, answer: request.connection.sendall(answer.wire()[:10]), "sts_unreachable"),
    "closed-within-the-header": ("answers", lambda request, answer: request.connection.sendall(answer.wire()[:30]), "sts_unreadable"),
    "closed-within-the-body": ("answers", lambda request, answer: request.connection.sendall(answer.wire()[:-100]), "sts_unreadable"),
}

# Connections that are accepted and never become one of TLS: each would go on for hours.
SILENT_IN_TLS = {
    "silent": lambda connection: connection.recv(1 << 16) and connection.recv(1),
    "dripping": lambda connection: connection.recv(1 << 16) and drip(connection, b"\x16\x03\x03\x40\x00" + bytes(1 << 14)),
}

RETRIED_STATUSES = {500: "sts_unavailable", 502: "sts_unavailable", 503: "sts_unavailable", 504: "sts_unavailable", 429: "sts_throttled"}
BODIES = {
    "empty": lambda status: Response(status),
    "html": lambda status: Response(status, b"<html><body>Sorry</body></html>", {"Content-Type": "text/html"}),
    "xml": lambda status: error("SomethingNew", "Nobody knows.", status),
    "truncated-xml": lambda status: Response(status, error("SomethingNew", "Nobody knows.", status).body[:-20]),
}

RETRIED_CODES = {
    "Throttling": "sts_throttled", "ThrottlingException": "sts_throttled", "RequestLimitExceeded": "sts_throttled",
    "IDPCommunicationError": "sts_idp_unreachable", "InternalFailure": "sts_unavailable", "ServiceUnavailable": "sts_unavailable",
}
DENIALS = {
    "AccessDenied": "sts_denied", "ExpiredTokenException": "sts_expired_token", "IDPRejectedClaim": "sts_rejected_claim",
    "InvalidIdentityToken": "sts_invalid_token", "MalformedPolicyDocument": "sts_request", "PackedPolicyTooLarge": "sts_request",
    "RegionDisabledException": "sts_region_disabled", "ValidationError": "sts_request",
}

KEY_NOT_RETRIEVED = ("Couldn't retrieve verification key from your identity provider, "
                     "please reference AssumeRoleWithWebIdentity documentation for requirements")
TOO_LONG = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."


def instead(answer):
    """The hook that gives this answer."""
    return lambda request, own: answer


def failing(code, message="Not just now."):
    return instead(error(code, message))


def request_id(answer):
    return re.search(b"<RequestId>(.*?)</RequestId>", answer.body)[1].decode()


def silence(request, own):
    request.connection.recv(1)


@pytest.fixture
def log_in(login_service, idp, sts, settings):
    """log_in(attempts=N, timeout=N): Alice's attempt, with these settings of STS. The audit line tells of as many requests as STS saw connections."""
    def log_in(**changes):
        settings["sts"].update(changes)
        before = sts.connections
        attempt = login_service("alice", idp.mint("alice"))
        assert attempt.audit("attempts") == {1: None}.get(sts.connections - before, str(sts.connections - before)), attempt.line
        return attempt

    return log_in


# What is tried again.

@pytest.mark.parametrize("hooks, hook, reason", BROKEN.values(), ids=BROKEN.keys())
def test_broken_connection_is_tried_again(log_in, sts, hooks, hook, reason):
    getattr(sts, hooks).append(hook)
    assert log_in(attempts=2).reason == "ok"
    getattr(sts, hooks).extend([hook] * 2)
    assert_refused(log_in(attempts=2), reason)
    assert sts.connections == 4


@pytest.mark.parametrize("status", RETRIED_STATUSES)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_status_of_a_server_in_trouble_is_tried_again(log_in, sts, status, body):
    sts.answers.append(instead(body(status)))
    assert log_in(attempts=2).reason == "ok"
    assert len(sts.requests) == 2


@pytest.mark.parametrize("code, reason", RETRIED_CODES.items())
@pytest.mark.parametrize("bare", [False, True], ids=["", "bare"])
def test_code_of_a_failure_that_passes_is_tried_again(log_in, sts, code, reason, bare):
    answer = error(code, "Not just now.", 400)
    if bare:
        answer = Response(400, f"<Error><Code>{code}</Code><Message></Message></Error>".encode())
    sts.answers.append(instead(answer))
    assert log_in(attempts=2).reason == "ok"
    sts.answers.append(instead(answer))
    attempt = log_in(attempts=1)
    assert_refused(attempt, reason)
    assert (attempt.audit("sts_code"), len(sts.requests)) == (code, 3)


@pytest.mark.parametrize("status, reason", RETRIED_STATUSES.items())
def test_code_that_nobody_knows_counts_by_its_status(log_in, sts, status, reason):
    sts.answers.append(instead(error("SomethingNew", "Nobody knows.", status)))
    attempt = log_in(attempts=1)
    assert_refused(attempt, reason)
    assert attempt.audit("sts_code") == "SomethingNew"


@pytest.mark.parametrize("attempts", [1, 2, 3, None])
def test_attempts_end_when_as_many_were_made(log_in, sts, attempts):
    expected = attempts or 3
    sts.answers.extend([failing("ServiceUnavailable")] * 10)
    attempt = log_in(**({"attempts": attempts} if attempts else {}))
    assert_refused(attempt, "sts_unavailable")
    assert (len(sts.requests), sts.connections) == (expected, expected)


def test_third_attempt_may_succeed_and_the_audit_line_counts_it(log_in, sts):
    sts.answers.extend([failing("InternalFailure")] * 2)
    attempt = log_in()
    assert (attempt.reason, attempt.audit("attempts"), attempt.audit("sts_code")) == ("ok", "3", None)
    assert attempt.audit("warning") is None
    assert attempt.environment["AWS_ACCESS_KEY_ID"] == sts.requests[-1].answer.credentials.access_key_id


def test_each_attempt_asks_the_same_on_a_connection_of_its_own(log_in, sts):
    sts.answers.extend([failing("Throttling")] * 2)
    log_in()
    assert sts.connections == 3
    assert len({request.connection for request in sts.requests}) == 3
    assert len({(request.method, request.path, request.body) for request in sts.requests}) == 1


@pytest.mark.parametrize("failures, reason", [
    (["Throttling", "InternalFailure"], "sts_unavailable"),
    (["InternalFailure", "IDPCommunicationError"], "sts_idp_unreachable"),
    (["IDPCommunicationError", "ThrottlingException"], "sts_throttled"),
])
def test_last_failure_is_the_reason(log_in, sts, failures, reason):
    answers = [error(code, "Not just now.") for code in failures]
    sts.answers.extend(map(instead, answers))
    attempt = log_in(attempts=2)
    assert_refused(attempt, reason)
    assert (attempt.audit("sts_code"), attempt.audit("request_id")) == (failures[-1], request_id(answers[-1]))


@pytest.mark.parametrize("last, reason", [(instead(Response(503)), "sts_unavailable"), (instead(None), "sts_unreachable")], ids=["503", "no-answer"])
def test_code_and_id_of_an_earlier_answer_are_not_told_of_a_later_one(log_in, sts, last, reason):
    sts.answers.extend([failing("Throttling"), last])
    attempt = log_in(attempts=2)
    assert_refused(attempt, reason)
    assert (attempt.audit("sts_code"), attempt.audit("request_id")) == (None, None)


# What is not.

@pytest.mark.parametrize("status, reason", [(501, "sts_unavailable"), (505, "sts_unavailable"), (400, "sts_unreadable"), (403, "sts_unreadable"),
                                            (404, "sts_unreadable"), (302, "sts_unreadable")])
@pytest.mark.parametrize("body", [BODIES["empty"], BODIES["html"]], ids=["empty", "html"])
def test_other_statuses_are_not_tried_again(log_in, sts, status, reason, body):
    sts.answers.append(instead(body(status)))
    assert_refused(log_in(attempts=3), reason)
    assert len(sts.requests) == 1


@pytest.mark.parametrize("code, reason", DENIALS.items())
def test_denial_is_not_tried_again(log_in, sts, code, reason):
    sts.answers.append(failing(code, "No."))
    attempt = log_in(attempts=3)
    assert_refused(attempt, reason)
    assert (len(sts.requests), attempt.audit("sts_code")) == (1, code)


@pytest.mark.parametrize("code", ["AccessDenied", "ExpiredTokenException", "InvalidIdentityToken"])
def test_denial_after_a_throttling_ends_it(log_in, sts, code):
    sts.answers.extend([failing("Throttling"), failing(code, "No.")])
    attempt = log_in(attempts=3)
    assert_refused(attempt, DENIALS[code])
    assert (len(sts.requests), attempt.audit("sts_code")) == (2, code)


# A verification key that AWS could not get.

def test_key_that_was_not_retrieved_is_tried_again(log_in, sts):
    sts.answers.append(failing("InvalidIdentityToken", KEY_NOT_RETRIEVED))
    assert log_in(attempts=2).reason == "ok"


@pytest.mark.parametrize("attempts, expected", [(1, 1), (2, 2), (5, 2)])
def test_key_that_was_not_retrieved_is_tried_again_once(log_in, sts, attempts, expected):
    sts.answers.extend([failing("InvalidIdentityToken", KEY_NOT_RETRIEVED)] * 5)
    assert_refused(log_in(attempts=attempts), "sts_invalid_token")
    assert len(sts.requests) == expected


def test_key_that_was_not_retrieved_is_tried_again_once_also_with_a_throttling_between(log_in, sts):
    not_retrieved = failing("InvalidIdentityToken", KEY_NOT_RETRIEVED)
    sts.answers.extend([not_retrieved, failing("Throttling"), not_retrieved])
    assert_refused(log_in(attempts=5), "sts_invalid_token")
    assert len(sts.requests) == 3


# A duration that the role does not give.

@pytest.fixture
def too_long(settings):
    """The rule asks for a second more than the role gives."""
    settings["rules"][0]["duration"] = 3601


@pytest.mark.parametrize("attempts", [1, 3])
def test_duration_beyond_the_roles_is_left_out_with_a_warning(log_in, sts, too_long, attempts):
    attempt = log_in(attempts=attempts)
    assert attempt.reason == "ok"
    first, second = (request.parameters for request in sts.requests)
    assert first == second | {"DurationSeconds": "3601"} and "DurationSeconds" not in second
    assert (attempt.audit("attempts"), attempt.line.severity) == ("2", syslog.LOG_WARNING)
    assert "duration of 3601" in attempt.audit("warning")
    assert attempt.environment["AWS_CREDENTIAL_EXPIRATION"] == sts.requests[-1].answer.credentials.expiration


@pytest.mark.parametrize("attempts", [1, 5])
def test_duration_is_left_out_once_only(log_in, sts, too_long, attempts):
    sts.answers.extend([failing("ValidationError", TOO_LONG)] * 5)
    assert_refused(log_in(attempts=attempts), "sts_request")
    assert ["DurationSeconds" in request.parameters for request in sts.requests] == [True, False]


def test_without_a_duration_there_is_nothing_to_leave_out(log_in, sts):
    sts.answers.extend([failing("ValidationError", TOO_LONG)] * 5)
    assert_refused(log_in(attempts=5), "sts_request")
    assert len(sts.requests) == 1


@pytest.mark.parametrize("duration, requests", [(900, 1), (3599, 1), (3600, 1), (3601, 2), (43200, 2)])
def test_duration_is_left_out_only_where_that_makes_no_session_longer(log_in, sts, settings, duration, requests):
    # Without one, STS gives an hour.
    settings["rules"][0]["duration"] = duration
    sts.answers.extend([failing("ValidationError", TOO_LONG)] * 5)
    attempt = log_in()
    assert_refused(attempt, "sts_request")
    assert len(sts.requests) == requests
    assert (attempt.audit("warning") is None) == (requests == 1)


def test_another_validation_error_does_not_leave_out_the_duration(log_in, sts, too_long):
    sts.answers.append(failing("ValidationError", "1 validation error detected: Value at 'durationSeconds' failed to satisfy constraint"))
    assert_refused(log_in(), "sts_request")
    assert len(sts.requests) == 1


def test_duration_that_was_left_out_stays_out_and_costs_no_attempt(log_in, sts, too_long):
    sts.answers.extend([failing("Throttling"), failing("ValidationError", TOO_LONG), failing("Throttling")])
    attempt = log_in(attempts=3)
    assert (attempt.reason, attempt.audit("attempts")) == ("ok", "4")
    assert ["DurationSeconds" in request.parameters for request in sts.requests] == [True, True, False, False]


def test_denial_without_the_duration_ends_it(log_in, sts, too_long):
    sts.answers.extend([failing("ValidationError", TOO_LONG), failing("AccessDenied", "No.")])
    assert_refused(log_in(), "sts_denied")
    assert len(sts.requests) == 2


# The time for all attempts together.

def test_pause_that_would_go_beyond_the_deadline_is_not_begun(log_in, sts):
    """STS throttles for ever: ten attempts would take a minute. What ends them is the throttling, not the time.

    A request that is under way when the time is up ends with the time; that does not happen again and again."""
    reasons = []
    while len(reasons) < 4 and "sts_throttled" not in reasons:
        sts.answers.extend([failing("Throttling")] * 10)
        attempt = log_in(attempts=10, timeout=2)
        sts.answers.clear()
        reasons.append(attempt.reason)
        assert 1 < int(attempt.audit("attempts")) < 10
        assert int(attempt.audit("ms")) < 20 * 1000
    assert reasons[-1] == "sts_throttled" and set(reasons[:-1]) <= {"sts_timeout"}


def late(hook):
    """The hook that does the same, only later: half of two seconds and a little more."""
    def wait(request, answer):
        select.select([request.connection], [], [], 1.1)
        return hook(request, answer)

    return wait


def test_attempts_share_the_time(log_in, sts):
    """Two answers that each take more than half of it are one too many; where the pause is too long, there is no second request."""
    sts.answers.extend([late(failing("InternalFailure"))] * 10)
    attempt = log_in(attempts=10, timeout=2)
    # Where the pause leaves hardly any time, the second connection may end before its request has come.
    assert_refused(attempt, "sts_unavailable" if sts.connections == 1 else "sts_timeout")
    assert sts.connections <= 2


@pytest.mark.parametrize("hook", SILENT_IN_TLS.values(), ids=SILENT_IN_TLS.keys())
def test_connection_that_is_not_made_leaves_time_for_another(log_in, sts, hook):
    sts.arrivals.append(hook)
    assert log_in(attempts=2, timeout=4).reason == "ok"
    sts.arrivals.extend([hook] * 10)
    attempt = log_in(attempts=3, timeout=2)
    assert_refused(attempt, "sts_timeout")
    assert int(attempt.audit("ms")) < 50 * 1000


@pytest.mark.parametrize("hook", [
    silence,
    lambda request, answer: drip(request.connection, answer.wire()),
    lambda request, answer: drip(request.connection, b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    lambda request, answer: request.connection.sendall(answer.wire()[:-100]) or drip(request.connection, answer.wire()[-100:]),
], ids=["silent", "dripping-header", "dripping-interim-answers", "dripping-body"])
def test_answer_that_does_not_come_ends_it_with_the_time(log_in, sts, hook):
    """After a failure, STS says nothing, or not enough, for longer than a minute."""
    sts.answers.extend([failing("InternalFailure"), *[hook] * 10])
    attempt = log_in(attempts=10, timeout=2)
    assert_refused(attempt, "sts_timeout")
    assert len(sts.requests) == 2
    assert int(attempt.audit("ms")) < 50 * 1000


def test_request_without_the_duration_has_no_time_of_its_own(log_in, sts, too_long):
    sts.answers.extend([late(failing("ValidationError", TOO_LONG)), late(lambda request, answer: answer)])
    assert_refused(log_in(timeout=2), "sts_timeout")
    assert len(sts.requests) == 2


# Who goes away meanwhile.

def test_login_grace_time_ends_a_pause(module_login, ssh, idp, sts, settings):
    settings["sts"].update(attempts=10, timeout=60)
    sts.answers.extend([failing("Throttling")] * 10)
    helper = pwd.getpwnam(accounts.HELPER_USER).pw_uid
    with module_login(options={"LoginGraceTime": 2}):
        assert ssh.ssh("true", answers=[idp.mint("alice")]).status == 255
        processes.wait_until_none(lambda: processes.of_user(helper), "helpers", timeout=20)
    assert len(sts.requests) < 10
