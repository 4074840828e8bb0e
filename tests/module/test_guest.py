"""The module is a guest in the host's process: what is the host's own is as it was before, and the helper gets nothing of it."""

import os
import pwd
import resource
import shutil
from pathlib import Path

import pytest

import accounts
import processes
from frames import acceptance, ask, refusal
from host import WORDS_SYSTEM, Host, after_hello, as_user, send

GOOD = after_hello(send(ask()), "wait-frame", send(acceptance()))
KILLED = after_hello(send(ask()), "sleep")
TRANSACTION = ["start bastion alice", "authenticate", "setcred", "open_session", "close_session", "end"]


def facts(said):
    """The rogue helper's report of itself: its lines, by their first word."""
    lines = [line.split(" ", 1) for line in said.all("prompt-off")[0].splitlines()]
    return {key: [value for name, value in lines if name == key] for key in dict(lines)}


# What the helper gets.

# By the names in the report: a limit of the host's, and the helper's.
LIMITS = {"as": (resource.RLIMIT_AS, 1 << 31, (1 << 64) - 1), "nproc": (resource.RLIMIT_NPROC, 2000, (1 << 64) - 1),
          "stack": (resource.RLIMIT_STACK, 2 << 20, 8 << 20)}


def may_raise_limits():
    """Whether root has the capability for it, which many containers keep from him."""
    capabilities = next(line.split()[1] for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith("CapEff"))
    return int(capabilities, 16) >> 24 & 1


def be_poor():
    """The host is in a folder of its caller's choice, and has limits of his."""
    os.chdir("/usr")
    for limited, limit, _ in LIMITS.values():
        resource.setrlimit(limited, (limit, limit))


def test_helper_has_nothing_of_roots_host(host):
    host.service(orders=after_hello("report", "wait-frame", send(refusal())))
    orders = host.folder / "orders-of-bastion"
    said = host.run("descriptors 40", "ignore", "start bastion alice", "authenticate", "end", umask=0o002, extra_groups=[4, 27], preexec_fn=be_poor)
    helper = pwd.getpwnam(accounts.HELPER_USER)
    assert facts(said) == {
        "uid": [f"{helper.pw_uid} {helper.pw_uid} {helper.pw_uid}"],
        "gid": [f"{helper.pw_gid} {helper.pw_gid} {helper.pw_gid}"],
        "groups": ["0"],
        "argument": ["0 login-helper"],
        "descriptor": ["0 null", "1 null", "2 null", "3 socket", f"4 inode {orders.stat().st_ino}"],
        "core": ["0 0"],
        "fsize": ["0 0"],
        **{name: [" ".join([str(helpers if may_raise_limits() else hosts)] * 2)] for name, (_, hosts, helpers) in LIMITS.items()},
        "umask": ["077"],
        "cwd": ["/"],
        "no_new_privs": ["1"],
        "dumpable": ["0"],
        "death_signal": ["9"],
        "leads_session": ["1"],
    }


def test_helper_of_an_ordinary_user_runs_as_he_does(build, folder, log):
    his = folder / "alice"
    his.mkdir(mode=0o755)
    host = Host(build, his, log, owner="alice")
    for path in (his, host.services):
        shutil.chown(path, "alice")
    host.service(orders=after_hello("report", "wait-frame", send(acceptance())))
    said = host.run("descriptors 3", "start bastion alice", "authenticate", "open_session", "environment", "end", **as_user("alice"))
    alice = pwd.getpwnam("alice")
    report = facts(said)
    assert report["uid"] == [f"{alice.pw_uid} {alice.pw_uid} {alice.pw_uid}"]
    assert report["gid"] == [f"{alice.pw_gid} {alice.pw_gid} {alice.pw_gid}"]
    assert report["no_new_privs"] == ["1"] and report["death_signal"] == ["9"]
    assert [line.split()[1] for line in report["descriptor"]] == ["null", "null", "null", "socket", "inode"]
    assert said.codes == ["PAM_SUCCESS"] * 2 and len(said.published) == 6


