/*
 * local_user - the user of this host whom PAM names, if he may log in at all.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "module/local_user.h"

#include <pwd.h>
#include <string.h>

#include <security/pam_modutil.h>

#include "model/user_entry.h"

int
local_user_of_helper(pam_handle_t *pamh, uid_t *uid, gid_t *gid,
                     struct fault *fault)
{
    const struct passwd *entry = pam_modutil_getpwnam(pamh, HELPER_USER);

    if (user_entry_check_helper(entry, fault) < 0)
        return -1;
    *uid = entry->pw_uid;
    *gid = entry->pw_gid;
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
    if (user_entry_check_name(name, fault) < 0)
        return -1;
    entry = pam_modutil_getpwnam(pamh, name);
    if (user_entry_check(name, entry, pam_modutil_getpwnam(pamh, HELPER_USER),
                         fault)
        < 0)
        return -1;
    memcpy(user->name, name, strlen(name) + 1);
    user->uid = entry->pw_uid;
    user->gid = entry->pw_gid;
    return 0;
}
