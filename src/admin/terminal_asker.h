/*
 * terminal_asker - asks whoever sits at the terminal.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_TERMINAL_ASKER_H
#define ADMIN_TERMINAL_ASKER_H

#include <signal.h>
#include <stdbool.h>
#include <termios.h>

#include "login/login.h"

/* Bytes of an answer; what is longer than STS takes is refused later. */
#define TERMINAL_MAX_ANSWER 32768

/* The terminal; a zeroed one was not used yet. */
struct terminal {
    int fd;
    bool is_open;
    struct termios before; /* how it was found */
    sigset_t signals;      /* that were blocked then */
    int signal;            /* descriptor; speaks of those that wait */
};

/*
 * An asker on the process's controlling terminal, whatever standard input and
 * output are. What is typed is not shown. A line may be longer than the 4,095
 * bytes of which terminals usually keep one, so the erase and kill characters
 * are served here. The terminal is as it was found when a question is answered,
 * or the process is told to end meanwhile.
 *
 * No terminal, and an answer that was broken off with the interrupt character,
 * are REASON_CONVERSATION.
 */
struct asker terminal_asker(struct terminal *terminal);

/* Give the terminal back, should a question be unanswered. */
void terminal_close(struct terminal *terminal);

#endif
