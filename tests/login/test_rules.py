"""Which rule serves whom: users, groups and claims, the first that matches, and what a rule brings to its sessions.

The table is in rules.py. Here too is what no rule may be: each mistake of an administrator is a finding with its line, and never a permission.
"""

import json
from pathlib import Path

import pytest

import accounts
import cases
import hosts
import module_configuration
import rules
from iam import Role, trust_policy

NSSWITCH = Path("/etc/nsswitch.conf")

# What the settings of a rule bring to a request, beside the role.
POLICY = '{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "s3:*", "Resource": "*" } }'
LONG = f'users = [ "alice" ]; duration = 43200; region = "eu-central-1"; policy_arns = [ "{cases.READ_ONLY}", "{cases.OWN_POLICY}" ]; ' \
    'policy = "' + POLICY.replace('"', '\\"') + '";'
SHORT = 'users = [ "bob" ]; duration = 900; region = "us-gov-west-1";'
PLAIN = 'users = [ "carol" ];'


@pytest.fixture(scope="module", autouse=True)
def people(private_world):
    saved = accounts.save()
    rules.add_people()
    yield
    accounts.restore(saved)


@pytest.fixture
def log_in(login_service, configure, idp, sts):
    """log_in(rules, user, claims={}): an attempt under these rules, of a user whose token says that it is his. STS lets him have each rule's role."""
    def attempt(chosen, user, claims=None):
        everybody = trust_policy(sts.iam.providers[0], aud=cases.AUDIENCE)
        sts.iam.roles.extend(Role(rules.role_arn(name), everybody, max_session_duration=43200) for name in chosen)
        configure(f'sts = {{ region = "{cases.REGION}"; ca_file = "{hosts.CA_FILE}"; }};\n'
                  f'providers = ( {{ name = "corp"; issuer = "{idp.issuer}"; audience = [ "{cases.AUDIENCE}" ]; '
                  'user = { claim = "sub"; is = "%u"; }; } );\n' + rules.text(chosen))
        standard = {"iss": idp.issuer, "sub": user, "aud": cases.AUDIENCE, "iat": idp.now(), "exp": idp.now() + 600}
        return login_service(user, idp.mint(payload_text=json.dumps(standard | (claims or {}))), configured=True)

    return attempt


def assert_refused(attempt, sts, code, reason):
    """Refused before STS was asked, and no role named."""
    assert (attempt.code, attempt.reason, attempt.environment) == (code, reason, {})
    assert (attempt.audit("rule"), attempt.audit("role")) == (None, None)
    assert (sts.requests, sts.connections) == ([], 0)


def line_of_rule(number):
    """Where rules.text() puts a rule, counted from 1, in the file of log_in()."""
    return f"{module_configuration.PATH}:{3 + number}: "


# Who is served.

@pytest.mark.parametrize("row", rules.ROWS, ids=lambda row: row.what.replace(" ", "-"))
def test_rule(log_in, sts, row):
    attempt = log_in(row.rules, row.user, row.claims)
    if row.expected in rules.REFUSALS:
        assert_refused(attempt, sts, rules.REFUSALS[row.expected], row.expected)
    else:
        assert (attempt.code, attempt.reason) == ("PAM_SUCCESS", "ok")
        assert (attempt.audit("rule"), attempt.audit("role")) == (row.expected, rules.role_arn(row.expected))
        assert [request.parameters["RoleArn"] for request in sts.requests] == [rules.role_arn(row.expected)]


def test_every_rule_of_the_table_serves_somebody():
    assert {row.expected for row in rules.ROWS if row.rules is rules.RULES} - rules.REFUSALS.keys() == rules.RULES.keys()


def test_user_without_a_rule_reads_why(log_in):
    assert log_in(rules.RULES, "alice").words == ["No AWS role is meant for this user on this host."]


