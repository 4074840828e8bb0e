/*
 * sandbox - what the helper gives up before it reads a byte of the user's.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HELPER_SANDBOX_H
#define HELPER_SANDBOX_H

/*
 * The first thing that the helper does: refuse to be root, and arm again what
 * exec or a change of security domain may have cleared: no core, no new
 * privileges, death with the parent, a limit of memory.
 *
 * Gives 0, or -1: the process must end.
 */
int sandbox_prepare(void);

/*
 * Refuse from now on the system calls that a login never needs: programs,
 * processes, other processes' memory, signals to them, changes to files,
 * sockets that listen.
 *
 * Gives 0, or -1: the login must not go on.
 */
int sandbox_enter(void);

#endif
