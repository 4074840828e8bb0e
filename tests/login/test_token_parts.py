"""Tokens that clients do not send in one answer: asked for in parts, by the lengths of the answers alone; and tokens that a client cut."""

import pwd
import random

import pytest

import accounts
import cases
import processes
from pam_application import PamApplication
from switch_user import PROMPT, STACK, spawn

PART = 1000
LONGEST = 20000
TOO_MANY = LONGEST // PART + 1

# RS256's signature of a 2,048-bit key has 342 characters: the lengths are of tokens whose cut falls into it, into the payload, and close to the ends.
CUT_BY_SSH = [1024, 1025, 1026, 1027, 1100, 1250, 1364, 1365, 1366, 1367, 1600, 3000]


def in_parts(token):
    """The answers of who gives a token in parts."""
    return [token[start:start + PART] for start in range(0, len(token), PART)] + [""] * (len(token) % PART == 0)


def questions(lengths):
    """What is asked after answers of these lengths."""
    asked, total = [PROMPT], 0
    for length in lengths:
        total += length
        if length != PART or len(asked) == TOO_MANY:
            break
        asked.append(f"OpenID Connect token ({total} characters so far; Enter if that was all): ")
    return asked


def by_ssh(user, lengths):
    return [f"({user}@127.0.0.1) {question}" for question in questions(lengths)]


@pytest.fixture
def answers(build, login_service, configure, log):
    """answers(user, …): an attempt of somebody who gives these answers; without sshd."""
    def log_in(user, *texts):
        configure()
        return PamApplication(build, "bastion", log).log_in(user, *texts)

    return log_in


# Whole tokens.

@pytest.mark.parametrize("length", [900, 999, 1000, 1001, 1022, 1023, 1024, 1600, 1999, 2000, 2046, 3000, 8192, 19999, 20000])
def test_token_in_parts_arrives_byte_for_byte(module_login, ssh, idp, sts, length):
    token = idp.mint("alice", length=length)
    with module_login():
        result = ssh.ssh("true", answers=in_parts(token))
    assert result.status == 0 and result.prompts == by_ssh("alice", map(len, in_parts(token)))
    assert [request.parameters["WebIdentityToken"] for request in sts.requests] == [token]


@pytest.mark.parametrize("length", [900, 999, 1001, 1600, 4096, 19999, 20000])
def test_client_without_a_limit_is_asked_once(answers, idp, sts, length):
    token = idp.mint("alice", length=length)
    attempt = answers("alice", token)
    assert (attempt.reason, attempt.prompts) == ("ok", [PROMPT])
    assert [request.parameters["WebIdentityToken"] for request in sts.requests] == [token]


def test_token_of_exactly_one_part_may_be_given_to_every_question(answers, idp, sts):
    """As a client without a limit does that knows no second question, and sshd's password method."""
    token = idp.mint("alice", length=PART)
    attempt = answers("alice", *[token] * TOO_MANY)
    assert (attempt.reason, attempt.prompts) == ("ok", questions([PART] * TOO_MANY))
    assert sts.requests[0].parameters["WebIdentityToken"] == token


def test_blanks_around_the_whole_are_taken_off(answers, idp, sts):
    token = idp.mint("alice", length=1500)
    text = f" {token} \n"
    assert answers("alice", *in_parts(text)).reason == "ok"
    assert sts.requests[0].parameters["WebIdentityToken"] == token


@pytest.mark.parametrize("given", [lambda token: in_parts(token), lambda token: [token]], ids=["in-parts", "at-once"])
def test_more_than_sts_takes_is_refused_by_us(answers, idp, sts, given):
    attempt = answers("alice", *given(idp.mint("alice", length=LONGEST + 1)))
    assert attempt.reason == "token_too_long" and sts.connections == 0


def test_asking_comes_to_an_end(answers, sts):
    attempt = answers("alice", *[f"{number:04}" * 250 for number in range(40)])
    assert (attempt.reason, attempt.prompts) == ("token_too_long", questions([PART] * 40))
    assert len(attempt.prompts) == TOO_MANY and sts.connections == 0


def test_limits_of_sshd_on_tries_do_no_harm(module_login, ssh, idp, sts):
    token = idp.mint("alice", length=5500)
    with module_login(options={"MaxAuthTries": 1}):
        result = ssh.ssh("true", answers=in_parts(token), options={"NumberOfPasswordPrompts": 1})
    assert (result.status, len(result.prompts)) == (0, 6)


def test_answers_of_another_token_do_not_make_one(answers, idp, sts):
    """The first part of one token and the rest of another: STS sees that the signature is wrong."""
    one, other = (idp.mint("alice", length=1500, jti=jti) for jti in ("1", "2"))
    attempt = answers("alice", one[:PART], other[PART:])
    assert attempt.reason != "ok"


