"""docs/stacks.md: every row and every column of its tables is a login through libpam that must come out as the page says."""

import dataclasses
import hashlib
import hmac
import itertools
import re
import shutil
import struct
import time
from pathlib import Path

import pytest

import accounts
import cases
from host import CREDENTIALS, HANDOFF, PHASES, word
from pam_application import PamApplication

PAGE = Path(__file__).parent.parent.parent / "docs/stacks.md"
BAD_STACKS = "Stacks that nobody should write"

PASSWORD, WRONG_PASSWORD = "correct horse", "incorrect horse"

CODES = Path("/etc/security/codes")
CODE_SECRET, CODE_SECRET_BASE32 = b"12345678901234567890", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
CODE_SECONDS = 30

TALLIES = Path("/run/faillock")
DENY = 3                                     # the deny= of the page's lines

# What pam_env reads in the rows about sessions.
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "AKIAOFTHEENVIRONMENT", "AWS_REGION": "us-east-1"}

GOOD, EXPIRED, ELSES, FORGED, NO_TOKEN, AWAY = "good", "expired", "somebody else's", "forged", "no token", "AWS away"
REFUSED = [EXPIRED, ELSES, FORGED, NO_TOKEN]

# What each column of an outcome is about: the tokens, and whether the other is good.
COLUMNS = {
    "Both good": ([GOOD], True),
    "Token only": ([GOOD], False),
    "Other only": ([*REFUSED, AWAY], True),
    "Neither": ([*REFUSED, AWAY], False),
    "AWS away, other good": ([AWAY], True),
    "AWS away, other bad": ([AWAY], False),
    "Good token": ([GOOD], True),
    "Expired": ([EXPIRED], True),
    "Somebody else's": ([ELSES], True),
    "AWS away": ([AWAY], True),
}
OUTCOMES = {"AWS", "in", "no"}

# What the page says was added to rows that have no such line.
ADDED = ["auth required pam_aws_oidc.so", "account required pam_permit.so", "session required pam_aws_oidc.so"]


@dataclasses.dataclass
class Row:
    number: int
    section: str
    lines: list                              # of the service itself
    files: dict                              # of the files that it includes: name to lines
    cells: dict                              # by column, without those that are empty
    columns: list
    remark: str

    def all_lines(self):
        return [*self.lines, *itertools.chain.from_iterable(self.files.values())]

    def tokens(self, column):
        """The kinds of tokens that a column is about: without AWAY in a table that has columns for that."""
        tokens, _ = COLUMNS[column]
        is_apart = any(name.startswith("AWS away") for name in self.columns) and len(tokens) > 1
        return [token for token in tokens if token != AWAY or not is_apart]

    def lines_with(self, module, kind="auth"):
        return [line for line in self.all_lines() if line.startswith(kind) and module in line.split()]

    def others(self):
        """What the lines ask for beside the token."""
        found = ["password"] if self.lines_with("pam_unix.so") else []
        found += ["code"] if any(f"{CODES}/" in line for line in self.lines_with("pam_google_authenticator.so")) else []
        found += ["access"] if self.lines_with("pam_access.so", "") else []
        found += ["not locked out"] if self.lines_with("pam_faillock.so") else []
        return found + (["no file nologin"] if self.lines_with("pam_nologin.so", "") else [])

    def asks_once(self):
        """Whether the token is what the user answers to pam_unix, so that he cannot give both."""
        ours = self.lines_with("pam_aws_oidc.so")
        return bool(self.lines_with("pam_unix.so")) and any("first_pass" in line for line in ours) and "forward_pass" not in str(self.lines)


def read_page():
    """The rows of the page's numbered tables, in their order."""
    rows, section, columns = [], None, None
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line[3:]
        if not line.startswith("|"):
            columns = None
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if columns is None:
            columns = [cell.strip("`") for cell in cells]
        elif columns[:2] == ["#", "Lines"] and cells[0].isdigit():
            assert len(cells) == len(columns), line
            lines, files = split_files(re.findall(r"`(.*?)`", cells[1]))
            outcomes = {name: cell for name, cell in zip(columns[2:-1], cells[2:-1]) if cell}
            rows.append(Row(int(cells[0]), section, lines, files, outcomes, columns[2:-1], cells[-1]))
    return rows


