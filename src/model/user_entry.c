/*
 * user_entry - which users of this host no token lets in, whatever else.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/user_entry.h"

#include <stddef.h>
#include <string.h>

#include "model/role_session.h"

/* "nobody", whom kernel and NFS put in the place of users they cannot name. */
#define UID_NOBODY 65534

int
user_entry_check_name(const char *name, struct fault *fault)
{
    if (role_session_name_is_valid(name))
        return 0;
    fault_raise(fault, REASON_USER_REFUSED,
                "the user's name is not 2 to 64 letters, digits or _+=,.@-");
    return -1;
}

int
user_entry_check(const char *name, const struct passwd *entry,
                 const struct passwd *helper, struct fault *fault)
{
    if (entry == NULL) {
        fault_raise(fault, REASON_UNKNOWN_USER, "this host has no such user");
        return -1;
    }
    if (strcmp(entry->pw_name, name) != 0) {
        fault_raise(fault, REASON_USER_REFUSED,
                    "the password database calls this user \"%.64s\"",
                    entry->pw_name);
        return -1;
    }
    if (entry->pw_uid == 0 || entry->pw_uid == UID_NOBODY
        || (helper != NULL && entry->pw_uid == helper->pw_uid)) {
        fault_raise(fault, REASON_USER_REFUSED,
                    "uid %lu is root's, nobody's, or the login helper's",
                    (unsigned long) entry->pw_uid);
        return -1;
    }
    return 0;
}

int
user_entry_check_helper(const struct passwd *helper, struct fault *fault)
{
    if (helper != NULL && helper->pw_uid != 0 && helper->pw_gid != 0)
        return 0;
    fault_raise(fault, REASON_HELPER_MISSING,
                "the user %s for the login helper %s", HELPER_USER,
                helper == NULL ? "does not exist" : "must not be root");
    return -1;
}
