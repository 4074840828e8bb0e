/*
 * login - the story of a login, from the question to the outcome.
 *
 * Everything that decides who gets in is named here, in the order in which it
 * happens. Runs in the helper, without privileges.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LOGIN_LOGIN_H
#define LOGIN_LOGIN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/fault.h"
#include "base/secret.h"
#include "model/outcome.h"

/* Who asks the user. A question is put first and answered later, so that the
   time until the answer can be used. */
struct asker {
    /* Put a question. Gives 0, or -1 and the fault. */
    int (*ask)(void *self, const char *question, struct fault *fault);
    /* Wait for the answer. Gives 0 and the answer; or -1 and the fault. */
    int (*answer)(void *self, struct secret *answer, struct fault *fault);
    void *self;
    int watched; /* speaks up when whoever asks goes away; -1 for nothing */
};

/* Who logs in, and by which configuration. */
struct login_request {
    const char *user; /* "" for one who is refused whatever he answers */
    uid_t uid;
    gid_t gid;                      /* his primary group */
    int configuration;              /* descriptor */
    const char *configuration_path; /* for messages */
    const struct secret *presented; /* a token that is there already, or "" */
    bool may_ask;                   /* whether there may be questions */
    /*
     * Gives up what only the look-up of groups needs. Called once, before the
     * token is taken. Gives 0, or -1: the login must not go on.
     */
    int (*confine)(void);
};

/*
 * Go through a login.
 *
 * Gives:  the outcome, a refusal unless every check was passed; the caller
 *         clears it.
 * Keeps:  nothing.
 * Waits:  for the answer, for the host's name services where a rule names a
 *         group, and sts.timeout of the configuration.
 */
void login_run(const struct login_request *request, const struct asker *asker,
               struct outcome *outcome);

#endif
