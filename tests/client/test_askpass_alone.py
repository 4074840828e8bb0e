"""aws-oidc-askpass alone: what it answers and what not, where the token comes from and where it may be seen, and to whom it hands prompts on."""

import contextlib
import os
import random
import re
import stat
import string
import subprocess
import time
from pathlib import Path

import pytest

from askpass_program import HOST, PREFIX, prompt

LENGTHS = [900, 999, 1000, 1001, 1999, 2000, 2001, 20000]
SOURCES = ["variable", "token_file", "token_command"]


def token(length):
    return "".join(random.Random(length).choices(string.ascii_letters + string.digits + "-_.", k=length))


def until(condition):
    """Wait for a process that works on its own; pytest's time limit ends a wait in vain."""
    while not condition():
        time.sleep(0.05)


# Pieces, and where they come from.

@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("origin", SOURCES)
def test_token_arrives_whole(askpass, origin, length):
    getattr(askpass, origin)(token(length))
    assert askpass.ask_all() == token(length)
    assert askpass.runs() == (origin == "token_command")
    assert list(askpass.runtime.iterdir()) == []


@pytest.mark.parametrize("origin", SOURCES)
def test_token_that_is_too_long_is_refused_at_the_first_prompt(askpass, origin):
    getattr(askpass, origin)(token(20001))
    assert askpass.ask(prompt()).refused("gives a token of 20001 characters; at most 20000 can be sent")
    assert list(askpass.runtime.iterdir()) == []


def test_first_source_that_is_set_counts(askpass):
    askpass.variable("of-the-variable")
    assert askpass.ask_all() == "of-the-variable"
    askpass.token_file("of-the-file")
    assert askpass.ask_all() == "of-the-file"
    askpass.token_command("of-the-command")
    assert askpass.ask_all() == "of-the-command"


def test_source_that_is_set_to_nothing_is_none(askpass):
    askpass.environment.update(AWS_OIDC_TOKEN_COMMAND="", AWS_WEB_IDENTITY_TOKEN_FILE="")
    askpass.variable("of-the-variable")
    assert askpass.ask_all() == "of-the-variable"


def test_without_a_source(askpass):
    assert askpass.ask(prompt()).refused("there is no token: set AWS_OIDC_TOKEN_COMMAND, AWS_WEB_IDENTITY_TOKEN_FILE or AWS_OIDC_TOKEN")


@pytest.mark.parametrize("origin", SOURCES)
def test_blanks_and_line_ends_around_the_token_are_left_out(askpass, origin):
    getattr(askpass, origin)(f" \t\r\n\n {token(1000)} \t \r\n\n")
    assert askpass.ask_all() == token(1000)


@pytest.mark.parametrize("origin", SOURCES)
@pytest.mark.parametrize("text", ["", " ", "\n", " \r\n\t\n"])
def test_empty_token(askpass, origin, text):
    getattr(askpass, origin)(text)
    words = "there is no token" if (origin, text) == ("variable", "") else "gives an empty token"
    assert askpass.ask(prompt()).refused(words)


@pytest.mark.parametrize("origin", SOURCES)
@pytest.mark.parametrize("text", ["one two", "one\ntwo", "one\ttwo", "one\rtwo", f"{token(1500)}\n{token(1500)}"])
def test_blank_or_line_end_inside_the_token(askpass, origin, text):
    getattr(askpass, origin)(text)
    assert askpass.ask(prompt()).refused("it has more than one line, or blanks or other characters in it")


def test_every_visible_ascii_character_is_sent_and_no_other(askpass):
    visible = bytes(range(0x21, 0x7f))
    askpass.token_file(visible)
    assert askpass.ask_all() == visible.decode("ascii")
    askpass.environment["LC_ALL"] = "C.UTF-8"
    with askpass.ssh() as ssh:
        for byte in set(range(256)) - set(visible):
            askpass.token_file(b"a" + bytes([byte]) + b"b")
            assert ssh.ask(prompt()).refused("other characters in it"), byte


def test_token_of_backslashes_and_options(askpass):
    for text in ("-n", "-e\\n", "\\0101\\c", "%s%n", "--", "$(id)`id`*?[a-z]"):
        askpass.variable(text)
        assert askpass.ask_all() == text


# Changes, and what is missing.

