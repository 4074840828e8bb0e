/*
 * sts - ask STS for a role session's credentials.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "login/sts.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "model/endpoint.h"
#include "model/sts_error.h"

#define MILLISECONDS 1000

/* RFC 9110, 15.3.1 */
#define HTTP_OK 200

/* Characters of a token that are looked for in a message of STS. */
#define TELLTALE_LENGTH 16

/* Write the form that asks. */
static int
write_form(const struct role_session *session, const struct secret *token,
           struct secret *form, struct fault *fault)
{
    char duration[16];

    if (https_form_add(form, "Action", "AssumeRoleWithWebIdentity", fault) < 0
        || https_form_add(form, "Version", "2011-06-15", fault) < 0
        || https_form_add(form, "RoleArn", session->role_arn, fault) < 0
        || https_form_add(form, "RoleSessionName", session->name, fault) < 0
        || https_form_add(form, "WebIdentityToken", secret_text(token), fault)
               < 0)
        return -1;
    if (session->duration == 0)
        return 0;
    snprintf(duration, sizeof duration, "%d", session->duration);
    return https_form_add(form, "DurationSeconds", duration, fault);
}

/* Whether a text quotes any segment of the token. */
static bool
quotes_token(const char *text, const struct secret *token)
{
    char telltale[TELLTALE_LENGTH + 1] = {0};
    const char *segment = secret_text(token);

    while (segment != NULL) {
        strncpy(telltale, segment, TELLTALE_LENGTH);
        if (strlen(telltale) == TELLTALE_LENGTH
            && strstr(text, telltale) != NULL)
            return true;
        segment = strchr(segment, '.');
        if (segment != NULL)
            segment++;
    }
    return false;
}

/*
 * Refuse a response that would bring the token into the log. A server that
 * quotes what it was sent does so in a message, which is left out; there is no
 * reason for any other field.
 */
static int
check_quotes(const struct sts_response *response, const struct secret *token,
             struct fault *fault)
{
    const char *const noted[] = {response->code, response->request_id,
                                 response->assumed_role_arn,
                                 response->source_identity,
                                 secret_text(
                                     &response->credentials.access_key_id)};
    size_t i;

    for (i = 0; i < sizeof noted / sizeof noted[0]; i++) {
        if (noted[i] != NULL && quotes_token(noted[i], token)) {
            fault_raise(fault, REASON_STS_UNREADABLE,
                        "the response of STS quotes the token");
            return -1;
        }
    }
    return 0;
}

/* Raise what an error of STS means; its message is for the administrator. */
static void
raise_error(const struct sts_response *response, long status,
            const struct secret *token, struct fault *fault)
{
    const char *message = response->message == NULL ? "" : response->message;

    if (quotes_token(message, token))
        message = "(a message that quotes the token)";
    fault_raise(fault, sts_error_reason(response->code, status),
                "STS answers %ld %.64s: %.200s", status, response->code,
                message);
}

/* Understand the reply: a success, or the fault that it is. */
static int
read_reply(const struct sts *sts, const struct https_reply *reply,
           const struct secret *token, struct sts_response *response,
           struct fault *fault)
{
    if (sts_response_read(&reply->body, response, fault) < 0) {
        fault->reason = sts_error_reason_of_status(reply->status);
        return -1;
    }
    if (check_quotes(response, token, fault) < 0) {
        sts_response_clear(response);
        return -1;
    }
    outcome_note(sts->outcome, AUDIT_STS_CODE, response->code);
    outcome_note(sts->outcome, AUDIT_REQUEST_ID, response->request_id);
    if (response->code == NULL && reply->status == HTTP_OK)
        return 0;
    if (response->code == NULL)
        fault_raise(fault, REASON_STS_UNREADABLE,
                    "STS answers %ld with a success", reply->status);
    else
        raise_error(response, reply->status, token, fault);
    sts_response_clear(response);
    return -1;
}

int
sts_assume_role(const struct sts *sts, const struct role_session *session,
                const struct secret *token, struct sts_response *response,
                struct fault *fault)
{
    char url[ENDPOINT_URL_SIZE];
    struct secret form = {0};
    struct https_reply reply = {0};
    struct https_request request = {
        .url = sts->settings->endpoint,
        .form = &form,
        .limit = STS_RESPONSE_MAX_SIZE,
        .deadline = deadline_in(sts->settings->timeout * MILLISECONDS),
        .watched = sts->watched,
    };
    int result = -1;

    if (request.url == NULL) {
        endpoint_of_region(sts->settings->region, url);
        request.url = url;
    }
    if (write_form(session, token, &form, fault) < 0
        || https_post(sts->https, &request, &reply, fault) < 0
        || read_reply(sts, &reply, token, response, fault) < 0)
        goto out;
    result = 0;

out:
    secret_clear(&form);
    secret_clear(&reply.body);
    return result;
}
