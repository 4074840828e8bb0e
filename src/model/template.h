/*
 * template - a text of the configuration with the PAM user in it.
 *
 * %u stands for the user, %% for a percent sign.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_TEMPLATE_H
#define MODEL_TEMPLATE_H

#include <stdbool.h>

/* Whether every percent sign of a text begins a %u or a %%. */
bool template_is_well_formed(const char *text);

/* Whether a well-formed text has a %u. */
bool template_has_user(const char *text);

/* Put the user in. Gives what must be freed, or NULL without memory. */
char *template_expand(const char *text, const char *user);

#endif
