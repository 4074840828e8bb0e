"""Which provider a token is of, and what that means: whose word counts for it, whom it is for, and which user of this host it belongs to.

ID tokens are told apart by their issuer, access tokens (opaque ones, of OAuth 2.0) by how they begin. Neither is ever taken for the other.
"""

from pathlib import Path

import pytest

import accounts
import cases
import hosts
import module_configuration
from iam import AccessToken, OidcProvider, Role
from identity_provider import IdentityProvider
from refusals import assert_refused

PARTNER_HOST = "login.example.org"
PARTNER_ADDRESS = "127.0.0.5"
PARTNER_AUDIENCE = "partners"
PARTNER_USERS = "/etc/security/partner.users"
SHOPPERS = "/etc/security/amazon.users"

EVERYBODY = f"arn:aws:iam::{cases.ACCOUNT}:role/Everybody"
SUBJECT = cases.ACCOUNT_OF_ALICE[cases.AMAZON]
APPLICATION = cases.APPLICATION[cases.AMAZON]
ACCESS_TOKEN = cases.ACCESS_TOKEN[cases.AMAZON]

# Where a finding about the providers stands in the file that conftest.py's settings make.
PROVIDERS = f"{module_configuration.PATH}:2: "


def amazon(**settings):
    """A provider of access tokens; None leaves a setting out."""
    good = {"name": "amazon", "provider_id": cases.AMAZON, "token_prefix": "Atza|", "audience": [APPLICATION],
            "user": {"claim": "sub", "map_file": SHOPPERS}}
    return {name: value for name, value in (good | settings).items() if value is not None}


def assert_nothing_out(sts):
    assert (sts.requests, sts.connections) == ([], 0)


def of_provider(attempt, name):
    """The attempt's reason, once it is seen to be of this provider."""
    assert attempt.audit("provider") == name, attempt.line
    return attempt.reason


# Several providers of ID tokens.

@pytest.fixture
def partner(authority, tmp_path, put_file, idp, sts, settings):
    """https://login.example.org, a second provider with users and an audience of its own. The role trusts the tokens of both."""
    system_hosts = Path("/etc/hosts")
    put_file(system_hosts, system_hosts.read_text(encoding="ascii") + f"{PARTNER_ADDRESS} {PARTNER_HOST}\n")
    put_file(PARTNER_USERS, "p-alice alice\np-bob bob\n")
    sts.iam.providers.append(OidcProvider(cases.ACCOUNT, PARTNER_HOST, [PARTNER_AUDIENCE, cases.AUDIENCE]))
    trust = [statement for provider in (sts.iam.providers[0], sts.iam.providers[-1])
             for statement in cases.trusting(provider.principal, {f"{provider.url}:aud": [cases.AUDIENCE, PARTNER_AUDIENCE]})["Statement"]]
    sts.iam.roles.append(Role(EVERYBODY, {"Version": "2012-10-17", "Statement": trust}))
    settings["rules"][0]["role_arn"] = EVERYBODY
    with IdentityProvider(PARTNER_HOST, 443, authority, tmp_path / "partner", address=PARTNER_ADDRESS) as partner:
        settings["providers"].append({"name": "partner", "issuer": partner.issuer, "audience": [PARTNER_AUDIENCE],
                                      "user": {"claim": "sub", "map_file": PARTNER_USERS}})
        yield partner


@pytest.mark.parametrize("order", [1, -1], ids=["as-they-stand", "the-other-way-round"])
def test_each_provider_serves_its_own_users(login_service, settings, idp, partner, order):
    settings["providers"] = settings["providers"][::order]
    assert of_provider(login_service("alice", idp.mint("alice")), "corp") == "ok"
    assert of_provider(login_service("alice", partner.mint("p-alice", aud=PARTNER_AUDIENCE)), "partner") == "ok"
    assert of_provider(login_service("bob", partner.mint("p-bob", aud=PARTNER_AUDIENCE)), "partner") == "ok"
    assert of_provider(login_service("bob", idp.mint("bob")), "corp") == "ok"


def test_audience_of_the_other_provider_is_refused(login_service, sts, idp, partner):
    assert of_provider(login_service("alice", idp.mint("alice", aud=PARTNER_AUDIENCE)), "corp") == "wrong_audience"
    assert of_provider(login_service("alice", partner.mint("p-alice", aud=cases.AUDIENCE)), "partner") == "wrong_audience"
    assert_nothing_out(sts)


def test_azp_of_the_other_provider_is_refused(login_service, sts, idp, partner):
    assert of_provider(login_service("alice", idp.mint("alice", azp=PARTNER_AUDIENCE)), "corp") == "wrong_audience"
    assert of_provider(login_service("alice", partner.mint("p-alice", aud=PARTNER_AUDIENCE, azp=cases.AUDIENCE)), "partner") == "wrong_audience"
    assert_nothing_out(sts)


