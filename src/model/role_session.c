/*
 * role_session - the role that is asked for, and the name of the session.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/role_session.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

/* Characters of a policy's name. Source: IAM API Reference, CreatePolicy. */
#define MAX_POLICY_NAME 128

/* Whether a text can be a name in IAM of up to so many characters. */
static bool
is_name(const char *text, size_t maximum)
{
    size_t length = strlen(text);

    return length > 0 && length <= maximum
           && strspn(text, STS_NAME_ALPHABET) == length;
}

bool
role_session_name_is_valid(const char *name)
{
    struct fault ignored = {0};

    return sts_parameter_check(STS_PARAMETER_ROLE_SESSION_NAME, name, &ignored)
           == 0;
}

/*
 * Copy the text before a stop out of an ARN, if it has the alphabet and fits.
 * Gives what stands behind the stop, or NULL.
 */
static const char *
take_part(const char *text, const char *stop, const char *alphabet, char *part,
          size_t size)
{
    size_t length = strspn(text, alphabet);

    if (length == 0 || length >= size
        || strncmp(text + length, stop, strlen(stop)) != 0)
        return NULL;
    memcpy(part, text, length);
    part[length] = '\0';
    return text + length + strlen(stop);
}

int
role_parse(const char *arn, struct role *role)
{
    const char *rest = arn;
    const char *name;
    struct fault ignored = {0};

    if (sts_parameter_check(STS_PARAMETER_ROLE_ARN, arn, &ignored) < 0
        || strncmp(rest, "arn:", 4) != 0)
        return -1;
    rest = take_part(rest + 4, ":iam::", LOWER DIGITS "-", role->partition,
                     sizeof role->partition);
    if (rest == NULL)
        return -1;
    rest =
        take_part(rest, ":role/", DIGITS, role->account, sizeof role->account);
    if (rest == NULL || strlen(role->account) != ROLE_ACCOUNT_SIZE - 1)
        return -1;
    name = strrchr(rest, '/');
    name = name == NULL ? rest : name + 1;
    if (!is_name(name, sizeof role->name - 1))
        return -1;
    memcpy(role->name, name, strlen(name) + 1);
    return 0;
}

bool
role_takes_policy_arn(const struct role *role, const char *arn)
{
    struct fault ignored = {0};
    char prefix[ROLE_SESSION_ARN_SIZE];
    const char *const accounts[] = {role->account, "aws"};
    size_t i;

    if (sts_parameter_check(STS_PARAMETER_POLICY_ARN, arn, &ignored) < 0)
        return false;
    for (i = 0; i < sizeof accounts / sizeof accounts[0]; i++) {
        snprintf(prefix, sizeof prefix, "arn:%s:iam::%s:policy/",
                 role->partition, accounts[i]);
        if (strncmp(arn, prefix, strlen(prefix)) == 0)
            return is_name(strrchr(arn, '/') + 1, MAX_POLICY_NAME);
    }
    return false;
}

/* Check the policies, each and together. */
static int
check_policies(const struct role_session *session, struct fault *fault)
{
    const struct text_list *arns = session->policy_arns;
    size_t length = 0;
    size_t i;

    if (arns != NULL && arns->count > STS_POLICY_ARNS_MAX) {
        fault_raise(fault, REASON_CONFIG, "there are %zu policy ARNs, not %d",
                    arns->count, STS_POLICY_ARNS_MAX);
        return -1;
    }
    for (i = 0; arns != NULL && i < arns->count; i++) {
        if (sts_parameter_check(STS_PARAMETER_POLICY_ARN, arns->texts[i], fault)
            < 0)
            return -1;
        length += strlen(arns->texts[i]);
    }
    if (session->policy != NULL) {
        if (sts_parameter_check(STS_PARAMETER_POLICY, session->policy, fault)
            < 0)
            return -1;
        length += (size_t) sts_parameter_latin_length(session->policy);
    }
    if (length > STS_POLICIES_MAX_LENGTH) {
        fault_raise(fault, REASON_CONFIG,
                    "the policies have %zu characters together, not %d", length,
                    STS_POLICIES_MAX_LENGTH);
        return -1;
    }
    return 0;
}

int
role_session_check(const struct role_session *session, struct fault *fault)
{
    char duration[16];

    if (sts_parameter_check(STS_PARAMETER_ROLE_ARN, session->role_arn, fault)
            < 0
        || sts_parameter_check(STS_PARAMETER_ROLE_SESSION_NAME, session->name,
                               fault)
               < 0)
        return -1;
    if (session->provider_id != NULL
        && sts_parameter_check(STS_PARAMETER_PROVIDER_ID, session->provider_id,
                               fault)
               < 0)
        return -1;
    snprintf(duration, sizeof duration, "%d", session->duration);
    if (session->duration != 0
        && sts_parameter_check(STS_PARAMETER_DURATION_SECONDS, duration, fault)
               < 0)
        return -1;
    return check_policies(session, fault);
}

void
role_session_assumed_arn(const struct role_session *session,
                         char arn[ROLE_SESSION_ARN_SIZE])
{
    snprintf(arn, ROLE_SESSION_ARN_SIZE, "arn:%s:sts::%s:assumed-role/%s/%s",
             session->role->partition, session->role->account,
             session->role->name, session->name);
}
