"""What was built and installed: the module as a guest in root's process, the helper as a program of its own."""

import glob
import re
import stat
import subprocess
from pathlib import Path

import pytest

HELPER = Path("/usr/libexec/pam_aws_oidc/login-helper")
HOOKS = {"pam_sm_authenticate", "pam_sm_setcred", "pam_sm_acct_mgmt", "pam_sm_open_session", "pam_sm_close_session", "pam_sm_chauthtok"}


@pytest.fixture
def module():
    [path] = glob.glob("/usr/lib/*/security/pam_aws_oidc.so")
    return Path(path)


def readelf(option, path):
    return subprocess.run(["readelf", "--wide", option, path], capture_output=True, text=True, check=True).stdout


def needed(path):
    return set(re.findall(r"\(NEEDED\).*\[(.*?)\]", readelf("--dynamic", path)))


def test_module_needs_libpam_and_libc_only(module):
    assert needed(module) == {"libpam.so.0", "libc.so.6"}


def test_module_exports_the_six_hooks_only(module):
    names = subprocess.run(["nm", "--dynamic", "--defined-only", "--format=posix", module], capture_output=True, text=True, check=True).stdout
    assert {line.split()[0] for line in names.splitlines()} == HOOKS


def test_module_is_never_unloaded(module):
    assert "NODELETE" in readelf("--dynamic", module)


def test_module_lies_beside_those_of_linux_pam(module):
    assert (module.parent / "pam_unix.so").exists()
    assert not (module.parent / "pam_aws_oidc.la").exists()


@pytest.mark.parametrize("which", ["module", "helper"])
def test_hardening(module, which):
    path = {"module": module, "helper": HELPER}[which]
    segments, dynamic = readelf("--segments", path), readelf("--dynamic", path)
    assert "GNU_RELRO" in segments and "BIND_NOW" in dynamic
    assert re.search(r"GNU_STACK .* RW  ", segments)
    assert not re.search(r"LOAD .* RWE ", segments)
    assert "TEXTREL" not in dynamic and "RPATH" not in dynamic and "RUNPATH" not in dynamic
    assert "__stack_chk_fail" in subprocess.run(["nm", "--dynamic", path], capture_output=True, text=True, check=True).stdout


def test_helper_is_position_independent_and_for_execution_only():
    assert re.search(r"Type:\s+DYN", readelf("--file-header", HELPER))
    status = HELPER.stat()
    assert (stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid) == (0o711, 0, 0)


def test_helper_finds_its_libraries_and_does_not_know_libpam():
    assert "not found" not in subprocess.run(["ldd", HELPER], capture_output=True, text=True, check=True).stdout
    assert "libpam.so.0" not in needed(HELPER)
    assert {"libcurl.so.4", "libxml2.so.2", "libconfig.so.9", "libjansson.so.4", "libjose.so.0", "libseccomp.so.2"} <= needed(HELPER)