def test_user_who_joins_a_group_is_served_at_the_next_login(log_in):
    assert log_in({"late": 'groups = [ "ops" ];'}, "bob").reason == "no_rule"
    groups = Path("/etc/group")
    groups.write_text("".join(line.replace(":in-ops,", ":bob,in-ops,") for line in groups.read_text(encoding="utf-8").splitlines(True)),
                      encoding="utf-8")
    assert log_in({"late": 'groups = [ "ops" ];'}, "bob").audit("rule") == "late"


def test_rule_that_matches_counts_even_where_its_role_does_not_let_in(log_in, sts):
    # The next rule would have let her in.
    def deny(request, answer):
        sts.iam.roles.clear()
        return sts.respond(request)

    sts.answers.append(deny)
    attempt = log_in(rules.NARROW_FIRST, "alice")
    assert (attempt.reason, attempt.audit("rule"), len(sts.requests)) == ("sts_denied", "narrow", 1)


# What a rule brings.

@pytest.mark.parametrize("user, parameters, region", [
    ("alice", {"DurationSeconds": "43200", "Policy": POLICY, "PolicyArns.member.1.arn": cases.READ_ONLY,
               "PolicyArns.member.2.arn": cases.OWN_POLICY}, "eu-central-1"),
    ("bob", {"DurationSeconds": "900"}, "us-gov-west-1"),
    ("carol", {}, cases.REGION),
])
def test_settings_of_a_rule_are_those_of_its_sessions_alone(log_in, sts, user, parameters, region):
    attempt = log_in({"long": LONG, "short": SHORT, "plain": PLAIN}, user)
    common = ("Action", "Version", "RoleArn", "RoleSessionName", "WebIdentityToken")
    assert attempt.reason == "ok"
    assert (attempt.environment["AWS_REGION"], attempt.environment["AWS_DEFAULT_REGION"]) == (region, region)
    assert {name: value for name, value in sts.requests[0].parameters.items() if name not in common} == parameters
    assert sts.requests[0].headers["Host"] == hosts.STS_HOSTS[0]    # whatever the session's region


def test_region_of_a_rule_is_no_region_of_sts(log_in, sts):
    attempt = log_in({"far": 'region = "ap-southeast-2";'}, "alice")
    assert attempt.environment["AWS_REGION"] == "ap-southeast-2"
    assert sts.requests[0].headers["Host"] == hosts.STS_HOSTS[0]


# Groups that cannot be told.

def test_group_that_the_host_does_not_have_lets_nobody_in(log_in, sts):
    attempt = log_in({"gone": 'groups = [ "no-such-group" ];', "everybody": ""}, "alice")
    assert_refused(attempt, sts, "PAM_SERVICE_ERR", "config")
    assert "no-such-group" in attempt.audit("what")


def test_group_that_the_host_does_not_have_beside_one_that_it_has_lets_nobody_in(log_in, sts):
    assert_refused(log_in({"gone": 'groups = [ "ops", "no-such-group" ];'}, "in-dba"), sts, "PAM_SERVICE_ERR", "config")


def test_group_that_the_host_does_not_have_counts_behind_a_rule_that_matches_too(log_in, sts):
    # What stands in the file is wrong, whoever logs in.
    assert_refused(log_in({"everybody": "", "gone": 'groups = [ "no-such-group" ];'}, "alice"), sts, "PAM_SERVICE_ERR", "config")


@pytest.mark.parametrize("group", ["0", "1000", "2000", "+ops", "ops "])
def test_group_is_a_name_and_no_number(log_in, sts, group):
    assert_refused(log_in({"numbered": f'groups = [ "{group}" ];', "everybody": ""}, "alice"), sts, "PAM_SERVICE_ERR", "config")


