/*
 * output - what pam-aws-oidc prints.
 *
 * Much of it was written by others: files, servers, tokens. So nothing that a
 * terminal could take for an order gets out. SPDX-License-Identifier:
 * Apache-2.0
 */
#ifndef ADMIN_OUTPUT_H
#define ADMIN_OUTPUT_H

#include <stdio.h>

#include "base/fault.h"
#include "parse/json_writer.h"

/*
 * Print a line as printf(3) would, and its end; each byte that a terminal could
 * take for an order becomes "?".
 */
void output_line(FILE *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Say on standard error why a command failed: "pam-aws-oidc: TEXT". */
void output_fault(const struct fault *fault);

/*
 * Say on standard error that the words are wrong, and where to read on. Gives
 * COMMAND_USAGE.
 */
int output_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Finish a JSON text, and print it with a line's end. Gives 0, or -1. */
int output_json(struct json_writer *writer);

/*
 * See that all was printed. Gives the status, or COMMAND_BAD where it is good
 * and standard output took not all of it.
 */
int output_end(int status);

#endif
