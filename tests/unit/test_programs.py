"""Runs the C test programs (tests/unit/test-*, cmocka, and tests/fuzz/replay-*, the fuzzers' corpus): the plain build under valgrind, and the build with sanitizers as it is."""

import os
import re
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


def test_every_program_was_built(source, build):
    sources = {path.stem for folder in ("unit", "fuzz") for path in (source / "tests" / folder).glob("*-*.c")}
    wanted = {re.sub("^fuzz-", "replay-", stem) for stem in sources}
    assert {"test-base", "replay-token"} <= wanted
    assert not [name for name in wanted if not any(os.access(build / "tests" / folder / name, os.X_OK) for folder in ("unit", "fuzz"))]


def test_a_fuzzer_is_built_and_started(source, build, tmp_path):
    """All of them are made in one way; the corpus is replayed by the tests above."""
    (tmp_path / "config.h").write_bytes((build / "config.h").read_bytes())
    run = subprocess.run([source / "tests/fuzz/run", "policy", "-runs=100"], cwd=tmp_path, env={**os.environ, "CLANG": "clang-14"}, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    assert run.returncode == 0 and "Done 100 runs" in run.stdout, run.stdout


def test_every_fuzzer_has_a_corpus(source):
    fuzzers = {path.stem.removeprefix("fuzz-") for path in (source / "tests/fuzz").glob("fuzz-*.c")}
    assert fuzzers == {path.name for path in (source / "tests/fuzz/corpus").iterdir() if any(path.iterdir())}


def test_the_corpus_of_frames_speaks_the_version_of_today(source):
    # A frame of another version is refused at its fifth byte: it would try nothing of what stands behind that.
    version = int(re.search(r"#define FRAME_VERSION (\d+)", (source / "src/ipc/frame.h").read_text(encoding="utf-8"))[1])
    frames = {path.name: path.read_bytes()[4] for path in (source / "tests/fuzz/corpus/frame").iterdir()}
    assert frames.pop("another-version") != version
    assert set(frames.values()) == {version}
