"""The system log of the world that a test runs in: whoever calls syslog() there is heard here, as there is no syslog daemon."""

import os
import re
import socket
import threading

from lines import Lines

PATH = "/dev/log"
AUTHPRIV = 10                                # RFC 5424, table 1; severities are its table 2


class LogLine(str):
    """The text of a line, from the program's name on, with the facility and severity that it was sent with."""
    facility = severity = None


class SystemLog:
    """Listens on /dev/log, inside `with`. A line reads "sshd: message" or "sshd[123]: message", as its program opened the log."""

    def __init__(self):
        self._lines = Lines()
        self.lines, self.wait_for, self.clear = self._lines.matching, self._lines.wait_for, self._lines.clear
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self):
        self._socket.bind(PATH)
        os.chmod(PATH, 0o666)
        self._thread.start()
        return self

    def __exit__(self, *_):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"", PATH)
        self._thread.join()
        self._socket.close()
        os.unlink(PATH)

    def _listen(self):
        while datagram := self._socket.recv(1 << 16):
            # <facility * 8 + severity>Mmm dd hh:mm:ss program[pid]: message
            priority, text = re.fullmatch(r"<(\d+)>.{16}(.*?)\n?\0?", datagram.decode("utf-8", "backslashreplace"), re.DOTALL).groups()
            line = LogLine(text)
            line.facility, line.severity = divmod(int(priority), 8)
            self._lines.add(line)
