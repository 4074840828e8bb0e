"""pam-aws-oidc check: the stacks of /etc/pam.d.

What it says of a stack must come to the same as docs/stacks.md, whose rows are logins through libpam."""

from pathlib import Path

import pytest

import test_stacks
from machine import checks, seen, texts
from pam_application import PamApplication

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
    ("PAM_FILE_FAIL", with_lines(*GOOD, "@include nowhere")),
    ("PAM_FILE_FAIL", with_lines(*GOOD, "@include sshd")),
    ("PAM_FILE_FAIL", with_lines(*GOOD, "auth required lib/")),
    ("PAM_FILE_FAIL", with_lines(*GOOD, "auth required pam_unix.so \\")),
    ("PAM_LINE_WARN", with_lines(*GOOD, "auth sufficient")),
    ("PAM_LINE_WARN", with_lines(*GOOD, "password include nowhere")),
    ("PAM_LINE_WARN", with_lines(*GOOD, "session required pam_limts.so")),
    ("PAM_LINE_WARN", with_lines(*GOOD, "-session [success=ok default=die] /opt/lib/pam_limits.so")),
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
    ("PAM_CLOSED_FAIL", with_lines("auth [default=ignore] pam_aws_oidc.so", ACCOUNT, SESSION)),
    ("PAM_CLOSED_FAIL", with_lines(OURS, "auth required", ACCOUNT, SESSION)),
    ("PAM_CLOSED_FAIL", with_lines("auth required pam_unix.so", "auth required pam_aws_oidc.so use_first_pass", ACCOUNT, SESSION)),
    ("PAM_ACCOUNT_FAIL", with_lines(OURS, "account required pam_aws_oidc.so", SESSION)),
    ("PAM_FAILLOCK_WARN", with_lines("auth required pam_faillock.so preauth", "auth [success=done default=die] pam_aws_oidc.so",
                                     "auth [default=die] pam_faillock.so authfail", ACCOUNT, SESSION)),
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
    beside = {"PAM_FILE_FAIL": {("pam-unused", "WARN")}, "PAM_SHARED_WARN": {("pam-alone", "WARN")}, "PAM_FIRST_PASS_WARN": {("pam-closed", "FAIL")},
              "PAM_CLOSED_FAIL": {("pam-line", "WARN"), ("pam-password", "WARN")}}
    assert {expected} <= said <= {expected} | beside.get(row, set())


# What stands above our session line, and keeps it from being asked.
ENDS = {
    "sufficient": ["session sufficient pam_unix.so"],
    "a jump": ["session [success=1 default=ignore] pam_unix.so"],
    "an included file": ["session include common-ends"],
}


@pytest.mark.parametrize("name", ENDS)
def test_session_line_that_is_never_asked_fails(stack, report, name):
    stack(["session sufficient pam_unix.so"], "common-ends")
    stack([OURS, ACCOUNT, *ENDS[name], SESSION])
    assert told(report()) == {("pam-session", "FAIL")}


@pytest.mark.parametrize("lines", [["session substack common-ends"], ["session [success=1 default=ignore] pam_succeed_if.so uid = 0"],
                                   ["session [default=1] pam_permit.so", "session requisite pam_deny.so"]])
def test_session_line_that_others_get_to_is_good(stack, report, lines):
    stack(["session sufficient pam_unix.so"], "common-ends")
    stack([OURS, ACCOUNT, *lines, SESSION])
    assert told(report()) == set()


# A stack as authselect writes it, for a service to include: it ends with its own yes, or its own no.
COMPLETE = ["auth required pam_env.so", "auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular",
            "auth [default=1 ignore=ignore success=ok] pam_localuser.so", "auth sufficient pam_unix.so nullok",
            "auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular", "auth sufficient pam_sss.so forward_pass", "auth required pam_deny.so"]


def test_token_that_makes_no_difference_fails(stack, report):
    stack(COMPLETE, "password-auth")
    stack(["auth include password-auth", OURS, ACCOUNT, SESSION])
    assert told(report()) == {("pam-closed", "FAIL")}


@pytest.mark.parametrize("lines", [
    ["auth substack password-auth", OURS],
    ["auth [success=ok default=die] pam_unix.so", "auth sufficient pam_u2f.so", OURS],
    ["auth [success=done user_unknown=ignore default=die] pam_userdb.so", OURS],
])
def test_token_that_some_are_asked_for_is_good(stack, report, lines):
    stack(COMPLETE, "password-auth")
    stack([*lines, ACCOUNT, SESSION])
    assert told(report()) == set()