@pytest.mark.parametrize("seed", range(40))
def test_nothing_but_the_exact_token_is_accepted(answers, idp, sts, seed):
    """Random answers: cut anywhere, repeated, left out, empty, of another alphabet. What is joined is the token, or nobody is let in."""
    chance = random.Random(seed)
    token = idp.mint("alice", length=chance.choice([PART, 1500, 2 * PART, 2500, 3 * PART]))
    given = in_parts(token)
    for _ in range(chance.randrange(3)):
        place = chance.randrange(len(given))
        change = chance.randrange(6)
        if change == 0:
            given[place:place] = [given[place]]
        elif change == 1:
            given[place:place + 1] = []
            given = given or [""]
        elif change == 2:
            given[place:place] = [""]
        elif change == 3:
            given[place] = given[place][:chance.randrange(len(given[place]) + 1)]
        elif change == 4:
            given[place] = "".join(chance.choice("ab\u00e9 .\t~") for _ in range(PART)).ljust(PART)[:PART]
        else:
            cut = chance.randrange(len(given[place]) + 1)
            given[place:place + 1] = [given[place][:cut], given[place][cut:]]
    given += [""] * 40
    attempt = answers("alice", *given)
    heard = given[:len(attempt.prompts)]
    lengths = [len(text.encode()) for text in heard]
    assert attempt.prompts == questions(lengths)
    whole = "".join(heard).strip(" \t\r\n") == token
    repeated = len(heard) == TOO_MANY and set(heard) == {token}
    assert (attempt.reason == "ok") == (whole or repeated)
    for request in sts.requests:
        assert request.answer.credentials is None or request.parameters["WebIdentityToken"] == token


# What is asked tells nothing.

@pytest.mark.parametrize("lengths", [[900], [999], [PART, 0], [PART, PART, 482], [PART] * 5 + [1], [PART] * TOO_MANY, [1001], [1023], [0]],
                         ids=lambda lengths: f"{len(lengths)}-answers-{lengths[-1]}-at-last")
def test_known_and_unknown_users_are_asked_the_same(module_login, ssh, sts, lengths):
    """sshd replaces what unknown users say by junk of the same length, the same each time."""
    accounts.add_user("lowuid", uid=500)
    stream = "".join(chr(ord("a") + number % 23) for number in range(sum(lengths)))
    with module_login(options={"PermitRootLogin": "yes"}):
        prompts = {user: ssh.ssh("true", user=user, answers=cut(stream, lengths)).prompts for user in ("alice", "mallory", "root", "lowuid")}
    assert prompts == {user: by_ssh(user, lengths) for user in prompts}
    assert sts.connections == 0


def cut(text, lengths):
    """A text in pieces of these lengths."""
    pieces = []
    for length in lengths:
        pieces.append(text[:length])
        text = text[length:]
    return pieces


# Cut tokens.

@pytest.mark.parametrize("length", CUT_BY_SSH)
def test_token_that_ssh_cut_is_told_and_never_sent(module_login, ssh, idp, sts, log, length):
    """The stock client cuts it by itself."""
    with module_login():
        result = ssh.ssh("true", answers=[idp.mint("alice", length=length)])
    assert result.status == 255
    assert ("Your token arrived cut at 1023 characters, as the ssh client does; log in with aws-oidc-ssh, or give it in parts of 1000 characters."
            in result.stderr)
    line = log.wait_for(r"pam_aws_oidc\(sshd:auth\): ")
    assert "reason=token_cut" in line and "1023 characters" in line
    assert sts.connections == 0


@pytest.mark.parametrize("length, algorithm", [(511, "ES256"), (1023, "ES256"), (1023, "RS256"), (4095, "ES256"), (4095, "RS256")])
def test_whole_token_of_such_a_length_is_taken(answers, idp, sts, length, algorithm):
    assert answers("alice", idp.mint("alice", algorithm=algorithm, length=length)).reason == "ok"


@pytest.mark.parametrize("length, what", [(511, "as sudo does; it cannot be given there."), (1023, "as the ssh client does;"), (4095, "as a terminal does;")])
def test_cut_names_its_client(answers, idp, sts, length, what):
    attempt = answers("alice", idp.mint("alice", length=length + 100)[:length])
    assert (attempt.reason, attempt.code) == ("token_cut", "PAM_AUTH_ERR")
    assert attempt.words[0].startswith(f"Your token arrived cut at {length} characters, {what}")
    assert sts.connections == 0


@pytest.mark.parametrize("length", [1001, 1100, 1300])
def test_token_that_ends_too_early_is_told_and_never_sent(answers, idp, sts, length):
    """As when somebody presses Enter in place of the last part, which is of the signature."""
    attempt = answers("alice", idp.mint("alice", length=length)[:PART], "")
    assert attempt.reason in ("token_cut", "not_a_token") and sts.connections == 0


def test_cut_behind_parts_is_told_too(answers, idp, sts):
    token = idp.mint("alice", length=3000)
    assert answers("alice", token[:PART], token[PART:PART + 1023]).reason == "token_cut"


