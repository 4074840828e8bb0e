/*
 * login_files - the configuration, and the files that it names.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "login/login_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/trusted_file.h"
#include "login/https.h"
#include "parse/identity_map.h"
#include "parse/policy.h"

/* Bytes that the file of trusted certificates may have. */
#define CA_FILE_MAX_SIZE 4194304

/* How anything in PEM begins, RFC 7468, 2. */
#define PEM_BEGIN "-----BEGIN "

/* Bytes that the file of a policy may have: characters of two, and %%. */
#define POLICY_FILE_MAX_SIZE ((size_t) STS_POLICY_MAX * 4)

/* Say why a file could not be read, as errno says. */
static void
refuse_file(const char *path, size_t limit, struct fault *fault)
{
    if (errno == EFBIG)
        fault_raise(fault, REASON_CONFIG, "%s: has more than %zu bytes", path,
                    limit);
    else
        fault_raise(fault, REASON_CONFIG, "%s: %s", path,
                    strerrordesc_np(errno));
}

/* Say on which line of the configuration the cause of the fault stands. */
static int
blame_line(const struct login_files *files, int line, struct fault *fault)
{
    char where[FAULT_TEXT_SIZE];

    snprintf(where, sizeof where, "%s:%d", files->path, line);
    fault_prefix(fault, where);
    return -1;
}

int
login_files_blame(const struct login_files *files, const char *name, int line,
                  struct fault *fault)
{
    fault_prefix(fault, name);
    return blame_line(files, line, fault);
}

/* The same for a rule's policy. */
static int
blame_policy(const struct login_files *files, const struct rule *rule,
             struct fault *fault)
{
    return login_files_blame(files,
                             rule->policy_file != NULL ? rule->policy_file
                                                       : rule->name,
                             rule->policy_line, fault);
}

int
login_files_read(int fd, struct login_files *files,
                 struct configuration *configuration, struct findings *findings,
                 struct fault *fault)
{
    struct secret text = {0};
    char what[FAULT_TEXT_SIZE];
    struct stat stat;
    int result = -1;

    if (fstat(fd, &stat) < 0
        || io_read_file(fd, CONFIGURATION_MAX_SIZE, &text) < 0) {
        refuse_file(files->path, CONFIGURATION_MAX_SIZE, fault);
        goto out;
    }
    files->owner = stat.st_uid;
    if (configuration_read(&text, configuration, findings) < 0) {
        findings_describe(findings, files->path, what, sizeof what);
        fault_raise(fault, REASON_CONFIG, "%s", what);
        goto out;
    }
    result = 0;

out:
    secret_clear(&text);
    return result;
}

int
login_files_open(struct login_files *files, struct configuration *configuration,
                 struct findings *findings, struct fault *fault)
{
    int fd = trusted_file_open(files->path, geteuid(), TRUSTED_FILE_READ,
                               REASON_CONFIG, fault);
    int result;

    if (fd < 0)
        return -1;
    result = login_files_read(fd, files, configuration, findings, fault);
    close(fd);
    return result;
}

/* A file that the configuration names. */
struct named_file {
    const char *path;
    int line;     /* that names it */
    size_t limit; /* bytes that it may have */
};

/* Read one. */
static int
read_named_file(const struct login_files *files, const struct named_file *named,
                struct secret *content, struct fault *fault)
{
    int fd = trusted_file_open(named->path, files->owner, TRUSTED_FILE_READ,
                               REASON_CONFIG, fault);
    int result;

    if (fd < 0)
        return blame_line(files, named->line, fault);
    result = io_read_file(fd, named->limit, content);
    if (result < 0) {
        refuse_file(named->path, named->limit, fault);
        blame_line(files, named->line, fault);
    }
    close(fd);
    return result;
}

int
login_files_read_authorities(const struct login_files *files,
                             const struct sts_settings *sts,
                             struct secret *authorities, struct fault *fault)
{
    const struct named_file named = {sts->ca_file, sts->ca_file_line,
                                     CA_FILE_MAX_SIZE};

