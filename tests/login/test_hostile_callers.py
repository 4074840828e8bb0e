"""Hostile callers: su, set-uid root and run by an ordinary user, who chooses its environment and descriptors; and a second user on one PAM handle.

bob wants to become alice, and knows a token of hers: so that each login goes all the way to STS and back.
"""

import dataclasses
import os
import pwd
import resource
import shutil
import signal
import socket
import struct
import subprocess
from pathlib import Path

import pexpect
import pytest

import accounts
import cases
import module_configuration
import processes
from host import CREDENTIALS, HANDOFF, parse_line, settle
from switch_user import PROMPT, STACK, SU, TIMEOUT, become, changed, files, spawn

TRAPS = Path("/tmp/traps")                   # bob's
TRACES = TRAPS / "traces"

# What is loaded leaves a trace when it is. It makes an empty file: the login helper may not write, but make one it could.
TRACED_OBJECT = f"""
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
static void leave_trace(void) __attribute__((constructor));
static void leave_trace(void)
{{
    char path[100];
    snprintf(path, sizeof path, "{TRACES}/uid-%d-pid-%d", (int) geteuid(), (int) getpid());
    close(open(path, O_WRONLY | O_CREAT, 0666));
}}
unsigned int la_version(unsigned int version) {{ return version; }}
"""
TRACED_LIBRARIES = ["libpam.so.0", "libpam_misc.so.0", "libaudit.so.1", "libcap-ng.so.0", "libselinux.so.1", "libcurl.so.4", "libxml2.so.2",
                    "libssl.so.3", "libcrypto.so.3", "libz.so.1", "libseccomp.so.2", "libnss_files.so.2", "libnss_dns.so.2", "libgcc_s.so.1"]

OPENSSL_CONFIGURATIONS = {
    "provider.cnf": "openssl_conf = all\n[all]\nproviders = providers\n[providers]\ntraced = traced\n[traced]\nactivate = 1\n"
                    f"module = {TRAPS}/traced.so\n",
    "named-provider.cnf": "openssl_conf = all\n[all]\nproviders = providers\n[providers]\ntraced = traced\n[traced]\nactivate = 1\n",
    "engine.cnf": "openssl_conf = all\n[all]\nengines = engines\n[engines]\ntraced = traced\n[traced]\nengine_id = dynamic\n"
                  f"dynamic_path = {TRAPS}/traced.so\ndefault_algorithms = ALL\ninit = 1\n",
    "broken.cnf": "config_diagnostics = 1\nopenssl_conf = all\n[all]\nproviders = none\nssl_conf = none\nalg_section = none\n",
    "strict.cnf": "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = strict\n[strict]\nMinProtocol = TLSv1.3\n"
                  "MaxProtocol = TLSv1.1\nCipherString = NULL\n",
    "lax.cnf": "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = lax\n[lax]\n"
               f"VerifyCAFile = {TRAPS}/authority.pem\nChainCAFile = {TRAPS}/authority.pem\nVerifyMode = None\n",
}
STS_HOST = "sts.eu-west-1.amazonaws.com"
PROXY = "http://127.0.0.4:3128"


@pytest.fixture(scope="session")
def traced_object(tmp_path_factory):
    path = tmp_path_factory.mktemp("traced") / "traced.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", path, "-x", "c", "-"], input=TRACED_OBJECT, text=True, check=True)
    return path