@pytest.mark.parametrize("user", ["alice", "bob"])
def test_subject_that_only_the_other_provider_maps_is_refused(login_service, sts, idp, partner, user):
    assert of_provider(login_service(user, idp.mint(f"p-{user}")), "corp") == "not_your_token"
    assert of_provider(login_service(user, partner.mint(user, aud=PARTNER_AUDIENCE)), "partner") == "not_your_token"
    assert all(request.answer.credentials for request in sts.requests) and len(sts.requests) == 2


def test_other_providers_key_does_not_count(login_service, sts, idp, partner):
    assert of_provider(login_service("alice", idp.mint("p-alice", iss=partner.issuer, aud=PARTNER_AUDIENCE)), "partner") == "sts_invalid_token"
    assert of_provider(login_service("alice", partner.mint("alice", iss=idp.issuer)), "corp") == "sts_invalid_token"


def test_sts_must_name_the_provider_of_the_token(login_service, sts, idp, partner):
    sts.answers.append(lambda request, answer: answer.replace(f"oidc-provider/{hosts.ISSUER_HOST}<", f"oidc-provider/{PARTNER_HOST}<"))
    assert_refused(login_service("alice", idp.mint("alice")), "response_mismatch")
    sts.answers.append(lambda request, answer: answer.replace(f"oidc-provider/{PARTNER_HOST}<", f"oidc-provider/{hosts.ISSUER_HOST}<"))
    assert_refused(login_service("alice", partner.mint("p-alice", aud=PARTNER_AUDIENCE)), "response_mismatch")


def test_same_audience_does_not_make_the_same_provider(login_service, settings, idp, partner):
    settings["providers"][1]["audience"] = [cases.AUDIENCE]
    assert of_provider(login_service("alice", partner.mint("p-alice")), "partner") == "ok"
    assert of_provider(login_service("alice", partner.mint("alice")), "partner") == "not_your_token"
    assert of_provider(login_service("alice", idp.mint("p-alice")), "corp") == "not_your_token"


def test_each_provider_has_its_own_kind_of_mapping(login_service, settings, idp, partner):
    settings["providers"][1]["user"] = {"claim": "login", "is": "partner-%u"}
    partners_token = partner.mint("p-alice", aud=PARTNER_AUDIENCE, login="partner-alice")
    assert of_provider(login_service("alice", partners_token), "partner") == "ok"
    assert of_provider(login_service("bob", partners_token), "partner") == "not_your_token"
    assert of_provider(login_service("alice", idp.mint("p-alice", login="partner-alice")), "corp") == "not_your_token"
    assert of_provider(login_service("alice", partner.mint("p-alice", aud=PARTNER_AUDIENCE)), "partner") == "not_your_token"


def test_every_audience_of_a_provider_will_do(login_service, settings, idp, partner):
    settings["providers"][0]["audience"] = ["web", cases.AUDIENCE, PARTNER_AUDIENCE]
    sts_audiences = [cases.AUDIENCE, cases.SECOND_AUDIENCE]
    assert of_provider(login_service("alice", idp.mint("alice", aud=sts_audiences)), "corp") == "ok"
    # STS knows no such audience of the provider's; that is its affair.
    assert of_provider(login_service("alice", idp.mint("alice", aud="web")), "corp") == "sts_invalid_token"


@pytest.mark.parametrize("issuer, provider", [
    ("https://login.example.com", "corp"), ("https://login.example.com/", "slash"), ("https://login.example.com/realms/a", "realm-a"),
    ("https://login.example.com/realms/b", "realm-b"), ("https://login.example.com/realms/A", None), ("https://login.example.com/realms/a/", None),
    ("https://login.example.com//", None), ("https://login.example.com/realms", None),
])
def test_issuers_that_look_alike_are_told_apart(login_service, settings, sts, idp, issuer, provider):
    paths = {"slash": "/", "realm-a": "/realms/a", "realm-b": "/realms/b"}
    settings["providers"] += [settings["providers"][0] | {"name": name, "issuer": idp.issuer + path} for name, path in paths.items()]
    attempt = login_service("alice", idp.mint("alice", iss=issuer, aud="web"))
    assert of_provider(attempt, provider) == ("wrong_audience" if provider else "unknown_issuer")
    assert_nothing_out(sts)


@pytest.mark.parametrize("issuer", ["https://login.example.com:8443", "https://login.example.com:65535/realms/a", "https://[::1]:8443",
                                    "https://127.0.0.1", "https://login_1.example.com/a;b=c/%7Ed"])
def test_issuers_that_are_taken(login_service, settings, idp, issuer):
    settings["providers"][0]["issuer"] = issuer
    assert of_provider(login_service("alice", idp.mint("alice", iss=issuer, aud="web")), "corp") == "wrong_audience"


