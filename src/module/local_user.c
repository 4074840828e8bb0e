/*
 * local_user - the user of this host whom PAM names, if he may log in at all.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "module/local_user.h"

#include <pwd.h>
#include <string.h>

#include <security/pam_modutil.h>

/* "nobody", whom kernel and NFS put in the place of users they cannot name. */
#define UID_NOBODY 65534

int
local_user_of_helper(pam_handle_t *pamh, uid_t *uid, gid_t *gid,
                     struct fault *fault)
{
    const struct passwd *entry = pam_modutil_getpwnam(pamh, HELPER_USER);

    if (entry == NULL || entry->pw_uid == 0 || entry->pw_gid == 0) {
        fault_raise(fault, REASON_HELPER_MISSING,
                    "the user %s for the login helper %s", HELPER_USER,
                    entry == NULL ? "does not exist" : "must not be root");
        return -1;
    }
    *uid = entry->pw_uid;
    *gid = entry->pw_gid;
    return 0;
}

/*
 * Refuse what the password database says of a user. The helper's user may be
 * missing; that is found out when the helper is started.
 */
static int
check_entry(pam_handle_t *pamh, const char *name, const struct passwd *entry,
            struct fault *fault)
{
    const struct passwd *helper = pam_modutil_getpwnam(pamh, HELPER_USER);

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
local_user_read(pam_handle_t *pamh, struct local_user *user,
                struct fault *fault)
{
    const struct passwd *entry;
    const char *name = NULL;

    *user = (struct local_user){0};
    if (pam_get_user(pamh, &name, NULL) != PAM_SUCCESS || name == NULL) {
        fault_raise(fault, REASON_CONVERSATION, "PAM has no user's name");
        return -1;
    }
    if (!role_session_name_is_valid(name)) {
        fault_raise(
            fault, REASON_USER_REFUSED,
            "the user's name is not 2 to 64 letters, digits or _+=,.@-");
        return -1;
    }
    entry = pam_modutil_getpwnam(pamh, name);
    if (check_entry(pamh, name, entry, fault) < 0)
        return -1;
    memcpy(user->name, name, strlen(name) + 1);
    user->uid = entry->pw_uid;
    user->gid = entry->pw_gid;
    return 0;
}
