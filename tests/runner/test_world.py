"""tests/world and tests/install-packages: that a run leaves a machine as it was. Each is tried in a world inside this one."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

WORLD = Path(__file__).parent.parent / "world"
INSTALL_PACKAGES = Path(__file__).parent.parent / "install-packages"
POLICY = "/usr/sbin/policy-rc.d"


def world(*command, **options):
    return subprocess.run([WORLD, *command], capture_output=True, text=True, check=False, timeout=60, **{"stdin": subprocess.DEVNULL, **options})


def test_status_and_standard_streams_are_the_commands():
    run = world("sh", "-c", "cat; echo wrong >&2; exit 7", stdin=None, input="hello")
    assert (run.returncode, run.stdout, run.stderr) == (7, "hello", "wrong\n")


def test_environment_is_what_the_caller_names():
    run = world("NAMED=yes", "env", env={**os.environ, "AWS_CA_BUNDLE": "/nowhere", "TERM": "vt100"})
    of_the_shell = {line for line in run.stdout.split() if line.startswith(("PWD=", "OLDPWD="))}
    assert set(run.stdout.split()) - of_the_shell == {"HOME=/root", "LANG=C.UTF-8", "NAMED=yes", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=vt100"}


@pytest.mark.parametrize("folder", ["/etc", "/usr/lib", "/var/log", "/var/lib", "/tmp", "/home", "/root", "/run", "/mnt", "/dev/shm"])
def test_changes_vanish(folder):
    mark = Path(folder) / "changed-in-a-world"
    run = world("sh", "-c", f"touch {mark} && ls {mark}")
    assert (run.returncode, run.stdout, mark.exists()) == (0, f"{mark}\n", False)


# Leaves an orphan, and waits until it is gone altogether, which it never is while nobody takes it in.
ORPHAN = """
import os, subprocess
pid = subprocess.run(["sh", "-c", "sleep 0.2 >/dev/null & echo $!"], capture_output=True, text=True).stdout.strip()
while os.path.exists(f"/proc/{pid}"):
    pass
"""


def test_orphans_are_taken_in():
    assert world("timeout", "10", "/usr/bin/python3", "-c", ORPHAN).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_signal_ends_all_that_is_inside(number):
    # A shell cannot catch what was ignored when it started, as SIGHUP is under nohup.
    command = ["env", "--default-signal=HUP", WORLD, "sh", "-c", "setsid sleep 1000 & echo ready; wait"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        # The end of the pipe comes when the last process that could write to it has gone.
        assert process.stdout.read() == b""


def test_source_is_what_git_would_know_of(tmp_path):
    checkout = tmp_path / "check out"
    (checkout / "tests").mkdir(parents=True)
    shutil.copy(WORLD, checkout / "tests")
    subprocess.run(["git", "init", "--quiet", checkout], check=True)
    for name in ("committed", "changed", "deleted", "new", "ignored"):
        (checkout / name).write_text(name + "\n", encoding="ascii")
    (checkout / ".gitignore").write_text("ignored\n", encoding="ascii")
    subprocess.run(["git", "-C", checkout, "add", "committed", "changed", "deleted"], check=True)
    (checkout / "changed").write_text("another\n", encoding="ascii")
    (checkout / "deleted").unlink()
    run = subprocess.run([checkout / "tests/world", "--source", "sh", "-c", "pwd; git ls-files; cat changed"], capture_output=True, text=True,
                         check=False, stdin=subprocess.DEVNULL)
    assert run.stdout.split() == ["/mnt/source", ".gitignore", "changed", "committed", "new", "tests/world", "another"]


@pytest.fixture
def install_packages():
    """install_packages(before, apt_get, installed=""): run it in a world whose dpkg knows no package (or says `installed` of all), with the shell
    script `apt_get` as apt-get, after the shell script `before`; gives what they print, and then what stands in policy-rc.d's place."""
    def run(before="true", apt_get="true", installed=""):
        script = f"""
            rm -f {POLICY}
            printf '#!/bin/sh\\nprintf "{installed}"\\n' >/usr/bin/dpkg-query
            printf '%s\\n' '#!/bin/sh' "$1" >/usr/bin/apt-get
            {before}
            {INSTALL_PACKAGES} || echo "failed"
            ls /usr/sbin | grep policy-rc.d
            cat {POLICY}"""
        return world("sh", "-c", script, "sh", apt_get).stdout.split("\n")[:-1]

    return run


def test_services_may_not_start_while_packages_are_installed(install_packages):
    assert install_packages(apt_get=f'{POLICY}; echo "$1 $?"') == ["--quiet 101", "--quiet 101"]


@pytest.mark.parametrize("apt_get, outcome", [("true", []), ("exit 1", ["failed"])])
def test_policy_of_the_machine_comes_back(install_packages, apt_get, outcome):
    assert install_packages(f"echo theirs >{POLICY}", apt_get) == [*outcome, "policy-rc.d", "theirs"]
    assert install_packages(f"echo elsewhere >/etc/theirs; ln -s /etc/theirs {POLICY}", apt_get) == [*outcome, "policy-rc.d", "elsewhere"]
    assert install_packages(apt_get=apt_get) == outcome


def test_policy_comes_back_after_a_run_that_was_killed(install_packages):
    killed = f"echo theirs >{POLICY}.before-pam_aws_oidc; echo ours >{POLICY}"
    assert install_packages(killed) == ["policy-rc.d", "theirs"]


def test_nothing_is_done_when_all_packages_are_there(install_packages):
    assert install_packages(apt_get="echo called", installed="installed") == []
