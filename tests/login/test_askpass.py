"""aws-oidc-askpass with the stock clients, sshd and the module; hosts that ask what they should not; and clients that ask in their own way."""

import asyncio
import subprocess
import threading
import time

import asyncssh
import paramiko
import pytest

from host import parse_line, settle
from sshd import ADDRESS, PORT

LENGTHS = [900, 999, 1000, 1001, 1022, 1023, 1024, 1600, 2000, 2046, 3000, 8192, 20000]
FIRST = "OpenID Connect token: "
SECOND = "OpenID Connect token (1000 characters so far; Enter if that was all): "


class Askpass:
    """The client's side: the program, what it is told by its environment, and ssh with it."""

    def __init__(self, source, folder, ssh):
        self.folder = folder / "askpass-folder"
        self.runtime = self.folder / "runtime"
        self.program = source / "src/client/aws-oidc-askpass"
        self.runtime.mkdir(parents=True)
        self.runtime.chmod(0o700)
        self.environment = {"HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.runtime), "AWS_OIDC_HOSTS": ADDRESS}
        self._ssh = ssh

    def with_file(self, token):
        (self.folder / "token").write_text(f"{token}\n", encoding="ascii")
        self.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = str(self.folder / "token")

    def with_command(self, *tokens):
        """A command that gives a token at each of its runs."""
        for number, token in enumerate(tokens):
            (self.folder / f"token.{number}").write_text(token, encoding="ascii")
        (self.folder / "runs").write_text("", encoding="ascii")
        self.environment["AWS_OIDC_TOKEN_COMMAND"] = f'cd {self.folder} && cat "token.$(wc -l <runs)" && echo run >>runs'

    def runs(self):
        return (self.folder / "runs").read_text(encoding="ascii").count("run")

    def script(self, name, text):
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    def use_other(self, text):
        """The user's other askpass program."""
        self.environment["AWS_OIDC_ASKPASS"] = str(self.script("other", text))

    def ssh(self, *command, **arguments):
        return self._ssh.ssh(*command, environment=self.environment, **{"askpass": self.program, **arguments})

    def arguments(self):
        return {"environment": self.environment, "askpass": self.program}

    def kept(self):
        return list(self.runtime.iterdir())


@pytest.fixture
def askpass(source, tmp_path, ssh):
    return Askpass(source, tmp_path, ssh)


def token_at(sts):
    """The token of the one request that STS has had."""
    request, = sts.requests
    return request.parameters["WebIdentityToken"]


def reasons(log):
    return [parse_line(line).get("reason") for line in settle(log)]


# Tokens of every length arrive whole.

@pytest.mark.parametrize("origin", ["with_file", "with_command"])
@pytest.mark.parametrize("length", LENGTHS)
def test_token_of_any_length_logs_in(module_login, askpass, idp, sts, length, origin):
    token = idp.mint("alice", length=length)
    getattr(askpass, origin)(token)
    with module_login():
        result = askpass.ssh("echo", "in")
    assert (result.status, result.stdout) == (0, "in\n"), result.stderr
    assert token_at(sts) == token
    assert askpass.kept() == []
    assert origin == "with_file" or askpass.runs() == 1


@pytest.mark.parametrize("program, length", [("scp", 999), ("scp", 1000), ("scp", 3000), ("rsync", 999), ("rsync", 1001), ("rsync", 8192)])
def test_copy(module_login, askpass, ssh, idp, sts, tmp_path, program, length):
    token = idp.mint("alice", length=length)
    askpass.with_command(token)
    (tmp_path / "here").write_text("payload", encoding="ascii")
    with module_login():
        result = getattr(ssh, program)(tmp_path / "here", f":{program}-{length}", **askpass.arguments())
    assert (result.status, token_at(sts)) == (0, token), result.stderr


@pytest.mark.parametrize("length", [999, 2000, 20000])
def test_sftp(module_login, askpass, ssh, idp, sts, length):
    token = idp.mint("alice", length=length)
    askpass.with_command(token)
    with module_login():
        result = ssh.sftp("pwd\n", **askpass.arguments())
    assert (result.status, token_at(sts)) == (0, token), result.stderr
    assert "Remote working directory: /home/alice" in result.stdout


def test_aws_oidc_ssh(module_login, askpass, source, ssh, idp, sts):
    token = idp.mint("alice", length=3000)
    askpass.with_command(token)
    with module_login():
        result = subprocess.run([source / "src/client/aws-oidc-ssh", *ssh.ssh_command("echo", "in")], stdin=subprocess.DEVNULL, capture_output=True,
                                text=True, check=False, env={"PATH": "/usr/bin:/bin", **askpass.environment})
    assert (result.returncode, result.stdout, token_at(sts)) == (0, "in\n", token), result.stderr


def test_data_for_the_remote_command_is_not_touched(module_login, askpass, idp):
    askpass.with_command(idp.mint("alice", length=3000))
    askpass.environment["AWS_OIDC_TOKEN_COMMAND"] += "; cat >&2"
    with module_login():
        result = askpass.ssh("cat", stdin="data")
    assert result.stdout == "data"


def test_token_that_is_too_long_is_not_sent(module_login, askpass, idp, sts, log):
    askpass.with_command(idp.mint("alice", length=20001))
    with module_login():
        result = askpass.ssh("true")
        assert (result.status, reasons(log)) == (255, ["no_token"])
    assert sts.requests == []


def test_second_attempt_runs_the_command_again(module_login, askpass, idp, sts, log):
    good = idp.mint("alice", length=3000)
    askpass.with_command(idp.mint("alice", length=3000, exp=idp.now() - 60), good)
    with module_login():
        result = askpass.ssh("true", options={"NumberOfPasswordPrompts": 2})
        assert reasons(log) == ["token_expired", "ok"]
    assert (result.status, askpass.runs(), token_at(sts)) == (0, 2, good)


def test_token_that_changes_between_two_pieces_does_not_log_in(module_login, askpass, idp, sts, log):
    askpass.with_file(idp.mint("alice", length=3000))
    (askpass.folder / "next").write_text(idp.mint("alice", length=3000, jti="another"), encoding="ascii")
    changing = askpass.script("changing", f"""case $1 in *'2000 characters'*) cp {askpass.folder}/next {askpass.folder}/token ;; esac
                                              exec {askpass.program} "$1" """)
    with module_login():
        result = askpass.ssh("true", askpass=changing)
        assert (result.status, reasons(log)) == (255, ["not_a_token"])
    assert sts.requests == [] and askpass.kept() == []


def test_nothing_is_left_of_ssh_that_is_killed_between_two_pieces(module_login, askpass, ssh, idp):
    askpass.with_command(idp.mint("alice", length=3000))
    stopping = askpass.script("stopping", f"""case $1 in *'2000 characters'*) kill -9 $PPID ;; esac
                                              exec {askpass.program} "$1" """)
    with module_login():
        assert askpass.ssh("true", askpass=stopping).status == -9
    while askpass.kept():    # The test's time limit ends this.
        time.sleep(0.05)


def test_message_is_on_the_terminal(module_login, askpass, ssh, monkeypatch):
    for name, value in {**askpass.environment, "SSH_ASKPASS": str(askpass.program), "SSH_ASKPASS_REQUIRE": "force"}.items():
        monkeypatch.setenv(name, value)
    with module_login():
        terminal = ssh.terminal("true")
        terminal.expect_exact("aws-oidc-askpass: there is no token: set AWS_OIDC_TOKEN_COMMAND")
        terminal.expect_exact("Permission denied")


# Which host that is.

@pytest.mark.parametrize("listed, status", [("bastion.example.com", 0), (ADDRESS, 255)])
def test_host_is_the_alias_of_its_key_where_it_has_one(module_login, askpass, idp, listed, status):
    askpass.environment["AWS_OIDC_HOSTS"] = listed
    askpass.with_command(idp.mint("alice"))
    with module_login():
        assert askpass.ssh("true", options={"HostKeyAlias": "Bastion.example.com", "StrictHostKeyChecking": "no"}).status == status
    assert askpass.runs() == (status == 0)


def test_host_that_is_not_listed_gets_nothing(module_login, askpass, idp, sts, log):
    askpass.environment["AWS_OIDC_HOSTS"] = "bastion.example.com"
    askpass.with_command(idp.mint("alice"))
    with module_login():
        result = askpass.ssh("true")
        assert (result.status, reasons(log)) == (255, ["no_token"])
    assert sts.requests == [] and askpass.runs() == 0


# Other prompts of a login.

def test_unknown_host_key_is_confirmed_by_the_other_program(module_login, askpass, idp, sts):
    askpass.use_other(f"""printf '%s\\n' "$1" >>{askpass.folder}/prompts; echo yes""")
    askpass.with_command(idp.mint("alice", length=3000))
    with module_login():
        result = askpass.ssh("true", options={"StrictHostKeyChecking": "ask", "UserKnownHostsFile": askpass.folder / "known_hosts"})
    assert result.status == 0
    prompts = (askpass.folder / "prompts").read_text(encoding="utf-8")
    assert "(yes/no/[fingerprint])? " in prompts and "OpenID" not in prompts


def test_password_method_is_answered_by_the_other_program(module_login, askpass, idp, sts):
    """Its prompt does not say what is asked. A token that is short enough can be given so."""
    token = idp.mint("alice", length=999)
    askpass.with_file(token)
    with module_login(options={"PasswordAuthentication": "yes"}):
        assert askpass.ssh("true", options={"PreferredAuthentications": "password"}).status == 255
        assert sts.requests == []
        askpass.use_other(f"exec cat {askpass.folder}/token")
        assert askpass.ssh("true", options={"PreferredAuthentications": "password"}).status == 0
    assert token_at(sts) == token


# Hosts that have no right to ask.

class Rogue(asyncssh.SSHServer):
    """Asks these prompts, one after the other, and notes the answers."""

    def __init__(self, prompts, answers):
        self._prompts = list(prompts)
        self._answers = answers

    def begin_auth(self, username):
        return True

    def kbdint_auth_supported(self):
        return True

    def get_kbdint_challenge(self, username, lang, submethods):
        return "", "", "", [(self._prompts.pop(0), False)]

    def validate_kbdint_response(self, username, responses):
        self._answers += responses
        return ("", "", "", [(self._prompts.pop(0), False)]) if self._prompts else False


@pytest.fixture
def rogue(host_key):
    """rogue(prompts): a server that asks them; gives the list of the answers that it gets."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    servers = []

    def call(coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(60)

    async def listen(prompts, answers):
        return await asyncssh.create_server(lambda: Rogue(prompts, answers), ADDRESS, PORT, server_host_keys=[str(host_key)], reuse_address=True)

    def start(*prompts):
        answers = []
        servers.append(call(listen(prompts, answers)))
        return answers

    yield start
    for server in servers:
        server.close()
        call(server.wait_closed())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


PREFIX = "(alice@bastion.example.com) "


@pytest.mark.parametrize("prompts", [
    [FIRST], [SECOND], [FIRST, SECOND],
    [PREFIX + FIRST], [f"\r{PREFIX}{FIRST}"], [f"\n{PREFIX}{FIRST}"], [f") {PREFIX}{FIRST}"], [f"@bastion.example.com) {FIRST}"],
    [f"\x1b[2K\r{PREFIX}{FIRST}"], [f"\x08\x08{PREFIX}{FIRST}"],
], ids=repr)
def test_rogue_server_gets_nothing(askpass, rogue, idp, prompts):
    asked = askpass.folder / "asked"
    askpass.use_other(f"touch {asked}; echo pasted")
    askpass.environment["AWS_OIDC_HOSTS"] = "bastion.example.com"
    askpass.with_command(idp.mint("alice", length=3000))
    answers = rogue(*prompts)
    assert askpass.ssh("true").status == 255
    assert answers == [""] * len(prompts)
    assert askpass.runs() == 0 and not asked.exists()


def test_listed_server_that_asks_on_gets_no_more_than_the_token(askpass, rogue, idp):
    token = idp.mint("alice", length=1500)
    askpass.with_command(token)
    answers = rogue(FIRST, SECOND, SECOND, SECOND.replace("1000", "2000"))
    askpass.ssh("true")
    assert answers == [token[:1000], token[1000:], "", ""]
    assert askpass.runs() == 1 and askpass.kept() == []


# Clients that have no askpass program.

@pytest.mark.parametrize("length", [999, 1001, 20000])
def test_paramiko_sends_the_whole_token_at_one_prompt(module_login, idp, sts, length):
    token = idp.mint("alice", length=length)
    prompts = []

    def answer(title, instructions, fields):
        prompts.extend(fields)
        return [token] * len(fields)

    with module_login():
        transport = paramiko.Transport((ADDRESS, PORT))
        try:
            transport.start_client(timeout=60)
            transport.auth_interactive("alice", answer)
            assert transport.is_authenticated()
        finally:
            transport.close()
    assert prompts == [(FIRST, False)]
    assert token_at(sts) == token


class Interactive(asyncssh.SSHClient):
    def __init__(self, token, prompts):
        self._token = token
        self._prompts = prompts

    def kbdint_auth_requested(self):
        return ""

    def kbdint_challenge_received(self, name, instructions, lang, prompts):
        self._prompts.extend(prompts)
        return [self._token] * len(prompts)


@pytest.mark.parametrize("length", [999, 1001, 20000])
def test_asyncssh_sends_the_whole_token_at_one_prompt(module_login, idp, sts, length):
    token = idp.mint("alice", length=length)
    prompts = []

    async def log_in():
        async with asyncssh.connect(ADDRESS, PORT, username="alice", known_hosts=None, client_keys=None, config=None, agent_path=None,
                                    client_factory=lambda: Interactive(token, prompts), preferred_auth="keyboard-interactive") as connection:
            return (await connection.run("echo in")).stdout

    with module_login():
        assert asyncio.run(log_in()) == "in\n"
    assert prompts == [(FIRST, False)]
    assert token_at(sts) == token
