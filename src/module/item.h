/*
 * item - what PAM knows of a transaction. SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODULE_ITEM_H
#define MODULE_ITEM_H

#include <security/pam_modules.h>

/*
 * A text item, such as PAM_USER; "" where it is not set. It stays libpam's, and
 * is gone when the item is set anew.
 */
const char *item_of(const pam_handle_t *pamh, int item);

#endif