@pytest.mark.parametrize("template, claim, reason", [
    ("%u", "alice", "ok"), ("%u", "Alice", "not_your_token"), ("%u", "alice ", "not_your_token"), ("x-%u-y", "x-alice-y", "ok"),
    ("x-%u-y", "x-alice-yy", "not_your_token"), ("%u%u", "alicealice", "ok"), ("%u.%u", "alice.bob", "not_your_token"),
    ("%%%u", "%alice", "ok"), ("%%%u", "%%alice", "not_your_token"), ("%%u-%u", "%u-alice", "ok"), ("%%u-%u", "alice-alice", "not_your_token"),
    ("100%%/%u", "100%/alice", "ok"), ("%u%%", "alice%", "ok"), ("%u%%", "alice%%", "not_your_token"),
    ("\u00e9%u", "\u00e9alice", "ok"), ("\u00e9%u", "e\u0301alice", "not_your_token"),
])
def test_claim_must_be_the_users_template(login_service, settings, idp, sts, template, claim, reason):
    settings["providers"][0]["user"] = {"claim": "login", "is": template}
    assert of_provider(login_service("alice", idp.mint("alice", login=claim)), "corp") == reason
    assert sts.requests[0].answer.credentials is not None


# Issuers that are built into IAM.

@pytest.fixture
def google(settings):
    """google(issuer): the provider with that issuer, for the role that trusts Google."""
    def configure(issuer):
        settings["providers"].append({"name": "google", "issuer": issuer, "audience": [cases.AUDIENCE],
                                      "user": {"claim": "sub", "is": "%u"}})
        settings["rules"][0]["role_arn"] = cases.OF_GOOGLE

    return configure


@pytest.mark.parametrize("issuer", [f"https://{cases.GOOGLE}", cases.GOOGLE])
@pytest.mark.parametrize("said", [cases.GOOGLE, f"https://{cases.GOOGLE}", f"arn:aws:iam::{cases.ACCOUNT}:oidc-provider/{cases.GOOGLE}"])
def test_google_in_every_form(login_service, google, idp, sts, issuer, said):
    google(issuer)
    sts.answers.append(lambda request, answer: answer.replace(f"<Provider>{cases.GOOGLE}<", f"<Provider>{said}<"))
    attempt = login_service("alice", idp.mint("alice", iss=issuer))
    assert of_provider(attempt, "google") == "ok"
    assert "ProviderId" not in sts.requests[0].parameters


@pytest.mark.parametrize("configured, claimed", [(f"https://{cases.GOOGLE}", cases.GOOGLE), (cases.GOOGLE, f"https://{cases.GOOGLE}"),
                                                 (cases.GOOGLE, f"https://{cases.GOOGLE}/"), (f"https://{cases.GOOGLE}", f"http://{cases.GOOGLE}")])
def test_googles_issuer_is_compared_byte_for_byte_too(login_service, google, idp, sts, configured, claimed):
    google(configured)
    assert login_service("alice", idp.mint("alice", iss=claimed)).reason == "unknown_issuer"
    assert_nothing_out(sts)


def test_both_forms_of_google_may_be_configured(login_service, google, settings, idp):
    google(f"https://{cases.GOOGLE}")
    google(cases.GOOGLE)
    settings["providers"][-1]["name"] = "google-without-scheme"
    assert of_provider(login_service("alice", idp.mint("alice", iss=f"https://{cases.GOOGLE}")), "google") == "ok"
    assert of_provider(login_service("alice", idp.mint("alice", iss=cases.GOOGLE)), "google-without-scheme") == "ok"


@pytest.mark.parametrize("said", [cases.COGNITO, "accounts.google.com.", "accounts.google.co", "Accounts.google.com", cases.AMAZON, hosts.ISSUER_HOST,
                                  f"arn:aws:iam::{cases.ACCOUNT_WITHOUT_STS}:oidc-provider/{cases.GOOGLE}",
                                  f"arn:aws:iam::{cases.ACCOUNT}:oidc-provider/{cases.COGNITO}", ""])
def test_google_is_not_said_to_be_another(login_service, google, idp, sts, said):
    google(f"https://{cases.GOOGLE}")
    sts.answers.append(lambda request, answer: answer.replace(f"<Provider>{cases.GOOGLE}<", f"<Provider>{said}<"))
    assert_refused(login_service("alice", idp.mint("alice", iss=f"https://{cases.GOOGLE}")), "response_mismatch")


def test_token_of_the_company_is_not_said_to_be_googles(login_service, google, settings, idp, sts):
    google(f"https://{cases.GOOGLE}")
    settings["rules"][0]["role_arn"] = cases.ENGINEER
    sts.answers.append(lambda request, answer: answer.replace(f"arn:aws:iam::{cases.ACCOUNT}:oidc-provider/{hosts.ISSUER_HOST}", cases.GOOGLE))
    assert_refused(login_service("alice", idp.mint("alice")), "response_mismatch")


# Access tokens.

@pytest.fixture
def shop(put_file, settings, sts):
    """Alice's account at www.amazon.com logs her in, beside the provider of ID tokens, and the role trusts the application. Gives that provider."""
    put_file(SHOPPERS, f"{SUBJECT} alice\n")
    settings["providers"].append(amazon())
    settings["rules"][0]["role_arn"] = cases.SHOPPER
    return settings["providers"][-1]


