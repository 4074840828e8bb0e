"""What bash and zsh offer behind pam-aws-oidc: each asks its own completion, as it was installed.

A completion is good only while it has the options that the command has, so the files are compared with the sources."""

import re
import subprocess
from pathlib import Path

import pexpect
import pytest

BASH = Path("/usr/share/bash-completion/completions/pam-aws-oidc")
ZSH = Path("/usr/share/zsh/site-functions/_pam-aws-oidc")


# The words of the sources.

def commands(source):
    """The commands, and the source of each."""
    text = (source / "src/admin/pam_aws_oidc.c").read_text(encoding="utf-8")
    table = re.findall(r'^    \{"([a-z-]+)", (\w+)_command,', text, re.MULTILINE)
    assert len(table) > 2
    return {name: source / f"src/admin/{function}_command.c" for name, function in table}


def options(source):
    """The options of each command, and whether something stands behind them."""
    found = {}
    for name, path in commands(source).items():
        text = path.read_text(encoding="utf-8")
        found[name] = {f"--{option}": kind == "required" for option, kind in re.findall(r'\{"([a-z-]+)",\s+(required|no)_argument,', text)}
        assert "--help" in found[name], name
    assert {"endpoint", "trust-policy"} <= found.keys()
    return found


def branches(text):
    """The text that each command has in a completion file."""
    parts = re.split(r"^ +(check|endpoint|explain|login|trust-policy)\)\n", text, flags=re.MULTILINE)[1:]
    return {name: branch.partition(";;")[0] for name, branch in zip(parts[::2], parts[1::2])}


def test_bash_has_the_commands_and_their_options(source):
    branch = branches((source / "src/admin/pam-aws-oidc.bash").read_text(encoding="utf-8"))
    assert branch.keys() == commands(source).keys()
    for command, expected in options(source).items():
        assert set(re.findall(r"--[a-z-]+", branch[command])) == expected.keys(), command


def test_zsh_has_the_commands_and_their_options(source):
    text = (source / "src/admin/_pam-aws-oidc").read_text(encoding="utf-8")
    shared = dict(re.findall(r"^    ([a-z]+)=\('(--[a-z-]+=?)\[", text, re.MULTILINE))
    branch = branches(text)
    assert branch.keys() == commands(source).keys()
    for command, expected in options(source).items():
        words = [shared[name] for name in re.findall(r"\$([a-z]+)", branch[command])]
        words += re.findall(r"'(--[a-z-]+=?)\[", branch[command])
        assert {word.rstrip("="): word.endswith("=") for word in words} == expected, command


def test_the_installed_files_are_those_of_the_source(source):
    assert BASH.read_text(encoding="utf-8") == (source / "src/admin/pam-aws-oidc.bash").read_text(encoding="utf-8")
    assert ZSH.read_text(encoding="utf-8") == (source / "src/admin/_pam-aws-oidc").read_text(encoding="utf-8")


# bash.

def bash(*words):
    """What bash offers for the last of these words, without the package bash-completion."""
    script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pam_aws_oidc; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "--norc", "-uc", script, "bash", BASH, "pam-aws-oidc", *words], capture_output=True, text=True, check=True, cwd="/etc",
                          env={"PATH": "/usr/bin:/bin"})
    assert done.stderr == ""
    return set(done.stdout.split("\n")) - {""}


def test_bash_offers_commands():
    assert bash("") == {"check", "endpoint", "explain", "login", "trust-policy", "--help", "--version"}
    assert bash("e") == {"endpoint", "explain"}
    assert bash("--v") == {"--version"}


def test_bash_offers_the_options_of_the_command():
    assert bash("endpoint", "--re") == {"--region"}
    assert bash("endpoint", "--fips", "--d") == {"--dual-stack"}
    assert bash("trust-policy", "") == {"--config", "--rule", "--json", "--help"}
    assert bash("nothing", "") == set()


