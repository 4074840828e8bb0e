/*
 * sts - ask STS for a role session's credentials.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "login/sts.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "model/endpoint.h"
#include "model/sts_error.h"

#define MILLISECONDS 1000

/*
 * Seconds that a session lasts where none are asked for: a session that was to
 * be shorter must not become longer. Source: as sts_parameters.def's.
 */
#define DEFAULT_DURATION 3600

/* Characters in a row that are no chance: so many are of the token. */
#define TELLTALE_LENGTH 16

/*
 * Seconds of the longest pause before the next request. It is a random part of
 * 1, 2, 4, … seconds. Source: the standard mode of the AWS SDKs.
 */
#define MAX_PAUSE 20

/* All requests for one role session. */
struct effort {
    const struct sts *sts;
    const char *url;
    const struct secret *token;
    struct role_session session; /* as it is asked for next */
    struct deadline deadline;
    int requests;    /* that were made */
    int left;        /* of the attempts */
    bool saw_no_key; /* STS could not retrieve the key once already */
};

/* Give a parameter to the writer. */
static int
write_parameter(const struct sts_writer *writer, enum sts_parameter parameter,
                const char *value, struct fault *fault)
{
    return writer->write(writer->self, sts_parameter_name(parameter), value,
                         fault);
}

/* Write the parameters that not every request has. */
static int
write_options(const struct role_session *session,
              const struct sts_writer *writer, struct fault *fault)
{
    char name[48];
    char duration[16];
    size_t i;

    if (session->provider_id != NULL
        && write_parameter(writer, STS_PARAMETER_PROVIDER_ID,
                           session->provider_id, fault)
               < 0)
        return -1;
    for (i = 0; session->policy_arns != NULL && i < session->policy_arns->count;
         i++) {
        snprintf(name, sizeof name, "PolicyArns.member.%zu.arn", i + 1);
        if (writer->write(writer->self, name, session->policy_arns->texts[i],
                          fault)
            < 0)
            return -1;
    }
    if (session->policy != NULL
        && write_parameter(writer, STS_PARAMETER_POLICY, session->policy, fault)
               < 0)
        return -1;
    if (session->duration == 0)
        return 0;
    snprintf(duration, sizeof duration, "%d", session->duration);
    return write_parameter(writer, STS_PARAMETER_DURATION_SECONDS, duration,
                           fault);
}

int
sts_write_parameters(const struct role_session *session, const char *token,
                     const struct sts_writer *writer, struct fault *fault)
{
    if (write_parameter(writer, STS_PARAMETER_ROLE_ARN, session->role_arn,
                        fault)
            < 0
        || write_parameter(writer, STS_PARAMETER_ROLE_SESSION_NAME,
                           session->name, fault)
               < 0
        || write_parameter(writer, STS_PARAMETER_WEB_IDENTITY_TOKEN, token,
                           fault)
               < 0)
        return -1;
    return write_options(session, writer, fault);
}

int
sts_begin_form(struct secret *form, struct fault *fault)
{
    if (https_form_add(form, "Action", "AssumeRoleWithWebIdentity", fault) < 0)
        return -1;
    return https_form_add(form, "Version", "2011-06-15", fault);
}

/* Append a parameter to the form. */
static int
add(void *self, const char *name, const char *value, struct fault *fault)
{
    return https_form_add(self, name, value, fault);
}

/* Write the form that asks. */
static int
write_form(const struct role_session *session, const struct secret *token,
           struct secret *form, struct fault *fault)
{
    const struct sts_writer writer = {.write = add, .self = form};

    if (sts_begin_form(form, fault) < 0)
        return -1;
    return sts_write_parameters(session, secret_text(token), &writer, fault);
}

/* Whether what would be logged of a text quotes any part of a secret. */
static bool
quotes(const char *text, const struct secret *secret)
{
    char part[TELLTALE_LENGTH + 1] = {0};
    size_t length = strnlen(text, AUDIT_VALUE_SIZE);
    size_t i;

    if (secret->length < TELLTALE_LENGTH)
        return secret->length > 0 && strstr(text, secret_text(secret)) != NULL;
    for (i = 0; i + TELLTALE_LENGTH <= length; i++) {
        memcpy(part, text + i, TELLTALE_LENGTH);
        if (strstr(secret_text(secret), part) != NULL)
            return true;
    }
    return false;
}