@pytest.fixture
def traps(empty_tmp, traced_object, authority, put_file):
    """Everything that an environment of ENVIRONMENTS names, all bob's own."""
    for folder in (TRAPS, TRACES, TRAPS / "library", TRAPS / "home", TRAPS / "gconv", TRAPS / "bin", TRAPS / "engines"):
        folder.mkdir()
    for path in ["traced.so", "gconv/traced.so", "engines/traced.so", *(f"library/{name}" for name in TRACED_LIBRARIES)]:
        shutil.copy(traced_object, TRAPS / path)
    for name, text in OPENSSL_CONFIGURATIONS.items():
        (TRAPS / name).write_text(text, encoding="ascii")
    shutil.copy(authority.ca_file, TRAPS / "authority.pem")
    authority.hashed_folder(TRAPS / "authorities")
    (TRAPS / "gconv/gconv-modules").write_text("module TRACED// INTERNAL traced 1\nmodule INTERNAL TRACED// traced 1\n", encoding="ascii")
    (TRAPS / "home/.netrc").write_text(f"machine {STS_HOST} login mallory password x\ndefault login mallory password x\n", encoding="ascii")
    (TRAPS / "home/.curlrc").write_text(f"proxy = {PROXY}\ninsecure\nheader = \"X-Of-Bob: yes\"\ntrace = {TRACES}/curl\n", encoding="ascii")
    (TRAPS / "hosts").write_text(f"{STS_HOST} sts.nowhere.invalid\n", encoding="ascii")
    (TRAPS / "resolv.conf").write_text("multi off\ntrim .amazonaws.com\n", encoding="ascii")
    (TRAPS / "script").write_text(f"#!/bin/sh\n: >{TRACES}/script-$$\n", encoding="ascii")
    for name in ("env", "login-helper", "su", "sh", "bash", "unix_chkpwd"):
        shutil.copy(TRAPS / "script", TRAPS / "bin" / name)
    # Who reads one of these waits for ever.
    os.mkfifo(TRAPS / "catalog")
    for path in [*TRAPS.rglob("*"), TRAPS]:
        path.chmod(0o755 if path.is_dir() or path.suffix == ".so" or path.parent.name in ("bin", "library") else 0o644)
        shutil.chown(path, "bob", "bob")
    TRACES.chmod(0o1777)
    keys = Path("/tmp/of-the-helper")
    keys.mkdir()
    shutil.chown(keys, accounts.HELPER_USER)


@pytest.fixture
def other_messages():
    """A language "xx", in which libpam's name of every failure is Xx."""
    folder = Path("/usr/share/locale/xx")
    catalog = folder / "LC_MESSAGES/Linux-PAM.mo"
    catalog.parent.mkdir(parents=True)
    catalog.write_bytes(messages({"Authentication failure": "Xx", "Conversation error": "Xx"}))
    yield
    shutil.rmtree(folder)


def messages(translations):
    """A file of messages, as the manual of GNU gettext has it (10.3, The Format of GNU MO Files)."""
    tables, texts = b"", b""
    pairs = sorted((original.encode(), translation.encode()) for original, translation in translations.items())
    for column in zip(*pairs):
        for text in column:
            tables += struct.pack("=II", len(text), 28 + 16 * len(pairs) + len(texts))
            texts += text + b"\0"
    return struct.pack("=7I", 0x950412de, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0) + tables + texts


@dataclasses.dataclass
class Login:
    """What came of one login, but for what differs each time."""
    status: int
    words: list
    credentials: dict                        # of the session
    audit: list                              # the module's lines
    requests: list


def same_each_time(fields):
    """The fields of an audit line but for those that no two lines share."""
    return {name: value for name, value in fields.items() if name not in ("ms", "request_id")}


def expect_prompt(terminal):
    terminal.expect_exact(PROMPT)


@pytest.fixture
def su(pam_service, configure, sts, log):
    """su(token, environment=None, prepare=...): bob becomes alice, whose shell prints its environment and ends.

    prompt(terminal) waits for the question, and meanwhile() happens once it is answered."""
    pam_service("su", STACK)
    configure()
    subprocess.run(["usermod", "--shell", "/usr/bin/env", "alice"], check=True)
    moment = int(sts.clock())
    sts.clock = lambda: moment               # So that the same token gets the same credentials.

    def become_alice(token, environment=None, arguments=("alice",), prompt=expect_prompt, meanwhile=lambda: None, **options):
        log.clear()
        sts.requests.clear()
        terminal = spawn(SU, *arguments, environment=environment, **options)
        prompt(terminal)
        terminal.sendline(token)
        meanwhile()
        output = terminal.read()
        status = terminal.wait()
        return the_login(status, output)

    def the_login(status, output):
        lines = output.splitlines()
        variables = dict(line.split("=", 1) for line in lines if "=" in line)
        return Login(
            status=status,
            words=[line for line in lines if "=" not in line],
            credentials={name: variables[name] for name in CREDENTIALS if name in variables},
            audit=[same_each_time(parse_line(line)) for line in settle(log)],
            requests=[(request.method, request.path, dict(request.headers), request.parameters) for request in sts.requests])

    return become_alice


def test_shell_has_the_credentials(su, sts, idp):
    subprocess.run(["usermod", "--shell", "/bin/bash", "alice"], check=True)
    login = su(idp.mint("alice"), arguments=["alice", "-c", "env"])
    assert login.status == 0 and set(login.credentials) == set(CREDENTIALS)
    assert login.credentials["AWS_SESSION_TOKEN"] == sts.requests[0].answer.credentials.session_token
    assert [(line["result"], line["user"], line["service"]) for line in login.audit] == [("accepted", "alice", "su")]


