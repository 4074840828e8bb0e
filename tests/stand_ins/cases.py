"""Requests to the local STS, each with what must come of it.

The table is shared: test_sts_with_aws_cli.py sends every case with the AWS CLI, and the tests of whole logins bring the same ones in through PAM
and compare codes, messages and credentials. What the two must be told apart by is in `reason`: the module refuses much before STS hears of it.
"""

import dataclasses
import hashlib
import json
from typing import Callable, Optional

import forms
from iam import ASSUME, IAM, SET_SOURCE_IDENTITY, TAG_SESSION, AccessToken, OidcProvider, Role, trust_policy
from sts import MAX_PLAINTEXT, VERSION, error, packed_size
from web_identity import SOURCE_IDENTITY_CLAIM, TAGS_CLAIM

ACCOUNT = "123456789012"
ACCOUNT_WITHOUT_STS = "210987654321"         # it has switched STS off in REGION
ACCOUNT_IN_CHINA = "345678901234"            # of another partition
ACCOUNT_FOR_FARMS = "456789012345"           # its provider takes SECOND_AUDIENCE alone
ACCOUNT_OF_OTHERS = "567890123456"           # has no provider
REGION = "eu-west-1"
AUDIENCE = "ssh-bastion"
SECOND_AUDIENCE = "build-farm"               # the provider takes it, the roles do not
ANY_VISIBLE = "".join(map(chr, range(0x21, 0x7f)))

# Providers.
UNREACHABLE_ISSUER = "https://down.example.com"
GOOGLE, COGNITO = "accounts.google.com", "cognito-identity.amazonaws.com"       # built into IAM; their issuers are these with https://
AMAZON, FACEBOOK = "www.amazon.com", "graph.facebook.com"                       # of OAuth 2.0 access tokens
TOKEN_PREFIX = {AMAZON: "Atza|", FACEBOOK: "EAA"}
APPLICATION = {AMAZON: "amzn1.application-oa2-client.bastion", FACEBOOK: "1234567890"}         # STS's "Audience"
ACCOUNT_OF_ALICE = {AMAZON: "amzn1.account.ALICE", FACEBOOK: "10987654321"}

# Roles.
ENGINEER = f"arn:aws:iam::{ACCOUNT}:role/Engineer"                  # lets in alice, and whom only one case uses
OPERATOR = f"arn:aws:iam::{ACCOUNT}:role/bastion/team/Operator"     # with a path, for 12 hours, with tags and a source identity
OF_BOB = f"arn:aws:iam::{ACCOUNT}:role/OfBob"
OF_ITS_SUBJECT = f"arn:aws:iam::{ACCOUNT}:role/OfItsSubject"        # for sessions called alice
DELEGATED = f"arn:aws:iam::{ACCOUNT}:role/Delegated"                # for tokens of the audience "api" that AUDIENCE has asked for
SHOPPER = f"arn:aws:iam::{ACCOUNT}:role/Shopper"                    # for an access token of AMAZON
FRIEND = f"arn:aws:iam::{ACCOUNT}:role/Friend"                      # for one of FACEBOOK
OF_GOOGLE = f"arn:aws:iam::{ACCOUNT}:role/OfGoogle"
OF_COGNITO = f"arn:aws:iam::{ACCOUNT}:role/OfCognito"
LONGEST = f"arn:aws:iam::{ACCOUNT}:role/{(ANY_VISIBLE * 6)[-510:]}/{'Az09_+=,.@-'.ljust(64, 'R')}"
IN_CHINA = f"arn:aws-cn:iam::{ACCOUNT_IN_CHINA}:role/Engineer"
UNREACHABLE = f"arn:aws:iam::{ACCOUNT}:role/Unreachable"
IN_DISABLED_REGION = f"arn:aws:iam::{ACCOUNT_WITHOUT_STS}:role/Engineer"

# Access tokens: what STS makes of each.
ACCESS_TOKEN = {AMAZON: "Atza|stand-in-access-token", FACEBOOK: "EAAstandInAccessToken"}
REVOKED_ACCESS_TOKEN = {AMAZON: "Atza|stand-in-revoked-token", FACEBOOK: "EAAstandInRevokedToken"}
UNKNOWN_ACCESS_TOKEN = {AMAZON: "Atza|stand-in-unknown-token", FACEBOOK: "EAAstandInUnknownToken"}
SHORTEST_ACCESS_TOKEN = "EAAB"
VISIBLE_ACCESS_TOKEN = "Atza|" + ANY_VISIBLE
LONGEST_ACCESS_TOKEN = "Atza|".ljust(20000, "x")

