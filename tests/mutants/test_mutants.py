"""Each check of the code, taken away in turn: the test that is there for it must notice.

A mutant is a patch in this folder. Its first lines say what it takes away, and which test catches it:

    What: the subject is not compared.
    Caught by: tests/login/test_trouble_with_sts.py::test_answers_that_do_not_agree_with_the_question

It is applied to the source and built in a world inside this world, so that nothing of it outlives its test.
"""

import concurrent.futures
import os
import re
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent

# Applies the patch given, makes what is given then, separated by blanks, and runs tests. 3 is not a status of pytest's for failed tests, which is 1.
SCRIPT = """
set -e
cd "$PAM_AWS_OIDC_SOURCE"
[ -z "$1" ] || patch --quiet --strip=1 --fuzz=0 <"$1" || exit 3
make -C "$PAM_AWS_OIDC_BUILD" -j2 $2 >/run/make.log 2>&1 || { cat /run/make.log; exit 3; }
shift 2
exec /usr/bin/python3 -B -m pytest --rootdir="$PAM_AWS_OIDC_SOURCE" -p no:cacheprovider --basetemp=/run/pytest --timeout=120 -q "$@"
"""


def patches():
    return sorted(HERE.glob("*.patch"))


def catcher(patch):
    """The test that a patch names."""
    found = re.search(r"^Caught by: (\S.*)$", patch.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"{patch.name} names no test"
    return found[1]


def what_to_make(test):
    """What a test needs of a changed source: its own program of tests/unit or tests/fuzz, or else what is installed or has it built in."""
    program = re.fullmatch(r"tests/unit/test_programs\.py::test_program\[((test|replay)-.*)-valgrind\]", test)
    if not program:
        return "install tests/helper/sandbox-probe"
    return f"tests/{'unit' if program[2] == 'test' else 'fuzz'}/{program[1]}"


def run_in_a_world(source, build, patch, making, *tests):
    return subprocess.run([source / "tests/world", f"PAM_AWS_OIDC_SOURCE={source}", f"PAM_AWS_OIDC_BUILD={build}", "sh", "-c", SCRIPT, "mutant", patch, making, *tests],
                          cwd=source, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)


def test_there_are_enough_mutants():
    assert len(patches()) >= 300


@pytest.mark.full
@pytest.mark.timeout(900)
def test_without_a_mutant_every_catcher_passes(source, build):
    done = run_in_a_world(source, build, "", "install", *sorted({catcher(patch) for patch in patches()}))
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def runs(request, source, build):
    """What comes of each mutant that is to be tried, in the order of the tests; as many at a time as there are processors."""
    chosen = [item.callspec.params["patch"] for item in request.session.items if item.originalname == "test_mutant_is_caught"]
    pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
    yield {patch: pool.submit(run_in_a_world, source, build, patch, what_to_make(catcher(patch)), "--exitfirst", catcher(patch)) for patch in chosen}
    pool.shutdown(cancel_futures=True)


@pytest.mark.full
@pytest.mark.timeout(300)
@pytest.mark.parametrize("patch", patches(), ids=lambda patch: patch.stem)
def test_mutant_is_caught(runs, patch):
    done = runs[patch].result()
    assert done.returncode == 1, f"status {done.returncode} instead of 1\n{done.stdout}"
    assert re.search(r"\d+ failed", done.stdout), done.stdout