    if (sts->ca_file == NULL)
        return 0;
    if (read_named_file(files, &named, authorities, fault) < 0)
        return -1;
    if (strstr(secret_text(authorities), PEM_BEGIN) != NULL)
        return 0;
    fault_raise(fault, REASON_CONFIG, "%s: holds no certificates in PEM",
                sts->ca_file);
    return blame_line(files, sts->ca_file_line, fault);
}

/* See that a folder of certificates is one, and can be used as such. */
static int
check_folder(const struct login_files *files, const char *path,
             struct fault *fault)
{
    int fd = trusted_file_open(path, files->owner, TRUSTED_FILE_FOLDER,
                               REASON_CONFIG, fault);

    if (fd < 0)
        return -1;
    close(fd);
    if (https_is_hashed(path))
        return 0;
    fault_raise(fault, REASON_CONFIG,
                "%s: has no hash links (*.0); use openssl rehash", path);
    return -1;
}

int
login_files_check_ca_path(const struct login_files *files,
                          const struct sts_settings *sts, struct fault *fault)
{
    if (sts->ca_path == NULL || check_folder(files, sts->ca_path, fault) == 0)
        return 0;
    return blame_line(files, sts->ca_path_line, fault);
}

struct https *
login_files_begin_https(const struct login_files *files,
                        const struct sts_settings *sts,
                        struct secret *authorities, struct fault *fault)
{
    const struct https_settings settings = {
        .authorities = authorities,
        .ca_path = sts->ca_path,
        .proxy = sts->proxy,
    };

    if (login_files_read_authorities(files, sts, authorities, fault) < 0
        || login_files_check_ca_path(files, sts, fault) < 0)
        return NULL;
    return https_begin(&settings, fault);
}

int
login_files_read_map(const struct login_files *files,
                     const struct identity_mapping *mapping, struct secret *map,
                     struct fault *fault)
{
    const struct named_file named = {mapping->map_file, mapping->map_file_line,
                                     IDENTITY_MAP_MAX_SIZE};

    return read_named_file(files, &named, map, fault);
}

/* Read the text of the rule's policy out of its file. */
static int
read_policy_file(const struct login_files *files, const struct rule *rule,
                 struct secret *text, struct fault *fault)
{
    const struct named_file named = {rule->policy_file, rule->policy_line,
                                     POLICY_FILE_MAX_SIZE};

    if (read_named_file(files, &named, text, fault) < 0)
        return -1;
    return policy_check(text, fault) < 0 ? blame_policy(files, rule, fault) : 0;
}

/* Make the policy of a user's session out of the rule's. Gives 0, and *policy,
   or NULL where the rule has none; or -1 and the fault. */
static int
make_policy(const struct login_files *files, const struct rule *rule,
            const char *user, char **policy, struct fault *fault)
{
    const char *template = rule->policy;
    struct secret text = {0};
    int result = 0;

    *policy = NULL;
    if (rule->policy_file != NULL) {
        result = read_policy_file(files, rule, &text, fault);
        template = secret_text(&text);
    }
    if (result == 0 && template != NULL) {
        *policy = policy_expand(template, user, fault);
        if (*policy == NULL)
            result = blame_policy(files, rule, fault);
    }
    secret_clear(&text);
    return result;
}

int
login_files_make_session(const struct login_files *files,
                         const struct session_wish *wish,
                         struct role_session *session, char **policy,
                         struct fault *fault)
{
    const struct rule *rule = wish->rule;
    const struct provider *provider = wish->provider;

    if (make_policy(files, rule, wish->user, policy, fault) < 0)
        return -1;
    *session = (struct role_session){
        .role_arn = rule->role_arn,
        .role = &rule->role,
        .name = wish->user,
        .duration = rule->duration,
        .provider_id = provider == NULL ? NULL : provider->provider_id,
        .policy_arns = &rule->policy_arns,
        .policy = *policy,
    };
    /* What may be wrong yet is a policy, too long with this user's name. */
    if (role_session_check(session, fault) < 0)
        return blame_policy(files, rule, fault);
    return 0;
}