def test_file_that_changes_between_two_pieces(askpass):
    path = askpass.token_file(token(1500))
    with askpass.ssh() as ssh:
        assert ssh.ask(prompt()).status == 0
        path.write_text(token(1500)[::-1], encoding="ascii")
        assert ssh.ask(prompt(1000)).refused(f"{path} has changed while its token was being sent; log in again")
        assert list(askpass.runtime.iterdir()) == []
        assert ssh.ask_all() == token(1500)[::-1]


@pytest.mark.parametrize("now", [None, "", "short", token(20001)])
def test_file_that_goes_or_is_cut_between_two_pieces(askpass, now):
    path = askpass.token_file(token(1500))
    with askpass.ssh() as ssh:
        ssh.ask(prompt())
        if now is None:
            path.unlink()
        else:
            path.write_text(now, encoding="ascii")
        assert ssh.ask(prompt(1000)).refused("cannot be read" if now is None else "has changed")
    assert list(askpass.runtime.iterdir()) == []


def test_file_with_another_line_end_has_not_changed(askpass):
    path = askpass.token_file(token(1500))
    with askpass.ssh() as ssh:
        ssh.ask(prompt())
        path.write_text(token(1500) + "\n", encoding="ascii")
        assert ssh.ask(prompt(1000)).text == token(1500)[1000:] + "\n"


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_file_that_cannot_be_read(askpass, kind):
    path = askpass.folder / kind
    if kind == "folder":
        path.mkdir()
    askpass.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = str(path)
    askpass.variable("not-taken-instead")
    assert askpass.ask(prompt()).refused(f"{path} cannot be read")


def test_file_with_an_unusual_name(askpass):
    path = askpass.file("-a *\n$(id)", token(1500))
    askpass.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = str(path)
    assert askpass.ask_all() == token(1500)


@pytest.mark.parametrize("command, status", [("false", 1), ("echo token; exit 3", 3), ("no-such-command-anywhere 2>/dev/null", 127),
                                             ("echo token; kill -9 $$", 137)])
def test_command_that_fails(askpass, command, status):
    askpass.environment["AWS_OIDC_TOKEN_COMMAND"] = command
    askpass.token_file("not-taken-instead")
    answer = askpass.ask(prompt())
    assert (answer.status, answer.text) == (1, "")
    assert f"aws-oidc-askpass: AWS_OIDC_TOKEN_COMMAND failed with status {status}\n" in answer.message


def test_command_runs_once_for_each_attempt(askpass):
    askpass.token_command(token(2500))
    with askpass.ssh() as ssh:
        assert ssh.ask_all() == token(2500)
        assert askpass.runs() == 1
        askpass.token_command(token(1001))
        assert ssh.ask_all() == token(1001)
    assert askpass.runs() == 2


def test_attempt_that_is_given_up_leaves_nothing_to_the_next(askpass):
    askpass.token_command(token(2500))
    with askpass.ssh() as ssh:
        ssh.ask(prompt())
        askpass.token_command(token(1600))
        assert ssh.ask(prompt()).status == 0
        assert ssh.ask(prompt(1000)).text == token(1600)[1000:] + "\n"
        askpass.token_command(token(1500))
        ssh.ask(prompt())
        askpass.token_command("short")
        assert ssh.ask(prompt()).text == "short\n"
        assert ssh.ask(prompt(1000)).refused("there is nothing left of the token's beginning; log in again")
    assert askpass.runs() == 4


def test_command_has_the_environment_of_the_caller(askpass):
    askpass.environment.update(LC_ALL="C.UTF-8", OTHER="here")
    askpass.environment["AWS_OIDC_TOKEN_COMMAND"] = "umask; echo $LC_ALL.$OTHER.${AWS_OIDC_TOKEN-unset} >&2; exit 9"
    askpass.variable("secret")
    assert "C.UTF-8.here.unset\n" in askpass.ask(prompt()).message


def test_command_does_not_read_what_ssh_sends(askpass):
    askpass.environment["AWS_OIDC_TOKEN_COMMAND"] = "cat; echo token"
    run = subprocess.run([askpass.ssh_program, *askpass.command, prompt()], env=askpass.environment, input="data", capture_output=True, text=True,
                         check=True)
    assert run.stdout == "token\n"


def test_two_logins_at_once_do_not_mix(askpass):
    askpass.token_command(token(1500))
    with askpass.ssh() as one, askpass.ssh() as other:
        one.ask(prompt())
        askpass.token_command(token(1600))
        other.ask(prompt())
        assert one.ask(prompt(1000)).text == token(1500)[1000:] + "\n"
        assert other.ask(prompt(1000)).text == token(1600)[1000:] + "\n"


