"""What the local STS knows of IAM: OpenID Connect providers, roles, and the trust policies of the roles.

    corp = OidcProvider("123456789012", "login.example.com", ["ssh-bastion"])
    iam = IAM(providers=[corp],
              roles=[Role("arn:aws:iam::123456789012:role/Operator", trust_policy(corp, aud="ssh-bastion", sub="alice"))])

A trust policy is the JSON document that IAM takes, as a dict, and is evaluated as IAM does: what an administrator would paste there can be tried
here. iam_from_json() reads all of it from one JSON object.
"""

import base64
import dataclasses
import hashlib
import re

ASSUME = "sts:AssumeRoleWithWebIdentity"
SET_SOURCE_IDENTITY = "sts:SetSourceIdentity"
TAG_SESSION = "sts:TagSession"


@dataclasses.dataclass
class OidcProvider:
    """An OpenID Connect provider: the account it was created in, the issuer without its scheme, and the audiences it takes.

    Without an account it is one of those built into IAM, such as accounts.google.com: known to every account, under its own name, and for every
    audience."""
    account: str
    url: str
    client_ids: list
    partition: str = "aws"                   # of the account

    @property
    def principal(self):
        return f"arn:{self.partition}:iam::{self.account}:oidc-provider/{self.url}" if self.account else self.url


@dataclasses.dataclass
class AccessToken:
    """An opaque OAuth 2.0 token that its provider would confirm: www.amazon.com or graph.facebook.com."""
    provider_id: str
    token: str
    subject: str
    audience: str


@dataclasses.dataclass
class Role:
    arn: str
    trust: dict                              # a trust policy, as IAM takes it
    max_session_duration: int = 3600

    def __post_init__(self):
        for statement in _list(self.trust["Statement"]):
            for operator, keys in statement.get("Condition", {}).items():
                _comparison(operator)        # a mistyped operator is reported here, and not by a role that lets nobody in
                for wanted in keys.values():
                    for value in _list(wanted):
                        _parts(value)        # and so is a variable that this IAM does not know

    @property
    def account(self):
        return self.arn.split(":")[4]

    @property
    def name(self):
        """The last part: an assumed role's ARN does not show the path."""
        return self.arn.rpartition("/")[2]

    @property
    def unique_id(self):
        return "AROA" + base64.b32encode(hashlib.sha256(self.arn.encode()).digest()).decode("ascii")[:17]

    def trusts(self, principal, action, context):
        """Whether the trust policy lets a federated principal do this. `context` has a list of values for each condition key, in lower case."""
        effects = {statement["Effect"] for statement in _list(self.trust["Statement"]) if _applies(statement, principal, action, context)}
        return effects == {"Allow"}


@dataclasses.dataclass
class IAM:
    providers: list = dataclasses.field(default_factory=list)
    roles: list = dataclasses.field(default_factory=list)
    access_tokens: list = dataclasses.field(default_factory=list)
    revoked_tokens: set = dataclasses.field(default_factory=set)        # tokens of either kind that the provider has taken back
    disabled_regions: dict = dataclasses.field(default_factory=dict)    # account -> regions where it switched STS off

    def provider(self, account, url):
        return next((each for each in self.providers if each.url == url and each.account in (account, None)), None)

    def role(self, arn):
        return next((each for each in self.roles if each.arn == arn), None)


def trust_policy(provider, aud, sub=None, sub_like=None, also=()):
    """The usual trust policy for a provider: one of the audiences, and, where given, one of the subjects or patterns. `also` are more actions."""
    condition = {"StringEquals": {f"{provider.url}:aud": aud}}
    if sub is not None:
        condition["StringEquals"][f"{provider.url}:sub"] = sub
    if sub_like is not None:
        condition["StringLike"] = {f"{provider.url}:sub": sub_like}
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Federated": provider.principal}, "Action": [ASSUME, *also], "Condition": condition},
    ]}


def iam_from_json(document):
    """IAM from a JSON object that has the fields of the classes above; unknown ones are errors."""
    return IAM(**document | {
        "providers": [OidcProvider(**each) for each in document.get("providers", [])],
        "roles": [Role(**each) for each in document.get("roles", [])],
        "access_tokens": [AccessToken(**each) for each in document.get("access_tokens", [])],
        "revoked_tokens": set(document.get("revoked_tokens", [])),
    })


def _applies(statement, principal, action, context):
    if principal not in _list(statement["Principal"].get("Federated", [])):
        return False
    if not any(_like(pattern.lower(), action.lower()) for pattern in _list(statement["Action"])):
        return False
    return all(_comparison(operator)(_list(wanted), context.get(key.lower()))
               for operator, keys in statement.get("Condition", {}).items() for key, wanted in keys.items())


def _comparison(operator):
    """The function of a condition operator: (values in the policy, values of the request or None) -> bool. ValueError for an unknown one."""
    if operator == "Null":
        return lambda wanted, present: (present is None) == (str(wanted[0]).lower() == "true")
    quantifier, _, name = operator.rpartition(":")
    name, if_exists = name.removesuffix("IfExists"), name.endswith("IfExists")
    negated, compare = {
        "StringEquals": (False, lambda wanted, value: _text(wanted) == value),
        "StringNotEquals": (True, lambda wanted, value: _text(wanted) == value),
        "StringEqualsIgnoreCase": (False, lambda wanted, value: _text(wanted).lower() == value.lower()),
        "StringNotEqualsIgnoreCase": (True, lambda wanted, value: _text(wanted).lower() == value.lower()),
        "StringLike": (False, _like),
        "StringNotLike": (True, _like),
    }.get(name, (None, None))
    if compare is None or quantifier not in ("", "ForAnyValue", "ForAllValues"):
        raise ValueError(f"this IAM does not know the condition operator {operator}")

    def holds(wanted, present):
        if present is None:
            return if_exists or negated or quantifier == "ForAllValues"
        each = [any(compare(pattern, value) for pattern in wanted) != negated for value in present]
        return all(each) if quantifier == "ForAllValues" or (negated and not quantifier) else any(each)

    return holds


def _parts(text):
    """The characters of a text of a policy, each with whether it stands for itself: "${*}", "${?}" and "${$}" are *, ? and $, which do."""
    parts = []
    for part in re.findall(r"\$\{[^}]*\}|\$\{|.", text, re.DOTALL):
        if part.startswith("${") and part not in ("${*}", "${?}", "${$}"):
            raise ValueError(f"this IAM does not know the variable {part}")
        parts.append((part[2], True) if part.startswith("${") else (part, False))
    return parts


def _text(text):
    return "".join(character for character, _ in _parts(text))


def _like(pattern, value):
    """IAM's patterns: * for any characters, ? for one, everything else for itself."""
    stands_for = {"*": ".*", "?": "."}
    parts = [re.escape(character) if is_itself else stands_for.get(character) or re.escape(character) for character, is_itself in _parts(pattern)]
    return re.fullmatch("".join(parts), value, re.DOTALL) is not None


def _list(value):
    return value if isinstance(value, list) else [value]
