"""Where the identity provider, STS and the console's federation endpoint live in the world of a whole login, and what they are trusted by."""

from pathlib import Path

ISSUER_HOST = "login.example.com"
ISSUER_ADDRESS = "127.0.0.2"

STS_HOSTS = ["sts.eu-west-1.amazonaws.com", "sts.example.internal"]
STS_ADDRESS = "127.0.0.3"

SIGN_IN_HOST = "signin.aws.amazon.com"
SIGN_IN_ADDRESS = "127.0.0.7"

CA_FILE = Path("/etc/ssl/tests-ca.pem")


def add_names():
    """Give them their names."""
    with open("/etc/hosts", "a", encoding="ascii") as hosts:
        hosts.write(f"{ISSUER_ADDRESS} {ISSUER_HOST}\n{STS_ADDRESS} {' '.join(STS_HOSTS)}\n{SIGN_IN_ADDRESS} {SIGN_IN_HOST}\n")