@pytest.mark.parametrize("origin", SOURCES)
def test_host_that_asks_for_more_than_there_is(askpass, origin):
    getattr(askpass, origin)(token(1500))
    with askpass.ssh() as ssh:
        ssh.ask(prompt())
        assert ssh.ask(prompt(2000)).refused(f"{HOST} asks for more than the whole token")
    assert list(askpass.runtime.iterdir()) == []


@pytest.mark.parametrize("origin", ["token_file", "token_command"])
def test_host_that_begins_in_the_middle(askpass, origin):
    getattr(askpass, origin)(token(1500))
    assert askpass.ask(prompt(1000)).refused("there is nothing left of the token's beginning")
    assert askpass.runs() == 0


def test_another_user_or_host_does_not_get_the_rest(askpass):
    askpass.environment["AWS_OIDC_HOSTS"] = f"{HOST} other"
    askpass.token_command(token(1500))
    for prefix in (f"(bob@{HOST}) ", "(alice@other) "):
        with askpass.ssh() as ssh:
            ssh.ask(prompt())
            assert ssh.ask(prompt(1000, prefix)).refused("there is nothing left of the token's beginning")


# Hosts.

def list_hosts(askpass, place, hosts):
    if place == "variable":
        askpass.environment["AWS_OIDC_HOSTS"] = hosts
    else:
        askpass.list_hosts(hosts)


@pytest.mark.parametrize("hosts", [
    HOST, "BASTION.Example.com", "*", "*.example.com", "bastion.*", "bast?on.example.com", f"other,{HOST}", f"other\t{HOST}", f"a b\n{HOST}\n",
    f"{HOST}\r\nother\r\n", f",{HOST},",
])
@pytest.mark.parametrize("place", ["variable", "file"])
def test_host_that_is_listed(askpass, hosts, place):
    list_hosts(askpass, place, hosts)
    askpass.variable("token")
    assert askpass.ask_all() == "token"


@pytest.mark.parametrize("hosts", [
    "", " ", ",", "bastion", "example.com", "*.example.co", "?.example.com", "bastion?example.com.", "other", f"x{HOST}", f"{HOST}.evil",
    "bastionXexample.com",
])
@pytest.mark.parametrize("place", ["variable", "file"])
def test_host_that_is_not_listed(askpass, hosts, place):
    list_hosts(askpass, place, hosts)
    askpass.token_command("token")
    answer = askpass.ask(prompt())
    assert answer.refused(f"{HOST} asks for an OpenID Connect token, and gets none: it is not listed in {askpass.home}/.config/aws-oidc/hosts")
    assert askpass.runs() == 0


def test_no_list_at_all(askpass):
    del askpass.environment["AWS_OIDC_HOSTS"]
    askpass.variable("token")
    assert askpass.ask(prompt()).refused("is not listed")
    del askpass.environment["HOME"]
    assert askpass.ask(prompt()).refused("is not listed")


def test_file_with_comments(askpass):
    askpass.variable("token")
    askpass.list_hosts(f"# bastions, *\n\nother # and *\r\n{HOST} # this one\r\n")
    assert askpass.ask_all() == "token"
    askpass.list_hosts(f"# {HOST}\nother # {HOST}\n#{HOST}")
    assert askpass.ask(prompt()).refused("is not listed")


def test_variable_and_file_both_count(askpass):
    askpass.variable("token")
    askpass.list_hosts("one")
    askpass.environment["AWS_OIDC_HOSTS"] = "two"
    assert [askpass.ask(prompt(prefix=f"(alice@{host}) ")).status for host in ("one", "two", "three")] == [0, 0, 1]


def test_file_below_xdg_config_home(askpass):
    askpass.variable("token")
    askpass.list_hosts("other")
    askpass.environment["XDG_CONFIG_HOME"] = str(askpass.folder / "configuration")
    askpass.file("configuration/aws-oidc/hosts", HOST)
    assert askpass.ask_all() == "token"


def test_pattern_is_no_pathname(askpass):
    """A pattern is not replaced by files of its name in the folder where ssh runs."""
    askpass.environment["AWS_OIDC_HOSTS"] = "*"
    askpass.variable("token")
    (askpass.folder / "other").touch()
    run = subprocess.run([askpass.ssh_program, *askpass.command, prompt()], env=askpass.environment, cwd=askpass.folder, capture_output=True,
                         text=True, check=True)
    assert run.stdout == "token\n"