# What su's caller may choose: its environment.

TRACED = str(TRAPS / "traced.so")
OTHER_MESSAGES = {"LC_ALL": "C.UTF-8", "LANGUAGE": "xx"}
ENVIRONMENTS = {
    "key log in a folder of root's": {"SSLKEYLOGFILE": f"{pwd.getpwnam('root').pw_dir}/keys"},
    "key log in a folder of the helper's": {"SSLKEYLOGFILE": "/tmp/of-the-helper/keys"},
    "key log in a folder for everybody": {"SSLKEYLOGFILE": "/tmp/keys"},
    "key log in a folder of the caller's": {"SSLKEYLOGFILE": f"{TRAPS}/keys"},
    "proxy for http": {"http_proxy": PROXY, "HTTP_PROXY": PROXY},
    "proxy for https": {"https_proxy": PROXY},
    "proxy for https in upper case": {"HTTPS_PROXY": PROXY},
    "proxy for everything": {"ALL_PROXY": PROXY, "all_proxy": PROXY},
    "no proxy": {"NO_PROXY": "*", "no_proxy": "*"},
    "home with a login for STS": {"HOME": f"{TRAPS}/home", "NETRC": f"{TRAPS}/home/.netrc"},
    "home with a curlrc": {"CURL_HOME": f"{TRAPS}/home", "XDG_CONFIG_HOME": f"{TRAPS}/home"},
    "home that is not there": {"HOME": "/nonexistent"},
    "another backend for curl": {"CURL_SSL_BACKEND": "gnutls"},
    "object that is loaded before": {"LD_PRELOAD": TRACED},
    "object that is loaded before, by its name": {"LD_PRELOAD": "traced.so:libz.so.1", "LD_LIBRARY_PATH": f"{TRAPS}:{TRAPS}/library"},
    "object that audits": {"LD_AUDIT": TRACED},
    "objects in the way of libraries": {"LD_LIBRARY_PATH": f"{TRAPS}/library"},
    "notes of the dynamic linker": {"LD_DEBUG": "all", "LD_DEBUG_OUTPUT": f"{TRACES}/debug", "LD_PROFILE": "libc.so.6",
                                    "LD_PROFILE_OUTPUT": str(TRACES)},
    "catalog for XML": {"XML_CATALOG_FILES": f"{TRAPS}/catalog", "XML_DEBUG_CATALOG": "1"},
    "catalog for SGML": {"SGML_CATALOG_FILES": f"{TRAPS}/catalog"},
    "configuration of OpenSSL with a provider": {"OPENSSL_CONF": f"{TRAPS}/provider.cnf"},
    "configuration of OpenSSL with an engine": {"OPENSSL_CONF": f"{TRAPS}/engine.cnf"},
    "configuration of OpenSSL that is broken": {"OPENSSL_CONF": f"{TRAPS}/broken.cnf"},
    "configuration of OpenSSL that takes no TLS": {"OPENSSL_CONF": f"{TRAPS}/strict.cnf"},
    "configuration of OpenSSL that is read for ever": {"OPENSSL_CONF": f"{TRAPS}/catalog"},
    "modules of OpenSSL": {"OPENSSL_CONF": f"{TRAPS}/named-provider.cnf", "OPENSSL_MODULES": str(TRAPS)},
    "engines of OpenSSL": {"OPENSSL_CONF": f"{TRAPS}/engine.cnf", "OPENSSL_ENGINES": f"{TRAPS}/engines"},
    "no certificates": {"SSL_CERT_FILE": "/dev/null", "SSL_CERT_DIR": "/dev", "CURL_CA_BUNDLE": "/dev/null", "AWS_CA_BUNDLE": "/dev/null"},
    "converters": {"GCONV_PATH": f"{TRAPS}/gconv", "LC_ALL": "C.TRACED", "OUTPUT_CHARSET": "TRACED"},
    "locale that is not there": {"LC_ALL": "xx_XX.UTF-8", "LANG": "xx_XX.UTF-8", "LOCPATH": str(TRAPS)},
    "locale with other messages": {**OTHER_MESSAGES, "NLSPATH": f"{TRAPS}/%N"},
    "time zone of the caller's": {"TZ": f":{TRAPS}/script", "TZDIR": str(TRAPS)},
    "time zone far away": {"TZ": "FAR-14:59:59"},
    "options of the resolver": {"RES_OPTIONS": "timeout:1 attempts:1 ndots:15 use-vc", "LOCALDOMAIN": "nowhere.invalid"},
    "other names of hosts": {"HOSTALIASES": f"{TRAPS}/hosts", "RESOLV_HOST_CONF": f"{TRAPS}/resolv.conf",
                             "RESOLV_ADD_TRIM_DOMAINS": ".amazonaws.com"},
    "memory": {"MALLOC_CHECK_": "3", "MALLOC_PERTURB_": "165", "MALLOC_ARENA_MAX": "1", "MALLOC_TRACE": f"{TRACES}/malloc",
               "GLIBC_TUNABLES": "glibc.malloc.check=3:glibc.malloc.perturb=165:glibc.rtld.nns=1"},
    "temporary files": {"TMPDIR": str(TRACES), "TMP": str(TRACES), "TEMP": str(TRACES)},
    "fields": {"IFS": "/"},
    "programs": {"PATH": f"{TRAPS}/bin"},
    "script of shells": {"BASH_ENV": f"{TRAPS}/script", "ENV": f"{TRAPS}/script", "SHELLOPTS": "xtrace", "PS4": f"$(: >{TRACES}/prompt)"},
    "AWS": {"AWS_ENDPOINT_URL": "https://127.0.0.1:9", "AWS_ENDPOINT_URL_STS": "https://127.0.0.1:9", "AWS_PROFILE": "mallory",
            "AWS_CONFIG_FILE": f"{TRAPS}/catalog", "AWS_SHARED_CREDENTIALS_FILE": f"{TRAPS}/catalog", "AWS_USE_FIPS_ENDPOINT": "true"},
    "AWS's region": {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"},
    "AWS's credentials": {"AWS_ACCESS_KEY_ID": "ASIAMALLORYMALLORYMA", "AWS_SECRET_ACCESS_KEY": "mallory", "AWS_SESSION_TOKEN": "mallory",
                          "AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00Z"},
    "hand-off": {HANDOFF: "00"},
}
AUTHORITIES = {
    "SSL_CERT_FILE": {"SSL_CERT_FILE": f"{TRAPS}/authority.pem"},
    "SSL_CERT_DIR": {"SSL_CERT_DIR": f"{TRAPS}/authorities"},
    "CURL_CA_BUNDLE": {"CURL_CA_BUNDLE": f"{TRAPS}/authority.pem"},
    "AWS_CA_BUNDLE": {"AWS_CA_BUNDLE": f"{TRAPS}/authority.pem"},
    "OPENSSL_CONF": {"OPENSSL_CONF": f"{TRAPS}/lax.cnf"},
}


def changes_nothing(su, token, environment, **options):
    """Assert that a login comes out in this environment as it does without, and leaves no trace and no file; gives what came of it."""
    without = su(token, **options)
    before = files()
    within = su(token, environment, **options)
    assert changed(before, files()) <= {"/var/log/btmp"}    # su counts refusals there.
    assert os.listdir(TRACES) == []
    assert within == without
    return within


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS.keys())
def test_environment_of_the_caller_changes_nothing(su, traps, other_messages, proxy, idp, sts, environment):
    login = changes_nothing(su, idp.mint("alice"), environment)
    assert (login.status, login.audit[0]["reason"], len(login.audit), len(login.requests)) == (0, "ok", 1, 1)
    assert login.credentials["AWS_SESSION_TOKEN"] == sts.requests[0].answer.credentials.session_token
    assert proxy.connections == 0