def test_host_without_standard_descriptors_starts_the_helper_all_the_same(host):
    """Socket, configuration and program then have the very numbers at which the helper is to find something else."""
    host.service(orders=after_hello("report", "wait-frame", send(acceptance())))
    said = host.run("daemon", "remember", "start bastion alice", "authenticate", "open_session", "end", "compare", "children")
    assert said.codes == ["PAM_SUCCESS"] * 2
    assert facts(said)["descriptor"][:4] == ["0 null", "1 null", "2 null", "3 socket"] and len(facts(said)["descriptor"]) == 5
    assert said.changed() == []


def test_program_that_the_host_executes_meanwhile_holds_nothing_of_ours(host):
    host.service(orders=GOOD)
    said = host.run("at-prompt descriptors", *TRANSACTION)
    assert said.codes[0] == "PAM_SUCCESS" and said.all("inherited") == []


# What the host keeps.

HOSTS = {
    "that-counts-children": ["handler"],
    "that-reaps-in-its-handler": ["reaping-handler"],
    "that-ignores-sigchld": ["ignore"],
    "that-wants-no-zombies": ["no-wait"],
    "that-blocks-sigchld": ["handler", "block"],
    "with-descriptors": ["descriptors 40"],
    "with-a-thread": ["thread quiet", "handler"],
    "with-defaults": [],
}


@pytest.mark.parametrize("orders, code", [(GOOD, "PAM_SUCCESS"), (KILLED, "PAM_SYSTEM_ERR")], ids=["helper-that-ends", "helper-that-is-killed"])
@pytest.mark.parametrize("preparation", HOSTS.values(), ids=HOSTS.keys())
def test_host_is_as_it_was(host, preparation, orders, code):
    host.service(orders=orders if code == "PAM_SUCCESS" else after_hello(send(ask()), "wait-frame", "close", "sleep"))
    said = host.run(*preparation, "remember", *TRANSACTION, *TRANSACTION, "compare", "calls", "children", umask=0o027)
    assert said.all("authenticate") == [code] * 2
    assert said.changed() == []
    assert said.all("calls") == ["0"]
    assert said.all("children") == ["none"]


@pytest.mark.parametrize("preparation, calls", [(["handler"], "1"), (["thread quiet", "handler"], "1")], ids=["alone", "with-a-thread"])
def test_host_hears_of_its_own_child_that_died_meanwhile(host, preparation, calls):
    host.service(orders=GOOD)
    said = host.run(*preparation, "at-prompt child", *TRANSACTION, "calls", "children")
    assert said.all("authenticate") == ["PAM_SUCCESS"]
    assert said.all("calls") == [calls]
    assert said.all("child") == ["own"]
    assert said.all("children") == ["none"]


def test_host_that_reaps_gets_its_own_child_only(host):
    host.service(orders=GOOD)
    said = host.run("reaping-handler", "at-prompt child", *TRANSACTION, "calls", "children")
    assert said.all("authenticate") == ["PAM_SUCCESS"]
    assert (said.all("calls"), said.all("reaped"), said.all("child")) == (["1"], ["1"], [])


def test_other_thread_that_reaps_our_helper_changes_nothing(host):
    """There the host's handler may take the helper's end: the verdict counts, not the exit status."""
    host.service(orders=GOOD)
    said = host.run("reaping-handler", "thread", "remember", *TRANSACTION, "compare", "children")
    assert said.all("authenticate") == ["PAM_SUCCESS"]
    assert said.changed() == []
    assert said.all("child") == [] and said.all("children") == ["none"]


def test_helper_ends_with_a_host_that_is_killed_while_it_works(host):
    host.service(orders=after_hello(send(ask("working")), "wait-frame", "sleep"))
    with host.start() as driver:
        driver.stdin.write(host.script(["start bastion alice", "authenticate", "end"]))
        driver.stdin.close()
        assert driver.stdout.readline() == "start PAM_SUCCESS\n"
        assert driver.stdout.readline() == "prompt-off working\n"
        assert processes.below(driver.pid)
        driver.kill()
    # That the helper is gone is what the fixture nothing_left_behind looks at.


