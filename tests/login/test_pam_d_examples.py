"""The files of pam.d-examples: what each one gives, with the sshd_config that it asks for, and its way back in when tokens do not work."""

import os
import re
import subprocess

import pexpect
import pytest

import accounts

PASSWORD = "correct horse"

EXAMPLES = ["login", "sshd", "sshd-password-for-a-group", "sshd-publickey-and-token"]
OF_SSHD = [name for name in EXAMPLES if name.startswith("sshd")]

# One line of PAM: type, control, module and arguments.
LINE = re.compile(r"(auth|account|session|password)\s+(\[[^]]*\]|\w+)\s+(\S+\.so)(.*)")

TOKEN_PROMPT = "(alice@127.0.0.1) OpenID Connect token: "
PASSWORD_PROMPT = "(alice@127.0.0.1) Password: "


@pytest.fixture
def text(source):
    return lambda name: (source / "pam.d-examples" / name).read_text(encoding="utf-8")


def header(text):
    """The comment at the top, without its #."""
    return "".join(line.removeprefix("#")[1:] or "\n" for line in text[:text.index("\n\n") + 1].splitlines(True))


def sshd_settings(text):
    """What the header asks of sshd_config: options, and the text of Match blocks. What stands in brackets is for the reader."""
    block = header(text).split("What sshd_config needs", 1)[1].split("\n\n")[1]
    settings = [re.sub(r"\s{2,}\(.*", "", line[2:]).rstrip() for line in block.splitlines()]
    settings = [line for line in settings if re.match(r" {0,4}[A-Z]\w+ ", line)]
    first_match = next((number for number, line in enumerate(settings) if line.startswith("Match ")), len(settings))
    return dict(line.split(" ", 1) for line in settings[:first_match]), "".join(f"{line}\n" for line in settings[first_match:])


@pytest.fixture
def example(text, configure, sts, sshd):
    """with example(name): sshd, set up as an example says. STS is on."""
    def start(name, stack=None):
        configure()
        options, matches = sshd_settings(text(name))
        return sshd(stack or text(name), options={"LogLevel": None, **options}, text=matches)

    return start


@pytest.fixture
def alice_has_a_password():
    accounts.set_password("alice", PASSWORD)


@pytest.fixture
def broken(settings):
    """Tokens let nobody in any more."""
    return lambda: settings["rules"].clear()


def aws_names(result):
    return {name for name in result.environment if name.startswith("AWS_") or "HANDOFF" in name}


def with_key(key, methods="publickey,keyboard-interactive"):
    return {"PreferredAuthentications": methods, "IdentityFile": key}


# Each file as it stands.

@pytest.mark.parametrize("name", EXAMPLES)
def test_header_says_what_it_gives_what_sshd_config_needs_and_the_way_back_in(text, name):
    top = header(text(name))
    assert top.startswith(f"/etc/pam.d/{name.split('-')[0]} for Debian 12: ")
    assert [each for each in ("\nWhat it gives: ", "\nWhat sshd_config needs", "\nThe way back in: ") if each in top] == [
        "\nWhat it gives: ", "\nWhat sshd_config needs", "\nThe way back in: "]


@pytest.mark.parametrize("name", EXAMPLES)
def test_our_lines_are_the_last_of_auth_and_session(text, name):
    lines = [LINE.fullmatch(line).groups() for line in text(name).splitlines() if line and line[0] not in "#@"]
    ours = ("required", "pam_aws_oidc.so", "")
    for kind in ("auth", "session"):
        of_kind = [tuple(line[1:]) for line in lines if line[0] == kind]
        assert of_kind[-1] == ours and of_kind.count(ours) == 1
    behind = text(name).partition("session    required     pam_aws_oidc.so\n")[2]
    assert [line for line in behind.splitlines() if line and line[0] != "#"] == ["@include common-password"]
    assert [line for line in lines if "pam_aws_oidc" in line[2]] == [("auth", *ours), ("session", *ours)]


def test_every_example_is_in_the_list_and_there_is_none_for_sudo(text, source):
    files = {path.name for path in (source / "pam.d-examples").iterdir()} - {"README.md"}
    assert files == set(EXAMPLES) == set(re.findall(r"^\| \[(\S+)\]\(\1\) \|", text("README.md"), re.MULTILINE))
    assert "There is no example for **sudo**" in text("README.md")


@pytest.mark.parametrize("name", OF_SSHD)
def test_sshd_does_not_pass_aws_variables_of_the_client(text, name):
    options, matches = sshd_settings(text(name))
    assert not re.search("AcceptEnv|SetEnv|PermitUserEnvironment|DEBUG", f"{options}{matches}")
    assert (options["UsePAM"], options["KbdInteractiveAuthentication"], options["PasswordAuthentication"]) == ("yes", "yes", "no")


DEBIANS_OWN = "/usr/share/openssh/sshd_config"


