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
#include "base/text_list.h"
#include "login/login_files.h"
#include "model/outcome.h"
#include "model/provider.h"
#include "model/role_session.h"
#include "model/rule.h"
#include "model/token.h"
#include "parse/configuration.h"

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
    const struct secret *presented; /* a token that is there already, or "";
                                       NULL, to examine a login without one */
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

/* The steps of a login, in the order in which it takes them. */
enum login_step {
    LOGIN_STEP_ASK,
    LOGIN_STEP_CONFIGURATION,
    LOGIN_STEP_GROUPS,
    LOGIN_STEP_CONFINE,
    LOGIN_STEP_TRUST,
    LOGIN_STEP_ANSWER,
    LOGIN_STEP_ACCESS_TOKEN,
    LOGIN_STEP_TOKEN,
    LOGIN_STEP_PROVIDER,
    LOGIN_STEP_AUDIENCE,
    LOGIN_STEP_TIME,
    LOGIN_STEP_USER,
    LOGIN_STEP_RULE,
    LOGIN_STEP_ROLE_SESSION,
    LOGIN_STEP_STS,
    LOGIN_STEP_RESPONSE,
    LOGIN_STEP_IDENTITY,
    LOGIN_STEP_COUNT
};

/* What is known behind a step; what is not known is NULL, 0, or empty. */
struct login_view {
    const struct login_files *files;
    const struct configuration *configuration;
    const struct text_list *groups; /* of the rules', those the user is in */
    const struct provider *provider;
    const struct token *token; /* NULL also for an access token */
    size_t token_length;       /* characters */
    const struct rule *rule;
    const struct role_session *session;
};

/* Who looks on while a login is examined. */
struct login_observer {
    /* See a step that was taken; the fault is NULL where it passed. */
    void (*see)(void *self, enum login_step step, const struct login_view *view,
                const struct fault *fault);
    void *self;
};

/*
 * Go through what can be known of a login without STS: nobody is asked, nothing
 * is sent, and nobody is let in. A step that refuses does not stop those that
 * need nothing of it; a login ends with the first of them. Whose an ID token is
 * counts as it says itself, which nobody has verified. Whose an access token is
 * STS alone can say: that step passes, and nothing was looked at.
 */
void login_examine(const struct login_request *request,
                   const struct login_observer *observer);

#endif