@pytest.mark.parametrize("line", ["session optional pam_limts.so", "session [success=ok module_unknown=ignore default=bad] pam_limts.so",
                                  "-auth sufficient pam_limts.so", "session required /lib/x86_64-linux-gnu/$ISA/pam_limits.so"])
def test_module_that_may_be_missing_is_not_told(stack, report, line):
    stack([line, *GOOD])
    assert told(report()) == set()


@pytest.mark.parametrize("end", ["\r", ""], ids=["carriage-return", "none"])
def test_our_module_with_another_ending_is_told(stack, report, end):
    stack([f"auth required pam_aws_oidc{'.so' if end else ''}{end}"])
    assert told(report()) == {("pam-line", "WARN"), ("pam-unused", "WARN")}


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


@pytest.mark.parametrize("name", ["sshd~", "sshd.dpkg-old", "sshd.bak", "sshd.pam-old", "sshd.ucf-dist"])
def test_file_that_was_left_behind_is_no_service(stack, report, name):
    stack(GOOD)
    stack([OURS], name)
    assert told(report()) == set()


def test_folder_is_no_service(stack, report):
    stack(GOOD)
    path = FOLDER / "before"
    path.mkdir()
    try:
        assert told(report()) == set()
    finally:
        path.rmdir()


def test_file_whose_name_libpam_never_asks_for_is_no_service(stack, report):
    """libpam writes names in small letters."""
    stack(GOOD, "SSHD")
    assert told(report()) == {("pam-unused", "WARN")}


def test_whole_answer_that_is_passed_on_cannot_be_a_token_too(stack, report):
    stack(["auth required pam_sss.so forward_pass", OURS + " use_first_pass", ACCOUNT, SESSION])
    assert told(report()) == {("pam-closed", "FAIL"), ("pam-line", "WARN"), ("pam-password", "WARN")}         # There is no pam_sss here.


# Rows 46 to 48 and 57 of the page.
@pytest.mark.parametrize("above, argument, words", [
    ("auth sufficient pam_unix.so try_first_pass", "use_first_pass", ["service sshd: /etc/pam.d/sshd:2: /etc/pam.d/sshd:1 (pam_unix.so) asks for what ours takes"]),
    ("auth sufficient pam_unix.so", "try_first_pass", ["service sshd: /etc/pam.d/sshd:2: /etc/pam.d/sshd:1 (pam_unix.so) asks for what ours takes"]),
    ("auth required pam_google_authenticator.so forward_pass", "try_first_pass", []),
    ("auth required pam_unix.so", "", []),
])
def test_module_that_is_given_the_token_is_told(stack, report, above, argument, words):
    stack([above, f"{OURS} {argument}", ACCOUNT, SESSION])
    assert texts(report(), "pam-password", "WARN") == words


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


# Stacks that look shut, and that libpam lets anybody in by.
OPEN_ALL_THE_SAME = {
    "a word that means nothing in another type": ["auth sufficient pam_aws_oidc.so", "auth required pam_permit.so", "password"],
    "a file that another type includes is missing": ["auth sufficient pam_aws_oidc.so", "auth required pam_permit.so", "password include nowhere"],
    "a comment does not go on": ["auth sufficient pam_aws_oidc.so", "# only for tests: \\", "auth required pam_permit.so"],
    "a blank behind the backslash": ["auth sufficient pam_aws_oidc.so", "auth optional pam_permit.so \\ ", "auth requisite pam_deny.so"],
    "blanks in brackets": ["auth [success=done default=ignore] pam_aws_oidc.so", "auth [ success = ok ] pam_permit.so"],
    "a control in brackets": ["auth [sufficient] pam_aws_oidc.so", "auth [required] pam_permit.so"],
    "the last naming of a code": ["auth [success=ok auth_err=die auth_err=ignore default=die] pam_aws_oidc.so", "auth required pam_permit.so"],
    "a user who is not locked out": ["auth required pam_faillock.so preauth", "auth sufficient pam_aws_oidc.so"],
    "a module that says a text": ["auth optional pam_echo.so Paste your token.", "auth sufficient pam_aws_oidc.so"],
    "a module that sets capabilities": ["auth sufficient pam_aws_oidc.so", "auth optional pam_cap.so"],
    "a user who was here not long ago": ["auth required pam_lastlog.so inactive=90", "auth sufficient pam_aws_oidc.so"],
    "a module that is missing": ["auth [success=ok module_unknown=ignore default=die] pam_aws_oidc.so", "auth required pam_permit.so"],
    "a user without a second factor": ["auth sufficient pam_aws_oidc.so", "auth [success=ok ignore=ignore default=die] pam_google_authenticator.so nullok",
                                       "auth required pam_permit.so"],
    "a user whom the other factor does not know": ["auth sufficient pam_aws_oidc.so", "auth [user_unknown=ignore default=die] pam_ldap.so",
                                                   "auth required pam_permit.so"],
}

