"""The askpass program alone, under each shell, called by a stand-in for ssh that has no terminal.

    askpass.environment["AWS_OIDC_TOKEN"] = token
    with askpass.ssh() as ssh:
        answer = ssh.ask("(alice@bastion) OpenID Connect token: ")
"""

import os
import subprocess
from dataclasses import dataclass

import pexpect

HOST = "bastion.example.com"
PREFIX = f"(alice@{HOST}) "


def prompt(so_far=0, prefix=PREFIX):
    """What the program is asked, when it has given so many characters."""
    return f"{prefix}OpenID Connect token" + (f" ({so_far} characters so far; Enter if that was all): " if so_far else ": ")


@dataclass
class Answer:
    status: int
    text: str
    message: str                             # on standard error, as there is no terminal

    def refused(self, words):
        """Nothing is answered, and the one line of the message has these words in it."""
        return (self.status, self.text, self.message.count("\n"), self.message.startswith("aws-oidc-askpass: "), words in self.message) == (
            1, "", 1, True, True)


class Ssh:
    """One run of ssh-stand-in, inside `with`: it is killed where the block ends."""

    def __init__(self, program, command, environment, wrapper=()):
        self._command = command
        reads, writes = zip(os.pipe(), os.pipe())
        # Descriptors 3 and 4 are the command's standard output and standard error.
        moved = f'exec "$@" 3>&{writes[0]} 4>&{writes[1]} {writes[0]}>&- {writes[1]}>&-'
        self._process = subprocess.Popen(["bash", "-c", moved, "bash", *wrapper, program], env=environment, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, pass_fds=writes, start_new_session=True)
        for descriptor in writes:
            os.close(descriptor)
        for descriptor in reads:
            os.set_blocking(descriptor, False)
        self._reads = reads

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        for descriptor in self._reads:
            os.close(descriptor)

    @property
    def pid(self):
        return self._process.pid

    def ask(self, *arguments):
        order = [os.fsencode(argument) for argument in (*self._command, *arguments)]
        self._process.stdin.write(b"%d\n" % len(order) + b"".join(argument + b"\0" for argument in order))
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        return Answer(status, *(self._read(descriptor) for descriptor in self._reads))

    def _read(self, descriptor):
        """What has been written so far: the command has ended."""
        try:
            return os.read(descriptor, 65536).decode("latin-1")
        except BlockingIOError:
            return ""

    def finish(self):
        """Wait until it, and the wrapper, end by themselves."""
        self._process.stdin.close()
        self._process.wait()

    def ask_all(self):
        """As pam_aws_oidc asks: on and on, as long as an answer has exactly 1000 characters. Gives all answers in one, or the first failure."""
        token = ""
        while (answer := self.ask(prompt(len(token)))).status == 0:
            assert answer.text.endswith("\n") and answer.message == ""
            token += answer.text[:-1]
            if len(answer.text) != 1001:
                return token
        return answer


class Askpass:
    def __init__(self, program, shell, folder, ssh):
        self.command = [*shell.split(), str(program)]
        self.ssh_program = ssh
        self.folder = folder
        self.home = folder / "home"
        self.runtime = folder / "runtime"
        self.home.mkdir()
        self.runtime.mkdir(mode=0o700)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.runtime), "AWS_OIDC_HOSTS": HOST}

    def ssh(self, wrapper=()):
        return Ssh(self.ssh_program, self.command, self.environment, wrapper)

    def ask(self, *arguments):
        """One prompt to one ssh."""
        with self.ssh() as ssh:
            return ssh.ask(*arguments)

    def ask_all(self):
        with self.ssh() as ssh:
            return ssh.ask_all()

    def terminal(self, *arguments):
        """The program on a terminal, called by a shell that then says with which status it ended; what it prints goes to self.output."""
        script = 'trap : INT QUIT; "$@" >"$OUTPUT"; echo "status $?"'
        return pexpect.spawn("dash", ["-c", script, "dash", *self.command, *arguments], timeout=60, encoding="utf-8",
                             env={**self.environment, "OUTPUT": str(self.output)})

    @property
    def output(self):
        return self.folder / "output"

    def file(self, name, text, mode=0o600):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("ascii"))
        path.chmod(mode)
        return path

    def list_hosts(self, text, mode=0o644):
        """Write the user's list, and leave the variable out."""
        self.environment.pop("AWS_OIDC_HOSTS", None)
        return self.file("home/.config/aws-oidc/hosts", text, mode)

    def script(self, name, text):
        return self.file(name, f"#!/bin/sh\n{text}\n", 0o755)

    # Where the token comes from.

    def variable(self, token):
        self.environment["AWS_OIDC_TOKEN"] = token

    def token_file(self, text):
        path = self.file("token", text)
        self.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = str(path)
        return path

    def token_command(self, text):
        """A command that gives this token, and notes each of its runs."""
        self.file("token-of-the-command", text)
        self.environment["AWS_OIDC_TOKEN_COMMAND"] = f"echo run >>{self.folder}/runs; cat {self.folder}/token-of-the-command"

    def runs(self):
        """How often that command has run."""
        path = self.folder / "runs"
        return len(path.read_text(encoding="ascii").splitlines()) if path.exists() else 0
