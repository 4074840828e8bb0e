/*
 * dialogue - the module's side of a login.
 *
 * The helper asks, the host's user answers, until the helper gives its verdict
 * and ends. SPDX-License-Identifier: Apache-2.0
 */
#ifndef IPC_DIALOGUE_H
#define IPC_DIALOGUE_H

#include "base/fault.h"
#include "base/secret.h"
#include "ipc/message.h"
#include "model/outcome.h"

/* Questions of one login; a token of 20,000 characters comes in 20 parts. */
#define DIALOGUE_MAX_QUESTIONS 64

/*
 * Milliseconds for which the helper may be silent while no question is open.
 * More than the longest timeout of the configuration (60 s), less than sshd's
 * LoginGraceTime (120 s).
 */
#define DIALOGUE_MAX_SILENCE 75000

/* Milliseconds after the verdict until the helper must have ended. */
#define DIALOGUE_MAX_GOODBYE 2000

/* Who puts the helper's questions to the user. */
struct dialogue_host {
    /*
     * Put one question. Gives 0 and the answer, an empty one where the user
     * gave none; or -1 and the fault.
     */
    int (*converse)(void *self, const struct question *question,
                    struct secret *answer, struct fault *fault);
    void *self;
};

/*
 * Go through the whole dialogue on a socket.
 *
 * Gives:  0, and the outcome is what the helper's verdict says; nothing of it
 *         was checked beyond its form. Or -1 and the fault: the helper ended
 *         early, was silent, spoke out of turn, asked too much.
 * Waits:  DIALOGUE_MAX_SILENCE for each frame, and for the user.
 */
int dialogue_run(int socket, const struct hello *hello,
                 const struct dialogue_host *host, struct outcome *outcome,
                 struct fault *fault);

#endif
