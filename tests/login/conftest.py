"""The world of a whole login: users, the system log, sshd and ssh, the identity provider and STS, the module's configuration.

All of it changes the system's own files, and so runs in tests/world only. A test that wants the usual asks for `module_login`:

    def test_alice_gets_credentials(module_login, ssh, idp):
        with module_login():
            result = ssh.ssh("env", answers=[idp.mint("alice")])
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import types
from pathlib import Path

import pytest

for folder in ("module", "stand_ins"):
    sys.path.append(str(Path(__file__).parent.parent / folder))

import accounts
import cases
import hosts
import module_configuration
import pam_application
import processes
from authority import Authority
from canaries import Canaries
from hosts import CA_FILE
from identity_provider import IdentityProvider
from proxy import Proxy
from ssh_client import SshClient
from sshd import Sshd
from sts import SecurityTokenService
from system_log import SystemLog

USERS_FILE = Path("/etc/security/pam_aws_oidc.users")


# The world.

@pytest.fixture(scope="session", autouse=True)
def private_world():
    """Users and names that every test finds: the helper's user, alice, bob, and the hosts of the identity provider and STS."""
    if not Path("/run/private-world").exists():
        pytest.exit("whole logins are tested in a private world only: start the tests with tests/run", returncode=1)
    accounts.add_system_user(accounts.HELPER_USER)
    accounts.add_user("alice")
    accounts.add_user("bob")
    hosts.add_names()


@pytest.fixture(autouse=True)
def nothing_left_behind(private_world):
    """Users that a test adds go with it; a process of the helper's user must not outlive it."""
    saved = accounts.save()
    helper = pwd.getpwnam(accounts.HELPER_USER).pw_uid
    yield
    try:
        processes.wait_until_none(lambda: processes.of_user(helper), f"processes of {accounts.HELPER_USER}")
    finally:
        for process in processes.of_user(helper):    # So that what one test left behind fails that test alone.
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        accounts.restore(saved)


@pytest.fixture
def put_file():
    """put_file(path, text, mode=0o644): write a file of root's for the length of a test."""
    def put(path, text, mode=0o644):
        path = Path(path)
        before = path.read_bytes() if path.exists() else None
        after.callback(lambda: path.write_bytes(before) if before is not None else path.unlink())
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    with contextlib.ExitStack() as after:
        yield put


@pytest.fixture
def folder():
    """A folder of root's, for the length of a test."""
    folder = Path("/etc/of-a-test")
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def empty_tmp():
    """/tmp of this test alone: nobody else makes a file there."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", "/tmp"], check=True)
    yield
    subprocess.run(["umount", "/tmp"], check=True)


@pytest.fixture
def pam_service(put_file):
    """pam_service(name, text): the PAM stack of a service."""
    return lambda name, text: put_file(f"/etc/pam.d/{name}", text)


@pytest.fixture(scope="session")
def listening_log(private_world):
    with SystemLog() as log:
        yield log


@pytest.fixture
def log(listening_log):
    """The system log since the start of the test."""
    listening_log.clear()
    return listening_log


@pytest.fixture(scope="session")
def noted_canaries(tmp_path_factory):
    """The secrets of all tests. When the run ends they must lie in no file: the last test fails otherwise, at its teardown."""
    canaries = Canaries(tmp_path_factory.getbasetemp())
    yield canaries
    assert canaries.search_files() == []


@pytest.fixture(autouse=True)
def canaries(nothing_left_behind, noted_canaries, listening_log):
    """A test's secrets are in no log, and in the arguments and environment of no process, neither while STS is asked nor afterwards."""
    noted_canaries.findings.clear()
    with pytest.MonkeyPatch.context() as patch:
        noted_canaries.watch(patch)
        yield noted_canaries
        assert noted_canaries.findings + noted_canaries.search_logs() + noted_canaries.search_processes() == []


# sshd and ssh.

@pytest.fixture(scope="session")
def host_key(tmp_path_factory):
    key = tmp_path_factory.mktemp("host-key") / "ssh_host_ed25519_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    return key


@pytest.fixture
def sshd(tmp_path, host_key, pam_service, log):
    """with sshd(pam_stack, options={}, text="", program=...): a running Sshd, of the PAM service that has the program's name."""
    def start(pam_stack, program="/usr/sbin/sshd", **arguments):
        pam_service(Path(program).name, pam_stack)
        return Sshd(tmp_path, host_key, program=program, **arguments)

    return start


@pytest.fixture
def ssh(tmp_path, host_key):
    """The stock client."""
    return SshClient(tmp_path, host_key)


@pytest.fixture(scope="session")
def client_key(tmp_path_factory):
    """A key of the client's: authorize it with authorize_key()."""
    key = tmp_path_factory.mktemp("client-key") / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    return key


