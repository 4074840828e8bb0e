"""demo/run as a newcomer starts it: it shows the credentials of a session, and the machine is as before."""

import os
import re
import subprocess
from pathlib import Path

import pytest


def machine():
    """What a demo could leave behind: processes, users, files where it works."""
    processes = {pid for pid in os.listdir("/proc") if pid.isdigit()}
    files = {path for folder in ("/etc", "/usr/libexec", "/home", "/run", "/var/log") for path in Path(folder).rglob("*")}
    files |= set(Path("/tmp").iterdir()) | set(Path("/mnt").iterdir())
    return processes, files, Path("/etc/passwd").read_bytes()


@pytest.mark.full
@pytest.mark.timeout(600)
def test_demo_shows_the_variables_and_leaves_nothing(source):
    before = machine()
    done = subprocess.run([source / "demo/run"], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    for pattern in (r"AWS_ACCESS_KEY_ID=ASIA\w{16}", r"AWS_SECRET_ACCESS_KEY=\(not shown\)", r"AWS_SESSION_TOKEN=\(not shown\)",
                    r"AWS_CREDENTIAL_EXPIRATION=\S+Z", r"AWS_REGION=eu-west-1", r"AWS_DEFAULT_REGION=eu-west-1"):
        assert re.search(rf"^{pattern}$", done.stdout, re.MULTILINE), done.stdout
    assert "result=accepted reason=ok user=alice service=sshd" in done.stdout
    assert machine() == before
