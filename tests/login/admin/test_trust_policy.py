"""pam-aws-oidc trust-policy: what it prints is given to the local IAM, and then STS is asked with and without our module.

A trust policy must let in whom the rules let in; whoever else has a token must be refused by STS itself, as far as IAM can tell him apart."""

import http.client
import json
import re
import ssl
import subprocess
import urllib.parse
from pathlib import Path

import pytest

import accounts
import cases
import hosts
from iam import AccessToken, OidcProvider, Role
from web_identity import SOURCE_IDENTITY_CLAIM, TAGS_CLAIM

USERS_FILE = Path("/etc/security/pam_aws_oidc.users")
ROLE = f"arn:aws:iam::{cases.ACCOUNT}:role/Operator"
OTHER_ROLE = f"arn:aws:iam::{cases.ACCOUNT}:role/Reader"
FLAT_TAG = f"{TAGS_CLAIM}/principal_tags/team"


def tags(**pairs):
    return {TAGS_CLAIM: {"principal_tags": {name: [value] for name, value in pairs.items()}}}


def on_tag(*values, claim=(TAGS_CLAIM, "principal_tags", "team")):
    return {"claim": claim, "any": list(values)}


@pytest.fixture
def one_rule(settings, configure):
    """one_rule(rule={}, user=None): a configuration of one rule and, where given, another mapping."""
    def write(rule=None, user=None):
        settings["rules"] = [{"name": "operators", "role_arn": ROLE, **(rule or {})}]
        if user is not None:
            settings["providers"][0]["user"] = user
        configure()
    return write


@pytest.fixture
def trust_policy(command):
    """trust_policy(*words): what the command says of each role, by its ARN."""
    def ask(*words):
        report = command.json("trust-policy", *words)
        assert report["version"] == 1
        return {role["role_arn"]: role for role in report["roles"]}
    return ask


@pytest.fixture
def give_to_iam(trust_policy, sts):
    """give_to_iam(): IAM has the roles that the command prints, and no others."""
    def give():
        roles = trust_policy()
        sts.iam.roles = [Role(arn, role["document"], max_session_duration=43200) for arn, role in roles.items()]
        return roles
    return give


