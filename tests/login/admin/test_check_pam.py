"""pam-aws-oidc check: the stacks of /etc/pam.d.

What it says of a stack must come to the same as docs/stacks.md, whose rows are logins through libpam."""

from pathlib import Path

import pytest

import test_stacks
from machine import checks, seen, texts

FOLDER = Path("/etc/pam.d")
PREFIX = "pam"

OURS = "auth required pam_aws_oidc.so"
ACCOUNT = "account required pam_permit.so"
SESSION = "session required pam_aws_oidc.so"
GOOD = [OURS, ACCOUNT, SESSION]


@pytest.fixture
def stack(pam_service, configure):
    """stack(lines, name="sshd"): the stack of a service; the host has a good configuration."""
    configure()
    return lambda lines, name="sshd": pam_service(name, "".join(f"{line}\n" for line in lines))


@pytest.fixture
def report(command):
    return lambda: command.json("check")


def told(report):
    """The lines of check about PAM that are not OK."""
    return {(name, status) for name, status in seen(report) if name.split("-")[0] == PREFIX and status != "OK"}


def with_lines(*lines, name="sshd"):
    return lambda stack: stack(lines, name)


def two_services_with_one_file(stack):
    stack([OURS, SESSION], "common-token")
    for name in ("sshd", "xsshd"):
        stack(["@include common-token", ACCOUNT], name)


# The row, and the service that makes it; the service is sshd unless it says otherwise.
BREAKS = [
    ("PAM_UNUSED_WARN", with_lines("auth required pam_unix.so")),
    ("PAM_FILE_WARN", with_lines(*GOOD, "auth required")),
    ("PAM_FILE_WARN", with_lines(*GOOD, "@include nowhere")),
    ("PAM_FILE_WARN", with_lines(*GOOD, "@include sshd")),
    ("PAM_ARGUMENTS_FAIL", with_lines("auth required pam_aws_oidc.so regoin=x", ACCOUNT, SESSION)),
    ("PAM_CONF_WARN", with_lines("auth required pam_aws_oidc.so conf=/etc/other.conf", ACCOUNT, SESSION)),
    ("PAM_HELPER_WARN", with_lines("auth required pam_aws_oidc.so helper=/opt/helper", ACCOUNT, SESSION)),
    ("PAM_SERVICES_WARN", with_lines("auth required pam_aws_oidc.so services=sshd,shsd", ACCOUNT, SESSION)),
    ("PAM_SHARED_WARN", two_services_with_one_file),
    ("PAM_SESSION_FAIL", with_lines(OURS, ACCOUNT)),
    ("PAM_SESSION_FAIL", with_lines(OURS, ACCOUNT, SESSION + " services=login")),
    ("PAM_SESSION_ORDER_WARN", with_lines(*GOOD, "session required pam_env.so")),
    ("PAM_OPEN_FAIL", with_lines("auth sufficient pam_aws_oidc.so", "auth required pam_permit.so", SESSION)),
    ("PAM_OPEN_FAIL", with_lines("auth [success=ok auth_err=die default=ignore] pam_aws_oidc.so", "auth required pam_permit.so", SESSION)),
    ("PAM_GATE_WARN", with_lines("auth sufficient pam_access.so", OURS, SESSION)),
    ("PAM_FIRST_PASS_WARN", with_lines("auth required pam_aws_oidc.so use_first_pass", SESSION)),
    ("PAM_PASSWORD_WARN", with_lines("auth sufficient pam_aws_oidc.so", "auth required pam_unix.so", SESSION)),
    ("PAM_ORDER_WARN", with_lines("auth requisite pam_aws_oidc.so", "auth required pam_unix.so", SESSION)),
]

def test_good_stack_is_good(stack, report):
    stack(GOOD)
    said = report()
    assert told(said) == set()
    assert texts(said, "pam", "OK") == ["service sshd: /etc/pam.d/sshd:1 asks for a token"]


@pytest.mark.parametrize("row, make", BREAKS, ids=[row for row, _ in BREAKS])
def test_broken_stack_prints_the_line(source, stack, report, row, make):
    make(stack)
    [expected] = [(name, status) for enumerator, name, status in checks(source) if enumerator == row]
    said = told(report())
    # Where the stack cannot be read, no other asks for a token; two services with one file say it of xsshd, too.
    beside = {"PAM_FILE_WARN": {("pam-unused", "WARN")}, "PAM_SHARED_WARN": {("pam-alone", "WARN")}}.get(row, set())
    assert said == {expected} | beside


