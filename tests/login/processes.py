"""Processes as /proc shows them: tests look whether a login has left any behind."""

import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Process:
    pid: int
    parent: int
    state: str                               # one letter of proc(5); Z is a zombie
    uid: int                                 # the effective one
    name: str


def processes():
    """All processes of the world."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue                         # It has ended meanwhile.
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        found.append(Process(int(pid), int(fields["PPid"]), fields["State"][0], int(fields["Uid"].split()[1]), fields["Name"]))
    return found


def of_user(uid):
    return [process for process in processes() if process.uid == uid]


def below(pid):
    """The process's children, their children, and so on."""
    everyone, found = processes(), []
    parents = {pid}
    while parents:
        children = [process for process in everyone if process.parent in parents]
        found += children
        parents = {process.pid for process in children}
    return found


def zombies_below(pid):
    return [process for process in below(pid) if process.state == "Z"]


def wait_until_none(find, what, timeout=5):
    """Wait until find() finds no process any more. The kernel tells nobody when a process has been reaped, so this has to look again and again."""
    end = time.monotonic() + timeout
    while found := find():
        assert time.monotonic() < end, f"{what}: {found}"
        time.sleep(0.01)