@pytest.mark.parametrize("pattern", [
    "!bastion.example.com", "alice@bastion.example.com", "\\*", "'*'", '"*"', "#", "$HOME", "b\xe4stion", "bastion;id", "a/b",
])
def test_list_with_something_else_in_it_lists_nobody(askpass, pattern):
    askpass.environment["AWS_OIDC_HOSTS"] = f"* {pattern}"
    askpass.variable("token")
    assert askpass.ask(prompt()).refused("has more than names and patterns of hosts")


@pytest.mark.parametrize("host", ["b", "10.0.0.7", "::1", "fe80::1%eth0", "[::1]:2222", "bastion_1"])
def test_names_that_hosts_have(askpass, host):
    askpass.environment["AWS_OIDC_HOSTS"] = "*"
    askpass.variable("token")
    assert askpass.ask(prompt(prefix=f"(alice@{host}) ")).text == "token\n"


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o602])
def test_file_that_others_can_write_is_not_used(askpass, mode):
    askpass.variable("token")
    path = askpass.list_hosts(HOST, mode)
    assert askpass.ask(prompt()).refused(f"{path} is not used: it must be a file of yours, writable by nobody else")


def test_file_of_another_user_is_not_used(askpass):
    askpass.variable("token")
    path = askpass.list_hosts(HOST)
    os.chown(path, 12345, 12345)
    assert askpass.ask(prompt()).refused(f"{path} is not used")


def test_folder_in_place_of_the_file_is_not_used(askpass):
    askpass.variable("token")
    askpass.list_hosts(HOST).unlink()
    (askpass.home / ".config/aws-oidc/hosts").mkdir()
    assert askpass.ask(prompt()).refused("is not used")


def test_file_behind_a_link_is_judged_by_its_own_mode(askpass):
    askpass.variable("token")
    path = askpass.list_hosts("other")
    path.unlink()
    path.symlink_to(askpass.file("dotfiles/hosts", HOST, 0o644))
    assert askpass.ask_all() == "token"
    askpass.file("dotfiles/hosts", HOST, 0o666)
    assert askpass.ask(prompt()).refused("is not used")


# Prompts that only look like ours. Nobody is asked instead.

NOT_FROM_THE_HOST = "this ssh does not say itself which host asks for a token (OpenSSH before 8.5)"
NOT_OURS = "this question about a token is none that pam_aws_oidc asks"
FIRST = prompt(prefix="")
SECOND = prompt(1000, prefix="")


@pytest.mark.parametrize("text, words", [
    (FIRST, NOT_FROM_THE_HOST),                                              # OpenSSH before 8.5
    (SECOND, NOT_FROM_THE_HOST),
    (f"({HOST}) {FIRST}", NOT_FROM_THE_HOST),
    (f" {PREFIX}{FIRST}", NOT_FROM_THE_HOST),
    (f"alice@{HOST}) {FIRST}", NOT_FROM_THE_HOST),
    (f"((alice@evil) {FIRST}", "evil asks for"),
    (f"(alice@evil) {FIRST}", "evil asks for"),
    (f"(alice@evil) {SECOND}", "evil asks for"),
    (f"(alice@{HOST}@evil) {FIRST}", "evil asks for"),
    (f"(alice@{HOST}@) {FIRST}", "unusual characters"),
    (f"(alice@{HOST} ) {FIRST}", "unusual characters"),
    (f"(alice@{HOST}\n) {FIRST}", "unusual characters"),
    (f"(alice@\x1b[2J{HOST}) {FIRST}", "unusual characters"),
    (f"(alice@evil) {PREFIX}{FIRST}", NOT_OURS),                             # what a server can do
    (f"(alice@evil) \r{PREFIX}{FIRST}", NOT_OURS),
    (f"(alice@evil) \n{PREFIX}{FIRST}", NOT_OURS),
    (f"(alice@evil) x\n{PREFIX}{SECOND}", NOT_OURS),
    (f"{PREFIX}{PREFIX}{FIRST}", NOT_OURS),
    (f"(alice@{HOST}) {FIRST}@evil) {FIRST}", NOT_OURS),                     # what an address can do that somebody else made
    (f"(alice) {PREFIX}{FIRST}", NOT_OURS),
    (f"(a) b@{HOST}) {FIRST}", NOT_OURS),
    (f"{PREFIX}{FIRST}\n", NOT_OURS),
    (f"{PREFIX}{FIRST} ", NOT_OURS),
    (f"{PREFIX}{FIRST}x", NOT_OURS),
    (f"{PREFIX}\n{FIRST}", NOT_OURS),
    (f"{PREFIX} {FIRST}", NOT_OURS),
    (f"{PREFIX}{FIRST[:-1]}", NOT_OURS),
    (f"{PREFIX}{FIRST}{SECOND}", NOT_OURS),
    (f"{PREFIX}{SECOND}{SECOND}", NOT_OURS),
    (f"{PREFIX}{SECOND}x", NOT_OURS),
    (f"{PREFIX}Your {FIRST}", NOT_OURS),
    *((f"{PREFIX}OpenID Connect token ({number} characters so far; Enter if that was all): ", NOT_OURS)
      for number in ("", "0", "1", "999", "1001", "1500", "01000", "00", "0000", "21000", "20001", "30000", "100000", "-1000", "+1000", " 1000",
                     "1000 ", "1e3", "1,000", "*000", "?000", "[1-9]000", "0x1000", "1000\n1000", "1000+1000")),
])
def test_prompt_that_only_looks_like_ours(askpass, text, words):
    asked = askpass.folder / "asked"
    askpass.environment["AWS_OIDC_ASKPASS"] = str(askpass.script("other", f"touch {asked}; echo pasted"))
    askpass.token_command(token(20000))
    with askpass.ssh() as ssh:
        ssh.ask(prompt())
        answer = ssh.ask(text)
    assert answer.refused(words)
    assert "\x1b" not in answer.message
    assert not asked.exists() and askpass.runs() == 1


