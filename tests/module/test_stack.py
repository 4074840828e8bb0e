"""The module's line in /etc/pam.d: its arguments, the files that they name, and what the other hooks answer."""

import os
import shutil
import socket
from pathlib import Path

import pytest

import accounts
import frames
from frames import acceptance
from host import HANDOFF, WORDS_SETUP, Host, after_hello, as_user, send

GOOD = after_hello(send(acceptance()))


def assert_not_set_up(said, reason, what):
    """The host is not set up: nobody is asked anything, and the log says what to mend."""
    assert said.codes[0] == "PAM_SERVICE_ERR"
    line, = said.audit
    assert (line["result"], line["reason"], line["what"]) == ("refused", reason, what)
    assert said.all("error")[0] == WORDS_SETUP
    assert said.all("prompt-off", "prompt-on") == []


# Arguments.

@pytest.mark.parametrize("services", ["bastion", "sshd,bastion", "bastion,login", "sshd,bastion,login"])
def test_service_that_the_line_is_for_is_served(host, services):
    host.service(orders=GOOD, arguments=f"services={services}")
    said = host.attempt("open_session", "environment")
    assert said.codes == ["PAM_SUCCESS"] * 2 and len(said.published) == 6


@pytest.mark.parametrize("services", ["sshd", "bast", "bastion2", "bastionx,xbastion", "sshd,login", "BASTION", ","])
def test_service_that_the_line_is_not_for_is_ignored(host, services):
    host.service(orders=after_hello("linger", send(acceptance())), arguments=f"services={services}")
    said = host.attempt("open_session", "environment", before=[f"putenv {HANDOFF}=00"])
    assert said.codes == ["PAM_PERM_DENIED", "PAM_SUCCESS"]      # libpam's own: nobody else in the stack said anything.
    assert [(line["result"], line["reason"]) for line in said.audit] == [("ignored", "service_not_served")]
    assert said.all("error", "info", "prompt-off") == []
    assert said.published == {}


def test_ignored_line_leaves_the_rest_of_the_stack_to_decide(host):
    host.service(orders=GOOD, arguments="services=sshd", before="auth required pam_permit.so")
    assert host.attempt("open_session").codes == ["PAM_SUCCESS"] * 2


@pytest.mark.parametrize("argument", ["debug", "conf", "conf=", "helper=", "services=", "try_first_pass=yes", "use_first_passx", "Conf=/x", "nullok"])
def test_unknown_or_incomplete_argument_is_refused(host, argument):
    host.service(orders=GOOD, arguments=argument)
    said = host.attempt("open_session")
    what = f'the argument "{argument}" of pam_aws_oidc.so is unknown or incomplete'
    assert_not_set_up(said, "config", what)
    assert said.codes[1] == "PAM_SESSION_ERR"
    assert said.sessions[0]["what"] == what


# pam_exec asks for a password, and leaves it to the modules behind it.
ASKING = "auth optional pam_exec.so quiet expose_authtok /bin/true"


def test_first_pass_is_the_token_and_nobody_is_asked(host):
    host.service(orders=["show-frame", send(acceptance())], arguments="use_first_pass", before=ASKING)
    said = host.attempt(before=["answer a.b.c"])
    hello = frames.read_hello(frames.split(bytes.fromhex(said.all("prompt-off")[1]))[0][1])
    assert (hello["presented"], hello["may_ask"]) == ("a.b.c", 0)


def test_first_pass_longer_than_any_token_is_cut(host):
    host.service(orders=["show-frame", send(acceptance())], arguments="use_first_pass", before=ASKING)
    said = host.attempt(before=["answer " + "x" * 30000])
    hello = frames.read_hello(frames.split(bytes.fromhex("".join(said.all("prompt-off")[1:])))[0][1])
    assert hello["presented"] == "x" * 20001


def test_first_pass_may_be_tried_and_the_user_asked(host):
    host.service(orders=["show-frame", send(acceptance())], arguments="try_first_pass", before=ASKING)
    said = host.attempt(before=["answer a.b.c"])
    hello = frames.read_hello(frames.split(bytes.fromhex(said.all("prompt-off")[1]))[0][1])
    assert (hello["presented"], hello["may_ask"]) == ("a.b.c", 1)