@pytest.mark.parametrize("source", ["nosuchmodule", "nosuchmodule [UNAVAIL=return] files"])
def test_groups_that_cannot_be_read_let_nobody_in_by_a_wider_rule(log_in, sts, put_file, source):
    lines = NSSWITCH.read_text(encoding="ascii").splitlines(True)
    put_file(NSSWITCH, "".join(f"group: {source}\n" if line.startswith("group:") else line for line in lines))
    attempt = log_in({"operators": 'groups = [ "ops" ];', "everybody": ""}, "in-ops")
    assert_refused(attempt, sts, "PAM_SERVICE_ERR", "config")
    assert "ops" in attempt.audit("what")


def test_groups_that_cannot_be_read_do_not_matter_to_rules_without_groups(log_in, put_file):
    lines = NSSWITCH.read_text(encoding="ascii").splitlines(True)
    put_file(NSSWITCH, "".join("group: nosuchmodule\n" if line.startswith("group:") else line for line in lines))
    assert log_in({"named": 'users = [ "alice" ];'}, "alice").audit("rule") == "named"


def test_member_is_found_in_the_groups_entry_where_his_groups_cannot_be_read(log_in, put_file):
    put_file(NSSWITCH, NSSWITCH.read_text(encoding="ascii") + "initgroups: nosuchmodule\n")
    assert log_in({"operators": 'groups = [ "ops" ];', "everybody": ""}, "in-ops").audit("rule") == "operators"


def test_groups_are_read_past_a_source_that_is_not_there(log_in, put_file):
    lines = NSSWITCH.read_text(encoding="ascii").splitlines(True)
    put_file(NSSWITCH, "".join("group: nosuchmodule files\n" if line.startswith("group:") else line for line in lines))
    assert log_in({"operators": 'groups = [ "ops" ];'}, "in-ops").audit("rule") == "operators"


# What no rule may be.

