/*
 * pam_lines - to come.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/pam_lines.h"

extern int parse_pam_lines_is_empty;
