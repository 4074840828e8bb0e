"""The helper's sandbox, tried from inside (sandbox-probe.c): what is refused, and that a login's own needs are not."""

import shutil
import subprocess

import pytest

NEEDED = ["open-read", "socket", "resolve", "thread"]
STATE = {"core": "0 0", "data": f"{128 << 20} {128 << 20}", "dumpable": "0", "no_new_privs": "1", "death_signal": "9"}
LATER = ["fchmodat2", "utimensat", "removexattr"]
# glibc falls back to what can be looked at, where the kernel seems not to have the call.
UNKNOWN = ["clone3", "openat2"]


@pytest.fixture
def probe(build, folder, helper_user):
    """probe(environment, user): run the probe; give what it said of each call."""
    writable = folder / "writable"
    writable.mkdir(mode=0o777, exist_ok=True)
    writable.chmod(0o777)
    file = writable / "file"
    file.write_text("content", encoding="ascii")
    shutil.chown(file, helper_user.pw_uid)

    def run(environment=None, user=None):
        uid = helper_user.pw_uid if user is None else user
        as_user = {"user": uid, "group": uid, "extra_groups": []}
        with subprocess.Popen(["sleep", "1000"], **as_user) as neighbour:
            try:
                done = subprocess.run([build / "tests/helper/sandbox-probe", file, writable / "nothing", str(neighbour.pid)],
                                      env=environment or {}, capture_output=True, text=True, timeout=20, check=False, **as_user)
            finally:
                neighbour.kill()
        return done.returncode, dict(line.split(" ", 1) if " " in line else (line, "") for line in done.stdout.splitlines())

    yield run
    for path in writable.iterdir():
        path.unlink() if not path.is_dir() else path.rmdir()


def test_everything_that_a_login_does_not_need_is_refused(probe):
    status, said = probe()
    assert status == 0
    tried = {name: result for name, result in said.items() if name not in STATE and name not in LATER and not name.startswith("neighbour-")}
    assert len(tried) > 40
    assert {name: result for name, result in tried.items() if result != "EPERM"} == dict.fromkeys(NEEDED, "done") | dict.fromkeys(UNKNOWN, "ENOSYS")


def test_helpers_of_other_logins_are_out_of_reach(probe):
    """They have the same user: a helper that was taken over could end every login of the host."""
    _, said = probe()
    reach = {name: result for name, result in said.items() if name.startswith("neighbour-")}
    assert len(reach) == 16
    assert reach == dict.fromkeys(reach, "EPERM")


def test_files_of_the_helpers_user_cannot_be_changed_by_newer_calls(probe):
    _, said = probe()
    assert [name for name in LATER if said[name] not in ("EPERM", "ENOSYS")] == []


def test_sandbox_sets_what_exec_may_have_cleared(probe):
    _, said = probe()
    assert {name: said[name] for name in STATE} == STATE


def test_refusals_are_the_sandboxs_doing(probe):
    """But for what only root may do anyway, and for what the kernel of a container may refuse everybody."""
    _, said = probe({"WITHOUT_SANDBOX": "yes"})
    assert "execve" not in said              # It became another program.
    assert {name for name, result in said.items() if result == "EPERM"} <= {"mount", "bpf", "unshare", "io_uring_setup", "userfaultfd", "keyctl",
                                                                            "add_key"}


def test_root_cannot_enter(probe):
    assert probe(user=0) == (1, {"refused": ""})
