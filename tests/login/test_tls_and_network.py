"""Whom the helper takes for STS, and by which way it gets there: certificates and their authorities, the proxy, the host's environment."""

import datetime
import os
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

import cases
import hosts
from authority import Authority
from hosts import CA_FILE
from https_server import Response
from refusals import assert_refused

# One of Debian's own authorities: its name is another than that of the tests' authority, and OpenSSL looks for a name first.
DEBIANS_CA = Path("/usr/share/ca-certificates/mozilla/ISRG_Root_X1.crt")
CA_PATH = Path("/etc/ssl/tests-ca.d")
REAL_CA_PATH = Path("/etc/ssl/tests-ca.real")
SYSTEM_CA_PATH = Path("/etc/ssl/certs")
SYSTEM_BUNDLE = SYSTEM_CA_PATH / "ca-certificates.crt"

NOW = datetime.datetime.now(datetime.timezone.utc)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def log_in(login_service, idp):
    """log_in(): Alice's attempt, with what `wrapper` puts before the application's command."""
    return lambda **arguments: login_service("alice", idp.mint("alice"), **arguments)


@pytest.fixture(scope="session")
def another_authority(tmp_path_factory):
    """Of the same name as the one that is trusted, and with a key of its own."""
    return Authority(tmp_path_factory.mktemp("another-authority"))


NAMES = [*hosts.STS_HOSTS, hosts.STS_ADDRESS]

# Certificates that STS might show, made by the authority that is trusted or by another, and a word of what the audit line says of each.
UNTRUSTED = {
    "another-host": (lambda ours, another: ours.server("host", "sts.us-east-1.amazonaws.com", "eu-west-1.amazonaws.com"), "target host"),
    "wildcard-above": (lambda ours, another: ours.server("wildcard", "*.amazonaws.com"), "target host"),
    "expired": (lambda ours, another: ours.server("expired", *NAMES, valid_from=NOW - 2 * DAY, valid_until=NOW - DAY), "expired"),
    "not-yet-valid": (lambda ours, another: ours.server("future", *NAMES, valid_from=NOW + DAY), "not yet valid"),
    "self-signed": (lambda ours, another: ours.server("self-signed", *NAMES, self_signed=True), "self-signed"),
    "unknown-authority": (lambda ours, another: another.server("sts", *NAMES), "certificate"),
}


@pytest.fixture
def impersonate(sts, authority, another_authority):
    """impersonate(name): STS shows the certificate of UNTRUSTED from now on."""
    return lambda name: sts.tls.load_cert_chain(*UNTRUSTED[name][0](authority, another_authority))


# Certificates.

@pytest.mark.parametrize("name", UNTRUSTED)
def test_certificate_that_is_not_to_be_trusted_is_asked_for_once_and_told_nothing(log_in, sts, settings, impersonate, name):
    impersonate(name)
    settings["sts"]["attempts"] = 3
    attempt = log_in()
    assert_refused(attempt, "sts_unreachable")
    assert (sts.connections, sts.requests, attempt.audit("attempts")) == (1, [], None)
    assert UNTRUSTED[name][1] in attempt.audit("what") and "https://sts.eu-west-1.amazonaws.com" in attempt.audit("what")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_tls_is_refused_also_where_the_system_would_take_it(log_in, sts, put_file):
    put_file("/etc/ssl/openssl.cnf", "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = lax\n"
                                     "[lax]\nMinProtocol = TLSv1\nCipherString = DEFAULT@SECLEVEL=0\n")
    sts.tls.set_ciphers("DEFAULT@SECLEVEL=0")
    sts.tls.minimum_version = ssl.TLSVersion.TLSv1
    sts.tls.maximum_version = ssl.TLSVersion.TLSv1_1
    # It is no other fault that keeps the helper off: a client that asks for no more than the system does gets through.
    command = ["openssl", "s_client", "-connect", f"{hosts.STS_ADDRESS}:443"]
    client = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    assert b"TLSv1.1" in client.stdout
    assert_refused(log_in(), "sts_unreachable")
    assert sts.requests == []


def test_tls_1_2_is_enough(log_in, sts):
    sts.tls.maximum_version = ssl.TLSVersion.TLSv1_2
    assert log_in().reason == "ok"


def test_server_that_does_not_speak_tls_is_not_sts(log_in, sts):
    heard = []

    def plain(connection):
        heard.append(connection.recv(1 << 16))
        connection.sendall(Response(200, b"This server speaks HTTP.").wire())

    sts.arrivals.extend([plain] * 3)
    assert_refused(log_in(), "sts_unreachable")
    # Each time it was a TLS handshake that came: record type 22, RFC 8446, 5.1.
    assert heard and {content[0] for content in heard} == {22}


