/*
 * federation - a sign-in address of the AWS Management Console, for a role
 * session's credentials. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "login/federation.h"

#include <stdio.h>
#include <string.h>

#include "parse/json.h"
#include "parse/json_writer.h"

/* Bytes of a reply. A sign-in token has some 1,000 characters. */
#define MAX_REPLY 65536

/* Write the credentials as the endpoint takes them. */
static int
write_session(const struct credentials *credentials, struct secret *session,
              struct fault *fault)
{
    struct json_writer writer = {0};

    json_writer_begin_object(&writer, NULL);
    json_writer_text(&writer, "sessionId",
                     secret_text(&credentials->access_key_id));
    json_writer_text(&writer, "sessionKey",
                     secret_text(&credentials->secret_access_key));
    json_writer_text(&writer, "sessionToken",
                     secret_text(&credentials->session_token));
    json_writer_end(&writer);
    if (json_writer_finish_compact(&writer, session) == 0)
        return 0;
    fault_raise(fault, REASON_MEMORY, "no memory for a request");
    return -1;
}

/* Write the request for a sign-in token. */
static int
write_form(const struct federation *federation,
           const struct credentials *credentials, struct secret *form,
           struct fault *fault)
{
    struct secret session = {0};
    char duration[16];
    int result = -1;

    snprintf(duration, sizeof duration, "%d", federation->session_duration);
    if (write_session(credentials, &session, fault) == 0
        && https_form_add(form, "Action", "getSigninToken", fault) == 0
        && https_form_add(form, "SessionDuration", duration, fault) == 0
        && https_form_add(form, "Session", secret_text(&session), fault) == 0)
        result = 0;
    secret_clear(&session);
    return result;
}

/* Write the address, with the sign-in token that a reply holds. */
static int
write_url(const struct federation *federation, const struct secret *reply,
          struct secret *url, struct fault *fault)
{
    struct claim object = {0};
    struct secret query = {0};
    struct fault cause = {0};
    const char *token = NULL;
    int result = -1;

    if (json_read_object(reply, &object, &cause) == 0)
        token = claim_string(&object, "SigninToken");
    if (token == NULL || token[0] == '\0') {
        fault_raise(fault, REASON_STS_UNREADABLE,
                    "%s: the answer has no SigninToken", federation->endpoint);
        goto out;
    }
    if (https_form_add(&query, "Action", "login", fault) < 0
        || https_form_add(&query, "Destination", federation->destination, fault)
               < 0
        || https_form_add(&query, "SigninToken", token, fault) < 0)
        goto out;
    if (secret_append(url, federation->endpoint, strlen(federation->endpoint))
            == 0
        && secret_append(url, "?", 1) == 0
        && secret_append(url, query.bytes, query.length) == 0)
        result = 0;
    else
        fault_raise(fault, REASON_MEMORY, "no memory for an address");

out:
    secret_clear(&query);
    claim_clear(&object);
    return result;
}

int
federation_ask(const struct federation *federation,
               const struct credentials *credentials, struct secret *url,
               struct fault *fault)
{
    struct secret form = {0};
    struct https_reply reply = {0};
    const struct https_request request = {
        .url = federation->endpoint,
        .form = &form,
        .limit = MAX_REPLY,
        .deadline = federation->deadline,
        .connect_time = deadline_left(&federation->deadline) + 1,
        .watched = -1,
    };
    int result = -1;

    if (write_form(federation, credentials, &form, fault) < 0
        || https_send(federation->https, &request, &reply, fault) < 0)
        goto out;
    if (reply.status == HTTPS_STATUS_OK)
        result = write_url(federation, &reply.body, url, fault);
    else
        fault_raise(fault, REASON_STS_DENIED, "%s: answers with status %ld",
                    federation->endpoint, reply.status);

out:
    secret_clear(&reply.body);
    secret_clear(&form);
    return result;
}
