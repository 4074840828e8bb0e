/*
 * pam_lines - to come.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_PAM_LINES_H
#define PARSE_PAM_LINES_H

#endif
