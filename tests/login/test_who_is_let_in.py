"""Who is let in: whose token it is decides, and nothing that the user, the provider or STS can get wrong widens it."""

import re
import subprocess

import pytest

import accounts
import cases
import module_configuration

QUESTION = "OpenID Connect token: "

# One keyboard-interactive and one password attempt, as far as the client is let go on.
BOTH_METHODS = {"PreferredAuthentications": "keyboard-interactive,password"}


def reason_in(log):
    """The reason of the one audit line."""
    log.wait_for(r"pam_aws_oidc\(\w+:auth\): result=")
    lines = log.lines(r"pam_aws_oidc\(\w+:auth\): result=")
    assert len(lines) == 1
    return re.search(r" reason=(\w+)", lines[0])[1]


@pytest.fixture
def by_email(settings):
    """Users are told by their e-mail address."""
    settings["providers"][0]["user"] = {"claim": "email", "is": "%u@example.com"}
    return settings


# Somebody else's token.

@pytest.mark.parametrize("subject", ["alice.smith", "alice2", "alice bob", "alice/../bob", "alice\u00e9"])
def test_another_subject_is_refused_though_sts_accepts_it(module_login, ssh, idp, sts, log, subject):
    with module_login():
        result = ssh.ssh("true", answers=[idp.mint(subject)])
    assert sts.requests[0].answer.credentials is not None
    assert (result.status, reason_in(log)) == (255, "not_your_token")


def test_a_subject_that_is_mapped_to_another_user_is_refused(module_login, ssh, idp, sts, log, put_file):
    with module_login():
        put_file("/etc/security/pam_aws_oidc.users", "alice2 bob\nbob alice\n")
        result = ssh.ssh("true", answers=[idp.mint("alice2")])
    assert sts.requests[0].answer.credentials is not None
    assert (result.status, reason_in(log)) == (255, "not_your_token")


@pytest.mark.parametrize("email", ["alice@example.org", "alice@example.com.evil.org", "Alice@example.com", "alice@Example.com", "xalice@example.com",
                                   "alice@example.com ", "bob@example.com", "%u@example.com", "@example.com"])
def test_another_address_is_refused_though_sts_accepts_it(by_email, module_login, ssh, idp, sts, log, email):
    with module_login():
        result = ssh.ssh("true", answers=[idp.mint("alice", email=email, email_verified=True)])
    assert sts.requests[0].answer.credentials is not None
    assert (result.status, reason_in(log)) == (255, "not_your_token")


@pytest.mark.parametrize("verified", [None, False, "true", 1])
def test_an_address_counts_only_when_it_is_verified(by_email, module_login, ssh, idp, sts, log, verified):
    with module_login():
        result = ssh.ssh("true", answers=[idp.mint("alice", email="alice@example.com", email_verified=verified)])
    assert sts.requests[0].answer.credentials is not None
    assert (result.status, reason_in(log)) == (255, "not_your_token")


def test_the_verified_address_of_the_user_is_let_in(by_email, module_login, ssh, idp, log):
    with module_login():
        result = ssh.ssh("true", answers=[idp.mint("alice", email="alice@example.com", email_verified=True)])
    assert (result.status, reason_in(log)) == (0, "ok")


@pytest.mark.parametrize("value", [None, "", 7, True, ["alice"], {"alice": 1}])
def test_the_claim_must_be_a_text(module_login, ssh, idp, sts, log, settings, value):
    settings["providers"][0]["user"] = {"claim": "login", "is": "%u"}
    with module_login():
        result = ssh.ssh("true", answers=[idp.mint("alice", login=value)])
    assert (result.status, reason_in(log)) == (255, "not_your_token")


# Users whom no token lets in.

def good_token_of_everyone(idp, settings):
    """A token that would let in whoever the user says he is: its claim is what he is called."""
    settings["providers"][0]["user"] = {"claim": "login", "is": "%u"}
    return lambda name: idp.mint("alice", login=name)


@pytest.mark.parametrize("name, uid, reason", [
    ("root", None, "user_refused"),
    ("nobody", None, "user_refused"),
    ("pam-aws-oidc", None, "user_refused"),
    ("alsohelper", "helper", "user_refused"),
    ("toor", 0, "user_refused"),
    ("daemon", None, "user_refused"),
    ("lowuid", 999, "user_refused"),
    ("a", 3001, "user_refused"),
    ("a" * 65, 3002, "user_refused"),
    ("50%", 3003, "user_refused"),
    ("al*ce", 3004, "user_refused"),
    ("al\u00e9", 3005, "user_refused"),
    ("ghost", "none", "unknown_user"),
    ("Alice", "none", "unknown_user"),
    ("alic", "none", "unknown_user"),
])
def test_users_whom_no_token_lets_in(login_service, idp, sts, log, settings, name, uid, reason):
    token = good_token_of_everyone(idp, settings)
    if uid == "helper":
        accounts.add_user(name, int(subprocess.run(["id", "-u", "pam-aws-oidc"], capture_output=True, text=True, check=True).stdout))
    elif isinstance(uid, int):
        accounts.add_user(name, uid)
    refused = login_service(name, token(name))
    allowed = login_service("alice", token("alice"))
    assert (refused.code, refused.reason) == ({"user_refused": "PAM_PERM_DENIED", "unknown_user": "PAM_USER_UNKNOWN"}[reason], reason)
    assert (allowed.code, allowed.reason) == ("PAM_SUCCESS", "ok")
    assert refused.prompts == allowed.prompts == [QUESTION]
    assert [request.parameters["RoleSessionName"] for request in sts.requests] == ["alice"]