def test_set_uid_host_of_somebody_else_is_refused(host):
    alice, bob = pwd.getpwnam("alice").pw_uid, pwd.getpwnam("bob").pw_uid
    host.service(orders=GOOD)

    def become():
        os.setresuid(alice, bob, bob)

    said = host.run("start bastion alice", "authenticate", "end", preexec_fn=become)
    assert_set_uid_is_refused(said)


def test_set_gid_host_is_refused(host):
    alice = pwd.getpwnam("alice")
    host.service(orders=GOOD)

    def become():
        os.setresgid(alice.pw_gid, 4, 4)
        os.setresuid(alice.pw_uid, alice.pw_uid, alice.pw_uid)

    assert_set_uid_is_refused(host.run("start bastion alice", "authenticate", "end", preexec_fn=become))


def assert_set_uid_is_refused(said):
    assert said.codes == ["PAM_SYSTEM_ERR"]
    assert said.audit[0]["what"] == "the host runs set-uid to a user who is not root"
    assert said.all("error") == [WORDS_SYSTEM]


# Hosts with logins on several threads at a time: each has its own handle, user and helper.

ON_THREADS = ["alice", "bob", "mallory", "alice", "refused", "bob"] * 4
KEYS = {"alice": "ASIAALICEALICEALICEA", "bob": "ASIABOBBOBBOBBOBBOBB"}
CODES = {"alice": ["PAM_SUCCESS"] * 2, "bob": ["PAM_SUCCESS"] * 2, "mallory": ["PAM_USER_UNKNOWN", "PAM_SUCCESS"],
         "refused": ["PAM_AUTH_ERR", "PAM_SUCCESS"]}


@pytest.mark.parametrize("preparation", HOSTS.values(), ids=HOSTS.keys())
def test_logins_at_a_time_get_their_own_verdicts(host, preparation):
    accounts.add_user("refused")
    for name in set(ON_THREADS):
        verdict = acceptance(name, key_id=KEYS[name]) if name in KEYS else refusal()
        host.service(name, orders=after_hello(send(ask()), "wait-frame", send(verdict)))
    orders = [f"at-once {' '.join(ON_THREADS)}"] * 3
    said = host.run(*preparation, "remember", *orders, "compare", "children")
    assert said.all("mask-of-thread") == ["same"] * len(ON_THREADS) * 3
    assert said.codes == [code for name in ON_THREADS for code in CODES[name]] * 3
    keys = [text for text in said.all("env") if text.startswith("AWS_ACCESS_KEY_ID=")]
    assert keys == [f"AWS_ACCESS_KEY_ID={KEYS[name]}" for name in ON_THREADS if name in KEYS] * 3
    assert sorted(line["user"] for line in said.audit) == sorted(ON_THREADS * 3)
    assert all((line["result"] == "accepted") == (line["user"] in KEYS) for line in said.audit)
    assert said.changed() == [] and said.all("child") == [] and said.all("children") == ["none"]


def test_end_of_a_child_does_not_interrupt_the_line_in_the_log(host, tmp_path):
    """libc's syslog() tries twice; a host with many children would lose lines."""
    calls = tmp_path / "calls"
    host.service(orders=GOOD)
    said = host.run("handler", *TRANSACTION, wrapper=["strace", "-s", "200", "-o", calls, "-e", "trace=rt_sigprocmask,sendto", "-e", "signal=none"])
    assert said.codes[0] == "PAM_SUCCESS" and len(said.audit) == 1
    lines = calls.read_text(encoding="utf-8").splitlines()
    number = next(number for number, line in enumerate(lines) if line.startswith("sendto(") and "pam_aws_oidc(" in line)
    assert lines[number - 1].startswith("rt_sigprocmask(SIG_BLOCK, [CHLD], ") and lines[number + 1].startswith("rt_sigprocmask(SIG_SETMASK, ")
