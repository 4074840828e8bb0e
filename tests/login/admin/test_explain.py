"""pam-aws-oidc explain: the decisions of a login, one by one, without STS.

What it says must be what a login does: each test of agreement has a login through PAM beside it."""

import json
import os
import pwd
import subprocess
from pathlib import Path

import pytest

import accounts
import cases
import hosts
import module_configuration
import rules
from iam import Role, trust_policy
from web_identity import SOURCE_IDENTITY_CLAIM, TAGS_CLAIM

SERVICE = "bastion"
USERS_FILE = Path("/etc/security/pam_aws_oidc.users")


@pytest.fixture(scope="module", autouse=True)
def people(private_world):
    saved = accounts.save()
    rules.add_people()
    yield
    accounts.restore(saved)


@pytest.fixture
def explain(command, configure, login_service):
    """explain(user, token=None, *words): the document about a login by the service of login_service(), and its exit status."""
    def run(user, token=None, *words, caller=None):
        done = command("explain", "--json", "--user", user, "--service", SERVICE, *(["--token-file", "-"] if token is not None else []), *words,
                       stdin=token or "", user=caller)
        said = json.loads(done.stdout)
        assert (done.returncode == 0) == (said["verdict"]["result"] == "open")
        return said

    return run


def decisions(said, about, name=None):
    """The decisions about something, as pairs of what it came to and why."""
    return [(each["result"], each["why"]) for each in said["decisions"] if each["decision"] == about and name in (None, each.get("name"))]


def parameters(said):
    return {each["name"]: each["why"] for each in said["decisions"] if each["decision"] == "parameter"}


def assert_agreement(said, attempt):
    """What explain says is what came of the login. Where STS has refused, explain could not know; it may have found what would come behind."""
    reason = said["verdict"].get("reason")
    if attempt.reason.startswith("sts_"):
        assert reason in (None, "not_your_token")
        return
    assert reason == (None if attempt.reason == "ok" else attempt.reason)
    if attempt.reason == "ok":
        [chosen] = [each["name"] for each in said["decisions"] if each["decision"] == "rule" and each["result"] == "good"]
        assert (chosen, parameters(said)["RoleArn"]) == (attempt.audit("rule"), attempt.audit("role"))
    else:
        assert said["verdict"]["pam_code"] == attempt.code


# Agreement.

@pytest.mark.parametrize("row", rules.ROWS, ids=lambda row: row.what.replace(" ", "-"))
def test_rules_are_as_a_login_takes_them(explain, login_service, configure, idp, sts, row):
    """The table of users, claims and rules, of which tests/login/test_rules.py makes logins, too."""
    everybody = trust_policy(sts.iam.providers[0], aud=cases.AUDIENCE)
    sts.iam.roles.extend(Role(rules.role_arn(name), everybody, max_session_duration=43200) for name in row.rules)
    configure(f'sts = {{ region = "{cases.REGION}"; ca_file = "{hosts.CA_FILE}"; }};\n'
              f'providers = ( {{ name = "corp"; issuer = "{idp.issuer}"; audience = [ "{cases.AUDIENCE}" ]; '
              'user = { claim = "sub"; is = "%u"; }; } );\n' + rules.text(row.rules))
    standard = {"iss": idp.issuer, "sub": row.user, "aud": cases.AUDIENCE, "iat": idp.now(), "exp": idp.now() + 600}
    token = idp.mint(payload_text=json.dumps(standard | (row.claims or {})))
    said = explain(row.user, token)
    assert sts.requests == []
    assert_agreement(said, login_service(row.user, token, configured=True))


