"""A real sshd on loopback, with the configuration and the PAM stack that a test asks for."""

import os
import signal
import subprocess
import threading
from pathlib import Path

import processes
from lines import Lines

PORT = 22
ADDRESS = "127.0.0.1"
SFTP_SERVER = "/usr/lib/openssh/sftp-server"

OPTIONS = {
    "Port": PORT,
    "ListenAddress": ADDRESS,
    "UsePAM": "yes",
    "KbdInteractiveAuthentication": "yes",
    "PasswordAuthentication": "no",
    "PubkeyAuthentication": "yes",
    "AuthorizedKeysFile": ".ssh/authorized_keys",
    "LogLevel": "VERBOSE",
    "PrintMotd": "no",
    "PidFile": "none",
    "Subsystem": f"sftp {SFTP_SERVER}",
}


class Sshd:
    """Listens inside `with`; its own log is in lines() and wait_for().

    `options` go into sshd_config before the defaults above, and None leaves a default out; `text` is appended (for Match blocks). A `program`
    of another name has another PAM service: Debian's sshd takes it from the name it was called by."""

    def __init__(self, directory, host_key, options=None, text="", program="/usr/sbin/sshd"):
        self._lines = Lines()
        self.lines, self.wait_for = self._lines.matching, self._lines.wait_for
        self.port = PORT
        self.address = ADDRESS
        options = {**OPTIONS, "HostKey": host_key, **(options or {})}
        self.configuration = Path(directory) / "sshd_config"
        self.configuration.write_text("".join(f"{name} {value}\n" for name, value in options.items() if value is not None) + text, encoding="utf-8")
        self._program = program

    def __enter__(self):
        self._process = subprocess.Popen([self._program, "-D", "-e", "-f", self.configuration], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.wait_for("Server listening on ")
        except AssertionError:
            self._end()
            raise
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                processes.wait_until_none(lambda: processes.zombies_below(self.pid), "zombies below sshd")
        finally:
            self._end()

    @property
    def pid(self):
        return self._process.pid

    def sessions(self):
        """The processes of its connections."""
        return processes.below(self.pid)

    def _end(self):
        """End sshd and what is left of its connections, and read its log to the end."""
        for process in [*self.sessions(), None]:
            try:
                os.kill(process.pid if process else self.pid, signal.SIGKILL if process else signal.SIGTERM)
            except ProcessLookupError:
                pass
        self._process.wait()
        self._reader.join()

    def _read(self):
        for line in self._process.stderr:
            self._lines.add(line.decode("utf-8", "backslashreplace").rstrip("\r\n"))
        self._process.stderr.close()