def test_access_token_logs_in(login_service, shop, sts):
    attempt = login_service("alice", ACCESS_TOKEN)
    assert of_provider(attempt, "amazon") == "ok"
    assert sts.requests[0].parameters == {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": cases.SHOPPER,
                                          "RoleSessionName": "alice", "WebIdentityToken": ACCESS_TOKEN, "ProviderId": cases.AMAZON}
    assert (attempt.audit("sub"), attempt.audit("role")) == (SUBJECT, cases.SHOPPER)
    assert attempt.environment["AWS_ACCESS_KEY_ID"] == sts.requests[0].answer.credentials.access_key_id
    assert ACCESS_TOKEN.removeprefix("Atza|") not in attempt.line


@pytest.mark.parametrize("token", [cases.VISIBLE_ACCESS_TOKEN, cases.LONGEST_ACCESS_TOKEN, "Atza|eyJ.eyJ.eyJ", "Atza|+/=%2B&WebIdentityToken=x"],
                         ids=["every-character", "longest", "segments", "signs-of-a-form"])
def test_access_token_is_sent_as_it_is(login_service, shop, sts, token):
    sts.iam.access_tokens.append(AccessToken(cases.AMAZON, token, SUBJECT, APPLICATION))
    assert login_service("alice", token).reason == "ok"
    assert sts.requests[0].parameters["WebIdentityToken"] == token


def test_shortest_access_token(login_service, shop, sts):
    shop["token_prefix"] = "At|"
    sts.iam.access_tokens.append(AccessToken(cases.AMAZON, "At|x", SUBJECT, APPLICATION))
    assert login_service("alice", "At|x").reason == "ok"


@pytest.mark.parametrize("blanks", ["{} ", " {}", "{}\r", "\t{}\t "])
def test_blanks_around_an_access_token_are_not_sent(login_service, shop, sts, blanks):
    assert login_service("alice", blanks.format(ACCESS_TOKEN)).reason == "ok"
    assert sts.requests[0].parameters["WebIdentityToken"] == ACCESS_TOKEN


@pytest.mark.parametrize("token, reason, code", [
    (cases.REVOKED_ACCESS_TOKEN[cases.AMAZON], "sts_rejected_claim", "IDPRejectedClaim"),
    (cases.UNKNOWN_ACCESS_TOKEN[cases.AMAZON], "sts_invalid_token", "InvalidIdentityToken"),
], ids=["revoked", "unknown"])
def test_access_token_that_sts_refuses(login_service, shop, token, reason, code):
    attempt = login_service("alice", token)
    assert of_provider(attempt, "amazon") == reason
    assert_refused(attempt, reason)
    assert attempt.audit("sts_code") == code
    assert attempt.audit("sub") is None
    assert token.removeprefix("Atza|") not in attempt.line


def test_message_of_sts_that_quotes_an_access_token_is_not_logged(login_service, shop, sts):
    sts.answers.append(cases.says("InvalidIdentityToken", f"The token {ACCESS_TOKEN} is not one"))
    attempt = login_service("alice", ACCESS_TOKEN)
    assert attempt.reason == "sts_invalid_token"
    assert ACCESS_TOKEN.removeprefix("Atza|") not in attempt.line


@pytest.mark.parametrize("users", ["", f"{SUBJECT} bob\n", f"{SUBJECT}2 alice\n", f"{SUBJECT.lower()} alice\n", "alice alice\n",
                                   f"{ACCESS_TOKEN} alice\n", f"{APPLICATION} alice\n"],
                         ids=["nobody", "bob", "longer", "another-case", "the-users-name", "the-token", "the-application"])
def test_account_that_is_not_mapped_to_the_user(login_service, shop, sts, put_file, users):
    put_file(SHOPPERS, users)
    attempt = login_service("alice", ACCESS_TOKEN)
    assert (attempt.code, of_provider(attempt, "amazon"), attempt.environment) == ("PAM_MAXTRIES", "not_your_token", {})
    assert sts.requests[0].answer.credentials is not None


def test_account_is_mapped_by_its_own_provider_only(login_service, shop, settings, put_file):
    put_file("/etc/security/pam_aws_oidc.users", f"{SUBJECT} bob\n")
    assert login_service("bob", ACCESS_TOKEN).reason == "not_your_token"


def test_account_may_be_mapped_to_several_users(login_service, shop, put_file):
    put_file(SHOPPERS, f"{SUBJECT} alice\n{SUBJECT} bob\n")
    assert [login_service(user, ACCESS_TOKEN).reason for user in ("alice", "bob")] == ["ok", "ok"]


def test_account_may_be_the_users_name(login_service, shop):
    shop["user"] = {"claim": "sub", "is": "amzn1.account.%u"}
    accounts.add_user("ALICE")
    assert login_service("ALICE", ACCESS_TOKEN).reason == "ok"
    assert login_service("alice", ACCESS_TOKEN).reason == "not_your_token"


