#!/usr/bin/python3
"""A local OpenID Connect identity provider: discovery, keys, and ID tokens of any shape.

Tests and the demo mint tokens with it, good ones and bad ones; the local STS fetches its keys over HTTPS, as AWS does from a real one.

    with IdentityProvider("login.example.com", 443, authority, directory) as idp:
        idp.mint("alice")                                            # a good token, ten minutes long
        idp.mint("alice", exp=idp.now() - 60, email=None)            # any claim replaced, added, or (None) left out
        idp.mint("alice", algorithm="ES256")                         # or HS256 (with our public key as its secret), or none
        idp.mint("alice", forged=True)                               # by a key that is not ours, under our key's name
        idp.mint("alice", length=1500)                               # exactly so many characters
        idp.mint(payload_text='{"sub": "alice", "sub": "root"}')     # these very bytes

The keys stay in the directory, so that the command `identity_provider.py mint --state DIRECTORY --sub alice` mints tokens for a server that runs
in another process.
"""

import argparse
import base64
import functools
import hashlib
import hmac
import json
import time
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

import authority as certificate_authority
from https_server import HttpsServer, Response, url


class TokenIssuer:
    """The issuer's name and its keys, which live in a directory: all that minting a token takes."""

    def __init__(self, issuer, directory):
        self.issuer = issuer
        self.clock = time.time               # seconds; replaceable
        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "issuer").write_text(issuer, encoding="utf-8")
        self._rsa = _key(directory / "rsa.key", _new_rsa)
        self._ec = _key(directory / "ec.key", _new_ec)
        self._foreign_rsa = _key(directory / "foreign-rsa.key", _new_rsa)
        self._foreign_ec = _key(directory / "foreign-ec.key", _new_ec)

    @classmethod
    def from_directory(cls, directory):
        return cls((Path(directory) / "issuer").read_text(encoding="utf-8"), directory)

    def now(self):
        return int(self.clock())

    def mint(self, sub="alice", aud="ssh-bastion", *, algorithm="RS256", forged=False, header=None, header_text=None, payload_text=None, length=None,
             **claims):
        """A signed token.

        Every other keyword is a claim, in place of a default (iss, sub, aud, iat, exp) or beside them; None leaves it out. `header` does the
        same for the header. `header_text` and `payload_text` (str or bytes) are signed as they stand, JSON or not. `length` fills the token up to
        that many characters with a claim called "filler"; ValueError if it is longer than that without one."""
        names = {"RS256": "rsa", "ES256": "ec", "HS256": "rsa"}
        header = _without_none({"alg": algorithm, "typ": "JWT", "kid": names.get(algorithm)} | (header or {}))
        claims = _without_none({"iss": self.issuer, "sub": sub, "aud": aud, "iat": self.now(), "exp": self.now() + 600} | claims)
        sign = self._signer(algorithm, forged)
        if length is None:
            return _compact(header_text or json.dumps(header), json.dumps(claims) if payload_text is None else payload_text, sign)
        if header_text is not None or payload_text is not None:
            raise ValueError("a token of given texts cannot be filled up")
        return _filled(header, claims, length, sign)

    def jwks(self):
        """The public keys, as RFC 7517 writes them."""
        public_rsa, public_ec = self._rsa.public_key().public_numbers(), self._ec.public_key().public_numbers()
        return {"keys": [
            {"kty": "RSA", "kid": "rsa", "use": "sig", "alg": "RS256", "n": _number(public_rsa.n, 256), "e": _number(public_rsa.e, 3)},
            {"kty": "EC", "kid": "ec", "use": "sig", "alg": "ES256", "crv": "P-256", "x": _number(public_ec.x, 32), "y": _number(public_ec.y, 32)},
        ]}

    def _signer(self, algorithm, forged):
        if algorithm == "RS256":
            key = self._foreign_rsa if forged else self._rsa
            return lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if algorithm == "ES256":
            key = self._foreign_ec if forged else self._ec
            return lambda data: _raw_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
        if algorithm == "HS256":
            # The known attack: a verifier that lets the token choose would take the public key, which everybody has, for the shared secret.
            secret = self._rsa.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            return lambda data: hmac.digest(secret, data, hashlib.sha256)
        if algorithm == "none":
            return lambda data: b""
        raise ValueError(f"no way to sign with {algorithm}")


