"""What never leaves the host: a password, a token that cannot be right, and any token of a user whom none lets in.

Neither STS nor the identity provider hears of such an attempt; not even a connection is opened.
"""

import base64
import json

import pytest

import accounts
import cases
from identity_provider import base64url

JUNK = "\b\n\r\177INCORRECT"                 # sshd's answer for users who do not exist: so much of it as the user has typed

# An OAuth 2.0 provider, whose tokens are sent as they are.
AMAZON = {"name": "amazon", "provider_id": cases.AMAZON, "token_prefix": "Atza|", "audience": [cases.APPLICATION[cases.AMAZON]],
          "user": {"claim": "sub", "is": "%u"}}
GOOD_ACCESS_TOKEN = cases.ACCESS_TOKEN[cases.AMAZON]


@pytest.fixture
def refuse(login_service, settings, idp, sts):
    """refuse(user, answer, code, reason): the attempt is refused for this reason, and nothing has gone out. `settings` takes everybody's tokens."""
    settings["providers"][0]["user"] = {"claim": "sub", "is": "%u"}

    def check(user, answer, code, reason):
        attempt = login_service(user, answer)
        assert (attempt.code, attempt.reason, attempt.environment) == (code, reason, {})
        assert [(server.requests, server.connections) for server in (sts, idp)] == [([], 0), ([], 0)]
        return attempt

    return check


def payload(idp, **claims):
    """The text of a good payload with some claims replaced: each by a text of JSON, or by None to leave it out."""
    good = {"iss": json.dumps(idp.issuer), "sub": '"alice"', "aud": json.dumps(cases.AUDIENCE), "iat": str(idp.now()), "exp": str(idp.now() + 600)}
    return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in (good | claims).items() if value is not None) + "}"


def with_claims(**claims):
    """A maker of tokens that are good but for these claims."""
    return lambda idp: idp.mint(payload_text=payload(idp, **claims))


def with_more(text):
    """A maker of tokens that are good, but whose payload goes on with this text of JSON."""
    return lambda idp: idp.mint(payload_text=payload(idp)[:-1] + f", {text}}}")


# No token at all.

NO_TOKENS = [
    ("password", "correct horse battery staple"),
    ("password-with-dots", "correct.horse.battery"),
    ("password-with-signs", "tr0ub4dor&3"),
    ("password-beyond-ascii", "pa\u00dfwort"),
    ("one-character", "x"),
    ("dots", ".."),
    ("many-dots", "." * 100),
    ("junk-of-sshd", JUNK),
    ("junk-of-sshd-of-a-tokens-length", (JUNK * 100)[:1200]),
    ("junk-of-sshd-cut", JUNK[:5]),
    ("beginning-of-a-token", "eyJhbGciOiJSUzI1NiJ9"),
    ("rubbish-of-20000-characters", "x" * 20000),
    ("key-of-aws", "AKIAIOSFODNN7EXAMPLE"),
    ("control-characters", "\x01\x02\x03.\x04.\x05"),
]

# What decodes by chance, but is no JSON.
RUBBISH = ["pass.word.word", "x" * 6000 + "." + "x" * 6000 + "." + "x" * 6000, "MTIz.NDU2.Nzg5"]


@pytest.mark.parametrize("answer", [answer for _, answer in NO_TOKENS], ids=[name for name, _ in NO_TOKENS])
def test_what_is_no_token(refuse, answer):
    refuse("alice", answer, "PAM_AUTH_ERR", "not_a_token")


@pytest.mark.parametrize("answer", RUBBISH, ids=["password", "long", "numbers"])
def test_three_segments_of_rubbish(refuse, answer):
    refuse("alice", answer, "PAM_AUTH_ERR", "bad_claims")


@pytest.mark.parametrize("answer", ["", " ", "\r", "\t \t"], ids=["nothing", "blank", "carriage-return", "blanks"])
def test_empty_answer(refuse, answer):
    refuse("alice", answer, "PAM_AUTH_ERR", "no_token")


# Tokens that are not written as tokens are.