def test_subject_that_sts_returns_is_the_one_that_counts(login_service, shop, sts, put_file):
    put_file(SHOPPERS, "amzn1.account.BOB bob\n" f"{SUBJECT} alice\n")
    for user, reason in (("alice", "not_your_token"), ("bob", "ok")):
        sts.answers.append(lambda request, answer: answer.replace(f">{SUBJECT}<", ">amzn1.account.BOB<"))
        assert login_service(user, ACCESS_TOKEN).reason == reason


@pytest.mark.parametrize("audience, reason", [
    ([APPLICATION], "ok"), (["another", APPLICATION], "ok"), (["another"], "response_mismatch"),
    ([APPLICATION + "2"], "response_mismatch"), ([APPLICATION[:-1]], "response_mismatch"), ([APPLICATION.upper()], "response_mismatch"),
    ([cases.AUDIENCE], "response_mismatch"),
])
def test_audience_of_access_tokens(login_service, shop, sts, audience, reason):
    shop["audience"] = audience
    assert login_service("alice", ACCESS_TOKEN).reason == reason
    assert sts.requests[0].answer.credentials is not None


def test_access_token_that_another_application_got_is_refused_though_the_role_lets_it_in(login_service, shop, settings, sts):
    # Alice's account is the same in both: whoever runs the other application has such tokens of hers.
    token = "Atza|issued-to-another-application"
    sts.iam.access_tokens.append(AccessToken(cases.AMAZON, token, SUBJECT, "amzn1.application-oa2-client.another"))
    sts.iam.roles.append(Role(EVERYBODY, cases.trusting(cases.AMAZON, {})))
    settings["rules"][0]["role_arn"] = EVERYBODY
    assert login_service("alice", ACCESS_TOKEN).reason == "ok"
    attempt = login_service("alice", token)
    assert_refused(attempt, "response_mismatch")
    assert "Audience" in attempt.audit("what")
    assert sts.requests[-1].answer.credentials is not None


@pytest.mark.parametrize("old, new", [
    (f"<Provider>{cases.AMAZON}<", f"<Provider>{cases.FACEBOOK}<"),
    (f"<Provider>{cases.AMAZON}<", "<Provider>WWW.amazon.com<"),
    (f"<Provider>{cases.AMAZON}<", "<Provider>www.amazon.com.<"),
    (f"<Provider>{cases.AMAZON}<", "<Provider>amazon.com<"),
    (f"<Provider>{cases.AMAZON}<", "<Provider><"),
    (f"<Provider>{cases.AMAZON}<", f"<Provider>arn:aws:iam::{cases.ACCOUNT}:oidc-provider/{hosts.ISSUER_HOST}<"),
    (f"<Provider>{cases.AMAZON}</Provider>", ""),
    (f"<SubjectFromWebIdentityToken>{SUBJECT}</SubjectFromWebIdentityToken>", ""),
    (f"<SubjectFromWebIdentityToken>{SUBJECT}<", "<SubjectFromWebIdentityToken><"),
    (f"<Audience>{APPLICATION}</Audience>", ""),
    (f"<Audience>{APPLICATION}<", "<Audience><"),
    (f"<Audience>{APPLICATION}<", "<Audience>another<"),
    (":assumed-role/Shopper/alice<", ":assumed-role/Shopper/bob<"),
    (":assumed-role/Shopper/alice<", ":assumed-role/Engineer/alice<"),
    (":alice</AssumedRoleId>", ":bob</AssumedRoleId>"),
])
def test_answers_that_do_not_agree_with_an_access_token(login_service, shop, sts, old, new):
    sts.answers.append(lambda request, answer: answer.replace(old, new))
    assert_refused(login_service("alice", ACCESS_TOKEN), "response_mismatch")


def test_rule_with_claims_never_serves_an_access_token(login_service, shop, settings, sts):
    claims = [{"claim": claim, "any": [value]} for claim, value in (("sub", SUBJECT), ("iss", cases.AMAZON), ("aud", APPLICATION))]
    settings["rules"] = [{"name": f"claims{number}", "role_arn": cases.SHOPPER, "claims": [condition]} for number, condition in enumerate(claims)]
    assert login_service("alice", ACCESS_TOKEN).reason == "no_rule"
    assert_nothing_out(sts)
    settings["rules"].append({"name": "users", "users": ["alice"], "role_arn": cases.SHOPPER})
    assert login_service("alice", ACCESS_TOKEN).audit("rule") == "users"


@pytest.mark.parametrize("user", ["alice", "bob"])
def test_rules_of_users_and_groups_serve_access_tokens(login_service, shop, settings, put_file, user):
    put_file(SHOPPERS, f"{SUBJECT} alice\n{SUBJECT} bob\n")
    accounts.add_group("shoppers", "bob")
    settings["rules"] = [{"name": "alice", "users": ["alice"], "role_arn": cases.SHOPPER},
                         {"name": "bob", "groups": ["shoppers"], "role_arn": cases.SHOPPER}]
    assert login_service(user, ACCESS_TOKEN).audit("rule") == user


