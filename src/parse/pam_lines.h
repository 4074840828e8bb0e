/*
 * pam_lines - the lines of a file in /etc/pam.d, as libpam reads them.
 *
 * A line that a person would call wrong may still let in: so this reads what
 * libpam makes of it. Source: pam.d(5), and libpam's pam_handlers.c and
 * pam_misc.c of Linux-PAM 1.5.2; @include is Debian's.
 * SPDX-License-Identifier: Apache-2.0
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
    PAM_TYPE_ANY,     /* "@include FILE": lines of every type */
    PAM_TYPE_UNKNOWN, /* no word for a type */
};

/* What a line does. */
enum pam_line_kind {
    PAM_LINE_MODULE,   /* asks a module */
    PAM_LINE_INCLUDE,  /* "include", @include: a file's lines stand here */
    PAM_LINE_SUBSTACK, /* a file's lines stand here, as a stack of their own */
    PAM_LINE_REFUSES,  /* malformed: libpam says PAM_PERM_DENIED in its place */
    PAM_LINE_BREAKS,   /* libpam gives up the file here */
};

/* What a module returns: CODE_PAM_SUCCESS, CODE_PAM_AUTH_ERR, … */
enum pam_code {
#define CODE(constant, name) CODE_##constant,
#include "parse/pam_codes.def"
#undef CODE
    PAM_CODE_COUNT
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

struct pam_line {
    int number; /* from 1; of its first line, where it goes over several */
    enum pam_type type;
    enum pam_line_kind kind;
    struct pam_action actions[PAM_CODE_COUNT]; /* its control, for each code */
    char *module; /* path, or the file that is included; NULL: there is none */
    struct text_list arguments;
};

struct pam_lines {
    struct pam_line *list;
    size_t count;
};

/* Read a text. Gives 0, and the lines must be cleared; or -1 without memory. */
int pam_lines_read(const struct secret *text, struct pam_lines *lines);

/* The last part of a module's path: "pam_unix.so"; "" where there is none. */
const char *pam_line_module_name(const struct pam_line *line);

/* Free what they own. */
void pam_lines_clear(struct pam_lines *lines);

#endif