# Session policies.
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
OWN_POLICY = f"arn:aws:iam::{ACCOUNT}:policy/bastion/Restrict"
TEN_POLICIES = tuple(f"arn:aws:iam::{ACCOUNT}:policy/bastion/Restrict{number}" for number in range(1, 11))
LONGEST_POLICY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/{(ANY_VISIBLE * 6)[:510]}/{'P' * 128}"


def policy(resource):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": resource}]}, ensure_ascii=False)


def policy_that_packs_to(percent):
    """A policy that takes so much of the space for packed ones. Digests do not pack well."""
    digits = "".join(hashlib.sha512(bytes([number])).hexdigest() for number in range(16))
    return next(text for length in range(len(digits)) if packed_size(text := policy(digits[:length])) == percent)


# Characters that a form must escape, and one beyond ASCII: a policy may have those up to U+00FF.
INLINE_POLICY = policy("arn:aws:s3:::b\u00fccher & notes + 100%/*")

# 2048 characters, of which many take two bytes, one is a percent sign, and the rest are the other blanks that a policy may have.
LONGEST_POLICY = (policy("arn:aws:s3:::100%" + "\u00ff" * 1800) + "\t\r\n").ljust(MAX_PLAINTEXT)


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    code: str                                # AWS's error code; "" where credentials come of it
    reason: str                              # the audit reason of a login with the same
    token: Callable = lambda idp: idp.mint("alice")
    role_arn: str = ENGINEER
    session: str = "alice"                   # the RoleSessionName, which is the user who logs in
    duration: Optional[int] = None
    policy: Optional[str] = None
    policy_arns: tuple = ()
    provider_id: Optional[str] = None
    hook: Optional[Callable] = None          # for sts.answers
    expect: dict = dataclasses.field(default_factory=dict)  # members of the answer, beside those that each has; None leaves one out
    cli_code: Optional[str] = None           # where the AWS CLI makes another code of it, and then a message that says nothing

    def parameters(self, token):
        """All that STS must get, as bytes: nothing beside it, and nothing else in its place."""
        parameters = {"Action": "AssumeRoleWithWebIdentity", "Version": VERSION, "RoleArn": self.role_arn, "RoleSessionName": self.session,
                      "WebIdentityToken": token, "ProviderId": self.provider_id, "Policy": self.policy,
                      "DurationSeconds": None if self.duration is None else str(self.duration)}
        parameters |= {f"PolicyArns.member.{number}.arn": arn for number, arn in enumerate(self.policy_arns, 1)}
        return {name: value.encode() for name, value in parameters.items() if value is not None}


# The reasons of refusals that STS never hears of.
BEFORE_STS = {"bad_claims", "config", "not_a_token", "token_expired", "token_not_yet_valid", "token_too_long", "unknown_issuer", "user_refused",
              "weak_algorithm", "wrong_audience"}