@pytest.mark.parametrize("version", ["OpenSSH_8.4p1 Debian-5+deb11u3, OpenSSL 1.1.1w", "OpenSSH_8.0p1", "OpenSSH_7.9p1", "OpenSSH_5.3p1"])
def test_ssh_before_8_5_gets_nothing(askpass, version):
    """There, a server can write what looks like the client's own words."""
    askpass.environment["STAND_IN_VERSION"] = version
    askpass.token_command("token")
    assert askpass.ask(prompt()).refused(NOT_FROM_THE_HOST)
    assert askpass.runs() == 0


@pytest.mark.parametrize("version", [
    "OpenSSH_8.5p1", "OpenSSH_8.9p1 Ubuntu-3, OpenSSL 3.0.2", "OpenSSH_9.9p2, LibreSSL 3.3.6", "OpenSSH_10.0p2", "OpenSSH_10.5",
])
def test_ssh_since_8_5_gets_the_token(askpass, version):
    askpass.environment["STAND_IN_VERSION"] = version
    askpass.variable("token")
    assert askpass.ask_all() == "token"


@pytest.mark.parametrize("version", ["", "Dropbear v2022.83", "a OpenSSH_9.2p1"])
def test_another_program_gets_nothing(askpass, version):
    askpass.environment["STAND_IN_VERSION"] = version
    askpass.variable("token")
    assert askpass.ask(prompt()).refused("it is not ssh of OpenSSH that asks for a token")


def test_program_that_ssh_is_not_the_parent_of_gets_nothing(askpass):
    askpass.variable("token")
    askpass.command = ["sh", "-c", '"$@"; exit $?', "sh", *askpass.command]
    assert askpass.ask(prompt()).refused("it is not ssh of OpenSSH that asks for a token")


def test_user_with_unusual_characters_at_a_listed_host(askpass):
    askpass.variable("token")
    for user in ("alice@example.com", "al ice", "(alice", "al)ice", "*", "$(id)", "-n", "\xe4", ""):
        assert askpass.ask(prompt(prefix=f"({user}@{HOST}) ")).text == "token\n", user


# Prompts that are handed on.

OTHERS = [
    f"alice@{HOST}'s password: ",
    f"{PREFIX}Password: ",
    "Enter passphrase for key '/home/alice/.ssh/id_ed25519': ",
    "The authenticity of host 'bastion (10.0.0.7)' can't be established.\nAre you sure you want to continue connecting (yes/no/[fingerprint])? ",
    f"{PREFIX}openid connect token: ",
    "",
]


@pytest.mark.parametrize("text", OTHERS)
def test_other_prompts_go_to_the_other_program_as_they_are(askpass, text):
    other = askpass.script("other program", """printf '<%s>' "$#" "$1" "$SSH_ASKPASS_PROMPT" "${AWS_OIDC_TOKEN-unset}"; echo said >&2; exit 7""")
    askpass.environment.update(AWS_OIDC_ASKPASS=str(other), SSH_ASKPASS_PROMPT="confirm")
    askpass.token_command("token")
    askpass.variable("token")
    answer = askpass.ask(text)
    assert (answer.status, answer.text, answer.message) == (7, f"<1><{text}><confirm><unset>", "said\n")
    assert askpass.runs() == 0