@pytest.mark.parametrize("endpoint", [
    "http://sts.example.internal", "http://127.0.0.3:443", "ftp://sts.example.internal", "HTTPS://sts.example.internal", "sts.example.internal",
    "https://sts.example.internal;x", "https://sts%2Eexample.internal", "https://sts.ex\u00e4mple.internal", "https://sts.example.internal:",
    "https://sts.example.internal:0", "https://sts.example.internal:65536", "https://sts.example.internal:https", "https://sts.example.internal:443x",
    "https://sts.example.internal:443:443", "https://sts.example.internal:+443", "https://", "https:///", "https://:443", "https://::1",
    "https://[::1", "https://[]", "https://[sts.example.internal]", "https://[::1]x", "https://alice@sts.example.internal",
    "https://sts.example.internal ", "https://sts.example.internal/a b", "https://sts.example.internal/?x", "https://sts.example.internal/#x",
    "https://sts.example.internal/@x", "https://sts.example.internal\\x", "https://sts.example.internal\n",
    "https://sts.example.internal/\n", "https://sts.example.internal/\x7f", "https://sts.example.internal/\u00e9", ""])
def test_endpoint_that_is_no_https_url_with_a_plain_host_is_no_configuration(log_in, sts, settings, endpoint):
    settings["sts"]["endpoint"] = endpoint
    attempt = log_in()
    assert_refused(attempt, "config")
    assert '"endpoint"' in attempt.audit("what") and sts.connections == 0


@pytest.mark.parametrize("endpoint, host, path", [
    ("https://sts.example.internal:443", "sts.example.internal", "/"),
    ("https://sts.example.internal/", "sts.example.internal", "/"),
    (f"https://{hosts.STS_ADDRESS}", hosts.STS_ADDRESS, "/"),
    ("https://sts.example.internal/a;b=c/%7Ed", "sts.example.internal", "/a;b=c/%7Ed"),
])
def test_endpoint_may_have_a_port_and_a_path(log_in, sts, settings, endpoint, host, path):
    settings["sts"]["endpoint"] = endpoint
    log_in()
    assert [(request.headers["Host"], request.path) for request in sts.requests] == [(host, path)]


# Which authorities are trusted.

@pytest.fixture
def debians_ca_file(put_file):
    return put_file("/etc/ssl/other-ca.pem", DEBIANS_CA.read_text(encoding="ascii"))


