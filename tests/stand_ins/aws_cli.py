"""The AWS CLI for many calls: each runs the installed program in a process of its own, which starts with the program's modules loaded.

Loading them takes three quarters of a call's time, and there are hundreds.
"""

import dataclasses
import multiprocessing
import os
import runpy
import sys
from pathlib import Path

PROGRAM = "/usr/bin/aws"

# Set by the program when it loads, for itself.
OWN_VARIABLES = {"AWS_DATA_PATH"}

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["awscli.clidriver", "awscli.handlers"])


@dataclasses.dataclass
class Done:
    status: int
    stdout: str
    stderr: str


def run(arguments, environment, folder, timeout=60):
    """Run the program with these arguments and no other environment than this. The folder is for what it writes."""
    stdout, stderr = Path(folder) / "aws-stdout", Path(folder) / "aws-stderr"
    process = _processes.Process(target=_call, args=(arguments, environment, str(stdout), str(stderr)))
    process.start()
    process.join(timeout)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise TimeoutError(f"{PROGRAM} {' '.join(arguments)}")
    return Done(process.exitcode, stdout.read_text(encoding="utf-8"), stderr.read_text(encoding="utf-8"))


def _call(arguments, environment, stdout, stderr):
    for number, path in ((1, stdout), (2, stderr)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    for name in set(os.environ) - OWN_VARIABLES:
        del os.environ[name]
    os.environ.update(environment)
    sys.argv = [PROGRAM, *arguments]
    runpy.run_path(PROGRAM, run_name="__main__")