def test_other_program_has_all_arguments(askpass):
    askpass.environment["AWS_OIDC_ASKPASS"] = str(askpass.script("other", """printf '<%s>' "$@" """))
    assert askpass.ask("-n", "two words", "*").text == "<-n><two words><*>"
    assert askpass.ask().text == "<>"


def test_other_program_is_found_on_path(askpass):
    askpass.script("bin/other", "echo found")
    askpass.environment.update(AWS_OIDC_ASKPASS="other", PATH=f"{askpass.folder}/bin:{os.environ['PATH']}")
    assert askpass.ask("Password: ").text == "found\n"


def test_other_program_has_the_callers_locale(askpass):
    askpass.environment["AWS_OIDC_ASKPASS"] = str(askpass.script("other", """echo "${LC_ALL-unset}" """))
    assert askpass.ask("Password: ").text == "unset\n"
    askpass.environment["LC_ALL"] = "C.UTF-8"
    assert askpass.ask("Password: ").text == "C.UTF-8\n"


def test_other_program_that_is_none(askpass):
    askpass.environment["AWS_OIDC_ASKPASS"] = "/nonexistent/askpass"
    assert askpass.ask("Password: ").refused("AWS_OIDC_ASKPASS names no program that can be run: /nonexistent/askpass")


def test_other_program_that_is_this_one_ends(askpass):
    program = askpass.command[-1]
    askpass.environment["AWS_OIDC_ASKPASS"] = program
    answer = askpass.ask("Password: ")
    assert (answer.status, answer.text) == (1, "")


def test_without_another_program_and_without_a_terminal(askpass):
    answer = askpass.ask("Password: ")
    assert (answer.status, answer.text, answer.message) == (1, "", "")


# The terminal.

def test_secret_is_asked_at_the_terminal_without_echo(askpass):
    terminal = askpass.terminal("Password: ")
    terminal.expect_exact("Password: ")
    assert not terminal.getecho()
    terminal.sendline(" -n two  words\\n ")
    terminal.expect_exact("status 0")
    assert "words" not in terminal.before
    assert terminal.getecho()
    assert askpass.output.read_text(encoding="ascii") == " -n two  words\\n \n"


@pytest.mark.parametrize("text", [OTHERS[3], "Please type 'yes', 'no' or the fingerprint: ", "Username for 'https://git.example.com': "])
def test_question_is_asked_with_echo(askpass, text):
    terminal = askpass.terminal(text)
    terminal.expect_exact(text.splitlines()[-1])
    assert terminal.getecho()
    terminal.sendline("yes")
    terminal.expect_exact("yes")
    terminal.expect_exact("status 0")
    assert askpass.output.read_text(encoding="ascii") == "yes\n"


@pytest.mark.parametrize("key", ["intr", "quit", "eof"])
def test_terminal_has_its_echo_again_when_a_prompt_is_broken_off(askpass, key):
    terminal = askpass.terminal("Password: ")
    terminal.expect_exact("Password: ")
    assert not terminal.getecho()
    if key == "eof":
        terminal.sendeof()
    else:
        terminal.sendcontrol({"intr": "c", "quit": "\\"}[key])
    terminal.expect_exact("status 1")
    assert terminal.getecho()
    assert askpass.output.read_text(encoding="ascii") == ""


@pytest.mark.parametrize("said, status", [("yes", 0), ("y", 0), ("YES", 0), ("no", 1), ("", 1), ("yes please", 1)])
def test_confirmation_is_a_status(askpass, said, status):
    askpass.environment["SSH_ASKPASS_PROMPT"] = "confirm"
    terminal = askpass.terminal("Allow use of key?")
    terminal.expect_exact("Allow use of key? (yes/no) ")
    assert terminal.getecho()
    terminal.sendline(said)
    terminal.expect_exact(f"status {status}")
    assert askpass.output.read_text(encoding="ascii") == ""


def test_notice_stands_until_ssh_ends_it(askpass):
    askpass.environment["SSH_ASKPASS_PROMPT"] = "none"
    askpass.command = ["timeout", "--foreground", "1", *askpass.command]
    terminal = askpass.terminal("Confirm user presence for key")
    terminal.expect_exact("Confirm user presence for key")
    terminal.expect_exact("status 124")