@pytest.mark.parametrize("length", [510, 512, 1022, 1024, 4094, 4096])
def test_other_lengths_are_no_cut(answers, length):
    assert answers("alice", "x" * length).reason == "not_a_token"


def test_access_token_of_such_a_length_is_not_sent(answers, settings, sts):
    """It cannot be told whether it is whole."""
    settings["providers"].append({"name": "amazon", "provider_id": cases.AMAZON, "token_prefix": cases.TOKEN_PREFIX[cases.AMAZON],
                                  "audience": [cases.APPLICATION[cases.AMAZON]], "user": {"claim": "sub", "map_file": "/etc/security/pam_aws_oidc.users"}})
    assert answers("alice", "Atza|".ljust(1023, "x")).reason == "token_cut"
    assert sts.connections == 0


# sshd's password method.

def test_short_token_by_the_password_method(module_login, ssh, idp, sts):
    with module_login(options={"PasswordAuthentication": "yes"}):
        result = ssh.ssh("true", answers=[idp.mint("alice", length=900)], options={"PreferredAuthentications": "password"})
    assert result.status == 0


def test_token_of_one_part_by_the_password_method(module_login, ssh, idp, sts):
    with module_login(options={"PasswordAuthentication": "yes"}):
        result = ssh.ssh("true", answers=[idp.mint("alice", length=PART)], options={"PreferredAuthentications": "password"})
    assert result.status == 0 and len(sts.requests) == 1


def test_long_token_by_the_password_method_is_told_as_cut(module_login, ssh, idp, sts, log):
    with module_login(options={"PasswordAuthentication": "yes"}):
        result = ssh.ssh("true", answers=[idp.mint("alice", length=1600)], options={"PreferredAuthentications": "password"})
    assert result.status == 255
    assert "reason=token_cut" in log.wait_for(r"pam_aws_oidc\(sshd:auth\): ")
    assert sts.connections == 0


def test_password_method_is_named_where_its_answer_is_no_token(module_login, ssh, sts, log):
    with module_login(options={"PasswordAuthentication": "yes"}):
        ssh.ssh("true", answers=["x" * PART], options={"PreferredAuthentications": "password"})
    assert "every question got the same answer, as sshd's password method gives it" in log.wait_for(r"pam_aws_oidc\(sshd:auth\): ")


# Terminals.

@pytest.fixture
def su(pam_service, configure, sts):
    """bob, who is about to become alice; her shell says so."""
    pam_service("su", STACK)
    configure()
    terminal = spawn("/usr/bin/su", "alice", "-c", "echo =$AWS_ACCESS_KEY_ID=")
    terminal.expect_exact(PROMPT)
    yield terminal
    terminal.close(force=True)


@pytest.mark.parametrize("length", [4096, 6000, 20000])
def test_terminal_takes_a_long_token_in_parts(su, idp, sts, length):
    token = idp.mint("alice", length=length)
    answers = in_parts(token)
    for number, answer in enumerate(answers):
        if number:
            su.expect_exact(f"({number * PART} characters so far; Enter if that was all): ")
        su.sendline(answer)
    su.expect(r"=(\w+)=")
    assert sts.requests[0].parameters["WebIdentityToken"] == token


def test_terminal_takes_a_line_of_4094_characters_whole(su, idp, sts):
    su.sendline(idp.mint("alice", length=4094))
    su.expect(r"=(\w+)=")


@pytest.mark.parametrize("length", [4096, 5000])
def test_terminal_that_cuts_is_told(su, idp, sts, length):
    su.sendline(idp.mint("alice", length=length))
    su.expect_exact("Your token arrived cut at 4095 characters, as a terminal does; give it in parts of 1000 characters.")
    assert sts.connections == 0


# Clients that go away.

@pytest.fixture
def helpers():
    """helpers(): the login helpers that run."""
    uid = pwd.getpwnam(accounts.HELPER_USER).pw_uid
    return lambda: processes.of_user(uid)


def answer_two_parts(ssh):
    terminal = ssh.terminal()
    for _ in range(2):
        terminal.expect_exact("): " if _ else PROMPT)
        terminal.sendline("x" * PART)
    terminal.expect_exact("(2000 characters so far; Enter if that was all): ")
    return terminal


def test_client_that_hangs_up_between_parts_leaves_no_process(module_login, ssh, sts, helpers):
    with module_login():
        terminal = answer_two_parts(ssh)
        assert len(helpers()) == 1
        terminal.close(force=True)
        processes.wait_until_none(helpers, "helpers")


def test_client_that_says_nothing_more_leaves_no_process(module_login, ssh, sts, helpers):
    with module_login(options={"LoginGraceTime": 3}):
        terminal = answer_two_parts(ssh)
        assert len(helpers()) == 1
        processes.wait_until_none(helpers, "helpers", timeout=20)
        terminal.close(force=True)
