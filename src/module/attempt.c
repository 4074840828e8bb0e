/*
 * attempt - one attempt to log in with a token.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "module/attempt.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/trusted_file.h"
#include "ipc/dialogue.h"
#include "ipc/helper_process.h"
#include "module/audit.h"
#include "module/conversation.h"
#include "module/handoff.h"
#include "module/local_user.h"
#include "module/verdict.h"

#define MILLISECONDS              1000
#define NANOSECONDS_A_MILLISECOND 1000000

/* Milliseconds of the monotonic clock; only differences mean something. */
static int64_t
milliseconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t) now.tv_sec * MILLISECONDS
           + now.tv_nsec / NANOSECONDS_A_MILLISECOND;
}

/* Puts the helper's questions to the user, and knows how long he took. */
struct relay {
    pam_handle_t *pamh;
    int64_t waited; /* milliseconds; not counted as the attempt's own time */
};

/* Put one question of the dialogue to the user. */
static int
relay_question(void *self, const struct question *question,
               struct secret *answer, struct fault *fault)
{
    struct relay *relay = self;
    int64_t asked = milliseconds_now();
    int result = conversation_ask(relay->pamh, question, answer, fault);

    relay->waited += milliseconds_now() - asked;
    return result;
}

/*
 * Open the helper and the configuration. As root they must be root's, and the
 * helper gets a user of its own; anybody else may also use files of his own,
 * and the helper runs as he does.
 */
static int
open_program(pam_handle_t *pamh, const struct arguments *arguments,
             struct helper_program *program, struct fault *fault)
{
    uid_t owner = geteuid();

    if (owner != 0 && (getuid() != owner || getgid() != getegid())) {
        fault_raise(fault, REASON_SYSTEM,
                    "the host runs set-uid to a user who is not root");
        return -1;
    }
    program->change_user = owner == 0;
    if (program->change_user
        && local_user_of_helper(pamh, &program->uid, &program->gid, fault) < 0)
        return -1;
    program->program =
        trusted_file_open(arguments->helper, owner, TRUSTED_FILE_EXECUTE,
                          REASON_HELPER_MISSING, fault);
    if (program->program < 0)
        return -1;
    program->configuration =
        trusted_file_open(arguments->configuration, owner, TRUSTED_FILE_READ,
                          REASON_CONFIG, fault);
    return program->configuration < 0 ? -1 : 0;
}

/* Take what the user presented to a module before ours, where we may. */
static int
take_first_pass(pam_handle_t *pamh, const struct arguments *arguments,
                struct hello *hello, struct fault *fault)
{
    const void *presented = NULL;
    size_t length;

    hello->may_ask = !arguments->use_first_pass;
    if (!arguments->use_first_pass && !arguments->try_first_pass)
        return 0;
    if (pam_get_item(pamh, PAM_AUTHTOK, &presented) != PAM_SUCCESS
        || presented == NULL)
        return 0;
    length = strnlen(presented, MESSAGE_MAX_ANSWER);
    if (secret_append(&hello->answer, presented, length) < 0) {
        fault_raise(fault, REASON_MEMORY, "no memory for PAM_AUTHTOK");
        return -1;
    }
    return 0;
}

/* Start the helper, relay its questions, get its verdict, end it. */
static int
consult_helper(struct relay *relay, const struct arguments *arguments,
               const struct local_user *user, struct outcome *outcome,
               struct fault *fault)
{
    struct dialogue_host host = {.converse = relay_question, .self = relay};
    struct helper_program program = {.program = -1, .configuration = -1};
    struct helper_process process;
    struct hello hello = {.uid = user->uid, .gid = user->gid};
    int result = -1;

    memcpy(hello.user, user->name, sizeof hello.user);
    snprintf(hello.configuration, sizeof hello.configuration, "%s",
             arguments->configuration);
    if (open_program(relay->pamh, arguments, &program, fault) < 0
        || take_first_pass(relay->pamh, arguments, &hello, fault) < 0
        || helper_process_start(&program, &process, fault) < 0)
        goto out;
    result = dialogue_run(process.socket, &hello, &host, outcome, fault);
    helper_process_end(&process, fault);

out:
    if (program.program >= 0)
        close(program.program);
    if (program.configuration >= 0)
        close(program.configuration);
    message_clear_hello(&hello);
    return result;
}

/* Whether a verdict says that this host is broken, whoever asks. */
static bool
is_about_the_host(enum reason reason)
{
    return reason == REASON_SYSTEM || reason == REASON_MEMORY
           || reason == REASON_CONFIG;
}

/*
 * The way from a refusal to acceptance.
 *
 * A user whom we refuse ourselves is asked all the same, and reads what others
 * read who give such an answer: nothing that he sees tells who exists. Only
 * the audit line and the PAM code say more.
 */
static int
decide(struct relay *relay, const struct arguments *arguments,
       struct outcome *outcome, struct fault *fault)
{
    struct local_user user;
    struct fault refusal = {0};

    local_user_read(relay->pamh, &user, &refusal);
    if (consult_helper(relay, arguments, &user, outcome, fault) < 0)
        return -1;
    if (refusal.raised && !is_about_the_host(outcome->reason)) {
        fault_set_words(&refusal, "%s", outcome->words);
        *fault = refusal;
        return -1;
    }
    if (verdict_check(outcome, &user, time(NULL), fault) < 0)
        return -1;
    return handoff_store(relay->pamh, outcome, fault);
}

int
attempt_run(pam_handle_t *pamh, const struct arguments *arguments,
            struct fault *fault, bool silent)
{
    struct relay relay = {.pamh = pamh};
    struct outcome outcome = {0};
    int64_t began = milliseconds_now();
    int code;

    if (handoff_forget(pamh, fault) < 0 || fault->raised
        || decide(&relay, arguments, &outcome, fault) < 0)
        outcome_refuse(&outcome, fault);
    code = verdict_pam_code(outcome.reason);
    audit_attempt(pamh, &outcome,
                  (int) (milliseconds_now() - began - relay.waited));
    if (outcome.reason != REASON_OK && !silent)
        conversation_tell(pamh, true, outcome.words);
    outcome_clear(&outcome);
    return code;
}

int
attempt_ignore(pam_handle_t *pamh)
{
    struct outcome outcome = {.reason = REASON_SERVICE_NOT_SERVED};

    audit_attempt(pamh, &outcome, 0);
    return verdict_pam_code(outcome.reason);
}