def test_messages_go_to_the_terminal(askpass):
    terminal = askpass.terminal(prompt(prefix="(alice@evil) "))
    terminal.expect_exact("aws-oidc-askpass: evil asks for an OpenID Connect token, and gets none")
    terminal.expect_exact("status 1")
    assert askpass.output.read_text(encoding="ascii") == ""


def test_token_does_not_go_to_the_terminal(askpass):
    askpass.variable("secret-token")
    askpass.command = [str(askpass.ssh_program), *askpass.command]
    terminal = askpass.terminal(prompt())
    terminal.expect_exact("status 0")
    assert "secret" not in terminal.before
    assert askpass.output.read_text(encoding="ascii") == "secret-token\n"


# Where the token may be seen.

@pytest.mark.parametrize("origin", SOURCES)
def test_token_is_in_no_arguments_environment_or_other_file(askpass, origin):
    """All that is executed, written and made on the way of a token, as strace sees it."""
    secret = token(2500)
    # Whatever the program calls its variables, the environment has them already: exported once, a variable would stay so.
    words = set(re.findall(r"\b[a-z_]+\b", Path(askpass.command[-1]).read_text(encoding="ascii")))
    askpass.environment.update({word: "exported" for word in words}, SHELLOPTS="allexport")
    getattr(askpass, origin)(secret)
    trace = askpass.folder / "trace"
    with askpass.ssh(["strace", "-f", "-y", "-v", "-s", "100000", "-e", "trace=execve,/^p?writev?,/^open,creat", "-o", trace]) as ssh:
        assert ssh.ask_all() == secret
        ssh.finish()
    lines = trace.read_text(encoding="latin-1").splitlines()
    pieces = {secret[start:start + 30] for start in range(0, 2500, 50)}

    executed = [line for line in lines if " execve(" in line]
    with_it = [line for line in executed if any(piece in line for piece in pieces)]
    ours = [line for line in executed if '"(alice@' in line or line is executed[0] or " execve(\"" + str(askpass.ssh_program) + '"' in line]
    assert len(executed) > len(ours)
    assert with_it == (ours if origin == "variable" else [])

    written = {re.sub(r"\d+", "N", re.search(r"write\w*\(\d+<([^>]*)>", line)[1]) for line in lines
               if re.search(r" p?writev?\d*\(", line) and any(piece in line for piece in pieces)}
    kept = [re.sub(r"\d+", "N", f"{askpass.runtime}/aws-oidc-askpass.0/token")]
    assert sorted(written) == (kept if origin == "token_command" else []) + ["pipe:[N]"]

    made = {re.search(r'"([^"]*)"', line)[1] for line in lines if "O_CREAT" in line and "= -1 " not in line and "/dev/null" not in line}
    made -= {f"{askpass.folder}/runs"}
    assert len(made) == (0 if origin == "variable" else 1), made


def test_a_shell_that_is_told_to_trace_shows_no_token(askpass):
    askpass.environment["SHELLOPTS"] = "xtrace:verbose"
    for origin in SOURCES:
        getattr(askpass, origin)(f"{origin}-canary")
        answer = askpass.ask(prompt())
        assert answer.text == f"{origin}-canary\n"
        assert "canary" not in answer.message


@pytest.mark.parametrize("origin, secret", [("token_command", True), ("token_file", False)])
def test_what_is_kept_between_the_pieces(askpass, origin, secret):
    getattr(askpass, origin)(token(1500))
    with askpass.ssh() as ssh:
        ssh.ask(prompt())
        folder, = askpass.runtime.iterdir()
        file, = folder.iterdir()
        assert folder.name == f"aws-oidc-askpass.{ssh.pid}"
        assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(file.stat().st_mode)) == (0o700, 0o600)
        assert (token(1500)[:40] in file.read_text(encoding="ascii")) == secret
        ssh.ask(prompt(1000))
        assert list(askpass.runtime.iterdir()) == []


@pytest.mark.parametrize("origin", ["variable", "token_file", "token_command"])
def test_nothing_is_kept_of_a_token_that_is_one_piece(askpass, origin):
    getattr(askpass, origin)(token(999))
    with askpass.ssh() as ssh:
        ssh.ask(prompt())
        assert list(askpass.runtime.iterdir()) == []