def iam(issuer):
    """The IAM that the cases are about. `issuer` is the identity provider's."""
    corp = OidcProvider(ACCOUNT, issuer.removeprefix("https://"), [AUDIENCE, SECOND_AUDIENCE])
    corp_elsewhere = dataclasses.replace(corp, account=ACCOUNT_WITHOUT_STS)
    corp_in_china = dataclasses.replace(corp, account=ACCOUNT_IN_CHINA, partition="aws-cn")
    corp_for_farms = dataclasses.replace(corp, account=ACCOUNT_FOR_FARMS, client_ids=[SECOND_AUDIENCE])
    unreachable = OidcProvider(ACCOUNT, UNREACHABLE_ISSUER.removeprefix("https://"), [AUDIENCE])
    google, cognito = OidcProvider(None, GOOGLE, []), OidcProvider(None, COGNITO, [])
    return IAM(
        providers=[corp, corp_elsewhere, corp_in_china, corp_for_farms, unreachable, google, cognito],
        roles=[
            Role(ENGINEER, trust_policy(corp, aud=AUDIENCE, sub_like="alice*")),
            Role(OPERATOR, trust_policy(corp, aud=AUDIENCE, sub="alice", also=[TAG_SESSION, SET_SOURCE_IDENTITY]), max_session_duration=43200),
            Role(OF_BOB, trust_policy(corp, aud=AUDIENCE, sub="bob")),
            Role(OF_ITS_SUBJECT, trusting(corp.principal, {f"{corp.url}:aud": AUDIENCE, "sts:RoleSessionName": "alice"})),
            Role(DELEGATED, trusting(corp.principal, {f"{corp.url}:aud": AUDIENCE, f"{corp.url}:oaud": "api"})),
            Role(SHOPPER, trusting(AMAZON, {f"{AMAZON}:app_id": APPLICATION[AMAZON]})),
            Role(FRIEND, trusting(FACEBOOK, {f"{FACEBOOK}:app_id": APPLICATION[FACEBOOK], f"{FACEBOOK}:id": ACCOUNT_OF_ALICE[FACEBOOK]})),
            Role(OF_GOOGLE, trust_policy(google, aud=AUDIENCE, sub="alice")),
            Role(OF_COGNITO, trusting(COGNITO, {f"{COGNITO}:aud": AUDIENCE}, {"ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"}})),
            Role(LONGEST, trust_policy(corp, aud=AUDIENCE, sub="alice")),
            Role(IN_CHINA, trust_policy(corp_in_china, aud=AUDIENCE, sub="alice")),
            Role(UNREACHABLE, trust_policy(unreachable, aud=AUDIENCE)),
            Role(IN_DISABLED_REGION, trust_policy(corp_elsewhere, aud=AUDIENCE)),
        ],
        access_tokens=[AccessToken(provider, token, ACCOUNT_OF_ALICE[provider], APPLICATION[provider]) for provider, token in [
            *ACCESS_TOKEN.items(), *REVOKED_ACCESS_TOKEN.items(),
            (FACEBOOK, SHORTEST_ACCESS_TOKEN), (AMAZON, VISIBLE_ACCESS_TOKEN), (AMAZON, LONGEST_ACCESS_TOKEN),
        ]],
        revoked_tokens=set(REVOKED_ACCESS_TOKEN.values()),
        disabled_regions={ACCOUNT_WITHOUT_STS: [REGION]},
    )


def trusting(principal, equal, condition=None):
    """A trust policy for a principal, with the condition that keys equal values, and maybe others."""
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Federated": principal}, "Action": ASSUME, "Condition": {"StringEquals": equal, **(condition or {})}},
    ]}


# The identity provider stands for these too.
OTHER_ISSUER_HOSTS = (GOOGLE, COGNITO)


def resolve(idp):
    """Where the hosts of issuers really listen, for the local STS."""
    return {"down.example.com": ("127.0.0.1", 1)} | {host: (idp.address, idp.port) for host in OTHER_ISSUER_HOSTS}   # nothing listens at port 1


def says(code, message, status=None):
    """A hook: STS answers with this error."""
    return lambda request, answer: error(code, message, status)


def of_google(idp, **claims):
    return idp.mint("alice", **{"iss": f"https://{GOOGLE}", **claims})


def of_cognito(idp, **claims):
    return idp.mint("eu-west-1:alice", **{"iss": f"https://{COGNITO}", "amr": ["authenticated", "login.example.com"], **claims})


def oauth(provider):
    """What the answer to a good access token says."""
    return {"Provider": provider, "SubjectFromWebIdentityToken": ACCOUNT_OF_ALICE[provider], "Audience": APPLICATION[provider]}


DENIED = error("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")

