"""Lines that arrive while a test runs, from the system log or from sshd, kept so that a test can wait for one."""

import re
import threading


class Lines:
    def __init__(self):
        self._lines = []
        self._arrived = threading.Condition()

    def add(self, line):
        with self._arrived:
            self._lines.append(line)
            self._arrived.notify_all()

    def clear(self):
        with self._arrived:
            self._lines.clear()

    def matching(self, pattern=""):
        """All lines so far in which the regular expression is found."""
        with self._arrived:
            return [line for line in self._lines if re.search(pattern, line)]

    def wait_for(self, pattern, timeout=10):
        """The first line in which the regular expression is found, come or yet to come; AssertionError after so many seconds."""
        def found():
            return next((line for line in self._lines if re.search(pattern, line)), None)

        with self._arrived:
            line = self._arrived.wait_for(found, timeout)
            assert line is not None, f"no line with {pattern!r} among:\n" + "\n".join(self._lines)
            return line