@pytest.fixture
def ask_sts(authority):
    """ask_sts(token, role=ROLE, ...): the error code of STS, asked by somebody without our module; "" where he gets credentials."""
    def ask(token, role=ROLE, session="anybody", **more):
        client = http.client.HTTPSConnection(hosts.STS_HOSTS[0], 443, context=ssl.create_default_context(cafile=authority.ca_file), timeout=60)
        form = urllib.parse.urlencode({"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": role, "RoleSessionName": session,
                                       "WebIdentityToken": token, **more})
        client.request("POST", "/", form, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = client.getresponse().read().decode()
        client.close()
        found = re.search("<Code>(.*)</Code>", answer)
        return found[1] if found else ""
    return ask


# Each row: a rule, a mapping (None for the map file of alice and bob), the users and claims of tokens that the rules let in, those that STS must
# refuse without us, and what binds.
BOUND = {
    "map-file": ({}, None, [("alice", {}), ("bob", {})], [{"sub": "carol"}, {"sub": "Alice"}, {"sub": "alice2"}], ["sub"]),
    "users-of-a-map-file": ({"users": ["alice"]}, None, [("alice", {})], [{"sub": "bob"}], ["sub"]),
    "users-and-groups-of-a-map-file": ({"users": ["alice"], "groups": ["bob"]}, None, [("alice", {}), ("bob", {})], [{"sub": "carol"}], ["sub"]),
    "template": ({}, {"claim": "sub", "is": "%u@example.com"}, [("alice", {"sub": "alice@example.com"}), ("bob", {"sub": "bob@example.com"})],
                 [{"sub": "alice@example.org"}, {"sub": "alice"}], ["sub"]),
    "users-of-a-template": ({"users": ["alice"]}, {"claim": "sub", "is": "%u@example.com"}, [("alice", {"sub": "alice@example.com"})],
                            [{"sub": "bob@example.com"}, {"sub": "x@example.com"}], ["sub"]),
    "template-of-every-character": ({}, {"claim": "sub", "is": "100%%*?${x}$%u"}, [("alice", {"sub": "100%*?${x}$alice"})],
                                    [{"sub": "100%ab${x}$alice"}, {"sub": "100%%*?${x}$alice"}], ["sub"]),
    "users-of-a-template-of-every-character": ({"users": ["alice"]}, {"claim": "sub", "is": "100%%*?${x}$%u"}, [("alice", {"sub": "100%*?${x}$alice"})],
                                               [{"sub": "100%ab${x}$alice"}], ["sub"]),
    "condition-on-sub": ({"claims": [{"claim": "sub", "any": ["alice", "carol"]}]}, None, [("alice", {})], [{"sub": "bob"}, {"sub": "carol"}], ["sub"]),
    "condition-on-sub-alone": ({"claims": [{"claim": "sub", "any": ["s-1"]}]}, {"claim": "name", "is": "%u"}, [("alice", {"sub": "s-1", "name": "alice"})],
                               [{"sub": "s-2", "name": "alice"}], ["sub"]),
    "tag": ({"claims": [on_tag("sre", "platform")]}, None, [("alice", tags(team="sre")), ("bob", tags(team="platform"))],
            [{"sub": "alice", **tags(team="dev")}, {"sub": "alice"}, {"sub": "alice", **tags(other="sre")}], ["aws:RequestTag/team", "sub"]),
    "flat-tag": ({"claims": [on_tag("sre", claim=FLAT_TAG)]}, None, [("alice", {FLAT_TAG: "sre"})], [{"sub": "alice", FLAT_TAG: "dev"}, {"sub": "alice"}],
                 ["aws:RequestTag/team", "sub"]),
    "two-conditions-on-a-tag": ({"claims": [on_tag("sre", "dev"), on_tag("sre", "ops")]}, None, [("alice", tags(team="sre"))],
                                [{"sub": "alice", **tags(team="dev")}, {"sub": "alice", **tags(team="ops")}], ["aws:RequestTag/team", "sub"]),
    "two-tags": ({"claims": [on_tag("sre"), on_tag("x", claim=(TAGS_CLAIM, "principal_tags", "site"))]}, None, [("alice", tags(team="sre", site="x"))],
                 [{"sub": "alice", **tags(team="sre")}, {"sub": "alice", **tags(site="x")}], ["aws:RequestTag/site", "aws:RequestTag/team", "sub"]),
    "flat-tag-as-mapping": ({}, {"claim": FLAT_TAG, "is": "of-%u"}, [("alice", {FLAT_TAG: "of-alice"})], [{FLAT_TAG: "alice"}, {}], ["aws:RequestTag/team"]),
    "source-identity": ({"claims": [{"claim": SOURCE_IDENTITY_CLAIM, "any": ["a@example.com"]}]}, None, [("alice", {SOURCE_IDENTITY_CLAIM: "a@example.com"})],
                        [{"sub": "alice", SOURCE_IDENTITY_CLAIM: "b@example.com"}, {"sub": "alice"}], ["sts:SourceIdentity", "sub"]),
    "source-identity-as-mapping": ({"users": ["bob"]}, {"claim": SOURCE_IDENTITY_CLAIM, "is": "%u@example.com"},
                                   [("bob", {"sub": "s-1", SOURCE_IDENTITY_CLAIM: "bob@example.com"})],
                                   [{SOURCE_IDENTITY_CLAIM: "alice@example.com"}, {}], ["sts:SourceIdentity"]),
    "a-claim-beside": ({"claims": [{"claim": "department", "any": ["sre"]}]}, None, [("alice", {"department": "sre"})], [{"sub": "carol"}], ["sub"]),
    "issuer": ({"claims": [{"claim": "iss", "any": ["https://login.example.com"]}]}, None, [("alice", {})], [{"sub": "carol"}], ["sub"]),
    "beyond-ascii": ({"users": ["alice"]}, {"claim": "sub", "is": "\u00fc\u20ac\U0001f600 \"\\%u"}, [("alice", {"sub": "\u00fc\u20ac\U0001f600 \"\\alice"})],
                     [{"sub": "\u00fc?\U0001f600 \"\\alice"}], ["sub"]),
}


@pytest.mark.parametrize("rule, user, let_in, refused, bonds", BOUND.values(), ids=BOUND)
def test_sts_refuses_without_us_whom_the_rules_do_not_let_in(one_rule, give_to_iam, login_service, ask_sts, idp, rule, user, let_in, refused, bonds):
    one_rule(rule, user)
    roles = give_to_iam()
    assert list(roles) == [ROLE]
    assert sorted(roles[ROLE]["binds"]) == bonds
    for name, claims in let_in:
        token = idp.mint(**{"sub": name, **claims})
        assert login_service(name, token, configured=True).reason == "ok"
        assert ask_sts(token) == ""
    for claims in refused:
        assert ask_sts(idp.mint(**{"sub": "nobody", **claims})) == "AccessDenied"
    for other in ("another-audience", cases.SECOND_AUDIENCE):
        name, claims = let_in[0]
        assert ask_sts(idp.mint(**{"sub": name, **claims, "aud": other})) in ("AccessDenied", "InvalidIdentityToken")


# The same, but IAM sees nothing that would tell them apart: whoever has a token can have the role, and the command says so.
UNBOUND = {
    "email": ({"users": ["alice"]}, {"claim": "email", "is": "%u@example.com"}, {"email": "alice@example.com", "email_verified": True}),
    "template-that-is-the-user": ({}, {"claim": "sub", "is": "%u"}, {}),
    "number-in-a-tag": ({"claims": [on_tag("sre", 7)]}, {"claim": "sub", "is": "%u"}, tags(team="sre")),
    "claims": ({"claims": [{"claim": ["kubernetes.io", "namespace"], "any": ["prod"]}]}, {"claim": "sub", "is": "%u"},
               {"kubernetes.io": {"namespace": "prod"}}),
}


@pytest.mark.parametrize("rule, user, claims", UNBOUND.values(), ids=UNBOUND)
def test_what_binds_nothing_is_told(one_rule, give_to_iam, login_service, ask_sts, idp, rule, user, claims):
    one_rule(rule, user)
    role = give_to_iam()[ROLE]
    assert role["binds"] == []
    assert 'Rule "operators", provider "corp": nothing that IAM sees ties this role to anybody. Only the session name could be bound, and that binds' \
           " nothing, as whoever has a token chooses it himself. Anybody with a token for this audience can take the role without this host." in role["remarks"]
    assert login_service("alice", idp.mint("alice", **claims), configured=True).reason == "ok"
    assert ask_sts(idp.mint("stranger"), session="alice") == ""
    assert ask_sts(idp.mint("stranger", aud=cases.SECOND_AUDIENCE)) == "AccessDenied"


# Where the document is wider than the rules, and why.

@pytest.mark.parametrize("rule, user, remark", [
    ({}, {"claim": "sub", "is": "%u@example.com"},
     'Rule "operators", provider "corp": IAM does not see the users of this host, so whoever has a sub like "*@example.com" is let in.'),
    ({"users": ["alice"], "groups": ["bob"]}, None,
     f'Rule "operators", provider "corp": IAM does not see the groups of this host, so whoever is listed in {USERS_FILE} is let in.'),
    ({}, {"claim": "email", "is": "%u@example.com"}, 'Provider "corp": IAM does not see the claim "email", which says whose a token is.'),
    ({"claims": [{"claim": ["kubernetes.io", "namespace"], "any": ["prod"]}]}, None,
     'Rule "operators": its condition on the claim "kubernetes.io/namespace" is not in the document, which can compare only the texts of sub, session tags'
     " and the source identity."),
])
def test_what_is_wider_than_the_rules_is_told(one_rule, trust_policy, rule, user, remark):
    one_rule(rule, user)
    assert remark in trust_policy()[ROLE]["remarks"]


def test_what_is_as_narrow_as_the_rules_has_no_remark_but_on_what_tokens_may_set(one_rule, trust_policy):
    one_rule({"users": ["alice"]})
    assert trust_policy()[ROLE]["remarks"] == ["A token with session tags is refused unless sts:TagSession is among the actions.",
                                               "A token with a source identity is refused unless sts:SetSourceIdentity is among the actions."]
    one_rule({"users": ["alice"], "claims": [on_tag("sre"), {"claim": SOURCE_IDENTITY_CLAIM, "any": ["a@example.com"]}]})
    assert trust_policy()[ROLE]["remarks"] == []


# Several rules, roles and providers.

def test_rules_of_one_role_make_one_document_that_covers_them_all(settings, configure, give_to_iam, login_service, ask_sts, idp):
    settings["rules"] = [{"name": "alices", "users": ["alice"], "role_arn": ROLE, "duration": 7200},
                         {"name": "bobs", "users": ["bob"], "claims": [on_tag("sre")], "role_arn": ROLE},
                         {"name": "others", "role_arn": OTHER_ROLE},
                         {"name": "alices-again", "users": ["alice"], "role_arn": ROLE}]
    configure()
    roles = give_to_iam()
    assert [(arn, role["rules"]) for arn, role in roles.items()] == [(ROLE, ["alices", "bobs", "alices-again"]), (OTHER_ROLE, ["others"])]
    assert len(roles[ROLE]["document"]["Statement"]) == 2, "what two rules say alike is said once"
    # Who sends tags sends them for everybody: so no rule of the same tokens may refuse them.
    for user in ("alice", "bob"):
        assert login_service(user, idp.mint(user, **tags(team="sre")), configured=True).reason == "ok"
    assert login_service("alice", idp.mint("alice", **tags(team="dev")), configured=True).audit("rule") == "alices"
    assert ask_sts(idp.mint("bob", **tags(team="dev"))) == "AccessDenied"
    assert ask_sts(idp.mint("bob", **tags(team="dev")), role=OTHER_ROLE) == ""


def test_that_the_first_rule_counts_is_not_in_the_document_and_told(settings, configure, give_to_iam, login_service, ask_sts, idp):
    settings["rules"] = [{"name": "contractors", "users": ["alice"], "role_arn": OTHER_ROLE}, {"name": "others", "role_arn": ROLE}]
    configure()
    roles = give_to_iam()
    assert login_service("alice", idp.mint("alice"), configured=True).audit("rule") == "contractors"
    assert ask_sts(idp.mint("alice"), role=ROLE) == ""
    told = {arn: [remark for remark in role["remarks"] if "comes first" in remark] for arn, role in roles.items()}
    assert told == {OTHER_ROLE: [], ROLE: ['Rule "others": IAM does not see that rule "contractors" comes first, so whoever gets its role can take'
                                           " this one, too."]}


@pytest.mark.parametrize("above, below, is_told", [
    ({"users": ["alice"]}, {"users": ["bob"]}, False),
    ({"users": ["alice"]}, {"users": ["bob", "alice"]}, True),
    ({"users": ["alice"], "groups": ["bob"]}, {"users": ["bob"]}, True),
    ({"users": ["alice"], "role_arn": ROLE}, {}, False),
])
def test_order_of_rules_is_told_where_it_can_matter(settings, configure, trust_policy, above, below, is_told):
    settings["rules"] = [{"name": "above", "role_arn": OTHER_ROLE, **above}, {"name": "below", "role_arn": ROLE, **below}]
    configure()
    assert is_told == any("comes first" in remark for remark in trust_policy()[ROLE]["remarks"])


def test_a_rule_chooses_its_role_with_all_rules_of_it(settings, configure, trust_policy, command):
    settings["rules"] = [{"name": "alices", "users": ["alice"], "role_arn": ROLE}, {"name": "others", "role_arn": OTHER_ROLE},
                         {"name": "bobs", "users": ["bob"], "role_arn": ROLE}]
    configure()
    everything = trust_policy()
    assert trust_policy("--rule", "bobs") == {ROLE: everything[ROLE]}
    assert trust_policy("--rule", "others") == {OTHER_ROLE: everything[OTHER_ROLE]}
    done = command("trust-policy", "--rule", "nobodys")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", 'pam-aws-oidc: there is no rule "nobodys"\n')


def test_each_provider_has_a_statement(settings, configure, put_file, give_to_iam, login_service, ask_sts, idp):
    put_file("/etc/security/amazon.users", f"{cases.ACCOUNT_OF_ALICE[cases.AMAZON]} alice\n")
    settings["providers"] += [
        {"name": "google", "issuer": "https://accounts.google.com", "audience": [cases.AUDIENCE], "user": {"claim": "sub", "is": "g-%u"}},
        {"name": "google-too", "issuer": "accounts.google.com", "audience": [cases.AUDIENCE], "user": {"claim": "sub", "is": "g-%u"}},
        {"name": "cognito", "issuer": "https://cognito-identity.amazonaws.com", "audience": [cases.AUDIENCE], "user": {"claim": "sub", "is": "eu-west-1:%u"}},
        {"name": "amazon", "provider_id": cases.AMAZON, "token_prefix": "Atza|", "audience": [cases.APPLICATION[cases.AMAZON]],
         "user": {"claim": "sub", "map_file": "/etc/security/amazon.users"}},
        {"name": "facebook", "provider_id": cases.FACEBOOK, "token_prefix": "EAA", "audience": [cases.APPLICATION[cases.FACEBOOK]],
         "user": {"claim": "sub", "is": "%u"}},
    ]
    settings["rules"] = [{"name": "operators", "role_arn": ROLE, "users": ["alice", cases.ACCOUNT_OF_ALICE[cases.FACEBOOK]]}]
    configure()
    google = f"https://{cases.GOOGLE}"
    role = give_to_iam()[ROLE]
    assert [each["Principal"]["Federated"] for each in role["document"]["Statement"]] == [
        f"arn:aws:iam::{cases.ACCOUNT}:oidc-provider/{idp.issuer.removeprefix('https://')}", "accounts.google.com", "cognito-identity.amazonaws.com",
        cases.AMAZON, cases.FACEBOOK]
    assert [command for command in role["commands"] if "create-open-id-connect-provider" in command] == [
        f"aws iam create-open-id-connect-provider --url {idp.issuer} --client-id-list {cases.AUDIENCE}"]
    tokens = [idp.mint("alice"), idp.mint("g-alice", iss=google), idp.mint("g-alice", iss="accounts.google.com"),
              idp.mint("g-alice", iss=google, aud="api", azp=cases.AUDIENCE), cases.of_cognito(idp), cases.ACCESS_TOKEN[cases.AMAZON]]
    for token in tokens:
        assert login_service("alice", token, configured=True).reason == "ok"
    assert ask_sts(cases.ACCESS_TOKEN[cases.FACEBOOK], ProviderId=cases.FACEBOOK) == ""
    for token in (idp.mint("bob"), idp.mint("g-bob", iss=google), idp.mint("eu-west-1:bob", iss=f"https://{cases.COGNITO}"),
                  idp.mint("g-alice", iss=google, azp="api")):
        assert ask_sts(token) == "AccessDenied"


@pytest.mark.parametrize("provider", [cases.AMAZON, cases.FACEBOOK])
def test_access_tokens_of_others_and_for_others_are_refused_by_sts(settings, configure, put_file, give_to_iam, ask_sts, sts, provider):
    put_file("/etc/security/shop.users", f"{cases.ACCOUNT_OF_ALICE[provider]} alice\n")
    settings["providers"] = [{"name": "shop", "provider_id": provider, "token_prefix": cases.TOKEN_PREFIX[provider][:3],
                              "audience": [cases.APPLICATION[provider]], "user": {"claim": "sub", "map_file": "/etc/security/shop.users"}}]
    settings["rules"] = [{"name": "operators", "role_arn": ROLE}]
    configure()
    sts.iam.access_tokens += [AccessToken(provider, "other-user", "somebody", cases.APPLICATION[provider]),
                              AccessToken(provider, "other-application", cases.ACCOUNT_OF_ALICE[provider], "another")]
    role = give_to_iam()[ROLE]
    assert role["binds"] == ["sub"]
    assert ask_sts(cases.ACCESS_TOKEN[provider], ProviderId=provider) == ""
    for token in ("other-user", "other-application"):
        assert ask_sts(token, ProviderId=provider) == "AccessDenied"


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_document_is_valid_for_the_partition_and_the_account_of_the_role(settings, configure, give_to_iam, login_service, ask_sts, sts, idp, partition):
    arn = f"arn:{partition}:iam::{cases.ACCOUNT}:role/a/path/Operator"
    settings["rules"] = [{"name": "operators", "role_arn": arn}]
    configure()
    sts.iam.providers = [OidcProvider(cases.ACCOUNT, idp.issuer.removeprefix("https://"), [cases.AUDIENCE], partition)]
    role = give_to_iam()[arn]
    assert role["document"]["Statement"][0]["Principal"] == {"Federated": sts.iam.providers[0].principal}
    assert login_service("alice", idp.mint("alice"), configured=True).reason == "ok"
    assert ask_sts(idp.mint("carol"), role=arn) == "AccessDenied"


def test_issuer_is_named_byte_for_byte_without_its_scheme(settings, configure, trust_policy):
    for issuer in ("https://auth.example.com/", "https://auth.example.com/realms/Corp"):
        settings["providers"][0]["issuer"] = issuer
        settings["rules"] = [{"name": "operators", "role_arn": ROLE}]
        configure()
        [statement] = trust_policy()[ROLE]["document"]["Statement"]
        name = issuer.removeprefix("https://")
        assert statement == {"Effect": "Allow", "Principal": {"Federated": f"arn:aws:iam::{cases.ACCOUNT}:oidc-provider/{name}"},
                             "Action": "sts:AssumeRoleWithWebIdentity",
                             "Condition": {"StringEquals": {f"{name}:aud": cases.AUDIENCE, f"{name}:sub": ["alice", "bob"]}}}


@pytest.mark.parametrize("change, remark", [
    ({"issuer": "https://login.example.com:8443"}, 'Provider "corp": IAM takes no issuer with a port.'),
    ({"audience": ["\u00fc"]}, 'Provider "corp": an audience of it is not all printable ASCII, so there is no command that creates it.'),
    ({"audience": ["a\nb"]}, 'Provider "corp": an audience of it is not all printable ASCII, so there is no command that creates it.'),
])
def test_what_iam_or_a_shell_will_not_take_is_told(settings, configure, trust_policy, change, remark):
    settings["providers"][0].update(change)
    settings["rules"] = [{"name": "operators", "role_arn": ROLE}]
    configure()
    role = trust_policy()[ROLE]
    assert remark in role["remarks"]
    assert any("create-open-id-connect-provider" in command for command in role["commands"]) == ("issuer" in change)


def test_provider_of_access_tokens_that_iam_does_not_know_is_told(settings, configure, trust_policy):
    settings["providers"] = [{"name": "other", "provider_id": "tokens.example.com", "token_prefix": "tok_", "audience": ["app"],
                              "user": {"claim": "sub", "map_file": str(USERS_FILE)}}]
    settings["rules"] = [{"name": "operators", "role_arn": ROLE}]
    configure()
    role = trust_policy()[ROLE]
    assert 'Provider "other": IAM knows no provider tokens.example.com of access tokens.' in role["remarks"]
    assert not any("create-open-id-connect-provider" in command for command in role["commands"])


# Nobody to trust.

@pytest.mark.parametrize("rule", [{"users": ["carol"]}, {"claims": [{"claim": "sub", "any": ["carol"]}]}, {"claims": [on_tag("a"), on_tag("b")]},
                                  {"claims": [{"claim": "iss", "any": ["https://other.example.com"]}]}],
                         ids=["nobody-is-listed", "listed-otherwise", "conditions-that-exclude-each-other", "another-issuer"])
def test_role_that_nobody_can_get_has_no_document(settings, one_rule, configure, command, rule):
    one_rule(rule)
    for words in ([], ["--json"]):
        done = command("trust-policy", *words)
        assert done.returncode == 1
        assert done.stderr == f"pam-aws-oidc: {ROLE}: no token can match a rule that names it, so there is nobody to trust\n"
    assert json.loads(done.stdout)["roles"] == []
    # Another role is shown all the same, and another rule of the same one.
    settings["rules"] += [{"name": "others", "role_arn": OTHER_ROLE}]
    configure()
    assert [role["role_arn"] for role in command.json("trust-policy")["roles"]] == [OTHER_ROLE]
    settings["rules"] += [{"name": "more", "role_arn": ROLE}]
    configure()
    [role, _] = command.json("trust-policy")["roles"]
    assert len(role["document"]["Statement"]) == 1
    assert 'Rule "operators", provider "corp": no token of it can match, so nothing is allowed to it.' in role["remarks"]


def test_access_token_meets_no_condition_on_claims(settings, configure, trust_policy):
    settings["providers"] += [{"name": "amazon", "provider_id": cases.AMAZON, "token_prefix": "Atza|", "audience": ["app"],
                               "user": {"claim": "sub", "is": "%u"}}]
    settings["rules"] = [{"name": "operators", "role_arn": ROLE, "claims": [{"claim": "sub", "any": ["alice"]}]}]
    configure()
    role = trust_policy()[ROLE]
    [statement] = role["document"]["Statement"]
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::{cases.ACCOUNT}:oidc-provider/login.example.com"}
    assert 'Rule "operators", provider "amazon": no token of it can match, so nothing is allowed to it.' in role["remarks"]


# The map file.

def test_values_of_a_map_file_are_taken_as_they_are_and_once(one_rule, put_file, give_to_iam, ask_sts, idp):
    one_rule()
    values = ["with a blank", "${aws:username}", "*", "it's \"quoted\" \\", "\u20ac"]
    put_file(USERS_FILE, "# people\n\n" + "".join(f"{value} alice\n" for value in [*values, *values]))
    role = give_to_iam()[ROLE]
    [condition] = [statement["Condition"] for statement in role["document"]["Statement"]]
    assert condition["StringEquals"]["login.example.com:sub"] == sorted(value.replace("${", "${$}{") for value in values)
    for value in values:
        assert ask_sts(idp.mint(value)) == ""
    assert ask_sts(idp.mint("anything")) == "AccessDenied"


def test_values_that_no_token_can_have_are_left_out(one_rule, put_file, trust_policy):
    one_rule()
    put_file(USERS_FILE, "")
    USERS_FILE.write_bytes(b"al\xffice alice\nb\0ob bob\ncarol alice\n")
    [statement] = trust_policy()[ROLE]["document"]["Statement"]
    assert statement["Condition"]["StringEquals"]["login.example.com:sub"] == "carol"


@pytest.mark.parametrize("text, told", [("alice\n", "line 1 is not a claim's value and a user's name"), (None, "No such file or directory")])
def test_map_file_that_a_login_would_not_take_ends_it(settings, one_rule, put_file, command, text, told):
    one_rule()
    if text is None:
        settings["providers"][0]["user"]["map_file"] = "/etc/security/missing.users"
        one_rule()
    else:
        put_file(USERS_FILE, text)
    done = command("trust-policy")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"pam-aws-oidc: /etc/security/pam_aws_oidc.conf:\d+: .*{re.escape(told)}\n", done.stderr)