@pytest.fixture
def authorize_key(client_key):
    """authorize_key(user): the user may log in with client_key, for the length of a test."""
    def authorize(name):
        user = pwd.getpwnam(name)
        folder = Path(user.pw_dir) / ".ssh"
        folder.mkdir(mode=0o700)
        after.callback(shutil.rmtree, folder, ignore_errors=True)
        keys = folder / "authorized_keys"
        shutil.copy(f"{client_key}.pub", keys)
        for path in (folder, keys):
            shutil.chown(path, user.pw_uid, user.pw_gid)

    with contextlib.ExitStack() as after:
        yield authorize


# The identity provider and STS.

@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """The certificate authority of the identity provider and of STS; CA_FILE has its certificate."""
    authority = Authority(tmp_path_factory.mktemp("authority"))
    shutil.copy(authority.ca_file, CA_FILE)
    CA_FILE.chmod(0o644)
    return authority


@pytest.fixture
def system_trusts_authority(authority):
    """The system's own trust has the authority, for a test without ca_file."""
    certificate = Path("/etc/ssl/certs/tests-ca.pem")
    shutil.copy(authority.ca_file, certificate)
    subprocess.run(["openssl", "rehash", "/etc/ssl/certs"], check=True, capture_output=True)
    yield
    certificate.unlink()
    subprocess.run(["openssl", "rehash", "/etc/ssl/certs"], check=True, capture_output=True)


@pytest.fixture(scope="session")
def identity_provider_keys(tmp_path_factory):
    return tmp_path_factory.mktemp("identity-provider")


@pytest.fixture
def idp(authority, identity_provider_keys):
    """https://login.example.com."""
    with IdentityProvider(hosts.ISSUER_HOST, 443, authority, identity_provider_keys, address=hosts.ISSUER_ADDRESS,
                          other_hosts=cases.OTHER_ISSUER_HOSTS) as idp:
        yield idp


@pytest.fixture
def sts(authority, idp):
    """https://sts.eu-west-1.amazonaws.com, which is sts.example.internal too, with the roles of stand_ins/cases.py."""
    with SecurityTokenService([*hosts.STS_HOSTS, hosts.STS_ADDRESS], 443, authority, cases.iam(idp.issuer), region=cases.REGION,
                              resolve=cases.resolve(idp), address=hosts.STS_ADDRESS) as sts:
        yield sts


@pytest.fixture
def held(sts):
    """held.hold(): STS holds its next answer back. held.asked is set once it has the request; it answers when a test sets held.answer."""
    def hold():
        held.asked.clear()
        held.answer.clear()
        sts.answers.append(hold_back)

    def hold_back(_, answer):
        held.asked.set()
        held.answer.wait()
        return answer

    held = types.SimpleNamespace(hold=hold, asked=threading.Event(), answer=threading.Event())
    yield held
    held.answer.set()


@pytest.fixture
def proxy():
    """An HTTP proxy by which nobody goes whom a test does not send there."""
    with Proxy(port=3128, address="127.0.0.4") as proxy:
        yield proxy


# The module.

@pytest.fixture
def settings(idp):
    """A good configuration as a dictionary, for a test to change before it calls configure()."""
    return {
        "sts": {"region": cases.REGION, "ca_file": str(CA_FILE)},
        "providers": [{"name": "corp", "issuer": idp.issuer, "audience": [cases.AUDIENCE],
                       "user": {"claim": "sub", "map_file": str(USERS_FILE)}}],
        "rules": [{"name": "everyone", "role_arn": cases.ENGINEER}],
    }


@pytest.fixture
def configure(put_file, settings):
    """configure(settings or text): write the module's configuration, by default `settings`, and the users that it maps."""
    put_file(USERS_FILE, "alice alice\nbob bob\n")

    def write(configuration=None):
        configuration = settings if configuration is None else configuration
        text = configuration if isinstance(configuration, str) else module_configuration.text(configuration)
        return put_file(module_configuration.PATH, text)

    return write


@pytest.fixture
def module_login(sshd, sts, configure):
    """with module_login(arguments="", **Sshd's): a configured module behind a running sshd. STS is on."""
    def start(arguments="", **options):
        configure()
        return sshd(f"auth required pam_aws_oidc.so {arguments}\n"
                    "account required pam_unix.so\n"
                    f"session required pam_aws_oidc.so {arguments}\n", **options)

    return start


@pytest.fixture
def login_service(build, pam_service, sts, configure, log):
    """login_service(user, answer, configured=False, wrapper=()): an attempt to log in without sshd, with the configuration in `settings`. STS is on."""
    pam_service("bastion", "auth required pam_aws_oidc.so\naccount required pam_permit.so\nsession required pam_aws_oidc.so\n")
    configure()

    def log_in(user, answer, configured=False, wrapper=()):
        if not configured:
            configure()
        return pam_application.PamApplication(build, "bastion", log, wrapper).log_in(user, answer)

    return log_in