@pytest.mark.parametrize("settings, finding", [
    ('users = [ ];', '"users"'),
    ('users = "alice";', '"users"'),
    ('users = [ 1000 ];', '"users"'),
    ('users = [ "" ];', '"users"'),
    ('users = ( [ "alice" ] );', '"users"'),
    ('users = { alice = true; };', '"users"'),
    ('user = [ "alice" ];', '"user"'),

    # Lists with a slip of the pen.
    ('users = [ "alice" "bob" ];', "a comma is missing"),
    ('users = ( "carol", "alice" "bob" );', "a comma is missing"),
    ('users = [ "alice" /* and */ "bob" ];', "a comma is missing"),
    ('groups = [ "ops" "audit" ];', "a comma is missing"),
    ('claims = ( { claim = [ "a" "b" ]; any = [ 1 ]; } );', "a comma is missing"),
    ('claims = ( { claim = "a"; any = [ "b" "c" ]; } );', "a comma is missing"),
    ('claims = ( { claim = "a"; any = ( 1, "b" "c" ); } );', "a comma is missing"),
    ('claims = ( { claim = "a"; any = [ 1 2 ]; } );', "syntax error"),
    ('claims = ( { claim = "a"; any = [ 1, true ]; } );', "mismatched"),
    ('claims = ( { claim = "a"; any = [ 1 ]; } { claim = "b"; any = [ 1 ]; } );', "syntax error"),
    ('users = [ "alice", ];', "syntax error"),
    ('users = [ "alice", , "bob" ];', "syntax error"),
    ('users = [ "alice"; "bob" ];', "syntax error"),
    ('users = [ "alice, "bob" ];', "syntax error"),
    ('users = [ "alice"', "syntax error"),
    ('users = [ "alice" );', "syntax error"),
    ('users = [ "alice" ] [ "bob" ];', "syntax error"),
    ('users = "alice", "bob";', "syntax error"),
    ('users = [ alice ];', "syntax error"),
    ("users = [ 'alice' ];", "syntax error"),
    ('users [ "alice" ];', "syntax error"),
    ('users = [ "alice", 1 ];', "mismatched"),
    ('users = ( "alice", 1 );', '"users"'),
    ('users = [ "alice" ]; users = [ "bob" ];', "duplicate"),
    ('users = [ "alice" ]; Users = [ "bob" ];', '"Users"'),
    ('users = [ "alice" ]; /* "bob" ];', "this comment has no end"),
    ('/*/ users = [ "alice" ];', "this comment has no end"),

    # Users whom nobody can be.
    *((f'users = [ "alice", "{name}" ];', "names of 2 to 64") for name in (
        "a", "x" * 65, "al ice", " alice", "alice ", "alice;bob", "alice:bob", "al*ce", "*", "%u", "al/ce", r"EXAMPLE\\alice", r"alice\n",
        "al\u00e9")),

    # Escapes that there are not.
    (r'users = [ "EXAMPLE\alice" ];', "backslash"),
    (r'users = [ "\u0061lice" ];', "backslash"),
    (r'groups = [ "o\ps" ];', "backslash"),
    (r'claims = ( { claim = "a\.b"; any = [ 1 ]; } );', "backslash"),
    (r'claims = ( { claim = "a"; any = [ "b\/c" ]; } );', "backslash"),
    (r'claims = ( { claim = "a"; any = [ "\x4" ]; } );', "backslash"),
    (r'claims = ( { claim = "a"; any = [ "\xg1" ]; } );', "backslash"),
    (r'users = [ "alice\x00.smith" ];', "NUL"),
    (r'claims = ( { claim = "a"; any = [ "\x00" ]; } );', "NUL"),

    ('groups = [ ];', '"groups"'),
    ('groups = "ops";', '"groups"'),
    ('groups = [ 4 ];', '"groups"'),
    ('groups = [ "" ];', '"groups"'),
    ('group = [ "ops" ];', '"group"'),
    ('claims = ( );', '"claims"'),
    ('claims = [ ];', '"claims"'),
    ('claims = { claim = "a"; any = [ 1 ]; };', '"claims"'),
    ('claims = ( "a" );', "a claim's condition"),
    ('claims = ( { any = [ 1 ]; } );', '"claim"'),
    ('claims = ( { claim = ""; any = [ 1 ]; } );', '"claim"'),
    ('claims = ( { claim = 7; any = [ 1 ]; } );', '"claim"'),
    ('claims = ( { claim = [ ]; any = [ 1 ]; } );', '"claim"'),
    ('claims = ( { claim = [ "a", "" ]; any = [ 1 ]; } );', '"claim"'),
    ('claims = ( { claim = [ 1, 2 ]; any = [ 1 ]; } );', '"claim"'),
    ('claims = ( { claim = ( "a", [ "b" ] ); any = [ 1 ]; } );', '"claim"'),
    ('claims = ( { claim = { name = "a"; }; any = [ 1 ]; } );', '"claim"'),
    ('claims = ( { claim = "a"; } );', '"any"'),
    ('claims = ( { claim = "a"; any = [ ]; } );', '"any"'),
    ('claims = ( { claim = "a"; any = ( ); } );', '"any"'),
    ('claims = ( { claim = "a"; any = 1; } );', '"any"'),
    ('claims = ( { claim = "a"; any = "b"; } );', '"any"'),
    ('claims = ( { claim = "a"; any = ( [ 1 ] ); } );', '"any"'),
    ('claims = ( { claim = "a"; any = ( { b = 1; } ); } );', '"any"'),
    ('claims = ( { claim = "a"; any = [ 9007199254740992L ]; } );', '"any"'),
    ('claims = ( { claim = "a"; any = [ -9007199254740992L ]; } );', '"any"'),
    ('claims = ( { claim = "a"; any = [ 9007199254740993L ]; } );', "9007199254740993"),
    ('claims = ( { claim = "a"; any = [ -9007199254740993L ]; } );', "9007199254740993"),
    ('claims = ( { claim = "a"; any = [ 18446744073709551619L ]; } );', "18446744073709551619"),
    ('claims = ( { claim = "a"; any = [ 4294967299 ]; } );', "4294967299"),
    ('claims = ( { claim = "a"; any = [ 1e300 ]; } );', '"any"'),
    ('claims = ( { claim = "a"; any = [ 1e400 ]; } );', '"any"'),
    ('claims = ( { claim = "a"; any = [ 1 ]; all = [ 1 ]; } );', '"all"'),
    ('claims = ( { claim = "a"; any = [ 1 ]; }, { claim = "b"; } );', '"any"'),
    ('duration = 899;', '"duration"'),
    ('duration = 43201;', '"duration"'),
    ('duration = 900.0;', '"duration"'),
    ('duration = "900";', '"duration"'),
    ('duration = -900;', '"duration"'),
    ('region = "EU-WEST-1";', '"region"'),
    ('region = "";', '"region"'),
    ('mfa = true;', '"mfa"'),
])
def test_rule_that_cannot_be_meant_lets_nobody_in(log_in, sts, settings, finding):
    attempt = log_in({"everybody": "", "odd": settings}, "alice")
    assert_refused(attempt, sts, "PAM_SERVICE_ERR", "config")
    assert attempt.audit("what").startswith(line_of_rule(2))
    assert finding in attempt.audit("what")


