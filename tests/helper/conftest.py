"""Fixtures of the login helper's tests: its user, its program, a configuration, and the identity provider and STS that it names."""

import pwd
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

for name in ("login", "module", "stand_ins"):
    sys.path.append(str(Path(__file__).parent.parent / name))

import accounts
import cases
import module_configuration
import processes
from authority import Authority
from identity_provider import IdentityProvider
from module_side import ModuleSide
from sts import SecurityTokenService


@pytest.fixture(scope="module", autouse=True)
def helper_user():
    """The helper's user, for the tests of one file, where the world does not have it yet."""
    if not Path("/run/private-world").exists():
        pytest.exit("the helper is tested in a private world only: start the tests with tests/run", returncode=1)
    saved = accounts.save()
    if accounts.HELPER_USER not in {entry.pw_name for entry in pwd.getpwall()}:
        accounts.add_system_user(accounts.HELPER_USER)
    yield pwd.getpwnam(accounts.HELPER_USER)
    accounts.restore(saved)


@pytest.fixture(autouse=True)
def nothing_left_behind(helper_user):
    yield
    processes.wait_until_none(lambda: processes.of_user(helper_user.pw_uid), "processes of the helper's user")


@pytest.fixture(scope="module")
def folder():
    """A folder of root's that everybody can walk into."""
    path = Path(tempfile.mkdtemp(dir="/run"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def program(build, folder):
    """The helper as it is installed: nobody but root may read it."""
    path = folder / "login-helper"
    shutil.copy(build / "login-helper", path)
    path.chmod(0o711)
    return path


@pytest.fixture(scope="module")
def authority(folder):
    return Authority(folder / "authority")


@pytest.fixture(scope="module")
def idp(authority, folder):
    with IdentityProvider("localhost", 0, authority, folder / "idp") as idp:
        yield idp


@pytest.fixture
def sts(authority, idp):
    with SecurityTokenService(["localhost", "127.0.0.1"], 0, authority, cases.iam(idp.issuer), region=cases.REGION) as sts:
        yield sts


@pytest.fixture
def configuration(folder, authority, idp, sts):
    """A good configuration; its timeout is longer than any test waits, so that a helper that ends did not end because of it."""
    users = folder / "users"
    users.write_text("alice alice\nbob bob\n", encoding="ascii")
    path = folder / "configuration"
    path.write_text(module_configuration.text({
        "sts": {"region": cases.REGION, "endpoint": f"https://127.0.0.1:{sts.port}", "ca_file": str(authority.ca_file), "timeout": 60},
        "providers": [{"name": "corp", "issuer": idp.issuer, "audience": [cases.AUDIENCE], "user": {"claim": "sub", "map_file": str(users)}}],
        "rules": [{"name": "engineers", "role_arn": cases.ENGINEER}],
    }), encoding="ascii")
    return path


@pytest.fixture
def module(program, configuration):
    """The module's side of a helper that has just started."""
    with ModuleSide(program, configuration) as module:
        yield module
