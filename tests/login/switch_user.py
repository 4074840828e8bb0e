"""su as an ordinary user runs it: set-uid root, on a terminal, with an environment, descriptors and signals of his choice."""

import contextlib
import os
import pwd
from pathlib import Path

import pexpect

from canaries import device_of_new_files

SU = "/usr/bin/su"
STACK = "auth required pam_aws_oidc.so\naccount required pam_permit.so\nsession required pam_aws_oidc.so\n"
PROMPT = "OpenID Connect token: "
TIMEOUT = 30                                 # seconds after which a terminal that says nothing has failed a test

# What a login could leave a file in.
FOLDERS = ["/etc", "/var", "/tmp", "/run", "/home", "/root", "/dev/shm"]


def become(name):
    """What a child has to do to be this user."""
    user = pwd.getpwnam(name)

    def change():
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)

    return change


def spawn(program, *arguments, user="bob", environment=None, prepare=lambda: None):
    """A program of the user's on a terminal of its own; prepare() happens in its process, and is the last that does before it."""
    change = become(user)

    def begin():
        change()
        prepare()

    return pexpect.spawn(program, list(arguments), env=environment or {}, preexec_fn=begin, cwd="/", encoding="utf-8", timeout=TIMEOUT)


def files():
    """Every file in those folders and directly below /: {path: (inode, mode, owner, size, time of the last change)}.

    Of a folder that has the machine's own beneath it, only what was written in this world: the machine may write its logs meanwhile. Those files are of
    another device; folders are not, and left out there."""
    found = {path: path.lstat() for path in Path("/").iterdir()}
    for folder in FOLDERS:
        device = device_of_new_files(folder)
        for below, folders, names in os.walk(folder):
            for name in [*folders, *names]:
                path = Path(below, name)
                with contextlib.suppress(FileNotFoundError):
                    if (seen := path.lstat()).st_dev == device:
                        found[path] = seen
    return {path: (seen.st_ino, seen.st_mode, seen.st_uid, seen.st_size, seen.st_mtime_ns) for path, seen in found.items()}


def changed(before, after):
    """The files that are not the same."""
    return {str(path) for path, _ in before.items() ^ after.items()}
