/*
 * pam_lines - the lines of a file in /etc/pam.d, as libpam reads them.
 *
 * Source: pam.d(5), and libpam's pam_handlers.c and pam_misc.c of Linux-PAM
 * 1.5.2; @include is Debian's. SPDX-License-Identifier: Apache-2.0
 */
#ifndef PARSE_PAM_LINES_H
#define PARSE_PAM_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "base/text_list.h"

/* Bytes that a file may have here. */
#define PAM_LINES_MAX_SIZE 1048576

/* What a line is for. */
enum pam_type {
    PAM_TYPE_AUTH,
    PAM_TYPE_ACCOUNT,
    PAM_TYPE_PASSWORD,
    PAM_TYPE_SESSION,
    PAM_TYPE_INCLUDE, /* "@include FILE": lines of every type */
};

struct pam_line {
    int number; /* from 1; of its first line, where it goes over several */
    enum pam_type type;
    char *control; /* "required", "[success=1 default=ignore]", …; or NULL */
    char *module;  /* path, or the name of a file; NULL: it is malformed */
    struct text_list arguments;
};

struct pam_lines {
    struct pam_line *list;
    size_t count;
};

/* What libpam does with what a module returns. */
enum pam_action_kind {
    PAM_ACTION_IGNORE,
    PAM_ACTION_OK,
    PAM_ACTION_DONE,
    PAM_ACTION_BAD,
    PAM_ACTION_DIE,
    PAM_ACTION_RESET,
    PAM_ACTION_JUMP,
};

struct pam_action {
    enum pam_action_kind kind;
    int jump; /* lines to pass over */
};

/*
 * Read a text. A line that libpam does not understand is one without a module:
 * libpam refuses everybody for it.
 *
 * Gives 0, and the lines must be cleared; or -1: memory was short.
 */
int pam_lines_read(const struct secret *text, struct pam_lines *lines);

/* Whether a line brings in another file: "include", "substack", @include. */
bool pam_line_is_include(const struct pam_line *line);

/* The last part of a module's path: "pam_unix.so". */
const char *pam_line_module_name(const struct pam_line *line);

/*
 * What libpam does where a line's module returns a code, which is named as in a
 * control: "success", "auth_err", …
 */
struct pam_action pam_line_action(const struct pam_line *line,
                                  const char *code);

/* Free what they own. */
void pam_lines_clear(struct pam_lines *lines);

#endif
