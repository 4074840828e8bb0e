/*
 * pam_service - the stack of a PAM service, with what it includes.
 *
 * Read as libpam 1.5.2 reads it: from /etc/pam.d, or else from /usr/lib/pam.d;
 * what is included, from /etc/pam.d alone, as Debian has it.
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

/* Levels of substacks, the service's own being 0. libpam refuses more:
   PAM_SUBSTACK_MAX_LEVEL. */
#define PAM_SERVICE_LEVELS 16

/* The file name of our module. */
#define PAM_SERVICE_OUR_MODULE "pam_aws_oidc.so"

/*
 * One line of a stack. What is included stands in place of the line that
 * includes it; but a substack's own line stands before what it brings in.
 */
struct pam_service_line {
    const char *file; /* its path */
    bool is_shared;   /* another file includes it */
    int level;        /* below PAM_SERVICE_LEVELS */
    enum pam_type type;
    enum pam_line_kind kind; /* of a module, a substack, or one that refuses */
    const struct pam_line *line;
};

/* A service. */
struct pam_service {
    char *name;
    struct pam_service_line *lines; /* of all types, in their order */
    size_t count;
    size_t own_count; /* of these; the others are of the service "other" */
    struct pam_service_file *files; /* that the lines stand in */
    size_t file_count;
};

/*
 * Read a service of a folder: PAM_SERVICE_FOLDER, but in tests. For a type that
 * it has no line of, libpam goes by the service "other".
 *
 * Gives 0, and the service must be cleared; or -1, an empty service and the
 * fault, REASON_CONFIG: libpam cannot read it, and refuses everybody.
 */
int pam_service_read(const char *folder, const char *name,
                     struct pam_service *service, struct fault *fault);

/* Whether a service has a line of a type, without those of "other". */
bool pam_service_has_own(const struct pam_service *service, enum pam_type type);

/* The names of all services that have a file. Gives 0, or -1 and the fault. */
int pam_service_list(struct text_list *names, struct fault *fault);

/* Whether a service includes a file. */
bool pam_service_includes(const struct pam_service *service, const char *path);

/* Whether a line asks our module. */
bool pam_service_line_is_ours(const struct pam_service_line *line);

/*
 * Read the arguments of a line of ours, as the module does; they live as long
 * as the service. Gives 0, or -1 and the fault.
 */
int pam_service_read_arguments(const struct pam_service_line *line,
                               struct arguments *arguments,
                               struct fault *fault);

/*
 * Whether a line of ours is meant for the service that it stands in: also where
 * its arguments are wrong, and it refuses everybody.
 */
bool pam_service_line_is_served(const struct pam_service *service,
                                const struct pam_service_line *line);

/*
 * Our first line of a type that is meant for this service; NULL where there is
 * none.
 */
const struct pam_service_line *
pam_service_find_ours(const struct pam_service *service, enum pam_type type);

/* Free what it owns. */
void pam_service_clear(struct pam_service *service);

#endif
