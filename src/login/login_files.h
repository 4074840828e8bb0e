/*
 * login_files - the configuration, and the files that it names.
 *
 * A login reads them so, and "pam-aws-oidc check" does. What is wrong is
 * REASON_CONFIG, with the line that names the file.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LOGIN_LOGIN_FILES_H
#define LOGIN_LOGIN_FILES_H

#include <sys/types.h>

#include "base/fault.h"
#include "base/secret.h"
#include "login/https.h"
#include "parse/configuration.h"

/* The configuration's own file. */
struct login_files {
    const char *path;
    uid_t owner; /* who may own the others, beside root: its owner */
};

/*
 * Read the configuration, whose path is known, from a descriptor.
 *
 * Gives 0, the owner, and the configuration, to be cleared; or -1 and the
 * fault; and findings, to be cleared in both cases, where the text is what is
 * wrong.
 */
int login_files_read(int fd, struct login_files *files,
                     struct configuration *configuration,
                     struct findings *findings, struct fault *fault);

/*
 * The same by the path, for a caller whose own file it may be, or root's, as
 * base/trusted_file has it: that is another fault.
 */
int login_files_open(struct login_files *files,
                     struct configuration *configuration,
                     struct findings *findings, struct fault *fault);

/* Read sts.ca_file, where there is one. Gives 0, or -1 and the fault. */
int login_files_read_authorities(const struct login_files *files,
                                 const struct sts_settings *sts,
                                 struct secret *authorities,
                                 struct fault *fault);

/*
 * See that sts.ca_path, where there is one, is a folder with hash links. Gives
 * 0, or -1 and the fault.
 */
int login_files_check_ca_path(const struct login_files *files,
                              const struct sts_settings *sts,
                              struct fault *fault);

/*
 * Get ready to speak to STS, and to what stands beside it.
 *
 * Gives what https_end must end, before the authorities, empty now, are
 * cleared; or NULL and the fault.
 */
struct https *login_files_begin_https(const struct login_files *files,
                                      const struct sts_settings *sts,
                                      struct secret *authorities,
                                      struct fault *fault);

/* Read a provider's map_file, which is there. Gives 0, or -1 and the fault. */
int login_files_read_map(const struct login_files *files,
                         const struct identity_mapping *mapping,
                         struct secret *map, struct fault *fault);

/* Who is to have which session, with whose token. */
struct session_wish {
    const struct rule *rule;
    const struct provider *provider; /* NULL: of no one in particular */
    const char *user;
};

/*
 * Say what STS is asked for.
 *
 * Gives 0, and the session, which lives as long as what is given and *policy:
 * the rule's with the user in it, or NULL where it has none; or -1 and the
 * fault, of the policy. In both cases *policy must be freed.
 */
int login_files_make_session(const struct login_files *files,
                             const struct session_wish *wish,
                             struct role_session *session, char **policy,
                             struct fault *fault);

/*
 * Say what a fault is about, and the line of the configuration that names it,
 * in front of its text. Gives -1.
 */
int login_files_blame(const struct login_files *files, const char *name,
                      int line, struct fault *fault);

#endif