OPEN = ["auth optional pam_aws_oidc.so", "auth required pam_permit.so"]


@pytest.mark.parametrize("name", OPEN_ALL_THE_SAME)
def test_stack_that_looks_shut_fails(stack, report, name):
    stack([*OPEN_ALL_THE_SAME[name], ACCOUNT, SESSION])
    assert ("pam-open", "FAIL") in told(report())


@pytest.mark.parametrize("module, code", [
    ("pam_echo.so Paste your token.", "PAM_SUCCESS"), ("pam_cap.so", "PAM_SUCCESS"), ("pam_lastlog.so inactive=90", "PAM_SUCCESS"),
    ("pam_debug.so", "PAM_SUCCESS"), ("pam_exec.so /usr/bin/true", "PAM_SUCCESS"),
    *[(f"{name}.so", "PAM_PERM_DENIED") for name in ("pam_env", "pam_faildelay", "pam_group", "pam_issue", "pam_keyinit", "pam_mail", "pam_warn")],
], ids=lambda text: text.split(".")[0])
def test_libpam_hears_from_modules_what_is_known_of_them(build, stack, log, module, code):
    """Alone in a stack; libpam itself refuses where nobody has a say."""
    stack([f"auth required {module}"], "xsshd")
    said = PamApplication(build, "xsshd", log).run(["confdir /etc/pam.d", "start xsshd alice", "authenticate", "end"])
    assert dict(said)["authenticate"] == code
    assert not [key for key, _ in said if key.startswith("prompt")]


# What asks for nothing, and lets in where it says yes.
GATES = ["pam_exec.so /usr/bin/true", "pam_sepermit.so", "pam_timestamp.so", "pam_debug.so auth=success"]


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.split()[0])
def test_module_that_lets_in_without_asking_is_told(stack, report, gate):
    stack([f"auth optional {gate}", "auth sufficient pam_aws_oidc.so", ACCOUNT, SESSION])
    assert told(report()) == {("pam-gate", "WARN")}


@pytest.mark.parametrize("module", ["pam_issue.so", "pam_keyinit.so", "pam_mail.so", "pam_env.so"])
def test_module_without_a_say_is_no_way_in(stack, report, module):
    """Alone it would be refused by libpam, so nobody gets in while AWS is away."""
    stack(GOOD)
    stack([f"auth required {module}", "auth [success=ok authinfo_unavail=ignore default=die] pam_aws_oidc.so", ACCOUNT, SESSION], "xsshd")
    assert told(report()) == {("pam-alone", "WARN")}


def test_lines_of_other_count_where_a_service_has_none(stack, report):
    stack([*OPEN, ACCOUNT, SESSION], "other")
    stack([ACCOUNT, SESSION], "xsshd")
    assert any(text.startswith("service xsshd: ") for text in texts(report(), "pam-open", "FAIL"))


def test_services_of_the_vendor_are_looked_at(stack, report):
    stack(GOOD)
    path = Path("/usr/lib/pam.d/xsshd")
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([*OPEN, ACCOUNT, SESSION, ""]), encoding="utf-8")
    try:
        assert any(text.startswith("service xsshd: ") for text in texts(report(), "pam-open", "FAIL"))
    finally:
        path.unlink()


def test_service_of_the_vendor_can_be_named(stack, report):
    stack(["auth required pam_aws_oidc.so services=sshd,xsshd", ACCOUNT, SESSION])
    path = Path("/usr/lib/pam.d/xsshd")
    path.parent.mkdir(exist_ok=True)
    path.write_text("auth required pam_deny.so\n", encoding="utf-8")
    try:
        assert told(report()) == set()
    finally:
        path.unlink()
    assert told(report()) == {("pam-services", "WARN")}


