"""How the local STS finds out whose a web identity token is: it verifies an ID token with the keys that its issuer publishes, and looks an
OAuth 2.0 access token up among those that IAM's description lists."""

import base64
import dataclasses
import http.client
import json
import re
import socket
import ssl
import urllib.parse

import jwt.algorithms
import jwt.exceptions

SOURCE_IDENTITY_CLAIM = "https://aws.amazon.com/source_identity"
TAGS_CLAIM = "https://aws.amazon.com/tags"
FETCH_TIMEOUT = 5                            # seconds for each of discovery and keys
SCHEMELESS_ISSUERS = {"accounts.google.com"}           # "iss" comes with https:// in some of their tokens, and without in others

# AWS verifies these and no others (AssumeRoleWithWebIdentity in its API reference); the names of the key types are RFC 7518's.
KEY_TYPES = {"RS256": ("RSA", None), "RS384": ("RSA", None), "RS512": ("RSA", None),
             "ES256": ("EC", "P-256"), "ES384": ("EC", "P-384"), "ES512": ("EC", "P-521")}
ALGORITHMS = jwt.algorithms.get_default_algorithms()


class Refused(Exception):
    """An error that STS answers, with AWS's code."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


@dataclasses.dataclass
class Identity:
    """Whose a token is, in the words of STS's answer and of trust policies."""
    principal: str                           # who a role must trust; also STS's "Provider"
    subject: str
    audience: str
    context: dict                            # condition keys, in lower case, each with a list of values
    source_identity: str = None
    tags: dict = dataclasses.field(default_factory=dict)


class Verifier:
    """Keeps the keys that it has fetched, as AWS does; forget_keys() for a test that wants them fetched again."""

    def __init__(self, iam, authority, resolve):
        self._iam = iam
        self._resolve = resolve
        self._tls = ssl.create_default_context(cafile=authority.ca_file)
        self._keys = {}

    def forget_keys(self):
        self._keys.clear()

    def access_token(self, provider_id, token):
        """The identity behind an OAuth 2.0 access token."""
        subject_key = {"www.amazon.com": "user_id", "graph.facebook.com": "id"}.get(provider_id)
        if subject_key is None:
            raise Refused("ValidationError", f"{provider_id} is not a provider of OAuth 2.0 access tokens")
        known = next((each for each in self._iam.access_tokens if (each.provider_id, each.token) == (provider_id, token)), None)
        if known is None:
            raise Refused("InvalidIdentityToken", f"The token provided is not one of {provider_id}")
        self._refuse_revoked(token)
        context = {f"{provider_id}:app_id": [known.audience], f"{provider_id}:{subject_key}": [known.subject]}
        return Identity(provider_id, known.subject, known.audience, context)

    def id_token(self, account, token, now):
        """The identity behind an ID token, verified for a role of this account."""
        header, claims, signed, signature = _parse(token)
        issuer = claims.get("iss")
        if isinstance(issuer, str) and issuer in SCHEMELESS_ISSUERS:
            issuer = f"https://{issuer}"
        if not isinstance(issuer, str) or not issuer.startswith("https://"):
            raise Refused("InvalidIdentityToken", "The token's issuer is not an https URL")
        provider = self._iam.provider(account, issuer.removeprefix("https://"))
        if provider is None:
            raise Refused("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {issuer}")
        self._verify_signature(issuer, header, signed, signature)
        _check_types(claims)
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        effective = [claims["azp"]] if "azp" in claims else audiences
        accepted = [each for each in effective if provider.account is None or each in provider.client_ids]
        if not accepted:
            raise Refused("InvalidIdentityToken", "Incorrect token audience")
        if claims["exp"] <= now:
            raise Refused("ExpiredTokenException",
                          f"Token expired: current date/time {now} must be before the expiration date/time {claims['exp']}")
        if claims.get("nbf", now) > now:
            raise Refused("InvalidIdentityToken", f"Token is not valid yet: current date/time {now} is before {claims['nbf']}")
        self._refuse_revoked(token)
        context = {f"{provider.url}:aud": effective, f"{provider.url}:sub": [claims["sub"]]}
        if "azp" in claims:
            context[f"{provider.url}:oaud"] = audiences
        if "amr" in claims:
            context[f"{provider.url}:amr"] = claims["amr"] if isinstance(claims["amr"], list) else [claims["amr"]]
        return Identity(provider.principal, claims["sub"], accepted[0], {key.lower(): values for key, values in context.items()},
                        _source_identity(claims), _tags(claims))

    def _refuse_revoked(self, token):
        if token in self._iam.revoked_tokens:
            raise Refused("IDPRejectedClaim", "The identity provider says that this token is no longer valid")

    def _verify_signature(self, issuer, header, signed, signature):
        algorithm = header.get("alg")
        if algorithm not in KEY_TYPES:
            raise Refused("InvalidIdentityToken", "The token is not signed with an algorithm that is supported")
        keys = self._matching_keys(issuer, header) or self._matching_keys(issuer, header, fetch=True)
        if not keys:
            raise Refused("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider: it has none of that name and kind")
        if not any(ALGORITHMS[algorithm].verify(signed, key, signature) for key in keys):
            raise Refused("InvalidIdentityToken", "The token's signature is not valid")

    def _matching_keys(self, issuer, header, fetch=False):
        """The issuer's keys that may have signed a token with this header: of its name, if it has one, and of the algorithm's type."""
        if fetch or issuer not in self._keys:
            self._keys[issuer] = self._fetch_keys(issuer)
        key_type, curve = KEY_TYPES[header["alg"]]
        try:
            return [ALGORITHMS[header["alg"]].from_jwk(each) for each in self._keys[issuer]
                    if each["kty"] == key_type and each.get("crv") == curve and each.get("alg", header["alg"]) == header["alg"]
                    and header.get("kid", each.get("kid")) == each.get("kid")]
        except (KeyError, TypeError, AttributeError, ValueError, jwt.exceptions.PyJWTError) as error:
            raise Refused("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider: a key is malformed") from error

    def _fetch_keys(self, issuer):
        discovery = self._fetch(issuer.rstrip("/") + "/.well-known/openid-configuration")
        if discovery.get("issuer") != issuer or not str(discovery.get("jwks_uri")).startswith("https://"):
            raise Refused("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider: its discovery document is wrong")
        keys = self._fetch(discovery["jwks_uri"]).get("keys")
        if not isinstance(keys, list):
            raise Refused("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider: it has no list of keys")
        return keys

    def _fetch(self, url):
        """A JSON object from the identity provider, by a GET that follows no redirection."""
        parts = urllib.parse.urlsplit(url)
        address = self._resolve.get(parts.hostname, (parts.hostname, parts.port or 443))
        try:
            with socket.create_connection(address, FETCH_TIMEOUT) as plain, \
                    self._tls.wrap_socket(plain, server_hostname=parts.hostname) as connection:
                client = http.client.HTTPConnection(parts.netloc)
                client.sock = connection
                client.request("GET", parts.path, headers={"Connection": "close"})
                response = client.getresponse()
                status, body = response.status, response.read()
        except ssl.SSLCertVerificationError as error:
            raise Refused("InvalidIdentityToken", "The OpenIDConnect provider's HTTPS certificate is not one that is trusted") from error
        except (OSError, http.client.HTTPException) as error:
            raise Refused("IDPCommunicationError", f"The identity provider cannot be reached: {type(error).__name__}") from error
        if status >= 500:
            raise Refused("IDPCommunicationError", f"The identity provider answered with HTTP status {status}")
        try:
            document = json.loads(body) if status == 200 else None
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise Refused("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider: its answer is no JSON object")
        return document


