/*
 * check_files - the files that the configuration names.
 *
 * Runs as the helper's user, where it could be become: what cannot be read here
 * cannot be read in a login. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_files.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/host_user.h"
#include "model/role_session.h"
#include "parse/identity_map.h"

/* Users of a map file who are not there and are named; the rest is counted. */
#define MAX_NAMED 10

/* Look at the certificates that replace the system's. */
static bool
check_certificates(struct check *check)
{
    const struct sts_settings *sts = &check->configuration->sts;
    struct secret authorities = {0};
    struct fault fault = {0};
    bool good =
        login_files_read_authorities(&check->files, sts, &authorities, &fault)
            == 0
        && login_files_check_ca_path(&check->files, sts, &fault) == 0;

    if (!good)
        report_add(&check->report, REPORT_CERTIFICATES_FAIL, "%s", fault.text);
    secret_clear(&authorities);
    return good;
}

/* Refuse the user of a line, if no token lets him in. */
static int
check_user(const struct map_entry *entry, char *user, struct fault *fault)
{
    memcpy(user, entry->user.start, entry->user.length);
    user[entry->user.length] = '\0';
    return host_user_check(user, fault);
}

/* Look at each line of a map. Gives whether all of them are well-formed. */
static bool
check_lines(struct check *check, const struct identity_mapping *mapping,
            const struct secret *map)
{
    char user[STS_ROLE_SESSION_NAME_MAX + 1];
    struct map_entry entry = {0};
    struct fault fault = {0};
    struct fault refusal;
    size_t missing = 0;
    int result;

    while ((result = identity_map_next(map, &entry, &fault)) > 0) {
        refusal = (struct fault){0};
        if (check_user(&entry, user, &refusal) < 0 && ++missing <= MAX_NAMED)
            report_add(&check->report, REPORT_MAP_USERS_WARN,
                       "%s:%d: user %s: %s", mapping->map_file, entry.line,
                       user, refusal.text);
    }
    if (missing > MAX_NAMED)
        report_add(&check->report, REPORT_MAP_USERS_WARN,
                   "%s: %zu more lines name users who cannot log in",
                   mapping->map_file, missing - MAX_NAMED);
    if (result == 0)
        return true;
    login_files_blame(&check->files, mapping->map_file, mapping->map_file_line,
                      &fault);
    report_add(&check->report, REPORT_MAP_FILE_FAIL, "%s", fault.text);
    return false;
}

/* Look at the map file of a provider that has one. */
static bool
check_map(struct check *check, const struct provider *provider)
{
    struct secret map = {0};
    struct fault fault = {0};
    bool good;

    if (provider->user.map_file == NULL)
        return true;
    good =
        login_files_read_map(&check->files, &provider->user, &map, &fault) == 0;
    if (good)
        good = check_lines(check, &provider->user, &map);
    else
        report_add(&check->report, REPORT_MAP_FILE_FAIL, "%s", fault.text);
    secret_clear(&map);
    return good;
}

/* Refuse the policy file of a rule, if STS does not take it for a user. */
static void
check_policy_for(struct check *check, const struct rule *rule, const char *user,
                 struct fault *fault)
{
    const struct session_wish wish = {.rule = rule, .user = user};
    struct role_session session = {0};
    char *policy = NULL;

    (void) login_files_make_session(&check->files, &wish, &session, &policy,
                                    fault);
    free(policy);
}

/* Look at the policy file of a rule that has one, with each user's name. */
static bool
check_policy(struct check *check, const struct rule *rule)
{
    struct fault fault = {0};
    size_t i;

    if (rule->policy_file == NULL)
        return true;
    check_policy_for(check, rule, ROLE_SESSION_SHORTEST_NAME, &fault);
    for (i = 0; i < rule->users.count && !fault.raised; i++)
        check_policy_for(check, rule, rule->users.texts[i], &fault);
    if (fault.raised)
        report_add(&check->report, REPORT_POLICY_FILE_FAIL, "%s", fault.text);
    return !fault.raised;
}

void
check_files(struct check *check)
{
    const struct configuration *configuration = check->configuration;
    bool good;
    size_t i;

    if (configuration == NULL)
        return;
    good = check_certificates(check);
    for (i = 0; i < configuration->provider_count; i++)
        good = check_map(check, &configuration->providers[i]) && good;
    for (i = 0; i < configuration->rule_count; i++)
        good = check_policy(check, &configuration->rules[i]) && good;
    if (good)
        report_add(&check->report, REPORT_FILES_OK,
                   "uid %lu can read every file that the configuration names",
                   (unsigned long) geteuid());
}