/*
 * Whether what would be logged of a response quotes any part of a secret. A
 * code of the table is none, though somebody may have written it into a token.
 */
static bool
response_quotes(const struct sts_response *response, const char *header_id,
                const struct secret *secret)
{
    const char *code = response->code;
    const char *const noted[] = {
        header_id,
        code == NULL || sts_error_is_known(code) ? NULL : code,
        response->request_id,
        response->assumed_role_arn,
        response->subject,
        response->source_identity,
        secret_text(&response->credentials.access_key_id)};
    size_t i;

    for (i = 0; i < sizeof noted / sizeof noted[0]; i++) {
        if (noted[i] != NULL && quotes(noted[i], secret))
            return true;
    }
    return false;
}

/*
 * Refuse a response that would bring the token or what is secret of the
 * credentials into the log. A server that quotes what it was sent does so in a
 * message, which is left out; there is no reason for any other field.
 */
static int
check_quotes(const struct sts_response *response, const char *header_id,
             const struct secret *token, struct fault *fault)
{
    const struct credentials *credentials = &response->credentials;

    /* A header that quotes the token is left out, without this. */
    if (!response_quotes(response, NULL, token)
        && !response_quotes(response, header_id,
                            &credentials->secret_access_key)
        && !response_quotes(response, header_id, &credentials->session_token))
        return 0;
    /* Not as if STS were away: that may open another way in. */
    fault_raise(fault, REASON_RESPONSE_MISMATCH,
                "the response of STS quotes a secret where none belongs");
    return -1;
}

/* Raise what an error of STS means; its message is for the administrator. */
static void
raise_error(const struct sts_response *response, long status,
            const struct secret *token, enum sts_retry *retry,
            struct fault *fault)
{
    const char *message = response->message == NULL ? "" : response->message;
    struct sts_meaning meaning =
        sts_error_meaning(response->code, message, status);

    *retry = meaning.retry;
    if (quotes(message, token))
        message = "(a message that quotes the token)";
    fault_raise(fault, meaning.reason, "STS answers %ld %.64s: %.200s", status,
                response->code, message);
}

/* Understand the reply: a success, or the fault that it is. */
static int
read_reply(const struct effort *effort, const struct https_reply *reply,
           struct sts_response *response, enum sts_retry *retry,
           struct fault *fault)
{
    struct outcome *outcome = effort->sts->outcome;
    struct sts_meaning meaning;

    if (sts_response_read(&reply->body, response, fault) < 0) {
        meaning = sts_error_meaning(NULL, NULL, reply->status);
        fault->reason = meaning.reason;
        *retry = meaning.retry;
        /* For libcurl a header that was cut is one without a body. */
        if (reply->status == HTTPS_STATUS_OK && reply->body.length == 0)
            *retry = STS_RETRY_ALWAYS;
        return -1;
    }
    if (check_quotes(response, reply->request_id, effort->token, fault) < 0) {
        outcome_note(outcome, AUDIT_REQUEST_ID, "");
        goto fail;
    }
    outcome_note(outcome, AUDIT_STS_CODE, response->code);
    outcome_note(outcome, AUDIT_REQUEST_ID, response->request_id);
    if (response->code == NULL && reply->status == HTTPS_STATUS_OK)
        return 0;
    if (response->code == NULL)
        fault_raise(fault, REASON_STS_UNREADABLE,
                    "STS answers %ld with a success", reply->status);
    else
        raise_error(response, reply->status, effort->token, retry, fault);

fail:
    sts_response_clear(response);
    return -1;
}

/* Ask once. Where that fails, *retry says whether to ask again. */
static int
ask(struct effort *effort, struct sts_response *response, enum sts_retry *retry,
    struct fault *fault)
{
    const struct sts *sts = effort->sts;
    struct secret form = {0};
    struct https_reply reply = {0};
    struct https_request request = {
        .url = effort->url,
        .form = &form,
        .limit = STS_RESPONSE_MAX_SIZE,
        .deadline = effort->deadline,
        .connect_time = deadline_left(&effort->deadline) / effort->left + 1,
        .watched = sts->watched,
    };
    int result = -1;