FORMS = [
    ("two-segments", lambda token: token.rpartition(".")[0]),
    ("two-segments-and-a-dot-in-front", lambda token: "." + token.rpartition(".")[0]),
    ("one-segment", lambda token: token.replace(".", "")),
    ("four-segments", lambda token: token + ".x"),
    ("four-segments-the-last-empty", lambda token: token + "."),
    ("five-segments", lambda token: token + ".x.x"),
    ("empty-header", lambda token: "." + token.partition(".")[2]),
    ("empty-payload", lambda token: "..".join(token.split(".")[::2])),
    ("padding-behind", lambda token: token + "=="),
    ("padding-of-each", lambda token: ".".join(part + "=" * (-len(part) % 4) for part in token.split("."))),
    ("plus", lambda token: token[:-9] + "+" + token[-8:]),
    ("slash", lambda token: token[:-9] + "/" + token[-8:]),
    ("standard-alphabet-and-padding", lambda token: ".".join(
        base64.b64encode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))).decode() for part in token.split("."))),
    ("blank-inside", lambda token: token[:50] + " " + token[50:]),
    ("newline-inside", lambda token: token[:50] + "\n" + token[50:]),
    ("folded", lambda token: "\n".join(token[start:start + 76] for start in range(0, len(token), 76))),
    ("beyond-ascii-inside", lambda token: token[:50] + "\u00e9" + token[51:]),
    ("delete-inside", lambda token: token[:50] + "\x7f" + token[50:]),
    ("bearer", lambda token: "Bearer " + token),
    ("name-in-front", lambda token: "token=" + token),
    ("text-behind", lambda token: token + " alice"),
    ("twice", lambda token: token + " " + token),
    ("in-quotes", lambda token: f'"{token}"'),
    ("in-json", lambda token: json.dumps({"id_token": token})),
    ("byte-order-mark", lambda token: "\ufeff" + token),
    ("length-of-no-bytes", lambda token: token.replace(".", "x" * (5 - token.index(".") % 4) + ".", 1)),
    ("json-serialization", lambda token: json.dumps(dict(zip(("protected", "payload", "signature"), token.split("."))))),
    ("json-serialization-with-signatures", lambda token: json.dumps({"payload": token.split(".")[1], "signatures": [
        {"protected": token.split(".")[0], "signature": token.split(".")[2]}] * 2})),
]


@pytest.mark.parametrize("change", [change for _, change in FORMS], ids=[name for name, _ in FORMS])
def test_token_in_another_form(refuse, idp, change):
    refuse("alice", change(idp.mint("alice")), "PAM_AUTH_ERR", "not_a_token")


def test_encrypted_token(refuse, idp):
    header = base64url(b'{"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT"}')
    refuse("alice", ".".join([header, *(base64url(part) for part in (b"k" * 256, b"i" * 12, idp.mint("alice").encode(), b"t" * 16))]),
           "PAM_AUTH_ERR", "not_a_token")


@pytest.mark.parametrize("length", [20001, 20002, 65536, 200000])
def test_token_that_is_too_long(refuse, idp, length):
    refuse("alice", idp.mint("alice", length=length), "PAM_AUTH_ERR", "token_too_long")


def test_rubbish_that_is_too_long(refuse):
    refuse("alice", "x" * 20001, "PAM_AUTH_ERR", "token_too_long")


# What proves nothing.

@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512", "hs256", "rs256", "RS256 ", "RS1", "RS255",
                                       "ES256K", "A128KW", "dir", "\u0280S256"])
def test_algorithm_that_proves_nothing(refuse, idp, algorithm):
    refuse("alice", idp.mint("alice", header={"alg": algorithm}), "PAM_AUTH_ERR", "weak_algorithm")


@pytest.mark.parametrize("algorithm", ["none", "RS256", "HS256"])
def test_token_without_a_signature(refuse, idp, algorithm):
    token = idp.mint("alice", algorithm="none", header={"alg": algorithm})
    assert token.endswith(".")
    refuse("alice", token, "PAM_AUTH_ERR", "weak_algorithm")


def test_public_key_as_a_secret(refuse, idp):
    refuse("alice", idp.mint("alice", algorithm="HS256"), "PAM_AUTH_ERR", "weak_algorithm")