@pytest.fixture
def ca_path(authority):
    """A folder in which the authority is found, for the length of a test; whatever the test makes of it is taken away."""
    yield authority.hashed_folder(CA_PATH)
    if CA_PATH.is_symlink() or CA_PATH.is_file():
        CA_PATH.unlink()
    for folder in (CA_PATH, REAL_CA_PATH):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def debians_ca_path():
    """Another hashed folder, in which it is not."""
    folder = Path("/etc/ssl/other-ca.d")
    folder.mkdir()
    shutil.copy(DEBIANS_CA, folder)
    subprocess.run(["openssl", "rehash", folder], check=True, capture_output=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def trust(settings):
    """trust(ca_file=…, ca_path=…): what the configuration trusts, and nothing else."""
    def trust(**names):
        settings["sts"].pop("ca_file", None)
        settings["sts"].update({name: str(path) for name, path in names.items()})
    return trust


def test_ca_path_is_trusted(log_in, trust, ca_path):
    trust(ca_path=ca_path)
    assert log_in().reason == "ok"


def test_authority_in_one_of_ca_file_and_ca_path_is_trusted(log_in, trust, ca_path, debians_ca_file, debians_ca_path):
    trust(ca_file=debians_ca_file, ca_path=ca_path)
    assert log_in().reason == "ok"
    trust(ca_file=CA_FILE, ca_path=debians_ca_path)
    assert log_in().reason == "ok"


@pytest.mark.parametrize("settings_of_trust", [["ca_file"], ["ca_path"], ["ca_file", "ca_path"]], ids="-and-".join)
def test_ca_file_and_ca_path_replace_the_systems_trust(log_in, sts, trust, system_trusts_authority, put_file, debians_ca_file, debians_ca_path,
                                                       settings_of_trust):
    put_file(SYSTEM_BUNDLE, SYSTEM_BUNDLE.read_text(encoding="ascii") + CA_FILE.read_text(encoding="ascii"))
    trust()
    assert log_in().reason == "ok"
    trust(**{name: {"ca_file": debians_ca_file, "ca_path": debians_ca_path}[name] for name in settings_of_trust})
    assert_refused(log_in(), "sts_unreachable")
    assert (sts.connections, len(sts.requests)) == (2, 1)


def test_ca_path_is_another_authoritys_of_the_same_name(log_in, sts, trust, another_authority):
    trust(ca_path=another_authority.hashed_folder(CA_PATH))
    try:
        assert_refused(log_in(), "sts_unreachable")
    finally:
        shutil.rmtree(CA_PATH)
    assert (sts.connections, sts.requests) == (1, [])


def without_links(folder):
    for entry in folder.iterdir():
        if entry.is_symlink():
            entry.unlink()


def moved_behind_a_link(folder):
    folder.rename(REAL_CA_PATH)
    folder.symlink_to(REAL_CA_PATH)


def replaced_by_a_file(folder):
    shutil.rmtree(folder)
    shutil.copy(CA_FILE, folder)


@pytest.mark.parametrize("spoil, word", [
    (without_links, "openssl rehash"),
    (shutil.rmtree, "No such file or directory"),
    (replaced_by_a_file, "not a folder"),
    (moved_behind_a_link, "symbolic link"),
    (lambda folder: folder.chmod(0o777), "writ"),
    (lambda folder: folder.chmod(0o775), "writ"),
    (lambda folder: shutil.chown(folder, "alice"), "root"),
    (lambda folder: folder.chmod(0o700), "Permission denied"),
], ids=["without-links", "missing", "file", "symbolic-link", "writable-by-all", "writable-by-group", "of-a-user", "unreadable"])
def test_ca_path_that_cannot_be_trusted_is_no_configuration(log_in, sts, trust, ca_path, spoil, word):
    trust(ca_path=ca_path)
    spoil(ca_path)
    attempt = log_in()
    assert_refused(attempt, "config")
    assert str(ca_path) in attempt.audit("what") and word in attempt.audit("what")
    assert sts.connections == 0


@pytest.mark.parametrize("name", ["ca_file", "ca_path"])
@pytest.mark.parametrize("path", ["", "relative", "/etc/ssl/../ssl/tests-ca"])
def test_path_of_trust_that_is_not_absolute_is_no_configuration(log_in, sts, trust, name, path):
    trust(**{name: path})
    assert_refused(log_in(), "config")
    assert sts.connections == 0


IN_PEM = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n".format

# What a ca_file may hold by mistake, made out of the certificate that is meant.
NO_CERTIFICATES = {
    "empty": lambda text: "",
    "blank-line": lambda text: "\n",
    "text": lambda text: "https://sts.example.internal\n",
    "other-bytes": lambda text: IN_PEM("bm90IGEgY2VydGlmaWNhdGU="),
    "no-base64": lambda text: IN_PEM("?"),
    "cut": lambda text: text[:len(text) // 2],
    "under-another-name": lambda text: text.replace("CERTIFICATE", "PUBLIC KEY"),
    "without-its-first-line": lambda text: text.partition("\n")[2],
    "other-bytes-behind-a-good-one": lambda text: text + IN_PEM("bm90IGEgY2VydGlmaWNhdGU="),
}


@pytest.mark.parametrize("make", NO_CERTIFICATES.values(), ids=NO_CERTIFICATES.keys())
def test_ca_file_without_a_certificate_is_no_configuration(log_in, sts, trust, settings, put_file, system_trusts_authority, ca_path, make):
    """Others would be trusted, and attempts are left."""
    ca_file = put_file("/etc/ssl/no-ca.pem", make(CA_FILE.read_text(encoding="ascii")))
    settings["sts"]["attempts"] = 3
    for also in ({}, {"ca_path": ca_path}):
        trust(ca_file=ca_file, **also)
        attempt = log_in()
        assert_refused(attempt, "config")
        assert attempt.audit("attempts") is None
    assert sts.requests == []


@pytest.fixture
def system_without_hash_links():
    """A system whose trust is a bundle alone, as on RHEL, for the length of a test."""
    links = {entry: os.readlink(entry) for entry in SYSTEM_CA_PATH.iterdir() if entry.suffix == ".0"}
    assert links
    for link in links:
        link.unlink()
    yield
    for link, target in links.items():
        link.symlink_to(target)


def test_system_without_hash_links_is_trusted_by_its_bundle(log_in, sts, trust, system_without_hash_links, put_file):
    trust()
    assert_refused(log_in(), "sts_unreachable")
    put_file(SYSTEM_BUNDLE, SYSTEM_BUNDLE.read_text(encoding="ascii") + CA_FILE.read_text(encoding="ascii"))
    assert log_in().reason == "ok"
    assert len(sts.requests) == 1


def test_system_with_hash_links_is_trusted_without_its_bundle(log_in, trust, system_trusts_authority):
    trust()
    hidden = SYSTEM_BUNDLE.rename(SYSTEM_BUNDLE.with_suffix(".hidden"))
    try:
        assert log_in().reason == "ok"
    finally:
        hidden.rename(SYSTEM_BUNDLE)


# The proxy.

@pytest.fixture
def proxied(settings, proxy):
    settings["sts"].update(proxy=proxy.url, attempts=1)
    return proxy


def test_proxy_is_asked_for_a_way_to_sts_and_no_more(log_in, sts, proxied):
    assert log_in().reason == "ok"
    request, = proxied.requests
    assert (request.method, request.path) == ("CONNECT", "sts.eu-west-1.amazonaws.com:443")
    assert {name.lower() for name in request.headers} <= {"host", "user-agent", "proxy-connection"}
    assert not [name for name in sts.requests[0].headers if name.lower().startswith("proxy-")]
    assert (proxied.connections, sts.connections) == (1, 1)


def test_proxy_resolves_the_name_of_sts(log_in, authority, sts, settings, proxied):
    sts.tls.load_cert_chain(*authority.server("nowhere", "sts.nowhere.invalid"))
    settings["sts"]["endpoint"] = "https://sts.nowhere.invalid:8443"
    proxied.leads_to = (hosts.STS_ADDRESS, 443)
    assert log_in().reason == "ok"
    assert proxied.requests[0].path == "sts.nowhere.invalid:8443"


def test_each_attempt_asks_the_proxy_again(log_in, sts, settings, proxied):
    settings["sts"]["attempts"] = 2
    sts.answers.append(lambda request, answer: Response(503))
    assert log_in().reason == "ok"
    assert (len(proxied.requests), proxied.connections, sts.connections) == (2, 2, 2)


@pytest.mark.parametrize("name", ["another-host", "expired", "self-signed", "unknown-authority"])
def test_proxy_that_leads_elsewhere_is_noticed(log_in, sts, settings, proxied, impersonate, name):
    settings["sts"]["attempts"] = 3
    impersonate(name)
    assert_refused(log_in(), "sts_unreachable")
    assert (len(proxied.requests), sts.connections, sts.requests) == (1, 1, [])


def test_proxy_that_answers_in_place_of_sts_is_noticed(log_in, sts, proxied):
    def speak_for_sts(request):
        request.connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        request.connection.recv(1 << 16)
        return Response(200, b"<AssumeRoleWithWebIdentityResponse/>")

    proxied.answers.append(speak_for_sts)
    assert_refused(log_in(), "sts_unreachable")
    assert sts.connections == 0


@pytest.mark.parametrize("status", [302, 403, 407, 502, 503])
def test_proxy_that_refuses(log_in, sts, proxied, status):
    headers = {"Proxy-Authenticate": "Basic realm=proxy", "Location": "https://sts.example.internal/"}
    proxied.answers.append(lambda request: Response(status, b"No.", headers))
    attempt = log_in()
    assert_refused(attempt, "sts_unreachable")
    assert str(status) in attempt.audit("what")
    assert (len(proxied.requests), sts.connections) == (1, 0)


def test_proxy_in_trouble_is_tried_again(log_in, settings, proxied):
    settings["sts"]["attempts"] = 2
    proxied.answers.append(lambda request: Response(503, b"Just now I cannot."))
    attempt = log_in()
    assert (attempt.reason, attempt.audit("attempts")) == ("ok", "2")


@pytest.mark.parametrize("host", ["127.0.0.4", "[::1]", "proxy.nowhere.invalid"])
def test_proxy_that_is_not_there_is_not_passed_by(log_in, sts, settings, host):
    settings["sts"].update(proxy=f"http://{host}:3129", attempts=2)
    attempt = log_in()
    assert_refused(attempt, "sts_unreachable")
    assert host.strip("[]") in attempt.audit("what") and attempt.audit("attempts") == "2"
    assert sts.connections == 0


@pytest.mark.parametrize("hook", ["arrivals", "answers"])
def test_proxy_that_hangs_does_not_hold_up_the_login(log_in, sts, settings, proxied, hook):
    settings["sts"]["timeout"] = 1
    # Whom nobody tells to go on waits for the client to go, and the client's own limit would be minutes.
    getattr(proxied, hook).append({"arrivals": lambda connection: connection.recv(1 << 16) and connection.recv(1),
                                   "answers": lambda request: request.connection.recv(1) and None}[hook])
    attempt = log_in()
    assert_refused(attempt, "sts_timeout")
    assert int(attempt.audit("ms")) < 60 * 1000 and sts.connections == 0


@pytest.mark.parametrize("url", [
    "http://alice@127.0.0.4:3128", "http://alice:secret@127.0.0.4:3128", "https://127.0.0.4:3128", "socks5://127.0.0.4:3128",
    "http://127.0.0.4:3128/path", "http://127.0.0.4:3128/", "http://127.0.0.4:3128?x", "127.0.0.4:3128", "http://127.0.0.4", "http://127.0.0.4:",
    "http://127.0.0.4:0", "http://127.0.0.4:65536", "http://127.0.0.4:port", "http://127.0.0.4:3128:1", "http://:3128", "http://127.0.0.4:3128 ",
    "http://127.0.0.4;x:3128", "http://127.0.0.4%2E:3128", "http://pr\u00f6xy:3128", "http://::1:3128", "http://[::1:3128", "http://[::1]",
    "http://127.0.0.4:3128;x", "http://127.0.0.4:3128\\x", ""])
def test_proxy_that_is_no_plain_host_and_port_is_no_configuration(log_in, sts, proxy, settings, url):
    settings["sts"]["proxy"] = url
    attempt = log_in()
    assert_refused(attempt, "config")
    assert "proxy" in attempt.audit("what") and "secret" not in attempt.line
    assert (proxy.connections, sts.connections) == (0, 0)


# The host's environment.

@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY"])
def test_proxy_in_the_hosts_environment_is_not_used(log_in, sts, proxy, name):
    assert log_in(wrapper=["env", f"{name}={proxy.url}"]).reason == "ok"
    assert (proxy.connections, sts.connections) == (0, 1)


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
@pytest.mark.parametrize("value", ["*", "sts.eu-west-1.amazonaws.com,.amazonaws.com"])
def test_hosts_environment_does_not_lead_past_the_proxy(log_in, proxied, name, value):
    assert log_in(wrapper=["env", f"{name}={value}"]).reason == "ok"
    assert proxied.connections == 1


@pytest.mark.parametrize("name, value", [
    ("SSL_CERT_FILE", CA_FILE), ("SSL_CERT_DIR", CA_PATH), ("CURL_CA_BUNDLE", CA_FILE), ("AWS_CA_BUNDLE", CA_FILE),
    ("OPENSSL_CONF", "/etc/ssl/lax.cnf")])
def test_authority_in_the_hosts_environment_is_not_trusted(log_in, sts, trust, ca_path, put_file, name, value):
    put_file("/etc/ssl/lax.cnf", "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = lax\n"
                                 f"[lax]\nVerifyCAFile = {CA_FILE}\nChainCAFile = {CA_FILE}\n")
    trust()
    assert_refused(log_in(wrapper=["env", f"{name}={value}"]), "sts_unreachable")
    assert sts.requests == []


def test_hosts_environment_changes_nothing(log_in, sts, put_file):
    put_file("/etc/aliases-of-hosts", "sts.eu-west-1.amazonaws.com sts.nowhere.invalid\n")
    environment = {
        **dict.fromkeys(["SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "HOME", "CURL_HOME", "OPENSSL_CONF"], "/nonexistent"),
        **dict.fromkeys(["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"], "https://127.0.0.1:9"),
        **dict.fromkeys(["AWS_REGION", "AWS_DEFAULT_REGION"], "us-east-1"),
        "AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true", "AWS_STS_REGIONAL_ENDPOINTS": "legacy",
        "AWS_MAX_ATTEMPTS": "1", "AWS_RETRY_MODE": "legacy", "HOSTALIASES": "/etc/aliases-of-hosts", "LOCALDOMAIN": "example.org",
    }
    sts.answers.append(lambda request, answer: Response(503))
    attempt = log_in(wrapper=["env", *(f"{name}={value}" for name, value in environment.items())])
    assert (attempt.reason, attempt.audit("attempts")) == ("ok", "2")
    assert sts.requests[1].headers["Host"] == "sts.eu-west-1.amazonaws.com"
    assert attempt.environment["AWS_REGION"] == cases.REGION