@pytest.mark.parametrize("name", [*OF_SSHD, "README"])
def test_settings_count_where_they_are_told_to_be_written(text, source, put_file, host_key, name):
    """In a file before all others, with Debian's own sshd_config, and in spite of what an image of a cloud may bring."""
    if name == "README":
        [block] = re.findall(r"^```\n(UsePAM .*?)^```$", (source / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        options, matches = dict(line.split(" ", 1) for line in block.splitlines()), ""
    else:
        options, matches = sshd_settings(text(name))
        assert "/etc/ssh/sshd_config.d/00-pam_aws_oidc.conf" in header(text(name))
    put_file("/etc/ssh/sshd_config.d/00-pam_aws_oidc.conf", "".join(f"{key} {value}\n" for key, value in options.items()) + matches)
    put_file("/etc/ssh/sshd_config.d/50-cloud-init.conf", "PasswordAuthentication yes\nKbdInteractiveAuthentication no\n")
    for user in ("alice", "rescue"):
        done = subprocess.run(["/usr/sbin/sshd", "-T", "-f", DEBIANS_OWN, "-h", host_key, "-C", f"user={user},host=client,addr=192.0.2.7"],
                              capture_output=True, text=True, check=True)
        effective = dict(line.split(" ", 1) for line in done.stdout.splitlines())
        for key, value in options.items():
            if key != "AuthenticationMethods" or user == "alice":
                assert effective[key.lower()].lower() == value.lower(), key
    assert effective["authenticationmethods"] == ("publickey" if "Match User rescue" in matches else "any")


# The three of sshd.

@pytest.mark.parametrize("name", OF_SSHD)
def test_token_gives_a_session_with_credentials(example, ssh, idp, sts, client_key, authorize_key, name):
    authorize_key("alice")
    with example(name):
        result = ssh.ssh("env", "-0", answers=[idp.mint("alice")], options=with_key(client_key) if "publickey" in name else None)
    assert result.status == 0 and result.prompts == [TOKEN_PROMPT]
    assert result.environment["AWS_ACCESS_KEY_ID"] == sts.requests[0].answer.credentials.access_key_id


@pytest.mark.parametrize("name", OF_SSHD)
@pytest.mark.parametrize("claims", [{"forged": True}, {"sub": "bob"}, {"exp": 1}], ids=["forged", "somebody-elses", "expired"])
def test_bad_token_lets_nobody_in(example, ssh, idp, client_key, authorize_key, name, claims):
    authorize_key("alice")
    token = idp.mint(claims.get("sub", "alice"), **{key: value for key, value in claims.items() if key != "sub"})
    with example(name):
        # The key is offered before the token where it is a factor, and not at all where it would let in by itself.
        result = ssh.ssh("true", answers=[token] * 3, options=with_key(client_key) if "publickey" in name else None)
    assert result.status == 255 and TOKEN_PROMPT in result.prompts


@pytest.mark.parametrize("name", OF_SSHD)
def test_account_that_nobody_says_yes_to_is_refused(example, text, ssh, idp, sts, client_key, authorize_key, name):
    """What keeps a stack of PAM_IGNORE from failing is common-account: without it the token is good, and the login fails."""
    authorize_key("alice")
    stack = text(name).replace("@include common-account\n", "")
    assert stack != text(name)
    with example(name, stack) as server:
        result = ssh.ssh("true", answers=[idp.mint("alice")], options=with_key(client_key) if "publickey" in name else None)
        server.wait_for("PAM: User account has expired for alice")    # sshd's words for whatever an account stack refuses.
    assert result.status == 255 and sts.requests


@pytest.mark.parametrize("name", OF_SSHD)
def test_password_of_the_host_lets_in_nobody_outside_the_group(example, ssh, alice_has_a_password, client_key, authorize_key, name):
    authorize_key("alice")
    accounts.add_group("rescue")
    with example(name):
        options = {"NumberOfPasswordPrompts": 3, **(with_key(client_key) if "publickey" in name else {})}
        result = ssh.ssh("true", answers=[PASSWORD] * 3, options={**options, "PreferredAuthentications": "publickey,keyboard-interactive,password"}
                         if "publickey" in name else {**options, "PreferredAuthentications": "keyboard-interactive,password"})
    assert result.status == 255 and set(result.prompts) == {TOKEN_PROMPT}


def test_public_key_is_the_way_back_of_the_token_alone(example, ssh, broken, client_key, authorize_key):
    authorize_key("alice")
    broken()
    with example("sshd"):
        result = ssh.ssh("env", "-0", options=with_key(client_key))
        by_token = ssh.ssh("true", answers=["a.b.c"])
    assert (result.status, result.prompts, aws_names(result)) == (0, [], set())
    assert by_token.status == 255


def test_key_without_token_and_token_without_key_are_refused(example, ssh, idp, sts, client_key, authorize_key):
    authorize_key("alice")
    with example("sshd-publickey-and-token"):
        only_key = ssh.ssh("true", options=with_key(client_key, "publickey"))
        only_token = ssh.ssh("true", answers=[idp.mint("alice")])
    assert (only_key.status, only_token.status) == (255, 255)
    assert only_token.prompts == [] and not sts.requests


def test_user_rescue_needs_his_key_only(example, ssh, broken, client_key, authorize_key):
    accounts.add_user("rescue")
    authorize_key("rescue")
    broken()
    with example("sshd-publickey-and-token"):
        result = ssh.ssh("env", "-0", user="rescue", options=with_key(client_key))
    assert (result.status, result.prompts, aws_names(result)) == (0, [], set())


@pytest.fixture
def alice_is_in_the_group(alice_has_a_password):
    accounts.add_group("rescue", "alice")


def test_members_password_is_the_way_back_without_credentials(example, ssh, sts, broken, alice_is_in_the_group):
    broken()
    with example("sshd-password-for-a-group"):
        result = ssh.ssh("env", "-0", answers=[PASSWORD])
    assert (result.status, result.prompts, aws_names(result)) == (0, [PASSWORD_PROMPT], set())
    assert not sts.requests


@pytest.mark.parametrize("answer", ["", "wrong"])
def test_member_who_gives_no_password_is_asked_for_a_token(example, ssh, idp, sts, alice_is_in_the_group, answer):
    with example("sshd-password-for-a-group"):
        result = ssh.ssh("env", "-0", answers=[answer, idp.mint("alice")])
    assert (result.status, result.prompts) == (0, [PASSWORD_PROMPT, TOKEN_PROMPT])
    assert result.environment["AWS_ACCESS_KEY_ID"] == sts.requests[0].answer.credentials.access_key_id


def test_member_with_neither_is_refused(example, ssh, idp, alice_is_in_the_group):
    with example("sshd-password-for-a-group"):
        result = ssh.ssh("true", answers=["wrong", idp.mint("alice", forged=True)])
    assert result.status == 255 and result.prompts == [PASSWORD_PROMPT, TOKEN_PROMPT]


def test_unknown_user_is_asked_for_a_token_like_one_outside_the_group(example, ssh):
    with example("sshd-password-for-a-group"):
        unknown, known = (ssh.ssh("true", user=user, answers=["x"]) for user in ("mallory", "alice"))
    assert [prompt.replace("mallory", "alice") for prompt in unknown.prompts] == known.prompts == [TOKEN_PROMPT]


def test_public_key_opens_a_session_also_where_a_password_stands_before_us(example, ssh, client_key, authorize_key, alice_is_in_the_group):
    """sshd calls pam_setcred() then without pam_authenticate(), through the same jumps."""
    authorize_key("alice")
    with example("sshd-password-for-a-group"):
        result = ssh.ssh("env", "-0", options=with_key(client_key))
    assert (result.status, result.prompts, aws_names(result)) == (0, [], set())


# login.

@pytest.fixture
def console(text, configure, sts, pam_service):
    """console(user): login on a terminal, to which a user has given his name."""
    pam_service("login", text("login"))

    def start(user):
        configure()
        terminal = pexpect.spawn("/bin/login", cwd="/", encoding="utf-8", timeout=30, maxread=65536, env={"PATH": os.environ["PATH"], "TERM": "dumb"})
        terminal.expect("login: ")
        terminal.sendline(user)
        return terminal

    return start


def test_token_lets_in_at_the_console(console, idp, sts, alice_has_a_password):
    terminal = console("alice")
    terminal.expect("OpenID Connect token: ")
    terminal.sendline(idp.mint("alice"))
    terminal.expect(r"AWS role \S+ until ")
    terminal.expect(r"\$ ")
    terminal.sendline("echo =$AWS_ACCESS_KEY_ID=; exit")
    terminal.expect(r"\r\n=(\w+)=\r\n")
    assert terminal.match[1] == sts.requests[0].answer.credentials.access_key_id
    terminal.read()


def test_long_token_lets_in_at_the_console_in_parts(console, idp, sts):
    token = idp.mint("alice", length=6500)
    terminal = console("alice")
    for start in range(0, len(token), 1000):
        terminal.expect_exact(f"OpenID Connect token ({start} characters so far; Enter if that was all): " if start else "OpenID Connect token: ")
        terminal.sendline(token[start:start + 1000])
    terminal.expect(r"AWS role \S+ until ")
    terminal.close(force=True)
    assert sts.requests[0].parameters["WebIdentityToken"] == token


@pytest.mark.parametrize("answer", ["", PASSWORD])
def test_password_lets_in_nobody_but_root_at_the_console(console, sts, alice_has_a_password, answer):
    terminal = console("alice")
    terminal.expect("OpenID Connect token: ")
    terminal.sendline(answer)
    terminal.expect("Login incorrect")
    terminal.close(force=True)
    assert not sts.requests


def test_root_has_his_password_at_the_console(console, sts, broken):
    broken()
    accounts.set_password("root", PASSWORD)
    terminal = console("root")
    terminal.expect("Password: ")
    terminal.sendline(PASSWORD)
    terminal.expect("# ")
    terminal.sendline("echo =$AWS_ACCESS_KEY_ID=$(id -u)=; exit")
    terminal.expect("\r\n==0=\r\n")
    terminal.read()
    assert not sts.requests


def test_root_is_not_asked_for_a_token_when_his_password_is_wrong(console, sts):
    accounts.set_password("root", PASSWORD)
    terminal = console("root")
    terminal.expect("Password: ")
    terminal.sendline("wrong")
    assert terminal.expect(["Login incorrect", "token: "]) == 0
    terminal.close(force=True)