TOKENS = {
    "his": lambda idp, user: idp.mint(user),
    "bob's": lambda idp, user: idp.mint("bob"),
    "nobody's": lambda idp, user: idp.mint("nobody here"),
    "expired": lambda idp, user: idp.mint(user, exp=idp.now() - 1),
    "not yet valid": lambda idp, user: idp.mint(user, nbf=idp.now() + 600),
    "for others": lambda idp, user: idp.mint(user, "others"),
    "asked for by others": lambda idp, user: idp.mint(user, [cases.AUDIENCE, "others"], azp="others"),
    "of another issuer": lambda idp, user: idp.mint(user, iss="https://other.example.com"),
    "unsigned": lambda idp, user: idp.mint(user, header={"alg": "none"}),
    "symmetric": lambda idp, user: idp.mint(user, algorithm="HS256"),
    "forged": lambda idp, user: idp.mint(user, forged=True),
    "without a subject": lambda idp, user: idp.mint(None),
    "of two subjects": lambda idp, user: idp.mint(payload_text='{"iss": "%s", "sub": "alice", "sub": "bob", "aud": "%s", "exp": 4e9, "iat": 1}' % (idp.issuer, cases.AUDIENCE)),
    "too long": lambda idp, user: idp.mint(user, length=20001),
    "far too long": lambda idp, user: "x" * 40000,
    "cut": lambda idp, user: idp.mint(user, length=2000)[:1023],
    "a password": lambda idp, user: "correct horse",
    "nothing": lambda idp, user: "",
    "expired and for others": lambda idp, user: idp.mint(user, "others", exp=idp.now() - 1),
}


@pytest.mark.parametrize("user", ["alice", "bob", "root", "daemon", "nobody", accounts.HELPER_USER, "nosuchuser", "a"])
@pytest.mark.parametrize("kind", TOKENS)
def test_tokens_are_as_a_login_takes_them(explain, login_service, idp, sts, kind, user):
    token = TOKENS[kind](idp, user)
    said = explain(user, token)
    assert sts.requests == []
    assert_agreement(said, login_service(user, token))


BROKEN = {
    "a key that is unknown": "regoin = 1;\n",
    "a map that is missing": None,
    "a group that is missing": None,
    "an uid below min_uid": None,
}


@pytest.mark.parametrize("kind", BROKEN)
def test_configurations_are_as_a_login_takes_them(explain, login_service, configure, settings, idp, sts, kind):
    if kind == "a map that is missing":
        settings["providers"][0]["user"]["map_file"] = "/etc/security/no-such-map"
    if kind == "a group that is missing":
        settings["rules"][0]["groups"] = ["no-such-group"]
    if kind == "an uid below min_uid":
        settings["min_uid"] = 5000
    configure((BROKEN[kind] or "") + module_configuration.text(settings))
    token = idp.mint("alice")
    said = explain("alice", token)
    attempt = login_service("alice", token, configured=True)
    assert attempt.reason != "ok"
    assert_agreement(said, attempt)


@pytest.fixture
def amazon(configure, settings):
    """A provider of access tokens beside the other, alice's account in the map, and a role for it. Gives the provider's settings."""
    provider = {"name": "amazon", "provider_id": cases.AMAZON, "token_prefix": cases.TOKEN_PREFIX[cases.AMAZON],
                "audience": [cases.APPLICATION[cases.AMAZON]], "user": {"claim": "sub", "map_file": str(USERS_FILE)}}
    settings["providers"].append(provider)
    settings["rules"][0]["role_arn"] = cases.SHOPPER
    configure()
    USERS_FILE.write_text(f"{cases.ACCOUNT_OF_ALICE[cases.AMAZON]} alice\n", encoding="utf-8")
    return provider


def test_access_tokens_are_as_a_login_takes_them(explain, login_service, amazon, sts):
    token = cases.ACCESS_TOKEN[cases.AMAZON]
    said = explain("alice", token)
    assert parameters(said)["ProviderId"] == cases.AMAZON
    assert decisions(said, "identity") == [("open", f"an access token, of which STS must say the audience {cases.APPLICATION[cases.AMAZON]} "
                                                    f'and the subject "{cases.ACCOUNT_OF_ALICE[cases.AMAZON]}"')]
    assert said["verdict"]["why"] == f"alice gets in as {cases.SHOPPER}, if STS accepts the token and says that it is his"
    assert_agreement(said, login_service("alice", token, configured=True))
    assert decisions(explain("alice"), "provider", "amazon") == [
        ("open", f'an access token that begins with {cases.TOKEN_PREFIX[cases.AMAZON]}, for the ProviderId {cases.AMAZON}, of which STS says the audience {cases.APPLICATION[cases.AMAZON]} '
                 f'and the subject "{cases.ACCOUNT_OF_ALICE[cases.AMAZON]}"')]