HEADERS = [
    ("no-algorithm", '{"typ": "JWT", "kid": "rsa"}'),
    ("algorithm-null", '{"alg": null}'),
    ("algorithm-number", '{"alg": 256}'),
    ("algorithm-array", '{"alg": ["RS256"]}'),
    ("algorithm-twice", '{"alg": "RS256", "kid": "rsa", "alg": "RS256"}'),
    ("algorithm-twice-once-escaped", '{"alg": "RS256", "\\u0061lg": "none"}'),
    ("algorithm-in-another-case", '{"Alg": "RS256"}'),
    ("key-twice", '{"alg": "RS256", "kid": "rsa", "kid": "ec"}'),
    ("twice-below", '{"alg": "RS256", "jwk": {"kty": "RSA", "kty": "EC"}}'),
    ("crit", '{"alg": "RS256", "kid": "rsa", "crit": ["exp"], "exp": 1}'),
    ("crit-empty", '{"alg": "RS256", "crit": []}'),
    ("crit-null", '{"alg": "RS256", "crit": null}'),
    ("payload-not-encoded", '{"alg": "RS256", "b64": false, "crit": ["b64"]}'),
    ("array", '["RS256"]'),
    ("text", '"RS256"'),
    ("empty-object", "{}"),
    ("cut", '{"alg": "RS256"'),
    ("two-objects", '{"alg": "RS256"} {"alg": "RS256"}'),
    ("not-utf-8", b'{"alg": "RS256", "kid": "\xff"}'),
    ("nul", '{"alg": "RS256\\u0000"}'),
]


@pytest.mark.parametrize("header", [header for _, header in HEADERS], ids=[name for name, _ in HEADERS])
def test_header_that_cannot_be_right(refuse, idp, header):
    refuse("alice", idp.mint("alice", header_text=header), "PAM_AUTH_ERR", "bad_claims")


# Claims that cannot be right.

WRONG_TYPES = [(name, value) for name, values in {
    "iss": ["7", "null", '""', "true", '["https://login.example.com"]', '{"iss": "https://login.example.com"}'],
    "sub": ["7", "null", '""', "true", '["alice"]', '{"sub": "alice"}', '"alice\\u0000"'],
    "aud": ["7", "null", "true", '{"aud": "ssh-bastion"}', "[]", "[7]", '["ssh-bastion", 7]', '["ssh-bastion", null]', '[["ssh-bastion"]]'],
    "azp": ["7", "null", '""', "true", '["ssh-bastion"]', '{"azp": "ssh-bastion"}'],
    "exp": ['"4102444800"', "null", "true", "[4102444800]", '{"exp": 4102444800}', "-1", "0", '""'],
    "nbf": ['"0"', "null", "false", "[0]", "-1"],
    "iat": ['"0"', "null", "false", "[0]", "-1"],
}.items() for value in values]


@pytest.mark.parametrize("name, value", WRONG_TYPES)
def test_claim_of_a_wrong_type(refuse, idp, name, value):
    refuse("alice", with_claims(**{name: value})(idp), "PAM_AUTH_ERR", "bad_claims")


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp"])
def test_claim_that_is_missing(refuse, idp, name):
    refuse("alice", with_claims(**{name: None})(idp), "PAM_AUTH_ERR", "bad_claims")


@pytest.mark.parametrize("name", ["Iss", "SUB", "aUd", "exp "])
def test_claim_under_another_name(refuse, idp, name):
    right = name.lower().strip()
    refuse("alice", idp.mint(payload_text=payload(idp).replace(f'"{right}"', f'"{name}"')), "PAM_AUTH_ERR", "bad_claims")


@pytest.mark.parametrize("more", [
    '"iss": "https://login.example.com"', '"iss": "https://login.example.net"', '"sub": "alice"', '"sub": "bob"', '"aud": "ssh-bastion"',
    '"aud": "web"', '"exp": 4102444800', '"iat": 0', '"email": "alice@example.com", "email": "bob@example.com"', '"sub": null',
    '"\\u0073ub": "alice"',
    '"team": {"lead": "alice", "lead": "bob"}', '"teams": [{"name": "a"}, {"name": "b", "name": "c"}]', '"a": {"b": {"c": {"d": 1, "d": 1}}}',
], ids=lambda more: more.replace(" ", "").replace('"', ""))
def test_claim_that_comes_twice(refuse, idp, more):
    refuse("alice", with_more(more)(idp), "PAM_AUTH_ERR", "bad_claims")


PAYLOADS = [
    ("array", "[]"), ("null", "null"), ("text", '"alice"'), ("number", "7"), ("empty-object", "{}"), ("no-json", "alice"), ("cut", '{"sub": "alice"'),
    ("comma-behind", '{"sub": "alice",}'), ("single-quotes", "{'sub': 'alice'}"), ("comment", '{"sub": "alice" /* root */}'),
    ("not-utf-8", b'{"sub": "alic\xe9"}'), ("byte-order-mark", "\ufeff{}"), ("utf-16", '{"sub": "alice"}'.encode("utf-16")),
    ("nul-behind", b'{"sub": "alice"}\0'), ("half-a-surrogate", '{"sub": "\\ud800"}'), ("not-a-number", '{"sub": "alice", "exp": NaN}'),
    ("deep", '{"a": ' * 5000 + "1" + "}" * 5000), ("deep-arrays", '{"a": ' + "[" * 9000 + "]" * 9000 + "}"),
]


