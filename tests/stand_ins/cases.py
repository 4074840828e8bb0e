"""Requests to the local STS, each with what must come of it.

The table is shared: test_sts_with_aws_cli.py sends every case with the AWS CLI, and the tests of whole logins bring the same ones in through PAM
and compare codes and credentials. What the two must be told apart by is in `reason`: the module refuses much before STS hears of it.
"""

import dataclasses
import hashlib
import json
from typing import Callable, Optional

from iam import ASSUME, IAM, SET_SOURCE_IDENTITY, TAG_SESSION, AccessToken, OidcProvider, Role, trust_policy
from sts import error
from web_identity import SOURCE_IDENTITY_CLAIM, TAGS_CLAIM

ACCOUNT = "123456789012"
ACCOUNT_WITHOUT_STS = "210987654321"         # it has switched STS off in REGION
REGION = "eu-west-1"
AUDIENCE = "ssh-bastion"
SECOND_AUDIENCE = "build-farm"               # the provider takes it, the roles do not
UNREACHABLE_ISSUER = "https://down.example.com"
RESOLVE = {"down.example.com": ("127.0.0.1", 1)}       # where nothing listens

ENGINEER = f"arn:aws:iam::{ACCOUNT}:role/Engineer"                  # lets in alice, and whom only one case uses
OPERATOR = f"arn:aws:iam::{ACCOUNT}:role/bastion/team/Operator"     # with a path, for 12 hours, with tags and a source identity
OF_BOB = f"arn:aws:iam::{ACCOUNT}:role/OfBob"
SHOPPER = f"arn:aws:iam::{ACCOUNT}:role/Shopper"                    # for an access token of www.amazon.com
UNREACHABLE = f"arn:aws:iam::{ACCOUNT}:role/Unreachable"
IN_DISABLED_REGION = f"arn:aws:iam::{ACCOUNT_WITHOUT_STS}:role/Engineer"

GOOD_ACCESS_TOKEN = "Atza|stand-in-access-token"
REVOKED_ACCESS_TOKEN = "Atza|stand-in-revoked-token"

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
OWN_POLICY = f"arn:aws:iam::{ACCOUNT}:policy/bastion/Restrict"