def test_first_pass_is_not_taken_unless_told(host):
    host.service(orders=["show-frame", send(acceptance())], before=ASKING)
    said = host.attempt(before=["answer a.b.c"])
    hello = frames.read_hello(frames.split(bytes.fromhex(said.all("prompt-off")[1]))[0][1])
    assert (hello["presented"], hello["may_ask"]) == ("", 1)


@pytest.mark.parametrize("argument, may_ask", [("use_first_pass", 0), ("try_first_pass", 1)])
def test_first_pass_that_is_not_there_is_empty(host, argument, may_ask):
    host.service(orders=["show-frame", send(acceptance())], arguments=argument)
    said = host.attempt()
    hello = frames.read_hello(frames.split(bytes.fromhex(said.all("prompt-off")[0]))[0][1])
    assert (hello["presented"], hello["may_ask"]) == ("", may_ask)


# The files.

def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(path))


# What else may be found where a file is looked for, or a folder.
KINDS = {"folder": Path.mkdir, "file": Path.touch, "fifo": os.mkfifo, "socket": make_socket}
NOT_A_FILE = {"socket": "No such device or address"}    # A socket cannot even be opened.


def damaged(path, how):
    """Make a file or a folder, or the one it lies in, such as somebody else could have written. Gives the path, and what the log says of it."""
    folder = path.parent
    if how == "missing":
        remove(path)
        return path, f"{path}: No such file or directory"
    if how == "symbolic-link":
        link = folder / "link"
        link.symlink_to(path)
        return link, f"{link}: is a symbolic link, or not a folder"
    if how == "writable-by-its-group":
        path.chmod(0o775)
        return path, f"{path}: others may write to it; use chmod go-w"
    if how == "writable-by-others":
        path.chmod(0o757)
        return path, f"{path}: others may write to it; use chmod go-w"
    if how == "of-another-user":
        shutil.chown(path, "alice")
        return path, f"{path}: does not belong to root; use chown to give it to root"
    if how == "not-executable":
        path.chmod(0o644)
        return path, f"{path}: is not executable; use chmod 0711"
    if how in KINDS:
        what = "is a symbolic link, or not a folder" if path.is_dir() else NOT_A_FILE.get(how, "is not a regular file")
        remove(path)
        KINDS[how](path)
        return path, f"{path}: {what}"
    if how == "relative":
        return path.relative_to("/"), f"{path.relative_to('/')}: is not an absolute path"
    if how == "with-dots":
        return f"{folder}/../{folder.name}/{path.name}", f"{folder}/..: is not the plain absolute path of a file"
    below = folder / "below"
    below.mkdir(mode=0o755)
    path = path.rename(below / path.name)
    if how == "in-a-folder-of-another-user":
        shutil.chown(below, "alice")
        return path, f"{below}: does not belong to root; use chown to give it to root"
    if how == "in-a-folder-that-others-may-write-to":
        below.chmod(0o1777)
        return path, f"{below}: others may write to it; use chmod go-w"
    assert how == "behind-a-symbolic-link"
    (folder / "link").symlink_to(below)
    return folder / "link" / path.name, f"{folder}/link: is a symbolic link, or not a folder"


DAMAGES = ["missing", "symbolic-link", "writable-by-its-group", "writable-by-others", "of-another-user", "folder", "fifo", "socket", "relative",
           "with-dots", "in-a-folder-of-another-user", "in-a-folder-that-others-may-write-to", "behind-a-symbolic-link"]


@pytest.mark.parametrize("how", DAMAGES)
def test_configuration_that_somebody_else_could_have_written_is_refused(host, how):
    path, what = damaged(host.orders(GOOD, "configuration"), how)
    host.service(conf=path)
    assert_not_set_up(host.attempt(), "config", what)


