"""What the user of the stock client reads when it fails: one sentence that helps, and never a secret."""

import re

import pytest

import accounts

KIND = "That is not an OpenID Connect token of the kind this host expects.\n"


def screen(ssh, token, user="alice"):
    result = ssh.ssh("true", user=user, answers=[token])
    assert result.status == 255
    # OpenSSH's own last line says that permission was denied.
    return result.stderr.rpartition(f"{user}@127.0.0.1: Permission denied")[0].strip("\n") + "\n"


@pytest.mark.parametrize("answer", ["", "a Unix password", "a.b", "a.b.c", "x" * 999])
def test_what_is_no_token(module_login, ssh, sts, answer):
    with module_login():
        assert screen(ssh, answer) == KIND
    assert not sts.requests


def test_an_expired_token_is_told_both_times(module_login, ssh, idp, sts):
    with module_login():
        words = screen(ssh, idp.mint("alice", exp=idp.now() - 5))
    moment = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    assert re.fullmatch(rf"Your token expired at {moment} \(UTC\); this host's clock says {moment}\.\n", words)


def test_a_token_of_the_future_is_told_both_times(module_login, ssh, idp, sts):
    with module_login():
        assert screen(ssh, idp.mint("alice", nbf=idp.now() + 600)).startswith("Your token is not valid before ")


@pytest.mark.parametrize("claims", [{"iss": "https://login.example.net"}, {"aud": "web"}, {"algorithm": "HS256"}])
def test_a_token_for_others(module_login, ssh, idp, sts, claims):
    with module_login():
        assert screen(ssh, idp.mint("alice", **claims)) == "Your token is not meant for this host.\n"


def test_somebody_elses_token(module_login, ssh, idp, sts):
    with module_login():
        assert screen(ssh, idp.mint("alice2")) == "Your token is valid, but it is not for this user.\n"


def test_a_forged_token(module_login, ssh, idp, sts):
    with module_login():
        assert screen(ssh, idp.mint("alice", forged=True)) == "AWS says that your token is not valid.\n"


def test_a_role_that_does_not_trust_the_user(module_login, ssh, idp, sts):
    accounts.add_user("carol")
    with module_login():
        assert screen(ssh, idp.mint("carol"), user="carol") == "AWS does not let this token have the role.\n"


def test_sts_that_is_out_of_reach(module_login, ssh, idp, settings):
    settings["sts"]["endpoint"] = "https://127.0.0.1:9"
    with module_login():
        assert screen(ssh, idp.mint("alice")) == "AWS cannot be reached just now; try again later.\n"


def test_a_host_that_is_not_set_up(module_login, ssh, idp, sts, settings):
    del settings["rules"]
    with module_login():
        assert screen(ssh, idp.mint("alice")) == "This host is not set up for token logins; tell its administrator.\n"
