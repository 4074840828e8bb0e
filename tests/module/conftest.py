"""Fixtures of the tests of the module on the real libpam: users, the system log, and the host. They change the system: in a private world only."""

import os
import pwd
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

for name in ("login", "stand_ins"):
    sys.path.append(str(Path(__file__).parent.parent / name))

import accounts
import frames
import processes
import system_log
from canaries import Canaries
from host import Host, settle


@pytest.fixture(scope="module", autouse=True)
def users():
    """The helper's user, alice and bob, for the tests of one file, where the world does not have them yet."""
    if not Path("/run/private-world").exists():
        pytest.exit("the module is tested in a private world only: start the tests with tests/run", returncode=1)
    saved = accounts.save()
    names = {entry.pw_name for entry in pwd.getpwall()}
    if accounts.HELPER_USER not in names:
        accounts.add_system_user(accounts.HELPER_USER)
    for name in {"alice", "bob"} - names:
        accounts.add_user(name)
    yield
    accounts.restore(saved)


@pytest.fixture(scope="module")
def listening(users):
    """The system log; if somebody else listens already, that is put aside meanwhile."""
    aside = Path(system_log.PATH + ".aside")
    if os.path.exists(system_log.PATH):
        os.rename(system_log.PATH, aside)
    with system_log.SystemLog() as log:
        yield log
    if aside.exists():
        os.rename(aside, system_log.PATH)


@pytest.fixture
def log(listening):
    settle(listening)
    return listening


@pytest.fixture(autouse=True)
def canaries(listening, tmp_path_factory):
    """The credentials that helpers accept with are in no line of the log."""
    canaries = Canaries(tmp_path_factory.getbasetemp())
    canaries.note("secret key", frames.SECRET_KEY)
    canaries.note("session token", frames.SESSION_TOKEN)
    with pytest.MonkeyPatch.context() as patch:
        canaries.watch(patch)
        yield
        assert canaries.search_logs() == []


@pytest.fixture
def folder():
    """A folder of root's that everybody can walk into; pytest's own are closed, and the helper's configuration must not lie below /tmp."""
    path = Path(tempfile.mkdtemp(dir="/run"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def host(build, folder, log):
    return Host(build, folder, log)


@pytest.fixture(autouse=True)
def nothing_left_behind(users):
    """Users that a test adds go with it; a process of the helper's user must not outlive it."""
    helper = pwd.getpwnam(accounts.HELPER_USER).pw_uid
    saved = accounts.save()
    yield
    accounts.restore(saved)
    processes.wait_until_none(lambda: processes.of_user(helper), f"processes of {accounts.HELPER_USER}")
    processes.wait_until_none(lambda: [each for each in processes.processes() if each.name == "rogue-helper"], "helpers")