@pytest.mark.parametrize("how", [*DAMAGES, "not-executable"])
def test_helper_that_somebody_else_could_have_written_is_refused(host, how):
    path, what = damaged(host.helper, how)
    # O_PATH opens the link itself, and the socket.
    what = {"symbolic-link": f"{path}: is a symbolic link", "socket": f"{path}: is not a regular file"}.get(how, what)
    host.service(orders=GOOD, helper=path)
    assert_not_set_up(host.attempt(), "helper_missing", what)


def test_helper_that_is_no_program_is_a_problem_of_the_host(host):
    host.helper.write_bytes(b"\x7fELF but not really")
    host.service(orders=GOOD)
    said = host.attempt()
    assert said.codes == ["PAM_SYSTEM_ERR"]
    assert said.audit[0]["what"].startswith("helper could not get its program: ")


def test_script_is_no_helper(host):
    """Its interpreter would have to open it by a path, which the helper's user may not be able to walk: ELF programs only."""
    host.helper.write_text("#!/bin/sh\nexit 0\n")
    host.service(orders=GOOD)
    said = host.attempt()
    assert said.codes == ["PAM_SYSTEM_ERR"]
    assert said.audit[0]["what"].startswith("helper could not get its program: ")


def test_missing_helpers_user_is_told_to_the_administrator(host):
    lines = accounts.DATABASES[0].read_text().splitlines(keepends=True)
    accounts.DATABASES[0].write_text("".join(line for line in lines if not line.startswith(f"{accounts.HELPER_USER}:")))
    host.service(orders=GOOD)
    assert_not_set_up(host.attempt(), "helper_missing", f"the user {accounts.HELPER_USER} for the login helper does not exist")


@pytest.mark.parametrize("ids", ["0:0", "0:1", "1:0"])
def test_helpers_user_must_not_be_root(host, ids):
    lines = accounts.DATABASES[0].read_text().splitlines(keepends=True)
    lines = [line for line in lines if not line.startswith(f"{accounts.HELPER_USER}:")]
    accounts.DATABASES[0].write_text("".join([*lines, f"{accounts.HELPER_USER}:x:{ids}::/:/bin/false\n"]))
    host.service(orders=GOOD)
    assert_not_set_up(host.attempt(), "helper_missing", f"the user {accounts.HELPER_USER} for the login helper must not be root")


def test_ordinary_host_refuses_files_of_another_ordinary_user(build, folder, log):
    host = Host(build, folder, log, owner="bob")
    host.service(orders=GOOD)
    said = host.run("start bastion alice", "authenticate", "end", **as_user("alice"))
    assert_not_set_up(said, "helper_missing", f"{host.helper}: does not belong to root; use chown to give it to root")


# The other hooks.

@pytest.mark.parametrize("phases", [[], ["authenticate"], ["authenticate-in-child"], ["authenticate", "open_session"]], ids="-and-".join)
def test_setcred_succeeds_whatever_happened_before(host, phases):
    host.service(orders=GOOD)
    said = host.run("start bastion alice", *phases, "setcred", "setcred", "setcred", "end")
    assert said.all("setcred") == ["PAM_SUCCESS"] * 3


def test_setcred_starts_nothing(host):
    host.service(conf="/nonexistent", helper="/nonexistent")
    said = host.run("start bastion alice", "setcred", "end")
    assert said.codes == ["PAM_SUCCESS"] and said.log == []


def test_account_line_alone_lets_nobody_in(host):
    host.service(orders=GOOD, account=f"account required {host.module}")
    said = host.run("start bastion alice", "acct_mgmt", "end")
    assert said.codes == ["PAM_PERM_DENIED"]


def test_account_line_leaves_the_rest_of_the_stack_to_decide(host):
    host.service(orders=GOOD, account=f"account required {host.module}\naccount required pam_permit.so")
    assert host.run("start bastion alice", "acct_mgmt", "end").codes == ["PAM_SUCCESS"]


def test_end_of_a_session_that_never_was_succeeds(host):
    host.service(orders=GOOD)
    said = host.run("start bastion alice", "close_session", "end")
    assert said.codes == ["PAM_SUCCESS"] and said.log == []
