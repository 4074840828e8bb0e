/*
 * pam_service - the stack of a PAM service, with what it includes.
 *
 * Read as libpam 1.5.2 reads it, from /etc/pam.d.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_PAM_SERVICE_H
#define ADMIN_PAM_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/text_list.h"
#include "model/arguments.h"
#include "parse/pam_lines.h"

#define PAM_SERVICE_FOLDER "/etc/pam.d"

/* The file name of our module. */
#define PAM_SERVICE_OUR_MODULE "pam_aws_oidc.so"

/*
 * One line of a stack. What is included stands in place of the line that
 * includes it; but a substack's own line stands before what it brings in.
 */
struct pam_service_line {
    const char *file; /* its path */
    bool is_shared;   /* another file includes it */
    int level;        /* of substacks, from 0 */
    const struct pam_line *line;
};

/* A service. */
struct pam_service {
    char *name;
    struct pam_service_line *lines; /* of all types, in their order */
    size_t count;
    struct pam_service_file *files; /* that the lines stand in */
    size_t file_count;
};

/*
 * Read a service.
 *
 * Gives 0, and the service must be cleared; or -1, an empty service and the
 * fault, REASON_CONFIG, with file and line: a file that is not there, or a line
 * that libpam does not understand.
 */
int pam_service_read(const char *name, struct pam_service *service,
                     struct fault *fault);

/* The names of all services that have a file. Gives 0, or -1 and the fault. */
int pam_service_list(struct text_list *names, struct fault *fault);

/*
 * Add the paths of the files that a service includes. Gives 0, or -1 without
 * memory.
 */
int pam_service_list_included(const struct pam_service *service,
                              struct text_list *paths);

/* Whether a line begins a substack. */
bool pam_service_line_is_substack(const struct pam_service_line *line);

/* Whether a line is of our module. */
bool pam_service_line_is_ours(const struct pam_service_line *line);

/*
 * Read the arguments of a line of ours, as the module does; they live as long
 * as the service. Gives 0, or -1 and the fault.
 */
int pam_service_read_arguments(const struct pam_service_line *line,
                               struct arguments *arguments,
                               struct fault *fault);

/*
 * Our first line of a type that is meant for this service; NULL where there is
 * none.
 */
const struct pam_service_line *
pam_service_find_ours(const struct pam_service *service, enum pam_type type);

/* Free what it owns. */
void pam_service_clear(struct pam_service *service);

#endif
