"""The stock OpenSSH client: ssh, scp, sftp and rsync, with prompts answered by an SSH_ASKPASS program, or at a terminal."""

import os
import shlex
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pexpect

# Called by ssh once for each prompt: keeps the prompt, and gives the answer that is meant for it. Without one it fails.
ASKPASS = """#!/bin/sh
cd "$ASKPASS_FOLDER" || exit 1
number=$(cat count)
echo $((number + 1)) >count
printf '%s' "$1" >"prompt.$number"
exec cat "answer.$number"
"""


@dataclass
class Result:
    status: int
    stdout: str
    stderr: str
    prompts: list                            # as ssh showed them, in their order

    @property
    def environment(self):
        """What "env -0" or "env" printed, as a dictionary."""
        separator = "\0" if "\0" in self.stdout else "\n"
        return dict(line.split("=", 1) for line in self.stdout.split(separator) if "=" in line)


class SshClient:
    """A client that knows the server's key already, has no keys of its own, and tries one way to authenticate.

    `options` are ssh_config(5)'s, here for all calls, and in each call for that one; None takes one away."""

    def __init__(self, directory, host_key, address="127.0.0.1", port=22, options=None):
        self._directory = Path(directory)
        self._host = address
        self._askpass = self._directory / "askpass"
        self._askpass.write_text(ASKPASS, encoding="utf-8")
        self._askpass.chmod(0o755)
        known_hosts = self._directory / "known_hosts"
        known_hosts.write_text(f"{address} {Path(f'{host_key}.pub').read_text(encoding='utf-8')}", encoding="utf-8")
        self._options = {
            "Port": port,
            "UserKnownHostsFile": known_hosts,
            "GlobalKnownHostsFile": "none",
            "StrictHostKeyChecking": "yes",
            "UpdateHostKeys": "no",
            "IdentityFile": "none",
            "IdentityAgent": "none",
            "PreferredAuthentications": "keyboard-interactive",
            "NumberOfPasswordPrompts": 1,
            **(options or {}),
        }

    def ssh(self, *command, user="alice", answers=(), stdin=None, options=None, environment=None, askpass=None, timeout=60):
        """Run a command on the server, or the login shell where there is none (with `stdin` as what it reads)."""
        return self._run(self.ssh_command(*command, user=user, options=options), answers, stdin, environment, askpass, timeout)

    def ssh_command(self, *command, user="alice", options=None):
        """What ssh() runs, for a test that runs it in its own way."""
        return ["ssh", *self._arguments(options), f"{user}@{self._host}", *command]

    def scp(self, source, target, user="alice", answers=(), options=None, environment=None, askpass=None, timeout=60):
        """Copy a file; the remote path starts with ":"."""
        return self._run(["scp", *self._arguments(options), *self._paths(user, source, target)], answers, None, environment, askpass, timeout)

    def rsync(self, source, target, user="alice", answers=(), options=None, environment=None, askpass=None, timeout=60):
        """Copy a file by rsync; the remote path starts with ":"."""
        remote_shell = shlex.join(["ssh", *self._arguments(options)])
        return self._run(["rsync", "-e", remote_shell, *self._paths(user, source, target)], answers, None, environment, askpass, timeout)

    def sftp(self, commands, user="alice", answers=(), options=None, environment=None, askpass=None, timeout=60):
        """Run sftp's commands. They come from standard input, as sftp -b switches prompts off."""
        return self._run(["sftp", *self._arguments(options), f"{user}@{self._host}"], answers, commands, environment, askpass, timeout)

    def terminal(self, *command, user="alice", options=None, timeout=30):
        """ssh on a terminal, for a test to type at: a pexpect.spawn (expect, sendline, read, wait). Prompts come there too."""
        return pexpect.spawn("ssh", [*self._arguments(options), "-tt", f"{user}@{self._host}", *command], timeout=timeout, encoding="utf-8",
                             env={**os.environ, "TERM": "dumb"})

    def _paths(self, user, *paths):
        return [f"{user}@{self._host}{path}" if str(path).startswith(":") else str(path) for path in paths]

    def _arguments(self, options):
        options = {**self._options, **(options or {})}
        return ["-F", "none", *(f"-o{name}={value}" for name, value in options.items() if value is not None)]

    def _run(self, command, answers, stdin, environment, askpass, timeout):
        """`answers` is a list with one answer for each prompt; `askpass` another SSH_ASKPASS program, and then there are neither answers nor prompts."""
        with tempfile.TemporaryDirectory(dir=self._directory) as name:
            folder = Path(name)
            (folder / "count").write_text("0\n", encoding="ascii")
            for number, answer in enumerate(answers):
                (folder / f"answer.{number}").write_text(answer, encoding="utf-8")
            environment = {**os.environ, "SSH_ASKPASS": str(askpass or self._askpass), "SSH_ASKPASS_REQUIRE": "force", "ASKPASS_FOLDER": name,
                           **(environment or {})}
            run = subprocess.run(command, env=environment, capture_output=True, text=True, errors="backslashreplace", check=False,
                                 timeout=timeout, **({"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}))
            count = int((folder / "count").read_text(encoding="ascii"))
            prompts = [(folder / f"prompt.{number}").read_text(encoding="utf-8") for number in range(count)]
            return Result(run.returncode, run.stdout, run.stderr, prompts)
