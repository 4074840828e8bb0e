"""What holds for every test: where the builds are, which skips are allowed, how long the run may take, and the count at its end.

tests/run ends with the count. A test that cannot run has not shown anything: so a skip counts as a failure, unless tests/skips names the
test and says why; and so does a test that the run did not get to.
"""

import fnmatch
import os
import time
from pathlib import Path

import pytest

DEADLINE = 75 * 60    # seconds after the start of tests/run --full

outcomes = {}         # node id -> "passed", "failed" or "skipped"


def folder(variable):
    """The folder that tests/build-and-test named in an environment variable."""
    if variable not in os.environ:
        pytest.fail(f"{variable} is not set: start the tests with tests/run", pytrace=False)
    return Path(os.environ[variable])


@pytest.fixture(scope="session")
def source():
    """The source tree, a git repository in which the project's own files are tracked."""
    return folder("PAM_AWS_OIDC_SOURCE")


@pytest.fixture(scope="session")
def build():
    """The build as users get it. It is installed, too."""
    return folder("PAM_AWS_OIDC_BUILD")


@pytest.fixture(scope="session")
def asan_build():
    """The build with address and undefined behaviour sanitizers."""
    return folder("PAM_AWS_OIDC_ASAN_BUILD")


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="run the tests marked full too, with a deadline for the whole run")


def pytest_configure(config):
    config.addinivalue_line("markers", "full: takes so long that it runs with --full only")
    config.seconds_left = lambda: float("inf")
    if config.getoption("--full"):
        deadline = float(os.environ.get("PAM_AWS_OIDC_STARTED", time.time())) + DEADLINE
        config.seconds_left = lambda: deadline - time.time()


def pytest_collection_modifyitems(config, items):
    def is_full(item):
        return item.get_closest_marker("full") is not None

    if config.getoption("--full"):
        items.sort(key=is_full)    # The ordinary tests first: they are the last to be given up.
    else:
        config.hook.pytest_deselected(items=[item for item in items if is_full(item)])
        items[:] = [item for item in items if not is_full(item)]


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    """Cut a test's own time limit where the deadline comes first."""
    left = item.config.seconds_left()
    marker = item.get_closest_marker("timeout")
    limit = float(marker.args[0] if marker else item.config.getoption("timeout") or "inf")
    if 0 < left < limit:
        item.add_marker(pytest.mark.timeout(left), append=False)
    yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if item.config.seconds_left() <= 0:
        pytest.fail("not reached: the run's time was over", pytrace=False)


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector):
    report = (yield).get_result()
    if report.skipped:
        refuse_skip(report, collector.config)
    if report.failed:
        outcomes[report.nodeid] = "failed"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.skipped:
        refuse_skip(report, item.config)
    # A test has several reports, and is as good as the worst of them.
    if report.outcome != "passed":
        if outcomes.get(item.nodeid) != "failed":
            outcomes[item.nodeid] = report.outcome
    elif report.when == "call":
        outcomes.setdefault(item.nodeid, "passed")


def refuse_skip(report, config):
    """Make a failure of a skip (or of an expected failure, which pytest takes for one) that tests/skips does not name."""
    if not any(fnmatch.fnmatchcase(report.nodeid, pattern) for pattern in skips(config)):
        report.outcome = "failed"
        report.longrepr = f"skipped, but tests/skips does not name {report.nodeid}: {getattr(report, 'wasxfail', report.longrepr)}"


def skips(config):
    """The patterns of tests/skips, each followed there by its reason."""
    lines = (config.rootpath / "tests/skips").read_text(encoding="utf-8").splitlines()
    entries = [line.split(maxsplit=1) for line in lines if line.strip() and not line.startswith("#")]
    if any(len(entry) < 2 for entry in entries):
        raise pytest.UsageError("tests/skips: a pattern without a reason")
    return [pattern for pattern, _ in entries]


def pytest_sessionfinish(session, exitstatus):
    """Write the count where tests/build-and-test looks for it."""
    for item in getattr(session, "items", []):
        outcomes.setdefault(item.nodeid, "failed")    # The run ended before it.
    count = {each: list(outcomes.values()).count(each) for each in ("passed", "failed", "skipped")}
    if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        count["failed"] = max(count["failed"], 1)
    if "PAM_AWS_OIDC_COUNT" in os.environ:
        line = ", ".join(f"{number} {each}" for each, number in count.items())
        Path(os.environ["PAM_AWS_OIDC_COUNT"]).write_text(line + "\n", encoding="ascii")