def test_users_whose_name_is_longer_or_shorter_than_the_tokens(login_service, idp, sts, settings):
    token = good_token_of_everyone(idp, settings)
    accounts.add_user("alicex")
    accounts.add_user("ali")
    assert login_service("alicex", token("alice")).reason == "not_your_token"
    assert login_service("ali", token("alice")).reason == "not_your_token"
    assert login_service("alice", token("ali")).reason == "not_your_token"


def test_a_name_with_an_at_is_not_split(login_service, idp, settings):
    settings["providers"][0]["user"] = {"claim": "email", "is": "%u@example.com"}
    accounts.add_user("alice@example.com")
    token = idp.mint("alice", email="alice@example.com", email_verified=True)
    assert login_service("alice@example.com", token).reason == "not_your_token"
    assert login_service("alice", token).reason == "ok"


def test_min_uid_is_the_first_that_is_let_in(login_service, idp, sts, settings):
    token = good_token_of_everyone(idp, settings)
    settings["min_uid"] = 2000
    accounts.add_user("before", 1999)
    accounts.add_user("first", 2000)
    assert login_service("before", token("before")).reason == "user_refused"
    assert login_service("first", token("first")).reason == "ok"


# Nothing on the screen tells who exists.

@pytest.mark.parametrize("answer", ["", "a Unix password", "x" * 900])
def test_known_and_unknown_users_see_the_same(module_login, ssh, sts, answer):
    with module_login(options={"PasswordAuthentication": "yes", "PermitRootLogin": "yes"}):
        seen = {name: ssh.ssh("true", user=name, answers=[answer] * 8, options={**BOTH_METHODS, "NumberOfPasswordPrompts": 3})
                for name in ("alice", "ghost", "root", "daemon", "pam-aws-oidc")}
    screens = {name: ([prompt.replace(name, "USER") for prompt in result.prompts], result.stderr.replace(name, "USER"), result.status)
               for name, result in seen.items()}
    assert len(screens["alice"][0]) == 6
    assert all(screen == screens["alice"] for screen in screens.values())
    assert not sts.requests


def test_root_is_refused_before_sts_even_where_sshd_lets_him_try(module_login, ssh, idp, sts, log, settings):
    token = good_token_of_everyone(idp, settings)
    with module_login(options={"PermitRootLogin": "yes"}):
        result = ssh.ssh("true", user="root", answers=[token("root")])
    assert (result.status, reason_in(log)) == (255, "user_refused")
    assert not sts.requests


def test_another_try_with_the_same_token_is_not_made(module_login, ssh, idp, sts):
    with module_login(options={"PasswordAuthentication": "yes"}):
        result = ssh.ssh("true", answers=[idp.mint("alice2")] * 8, options={**BOTH_METHODS, "NumberOfPasswordPrompts": 3})
    assert (result.status, len(result.prompts), len(sts.requests)) == (255, 1, 1)


# What the configuration lacks is never a permission.

@pytest.mark.parametrize("missing", ["issuer", "audience", "user", "name"])
def test_a_provider_that_lacks_a_setting_lets_nobody_in(login_service, idp, sts, settings, missing):
    del settings["providers"][0][missing]
    attempt = login_service("alice", idp.mint("alice"))
    assert (attempt.code, attempt.reason, sts.requests) == ("PAM_SERVICE_ERR", "config", [])
    assert f'what="{module_configuration.PATH}:' in attempt.line and f'needs the setting \\"{missing}\\"' in attempt.line


@pytest.mark.parametrize("missing", ["sts", "providers", "rules"])
def test_a_file_that_lacks_a_part_lets_nobody_in(login_service, idp, sts, settings, missing):
    del settings[missing]
    attempt = login_service("alice", idp.mint("alice"))
    assert (attempt.code, attempt.reason, sts.requests) == ("PAM_SERVICE_ERR", "config", [])


def test_a_comment_without_an_end_lets_nobody_in(login_service, configure, idp, sts, settings):
    # All of the file but the line that it hides is whole.
    text = module_configuration.text(settings)
    configure(text + "/* min_uid = 60000;\n")
    attempt = login_service("alice", idp.mint("alice"), configured=True)
    assert (attempt.code, attempt.reason, sts.requests) == ("PAM_SERVICE_ERR", "config", [])
    assert attempt.audit("what") == f"{module_configuration.PATH}:{text.count(chr(10)) + 1}: this comment has no end"


def test_a_map_file_that_is_missing_lets_nobody_in(login_service, idp, settings):
    settings["providers"][0]["user"]["map_file"] = "/etc/security/no-such-file"
    attempt = login_service("alice", idp.mint("alice"))
    assert (attempt.code, attempt.reason) == ("PAM_SERVICE_ERR", "config")
    assert "/etc/security/no-such-file: No such file or directory" in attempt.line


def test_a_map_file_that_others_may_write_lets_nobody_in(login_service, idp, put_file):
    put_file("/etc/security/pam_aws_oidc.users", "alice alice\n", mode=0o664)
    attempt = login_service("alice", idp.mint("alice"), configured=True)
    assert (attempt.code, attempt.reason) == ("PAM_SERVICE_ERR", "config")


def test_a_map_file_with_a_malformed_line_lets_nobody_in(login_service, idp, put_file):
    put_file("/etc/security/pam_aws_oidc.users", "alice alice\nbob\n")
    attempt = login_service("alice", idp.mint("alice"), configured=True)
    assert (attempt.code, attempt.reason) == ("PAM_SERVICE_ERR", "config")
    assert "/etc/security/pam_aws_oidc.users: line 2 " in attempt.line
