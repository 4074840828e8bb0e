/*
 * user_entry - which users of this host no token lets in, whatever else.
 *
 * Decides from a name and what the password database says of it; each caller
 * looks that up in his own way, and only after he checked the name.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_USER_ENTRY_H
#define MODEL_USER_ENTRY_H

#include <pwd.h>

#include "base/fault.h"

/*
 * Refuse, with REASON_USER_REFUSED, a name that is no role session name. Gives
 * 0, or -1 and the fault.
 */
int user_entry_check_name(const char *name, struct fault *fault);

/*
 * Refuse, with REASON_USER_REFUSED, a name that the password database spells in
 * another way, uid 0, uid 65534 (nobody), and the helper's user; and with
 * REASON_UNKNOWN_USER a name that the database does not have.
 *
 * Takes:  a name that was checked, its entry or NULL, and the entry of the
 *         helper's user, which may be missing (NULL): that is found out when
 *         the helper is started.
 * Gives:  0, or -1 and the fault.
 */
int user_entry_check(const char *name, const struct passwd *entry,
                     const struct passwd *helper, struct fault *fault);

/*
 * Refuse, with REASON_HELPER_MISSING, an entry of the helper's user that is
 * missing (NULL) or root's. Gives 0, or -1 and the fault.
 */
int user_entry_check_helper(const struct passwd *helper, struct fault *fault);

#endif
