"""What the tools say of the sources: compilers with every warning on, analyzers, formatters. All of them are to say nothing."""

import concurrent.futures
import re
import subprocess

import pytest


def c_files(source, *patterns):
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=source, capture_output=True, text=True, check=True).stdout.split()
    assert listed
    return listed


@pytest.fixture
def flags(source, build):
    """What the sources are compiled with, beside warnings and optimization."""
    packages = ["libcurl", "libxml-2.0", "libconfig", "jansson", "jose", "libseccomp", "cmocka"]
    includes = subprocess.run(["pkg-config", "--cflags", *packages], capture_output=True, text=True, check=True).stdout.split()
    return ["-D_GNU_SOURCE", "-DHAVE_CONFIG_H", f"-I{source}/src", f"-I{build}", *includes,
            '-DCONFIGURATION_PATH="/etc/security/pam_aws_oidc.conf"', '-DHELPER_PATH="/usr/libexec/pam_aws_oidc/login-helper"',
            '-DMODULE_PATH="/usr/lib/security/pam_aws_oidc.so"']


def run(command, source):
    done = subprocess.run(command, cwd=source, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.returncode, done.stdout


def run_each(commands, source):
    """Run the commands, two at a time; gives the output of those that failed."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return [output for status, output in pool.map(lambda command: run(command, source), commands) if status]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("compiler", ["gcc", "clang-14"])
def test_compiler_has_no_warning(source, tmp_path, compiler):
    build = tmp_path / "build"
    build.mkdir()
    status, output = run(["sh", "-c", f'cd "{build}" && "{source}/configure" CC={compiler} --enable-warnings && make -j2'], source)
    assert status == 0, output[-5000:]
    assert not re.search(r"\bwarning:", output)


@pytest.mark.timeout(300)
def test_gcc_analyzer(source, flags):
    commands = [["gcc", "-std=gnu11", "-O1", "-fanalyzer", "-Werror", "-fsyntax-only", *flags, path] for path in c_files(source, "src/*.c")]
    assert run_each(commands, source) == []


@pytest.mark.timeout(600)
def test_clang_tidy(source, flags):
    commands = [["clang-tidy", "--quiet", path, "--", "-std=gnu11", *flags] for path in c_files(source, "src/*.c")]
    assert run_each(commands, source) == []


@pytest.mark.timeout(300)
def test_cppcheck(source, build):
    # variableScope: declarations stand at the start of a function here.
    status, output = run(["cppcheck", "--quiet", "--enable=warning,style,performance,portability", "--error-exitcode=1", "--inline-suppr", "--std=c11",
                          "--suppress=missingIncludeSystem", "--suppress=variableScope", "-DHAVE_CONFIG_H", f"-I{source}/src", f"-I{build}", "src"], source)
    assert (status, output) == (0, "")


def test_clang_format(source):
    status, output = run(["clang-format-14", "--dry-run", "--Werror", *c_files(source, "src/*.[ch]", "tests/*.[ch]")], source)
    assert status == 0, output


def test_shellcheck(source):
    tracked = c_files(source)
    scripts = [path for path in tracked if path.endswith(".bash")
               or (source / path).is_file() and (source / path).read_bytes().startswith((b"#!/bin/sh", b"#!/bin/bash"))]
    assert {"tests/run", "demo/run", ".ci/run", "src/admin/pam-aws-oidc.bash"} <= set(scripts)
    status, output = run(["shellcheck", *scripts], source)
    assert status == 0, output


def test_manual_pages(source):
    status, output = run(["mandoc", "-T", "lint", "-W", "warning", *c_files(source, "docs/*.[0-9]")], source)
    assert (status, output) == (0, "")
