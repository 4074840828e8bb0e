/*
 * pam_sm - what libpam calls: the six hooks of the module, as stories.
 *
 * Linux-PAM Module Writers' Guide, 3. Nothing else is exported.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>

#include <security/pam_modules.h>

#include "model/arguments.h"
#include "model/timestamp.h"
#include "module/attempt.h"
#include "module/audit.h"
#include "module/conversation.h"
#include "module/handoff.h"
#include "module/item.h"
#include "module/session_environment.h"

#define EXPORTED __attribute__((visibility("default")))

/* Whether the line serves the service that PAM names. */
static bool
is_served(pam_handle_t *pamh, const struct arguments *arguments)
{
    return arguments_serve(arguments, item_of(pamh, PAM_SERVICE));
}

/* Whether the host wants nothing said to the user. */
static bool
is_silent(int flags)
{
    return ((unsigned int) flags & PAM_SILENT) != 0;
}

/* Check the token that the user presents, and get credentials for it. */
EXPORTED int
pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct arguments arguments;
    struct fault fault = {0};

    if (arguments_read(&arguments, argc, argv, &fault) == 0
        && !is_served(pamh, &arguments))
        return attempt_ignore(pamh);
    return attempt_run(pamh, &arguments, &fault, is_silent(flags));
}

/*
 * There are no credentials of the process to set. Success always: sshd calls
 * it up to three times, in two processes, also for users who came in without
 * us, and libpam fails a login where this hook ignores what authenticate did.
 */
EXPORTED int
pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void) pamh;
    (void) flags;
    (void) argc;
    (void) argv;
    return PAM_SUCCESS;
}

/* Accounts are for other modules. */
EXPORTED int
pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void) pamh;
    (void) flags;
    (void) argc;
    (void) argv;
    return PAM_IGNORE;
}

/* Tell who just came in which role he has, and how long. */
static void
tell_role(pam_handle_t *pamh, const struct handoff *handoff)
{
    char words[AUDIT_VALUE_SIZE + 64];
    char expiration[TIMESTAMP_SIZE];

    timestamp_format(handoff->credentials.expiration, expiration);
    snprintf(words, sizeof words, "AWS role %s until %s.", handoff->role,
             expiration);
    conversation_tell(pamh, false, words);
}

/* Fail a session that was promised credentials and cannot have them. */
static int
refuse_session(pam_handle_t *pamh, const struct fault *fault, bool silent)
{
    audit_session(pamh, fault);
    if (!silent)
        conversation_tell(pamh, true,
                          "Your session cannot have its AWS credentials.");
    return PAM_SESSION_ERR;
}

/* Publish the credentials that authenticate handed off, if it did. */
EXPORTED int
pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct arguments arguments;
    struct handoff handoff = {0};
    struct fault fault = {0};
    bool silent = is_silent(flags);
    enum handoff_found found;
    int code = PAM_SESSION_ERR;

    session_environment_change_user(pamh);
    if (arguments_read(&arguments, argc, argv, &fault) < 0) {
        handoff_drop(pamh);
        return refuse_session(pamh, &fault, silent);
    }
    if (!is_served(pamh, &arguments)) {
        handoff_drop(pamh);
        return PAM_SUCCESS;
    }
    if (!session_environment_is_earned(pamh)) {
        if (handoff_drop(pamh)) {
            fault_raise(&fault, REASON_OK,
                        "the token was good, but the user came in without it");
            audit_session(pamh, &fault);
        }
        return PAM_SUCCESS;
    }
    found = handoff_take(pamh, &handoff, &fault);
    if (found == HANDOFF_NONE)
        return PAM_SUCCESS;
    if (found == HANDOFF_BAD
        || session_environment_publish(pamh, &handoff, &fault) < 0) {
        code = refuse_session(pamh, &fault, silent);
        goto out;
    }
    if (!silent)
        tell_role(pamh, &handoff);
    code = PAM_SUCCESS;

out:
    handoff_clear(&handoff);
    return code;
}

/* Take the credentials out of the environment again, published or not. */
EXPORTED int
pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void) flags;
    (void) argc;
    (void) argv;
    session_environment_withdraw(pamh);
    handoff_drop(pamh);
    return PAM_SUCCESS;
}

/* A token is not a password that could be changed here. */
EXPORTED int
pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void) pamh;
    (void) flags;
    (void) argc;
    (void) argv;
    return PAM_IGNORE;
}