def test_map_file_is_read_as_the_helpers_user(one_rule, put_file, command):
    one_rule()
    put_file(USERS_FILE, "alice alice\n", mode=0o600)
    done = command("trust-policy")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{USERS_FILE}: Permission denied" in done.stderr


def test_configuration_that_is_wrong_ends_it(configure, command):
    configure("sts = { };\n")
    done = command("trust-policy")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("pam-aws-oidc: /etc/security/pam_aws_oidc.conf:1: ")


def test_text_that_is_no_utf_8_ends_it(settings, configure, command):
    settings["rules"] = [{"name": "operators", "role_arn": ROLE, "users": ["alice"]}]
    settings["providers"][0]["user"] = {"claim": "sub", "is": "XX%u"}
    path = configure()
    path.write_bytes(path.read_bytes().replace(b"XX", b"\xff*"))
    done = command("trust-policy")
    assert (done.returncode, done.stdout) == (1, "")
    assert "a text that is no UTF-8, which no token can have" in done.stderr


# How long a document may be.

@pytest.mark.parametrize("count, remark", [
    (40, None),
    (90, "The document has {} characters, and an account may have 2048 unless AWS raises its quota for the length of role trust policies, up to 8192."),
    (400, "The document has {} characters, and IAM takes at most 8192: have several roles, each with a rule for some of the users."),
])
def test_document_that_is_too_long_is_told(one_rule, put_file, trust_policy, count, remark):
    one_rule()
    put_file(USERS_FILE, "".join(f"a-subject-of-26-letters-{number:03} alice\n" for number in range(count)))
    role = trust_policy()[ROLE]
    length = len(json.dumps(role["document"], separators=(",", ":")))
    told = [each for each in role["remarks"] if each.startswith("The document has")]
    assert told == ([remark.format(length)] if remark else [])


