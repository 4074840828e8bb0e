"""Logins without sshd: a PAM application of tests/module, on the system's libpam, whose user presents any token as any user.

sshd replaces what users say whom it does not know, and its client cuts long answers. Here the module gets every byte.
"""

import subprocess
import urllib.parse
from dataclasses import dataclass

from host import parse_line, word


@dataclass
class Attempt:
    code: str                                # of authenticate
    prompts: list
    words: list                              # what the user was told
    environment: dict                        # after open_session, where that was reached
    line: str                                # the audit line

    @property
    def reason(self):
        return self.audit("reason")

    def audit(self, key):
        """The value of a field of the audit line; None where it has none."""
        return parse_line(self.line).get(key)


class PamApplication:
    def __init__(self, build, service, log, wrapper=()):
        self._command = [*wrapper, build / "tests/module/pam-driver"]
        self._service = service
        self._log = log

    def log_in(self, user, *answers):
        """Authenticate as a user who gives these answers, and open the session if that succeeds."""
        self._log.clear()
        orders = ["confdir /etc/pam.d", f"start {self._service} {word(user)}", *(f"answer {word(answer)}" for answer in answers),
                  "authenticate", "open_session", "environment", "close_session", "end"]
        said = self.run(orders)
        code = dict(said)["authenticate"]
        audit_line = rf"pam_aws_oidc\({self._service}:auth\): result="
        self._log.wait_for(audit_line)
        lines = self._log.lines(audit_line)
        assert len(lines) == 1, lines
        return Attempt(code, prompts=[text for key, text in said if key.startswith("prompt")],
                       words=[text for key, text in said if key in ("error", "info")],
                       environment=dict(text.split("=", 1) for key, text in said if key == "env"), line=lines[0])

    def run(self, orders):
        """Give orders to the application; what it said, as pairs of a word and the rest."""
        run = subprocess.run(self._command, input="".join(f"{order}\n" for order in orders), capture_output=True, text=True, check=True, timeout=100)
        said = [line.split(" ", 1) for line in run.stdout.splitlines() if " " in line]
        return [(key, urllib.parse.unquote(text)) for key, text in said]
