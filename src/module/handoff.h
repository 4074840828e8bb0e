/*
 * handoff - carries credentials from authenticate to open_session.
 *
 * sshd may authenticate in a forked child, of which nothing comes home but the
 * PAM environment. So the credentials travel in one variable of it, bound to
 * the user, the service, and a number that this process drew when it loaded the
 * module, before any fork. Whoever else writes that variable does not know the
 * number. SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODULE_HANDOFF_H
#define MODULE_HANDOFF_H

#include <stdbool.h>

#include <security/pam_modules.h>

#include "base/fault.h"
#include "model/outcome.h"

/* The variable. It is gone before the session sees its environment. */
#define HANDOFF_VARIABLE "PAM_AWS_OIDC_HANDOFF"

/* What open_session needs of an accepted attempt. */
struct handoff {
    char role[AUDIT_VALUE_SIZE]; /* for the words to the user */
    char region[ENDPOINT_MAX_REGION + 1];
    struct credentials credentials;
};

/* Whether there was something in the variable. */
enum handoff_found {
    HANDOFF_BAD = -1, /* something that is not ours: the fault says what */
    HANDOFF_NONE = 0,
    HANDOFF_TAKEN = 1,
};

/*
 * Overwrite what an earlier attempt, or somebody else, left. With an empty
 * value, because sshd does not carry a deletion home. Gives 0, or -1 and the
 * fault.
 */
int handoff_forget(pam_handle_t *pamh, struct fault *fault);

/* Store an accepted attempt. Gives 0, or -1 and the fault. */
int handoff_store(pam_handle_t *pamh, const struct outcome *outcome,
                  struct fault *fault);

/* Delete the variable unread. Gives whether anything was in it. */
bool handoff_drop(pam_handle_t *pamh);

/*
 * Take out what was stored, and delete the variable. Only the whole of what
 * this process stored for the user and service that PAM names now is taken.
 */
enum handoff_found handoff_take(pam_handle_t *pamh, struct handoff *handoff,
                                struct fault *fault);

/* Wipe and free. */
void handoff_clear(struct handoff *handoff);

#endif