# What is pasted.

@pytest.fixture
def paste(tmp_path):
    """paste(text): a shell runs it, with a stand-in for the AWS CLI; gives what that was called with, as pairs of arguments and standard input."""
    def run(text, shell="sh"):
        calls = tmp_path / "calls"
        calls.write_text("", encoding="ascii")
        cli = tmp_path / "aws"
        cli.write_text("#!/usr/bin/python3\n"
                       "import json, os, sys\n"
                       "document = open('/dev/stdin').read() if 'file:///dev/stdin' in sys.argv else None\n"
                       f"open({str(calls)!r}, 'a').write(json.dumps([sys.argv[1:], document]) + '\\n')\n", encoding="utf-8")
        cli.chmod(0o755)
        checked = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")
        done = subprocess.run([shell, "-eu"], input=text, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path,
                              env={"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": "/nowhere"})
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        return [tuple(json.loads(line)) for line in calls.read_text(encoding="ascii").splitlines()]
    return run


AUDIENCES = [cases.AUDIENCE, "it's \"$HOME\" `id` $(id) \\ * ~ #", "a b"]


@pytest.fixture
def odd_names(settings, configure, put_file):
    """A configuration whose names a shell would take for orders."""
    put_file(USERS_FILE, "it's\"$HOME\"`id`$(id)\\ alice\nEND alice\n")
    settings["providers"][0].update({"name": "it's \"corp\" `id`\nid", "audience": AUDIENCES})
    settings["rules"] = [{"name": "it's \"$(id)\"\nid", "groups": ["bob"], "duration": 7200, "role_arn": f"arn:aws:iam::{cases.ACCOUNT}:role/it's/$(id)/Op"},
                         {"name": "longer", "duration": 43200, "role_arn": f"arn:aws:iam::{cases.ACCOUNT}:role/it's/$(id)/Op"},
                         {"name": "plain", "duration": 3600, "role_arn": ROLE}]
    configure()


