/*
 * response_check - whether STS answered what it was asked.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "login/response_check.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What stands behind a prefix; the text itself where it does not begin so. */
static const char *
without_prefix(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(text, prefix, length) == 0 ? text + length : text;
}

/*
 * Whether the response names the token's issuer. The ARN's prefix is taken off
 * the response only: an issuer that looks like one must not become another.
 */
static bool
names_issuer(const char *provider, const char *issuer, const struct role *role)
{
    static const char scheme[] = "https://";
    char prefix[ROLE_SESSION_ARN_SIZE];

    snprintf(prefix, sizeof prefix, "arn:%s:iam::%s:oidc-provider/",
             role->partition, role->account);
    return strcmp(without_prefix(without_prefix(provider, prefix), scheme),
                  without_prefix(issuer, scheme))
           == 0;
}

/* Raise the fault of a field that is not as it should be. */
static int
refuse(struct fault *fault, const char *field, const char *why)
{
    fault_raise(fault, REASON_RESPONSE_MISMATCH, "%s of the response of STS %s",
                field, why);
    return -1;
}

/* Compare what is said of an ID token with what it says itself. */
static int
check_id_token(const struct sts_response *response, const struct token *token,
               const struct role *role, struct fault *fault)
{
    if (response->subject == NULL
        || strcmp(response->subject, token->subject) != 0)
        return refuse(fault, "SubjectFromWebIdentityToken",
                      "is not the token's sub");
    if (response->audience == NULL
        || !token_has_audience(token, response->audience))
        return refuse(fault, "Audience", "is not the token's");
    if (response->provider == NULL
        || !names_issuer(response->provider, token->issuer, role))
        return refuse(fault, "Provider", "is not the token's issuer");
    return 0;
}

/* Compare what is said of an access token with what its provider is for. */
static int
check_access_token(const struct sts_response *response,
                   const struct provider *provider, struct fault *fault)
{
    if (response->subject == NULL || response->subject[0] == '\0')
        return refuse(fault, "SubjectFromWebIdentityToken", "is missing");
    if (response->audience == NULL
        || !text_list_has(&provider->audience, response->audience))
        return refuse(fault, "Audience", "is none of the provider's");
    if (response->provider == NULL
        || strcmp(response->provider, provider->provider_id) != 0)
        return refuse(fault, "Provider", "is not the provider_id");
    return 0;
}

/* Whether an AssumedRoleId, where there is one, names the role session. */
static bool
names_session(const char *assumed_role_id, const char *session)
{
    const char *colon;

    if (assumed_role_id == NULL || assumed_role_id[0] == '\0')
        return true;
    colon = strrchr(assumed_role_id, ':');
    return colon != NULL && strcmp(colon + 1, session) == 0;
}

int
response_check(const struct sts_response *response,
               const struct question_to_sts *question, time_t now,
               struct fault *fault)
{
    const struct role_session *session = question->session;
    char assumed[ROLE_SESSION_ARN_SIZE];

    if (question->token == NULL) {
        if (check_access_token(response, question->provider, fault) < 0)
            return -1;
    } else if (check_id_token(response, question->token, session->role, fault)
               < 0) {
        return -1;
    }
    role_session_assumed_arn(session, assumed);
    if (response->assumed_role_arn == NULL
        || strcmp(response->assumed_role_arn, assumed) != 0
        || !names_session(response->assumed_role_id, session->name))
        return refuse(fault, "AssumedRoleUser",
                      "is not the role session that was asked for");
    return credentials_check(&response->credentials, now,
                             REASON_RESPONSE_MISMATCH, fault);
}