def _parse(token):
    """Header, claims, signed bytes and signature of a compact token; what is not exactly one is refused, and so is a name that comes twice."""
    def unique(pairs):
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError("a name comes twice")
        return dict(pairs)

    try:
        if not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]*", token, re.ASCII):
            raise ValueError("not three parts of base64url")
        parts = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")]
        header, claims = (json.loads(part.decode("utf-8"), object_pairs_hook=unique) for part in parts[:2])
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise ValueError("not JSON objects")
    except (ValueError, RecursionError) as error:
        raise Refused("InvalidIdentityToken", "The ID Token provided is not a valid JWT") from error
    return header, claims, token.rpartition(".")[0].encode("ascii"), parts[2]


def _check_types(claims):
    """Refuse claims that are missing or of a wrong type. AWS takes integers only for times."""
    def is_text(value):
        return isinstance(value, str) and value != ""

    def is_time(value):
        return isinstance(value, int) and not isinstance(value, bool)

    checks = {
        "sub": is_text,
        "aud": lambda value: is_text(value) or isinstance(value, list) and value != [] and all(map(is_text, value)),
        "exp": is_time,
        "iat": is_time,
    }
    for name in checks:
        if name not in claims:
            raise Refused("InvalidIdentityToken", f"Missing a required claim: {name}")
    for name, is_right in (checks | {"nbf": is_time, "azp": is_text}).items():
        if name in claims and not is_right(claims[name]):
            raise Refused("InvalidIdentityToken", f"The claim {name} is not of the right type")


def _source_identity(claims):
    value = claims.get(SOURCE_IDENTITY_CLAIM)
    if value is not None and (not isinstance(value, str) or not re.fullmatch(r"[\w+=,.@-]{2,64}", value, re.ASCII)):
        raise Refused("InvalidIdentityToken", "The source identity in the token is not valid")
    return value


def _tags(claims):
    """Session tags, at most 50, the keys up to 128 and the values up to 256 characters: {"principal_tags": {key: [value]}}, or flat, a claim each."""
    tags = claims.get(TAGS_CLAIM, {})
    pairs = tags.get("principal_tags", {}) if isinstance(tags, dict) else None
    if isinstance(pairs, dict):
        prefix = f"{TAGS_CLAIM}/principal_tags/"
        pairs = pairs | {name.removeprefix(prefix): value if isinstance(value, list) else [value]
                         for name, value in claims.items() if name.startswith(prefix)}
    if not isinstance(pairs, dict) or len(pairs) > 50 or not all(
            isinstance(values, list) and len(values) == 1 and isinstance(values[0], str) and 1 <= len(key) <= 128 and len(values[0]) <= 256
            for key, values in pairs.items()):
        raise Refused("InvalidIdentityToken", "The session tags in the token are not valid")
    return {key: values[0] for key, values in pairs.items()}
