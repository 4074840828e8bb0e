"""The host of the module: a PAM application (pam-driver.c) with the module in its stack, and a helper that misbehaves (rogue-helper.c).

    host.service(orders=["wait-frame", send(ask()), "wait-frame", send(acceptance())])
    said = host.run("start bastion alice", "authenticate", "open_session", "environment", "end")
    assert said.codes == ["PAM_SUCCESS", "PAM_SUCCESS"]
"""

import dataclasses
import os
import re
import shlex
import shutil
import socket
import subprocess
import urllib.parse
from pathlib import Path

import system_log

PHASES = ["authenticate", "setcred", "acct_mgmt", "open_session", "close_session"]
CREDENTIALS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_REGION", "AWS_DEFAULT_REGION"]
HANDOFF = "PAM_AWS_OIDC_HANDOFF"

WORDS_SYSTEM = "This host has a problem and cannot check your token."
WORDS_SETUP = "This host is not set up for token logins; tell its administrator."
WORDS_TOKEN = "That is not an OpenID Connect token of the kind this host expects."


def send(*frames):
    """The order for the rogue helper to send these bytes."""
    return "send " + b"".join(frames).hex()


def word(text):
    """A word of an order for the driver, whatever bytes are in it."""
    return urllib.parse.quote(text, safe="=/@+,._-~: ")


def after_hello(*orders):
    """Orders of a helper that lets the module say who logs in, first."""
    return ["wait-frame", *orders]


@dataclasses.dataclass
class Transcript:
    """What the driver said: pairs of a key and a text; and the log lines of meanwhile."""
    said: list
    log: list
    status: int
    errors: str

    def all(self, *keys):
        return [text for key, text in self.said if key in keys]

    @property
    def codes(self):
        """The PAM codes of the phases, in order."""
        return self.all(*PHASES)

    @property
    def environment(self):
        """The PAM environment, where it was asked for (once)."""
        return dict(variable.split("=", 1) for variable in self.all("env"))

    @property
    def published(self):
        return {name: value for name, value in self.environment.items() if name in CREDENTIALS}

    @property
    def audit(self):
        """The audit lines of attempts, each as a dictionary."""
        return [fields for fields in map(parse_line, self.log) if "result" in fields]

    @property
    def sessions(self):
        """The audit lines of sessions."""
        return [fields for fields in map(parse_line, self.log) if "session" in fields]

    def changed(self):
        """What of the host's own is not as it was before."""
        kinds = ["mask", "dispositions", "folder", "umask", "environment", "descriptors"]
        assert [key for key, _ in self.said if key in kinds] == kinds
        return [key for key, text in self.said if key in kinds and text != "same"]


def parse_line(line):
    """The fields of one of the module's log lines; none for other lines."""
    match = re.fullmatch(r".*?: pam_aws_oidc\([^)]*\): (.*)", line, re.DOTALL)
    if not match or "=" not in match.group(1):
        return {}
    return dict(field.split("=", 1) for field in shlex.split(match.group(1)))


class Host:
    def __init__(self, build, folder, log, owner="root"):
        self.folder = Path(folder)
        self.log = log
        self.owner = owner
        self.module = self.folder / "pam_aws_oidc.so"
        self.helper = self.folder / "rogue-helper"
        self.services = self.folder / "pam.d"
        self.driver = Path(build) / "tests/module/pam-driver"
        self.services.mkdir(mode=0o755)
        shutil.copy(Path(build) / ".libs/pam_aws_oidc.so", self.module)
        shutil.copy(Path(build) / "tests/module/rogue-helper", self.helper)
        self.helper.chmod(0o711)
        shutil.chown(self.helper, owner)
        (self.services / "other").write_text("".join(f"{kind} required pam_deny.so\n" for kind in ("auth", "account", "session", "password")),
                                             encoding="ascii")

    def orders(self, orders, name="orders"):
        """Write the rogue helper's orders, where the module finds its configuration."""
        path = self.folder / name
        path.write_text("\n".join(orders) + "\n", encoding="ascii")
        path.chmod(0o644)
        shutil.chown(path, self.owner)
        return path

    def service(self, name="bastion", orders=(), arguments="", conf=None, helper=None, before="", account="account required pam_permit.so"):
        """A PAM service with our module for auth and session. By default its helper carries out the orders."""
        conf = conf or self.orders(orders, f"orders-of-{name}")
        ours = f"{self.module} conf={conf} helper={helper or self.helper} {arguments}"
        return self.stack(f"{before}\nauth required {ours}\n{account}\nsession required {ours}\n", name)

    def stack(self, text, name="bastion"):
        path = self.services / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
        return path

    def start(self, wrapper=(), **options):
        """The driver, which waits for its orders."""
        self.log.clear()
        return subprocess.Popen([*wrapper, self.driver], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/",
                                encoding="utf-8", env={"PATH": "/usr/bin:/bin", "OF_THE_HOST": "yes"}, **options)

    def script(self, orders):
        return "".join(f"{order}\n" for order in [f"confdir {self.services}", *orders])

    def run(self, *orders, wrapper=(), status=0, **options):
        """Have the driver carry out its orders; give what it said."""
        with self.start(wrapper, **options) as driver:
            try:
                output, errors = driver.communicate(self.script(orders))
            finally:
                driver.kill()    # One that hangs would not let a test's time limit end it.
        assert driver.returncode == status, (driver.returncode, output, errors)
        return self.transcript(output, errors, status)

    def transcript(self, output, errors, status):
        lines = [line.split(" ", 1) for line in output.splitlines()]
        said = [(line[0], urllib.parse.unquote(line[1])) for line in lines if len(line) == 2]
        return Transcript(said, settle(self.log), status, errors)

    def attempt(self, *after, user="alice", before=(), orders=None, **options):
        """One transaction: authenticate, and what comes after."""
        if orders is not None:
            self.service(orders=orders)
        return self.run(f"start bastion {word(user)}", *before, "authenticate", *after, "end", **options)


def settle(log):
    """Every line that has been logged so far. They arrive in their order: so when our own has arrived, all have."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as marker:
        marker.sendto(f"<86>Jan  1 00:00:00 settled[{os.getpid()}]: settled".encode(), system_log.PATH)
    log.wait_for(r"\]: settled$")
    lines = log.lines(r"pam_aws_oidc\(")
    log.clear()
    return lines


def as_user(name):
    """Options for run(): the driver runs as a user without privileges."""
    return {"user": name, "group": name, "extra_groups": []}
