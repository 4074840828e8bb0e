"""The command as administrators and users call it."""

import json
import subprocess

import pytest


class Command:
    """Runs the installed pam-aws-oidc in a clean environment."""

    def __call__(self, *words, user=None, stdin="", environment=None):
        """Run it with these words, as root or as another user; gives the finished process, its output as text."""
        wrapper = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if user else []
        return subprocess.run([*wrapper, "/usr/sbin/pam-aws-oidc", *map(str, words)], input=stdin, capture_output=True, text=True, check=False, timeout=60,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", **(environment or {})}, cwd="/")

    def json(self, *words, **options):
        """The JSON that it prints."""
        return json.loads(self(*words, "--json", **options).stdout)


@pytest.fixture
def command():
    return Command()
