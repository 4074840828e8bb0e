/*
 * sshd_settings - to come.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/sshd_settings.h"

extern int parse_sshd_settings_is_empty;
