"""The identity provider and the STS that this folder's own tests talk to, on localhost, with the IAM of cases.py."""

import types

import pytest

import cases
from authority import Authority
from identity_provider import IdentityProvider
from sts import SecurityTokenService


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    directory = tmp_path_factory.mktemp("stand_ins")
    authority = Authority(directory / "authority")
    with IdentityProvider("localhost", 0, authority, directory / "idp", other_hosts=cases.OTHER_ISSUER_HOSTS) as idp, \
            SecurityTokenService(["localhost", "127.0.0.1"], 0, authority, cases.iam(idp.issuer), region=cases.REGION,
                                 resolve=cases.resolve(idp)) as sts:
        yield types.SimpleNamespace(authority=authority, idp=idp, sts=sts, directory=directory)