@pytest.mark.parametrize("environment", AUTHORITIES.values(), ids=AUTHORITIES.keys())
def test_authority_of_the_caller_is_not_trusted(su, traps, settings, configure, idp, environment):
    del settings["sts"]["ca_file"]
    configure()
    login = changes_nothing(su, idp.mint("alice"), environment)
    assert (login.status, login.audit[0]["reason"], login.requests) == (1, "sts_unreachable", [])


def test_messages_of_the_caller_are_not_in_the_log(su, other_messages):
    """What libpam calls a failed conversation is one of its messages, and su has asked for the caller's locale."""
    without, within = (su("", environment, prepare=lambda: os.close(0)) for environment in ({}, OTHER_MESSAGES))
    assert "su: Xx" in within.words and within.audit[-1]["reason"] == "conversation"
    assert within.audit == without.audit


# Much of this libc keeps away from a set-uid program by itself. A host that root started has all of it, and heeds some; the helper does not.

# Not what keeps the host itself from running, or has the dynamic linker write notes in the child that may not write any more, soon to be the helper.
OF_ANY_HOST = {name: environment for name, environment in ENVIRONMENTS.items() if not {"LD_LIBRARY_PATH", "LD_DEBUG"} & set(environment)}


@pytest.mark.parametrize("environment", OF_ANY_HOST.values(), ids=OF_ANY_HOST.keys())
def test_environment_of_the_host_does_not_reach_the_helper(login_service, traps, other_messages, proxy, idp, sts, environment):
    before = files()
    wrapper = ["env", "--ignore-environment", *(f"{key}={value}" for key, value in environment.items())]
    attempt = login_service("alice", idp.mint("alice"), configured=True, wrapper=wrapper)
    traces = set(map(str, TRACES.iterdir()))
    assert changed(before, files()) - traces - {str(TRACES)} == set()
    assert {os.stat(path).st_uid for path in traces} <= {0}
    assert (attempt.code, attempt.reason, len(sts.requests)) == ("PAM_SUCCESS", "ok", 1)
    assert attempt.environment["AWS_SESSION_TOKEN"] == sts.requests[0].answer.credentials.session_token
    assert set(sts.requests[0].headers) == {"Host", "User-Agent", "Accept", "Content-Length", "Content-Type"}
    assert proxy.connections == 0