# Characters that a form must escape, and one beyond ASCII: a policy may have those up to U+00FF.
INLINE_POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b\u00fccher & notes + 100%/*"},
]}, ensure_ascii=False)

# Digests do not pack well.
LARGE_POLICY = json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": [
    f"arn:aws:s3:::{hashlib.sha512(bytes([number])).hexdigest()}" for number in range(12)
]}})


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
    expect: dict = dataclasses.field(default_factory=dict)  # members of the answer, beside those that each has


def iam(issuer):
    """The IAM that the cases are about. `issuer` is the identity provider's."""
    corp = OidcProvider(ACCOUNT, issuer.removeprefix("https://"), [AUDIENCE, SECOND_AUDIENCE])
    corp_elsewhere = dataclasses.replace(corp, account=ACCOUNT_WITHOUT_STS)
    unreachable = OidcProvider(ACCOUNT, UNREACHABLE_ISSUER.removeprefix("https://"), [AUDIENCE])
    amazon = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Federated": "www.amazon.com"}, "Action": ASSUME,
         "Condition": {"StringEquals": {"www.amazon.com:app_id": "amzn1.application-oa2-client.bastion"}}},
    ]}
    return IAM(
        providers=[corp, corp_elsewhere, unreachable],
        roles=[
            Role(ENGINEER, trust_policy(corp, aud=AUDIENCE, sub_like="alice*")),
            Role(OPERATOR, trust_policy(corp, aud=AUDIENCE, sub="alice", also=[TAG_SESSION, SET_SOURCE_IDENTITY]), max_session_duration=43200),
            Role(OF_BOB, trust_policy(corp, aud=AUDIENCE, sub="bob")),
            Role(SHOPPER, amazon),
            Role(UNREACHABLE, trust_policy(unreachable, aud=AUDIENCE)),
            Role(IN_DISABLED_REGION, trust_policy(corp_elsewhere, aud=AUDIENCE)),
        ],
        access_tokens=[
            AccessToken("www.amazon.com", GOOD_ACCESS_TOKEN, "amzn1.account.ALICE", "amzn1.application-oa2-client.bastion"),
            AccessToken("www.amazon.com", REVOKED_ACCESS_TOKEN, "amzn1.account.ALICE", "amzn1.application-oa2-client.bastion"),
        ],
        revoked_tokens={REVOKED_ACCESS_TOKEN},
        disabled_regions={ACCOUNT_WITHOUT_STS: [REGION]},
    )


CASES = [
    # What succeeds.
    Case("plain", "", "ok"),
    Case("elliptic-curve-signature", "", "ok", token=lambda idp: idp.mint("alice", algorithm="ES256")),
    Case("longest-token", "", "ok", token=lambda idp: idp.mint("alice", length=20000)),
    Case("twelve-hours-in-a-role-with-a-path", "", "ok", role_arn=OPERATOR, duration=43200),
    Case("session-policies", "", "ok", duration=900, policy=INLINE_POLICY, policy_arns=(READ_ONLY, OWN_POLICY)),
    Case("azp-before-aud", "", "ok", token=lambda idp: idp.mint("alice", aud=["api", "web"], azp=AUDIENCE)),
    Case("one-of-several-audiences", "", "ok", token=lambda idp: idp.mint("alice", aud=["api", AUDIENCE])),
    Case("subject-with-markup", "", "ok", token=lambda idp: idp.mint("alice<&>\"'\u00e9"),
         expect={"SubjectFromWebIdentityToken": "alice<&>\"'\u00e9"}),
    Case("source-identity-and-session-tags", "", "ok", role_arn=OPERATOR, expect={"SourceIdentity": "alice@example.com"},
         token=lambda idp: idp.mint("alice", **{SOURCE_IDENTITY_CLAIM: "alice@example.com", TAGS_CLAIM: {"principal_tags": {"team": ["sre"]}}})),
    Case("oauth-access-token", "", "ok", token=lambda idp: GOOD_ACCESS_TOKEN, role_arn=SHOPPER, provider_id="www.amazon.com",
         expect={"Provider": "www.amazon.com", "SubjectFromWebIdentityToken": "amzn1.account.ALICE",
                 "Audience": "amzn1.application-oa2-client.bastion"}),

    # What is wrong with the token.
    Case("expired", "ExpiredTokenException", "token_expired", token=lambda idp: idp.mint("alice", exp=idp.now() - 60)),
    Case("not-yet-valid", "InvalidIdentityToken", "token_not_yet_valid", token=lambda idp: idp.mint("alice", nbf=idp.now() + 300)),
    Case("forged", "InvalidIdentityToken", "sts_invalid_token", token=lambda idp: idp.mint("alice", forged=True)),
    Case("unsigned", "InvalidIdentityToken", "weak_algorithm", token=lambda idp: idp.mint("alice", algorithm="none")),
    Case("public-key-as-secret", "InvalidIdentityToken", "weak_algorithm", token=lambda idp: idp.mint("alice", algorithm="HS256")),
    Case("unknown-issuer", "InvalidIdentityToken", "unknown_issuer", token=lambda idp: idp.mint("alice", iss="https://login.example.net")),
    Case("wrong-audience", "InvalidIdentityToken", "wrong_audience", token=lambda idp: idp.mint("alice", aud="web")),
    Case("azp-is-another", "InvalidIdentityToken", "wrong_audience", token=lambda idp: idp.mint("alice", aud=AUDIENCE, azp="web")),
    Case("claim-twice", "InvalidIdentityToken", "bad_claims", token=lambda idp: idp.mint(payload_text=(
        f'{{"iss": "{idp.issuer}", "aud": "{AUDIENCE}", "iat": {idp.now()}, "exp": {idp.now() + 600}, "sub": "bob", "sub": "alice"}}'))),
    Case("issuer-down", "IDPCommunicationError", "sts_idp_unreachable", role_arn=UNREACHABLE,
         token=lambda idp: idp.mint("alice", iss=UNREACHABLE_ISSUER)),
    Case("revoked-access-token", "IDPRejectedClaim", "sts_rejected_claim", token=lambda idp: REVOKED_ACCESS_TOKEN, role_arn=SHOPPER,
         provider_id="www.amazon.com"),

    # What IAM does not allow.
    Case("subject-not-trusted", "AccessDenied", "sts_denied", role_arn=OF_BOB),
    Case("unknown-role", "AccessDenied", "sts_denied", role_arn=f"arn:aws:iam::{ACCOUNT}:role/Nobody"),
    Case("source-identity-not-allowed", "AccessDenied", "sts_denied", token=lambda idp: idp.mint("alice", **{SOURCE_IDENTITY_CLAIM: "alice"})),
    Case("region-disabled", "RegionDisabledException", "sts_region_disabled", role_arn=IN_DISABLED_REGION),

    # What is wrong with the request.
    Case("longer-than-the-role-allows", "ValidationError", "sts_request", duration=3601),
    Case("malformed-policy", "MalformedPolicyDocument", "sts_request", policy='{"Statement": []}'),
    Case("large-policy", "PackedPolicyTooLarge", "sts_request", policy=LARGE_POLICY),

    # What passes by itself.
    Case("throttled", "Throttling", "sts_throttled", hook=lambda request, answer: error("Throttling", "Rate exceeded")),
    Case("out-of-service", "ServiceUnavailable", "sts_unavailable",
         hook=lambda request, answer: error("ServiceUnavailable", "The request has failed due to a temporary failure of the server.")),
]
