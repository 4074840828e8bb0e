/*
 * options - the words that a command is called with.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/options.h"

#include <stddef.h>

#include "admin/command.h"
#include "admin/output.h"

int
options_read(int argc, char **argv, const struct option *options, char **values,
             void (*print_usage)(void))
{
    static char nothing[] = "";
    int place = 0;
    int found;

    /* One thread only. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while ((found = getopt_long(argc, argv, "", options, &place)) != -1) {
        if (found == '?')
            return COMMAND_USAGE;
        if (found == OPTIONS_HELP) {
            print_usage();
            return COMMAND_GOOD;
        }
        values[place] = optarg == NULL ? nothing : optarg;
    }
    if (optind < argc)
        return output_usage(argv[0], "\"%.64s\" is not an option",
                            argv[optind]);
    return OPTIONS_READ;
}
