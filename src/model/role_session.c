/*
 * role_session - the role that is asked for, and the name of the session.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/role_session.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define LOWER   "abcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"
#define LETTERS LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* What IAM allows in the name of a role, and STS in that of a role session. */
#define NAME_ALPHABET LETTERS DIGITS "_+=,.@-"

bool
role_session_name_is_valid(const char *name)
{
    size_t length = strlen(name);

    return length >= ROLE_SESSION_MIN_NAME && length <= ROLE_SESSION_MAX_NAME
           && strspn(name, NAME_ALPHABET) == length;
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
    size_t length = strlen(arn);

    if (length < ROLE_MIN_ARN || length > ROLE_MAX_ARN
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

    /* The path: printable ASCII (IAM allows U+0021 to U+007E), no blanks. */
    for (name = rest; *name != '\0'; name++) {
        if (*name < '!' || *name > '~')
            return -1;
    }
    name = strrchr(rest, '/');
    name = name == NULL ? rest : name + 1;
    length = strlen(name);
    if (length == 0 || length >= sizeof role->name
        || strspn(name, NAME_ALPHABET) != length)
        return -1;
    memcpy(role->name, name, length + 1);
    return 0;
}

void
role_session_assumed_arn(const struct role_session *session,
                         char arn[ROLE_SESSION_ARN_SIZE])
{
    snprintf(arn, ROLE_SESSION_ARN_SIZE, "arn:%s:sts::%s:assumed-role/%s/%s",
             session->role->partition, session->role->account,
             session->role->name, session->name);
}