CASES = [
    # What succeeds.
    Case("plain", "", "ok"),
    Case("elliptic-curve-signature", "", "ok", token=lambda idp: idp.mint("alice", algorithm="ES256")),
    Case("longest-token", "", "ok", token=lambda idp: idp.mint("alice", length=20000)),
    Case("subject-with-markup", "", "ok", token=lambda idp: idp.mint("alice<&>\"'\u00e9"),
         expect={"SubjectFromWebIdentityToken": "alice<&>\"'\u00e9"}),
    Case("longest-subject", "", "ok", token=lambda idp: idp.mint("alice".ljust(255, "x")),
         expect={"SubjectFromWebIdentityToken": "alice".ljust(255, "x")}),
    Case("one-of-several-audiences", "", "ok", token=lambda idp: idp.mint("alice", aud=["api", AUDIENCE])),
    Case("azp-before-aud", "", "ok", token=lambda idp: idp.mint("alice", aud=["api", "web"], azp=AUDIENCE)),
    Case("azp-with-aud-as-oaud", "", "ok", token=lambda idp: idp.mint("alice", aud=["web", "api"], azp=AUDIENCE), role_arn=DELEGATED),
    Case("source-identity-and-session-tags", "", "ok", role_arn=OPERATOR, expect={"SourceIdentity": "alice@example.com"},
         token=lambda idp: idp.mint("alice", **{SOURCE_IDENTITY_CLAIM: "alice@example.com", TAGS_CLAIM: {"principal_tags": {"team": ["sre"]}}})),
    Case("longest-role", "", "ok", role_arn=LONGEST),
    Case("role-of-another-partition", "", "ok", role_arn=IN_CHINA, policy_arns=("arn:aws-cn:iam::aws:policy/ReadOnlyAccess",)),
    Case("role-for-sessions-of-a-name", "", "ok", role_arn=OF_ITS_SUBJECT),
    Case("shortest-session-name", "", "ok", session="al"),
    Case("longest-session-name", "", "ok", session="alice".ljust(64, "z")),
    Case("session-name-of-every-kind-of-character", "", "ok", session="Az09_+=,.@-"),
    Case("shortest-duration", "", "ok", duration=900),
    Case("twelve-hours-in-a-role-with-a-path", "", "ok", role_arn=OPERATOR, duration=43200),

    # Session policies.
    Case("session-policies", "", "ok", duration=900, policy=INLINE_POLICY, policy_arns=(READ_ONLY, OWN_POLICY)),
    Case("inline-policy", "", "ok", policy=INLINE_POLICY),
    Case("longest-policy", "", "ok", policy=LONGEST_POLICY),
    Case("ten-policy-arns", "", "ok", policy_arns=TEN_POLICIES),
    Case("longest-policy-arn", "", "ok", policy_arns=(LONGEST_POLICY_ARN,)),
    Case("policies-of-2048-characters-together", "", "ok", policy=policy("*").ljust(MAX_PLAINTEXT - len("".join(TEN_POLICIES))),
         policy_arns=TEN_POLICIES),
    Case("packed-89-percent", "", "ok", policy=policy_that_packs_to(89), expect={"PackedPolicySize": 89}),
    Case("packed-90-percent", "", "ok", policy=policy_that_packs_to(90), expect={"PackedPolicySize": 90}),
    Case("packed-100-percent", "", "ok", policy=policy_that_packs_to(100), expect={"PackedPolicySize": 100}),

    # Providers that IAM knows by itself.
    Case("google", "", "ok", token=of_google, role_arn=OF_GOOGLE, expect={"Provider": GOOGLE}),
    Case("google-without-scheme", "", "ok", token=lambda idp: of_google(idp, iss=GOOGLE), role_arn=OF_GOOGLE, expect={"Provider": GOOGLE}),
    Case("google-with-azp", "", "ok", token=lambda idp: of_google(idp, aud="api", azp=AUDIENCE), role_arn=OF_GOOGLE, expect={"Provider": GOOGLE}),
    Case("cognito", "", "ok", token=of_cognito, role_arn=OF_COGNITO,
         expect={"Provider": COGNITO, "SubjectFromWebIdentityToken": "eu-west-1:alice"}),
    Case("access-token-of-amazon", "", "ok", token=lambda idp: ACCESS_TOKEN[AMAZON], role_arn=SHOPPER, provider_id=AMAZON, expect=oauth(AMAZON)),
    Case("access-token-of-facebook", "", "ok", token=lambda idp: ACCESS_TOKEN[FACEBOOK], role_arn=FRIEND, provider_id=FACEBOOK,
         expect=oauth(FACEBOOK)),
    Case("access-token-with-everything", "", "ok", token=lambda idp: ACCESS_TOKEN[AMAZON], role_arn=SHOPPER, provider_id=AMAZON, duration=3600,
         policy=INLINE_POLICY, policy_arns=(READ_ONLY,), session="bob", expect=oauth(AMAZON)),
    Case("shortest-access-token", "", "ok", token=lambda idp: SHORTEST_ACCESS_TOKEN, role_arn=FRIEND, provider_id=FACEBOOK, expect=oauth(FACEBOOK)),
    Case("access-token-of-every-character", "", "ok", token=lambda idp: VISIBLE_ACCESS_TOKEN, role_arn=SHOPPER, provider_id=AMAZON,
         expect=oauth(AMAZON)),
    Case("longest-access-token", "", "ok", token=lambda idp: LONGEST_ACCESS_TOKEN, role_arn=SHOPPER, provider_id=AMAZON, expect=oauth(AMAZON)),

    # What other servers make of a success.
    Case("without-namespace", "", "ok", hook=forms.hook(forms.without_namespace)),
    Case("prefixed", "", "ok", hook=forms.hook(forms.prefixed)),
    Case("compact-in-another-order", "", "ok", hook=forms.hook(forms.reordered, forms.compact)),
    Case("written-otherwise", "", "ok", hook=forms.hook(forms.written)),
    Case("with-references", "", "ok", hook=forms.hook(forms.with_references), token=lambda idp: idp.mint("alice<&>\"'\u00e9"),
         expect={"SubjectFromWebIdentityToken": "alice<&>\"'\u00e9"}),
    Case("byte-order-mark", "", "ok", hook=forms.hook(forms.with_byte_order_mark)),
    Case("more-elements", "", "ok", hook=forms.hook(forms.with_more)),
    Case("id-in-a-header", "", "ok", hook=forms.hook(forms.with_id_in_header)),
    Case("id-in-another-header", "", "ok", hook=forms.hook(forms.with_id_in_servers_own_header)),
    Case("ids-that-differ", "", "ok", hook=forms.hook(forms.with_two_ids)),
    Case("no-id", "", "ok", hook=forms.hook(forms.without_id)),
    Case("assume-role-id", "", "ok", hook=forms.hook(forms.with_assume_role_id), expect={"AssumedRoleId": None}),
    Case("empty-assumed-role-id", "", "ok", hook=forms.hook(forms.with_empty_assumed_role_id), expect={"AssumedRoleId": ""}),
    Case("no-assumed-role-id", "", "ok", hook=forms.hook(forms.without_assumed_role_id), expect={"AssumedRoleId": None}),
    Case("nine-decimals", "", "ok", hook=forms.hook(forms.with_nine_decimals)),
    Case("short-key-id", "", "ok", hook=forms.hook(forms.with_short_key_id)),
    Case("issuer-as-provider", "", "ok", hook=forms.hook(forms.from_provider(f"https://{GOOGLE}")), token=of_google, role_arn=OF_GOOGLE,
         expect={"Provider": f"https://{GOOGLE}"}),
    Case("another-server", "", "ok", hook=forms.hook(
        forms.without_namespace, forms.with_id_in_servers_own_header, forms.with_assume_role_id, forms.with_nine_decimals, forms.with_short_key_id,
        forms.reordered, forms.with_more, forms.compact), expect={"AssumedRoleId": None}),

    # What is wrong with the token.
    Case("expired", "ExpiredTokenException", "token_expired", token=lambda idp: idp.mint("alice", exp=idp.now() - 60)),
    Case("expired-for-sts", "ExpiredTokenException", "sts_expired_token",
         hook=says("ExpiredTokenException", "Token expired: current date/time 1700000001 must be before the expiration date/time 1700000000")),
    Case("expired-for-another-server", "ExpiredToken", "sts_expired_token", hook=says("ExpiredToken", "The token has expired.")),
    Case("not-yet-valid", "InvalidIdentityToken", "token_not_yet_valid", token=lambda idp: idp.mint("alice", nbf=idp.now() + 300)),
    Case("forged", "InvalidIdentityToken", "sts_invalid_token", token=lambda idp: idp.mint("alice", forged=True)),
    Case("forged-for-a-built-in-provider", "InvalidIdentityToken", "sts_invalid_token", token=lambda idp: of_google(idp, forged=True),
         role_arn=OF_GOOGLE),
    Case("unsigned", "InvalidIdentityToken", "weak_algorithm", token=lambda idp: idp.mint("alice", algorithm="none")),
    Case("public-key-as-secret", "InvalidIdentityToken", "weak_algorithm", token=lambda idp: idp.mint("alice", algorithm="HS256")),
    Case("key-that-is-not-published", "InvalidIdentityToken", "sts_invalid_token", token=lambda idp: idp.mint("alice", header={"kid": "rotated"})),
    Case("unknown-issuer", "InvalidIdentityToken", "unknown_issuer", token=lambda idp: idp.mint("alice", iss="https://login.example.net")),
    Case("issuer-without-scheme", "InvalidIdentityToken", "unknown_issuer",
         token=lambda idp: idp.mint("alice", iss=idp.issuer.removeprefix("https://"))),
    Case("wrong-audience", "InvalidIdentityToken", "wrong_audience", token=lambda idp: idp.mint("alice", aud="web")),
    Case("azp-is-another", "InvalidIdentityToken", "wrong_audience", token=lambda idp: idp.mint("alice", aud=AUDIENCE, azp="web")),
    Case("claim-twice", "InvalidIdentityToken", "bad_claims", token=lambda idp: idp.mint(payload_text=(
        f'{{"iss": "{idp.issuer}", "aud": "{AUDIENCE}", "iat": {idp.now()}, "exp": {idp.now() + 600}, "sub": "bob", "sub": "alice"}}'))),
    Case("no-token", "InvalidIdentityToken", "not_a_token", token=lambda idp: "a Unix password"),
    Case("token-of-three-characters", "ValidationError", "not_a_token", token=lambda idp: "a.b"),
    Case("token-too-long", "ValidationError", "token_too_long", token=lambda idp: idp.mint("alice", length=20001)),
    Case("provider-unknown-to-iam", "InvalidIdentityToken", "sts_invalid_token", role_arn=f"arn:aws:iam::{ACCOUNT_OF_OTHERS}:role/Engineer"),
    Case("audience-unknown-to-iam", "InvalidIdentityToken", "sts_invalid_token", role_arn=f"arn:aws:iam::{ACCOUNT_FOR_FARMS}:role/Engineer"),
    Case("malformed-source-identity", "InvalidIdentityToken", "sts_invalid_token", role_arn=OPERATOR,
         token=lambda idp: idp.mint("alice", **{SOURCE_IDENTITY_CLAIM: "a"})),
    Case("malformed-session-tags", "InvalidIdentityToken", "sts_invalid_token", role_arn=OPERATOR,
         token=lambda idp: idp.mint("alice", **{TAGS_CLAIM: {"principal_tags": {"team": "sre"}}})),
    Case("issuer-down", "IDPCommunicationError", "sts_idp_unreachable", role_arn=UNREACHABLE,
         token=lambda idp: idp.mint("alice", iss=UNREACHABLE_ISSUER)),
    Case("revoked-access-token", "IDPRejectedClaim", "sts_rejected_claim", token=lambda idp: REVOKED_ACCESS_TOKEN[AMAZON], role_arn=SHOPPER,
         provider_id=AMAZON),
    Case("revoked-access-token-of-facebook", "IDPRejectedClaim", "sts_rejected_claim", token=lambda idp: REVOKED_ACCESS_TOKEN[FACEBOOK],
         role_arn=FRIEND, provider_id=FACEBOOK),
    Case("rejected-claim", "IDPRejectedClaim", "sts_rejected_claim", hook=says("IDPRejectedClaim", "The provider takes back what the token says.")),
    Case("unknown-access-token", "InvalidIdentityToken", "sts_invalid_token", token=lambda idp: UNKNOWN_ACCESS_TOKEN[AMAZON], role_arn=SHOPPER,
         provider_id=AMAZON),
    Case("unknown-access-token-of-facebook", "InvalidIdentityToken", "sts_invalid_token", token=lambda idp: UNKNOWN_ACCESS_TOKEN[FACEBOOK],
         role_arn=FRIEND, provider_id=FACEBOOK),

    # What IAM does not allow.
    Case("subject-not-trusted", "AccessDenied", "sts_denied", role_arn=OF_BOB),
    Case("session-name-not-trusted", "AccessDenied", "sts_denied", role_arn=OF_ITS_SUBJECT, session="bob"),
    Case("oaud-not-trusted", "AccessDenied", "sts_denied", role_arn=DELEGATED, token=lambda idp: idp.mint("alice", aud=["web"], azp=AUDIENCE)),
    Case("no-oaud", "AccessDenied", "sts_denied", role_arn=DELEGATED, token=lambda idp: idp.mint("alice", aud=AUDIENCE)),
    Case("amr-not-trusted", "AccessDenied", "sts_denied", role_arn=OF_COGNITO, token=lambda idp: of_cognito(idp, amr=["unauthenticated"])),
    Case("provider-not-trusted", "AccessDenied", "sts_denied", role_arn=OF_GOOGLE),
    Case("access-token-not-trusted", "AccessDenied", "sts_denied", token=lambda idp: ACCESS_TOKEN[AMAZON], role_arn=FRIEND, provider_id=AMAZON),
    Case("unknown-role", "AccessDenied", "sts_denied", role_arn=f"arn:aws:iam::{ACCOUNT}:role/Nobody"),
    Case("source-identity-not-allowed", "AccessDenied", "sts_denied", token=lambda idp: idp.mint("alice", **{SOURCE_IDENTITY_CLAIM: "alice"})),
    Case("session-tags-not-allowed", "AccessDenied", "sts_denied",
         token=lambda idp: idp.mint("alice", **{TAGS_CLAIM: {"principal_tags": {"team": ["sre"]}}})),
    Case("region-disabled", "RegionDisabledException", "sts_region_disabled", role_arn=IN_DISABLED_REGION),

    # What is wrong with the request.
    Case("longer-than-the-role-allows", "ValidationError", "ok", duration=3601),         # the login does without the duration
    Case("malformed-policy", "MalformedPolicyDocument", "sts_request", policy='{"Statement": []}'),
    Case("policy-with-principal", "MalformedPolicyDocument", "sts_request", policy=policy("*").replace('"Action"', '"Principal": "*", "Action"')),
    Case("policy-that-is-no-object", "MalformedPolicyDocument", "config", policy=f"[{policy('*')}]"),
    Case("policy-that-is-no-json", "MalformedPolicyDocument", "config", policy='{"Statement": '),
    Case("packed-101-percent", "PackedPolicyTooLarge", "sts_request", policy=policy_that_packs_to(101)),
    Case("not-valid-for-sts", "ValidationError", "sts_request", hook=says("ValidationError", "Request ARN is invalid")),
    Case("duration-too-short", "ValidationError", "config", duration=899),
    Case("duration-too-long", "ValidationError", "config", duration=43201, role_arn=OPERATOR),
    Case("role-arn-too-short", "ValidationError", "config", role_arn="arn:aws:iam::1:role"),
    Case("role-arn-too-long", "ValidationError", "config", role_arn=f"arn:aws:iam::{ACCOUNT}:role/".ljust(2047, "p") + "/R"),
    Case("role-arn-of-2048-characters", "ValidationError", "sts_request", role_arn=f"arn:aws:iam::{ACCOUNT}:role/".ljust(2046, "p") + "/R"),
    Case("role-path-too-long", "ValidationError", "sts_request", role_arn=f"arn:aws:iam::{ACCOUNT}:role/{'p' * 511}/R"),
    Case("role-name-too-long", "ValidationError", "config", role_arn=f"arn:aws:iam::{ACCOUNT}:role/{'R' * 65}"),
    Case("role-arn-of-a-user", "ValidationError", "config", role_arn=f"arn:aws:iam::{ACCOUNT}:user/alice"),
    Case("session-name-too-short", "ValidationError", "user_refused", session="a"),
    Case("session-name-too-long", "ValidationError", "user_refused", session="alice".ljust(65, "z")),
    Case("session-name-of-other-characters", "ValidationError", "user_refused", session="al*ce"),
    Case("empty-policy", "ValidationError", "config", policy=""),
    Case("policy-too-long", "ValidationError", "config", policy=policy("*").ljust(MAX_PLAINTEXT + 1)),
    Case("policy-with-another-character", "ValidationError", "config", policy=policy("arn:aws:s3:::\u0100")),
    Case("policies-too-long-together", "ValidationError", "config", policy=policy("*").ljust(MAX_PLAINTEXT + 1 - len("".join(TEN_POLICIES))),
         policy_arns=TEN_POLICIES),
    Case("eleven-policy-arns", "ValidationError", "config", policy_arns=(*TEN_POLICIES, READ_ONLY)),
    Case("policy-arn-of-another-account", "ValidationError", "config", policy_arns=(f"arn:aws:iam::{ACCOUNT_WITHOUT_STS}:policy/Restrict",)),
    Case("policy-arn-of-another-partition", "ValidationError", "config", policy_arns=("arn:aws-cn:iam::aws:policy/ReadOnlyAccess",)),
    Case("policy-arn-too-long", "ValidationError", "config", policy_arns=(f"arn:aws:iam::{ACCOUNT}:policy/".ljust(2047, "p") + "/P",)),
    Case("policy-arn-of-2048-characters", "ValidationError", "sts_request",
         policy_arns=(f"arn:aws:iam::{ACCOUNT}:policy/".ljust(2046, "p") + "/P",)),
    Case("policy-name-too-long", "ValidationError", "config", policy_arns=(f"arn:aws:iam::{ACCOUNT}:policy/{'P' * 129}",)),
    Case("policy-arn-too-short", "ValidationError", "config", policy_arns=(READ_ONLY, "arn:aws:iam::aws:po")),
    Case("unknown-provider-id", "ValidationError", "sts_request", token=lambda idp: ACCESS_TOKEN[AMAZON], role_arn=SHOPPER,
         provider_id="www.example.com"),
    Case("provider-id-of-4-characters", "ValidationError", "sts_request", token=lambda idp: ACCESS_TOKEN[AMAZON], role_arn=SHOPPER,
         provider_id="w.ww"),
    Case("provider-id-of-2048-characters", "ValidationError", "sts_request", token=lambda idp: ACCESS_TOKEN[AMAZON], role_arn=SHOPPER,
         provider_id="www.".ljust(2048, "w")),
    Case("provider-id-of-other-characters", "ValidationError", "config", token=lambda idp: ACCESS_TOKEN[AMAZON], role_arn=SHOPPER,
         provider_id="www_amazon_com"),
    Case("provider-id-too-short", "ValidationError", "config", token=lambda idp: ACCESS_TOKEN[AMAZON], role_arn=SHOPPER, provider_id="www"),
    Case("provider-id-too-long", "ValidationError", "config", token=lambda idp: ACCESS_TOKEN[AMAZON], role_arn=SHOPPER,
         provider_id="www.".ljust(2049, "w")),

    # What passes by itself.
    Case("throttling", "Throttling", "sts_throttled", hook=says("Throttling", "Rate exceeded")),
    Case("throttling-with-429", "Throttling", "sts_throttled", hook=says("Throttling", "Rate exceeded", 429)),
    Case("throttling-exception", "ThrottlingException", "sts_throttled", hook=says("ThrottlingException", "Rate exceeded")),
    Case("throttling-exception-with-429", "ThrottlingException", "sts_throttled", hook=says("ThrottlingException", "Rate exceeded", 429)),
    Case("request-limit", "RequestLimitExceeded", "sts_throttled", hook=says("RequestLimitExceeded", "Too many requests")),
    Case("request-limit-with-429", "RequestLimitExceeded", "sts_throttled", hook=says("RequestLimitExceeded", "Too many requests", 429)),
    Case("internal-failure", "InternalFailure", "sts_unavailable", hook=says("InternalFailure", "Something is wrong in here.")),
    Case("out-of-service", "ServiceUnavailable", "sts_unavailable", hook=says("ServiceUnavailable", "Nobody is there to answer.")),
    Case("identity-provider-fails", "IDPCommunicationError", "sts_idp_unreachable",
         hook=says("IDPCommunicationError", "The identity provider answered with HTTP status 503")),
    Case("key-not-retrieved", "InvalidIdentityToken", "sts_invalid_token",
         hook=says("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider: it takes too long")),

    # What errors look like.
    Case("long-message", "ValidationError", "sts_request", hook=says("ValidationError", "0123456789" * 20 + "and more than a log should have")),
    Case("message-with-markup", "AccessDenied", "sts_denied", hook=says("AccessDenied", "<b>\"Quoted\"</b> & \\ 'with'\n\u00e9\t%s %u")),
    Case("empty-message", "AccessDenied", "sts_denied", hook=says("AccessDenied", "")),
    Case("no-message", "AccessDenied", "sts_denied", hook=forms.hook(forms.without_message, of=DENIED)),
    Case("error-without-namespace", "AccessDenied", "sts_denied", hook=forms.hook(forms.without_namespace, of=DENIED)),
    Case("prefixed-error", "AccessDenied", "sts_denied", hook=forms.hook(forms.prefixed, of=DENIED)),
    Case("compact-error-in-another-order", "AccessDenied", "sts_denied", hook=forms.hook(forms.reordered, forms.compact, of=DENIED)),
    Case("error-written-otherwise", "AccessDenied", "sts_denied", hook=forms.hook(forms.written, of=DENIED)),
    Case("error-with-references", "AccessDenied", "sts_denied", hook=forms.hook(forms.with_references, of=DENIED)),
    Case("error-with-more-elements", "AccessDenied", "sts_denied", hook=forms.hook(forms.with_more, of=DENIED)),
    Case("error-with-id-inside", "AccessDenied", "sts_denied", hook=forms.hook(forms.with_id_in_error, of=DENIED)),
    Case("error-with-id-in-a-header", "AccessDenied", "sts_denied", hook=forms.hook(forms.with_id_in_header, of=DENIED)),
    Case("error-with-id-in-another-header", "AccessDenied", "sts_denied", hook=forms.hook(forms.with_id_in_servers_own_header, of=DENIED)),
    Case("error-with-ids-that-differ", "AccessDenied", "sts_denied", hook=forms.hook(forms.with_two_ids, of=DENIED)),
    Case("error-without-id", "AccessDenied", "sts_denied", hook=forms.hook(forms.without_id, of=DENIED)),
    Case("bare-error", "AccessDenied", "sts_denied", hook=forms.hook(forms.bare, of=DENIED), cli_code="Unknown"),
    Case("bare-error-with-message", "Throttling", "sts_throttled", hook=forms.hook(forms.bare_with_message, of=error("Throttling", "Slow down")),
         cli_code="Unknown"),
    Case("bare-error-of-another-server", "InvalidIdentityToken", "sts_invalid_token", cli_code="Unknown", hook=forms.hook(
        forms.bare, forms.with_id_in_servers_own_header, forms.reordered, forms.with_more, forms.written,
        of=error("InvalidIdentityToken", "Nobody reads this"))),
]
