/*
 * sshd - to come.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_SSHD_H
#define ADMIN_SSHD_H

#endif
