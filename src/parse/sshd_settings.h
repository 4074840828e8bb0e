/*
 * sshd_settings - to come.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_SSHD_SETTINGS_H
#define PARSE_SSHD_SETTINGS_H

#endif
