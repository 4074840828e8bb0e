"""The module's side of the dialogue, played by a test: it starts the real login helper as the module does, and speaks to it byte by byte.

    with ModuleSide(program, configuration) as module:
        module.send(frames.hello())
        assert module.ask()["text"] == "OpenID Connect token: "
        module.send(frames.answer(token))
        assert module.verdict()["reason"] == "ok"
"""

import fcntl
import os
import pwd
import resource
import socket
import subprocess

import accounts
import frames

TIMEOUT = 20    # seconds after which a helper that says nothing, or does not end, has failed a test


class ModuleSide:
    def __init__(self, program, configuration, user=accounts.HELPER_USER, wrapper=(), environment=None, errors=subprocess.DEVNULL):
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(TIMEOUT)
        entry = pwd.getpwnam(user)
        # Lifted first, because one may stand in the other's place.
        lifted = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 100) for fd in (theirs.fileno(), os.open(configuration, os.O_RDONLY | os.O_CLOEXEC))]

        def arrange():
            os.dup2(lifted[0], 3)
            os.dup2(lifted[1], 4)
            _, highest = resource.getrlimit(resource.RLIMIT_CORE)
            resource.setrlimit(resource.RLIMIT_CORE, (highest, highest))

        self.process = subprocess.Popen([*wrapper, program], env=environment or {}, cwd="/", stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=errors, pass_fds=(3, 4), user=entry.pw_uid, group=entry.pw_gid, extra_groups=[],
                                        preexec_fn=arrange)
        theirs.close()
        for fd in lifted:
            os.close(fd)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.kill()
        self.process.wait()

    def send(self, *pieces):
        self.socket.sendall(b"".join(pieces))

    def receive(self, size):
        """So many bytes, or as many as come before the end."""
        received = b""
        while len(received) < size and (piece := self.socket.recv(size - len(received))):
            received += piece
        return received

    def frame(self):
        """The next frame, as label and payload; None at the helper's end."""
        header = self.receive(frames.HEADER_SIZE)
        if not header:
            return None
        (label, payload), = frames.split(header + self.receive(int.from_bytes(header[:4], "big")))
        return label, payload

    def ask(self):
        label, payload = self.frame()
        assert label == frames.ASK
        return frames.read_ask(payload)

    def verdict(self):
        label, payload = self.frame()
        assert label == frames.VERDICT
        return frames.read_verdict(payload)

    def login(self, token, **hello):
        """A whole dialogue with one question; gives the verdict."""
        self.send(frames.hello(**hello))
        self.ask()
        self.send(frames.answer(token))
        return self.verdict()

    def hang_up(self):
        self.socket.shutdown(socket.SHUT_RDWR)

    def end(self):
        """Wait until the helper has ended by itself; give its status."""
        return self.process.wait(TIMEOUT)