@pytest.mark.parametrize("text", [text for _, text in PAYLOADS], ids=[name for name, _ in PAYLOADS])
def test_payload_that_is_no_object(refuse, idp, text):
    refuse("alice", idp.mint(payload_text=text), "PAM_AUTH_ERR", "token_too_long" if len(text) > 15000 else "bad_claims")


def test_token_in_a_token(refuse, idp):
    refuse("alice", idp.mint(payload_text=idp.mint("alice"), header={"cty": "JWT"}), "PAM_AUTH_ERR", "bad_claims")


def test_text_behind_the_payload(refuse, idp):
    refuse("alice", idp.mint(payload_text=payload(idp) + payload(idp, sub='"bob"')), "PAM_AUTH_ERR", "bad_claims")


# Time.

@pytest.mark.parametrize("ago", [0, 1, 60, 86400, 365 * 86400])
def test_token_that_has_expired(refuse, idp, ago):
    # It ends with the second that its last one is: where ago is nought, it has ended when the module looks.
    refuse("alice", idp.mint("alice", exp=idp.now() - ago), "PAM_AUTH_ERR", "token_expired")


@pytest.mark.parametrize("expires", [1, 0.5, 1e-300, 1700000000.5])
def test_token_that_expired_long_ago(refuse, idp, expires):
    refuse("alice", idp.mint("alice", exp=expires), "PAM_AUTH_ERR", "token_expired")


@pytest.mark.parametrize("name", ["nbf", "iat"])
@pytest.mark.parametrize("ahead", [300, 3600, 10 * 365 * 86400, 10**15, 1e300])
def test_token_of_the_future(refuse, idp, name, ahead):
    # A minute is granted; what is just beyond it would hang on how fast the test runs.
    refuse("alice", idp.mint("alice", exp=1e306, **{name: idp.now() + ahead}), "PAM_AUTH_ERR", "token_not_yet_valid")


# Whom the token is from, and for.

@pytest.mark.parametrize("issuer", [
    "https://login.example.net", "https://login.example.co", "https://login.example.com/", "https://login.example.com/realms/a",
    "https://LOGIN.example.com", "https://Login.Example.Com", "HTTPS://login.example.com", "http://login.example.com", "login.example.com",
    "//login.example.com", "https://login.example.com:443", "https://login.example.com.", "https://login.example.com ", " https://login.example.com",
    "https://login.example.com\n", "https://login.example.com?", "https://login.example.com#", "https://login.example.com.evil.example.org",
    "https://login.example.com@evil.example.org", "https://alice@login.example.com", "https://evil.example.org/login.example.com",
    "https://login%2Eexample.com", "https://l\u043egin.example.com", "https://evil.example.com/oidc-provider/login.example.com",
    "arn:aws:iam::123456789012:oidc-provider/login.example.com", "oidc-provider/login.example.com", "https://oidc-provider/login.example.com",
    "accounts.google.com", "https://accounts.google.com", "www.amazon.com", "*",
])
def test_foreign_issuer(refuse, idp, issuer):
    attempt = refuse("alice", idp.mint("alice", iss=issuer), "PAM_AUTH_ERR", "unknown_issuer")
    assert attempt.audit("provider") is None


@pytest.mark.parametrize("claims", [
    {"aud": "web"}, {"aud": "SSH-bastion"}, {"aud": "ssh-bastion "}, {"aud": "ssh-bastion-2"}, {"aud": "ssh"}, {"aud": ""}, {"aud": "*"},
    {"aud": "ssh-bastion,web"}, {"aud": ["web"]}, {"aud": ["web", "ssh-bastion-2"]}, {"aud": [""]}, {"aud": "build-farm"},
    {"azp": "web"}, {"azp": "SSH-bastion"}, {"azp": "web", "aud": ["web", "ssh-bastion"]}, {"azp": "build-farm", "aud": "ssh-bastion"},
], ids=lambda claims: "-".join(f"{name}-{value}" for name, value in claims.items()))
def test_token_for_another_audience(refuse, idp, claims):
    attempt = refuse("alice", idp.mint("alice", **claims), "PAM_AUTH_ERR", "wrong_audience")
    assert attempt.audit("provider") == "corp"