@pytest.mark.parametrize("lines", [
    ["auth optional pam_aws_oidc.so", "auth required pam_env.so"],
    ["auth optional pam_aws_oidc.so", "auth required pam_group.so"],
    ["auth [default=ok] pam_aws_oidc.so", "auth required pam_permit.so"],
    ["auth [success=ok default=ignore] pam_aws_oidc.so", "auth [success=1 default=ignore] pam_permit.so"],
    ["auth optional pam_aws_oidc.so", "auth [SUCCESS=OK] pam_permit.so"],
])
def test_stack_that_looks_open_is_shut(stack, report, lines):
    stack([*lines, ACCOUNT, SESSION])
    assert ("pam-open", "FAIL") not in told(report())


COUNTED = ["auth [success=1 default=bad] pam_aws_oidc.so", "auth [default=die] pam_faillock.so authfail", "auth required pam_faillock.so authsucc", ACCOUNT, SESSION]


def test_lock_that_is_looked_at_before_the_token_is_good(stack, report):
    stack(["auth requisite pam_faillock.so preauth", *COUNTED])
    assert told(report()) == set()


def test_lock_that_is_looked_at_behind_the_token_is_told(stack, report):
    stack(COUNTED)
    assert told(report()) == {("pam-order", "WARN")}


def test_service_that_another_includes_is_looked_at(stack, report):
    """As su is by su-l."""
    stack(["auth sufficient pam_aws_oidc.so", "auth required pam_permit.so", ACCOUNT, SESSION], "xsshd")
    stack(["auth include xsshd", "account include xsshd", "session include xsshd"], "xsshd-l")
    assert any(text.startswith("service xsshd: ") for text in texts(report(), "pam-open", "FAIL"))


# The page.

OPEN_ROWS = {row.number for row in test_stacks.ROWS if row.cells.get("Neither") in ("in", "AWS") or row.cells.get("AWS away, other bad") in ("in", "AWS")}
# In these the columns are of what the token failed for, or of how the user came; the remark says that everybody is in.
OPEN_ROWS |= {row.number for row in test_stacks.ROWS if row.section == test_stacks.BAD_STACKS
         and ("in" in [row.cells.get(name) for name in ("Expired", "Somebody else's", "AWS away")] or "Everybody is in" in row.remark)}


def write(stack, row):
    for name, lines in row.files.items():
        stack(lines, name)
    stack(test_stacks.whole(row))


def by_number(numbers):
    return pytest.mark.parametrize("row", [row for row in test_stacks.ROWS if row.number in numbers], ids=lambda row: str(row.number))


@by_number(OPEN_ROWS)
def test_rows_that_let_anybody_in_fail(stack, report, row):
    write(stack, row)
    assert ("pam-open", "FAIL") in told(report())


@by_number({row.number for row in test_stacks.ROWS} - OPEN_ROWS)
def test_rows_that_the_page_recommends_do_not_fail(stack, report, row):
    write(stack, row)
    assert ("pam-open", "FAIL") not in told(report())


def answers(row):
    """What comes of a row for those whose token is good."""
    return [row.cells.get(name) for name in ("Both good", "Token only", "Other only") if row.cells.get(name)]


# Rows in which nobody gets in. In 54 that is because the user has no secret, which the stack does not tell.
CLOSED = {row.number for row in test_stacks.ROWS if answers(row) and set(answers(row)) == {"no"}} - {54}


@by_number(CLOSED)
def test_rows_that_let_nobody_in_fail(stack, report, row):
    write(stack, row)
    assert {("pam-closed", "FAIL"), ("pam-account", "FAIL")} & told(report())


@by_number({row.number for row in test_stacks.ROWS} - CLOSED)
def test_rows_that_let_somebody_in_are_not_closed(stack, report, row):
    write(stack, row)
    assert not {("pam-closed", "FAIL"), ("pam-account", "FAIL")} & told(report())


def test_the_page_has_rows_of_both_kinds():
    assert len(CLOSED) >= 6
    assert len(OPEN_ROWS) >= 8 and len(OPEN_ROWS) < len(test_stacks.ROWS) / 2
