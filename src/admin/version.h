/*
 * version - which pam_aws_oidc this is, where it lies, and what it stands on.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_VERSION_H
#define ADMIN_VERSION_H

/* Print the version, the paths compiled in, and the libraries in use. */
void version_print(void);

#endif