# That the traps would catch somebody.

CAUGHT = {
    "preload": ({"LD_PRELOAD": TRACED}, ["true"]),
    "audit": ({"LD_AUDIT": TRACED}, ["true"]),
    "library": (ENVIRONMENTS["objects in the way of libraries"], ["ls"]),
    "gconv": ({"GCONV_PATH": f"{TRAPS}/gconv"}, ["iconv", "-f", "TRACED", "-t", "UTF-8", "/etc/hostname"]),
    "provider": (ENVIRONMENTS["configuration of OpenSSL with a provider"], ["openssl", "list", "-providers"]),
    "modules": (ENVIRONMENTS["modules of OpenSSL"], ["openssl", "list", "-providers"]),
    "engine": (ENVIRONMENTS["configuration of OpenSSL with an engine"], ["openssl", "list", "-providers"]),
    "script": (ENVIRONMENTS["script of shells"], ["bash", "-c", "true"]),
    "programs": (ENVIRONMENTS["programs"], ["sh", "-c", "env"]),
}


@pytest.mark.parametrize("environment, command", CAUGHT.values(), ids=CAUGHT.keys())
def test_trap_catches_an_ordinary_program(traps, environment, command):
    subprocess.run([f"/usr/bin/{command[0]}", *command[1:]], env=environment, preexec_fn=become("bob"), stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=False)
    assert os.listdir(TRACES)


@pytest.mark.parametrize("name", [name for name in ENVIRONMENTS if "key log" in name and "caller" in name or "everybody" in name])
def test_key_log_of_an_ordinary_program_is_a_file(traps, name):
    before = files()
    program = ["/usr/bin/python3", "-c", "import ssl; ssl.create_default_context()"]
    subprocess.run(program, env=ENVIRONMENTS[name], preexec_fn=become("bob"), check=True)
    assert ENVIRONMENTS[name]["SSLKEYLOGFILE"] in changed(before, files())


def test_other_messages_are_read_by_su(su, other_messages):
    assert "su: Xx" in su("no token", OTHER_MESSAGES).words and "su: Xx" not in su("no token").words


# What else su's caller may choose: descriptors, and what a process hands down.

def open_many():
    """Descriptors of all kinds, which su gets."""
    listener = socket.create_server(("127.0.0.1", 0))
    deleted = os.open("/tmp/deleted", os.O_RDWR | os.O_CREAT, 0o600)
    os.unlink("/tmp/deleted")
    kinds = [*os.pipe(), *os.pipe(), *(end.detach() for end in socket.socketpair()), listener.detach(), deleted, os.open("/etc/passwd", os.O_RDONLY),
             os.open("/dev/zero", os.O_RDWR), os.open("/", os.O_RDONLY), os.eventfd(0), os.memfd_create("of-bob")]
    for number in range(20, 250):
        os.dup2(kinds[number % len(kinds)], number)