@pytest.mark.parametrize("words, expected", [
    (["check", "--config", "passw"], {"passwd"}),
    (["check", "--config", "/etc/hostn"], {"/etc/hostname"}),
    (["check", "--config", "=", "passw"], {"passwd"}),
    (["login", "--token-file", "/etc/hostn"], {"/etc/hostname"}),
    (["login", "--user", "alic"], {"alice"}),
    (["login", "--service", "common-au"], {"common-auth"}),
    (["login", "--format", "c"], {"credential-process", "console-url"}),
    (["endpoint", "--region", ""], set()),
    (["trust-policy", "--rule", ""], set()),
])
def test_bash_offers_what_stands_behind_an_option(words, expected):
    offered = bash(*words)
    assert offered == expected if len(expected) != 1 else expected <= offered


def interactive(program, arguments, environment):
    return pexpect.spawn(program, arguments, env={"PATH": "/usr/sbin:/usr/bin:/bin", "TERM": "dumb", **environment}, encoding="utf-8", timeout=20, cwd="/etc",
                         dimensions=(60, 200))


@pytest.mark.parametrize("typed, becomes", [
    ("pam-aws-oidc trust-p", "pam-aws-oidc trust-policy "),
    ("pam-aws-oidc check --config hostn", "pam-aws-oidc check --config hostname "),
])
def test_the_tab_key_of_bash(typed, becomes):
    shell = interactive("bash", ["--norc", "--noprofile"], {"PS1": "$ "})
    try:
        shell.expect_exact("$ ")
        # What is typed is an argument here: the shell prints it as it was completed.
        shell.sendline(f"source {BASH}; bind 'set enable-bracketed-paste off'; PS1='ready> '")
        shell.expect_exact("\nready> ")
        shell.send(f"{typed}\t\x01: '\x05'\r")
        shell.expect_exact("\nready> ")
        shell.sendline("fc -ln -1 | cat -A")
        shell.expect(r": '(.*)'\$")
        assert shell.match[1] == becomes
    finally:
        shell.close(force=True)


# zsh.

# Instead of waiting for somebody to type, zsh completes the line and ends. Every completion ends in compadd: it notes what goes on from the line.
ZSHRC = r"""
fpath=(/usr/share/zsh/site-functions $fpath)
autoload -Uz compinit && compinit -u -D
compadd() {
    if [[ " $* " != *" -"(O|A|D)" "* ]]; then
        local -a found
        builtin compadd -O found "$@"
        print -rl -- "offered "$^found >>$OFFERED
    fi
    builtin compadd "$@"
}
zle-line-init() {
    BUFFER=$TYPED CURSOR=$#TYPED
    zle complete-word
    kill -HUP $$
}
zle -N zle-line-init
"""


@pytest.mark.parametrize("typed, expected", [
    ("pam-aws-oidc ", {"check", "endpoint", "explain", "login", "trust-policy"}),
    ("pam-aws-oidc en", {"endpoint"}),
    ("pam-aws-oidc trust-policy --", {"--config", "--rule", "--json", "--help"}),
    ("pam-aws-oidc endpoint --d", {"--dual-stack"}),
    ("pam-aws-oidc check --config hostn", {"hostname"}),
    ("pam-aws-oidc explain --t", {"--token-file"}),
    ("pam-aws-oidc login --user=alic", {"alice"}),
    ("pam-aws-oidc login --service=common-au", {"common-auth"}),
    ("pam-aws-oidc login --format=c", {"credential-process", "console-url"}),
])
def test_zsh_offers(tmp_path, typed, expected):
    offered = tmp_path / "offered"
    (tmp_path / ".zshrc").write_text(ZSHRC, encoding="ascii")
    shell = interactive("zsh", ["-d", "-i"], {"HOME": str(tmp_path), "ZDOTDIR": str(tmp_path), "OFFERED": str(offered), "TYPED": typed})
    shell.expect(pexpect.EOF)
    shell.close()
    found = re.findall(r"^offered (.*)$", offered.read_text(encoding="utf-8"), re.MULTILINE)
    assert {each.rstrip("=") for each in found} == expected