@pytest.mark.parametrize("shell", ["sh", "bash", "mksh"])
def test_text_can_be_pasted_into_a_shell(odd_names, command, trust_policy, paste, idp, shell):
    roles = list(trust_policy().values())
    calls = paste(command("trust-policy").stdout, shell)
    provider = ["iam", "create-open-id-connect-provider", "--url", idp.issuer, "--client-id-list", *AUDIENCES]
    assert [arguments for arguments, _ in calls] == [
        provider,
        ["iam", "create-role", "--role-name", "Op", "--path", "/it's/$(id)/", "--max-session-duration", "43200",
         "--assume-role-policy-document", "file:///dev/stdin"],
        provider,
        ["iam", "create-role", "--role-name", "Operator", "--assume-role-policy-document", "file:///dev/stdin"]]
    assert [json.loads(document) for _, document in calls if document is not None] == [role["document"] for role in roles]


@pytest.mark.parametrize("audiences", [["https://api.example.com"], ["file:///etc/passwd"], ["--endpoint-url", "https://elsewhere.example"],
                                       ['["it\'s"]', "\\"], [" [1]"]], ids=lambda audiences: audiences[0].split(":")[0])
def test_audience_is_nothing_more_than_a_text_to_the_aws_cli(settings, configure, command, paste, audiences):
    """Which takes an option for one, reads what a URL names, and a list as JSON."""
    settings["providers"][0]["audience"] = audiences
    configure()
    arguments = paste(command("trust-policy").stdout)[0][0]
    assert arguments[4] == "--client-id-list" and json.loads(arguments[5]) == audiences and len(arguments) == 6