def open_descriptors(pid):
    """{number: what it is open on} of a process."""
    return {int(path.name): os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir()}


@pytest.fixture
def seen_at_sts(su, sts, settings, configure, held):
    """seen_at_sts(token, ...): su, and the descriptors of itself and of the login helper while STS was holding its answer back."""
    settings["sts"]["timeout"] = 60
    configure()

    def log_in(token, **options):
        def look():
            assert held.asked.wait(TIMEOUT)
            helper, = processes.of_user(pwd.getpwnam(accounts.HELPER_USER).pw_uid)
            seen.append(open_descriptors(helper.parent))
            seen.append(open_descriptors(helper.pid))
            held.answer.set()

        seen = []
        held.hold()
        return su(token, meanwhile=look, **options), *seen

    return log_in


def kinds(descriptors):
    """The same without the numbers that sockets and the like have."""
    return {number: link.split(":[")[0] for number, link in descriptors.items()}


def test_descriptors_of_the_caller_do_not_reach_the_helper(seen_at_sts, empty_tmp, idp):
    token = idp.mint("alice")
    without, _, usual = seen_at_sts(token)
    within, of_su, of_helper = seen_at_sts(token, prepare=open_many)
    assert len(of_su) > 230 and any("deleted" in link for link in of_su.values())
    assert kinds(of_helper) == kinds(usual)
    assert set(of_helper.values()) & set(of_su.values()) == {module_configuration.PATH}    # Which the module has opened for it.
    assert within == without and within.audit[0]["reason"] == "ok"


@pytest.mark.parametrize("closed", [[1], [2], [1, 2]], ids=str)
def test_standard_descriptors_that_are_closed_change_nothing_for_sts(seen_at_sts, idp, closed):
    """Prompt and environment may have nowhere to go then; the session is opened all the same."""
    token = idp.mint("alice")
    without, _, usual = seen_at_sts(token)
    within, _, of_helper = seen_at_sts(token, prepare=lambda: [os.close(fd) for fd in closed], prompt=lambda terminal: terminal.waitnoecho())
    assert kinds(of_helper) == kinds(usual)
    assert (within.audit, within.requests) == (without.audit, without.requests)
    assert within.audit[0]["reason"] == "ok"


@pytest.mark.parametrize("closed", [[0], [0, 1, 2]], ids=str)
def test_user_who_cannot_be_asked_is_refused(su, sts, idp, closed):
    login = su(idp.mint("alice"), prepare=lambda: [os.close(fd) for fd in closed], prompt=lambda terminal: None)
    assert (login.status, login.audit[-1]["reason"], login.requests) == (1, "conversation", [])


def leave_folder():
    """A folder that is gone."""
    os.mkdir("/tmp/gone")
    os.chdir("/tmp/gone")
    os.rmdir("/tmp/gone")


def ignore(*signals):
    for number in signals:
        signal.signal(number, signal.SIG_IGN)


HANDED_DOWN = {
    "SIGCHLD ignored": lambda: ignore(signal.SIGCHLD),
    "SIGPIPE ignored": lambda: ignore(signal.SIGPIPE),
    "signals ignored": lambda: ignore(*signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}),
    "signals blocked": lambda: signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals()),
    "files for everybody": lambda: os.umask(0),
    "files for nobody": lambda: os.umask(0o777),
    "a folder that is gone": leave_folder,
    "cores": lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2),
    "no files": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    "a large stack": lambda: resource.setrlimit(resource.RLIMIT_STACK, (1 << 40, resource.RLIM_INFINITY)),
    "a child of its own": lambda: os.fork() or os._exit(0),
}


@pytest.mark.parametrize("prepare", HANDED_DOWN.values(), ids=HANDED_DOWN.keys())
def test_what_the_caller_hands_down_changes_nothing(su, empty_tmp, idp, prepare):
    token = idp.mint("alice")
    without = su(token)
    before = files()
    within = su(token, prepare=prepare)
    assert changed(before, files()) <= {"/tmp"}    # The folder that is gone was there.
    assert within == without and within.audit[0]["reason"] == "ok"


LIMITS = {
    "addresses": (resource.RLIMIT_AS, 62 << 20),
    "processes": (resource.RLIMIT_NPROC, 1),
    "descriptors": (resource.RLIMIT_NOFILE, 12),
    "data": (resource.RLIMIT_DATA, 8 << 20),
    "stack": (resource.RLIMIT_STACK, 128 << 10),
}


