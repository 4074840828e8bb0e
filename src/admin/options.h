/*
 * options - the words that a command is called with.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_OPTIONS_H
#define ADMIN_OPTIONS_H

#include <getopt.h>

/* The val of the option that asks how the command is called. */
#define OPTIONS_HELP 'h'

/* There is no exit status yet: the command can go on. */
#define OPTIONS_READ (-1)

/*
 * Read the words, of which the first is the command's name.
 *
 * Takes:  the options, of which nothing but name, has_arg and OPTIONS_HELP is
 *         looked at, and at the same place for each a value, NULL. How the
 *         command is called is printed where that is asked for.
 * Gives:  OPTIONS_READ, and the value of each option that was given: a word of
 *         argv, or "" where it takes none. Or the exit status.
 */
int options_read(int argc, char **argv, const struct option *options,
                 char **values, void (*print_usage)(void));

#endif