def test_text_has_the_remarks_as_comments(odd_names, command, trust_policy):
    text = command("trust-policy").stdout
    for role in trust_policy().values():
        assert f"# {role['role_arn']}\n" in text
        for remark in role["remarks"]:
            assert f"# {remark.replace(chr(10), '?')}\n" in text


def test_role_that_is_there_is_updated_by_the_line_that_the_comment_names(odd_names, command, trust_policy, paste):
    text = command("trust-policy", "--rule", "longer").stdout
    update = re.search(r"^#   (aws iam update-assume-role-policy .*)$", text, re.MULTILINE)[1]
    duration = re.search(r"^# and call: (aws iam update-role .*)$", text, re.MULTILINE)[1]
    calls = paste(re.sub(r"^aws iam create-role .*$", lambda _: update, text, flags=re.MULTILINE) + duration)
    [role] = trust_policy("--rule", "longer").values()
    assert calls[1][0] == ["iam", "update-assume-role-policy", "--role-name", "Op", "--policy-document", "file:///dev/stdin"]
    assert json.loads(calls[1][1]) == role["document"]
    assert calls[2][0] == ["iam", "update-role", "--role-name", "Op", "--max-session-duration", "43200"]
    assert "update-role " not in command("trust-policy", "--rule", "plain").stdout


