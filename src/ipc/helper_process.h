/*
 * helper_process - start the login helper, and end it.
 *
 * The only fork of the project, inside somebody else's process: the host's
 * signal dispositions, descriptors and threads are left as they are, and its
 * SIGCHLD handler hears nothing of our child, as long as no other thread of
 * the host takes the signal. SPDX-License-Identifier: Apache-2.0
 */
#ifndef IPC_HELPER_PROCESS_H
#define IPC_HELPER_PROCESS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/fault.h"

/* The descriptors that the helper is born with, beside /dev/null as 0 to 2. */
#define HELPER_PROCESS_SOCKET        3
#define HELPER_PROCESS_CONFIGURATION 4

/* Milliseconds for the helper to end once its socket is closed. */
#define HELPER_PROCESS_GRACE 250

/* What is started. */
struct helper_program {
    int program;       /* descriptor for fexecve() */
    int configuration; /* descriptor, readable */
    bool change_user;  /* whether to become this user: where we are root */
    uid_t uid;
    gid_t gid;
};

/* A helper that runs. */
struct helper_process {
    pid_t pid;
    int pidfd;
    int socket;      /* our end of the pair */
    sigset_t before; /* the thread's signal mask, to be restored */
};

/*
 * Start the helper: a child of its own session, without core dumps, files to
 * write, privileges to gain or environment, that is killed when the calling
 * thread ends, and holds the two descriptors above and no other.
 *
 * Gives:  0, and the process must be ended with helper_process_end by the same
 *         thread; until then SIGCHLD is blocked in it. Or -1 and the fault,
 *         and nothing is left.
 * Keeps:  nothing of the program; its descriptors stay the caller's.
 */
int helper_process_start(const struct helper_program *program,
                         struct helper_process *process, struct fault *fault);

/*
 * End the helper: close the socket, wait for it to end by itself, then kill
 * it; reap it if nobody else did. A SIGCHLD that is due to it is taken back,
 * one that is due to a child of the host is left pending.
 *
 * How it ended, where that was by itself and not well, is put in front of a
 * raised fault.
 *
 * Waits: HELPER_PROCESS_GRACE, and for the kernel to end a killed process.
 */
void helper_process_end(struct helper_process *process, struct fault *fault);

#endif
