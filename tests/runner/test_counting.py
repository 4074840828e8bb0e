"""The rules of tests/conftest.py, tried on small test files of their own: what counts as passed, failed and skipped."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parent.parent / "conftest.py"


@pytest.fixture
def count(tmp_path):
    """count(tests, *pytest arguments, skips="", started=None): run these tests by themselves; gives the line of the count."""
    def run(tests, *arguments, skips="", started=None):
        folder = tmp_path / "tests"
        folder.mkdir()
        shutil.copy(CONFTEST, folder)
        (folder / "skips").write_text(skips, encoding="utf-8")
        (folder / "test_it.py").write_text("import pytest\n" + tests, encoding="utf-8")
        environment = {"PATH": os.environ["PATH"], "PAM_AWS_OIDC_COUNT": str(tmp_path / "count")}
        if started is not None:
            environment["PAM_AWS_OIDC_STARTED"] = str(started)
        subprocess.run([sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", "--timeout=120",
                        "--continue-on-collection-errors", *arguments, "tests"], cwd=tmp_path, env=environment, check=False, timeout=60,
                       stdin=subprocess.DEVNULL)
        return (tmp_path / "count").read_text(encoding="ascii")

    return run


def test_passed_and_failed(count):
    assert count("def test_a(): pass\ndef test_b(): assert 0\n") == "1 passed, 1 failed, 0 skipped\n"


def test_skip_is_a_failure(count):
    assert count("def test_a(): pytest.skip('no')\n") == "0 passed, 1 failed, 0 skipped\n"


def test_skip_with_a_reason_in_the_list_is_a_skip(count):
    assert count("def test_a(): pytest.skip('no')\n", skips="# why\ntests/test_it.py::test_a  needs the moon\n") == "0 passed, 0 failed, 1 skipped\n"


def test_list_of_skips_wants_reasons(count):
    assert count("def test_a(): pytest.skip('no')\n", skips="tests/*\n") == "0 passed, 1 failed, 0 skipped\n"


def test_expected_failure_is_a_failure(count):
    assert count("@pytest.mark.xfail\ndef test_a(): assert 0\n") == "0 passed, 1 failed, 0 skipped\n"


def test_skipped_file_is_a_failure(count):
    assert count("pytest.skip('no', allow_module_level=True)\n") == "0 passed, 1 failed, 0 skipped\n"


def test_parametrized_test_without_parameters_is_a_failure(count):
    assert count("@pytest.mark.parametrize('x', [])\ndef test_a(x): pass\n") == "0 passed, 1 failed, 0 skipped\n"


def test_collection_error_is_a_failure(count):
    assert count("import no_such_module\n") == "0 passed, 1 failed, 0 skipped\n"


def test_failing_teardown_makes_one_failure_of_a_test(count):
    assert count("@pytest.fixture\ndef it(): yield; assert 0\ndef test_a(it): pass\n") == "0 passed, 1 failed, 0 skipped\n"


def test_what_an_early_end_leaves_out_is_a_failure(count):
    assert count("def test_a(): pass\ndef test_b(): pytest.exit('enough', 0)\ndef test_c(): pass\n") == "1 passed, 2 failed, 0 skipped\n"


def test_full_tests_run_only_when_asked_for(count):
    assert count("@pytest.mark.full\ndef test_a(): assert 0\ndef test_b(): pass\n") == "1 passed, 0 failed, 0 skipped\n"


def test_full_run_has_the_full_tests_last(count):
    tests = "done = []\n@pytest.mark.full\ndef test_a(): assert done\ndef test_b(): done.append(1)\n"
    assert count(tests, "--full") == "2 passed, 0 failed, 0 skipped\n"


def test_what_a_full_run_does_not_reach_is_a_failure(count):
    assert count("def test_a(): pass\n", "--full", started=time.time() - 75 * 60) == "0 passed, 1 failed, 0 skipped\n"


def test_full_run_cuts_the_test_that_its_end_finds(count):
    tests = "import time\n@pytest.mark.timeout(1000)\ndef test_a(): time.sleep(50)\ndef test_b(): pass\n"
    assert count(tests, "--full", started=time.time() - 75 * 60 + 4) == "0 passed, 2 failed, 0 skipped\n"
