/*
 * item - what PAM knows of a transaction. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "module/item.h"

#include <stddef.h>

const char *
item_of(const pam_handle_t *pamh, int item)
{
    const void *value = NULL;

    if (pam_get_item(pamh, item, &value) != PAM_SUCCESS || value == NULL)
        return "";
    return value;
}