# Neither kind is taken for the other.

def test_id_token_is_sent_without_a_provider_id(login_service, shop, settings, idp, sts):
    settings["rules"][0]["role_arn"] = cases.ENGINEER
    assert of_provider(login_service("alice", idp.mint("alice")), "corp") == "ok"
    assert "ProviderId" not in sts.requests[0].parameters


@pytest.mark.parametrize("issuer", [hosts.ISSUER_HOST, f"https://{hosts.ISSUER_HOST}", cases.AMAZON, f"https://{cases.AMAZON}", "Atza|", "amazon"])
def test_id_token_never_goes_to_a_provider_of_access_tokens(login_service, shop, settings, idp, sts, issuer):
    settings["providers"] = [shop]
    attempt = login_service("alice", idp.mint("alice", iss=issuer, aud=APPLICATION))
    assert of_provider(attempt, None) == "unknown_issuer"
    assert_nothing_out(sts)


def test_access_token_never_goes_to_a_provider_of_id_tokens(login_service, idp, sts):
    attempt = login_service("alice", ACCESS_TOKEN)
    assert of_provider(attempt, None) == "not_a_token"
    assert_nothing_out(sts)


def test_id_token_behind_a_prefix_is_an_access_token(login_service, shop, idp, sts):
    # It is Amazon's word that counts for it then, and Amazon does not know it.
    token = "Atza|" + idp.mint("alice")
    attempt = login_service("alice", token)
    assert of_provider(attempt, "amazon") == "sts_invalid_token"
    assert (sts.requests[0].parameters["ProviderId"], sts.requests[0].parameters["WebIdentityToken"]) == (cases.AMAZON, token)
    assert idp.requests == []


def test_prefixes_tell_the_providers_apart(login_service, shop, settings, sts, put_file):
    friends = "/etc/security/facebook.users"
    put_file(friends, f"{cases.ACCOUNT_OF_ALICE[cases.FACEBOOK]} alice\n")
    settings["providers"].append(amazon(name="facebook", provider_id=cases.FACEBOOK, token_prefix="EAA",
                                        audience=[cases.APPLICATION[cases.FACEBOOK]], user={"claim": "sub", "map_file": friends}))
    assert of_provider(login_service("alice", ACCESS_TOKEN), "amazon") == "ok"
    settings["rules"][0]["role_arn"] = cases.FRIEND
    assert of_provider(login_service("alice", cases.ACCESS_TOKEN[cases.FACEBOOK]), "facebook") == "ok"
    assert [request.parameters["ProviderId"] for request in sts.requests] == [cases.AMAZON, cases.FACEBOOK]


@pytest.mark.parametrize("prefix", ["Atz", "Atza|", ACCESS_TOKEN, "Atza|" + "x" * 59, "!~#", "e|y", "Ey0", "EYJ"])
def test_prefixes_that_are_taken(login_service, shop, sts, prefix):
    shop["token_prefix"] = prefix
    token = ACCESS_TOKEN if ACCESS_TOKEN.startswith(prefix) else prefix + "rest"
    sts.iam.access_tokens.append(AccessToken(cases.AMAZON, token, SUBJECT, APPLICATION))
    assert of_provider(login_service("alice", token), "amazon") == "ok"


# What no provider may be.

def oidc(**settings):
    """A provider of ID tokens; None leaves a setting out."""
    good = {"name": "corp", "issuer": "https://login.example.com", "audience": [cases.AUDIENCE], "user": {"claim": "sub", "is": "%u"}}
    return {name: value for name, value in (good | settings).items() if value is not None}