# Opaque tokens, where a provider of such is configured.

OPAQUE = [
    ("without-the-prefix", "stand-in-access-token", "not_a_token"),
    ("part-of-the-prefix", "Atza", "not_a_token"),
    ("another-sign-in-the-prefix", "Atza:stand-in-access-token", "not_a_token"),
    ("prefix-in-upper-case", "ATZA|stand-in-access-token", "not_a_token"),
    ("prefix-in-lower-case", "atza|stand-in-access-token", "not_a_token"),
    ("prefix-further-behind", "x" + GOOD_ACCESS_TOKEN, "not_a_token"),
    ("bearer", "Bearer " + GOOD_ACCESS_TOKEN, "not_a_token"),
    ("in-quotes", f'"{GOOD_ACCESS_TOKEN}"', "not_a_token"),
    ("blank-inside", "Atza|stand in access token", "not_a_token"),
    ("text-behind", GOOD_ACCESS_TOKEN + " alice", "not_a_token"),
    ("tabulator", "Atza|stand\tin", "not_a_token"),
    ("newline", "Atza|stand\nin", "not_a_token"),
    ("control-character", "Atza|stand\x07in", "not_a_token"),
    ("delete", "Atza|stand\x7fin", "not_a_token"),
    ("beyond-ascii", "Atza|st\u00e4nd-in", "not_a_token"),
    ("junk-behind", "Atza|" + JUNK, "not_a_token"),
    ("too-long", "Atza|" + "x" * 19996, "token_too_long"),
    ("token-behind-the-prefix-too-long", "Atza|" + "eyJ." * 5000, "token_too_long"),
]


@pytest.mark.parametrize("answer, reason", [case[1:] for case in OPAQUE], ids=[case[0] for case in OPAQUE])
def test_opaque_token_that_cannot_be_right(refuse, settings, answer, reason):
    settings["providers"].append(AMAZON)
    refuse("alice", answer, "PAM_AUTH_ERR", reason)


@pytest.mark.parametrize("answer", ["At|", "At", "A"])
def test_prefix_alone_where_it_is_shorter_than_any_token(refuse, settings, answer):
    settings["providers"].append(AMAZON | {"token_prefix": "At|"})
    refuse("alice", answer, "PAM_AUTH_ERR", "not_a_token")


def test_opaque_token_where_no_provider_takes_any(refuse):
    refuse("alice", GOOD_ACCESS_TOKEN, "PAM_AUTH_ERR", "not_a_token")


def test_password_where_every_provider_takes_opaque_tokens(refuse, settings):
    settings["providers"] = [AMAZON]
    refuse("alice", "correct horse battery staple", "PAM_AUTH_ERR", "not_a_token")


# Users whom no token lets in, with one that would.

@pytest.fixture(params=["token", "opaque"])
def good_answer(request, idp, settings):
    """good_answer(user): what would let in this user if any were."""
    settings["providers"].append(AMAZON)
    return lambda user: idp.mint(user) if request.param == "token" else GOOD_ACCESS_TOKEN


@pytest.mark.parametrize("user", ["root", "daemon", "sshd", "nobody", accounts.HELPER_USER, "toor", "low", "x", "a" * 65, "al*ce", "50%"])
def test_user_who_is_refused(refuse, good_answer, user):
    if user in ("toor", "low", "x", "a" * 65, "al*ce", "50%"):
        accounts.add_user(user, {"toor": 0, "low": 999}.get(user))
    refuse(user, good_answer(user), "PAM_PERM_DENIED", "user_refused")


@pytest.mark.parametrize("user", ["ghost", "Alice", "alic", "alicee", "alice@example.com"])
def test_user_who_does_not_exist(refuse, good_answer, user):
    refuse(user, good_answer(user), "PAM_USER_UNKNOWN", "unknown_user")


def test_user_below_the_hosts_own_limit(refuse, settings, good_answer):
    settings["min_uid"] = 5000
    accounts.add_user("before", 4999)
    refuse("before", good_answer("before"), "PAM_PERM_DENIED", "user_refused")


def test_user_without_a_rule(refuse, settings, good_answer):
    settings["rules"][0]["users"] = ["bob"]
    refuse("alice", good_answer("alice"), "PAM_MAXTRIES", "no_rule")


def test_host_that_is_not_set_up(refuse, settings, good_answer):
    settings["rules"][0]["colour"] = "red"
    refuse("alice", good_answer("alice"), "PAM_SERVICE_ERR", "config")
