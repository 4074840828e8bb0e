/*
 * privileges - of who runs pam-aws-oidc.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/privileges.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "admin/host_user.h"
#include "model/user_entry.h"

void
privileges_guard(void)
{
    static const struct rlimit none = {0, 0};

    /* Neither can fail for a process that asks for less. */
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int
privileges_drop(struct fault *fault)
{
    const struct passwd *helper;

    if (geteuid() != 0)
        return 0;
    helper = host_user_find(HELPER_USER);
    if (user_entry_check_helper(helper, fault) < 0)
        return -1;
    if (setgroups(1, &helper->pw_gid) == 0
        && setresgid(helper->pw_gid, helper->pw_gid, helper->pw_gid) == 0
        && setresuid(helper->pw_uid, helper->pw_uid, helper->pw_uid) == 0
        && geteuid() == helper->pw_uid && setuid(0) < 0
        && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
        privileges_guard(); /* a change of user may have undone it */
        return 0;
    }
    fault_raise(fault, REASON_SYSTEM, "cannot become the user %s: %s",
                HELPER_USER, strerrordesc_np(errno));
    return -1;
}
