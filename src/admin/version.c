/*
 * version - which pam_aws_oidc this is.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/version.h"

#include <stdio.h>

void
version_print(void)
{
    printf("%s\n", PACKAGE_STRING);
}