def test_what_is_kept_is_gone_when_ssh_is(askpass):
    askpass.token_command(token(1500))
    with askpass.ssh() as ssh:
        ssh.ask(prompt())
        assert len(list(askpass.runtime.iterdir())) == 1
    until(lambda: list(askpass.runtime.iterdir()) == [])


def test_process_that_watches_has_no_descriptor_of_sshs(askpass):
    askpass.token_command(token(1500))
    with askpass.ssh() as ssh:
        ssh.ask(prompt())
        until(lambda: descriptors(ssh.pid) - {"/dev/null", askpass.command[-1]} == set())
        assert "/dev/null" in descriptors(ssh.pid)


def descriptors(session):
    """What the processes that the stand-in for ssh has left hold open."""
    held = set()
    for path in Path("/proc").glob("[0-9]*"):
        if of_session(path, session):
            with contextlib.suppress(FileNotFoundError):    # One that has ended meanwhile.
                held |= {os.readlink(descriptor) for descriptor in (path / "fd").iterdir()}
    return held


def of_session(path, session):
    """Whether a process is of the session of the stand-in for ssh, and not that itself."""
    try:
        fields = (path / "stat").read_text(encoding="latin-1").rpartition(")")[2].split()
    except OSError:
        return False
    return int(fields[3]) == session and int(path.name) != session


@pytest.mark.parametrize("place", ["unset", "missing", "open", "another-user's", "file", "link-to-open"])
def test_token_of_a_command_is_not_kept_where_others_could_read(askpass, place):
    folder = askpass.folder / "folder"
    if place == "file":
        folder.touch(mode=0o700)
    elif place not in ("unset", "missing"):
        folder.mkdir(mode=0o700)
    if place == "open":
        folder.chmod(0o750)
    if place == "another-user's":
        os.chown(folder, 12345, 12345)
    if place == "link-to-open":
        folder.chmod(0o755)
        (askpass.folder / "link").symlink_to(folder)
        folder = askpass.folder / "link"
    askpass.environment["XDG_RUNTIME_DIR"] = str(folder)
    if place == "unset":
        del askpass.environment["XDG_RUNTIME_DIR"]
    askpass.token_command(token(1000))
    assert askpass.ask(prompt()).refused("a token of 1000 characters or more from a command needs XDG_RUNTIME_DIR")
    askpass.token_command(token(999))
    assert askpass.ask_all() == token(999)


def test_tmpdir_that_is_closed_does_as_well(askpass):
    del askpass.environment["XDG_RUNTIME_DIR"]
    askpass.environment["TMPDIR"] = f"{askpass.runtime}/"    # macOS has it with a slash.
    askpass.token_command(token(1500))
    assert askpass.ask_all() == token(1500)
    askpass.runtime.chmod(0o755)
    assert askpass.ask(prompt()).refused("needs XDG_RUNTIME_DIR")


def test_change_of_a_file_is_noticed_without_a_closed_folder_too(askpass):
    """As in a container. The checksum is no secret."""
    del askpass.environment["XDG_RUNTIME_DIR"]
    temporary = askpass.folder / "temporary"
    temporary.mkdir()
    temporary.chmod(0o1777)
    askpass.environment["TMPDIR"] = str(temporary)
    path = askpass.token_file(token(1500))
    assert askpass.ask_all() == token(1500)
    with askpass.ssh() as ssh:
        ssh.ask(prompt())
        path.write_text(token(1501), encoding="ascii")
        assert ssh.ask(prompt(1000)).refused("has changed")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("origin", ["token_command", "token_file"])
@pytest.mark.parametrize("planted", ["link", "folder", "file"])
def test_something_planted_where_the_token_is_kept(askpass, origin, planted):
    """Another user's folder, in an open one, or a link to a folder of this user's own: nothing is written there or taken away."""
    getattr(askpass, origin)(token(1500))
    target = askpass.folder / "target"
    target.mkdir(mode=0o700)
    (target / "token").write_text("untouched", encoding="ascii")
    with askpass.ssh() as ssh:
        path = askpass.runtime / f"aws-oidc-askpass.{ssh.pid}"
        if planted == "link":
            path.symlink_to(target)
        elif planted == "folder":
            target.rename(path)
            target = path
            os.chown(path, 12345, 12345)
        else:
            path.touch()
        assert ssh.ask(prompt()).refused(f"{path} cannot be made")
        assert ssh.ask(prompt(1000)).refused("there is nothing left of the token's beginning")
    if planted != "file":
        assert (target / "token").read_text(encoding="ascii") == "untouched"