def test_missing_comma_between_lines_has_the_line_behind_it(log_in, sts):
    attempt = log_in({"everybody": "", "odd": 'users = [ "alice" // and\n  "bob" ];'}, "alice")
    assert_refused(attempt, sts, "PAM_SERVICE_ERR", "config")
    assert attempt.audit("what").startswith(f"{module_configuration.PATH}:6: ") and "a comma is missing" in attempt.audit("what")


def test_text_without_an_end_lets_nobody_in(log_in, sts):
    assert_refused(log_in({"everybody": "", "odd": 'users = [ "alice ];'}, "alice"), sts, "PAM_SERVICE_ERR", "config")


@pytest.mark.parametrize("chosen, number", [
    (f'rules = (\n {{ name = "a"; role_arn = "{cases.ENGINEER}"; }},\n {{ name = "a"; role_arn = "{cases.OF_BOB}"; }} );', 3),
    (f'rules = (\n {{ role_arn = "{cases.ENGINEER}"; }} );', 2),
    ('rules = (\n { name = "a"; } );', 2),
    ('rules = (\n { name = "a"; role_arn = "arn:aws:iam::123456789012:user/alice"; } );', 2),
    ('rules = (\n { name = "a"; role_arn = "arn:aws:iam::12345678901:role/A"; } );', 2),
    ('rules = (\n { name = "a"; role_arn = "arn:aws:sts::123456789012:assumed-role/A/alice"; } );', 2),
    ('rules = (\n "a" );', 1),
    ('rules = ( );', 1),
    (f'rules = {{ name = "a"; role_arn = "{cases.ENGINEER}"; }};', 1),
])
def test_rules_that_cannot_be_meant_let_nobody_in(login_service, configure, settings, idp, sts, chosen, number):
    del settings["rules"]
    configure(chosen + "\n" + module_configuration.text(settings))
    attempt = login_service("alice", idp.mint("alice"), configured=True)
    assert_refused(attempt, sts, "PAM_SERVICE_ERR", "config")
    assert attempt.audit("what").startswith(f"{module_configuration.PATH}:{number}: ")


def test_many_rules_with_many_conditions_are_read(log_in):
    many = {f"rule{number}": 'groups = [ "ops" ]; claims = ( ' + ", ".join(
        f'{{ claim = [ "a", "b{each}" ]; any = [ {", ".join(map(str, range(50)))} ]; }}' for each in range(20)) + " );" for number in range(100)}
    claims = {"a": {f"b{each}": 49 for each in range(20)}}
    assert log_in(many | {"last": ""}, "alice", claims).audit("rule") == "last"
    assert log_in(many | {"last": ""}, "in-ops", claims).audit("rule") == "rule0"
