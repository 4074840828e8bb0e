"""Runs the C test programs (tests/unit/test-*, cmocka, and tests/fuzz/replay-*, the fuzzers' corpus): the plain build under valgrind, and the build with sanitizers as it is."""

import os
import subprocess

import pytest

VALGRIND = ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect,possible",
            "--show-leak-kinds=definite,indirect,possible"]
BUILDS = {"PAM_AWS_OIDC_BUILD": VALGRIND, "PAM_AWS_OIDC_ASAN_BUILD": []}


def programs():
    """The programs that a build has made, each with the command that runs it."""
    for variable, wrapper in BUILDS.items():
        build = os.environ.get(variable)
        if build:
            entries = [*os.scandir(f"{build}/tests/unit"), *os.scandir(f"{build}/tests/fuzz")]
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.startswith(("test-", "replay-")) and "." not in entry.name and os.access(entry, os.X_OK):
                    yield pytest.param(build, [*wrapper, entry.path], id=f"{entry.name}-{'valgrind' if wrapper else 'sanitizers'}")


@pytest.mark.parametrize("build, command", programs())
def test_program(build, command, source):
    # "make check" starts them in the build's folder, too, and says where the sources are.
    run = subprocess.run(command, cwd=build, env={**os.environ, "srcdir": str(source)}, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    if run.returncode:
        pytest.fail(f"{' '.join(command)} ended with {run.returncode}\n{run.stdout}", pytrace=False)
