/*
 * host_user - users of this host, as the password database has them.
 *
 * The command has one thread. NOLINTBEGIN(concurrency-mt-unsafe)
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/host_user.h"

#include <stddef.h>
#include <string.h>

#include "model/user_entry.h"

const struct passwd *
host_user_find(const char *name)
{
    return getpwnam(name);
}

const struct passwd *
host_user_find_id(uid_t uid)
{
    return getpwuid(uid);
}

/* NOLINTEND(concurrency-mt-unsafe) */

int
host_user_check(const char *name, struct fault *fault)
{
    const struct passwd *found = host_user_find(HELPER_USER);
    struct passwd helper = {0};

    /* Of the helper only its uid counts: the rest goes with the next look. */
    if (found != NULL)
        helper.pw_uid = found->pw_uid;
    if (user_entry_check_name(name, fault) < 0)
        return -1;
    return user_entry_check(name, host_user_find(name),
                            found == NULL ? NULL : &helper, fault);
}

bool
host_user_is_no_shell(const char *shell)
{
    const char *name = strrchr(shell, '/');

    return name != NULL
           && (strcmp(name, "/nologin") == 0 || strcmp(name, "/false") == 0);
}