BAD_PROVIDERS = [
    # Both kinds, or neither.
    ("issuer-and-provider-id", [amazon(issuer="https://login.example.com")], "provider_id"),
    ("neither", [amazon(provider_id=None, token_prefix=None, audience=["web"])], "issuer"),
    ("no-setting", [{}], '"'),
    ("prefix-with-issuer", [oidc(token_prefix="Atza|")], "token_prefix"),
    ("prefix-alone", [amazon(provider_id=None)], "token_prefix"),
    ("setting-that-there-is-not", [oidc(client_id="ssh")], "client_id"),

    # Names.
    ("no-name", [oidc(name=None)], "name"),
    ("empty-name", [oidc(name="")], "name"),
    ("name-twice", [oidc(), oidc(issuer="https://login.example.org")], "name"),
    ("name-twice-of-both-kinds", [oidc(), amazon(name="corp")], "name"),

    # Issuers.
    ("no-issuer", [oidc(issuer=None)], "issuer"),
    ("empty-issuer", [oidc(issuer="")], "issuer"),
    ("issuer-twice", [oidc(), oidc(name="again")], "issuer"),
    ("issuer-without-scheme", [oidc(issuer="login.example.com")], "issuer"),
    ("another-issuer-without-scheme", [oidc(issuer="cognito-identity.amazonaws.com")], "issuer"),
    ("issuer-without-scheme-in-another-case", [oidc(issuer="Accounts.google.com")], "issuer"),
    ("issuer-of-http", [oidc(issuer="http://login.example.com")], "issuer"),
    ("issuer-without-host", [oidc(issuer="https://")], "issuer"),
    ("issuer-with-query", [oidc(issuer="https://login.example.com?a=b")], "issuer"),
    ("issuer-with-fragment", [oidc(issuer="https://login.example.com#a")], "issuer"),
    ("issuer-with-user", [oidc(issuer="https://alice@login.example.com")], "issuer"),
    ("issuer-with-blank", [oidc(issuer="https://login.example.com ")], "issuer"),
    ("issuer-with-blank-in-its-path", [oidc(issuer="https://login.example.com/a b")], "issuer"),
    ("issuer-with-path-beyond-ascii", [oidc(issuer="https://login.example.com/\u00e9")], "issuer"),
    ("issuer-with-backslash", [oidc(issuer="https://login.example.com\\@login.example.org")], "issuer"),
    ("issuer-with-semicolon", [oidc(issuer="https://login.example.com;x")], "issuer"),
    ("issuer-with-percent-sign-in-its-host", [oidc(issuer="https://login%2Eexample.com")], "issuer"),
    ("issuer-beyond-ascii", [oidc(issuer="https://l\u00f6gin.example.com")], "issuer"),
    ("issuer-without-port", [oidc(issuer="https://login.example.com:")], "issuer"),
    ("issuer-with-port-nought", [oidc(issuer="https://login.example.com:0")], "issuer"),
    ("issuer-with-port-too-large", [oidc(issuer="https://login.example.com:65536")], "issuer"),
    ("issuer-with-port-of-letters", [oidc(issuer="https://login.example.com:https/a")], "issuer"),
    ("issuer-with-port-alone", [oidc(issuer="https://:443")], "issuer"),
    ("issuer-of-ipv6-without-brackets", [oidc(issuer="https://::1")], "issuer"),
    ("issuer-of-ipv6-without-its-end", [oidc(issuer="https://[::1")], "issuer"),
    ("issuer-number", [oidc(issuer=7)], "issuer"),
    ("issuers", [oidc(issuer=["https://login.example.com"])], "issuer"),

    # Audiences.
    ("no-audience", [oidc(audience=None)], "audience"),
    ("empty-audience", [oidc(audience=[])], "audience"),
    ("audience-text", [oidc(audience=cases.AUDIENCE)], "audience"),
    ("audience-of-an-empty-text", [oidc(audience=[cases.AUDIENCE, ""])], "audience"),
    ("audience-of-numbers", [oidc(audience=[1, 2])], "audience"),
    ("no-audience-of-access-tokens", [amazon(audience=None)], "audience"),
    ("empty-audience-of-access-tokens", [amazon(audience=[])], "audience"),
    ("audience-of-access-tokens-text", [amazon(audience=APPLICATION)], "audience"),

    # Providers of access tokens.
    ("empty-provider-id", [amazon(provider_id="")], "provider_id"),
    ("provider-id-too-short", [amazon(provider_id="www")], "provider_id"),
    ("provider-id-too-long", [amazon(provider_id="w" * 2049)], "provider_id"),
    ("provider-id-with-scheme", [amazon(provider_id="https://www.amazon.com")], "provider_id"),
    ("provider-id-with-port", [amazon(provider_id="www.amazon.com:443")], "provider_id"),
    ("provider-id-with-path", [amazon(provider_id="www.amazon.com/")], "provider_id"),
    ("provider-id-with-blank", [amazon(provider_id="www.amazon.com ")], "provider_id"),
    ("provider-id-with-semicolon", [amazon(provider_id="www.amazon.com;x")], "provider_id"),
    ("provider-id-with-underscore", [amazon(provider_id="www_amazon.com")], "provider_id"),
    ("provider-id-with-percent-sign", [amazon(provider_id="www%2Eamazon.com")], "provider_id"),
    ("provider-id-beyond-ascii", [amazon(provider_id="www.\u00e4mazon.com")], "provider_id"),
    ("provider-id-number", [amazon(provider_id=7)], "provider_id"),
    ("no-prefix", [amazon(token_prefix=None)], "token_prefix"),
    ("empty-prefix", [amazon(token_prefix="")], "token_prefix"),
    ("prefix-too-short", [amazon(token_prefix="At")], "token_prefix"),
    ("prefix-too-long", [amazon(token_prefix="x" * 65)], "token_prefix"),
    ("prefix-with-blank", [amazon(token_prefix="At |")], "token_prefix"),
    ("prefix-with-newline", [amazon(token_prefix="Atza\n")], "token_prefix"),
    ("prefix-beyond-ascii", [amazon(token_prefix="At\u00e9a")], "token_prefix"),
    ("prefix-of-id-tokens", [amazon(token_prefix="eyJ")], "token_prefix"),
    ("longer-prefix-of-id-tokens", [amazon(token_prefix="eyJhbGciOi")], "token_prefix"),
    ("prefix-number", [amazon(token_prefix=123)], "token_prefix"),
    ("prefixes", [amazon(token_prefix=["Atza|", "Atzr|"])], "token_prefix"),
    ("prefix-twice", [amazon(), amazon(name="again", provider_id=cases.FACEBOOK)], "token_prefix"),
    ("prefix-of-a-prefix", [amazon(), amazon(name="again", provider_id=cases.FACEBOOK, token_prefix="Atz")], "token_prefix"),
    ("prefix-of-a-prefix-behind", [amazon(token_prefix="EAA"), amazon(name="again", token_prefix="EAAB")], "token_prefix"),

    # Users.
    ("no-user", [oidc(user=None)], "user"),
    ("no-user-of-access-tokens", [amazon(user=None)], "user"),
    ("user-text", [oidc(user="%u")], "user"),
    ("no-claim", [oidc(user={"is": "%u"})], "claim"),
    ("no-claim-of-access-tokens", [amazon(user={"is": "%u"})], "claim"),
    ("no-mapping", [oidc(user={"claim": "sub"})], "user"),
    ("no-mapping-of-access-tokens", [amazon(user={"claim": "sub"})], "user"),
    ("both-mappings", [oidc(user={"claim": "sub", "is": "%u", "map_file": SHOPPERS})], "user"),
    ("both-mappings-of-access-tokens", [amazon(user={"claim": "sub", "is": "%u", "map_file": SHOPPERS})], "user"),
    ("another-claim-of-access-tokens", [amazon(user={"claim": "email", "map_file": SHOPPERS})], "claim"),
    ("claim-of-access-tokens-in-another-case", [amazon(user={"claim": "Sub", "map_file": SHOPPERS})], "claim"),
    ("any-user", [oidc(user={"claim": "sub", "any": True})], "any"),
    ("template-without-user", [oidc(user={"claim": "sub", "is": "alice"})], "is"),
    ("template-without-user-of-access-tokens", [amazon(user={"claim": "sub", "is": SUBJECT})], "is"),
    ("template-with-the-user-written-out", [oidc(user={"claim": "sub", "is": "%%u"})], "is"),
    ("template-with-a-percent-sign", [oidc(user={"claim": "sub", "is": "%u%"})], "is"),
    ("template-with-three-percent-signs", [oidc(user={"claim": "sub", "is": "%%%x%u"})], "is"),
    ("template-with-another-letter", [oidc(user={"claim": "sub", "is": "%U@%u"})], "is"),
    ("map-without-path", [oidc(user={"claim": "sub", "map_file": "pam_aws_oidc.users"})], "map_file"),
]


