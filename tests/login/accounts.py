"""Local users and groups of the world that a test runs in.

They are written into /etc/passwd and its neighbours directly, because useradd refuses names that tests want: with upper case, "@" or "%", or of
more than 32 characters.
"""

import grp
import os
import pwd
import shutil
import subprocess
from pathlib import Path

HELPER_USER = "pam-aws-oidc"
DATABASES = [Path("/etc/passwd"), Path("/etc/group"), Path("/etc/shadow")]


def add_user(name, uid=None, shell="/bin/bash", home=None, password="*", group=None):
    """A user with an empty home; a uid of 1000 or above unless given. `password` is its hash. Gives the passwd entry.

    He has a group of his own, unless `group` is the entry of another that is to be his first one.

    He takes the place of one of that name, whom the machine, or a world around this one, may have."""
    for path in DATABASES:
        path.write_text("".join(line for line in path.read_text(encoding="utf-8").splitlines(True) if line.split(":")[0] != name), encoding="utf-8")
    taken = {entry.pw_uid for entry in pwd.getpwall()} | {entry.gr_gid for entry in grp.getgrall()}
    uid = uid if uid is not None else next(number for number in range(1000, 60000) if number not in taken)
    home = Path(home or f"/home/{name}")
    if group is None:
        _append("/etc/group", f"{name}:x:{uid}:")
    gid = uid if group is None else group.gr_gid
    _append("/etc/passwd", f"{name}:x:{uid}:{gid}::{home}:{shell}")
    _append("/etc/shadow", f"{name}:{password}:19000:0:99999:7:::")
    if home.parent == Path("/home"):
        home.mkdir(mode=0o750)
        os.chown(home, uid, gid)
    return pwd.getpwnam(name)


def add_system_user(name):
    """A user for a service: a uid below 1000, no shell, no home."""
    taken = {entry.pw_uid for entry in pwd.getpwall()} | {entry.gr_gid for entry in grp.getgrall()}
    return add_user(name, next(number for number in range(400, 1000) if number not in taken), "/usr/sbin/nologin", "/nonexistent")


def hash_of(password):
    """What the shadow file has of a password."""
    return subprocess.run(["openssl", "passwd", "-6", password], capture_output=True, text=True, check=True).stdout.strip()


def set_password(name, password):
    """Give a user a password."""
    hashed = hash_of(password)
    lines = [line.split(":") for line in Path("/etc/shadow").read_text(encoding="utf-8").splitlines(True)]
    Path("/etc/shadow").write_text("".join(":".join([line[0], hashed, *line[2:]] if line[0] == name else line) for line in lines), encoding="utf-8")


def add_group(name, *members, gid=None):
    """A group with these users in it, and a gid of its own unless given; gives its entry."""
    taken = {entry.gr_gid for entry in grp.getgrall()}
    gid = gid if gid is not None else next(number for number in range(2000, 60000) if number not in taken)
    _append("/etc/group", f"{name}:x:{gid}:{','.join(members)}")
    return grp.getgrnam(name)


def save():
    """The databases as they are, for restore()."""
    return {path: path.read_bytes() for path in DATABASES}, set(os.listdir("/home"))


def restore(saved):
    """Take back every user, group and home that came after save()."""
    databases, homes = saved
    for path, content in databases.items():
        path.write_bytes(content)
    for name in set(os.listdir("/home")) - homes:
        shutil.rmtree(f"/home/{name}")


def _append(path, line):
    with open(path, "a", encoding="utf-8") as file:
        file.write(line + "\n")