    *retry = STS_RETRY_NEVER;
    outcome_note(sts->outcome, AUDIT_STS_CODE, "");
    outcome_note(sts->outcome, AUDIT_REQUEST_ID, "");
    if (write_form(&effort->session, effort->token, &form, fault) < 0)
        goto out;
    effort->requests++;
    effort->left--;
    if (https_send(sts->https, &request, &reply, fault) < 0) {
        if (reply.may_pass)
            *retry = STS_RETRY_ALWAYS;
        goto out;
    }
    if (!quotes(reply.request_id, effort->token))
        outcome_note(sts->outcome, AUDIT_REQUEST_ID, reply.request_id);
    result = read_reply(effort, &reply, response, retry, fault);

out:
    secret_clear(&form);
    secret_clear(&reply.body);
    return result;
}

/* Milliseconds to wait before the next request. */
static int
draw_pause(int requests)
{
    int longest = MAX_PAUSE * MILLISECONDS;
    uint32_t random;

    if (requests <= 5)
        longest = MILLISECONDS << (requests - 1);
    if (getrandom(&random, sizeof random, 0) != (ssize_t) sizeof random)
        return longest;
    return (int) (random % (uint32_t) (longest + 1));
}

/*
 * Wait before the next request. Gives whether it can be made: not when the time
 * would be up, nor when whoever waits for us goes away.
 */
static bool
pause_before_next(const struct effort *effort, struct fault *fault)
{
    struct deadline end;
    struct pollfd watched = {.fd = effort->sts->watched, .events = POLLIN};
    int pause = draw_pause(effort->requests);
    int ready;

    if (pause >= deadline_left(&effort->deadline))
        return false;
    end = deadline_in(pause);
    do {
        ready = poll(&watched, 1, deadline_left(&end));
    } while (ready < 0 && deadline_left(&end) > 0);
    if (ready <= 0)
        return true;
    *fault = (struct fault){0};
    fault_raise(fault, REASON_SYSTEM, "the host went away before a request");
    return false;
}

/*
 * Whether to ask again, behind a pause where there must be one. The fault is
 * that of the last request, which is what the login ends with if not.
 */
static bool
prepare_next(struct effort *effort, enum sts_retry retry, struct fault *fault)
{
    switch (retry) {
    case STS_RETRY_NEVER:
        return false;
    case STS_RETRY_DURATION_TOO_LONG:
        if (effort->session.duration <= DEFAULT_DURATION
            || deadline_left(&effort->deadline) == 0)
            return false;
        outcome_warn(effort->sts->outcome,
                     "the role allows no duration of %d, so none was asked for",
                     effort->session.duration);
        effort->session.duration = 0;
        effort->left++;
        return true;
    case STS_RETRY_KEY_NOT_RETRIEVED:
        if (effort->saw_no_key)
            return false;
        effort->saw_no_key = true;
        break;
    case STS_RETRY_ALWAYS:
        break;
    }
    return effort->left > 0 && pause_before_next(effort, fault);
}

int
sts_assume_role(const struct sts *sts, const struct role_session *session,
                const struct secret *token, struct sts_response *response,
                struct fault *fault)
{
    char room[ENDPOINT_URL_SIZE];
    char requests[16];
    struct effort effort = {
        .sts = sts,
        .url = endpoint_resolve(&sts->settings->endpoint, room, fault),
        .token = token,
        .session = *session,
        .deadline = deadline_in(sts->settings->timeout * MILLISECONDS),
        .left = sts->settings->attempts,
    };
    struct fault last = {0};
    enum sts_retry retry;
    int result;

    if (effort.url == NULL || role_session_check(session, fault) < 0
        || sts_parameter_check(STS_PARAMETER_WEB_IDENTITY_TOKEN,
                               secret_text(token), fault)
               < 0)
        return -1;
    do {
        last = (struct fault){0};
        result = ask(&effort, response, &retry, &last);
    } while (result < 0 && prepare_next(&effort, retry, &last));
    if (effort.requests > 1) {
        snprintf(requests, sizeof requests, "%d", effort.requests);
        outcome_note(sts->outcome, AUDIT_ATTEMPTS, requests);
    }
    if (result < 0)
        *fault = last;
    return result;
}