def test_session_line_without_an_auth_line(stack, report):
    stack(GOOD)
    stack(["auth required pam_unix.so", SESSION], "xsshd")
    assert told(report()) == {("pam-auth", "WARN")}


def test_service_that_depends_on_aws_alone(stack, report):
    stack(GOOD)
    stack(GOOD, "xsshd")
    said = report()
    assert told(said) == {("pam-alone", "WARN")}
    assert texts(said, "pam-alone", "WARN") == ["service xsshd: /etc/pam.d/xsshd:1: nothing lets in where ours cannot reach AWS"]


def test_service_with_another_way_in_does_not_depend_on_aws(stack, report):
    stack(GOOD)
    stack(["auth [success=2 default=ignore] pam_aws_oidc.so", "auth [success=1 default=ignore] pam_unix.so", "auth requisite pam_deny.so",
           "auth required pam_permit.so", SESSION], "xsshd")
    assert told(report()) == {("pam-password", "WARN")}


# The same, for the table of all rows.
BREAKS_OF_TWO = [("PAM_AUTH_WARN", test_session_line_without_an_auth_line), ("PAM_ALONE_WARN", test_service_that_depends_on_aws_alone)]


def test_file_that_others_include_is_no_service(stack, report):
    stack([OURS], "common-token")
    stack(["auth include common-token", ACCOUNT, SESSION])
    said = report()
    assert told(said) == set()
    assert texts(said, "pam", "OK") == ["service sshd: /etc/pam.d/common-token:1 asks for a token"]


@pytest.mark.parametrize("name", ["sshd~", "sshd.dpkg-old", "sshd.bak"])
def test_file_that_was_left_behind_is_no_service(stack, report, name):
    stack(GOOD)
    stack([OURS], name)
    assert told(report()) == set()


def test_factor_behind_a_substack_is_seen(stack, report):
    """Row 77 of the page: the substack ends, and the password is asked for."""
    stack(["auth sufficient pam_aws_oidc.so", "auth required pam_deny.so"], "token")
    stack(["auth substack token", "auth required pam_unix.so", SESSION])
    assert ("pam-order", "WARN") in told(report())


def test_line_that_is_not_meant_for_the_service_asks_nobody(stack, report):
    stack(["auth required pam_aws_oidc.so services=login", "auth required pam_unix.so", SESSION + " services=login"])
    assert told(report()) == {("pam-unused", "WARN")}


@pytest.mark.parametrize("name", ["sshd", "sshd-publickey-and-token", "sshd-password-for-a-group"])
def test_example_for_sshd_is_good(source, stack, report, name):
    stack((source / "pam.d-examples" / name).read_text(encoding="utf-8").splitlines())
    assert told(report()) == set()


def test_example_for_login_is_good(source, stack, report):
    stack((source / "pam.d-examples/login").read_text(encoding="utf-8").splitlines(), "login")
    assert told(report()) == set()


# The page.

OPEN = {row.number for row in test_stacks.ROWS if row.cells.get("Neither") in ("in", "AWS") or row.cells.get("AWS away, other bad") in ("in", "AWS")}
# In these the columns are of what the token failed for, or of how the user came; the remark says that everybody is in.
OPEN |= {row.number for row in test_stacks.ROWS if row.section == test_stacks.BAD_STACKS
         and ("in" in [row.cells.get(name) for name in ("Expired", "Somebody else's", "AWS away")] or "Everybody is in" in row.remark)}


def write(stack, row):
    for name, lines in row.files.items():
        stack(lines, name)
    stack(test_stacks.whole(row))


def by_number(numbers):
    return pytest.mark.parametrize("row", [row for row in test_stacks.ROWS if row.number in numbers], ids=lambda row: str(row.number))


@by_number(OPEN)
def test_rows_that_let_anybody_in_fail(stack, report, row):
    write(stack, row)
    assert ("pam-open", "FAIL") in told(report())


@by_number({row.number for row in test_stacks.ROWS} - OPEN)
def test_rows_that_the_page_recommends_do_not_fail(stack, report, row):
    write(stack, row)
    assert ("pam-open", "FAIL") not in told(report())


def test_the_page_has_rows_of_both_kinds():
    assert len(OPEN) >= 8 and len(OPEN) < len(test_stacks.ROWS) / 2