@pytest.mark.parametrize("providers, setting", [case[1:] for case in BAD_PROVIDERS], ids=[case[0] for case in BAD_PROVIDERS])
def test_provider_that_cannot_be_meant(login_service, settings, put_file, sts, providers, setting):
    put_file(SHOPPERS, f"{SUBJECT} alice\n")
    settings["providers"] = providers
    attempt = login_service("alice", ACCESS_TOKEN)
    assert_refused(attempt, "config")
    assert attempt.audit("what").startswith(PROVIDERS)
    assert setting in attempt.audit("what")
    assert_nothing_out(sts)


def test_finding_has_the_line_of_the_provider(login_service, settings, configure, sts):
    del settings["providers"]
    rest = module_configuration.text(settings)
    lines = ["providers = (",
             '  { name = "corp"; issuer = "https://login.example.com"; audience = [ "web" ]; user = { claim = "sub"; is = "%u"; }; },',
             "  {", '    name = "amazon";', '    provider_id = "www.amazon.com";', '    token_prefix = "eyJ";',
             '    user = { claim = "sub"; is = "%u"; };', "  } );"]
    configure("\n".join(lines) + "\n" + rest)
    attempt = login_service("alice", ACCESS_TOKEN, configured=True)
    assert_refused(attempt, "config")
    assert attempt.audit("what").startswith(f"{module_configuration.PATH}:6: ")
    assert_nothing_out(sts)


@pytest.mark.parametrize("providers", ["providers = ( );", 'providers = { name = "corp"; };', 'providers = [ "corp" ];', 'providers = ( "corp" );'])
def test_providers_that_are_no_list_of_groups(login_service, settings, configure, sts, providers):
    del settings["providers"]
    configure(providers + "\n" + module_configuration.text(settings))
    attempt = login_service("alice", ACCESS_TOKEN, configured=True)
    assert_refused(attempt, "config")
    assert attempt.audit("what").startswith(f"{module_configuration.PATH}:1: ")
    assert_nothing_out(sts)


def test_map_file_of_access_tokens_that_is_missing(login_service, shop, sts):
    shop["user"]["map_file"] = "/etc/security/no-such-file"
    attempt = login_service("alice", ACCESS_TOKEN)
    assert_refused(attempt, "config")
    assert attempt.audit("what").startswith(f"{PROVIDERS}/etc/security/no-such-file: ")
