/*
 * sandbox - what the helper gives up before it reads a byte of the user's.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "helper/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <seccomp.h>

/*
 * Bytes of memory to write to: what a server may make libcurl keep before its
 * time is up. A login takes some 15 MiB, 10 more where all certificates of the
 * system are loaded. AddressSanitizer needs terabytes, of addresses.
 */
#ifdef __SANITIZE_ADDRESS__
#    define MAX_MEMORY RLIM_INFINITY
#else
#    define MAX_MEMORY ((rlim_t) 128 * 1024 * 1024)
#endif

/* Of Linux 6.6, of one number everywhere; libseccomp 2.5 has no name for it. */
#define FCHMODAT2 452

/*
 * A list of what is refused, not of what is allowed: what libcurl, OpenSSL and
 * the resolver of a later release call for must not lock everybody out. What
 * kills a compromised helper's plans is refused with EPERM.
 */
static const int refused[] = {
    /* programs and processes */
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(kill),
    SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(rt_tgsigqueueinfo),
    SCMP_SYS(tkill),
    SCMP_SYS(setpriority),
    SCMP_SYS(ioprio_set),
    SCMP_SYS(sched_setaffinity),
    SCMP_SYS(sched_setattr),
    SCMP_SYS(sched_setparam),
    SCMP_SYS(sched_setscheduler),
    /* what outlives a process without being a file */
    SCMP_SYS(mq_open),
    SCMP_SYS(mq_unlink),
    SCMP_SYS(msgget),
    SCMP_SYS(semget),
    SCMP_SYS(shmget),
    SCMP_SYS(memfd_create),
    SCMP_SYS(memfd_secret),
    /* changes to files */
    SCMP_SYS(creat),
    SCMP_SYS(truncate),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(symlink),
    SCMP_SYS(symlinkat),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(chown),
    SCMP_SYS(fchown),
    SCMP_SYS(lchown),
    SCMP_SYS(fchownat),
    SCMP_SYS(setxattr),
    SCMP_SYS(lsetxattr),
    SCMP_SYS(fsetxattr),
    SCMP_SYS(removexattr),
    SCMP_SYS(lremovexattr),
    SCMP_SYS(fremovexattr),
    SCMP_SYS(utime),
    SCMP_SYS(utimes),
    SCMP_SYS(futimesat),
    SCMP_SYS(utimensat),
    FCHMODAT2,
    /* servers; binding also makes a socket's file */
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    /* the machine */
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(bpf),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(swapon),
    SCMP_SYS(reboot),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
};

/* Flags of open() that can change a file. */
static const unsigned int writing[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC};

/* Refuse each call of the list, whatever its arguments. */
static bool
refuse_calls(scmp_filter_ctx filter)
{
    size_t i;

    for (i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0) < 0)
            return false;
    }
    return true;
}

/* Refuse a call where an argument is of a kind. */
static bool
refuse_where(scmp_filter_ctx filter, int call, struct scmp_arg_cmp argument)
{
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 1, argument)
           == 0;
}

/*
 * Refuse a call where an argument that the kernel takes for an int has a value.
 * The kernel drops the upper half of the register, so that must not be looked
 * at: with one bit set there the value would be another for the filter only.
 */
static bool
refuse_value(scmp_filter_ctx filter, int call, unsigned int argument,
             unsigned int value)
{
    return refuse_where(filter, call,
                        SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, UINT32_MAX,
                                   value));
}

/* Refuse to open a file for anything but reading. */
static bool
refuse_writing(scmp_filter_ctx filter)
{
    size_t i;

    for (i = 0; i < sizeof writing / sizeof writing[0]; i++) {
        if (!refuse_where(filter, SCMP_SYS(open),
                          SCMP_A1(SCMP_CMP_MASKED_EQ, writing[i], writing[i]))
            || !refuse_where(filter, SCMP_SYS(openat),
                             SCMP_A2(SCMP_CMP_MASKED_EQ, writing[i],
                                     writing[i])))
            return false;
    }
    return true;
}

/* Refuse memory that the limit of data does not count. */
static bool
refuse_shared_memory(scmp_filter_ctx filter)
{
    const scmp_datum_t shared = MAP_SHARED | MAP_ANONYMOUS;

    return refuse_where(filter, SCMP_SYS(mmap),
                        SCMP_A3(SCMP_CMP_MASKED_EQ, shared, shared));
}

/* Have a call seem not to exist, where a filter cannot see its arguments. */
static bool
hide(scmp_filter_ctx filter, int call)
{
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0) == 0;
}

/*
 * Refuse a clone that is a process: threads, which the resolver starts, share
 * their memory. glibc uses clone where the kernel seems not to have clone3.
 */
static bool
refuse_processes(scmp_filter_ctx filter)
{
    return refuse_where(filter, SCMP_SYS(clone),
                        SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
}

/*
 * Refuse to reach other processes by calls that we need for ourselves: abort()
 * is a tgkill, and setrlimit() a prlimit64 of process 0.
 */
static bool
refuse_neighbours(scmp_filter_ctx filter)
{
    return refuse_where(filter, SCMP_SYS(tgkill),
                        SCMP_A0(SCMP_CMP_NE, (scmp_datum_t) getpid(), 0))
           && refuse_where(filter, SCMP_SYS(prlimit64),
                           SCMP_A0(SCMP_CMP_NE, 0, 0));
}

/* Refuse to outlive the parent, or to be looked into, after all. */
static bool
refuse_disarming(scmp_filter_ctx filter)
{
    return refuse_value(filter, SCMP_SYS(prctl), 0, PR_SET_PDEATHSIG)
           && refuse_value(filter, SCMP_SYS(prctl), 0, PR_SET_DUMPABLE);
}

/*
 * Refuse to have the kernel send signals to others when a descriptor is ready.
 */
static bool
refuse_signals_by_descriptor(scmp_filter_ctx filter)
{
    return refuse_value(filter, SCMP_SYS(fcntl), 1, F_SETOWN)
           && refuse_value(filter, SCMP_SYS(fcntl), 1, F_SETOWN_EX)
           && refuse_value(filter, SCMP_SYS(fcntl), 1, F_SETSIG)
           && refuse_value(filter, SCMP_SYS(ioctl), 1, FIOSETOWN)
           && refuse_value(filter, SCMP_SYS(ioctl), 1, SIOCSPGRP);
}

int
sandbox_enter(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int result = -1;

    if (filter == NULL)
        return -1;
    if (refuse_calls(filter) && refuse_writing(filter)
        && refuse_shared_memory(filter) && hide(filter, SCMP_SYS(openat2))
        && refuse_processes(filter) && hide(filter, SCMP_SYS(clone3))
        && refuse_neighbours(filter) && refuse_disarming(filter)
        && refuse_signals_by_descriptor(filter) && seccomp_load(filter) == 0)
        result = 0;
    seccomp_release(filter);
    return result;
}

int
sandbox_prepare(void)
{
    static const struct rlimit none = {0, 0};
    static const struct rlimit memory = {MAX_MEMORY, MAX_MEMORY};

    if (getuid() == 0 || geteuid() == 0)
        return -1;
    if (setrlimit(RLIMIT_CORE, &none) < 0 || setrlimit(RLIMIT_DATA, &memory) < 0
        || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0
        || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0
        || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -1;
    return 0;
}
