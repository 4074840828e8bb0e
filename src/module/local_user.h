/*
 * local_user - the user of this host whom PAM names, if he may log in at all.
 *
 * Read once per attempt: everything later is compared with what stands here.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODULE_LOCAL_USER_H
#define MODULE_LOCAL_USER_H

#include <sys/types.h>

#include <security/pam_modules.h>

#include "base/fault.h"
#include "model/role_session.h"

struct local_user {
    char name[STS_ROLE_SESSION_NAME_MAX + 1];
    uid_t uid;
    gid_t gid; /* of his primary group */
};

/*
 * Read PAM_USER and look him up.
 *
 * Refuses those that model/user_entry.h names, and REASON_CONVERSATION where
 * PAM has no name.
 *
 * Gives 0, or -1, the fault, and a zeroed struct.
 */
int local_user_read(pam_handle_t *pamh, struct local_user *user,
                    struct fault *fault);

/*
 * Find the uid and gid of the helper's user. Gives 0, or -1 and
 * REASON_HELPER_MISSING where there is none, or it is root.
 */
int local_user_of_helper(pam_handle_t *pamh, uid_t *uid, gid_t *gid,
                         struct fault *fault);

#endif
