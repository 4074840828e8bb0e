#!/usr/bin/python3
"""Run the local identity provider and the local STS together, for the demo and for whoever wants to try something by hand.

    serve.py CONFIGURATION

prints READY once both listen, and serves until SIGTERM or SIGINT. The configuration is a JSON object:

    {"state": "/run/demo",
     "identity_provider": {"issuer_host": "login.example.com", "port": 443, "address": "127.0.0.2"},
     "sts": {"hosts": ["sts.eu-west-1.amazonaws.com"], "port": 443, "address": "127.0.0.1"},
     "iam": {"providers": [{"account": "123456789012", "url": "login.example.com", "client_ids": ["ssh-bastion"]}],
             "roles": [{"arn": "arn:aws:iam::123456789012:role/Engineer", "trust": {...}}]}}

The members of identity_provider and sts are the arguments of IdentityProvider and SecurityTokenService. What is kept lies in the state directory:
ca.pem, which clients are to trust, and the keys, with which `identity_provider.py mint --state` mints tokens.
"""

import json
import signal
import sys

from authority import Authority
from iam import iam_from_json
from identity_provider import IdentityProvider
from sts import SecurityTokenService


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} CONFIGURATION")
    with open(sys.argv[1], encoding="utf-8") as file:
        configuration = json.load(file)
    # Blocked before any thread starts, so that all inherit it and the signal waits for sigwait below.
    end = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, end)
    authority = Authority(configuration["state"])
    with IdentityProvider(authority=authority, directory=configuration["state"], **configuration["identity_provider"]), \
            SecurityTokenService(authority=authority, iam=iam_from_json(configuration["iam"]), **configuration["sts"]):
        print("READY", flush=True)
        signal.sigwait(end)


if __name__ == "__main__":
    main()
