"""pam-aws-oidc --version: which one this is, where its parts are, and the libraries that it runs with."""

import re
import subprocess
from pathlib import Path

import pytest

import accounts


@pytest.fixture
def version(command):
    """What is said, by its label."""
    done = command("--version")
    assert (done.returncode, done.stderr) == (0, "")
    first, *lines = done.stdout.splitlines()
    return {"": first} | dict(re.split(r"\s{2,}", line, maxsplit=1) for line in lines if line)


def installed(package):
    """The upstream version of a package of Debian."""
    said = subprocess.run(["dpkg-query", "--show", "--showformat=${source:Upstream-Version}", package], capture_output=True, text=True, check=True).stdout
    return re.match(r"[0-9.]+", said)[0]


def test_the_version_is_that_of_configure(version, source):
    assert version[""] == "pam_aws_oidc " + re.search(r"AC_INIT\(\[pam_aws_oidc\], \[([0-9.]+)\]", (source / "configure.ac").read_text(encoding="utf-8"))[1]


def test_the_paths_are_those_where_it_was_installed(version, configure):
    configure()
    for label in ("module", "helper", "configuration"):
        assert Path(version[label]).is_file(), label
    assert version["helper's user"] == accounts.HELPER_USER


@pytest.mark.parametrize("label, package", [("libcurl", "libcurl4"), ("libxml2", "libxml2"), ("jansson", "libjansson4"), ("libconfig", "libconfig9"),
                                            ("libjose", "libjose0")])
def test_the_libraries_are_those_that_are_installed(version, label, package):
    said = re.match(r"[0-9.]+", version[label])[0]
    assert said.split(".")[:2] == installed(package).split(".")[:2]


def test_the_tls_library_is_told(version):
    assert re.fullmatch(r"[0-9.]+, OpenSSL/3\.[0-9.]+", version["libcurl"])