def whole(row):
    """The lines of the service, with those that the page says were added."""
    # What the page includes has auth lines.
    kinds = {line.split()[0].replace("@include", "auth") for line in row.lines}
    return row.lines + [line for line in ADDED if line.split()[0] not in kinds]


def split_files(lines):
    """The lines of the service, and those of other files by the files' names."""
    own, files = [], {}
    target = own
    for line in lines:
        if name := re.fullmatch(r"# /etc/pam\.d/([\w-]+):", line):
            target = files.setdefault(name[1], [])
        else:
            target.append(line)
    return own, files


ROWS = read_page()
of_logins = pytest.mark.parametrize("row", [row for row in ROWS if "Public key" not in row.columns], ids=lambda row: f"row-{row.number}")
of_sessions = pytest.mark.parametrize("row", [row for row in ROWS if "Public key" in row.columns], ids=lambda row: f"row-{row.number}")


def one_time_code(moment):
    """RFC 6238 with its defaults, of six digits."""
    digest = hmac.digest(CODE_SECRET, struct.pack(">Q", int(moment) // CODE_SECONDS), hashlib.sha1)
    return f"{(struct.unpack_from('>I', digest, digest[-1] & 15)[0] & 0x7fffffff) % 1000000:06}"


def wrong_code():
    """A code that is none of those around now."""
    near = {one_time_code(time.time() + CODE_SECONDS * steps) for steps in range(-10, 11)}
    return next(code for code in map("{:06}".format, range(100)) if code not in near)


@dataclasses.dataclass
class Login:
    codes: list                              # of the phases, up to the first that failed
    prompts: list                            # the first word of each
    environment: dict                        # after the phases
    afterwards: dict                         # after the user has come in by public key, on the same transaction

    @property
    def is_in(self):
        return self.codes[-1] == ("open_session", "PAM_SUCCESS")

    @property
    def outcome(self):
        return ("AWS" if "AWS_SESSION_TOKEN" in self.environment else "in") if self.is_in else "no"


class Stack:
    """The stack of a row, as the service sshd, and everything that decides who gets past it."""

    def __init__(self, application, row, configure, settings, idp):
        self._application = application
        self._row = row
        self._configure = configure
        self._away = settings | {"sts": settings["sts"] | {"endpoint": "https://127.0.0.1:9", "attempts": 1}}
        self._tokens = {GOOD: idp.mint("alice"), AWAY: idp.mint("alice"), EXPIRED: idp.mint("alice", exp=idp.now() - 5), ELSES: idp.mint("alice2"),
                        FORGED: idp.mint("alice", forged=True), NO_TOKEN: WRONG_PASSWORD}

    def log_in(self, token, bad_others, phases):
        """One login with a token of a kind, where these of the others are bad."""
        self._arrange(token, bad_others)
        if "not locked out" in bad_others:
            for _ in range(DENY):
                assert not self.log_in_again(EXPIRED, self._row.others(), [*WAYS[0], *REST]).is_in
        return self.log_in_again(token, bad_others, phases)

    def log_in_again(self, token, bad_others, phases):
        """The same, with what has changed since the last login left as it is: who is locked out stays so."""
        return self._run(self._replies(token, bad_others), phases)

    def bring_aws_back(self):
        self._configure()

    def _arrange(self, token, bad_others):
        self._configure(self._away if token == AWAY else None)
        shutil.rmtree(TALLIES, ignore_errors=True)
        TALLIES.mkdir()
        Path("/etc/nologin").unlink(missing_ok=True)
        if "no file nologin" in bad_others:
            Path("/etc/nologin").touch()
        for path in ("/etc/security/access.conf", "/etc/security/no-token.conf"):
            Path(path).write_text("-:alice:ALL\n" if "access" in bad_others else "+:alice:ALL\n", encoding="ascii")
        CODES.mkdir(mode=0o700, exist_ok=True)
        secret = CODES / "alice"
        secret.write_text(f'{CODE_SECRET_BASE32}\n" TOTP_AUTH\n', encoding="ascii")
        secret.chmod(0o600)

    def _replies(self, token, bad_others):
        token_text = self._tokens[token]
        password = WRONG_PASSWORD if "password" in bad_others else PASSWORD
        code = wrong_code() if "code" in bad_others else one_time_code(time.time())
        if self._row.asks_once():
            password = token_text if token == GOOD or "password" in bad_others else PASSWORD
        first = password if any("use_first_pass" in line for line in self._row.lines_with("pam_unix.so")) else token_text
        # The second is the prompt of forward_pass, "Password & verification code: ".
        return [("Password:", password), ("Password", first + code), ("Verification", code), ("OpenID", token_text)]

    def _run(self, replies, phases):
        said = self._application.run([
            "confdir /etc/pam.d", "start sshd alice", "rhost 192.0.2.7", "no-delay",
            *(f"reply {prompt} {word(answer)}" for prompt, answer in replies),
            "heed", *phases, "environment", "insist", "putenv SSH_AUTH_INFO_0=publickey ssh-ed25519 AAAA", "open_session", "environment", "end"])
        codes = [(index, (key, text)) for index, (key, text) in enumerate(said) if key in PHASES]
        (last, _), (afterwards, _) = codes[-2:]
        prompts = [text.split()[0] for key, text in said if key.startswith("prompt")]
        return Login([each for _, each in codes[:-1]], prompts, variables(said[last:afterwards]), variables(said[afterwards:]))


def variables(said):
    return dict(text.split("=", 1) for key, text in said if key == "env")


# sshd has two ways to ask: by password in the process that opens the session, by keyboard-interactive in a child of it.
WAYS = [PHASES[:1], ["authenticate-in-child"]]
REST = ["acct_mgmt", "setcred", "open_session"]


@pytest.fixture
def stack(build, log, pam_service, configure, settings, idp, sts, put_file):
    """stack(row): the row's stack, in a world where alice has a password."""
    accounts.set_password("alice", PASSWORD)
    for path in ("/etc/security/access.conf", "/etc/security/no-token.conf"):
        put_file(path, "")

    def install(row):
        pam_service("sshd", "".join(f"{line}\n" for line in whole(row)))
        for name, lines in row.files.items():
            pam_service(name, "".join(f"{line}\n" for line in lines))
        return Stack(PamApplication(build, "sshd", log), row, configure, settings, idp)

    yield install
    shutil.rmtree(TALLIES, ignore_errors=True)
    shutil.rmtree(CODES, ignore_errors=True)
    Path("/etc/nologin").unlink(missing_ok=True)


def bad_sets(others):
    """Each choice of at least one of the others; where there are none, nothing can be bad."""
    return [chosen for size in range(1, len(others) + 1) for chosen in itertools.combinations(others, size)] or [()]


@of_logins
def test_login_comes_out_as_the_page_says(stack, sts, row):
    service = stack(row)
    found = {}
    for column in row.cells:
        _, other_is_good = COLUMNS[column]
        outcomes = set()
        for token, bad, way in itertools.product(row.tokens(column), [()] if other_is_good else bad_sets(row.others()), WAYS):
            login = service.log_in(token, bad, [*way, *REST])
            outcomes.add(login.outcome)
            if login.outcome == "AWS":
                assert token == GOOD
                assert issued(login.environment, sts) == set(CREDENTIALS)
            if not login.is_in:
                assert nothing_of_ours(login.environment) and not login.afterwards.get(HANDOFF), (column, token, bad, way)
                assert nothing_of_ours(login.afterwards), (column, token, bad, way)
        found[column] = outcomes
    assert found == {column: {outcome} for column, outcome in row.cells.items()}


def nothing_of_ours(environment):
    return not [name for name in environment if name.startswith("AWS_")]


def issued(environment, sts):
    """The variables whose values are those that STS has given last."""
    credentials = sts.requests[-1].answer.credentials
    values = {"AWS_ACCESS_KEY_ID": credentials.access_key_id, "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
              "AWS_SESSION_TOKEN": credentials.session_token, "AWS_CREDENTIAL_EXPIRATION": credentials.expiration, "AWS_REGION": cases.REGION,
              "AWS_DEFAULT_REGION": cases.REGION}
    return {name for name, value in values.items() if environment.get(name) == value}


@of_sessions
def test_session_has_what_the_page_says(stack, sts, put_file, row):
    put_file("/etc/environment", "".join(f"{name}={value}\n" for name, value in ENVIRONMENT.items()))
    service = stack(row)
    by_key = service.log_in(GOOD, (), REST)
    assert "AWS_SESSION_TOKEN" not in by_key.environment and not by_key.environment.get(HANDOFF) and not sts.requests
    for way in WAYS:
        login = service.log_in(GOOD, (), [*way, *REST])
        found = {"Good token": login.outcome, "Public key": by_key.outcome, HANDOFF: "there" if login.environment.get(HANDOFF) else ""}
        ours = issued(login.environment, sts)
        for name, value in ENVIRONMENT.items():
            found[name] = "ours" if name in ours else "pam_env" if login.environment.get(name) == value else login.environment.get(name, "")
        if login.outcome == "AWS":
            assert ours | set(ENVIRONMENT) == set(CREDENTIALS)
        assert {column: value for column, value in found.items() if value} == row.cells


# What the remarks say.

OURS, UNIX = "pam_aws_oidc.so", "pam_unix.so"
CODE = f"pam_google_authenticator.so secret={CODES}/${{USER}} user=root"
ALL_PHASES = [PHASES[0], *REST]


def row_of(*lines):
    """The row of the page whose auth lines are these, the ones of other files last."""
    [row] = [row for row in ROWS if lines == tuple(line.removeprefix("auth ") for line in row.all_lines()
                                                   if not line.startswith(("account", "session")))]
    return row


def test_bad_tokens_are_bad_in_different_ways(stack):
    service = stack(row_of(f"required {OURS}"))
    codes = {token: service.log_in(token, (), ALL_PHASES).codes for token in (EXPIRED, ELSES, FORGED, NO_TOKEN, AWAY)}
    assert codes == {token: [("authenticate", code)] for token, code in [
        (EXPIRED, "PAM_AUTH_ERR"), (ELSES, "PAM_MAXTRIES"), (FORGED, "PAM_MAXTRIES"), (NO_TOKEN, "PAM_AUTH_ERR"), (AWAY, "PAM_AUTHINFO_UNAVAIL")]}


@pytest.mark.parametrize("lines, token, bad, prompts", [
    ([f"required {OURS} use_first_pass"], GOOD, [], []),
    ([f"required {UNIX}", f"required {OURS}"], GOOD, ["password"], ["Password:", "OpenID"]),
    ([f"requisite {UNIX}", f"required {OURS}"], GOOD, ["password"], ["Password:"]),
    ([f"requisite {OURS}", f"required {UNIX}"], EXPIRED, [], ["OpenID"]),
    ([f"optional {UNIX}", f"required {OURS}"], GOOD, [], ["Password:", "OpenID"]),
    ([f"required {OURS}", f"required {UNIX} try_first_pass"], GOOD, [], ["OpenID", "Password:"]),
    ([f"[success=done default=die] {OURS}", f"required {UNIX}"], GOOD, [], ["OpenID"]),
    ([f"sufficient {UNIX}", f"required {OURS}"], GOOD, [], ["Password:"]),
    ([f"sufficient {OURS}", f"required {UNIX}"], EXPIRED, [], ["OpenID", "Password:"]),
    ([f"sufficient {UNIX} try_first_pass", f"required {OURS} use_first_pass"], GOOD, ["password"], ["Password:"]),
    ([f"sufficient {UNIX}", f"required {OURS} try_first_pass"], GOOD, ["password"], ["Password:"]),
    ([f"[success=done default=ignore] {UNIX}", f"requisite {OURS} use_first_pass"], GOOD, ["password"], ["Password:"]),
    ([f"required {OURS}", f"required {CODE} try_first_pass"], GOOD, [], ["OpenID", "Verification"]),
    ([f"required {CODE} forward_pass", f"required {OURS} use_first_pass"], GOOD, [], ["Password"]),
    ([f"required {CODE} forward_pass", f"required {OURS} try_first_pass"], GOOD, [], ["Password"]),
    ([f"required {CODE} forward_pass", f"required {UNIX} use_first_pass", f"required {OURS}"], GOOD, [], ["Password", "OpenID"]),
    ([f"required {CODE} forward_pass", f"required {OURS}", f"required {UNIX} use_first_pass"], GOOD, [], ["Password", "OpenID"]),
    ([f"sufficient {OURS}", f"required {CODE}"], GOOD, [], ["OpenID"]),
    (["substack token", f"required {UNIX}", f"sufficient {OURS}", "required pam_deny.so"], GOOD, [], ["OpenID", "Password:"]),
    (["substack token", f"required {UNIX}", f"[success=done default=die] {OURS}"], GOOD, [], ["OpenID", "Password:"]),
    (["substack token", f"required {UNIX}", f"[success=done default=die] {OURS}"], EXPIRED, [], ["OpenID", "Password:"]),
    (["include token", f"required {UNIX}", f"sufficient {OURS}"], GOOD, [], ["OpenID"]),
    (["sufficient pam_access.so accessfile=/etc/security/no-token.conf", f"required {OURS}"], GOOD, [], []),
    ([f"[success=done authinfo_unavail=ignore default=die] {OURS}", f"required {UNIX}"], EXPIRED, [], ["OpenID"]),
    ([f"[success=done authinfo_unavail=ignore default=die] {OURS}", f"required {UNIX}"], AWAY, [], ["OpenID", "Password:"]),
], ids=lambda value: "-then-".join(value) if isinstance(value, list) else value)
def test_user_is_asked_what_the_page_says(stack, lines, token, bad, prompts):
    assert stack(row_of(*lines)).log_in(token, bad, ALL_PHASES).prompts == prompts


def test_factor_below_ours_that_fails_leaves_nothing_that_is_published(stack, sts):
    login = stack(row_of(f"required {OURS}", f"required {UNIX}")).log_in(GOOD, ["password"], ALL_PHASES)
    assert login.codes == [("authenticate", "PAM_AUTH_ERR")] and sts.requests[0].answer.credentials is not None
    assert login.environment[HANDOFF] and nothing_of_ours(login.environment)
    assert login.afterwards == {"SSH_AUTH_INFO_0": "publickey ssh-ed25519 AAAA"}


PREAUTH, AUTHFAIL, AUTHSUCC = (f"pam_faillock.so {place} deny={DENY}" for place in ("preauth", "authfail", "authsucc"))
LOCKING = {
    "token": row_of(f"requisite {PREAUTH}", f"[success=1 default=bad] {OURS}", f"[default=die] {AUTHFAIL}", f"required {AUTHSUCC}"),
    "token, by an account line": row_of(f"required {PREAUTH}", f"sufficient {OURS}", f"[default=die] {AUTHFAIL}"),
    "token, without preauth": row_of(f"[success=1 default=bad] {OURS}", f"[default=die] {AUTHFAIL}", f"required {AUTHSUCC}"),
    "token, unless AWS is away": row_of(f"requisite {PREAUTH}", f"[success=1 authinfo_unavail=die default=bad] {OURS}", f"[default=die] {AUTHFAIL}",
                                        f"required {AUTHSUCC}"),
    "password": row_of(f"requisite {PREAUTH}", f"[success=1 default=bad] {UNIX}", f"[default=die] {AUTHFAIL}", f"requisite {OURS}",
                       f"required {AUTHSUCC}"),
    "both": row_of(f"requisite {PREAUTH}", f"[success=1 default=bad] {UNIX}", f"[default=die] {AUTHFAIL}", f"[success=1 default=bad] {OURS}",
                   f"[default=die] {AUTHFAIL}", f"required {AUTHSUCC}"),
}


@pytest.mark.parametrize("name, token, bad, outcome, asked", [
    ("token", EXPIRED, [], "no", False),
    ("token", ELSES, [], "no", False),
    ("token", AWAY, [], "no", False),
    ("token, by an account line", EXPIRED, [], "no", True),
    ("token, without preauth", EXPIRED, [], "no", True),
    ("token, unless AWS is away", EXPIRED, [], "no", False),
    ("token, unless AWS is away", AWAY, [], "AWS", True),
    ("password", EXPIRED, [], "AWS", True),
    ("password", GOOD, ["password"], "no", False),
    ("both", EXPIRED, [], "no", False),
    ("both", GOOD, ["password"], "no", False),
])
def test_failures_that_the_page_calls_counted_lock_out(stack, name, token, bad, outcome, asked):
    service = stack(LOCKING[name])
    for attempt in [service.log_in, *[service.log_in_again] * (DENY - 1)]:
        assert not attempt(token, bad, ALL_PHASES).is_in
    service.bring_aws_back()
    login = service.log_in_again(GOOD, [], ALL_PHASES)
    assert (login.outcome, bool(login.prompts)) == (outcome, asked)


@pytest.mark.parametrize("name", LOCKING)
def test_success_takes_the_failures_back(stack, name):
    service = stack(LOCKING[name])
    bad = ["password"] if "password" in LOCKING[name].others() else []
    assert service.log_in(GOOD, [], ALL_PHASES).is_in
    for _ in range(2):
        for _ in range(DENY - 1):
            assert not service.log_in_again(EXPIRED, bad, ALL_PHASES).is_in
        assert service.log_in_again(GOOD, [], ALL_PHASES).is_in


# The page itself.

def test_rows_are_numbered_from_1():
    assert [row.number for row in ROWS] == list(range(1, len(ROWS) + 1)) and len(ROWS) >= 40


def test_columns_and_outcomes_are_known_ones():
    for row in ROWS:
        assert row.lines
        for column, cell in row.cells.items():
            assert column in [*COLUMNS, "Public key", "AWS_ACCESS_KEY_ID", "AWS_REGION", HANDOFF]
            assert cell in ({"ours", "pam_env"} if column in ENVIRONMENT else {"there"} if column == HANDOFF else OUTCOMES), row


def test_only_columns_that_make_no_sense_are_empty():
    for row in ROWS:
        outcomes = [column for column in row.columns if column in COLUMNS]
        if row.asks_once():
            expected = [column for column in outcomes if column != "Both good"]
        elif row.others() or "Token only" not in outcomes:
            expected = outcomes
        else:
            expected = [column for column in outcomes if column in ("Token only", "Neither", "AWS away, other bad")]
        assert [column for column in outcomes if column in row.cells] == expected, row


def test_no_row_has_credentials_for_a_bad_token():
    for row in ROWS:
        for column, (tokens, _) in COLUMNS.items():
            assert row.cells.get(column) != "AWS" or tokens == [GOOD], row


def test_nobody_is_in_without_anything_but_where_the_page_warns():
    for row in ROWS:
        if row.section != BAD_STACKS:
            assert {row.cells.get(column, "no") for column in ("Neither", "AWS away, other bad")} == {"no"}, row


def test_who_is_in_by_the_other_alone_is_told():
    for row in ROWS:
        if row.section != BAD_STACKS and row.cells.get("Other only") == "in":
            assert re.search(r"alone lets? in", row.remark), row


CONTROLS = ["required", "requisite", "sufficient", "optional", "["]


def ours_and_neighbours(row, kind):
    """The control of our line of a kind, and the lines before and behind it."""
    lines = [line for line in row.lines if line.startswith(kind)]
    for index, line in enumerate(lines):
        if "pam_aws_oidc.so" in line.split():
            yield line.split()[1][0] if line.split()[1].startswith("[") else line.split()[1], lines[:index], lines[index + 1:]


def test_every_control_of_ours_stands_below_and_above_and_between_others():
    seen = {(control, bool(before), bool(behind)) for row in ROWS for control, before, behind in ours_and_neighbours(row, "auth")}
    assert seen == set(itertools.product(CONTROLS, [False, True], [False, True]))


def test_every_module_control_and_word_stands_before_and_behind_ours():
    modules = ["pam_unix.so", "pam_faillock.so", "pam_env.so", "pam_systemd.so", "pam_access.so", "pam_google_authenticator.so"]
    for side in (0, 1):
        neighbours = [line.split() for row in ROWS for kind in ("auth", "session") for _, *sides in ours_and_neighbours(row, kind)
                      for line in sides[side]]
        for wanted in modules:
            assert any(wanted in words for words in neighbours), (side, wanted)
        for wanted in CONTROLS:
            assert any(words[1].startswith(wanted) for words in neighbours), (side, wanted)
        for wanted in ("try_first_pass", "use_first_pass"):
            assert any(wanted in words for words in neighbours), (side, wanted)
