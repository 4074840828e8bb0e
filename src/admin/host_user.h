/*
 * host_user - users of this host, as the password database has them.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_HOST_USER_H
#define ADMIN_HOST_USER_H

#include <pwd.h>
#include <stdbool.h>

#include "base/fault.h"

/* The entry of a user; NULL where there is none. Good until the next call. */
const struct passwd *host_user_find(const char *name);

/* The same by the uid. */
const struct passwd *host_user_find_id(uid_t uid);

/*
 * Refuse users whom no token lets in, as model/user_entry does. Gives 0, or -1
 * and the fault.
 */
int host_user_check(const char *name, struct fault *fault);

/* Whether a shell lets nobody in: nologin or false. */
bool host_user_is_no_shell(const char *shell);

#endif
