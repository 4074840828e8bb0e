/*
 * output - what pam-aws-oidc prints.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/output.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "admin/command.h"
#include "parse/json.h"

/* The controls that UTF-8 writes as two bytes: U+0080 to U+009F. */
#define C1_LEAD  0xc2
#define C1_FIRST 0x80
#define C1_LAST  0x9f

/* Put "?" in place of what a terminal could take for an order; where a text is
   no UTF-8, such a control is one byte of any that are not ASCII. */
static void
disarm(char *text)
{
    bool is_utf8 = json_takes_string(text, strlen(text));
    unsigned char *next;

    for (next = (unsigned char *) text; *next != '\0'; next++) {
        if (*next < ' ' || *next == '\177' || (*next > '\177' && !is_utf8))
            *next = '?';
        if (next[0] == C1_LEAD && next[1] >= C1_FIRST && next[1] <= C1_LAST)
            next[0] = next[1] = '?';
    }
}

/* Print one line of an argument list. */
static void __attribute__((format(printf, 2, 0)))
print_line(FILE *file, const char *format, va_list args)
{
    char *text = NULL;

    if (vasprintf(&text, format, args) < 0) {
        fputs("(no memory for a line)\n", file);
        return;
    }
    disarm(text);
    fprintf(file, "%s\n", text);
    explicit_bzero(text, strlen(text));
    free(text);
}

void
output_line(FILE *file, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_line(file, format, args);
    va_end(args);
}

void
output_fault(const struct fault *fault)
{
    output_line(stderr, "pam-aws-oidc: %s", fault->text);
}

int
output_usage(const char *command, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "pam-aws-oidc %s: ", command);
    va_start(args, format);
    print_line(stderr, format, args);
    va_end(args);
    fputs("pam-aws-oidc(8) has the options.\n", stderr);
    return COMMAND_USAGE;
}

int
output_json(struct json_writer *writer)
{
    struct secret text = {0};
    int result = json_writer_finish(writer, &text);

    if (result == 0)
        printf("%s\n", secret_text(&text));
    else
        fputs("pam-aws-oidc: no memory for JSON\n", stderr);
    secret_clear(&text);
    return result;
}

int
output_end(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    perror("pam-aws-oidc: standard output");
    return status == COMMAND_GOOD ? COMMAND_BAD : status;
}