class IdentityProvider(TokenIssuer, HttpsServer):
    """The provider as a server: `issuer` is https://host[:port][path], and the port is left out where it is 443.

    It stands for the issuers https://HOST of `other_hosts` too, with the same keys: mint(iss=...) makes their tokens. Whoever fetches from one of
    them must be told where it really listens (SecurityTokenService's `resolve`)."""

    def __init__(self, issuer_host, port, authority, directory, path="", address="127.0.0.1", other_hosts=()):
        certificate = authority.server("identity-provider", issuer_host, *other_hosts)
        HttpsServer.__init__(self, certificate, port, address)
        TokenIssuer.__init__(self, url(issuer_host, self.port) + path, directory)
        self._base = path.rstrip("/")
        self._root = url(issuer_host, self.port)
        self._other_hosts = other_hosts

    def respond(self, request):
        host = request.headers.get("Host")
        issuer, root, base = (f"https://{host}", f"https://{host}", "") if host in self._other_hosts else (self.issuer, self._root, self._base)
        documents = {
            base + "/.well-known/openid-configuration": {
                "issuer": issuer,
                "jwks_uri": f"{root}{base}/jwks",
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            },
            base + "/jwks": self.jwks(),
        }
        if request.path not in documents:
            return Response(404)
        return Response(200, json.dumps(documents[request.path]).encode(), {"Content-Type": "application/json"})


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _without_none(members):
    return {name: value for name, value in members.items() if value is not None}


def _compact(header, payload, sign):
    """Header and payload, each text or bytes, as a compact JWS (RFC 7515, 3.1)."""
    header, payload = (part.encode() if isinstance(part, str) else part for part in (header, payload))
    signed = f"{base64url(header)}.{base64url(payload)}"
    return f"{signed}.{base64url(sign(signed.encode('ascii')))}"


def _filled(header, claims, length, sign):
    """A token of exactly `length` characters.

    In base64url no number of bytes comes out as 4k + 1 characters. Where the payload would have to, the header is lengthened by 16 bytes, which
    are 21 or 22 characters: both leave the payload a number that exists."""
    signature = len(base64url(sign(b"")))
    for filler in ("", "xx"):
        longer_header = header | ({"filler": filler} if filler else {})
        payload = length - signature - len(base64url(json.dumps(longer_header).encode())) - 2
        room = payload * 3 // 4 - len(json.dumps(claims | {"filler": ""}).encode())
        if room < 0:
            raise ValueError(f"the token has more than {length} characters without any filler")
        token = _compact(json.dumps(longer_header), json.dumps(claims | {"filler": "x" * room}), sign)
        if len(token) == length:
            return token
    raise AssertionError("the longer header did not help")


def _raw_signature(der):
    """An ECDSA signature the way JWS has it: both numbers in full width (RFC 7518, 3.4)."""
    return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(der))


def _number(number, size):
    return base64url(number.to_bytes(size, "big"))


def _new_rsa():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _new_ec():
    return ec.generate_private_key(ec.SECP256R1())


@functools.lru_cache(maxsize=None)     # Loading one takes OpenSSL 0.2 s, for the checks that it makes.
def _key(path, generate):
    """The private key in a file; a new one where there is none yet."""
    if not path.exists():
        certificate_authority.write_private_key(path, generate())
    return serialization.load_pem_private_key(path.read_bytes(), None)


def _claim(text):
    """A claim from the command line: name=JSON, or name=text where that is not JSON."""
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def main():
    parser = argparse.ArgumentParser(description="Mint an ID token of the local identity provider.")
    mint = parser.add_subparsers(required=True).add_parser("mint")
    mint.add_argument("--state", required=True, help="the identity provider's directory")
    mint.add_argument("--sub", default="alice")
    mint.add_argument("--aud", default="ssh-bastion")
    mint.add_argument("--claim", action="append", type=_claim, default=[], metavar="NAME=JSON", help="null leaves a claim out")
    mint.add_argument("--length", type=int, help="fill the token up to so many characters")
    options = parser.parse_args()
    claims = {"sub": options.sub, "aud": options.aud} | dict(options.claim)
    print(TokenIssuer.from_directory(options.state).mint(length=options.length, **claims))


if __name__ == "__main__":
    main()