@pytest.mark.parametrize("text", ["x bob\n", "word\n", None], ids=["of others", "malformed", "missing"])
def test_access_tokens_that_no_map_makes_the_users_are_as_a_login_takes_them(explain, login_service, configure, amazon, sts, text):
    if text is None:
        amazon["user"]["map_file"] = "/etc/security/no-such-map"
        configure()
    else:
        USERS_FILE.write_text(text, encoding="utf-8")
    token = cases.ACCESS_TOKEN[cases.AMAZON]
    said = explain("alice", token)
    attempt = login_service("alice", token, configured=True)
    assert attempt.reason == ("not_your_token" if text == "x bob\n" else "config")
    assert_agreement(said, attempt)


def test_parameters_are_those_that_are_sent(explain, login_service, configure, settings, idp, sts):
    settings["rules"][0] |= {"role_arn": cases.OPERATOR, "duration": 7200, "policy_arns": [cases.READ_ONLY, cases.OWN_POLICY],
                             "policy": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::%u"}]}'}
    configure()
    token = idp.mint("alice")
    told = parameters(explain("alice", token))
    login_service("alice", token, configured=True)
    sent = {name: value for name, value in sts.requests[-1].parameters.items() if name not in ("Action", "Version")}
    assert told.pop("WebIdentityToken") == f"({len(sent.pop('WebIdentityToken'))} characters)"
    assert told == sent and {"Policy", "PolicyArns.member.2.arn", "DurationSeconds"} <= told.keys()


# What is told.

def test_every_step_has_its_line(explain, idp):
    said = explain("alice", idp.mint("alice"))
    assert [each["decision"] for each in said["decisions"]] == ["configuration", "groups", "token", "provider", "audience", "time", "min-uid", "rule", "endpoint",
                                                                "parameter", "parameter", "parameter", "identity"]
    assert decisions(said, "identity") == [("good", f'sub "alice" is alice, by {USERS_FILE}')]
    assert decisions(said, "endpoint") == [("good", "https://sts.eu-west-1.amazonaws.com")]
    assert said["verdict"] == {"result": "open", "why": f"alice gets in as {cases.ENGINEER}, if STS accepts the token"}


def test_all_that_is_wrong_is_told(explain, idp):
    said = explain("alice", idp.mint("bob", "others", exp=idp.now() - 1))
    assert [each["decision"] for each in said["decisions"] if each["result"] == "refuses"] == ["audience", "time", "identity"]
    assert said["verdict"]["reason"] == "wrong_audience"


def test_rules_say_why_they_are_passed_over(explain, configure, settings, idp):
    department = {"claim": "department", "any": ["sre", 7]}
    settings["rules"] = [
        {"name": "of-bob", "role_arn": cases.ENGINEER, "users": ["bob"], "groups": ["ops"]},
        {"name": "of-sre", "role_arn": cases.ENGINEER, "claims": [department]},
        {"name": "of-nested", "role_arn": cases.ENGINEER, "claims": [{"claim": ["a.b", "c"], "any": ["x"]}]},
        {"name": "everyone", "role_arn": cases.ENGINEER}, {"name": "never", "role_arn": cases.ENGINEER}]
    configure()
    said = explain("alice", idp.mint("alice", department=["qa", True]))
    assert decisions(said, "rule") == [
        ("passed-over", "it is for users bob; for groups ops"),
        ("passed-over", 'department is ["qa",true], and none of ["sre",7]'),
        ("passed-over", 'a.b > c is missing, or not verified, and none of ["x"]'),
        ("good", cases.ENGINEER)]


def test_session_tags_and_source_identity_are_told(explain, idp):
    tags = {"principal_tags": {"team": ["sre"]}, "transitive_tag_keys": ["team"]}
    said = explain("alice", idp.mint("alice", **{TAGS_CLAIM: tags, SOURCE_IDENTITY_CLAIM: "al\x1bice", f"{TAGS_CLAIM}/principal_tags/flat": "x"}))
    assert decisions(said, "session-tags") == [("open", f"{TAGS_CLAIM}: {json.dumps(tags, separators=(',', ':'))}"), ("open", f'{TAGS_CLAIM}/principal_tags/flat: "x"')]
    assert decisions(said, "source-identity") == [("open", SOURCE_IDENTITY_CLAIM + ': "al\\u001Bice"')]


def test_text_is_for_people(command, login_service, configure, idp):
    done = command("explain", "--user", "alice", "--service", SERVICE, "--token-file", "-", stdin=idp.mint("bob"))
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert lines[0].split() == ["good", "configuration", f"{module_configuration.PATH}:", "providers", "1,", "rules", "1"]
    assert lines[-2:] == ['Refused, with not_your_token (PAM_MAXTRIES): the token\'s sub, "bob", is not this user',
                          "The user reads: " + [line for line in lines if line.startswith("The user reads: ")][0].removeprefix("The user reads: ")]


def test_no_claim_orders_the_terminal_about(command, login_service, idp):
    done = command("explain", "--user", "alice", "--service", SERVICE, "--token-file", "-", stdin=idp.mint("al\x1b[31mice\x9b", iss="https://\x1b]0;x\x07"))
    assert not {"\x1b", "\x07", "\x9b"} & set(done.stdout)


def test_no_name_orders_the_terminal_about(login_service, configure, settings):
    settings["rules"][0]["name"] = "every\N{LATIN SMALL LETTER O WITH DIAERESIS}ne"
    path = configure()
    words = ["/usr/sbin/pam-aws-oidc", "explain", "--user", "alice", "--service", SERVICE]
    assert "every\N{LATIN SMALL LETTER O WITH DIAERESIS}ne".encode() in subprocess.run(words, capture_output=True, check=True).stdout
    path.write_bytes(path.read_bytes().replace("\N{LATIN SMALL LETTER O WITH DIAERESIS}".encode(), b"\x9b"))
    assert b"every?ne" in subprocess.run(words, capture_output=True, check=True).stdout


def test_token_is_not_printed(explain, idp):
    token = idp.mint("alice")
    said = json.dumps(explain("alice", token))
    assert not [part for part in token.split(".") if part in said]


def test_nobody_is_asked(explain, idp, sts):
    before = idp.connections, sts.connections
    explain("alice", idp.mint("alice"))
    explain("alice")
    assert (idp.connections, sts.connections) == before


# Without a token.

def test_what_a_token_would_have_to_contain(explain, configure, settings, idp):
    settings["providers"].append({"name": "mail", "issuer": "https://mail.example.com", "audience": ["a", "b"], "user": {"claim": "email", "is": "%u@example.com"}})
    settings["rules"] = [{"name": "of-bob", "role_arn": cases.ENGINEER, "users": ["bob"]},
                         {"name": "of-sre", "role_arn": cases.OPERATOR, "claims": [{"claim": "department", "any": ["sre"]}], "duration": 900},
                         {"name": "everyone", "role_arn": cases.ENGINEER}, {"name": "never", "role_arn": cases.OF_BOB}]
    configure()
    said = explain("alice")
    assert decisions(said, "provider", "corp") == [("open", f'an ID token that has not expired, with iss {idp.issuer}, aud (or azp, if it has one) of {cases.AUDIENCE}, and sub "alice"')]
    assert decisions(said, "provider", "mail") == [
        ("open", 'an ID token that has not expired, with iss https://mail.example.com, aud (or azp, if it has one) of a, b, and email "alice@example.com", email_verified true')]
    assert decisions(said, "rule") == [("passed-over", "it is for users bob; for groups none"),
                                       ("open", f'for a token with department of ["sre"]: {cases.OPERATOR}'),
                                       ("open", f"for any token of his that no rule above is for: {cases.ENGINEER}")]
    assert [each["why"] for each in said["decisions"] if each.get("name") == "DurationSeconds"] == ["900"]
    assert said["verdict"] == {"result": "open", "why": "alice can get in, with such a token"}


def test_map_with_many_values_of_one_user(explain, configure):
    configure()
    USERS_FILE.write_text("".join(f"subject{number} alice\n" for number in range(25)) + "x bob\n", encoding="utf-8")
    [(_, why)] = decisions(explain("alice"), "provider")
    assert '"subject0", "subject1"' in why and why.endswith('"subject19" and 5 more')


def test_nobody_whom_no_token_is_of_can_get_in(explain, configure):
    configure()
    USERS_FILE.write_text("x bob\n", encoding="utf-8")
    said = explain("alice")
    assert decisions(said, "provider") == [("passed-over", f"no sub is this user's in {USERS_FILE}")]
    assert said["verdict"]["reason"] == "not_your_token"


def test_value_that_no_token_can_have_lets_nobody_in(explain, configure):
    configure()
    USERS_FILE.write_bytes(b"al\xefce alice\n")
    assert explain("alice")["verdict"]["reason"] == "not_your_token"


def test_nobody_for_whom_no_rule_is_can_get_in(explain, configure, settings):
    settings["rules"][0]["users"] = ["bob"]
    configure()
    assert explain("alice")["verdict"]["reason"] == "no_rule"


def test_rule_has_all_that_it_asks_for(explain, configure, settings):
    settings["rules"][0]["claims"] = [{"claim": "email", "any": ["a@example.com"]}, {"claim": "team", "any": ["red"]}, {"claim": ["contact", "email"], "any": ["b"]}]
    configure()
    assert [why for _, why in decisions(explain("alice"), "rule")] == [
        f'for a token with email of ["a@example.com"], email_verified true: {cases.ENGINEER}',
        f'and also with team of ["red"]: {cases.ENGINEER}',
        f'and also with contact > email of ["b"]: {cases.ENGINEER}']


def test_nobody_whose_tokens_have_no_claims_gets_in_by_rules_that_ask_for_some(explain, login_service, configure, settings, amazon):
    settings["rules"][0]["claims"] = [{"claim": "department", "any": ["sre"]}]
    settings["providers"] = [amazon]
    configure()
    said = explain("alice")
    assert decisions(said, "rule") == [("passed-over", "no token that can be his has the claims that it asks for")]
    assert said["verdict"]["reason"] == "no_rule"
    assert login_service("alice", cases.ACCESS_TOKEN[cases.AMAZON], configured=True).reason == "no_rule"


# A provider whose tokens are nobody's.
WITHOUT_ITS_MAP = {"name": "mail", "issuer": "https://mail.example.com", "audience": ["a"], "user": {"claim": "sub", "map_file": "/etc/security/no-such-map"}}

EXCLUDED = {
    "of another issuer": ([{"claim": "iss", "any": ["https://mail.example.com"]}], False),
    "of his issuer": ([{"claim": "iss", "any": ["https://mail.example.com", "$issuer"]}], True),
    "of another subject": ([{"claim": "sub", "any": ["bob", 1]}], False),
    "of his second subject": ([{"claim": "sub", "any": ["alice-2"]}], True),
    "of his subject by another issuer": ([{"claim": "sub", "any": ["alice"]}, {"claim": "iss", "any": ["https://mail.example.com"]}], False),
    "of an address": ([{"claim": "email", "any": ["x"]}], True),
    "of what lies below": ([{"claim": ["x", "iss"], "any": ["x"]}], True),
}


@pytest.mark.parametrize("kind", EXCLUDED)
def test_rule_that_his_tokens_cannot_meet_is_not_for_him(explain, configure, settings, idp, kind):
    """The other provider has no token of his."""
    claims, is_possible = EXCLUDED[kind]
    settings["providers"].append(WITHOUT_ITS_MAP)
    settings["rules"][0]["claims"] = [{**each, "any": [idp.issuer if value == "$issuer" else value for value in each["any"]]} for each in claims]
    configure()
    USERS_FILE.write_text("alice alice\nalice-2 alice\nbob bob\n", encoding="utf-8")
    verdict = explain("alice")["verdict"]
    assert verdict.get("reason") == (None if is_possible else "no_rule")


def test_rule_of_an_address_is_for_whom_the_address_is(explain, configure, settings):
    settings["providers"][0]["user"] = {"claim": "email", "is": "%u@example.com"}
    settings["rules"][0]["claims"] = [{"claim": "email", "any": ["alice@example.com"]}]
    configure()
    assert explain("alice")["verdict"]["result"] == "open"
    assert explain("bob")["verdict"]["reason"] == "no_rule"
    settings["rules"][0]["claims"] = [{"claim": "email_verified", "any": [False]}]
    configure()
    assert explain("alice")["verdict"]["reason"] == "no_rule"


def test_tokens_of_one_provider_do_where_the_map_of_another_is_missing(explain, login_service, configure, settings, idp, sts):
    settings["providers"].insert(0, WITHOUT_ITS_MAP)
    configure()
    assert login_service("alice", idp.mint("alice"), configured=True).reason == "ok"
    said = explain("alice")
    [(result, why)] = decisions(said, "provider", "mail")
    assert result == "refuses" and why.startswith("config: ") and "no-such-map" in why
    assert said["verdict"] == {"result": "open", "why": "alice can get in, with such a token"}


def test_one_rule_does_where_the_policy_of_another_is_missing(explain, login_service, configure, settings, idp, sts):
    settings["rules"].insert(0, {"name": "of-sre", "role_arn": cases.ENGINEER, "claims": [{"claim": "department", "any": ["sre"]}], "policy_file": "/etc/security/no-such-policy"})
    configure()
    assert login_service("alice", idp.mint("alice"), configured=True).reason == "ok"
    said = explain("alice")
    assert "no-such-policy" in decisions(said, "role-session")[0][1]
    assert said["verdict"]["result"] == "open"


def test_map_that_is_malformed(explain, configure):
    configure()
    USERS_FILE.write_text("alice alice\nword\n", encoding="utf-8")
    verdict = explain("alice")["verdict"]
    assert verdict["reason"] == "config" and f"{USERS_FILE}" in verdict["why"] and "2" in verdict["why"]


def test_policy_that_is_too_long_for_this_user(explain, configure, settings):
    start, end = '{"Version": "2012-10-17", "Statement": [], "Id": "', '%u"}'
    settings["rules"][0]["policy"] = start + "x" * (2048 - len(start) - len(end)) + end
    configure()
    assert explain("alice")["verdict"]["reason"] == "config"


# Who runs it.

def test_ordinary_user_looks_at_his_own_login(explain, idp):
    assert explain("alice", idp.mint("alice"), caller="alice")["verdict"]["result"] == "open"


@pytest.mark.parametrize("words, caller, error", [
    (["--user", "bob"], "alice", "only root can ask for another user"),
    ([], None, "no token lets in root: name a user with --user"),
    (["--user", "alice", "--token-file", "/etc/no-such-file"], None, "/etc/no-such-file: No such file or directory"),
    (["--token-file", "/etc/shadow"], "alice", "/etc/shadow: Permission denied"),
])
def test_what_is_wrong_with_the_call_is_no_decision_of_a_login(command, words, caller, error):
    for form in ([], ["--json"]):
        done = command("explain", *words, *form, user=caller)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"pam-aws-oidc: {error}\n")


def test_ordinary_user_reads_no_map_that_he_could_not(explain, configure, idp):
    configure()
    os.chown(USERS_FILE, 0, pwd.getpwnam(accounts.HELPER_USER).pw_gid)
    USERS_FILE.chmod(0o640)
    assert explain("alice", idp.mint("alice"))["verdict"]["result"] == "open"
    for token in (None, idp.mint("alice")):
        assert "Permission denied" in explain("alice", token, caller="alice")["verdict"]["why"]


@pytest.mark.parametrize("words", [["--format", "json"], ["--no-such"], ["word"], ["--user"]])
def test_words_that_are_wrong(command, words):
    assert command("explain", *words).returncode == 2