@pytest.mark.parametrize("limited, limit", LIMITS.values(), ids=LIMITS.keys())
def test_limits_of_the_caller_do_not_make_sts_seem_away(su, idp, limited, limit):
    """For that a stack may have another way in. Where root may not raise a limit, as in many containers, the host has a problem."""
    within = su(idp.mint("alice"), prepare=lambda: resource.setrlimit(limited, (limit, limit)),
                prompt=lambda terminal: terminal.expect_exact([PROMPT, "su: System error"]))
    assert within.audit[0]["reason"] in ("ok", "system")


# A second user on one PAM handle: login asks for a name again when a token was no good.

@pytest.fixture
def login(pam_service, configure, put_file, sts, log):
    """login(): login on a terminal, as getty starts it. The users' shells print their environment and end."""
    pam_service("login", STACK)
    configure()
    for name in ("alice", "bob"):
        subprocess.run(["usermod", "--shell", "/usr/bin/env", name], check=True)

    def start():
        terminal = pexpect.spawn("/usr/bin/login", env={}, cwd="/", encoding="utf-8", timeout=TIMEOUT)
        terminals.append(terminal)
        return terminal

    terminals = []
    yield start
    for terminal in terminals:
        terminal.close(force=True)


def answer(terminal, name, token):
    terminal.expect("login: ")
    terminal.sendline(name)
    expect_prompt(terminal)
    terminal.sendline(token)


def variables(output):
    return dict(line.split("=", 1) for line in output.splitlines() if "=" in line)


def test_second_user_gets_his_own_credentials(login, sts, log, idp, settings, configure):
    settings["rules"] = [{"name": "bobs", "users": ["bob"], "role_arn": cases.OF_BOB}, {"name": "everyone", "role_arn": cases.ENGINEER}]
    configure()
    terminal = login()
    answer(terminal, "alice", "correct horse")
    answer(terminal, "bob", idp.mint("bob"))
    session = variables(terminal.read())
    assert [(parse_line(line)["reason"], parse_line(line)["user"]) for line in settle(log)] == [("not_a_token", "alice"), ("ok", "bob")]
    request, = sts.requests
    assert (request.parameters["RoleSessionName"], request.parameters["RoleArn"]) == ("bob", cases.OF_BOB)
    assert (session["USER"], session["AWS_SESSION_TOKEN"]) == ("bob", request.answer.credentials.session_token)
    assert HANDOFF not in session


FAILS_ONCE = """auth required pam_aws_oidc.so
auth [success=ignore default=die] pam_succeed_if.so quiet user != alice
account required pam_permit.so
session required pam_aws_oidc.so
"""


@pytest.mark.parametrize("token", [lambda idp: "correct horse", lambda idp: idp.mint("alice"), lambda idp: idp.mint("mallory")],
                         ids=["no-token", "the-first-users-token", "a-strangers-token"])
def test_second_user_has_nothing_of_the_first_who_was_refused_behind_us(login, pam_service, sts, log, idp, token):
    pam_service("login", FAILS_ONCE)
    terminal = login()
    answer(terminal, "alice", idp.mint("alice"))
    answer(terminal, "bob", token(idp))
    # login asks once more where another token could help, and ends where not.
    terminal.expect(["login: ", pexpect.EOF])
    output = terminal.before
    assert [(parse_line(line)["result"], parse_line(line)["user"]) for line in settle(log)] == [("accepted", "alice"), ("refused", "bob")]
    names = [request.parameters["RoleSessionName"] for request in sts.requests]
    assert names == ["alice"] + ["bob"] * (len(names) - 1)
    assert sts.requests[0].answer.credentials is not None and "AWS_" not in output


def test_second_user_who_comes_in_another_way_has_nothing_of_the_first(login, pam_service, sts, log, idp):
    """A line before ours lets bob in. The handle still has what alice was accepted with: which is a reason to open no session at all."""
    pam_service("login", "auth [success=done default=ignore] pam_succeed_if.so quiet user = bob\n" + FAILS_ONCE)
    terminal = login()
    answer(terminal, "alice", idp.mint("alice"))
    terminal.expect("login: ")
    terminal.sendline("bob")
    output = terminal.read()
    assert "AWS_" not in output and "HANDOFF" not in output and sts.requests[0].answer.credentials is not None
    log.wait_for("session=without_credentials user=bob")
