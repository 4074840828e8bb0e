"""The shells that the programs run under, and what calls aws-oidc-askpass in place of ssh."""

import subprocess

import pytest

from askpass_program import Askpass

SHELLS = ["dash", "bash", "busybox sh", "mksh"]


@pytest.fixture(params=SHELLS)
def shell(request):
    return request.param


@pytest.fixture(scope="session")
def ssh_program(source, tmp_path_factory):
    program = tmp_path_factory.mktemp("ssh-stand-in") / "ssh"
    subprocess.run(["gcc", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-o", program, source / "tests/client/ssh-stand-in.c"], check=True)
    return program


@pytest.fixture
def askpass(source, shell, tmp_path, ssh_program):
    return Askpass(source / "src/client/aws-oidc-askpass", shell, tmp_path, ssh_program)
