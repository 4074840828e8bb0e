/*
 * configuration_text - finds in a configuration's text what libconfig hides.
 *
 * libconfig 1.5 takes an integer beyond 32 bits for another one, two texts
 * without a comma for one, a comment without an end for one up to the end of
 * the file, and a backslash before any letter for itself; it follows @include
 * into any file, and ends at a NUL. None of it can be seen afterwards.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_CONFIGURATION_TEXT_H
#define PARSE_CONFIGURATION_TEXT_H

#include <stdbool.h>

#include "base/secret.h"
#include "parse/findings.h"

/*
 * Add a finding for each of these in the text. Gives whether libconfig may read
 * it all the same: where nothing but numbers is wrong.
 */
bool configuration_text_check(const struct secret *text,
                              struct findings *findings);

#endif
