"""aws-oidc-ssh: what the command that it runs finds in its environment."""

import os
import shutil
import subprocess

import pexpect
import pytest

SHOW = """echo "$SSH_ASKPASS $SSH_ASKPASS_REQUIRE ${AWS_OIDC_ASKPASS-none}" """


@pytest.fixture
def programs(source, tmp_path):
    """Both programs, installed beside each other."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("aws-oidc-ssh", "aws-oidc-askpass"):
        shutil.copy(source / "src/client" / name, folder)
    return folder


@pytest.fixture
def run(shell, programs):
    """run(*arguments, **environment): what comes of the program, without a terminal."""
    def run(*arguments, program=programs / "aws-oidc-ssh", folder="/", **environment):
        name, *words = shell.split()
        return subprocess.run([shutil.which(name), *words, program, *arguments], env={"PATH": os.environ["PATH"], **environment}, cwd=folder, text=True,
                              capture_output=True, start_new_session=True, check=False)

    return run


def test_command_has_the_program_beside_this_one(run, programs):
    assert run("sh", "-c", SHOW).stdout == f"{programs}/aws-oidc-askpass force none\n"


def test_a_relative_path_becomes_absolute(run, programs):
    result = run("sh", "-c", f"cd /; {SHOW}", program="./aws-oidc-ssh", folder=programs, CDPATH="/:/tmp")
    assert result.stdout == f"{programs}/aws-oidc-askpass force none\n"


def test_the_program_on_path_where_none_is_beside(run, programs, tmp_path):
    link = tmp_path / "elsewhere" / "aws-oidc-ssh"
    link.parent.mkdir()
    link.symlink_to(programs / "aws-oidc-ssh")
    assert run("sh", "-c", SHOW, program=link, PATH=f"{programs}:{os.environ['PATH']}").stdout == f"{programs}/aws-oidc-askpass force none\n"


def test_without_the_program(run, programs):
    (programs / "aws-oidc-askpass").unlink()
    result = run("echo", "not run", PATH=str(programs))    # The package may be installed.
    assert (result.returncode, result.stdout) == (127, "")
    assert result.stderr == "aws-oidc-ssh: aws-oidc-askpass is neither beside this program nor on PATH\n"


def test_arguments_and_status_are_the_commands(run):
    result = run("sh", "-c", """printf '<%s>' "$@"; exit 7""", "sh", "two words", "", "*", "-n")
    assert (result.returncode, result.stdout) == (7, "<two words><><*><-n>")


def test_command_that_is_none(run):
    assert run("no-such-command-anywhere").returncode == 127


@pytest.mark.parametrize("arguments", [[], [""], ["-p", "22", "bastion"], ["--version"]])
def test_without_a_command_there_is_a_word_about_usage(run, arguments):
    result = run(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("usage: aws-oidc-ssh command [argument ...]\n")


def test_help(run):
    result = run("--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("usage: aws-oidc-ssh command [argument ...]\n")


@pytest.mark.parametrize("environment, other", [
    ({}, "/usr/bin/theirs"),                                 # as there is no terminal
    ({"SSH_ASKPASS_REQUIRE": "prefer"}, "/usr/bin/theirs"),
    ({"SSH_ASKPASS_REQUIRE": "force"}, "/usr/bin/theirs"),
    ({"SSH_ASKPASS_REQUIRE": "never"}, "none"),
    ({"AWS_OIDC_ASKPASS": "/usr/bin/chosen"}, "/usr/bin/chosen"),
    ({"SSH_ASKPASS": "/elsewhere/aws-oidc-askpass"}, "none"),
    ({"SSH_ASKPASS": ""}, "none"),
])
def test_other_program_of_the_user(run, environment, other):
    result = run("sh", "-c", SHOW, **{"SSH_ASKPASS": "/usr/bin/theirs", **environment})
    assert result.stdout.split(" ", 1)[1] == f"force {other}\n"


@pytest.mark.parametrize("require, other", [("", "none"), ("prefer", "/usr/bin/theirs"), ("never", "none")])
def test_other_program_of_the_user_at_a_terminal(shell, programs, require, other):
    terminal = pexpect.spawn(shell.split()[0], [*shell.split()[1:], str(programs / "aws-oidc-ssh"), "sh", "-c", SHOW], encoding="utf-8",
                             env={"PATH": os.environ["PATH"], "SSH_ASKPASS": "/usr/bin/theirs", "SSH_ASKPASS_REQUIRE": require})
    terminal.expect_exact(f"aws-oidc-askpass force {other}\r\n")


def test_run_within_itself_keeps_the_other_program(run, programs):
    inner = f'"{programs}/aws-oidc-ssh" sh -c \'{SHOW}\''
    assert run("sh", "-c", inner, SSH_ASKPASS="/usr/bin/theirs").stdout == f"{programs}/aws-oidc-askpass force /usr/bin/theirs\n"