def test_commands_in_json_carry_the_document(odd_names, trust_policy, paste):
    for role in trust_policy().values():
        calls = [arguments for arguments, _ in paste("".join(f"{command}\n" for command in role["commands"]))]
        assert [arguments[1] for arguments in calls][:3] == ["create-open-id-connect-provider", "create-role", "update-assume-role-policy"]
        assert json.loads(calls[1][-1]) == json.loads(calls[2][-1]) == role["document"]


def test_document_is_in_ascii(settings, configure, command):
    settings["rules"] = [{"name": "operators", "role_arn": ROLE, "claims": [{"claim": "sub", "any": ["B\u00fccherei", "\u20ac"]}]}]
    settings["providers"][0]["user"] = {"claim": "sub", "is": "%u"}
    configure()
    text = command("trust-policy").stdout
    assert text.isascii() and "B\\u00FCcherei" in text and "\\u20AC" in text


# The words.

def test_another_configuration(settings, configure, put_file, trust_policy, idp):
    path = configure()
    settings["rules"] = [{"name": "operators", "role_arn": OTHER_ROLE}]
    text = path.read_text(encoding="utf-8")
    put_file("/etc/security/other.conf", text.replace(cases.ENGINEER, OTHER_ROLE))
    assert list(trust_policy("--config", "/etc/security/other.conf")) == [OTHER_ROLE]
    assert list(trust_policy()) == [cases.ENGINEER]


@pytest.mark.parametrize("words", [["--nothing"], ["--rule"], ["--config"], ["operators"]])
def test_wrong_words(command, words):
    done = command("trust-policy", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


def test_help_tells_how_it_is_pasted(command):
    done = command("trust-policy", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: pam-aws-oidc trust-policy ")
    assert "POSIX shell" in done.stdout


def test_anybody_who_can_read_the_files_may_ask(configure, command):
    configure()
    assert command("trust-policy", user="alice").returncode == 0


def test_root_needs_the_helpers_user(configure, command):
    configure()
    saved = accounts.save()
    subprocess.run(["userdel", accounts.HELPER_USER], check=True, capture_output=True)
    try:
        done = command("trust-policy")
    finally:
        accounts.restore(saved)
    assert (done.returncode, done.stdout) == (1, "")
    assert accounts.HELPER_USER in done.stderr
