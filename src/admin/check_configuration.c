/*
 * check_configuration - what the configuration says.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_configuration.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "admin/host_user.h"
#include "login/membership.h"
#include "model/endpoint.h"
#include "model/trust_policy.h"

/*
 * Claims that a user, or a directory's administrator, can change without
 * becoming somebody else. Source: OpenID Connect Core 1.0, 5.7: only sub and
 * iss together are stable; upn and unique_name are Active Directory's.
 */
static const char *const changeable[] = {
    "email", "name", "nickname", "preferred_username", "unique_name", "upn",
};

/* Whether a claim can come to say something else of the same person. */
static bool
is_changeable(const char *claim)
{
    size_t i;

    for (i = 0; i < sizeof changeable / sizeof changeable[0]; i++) {
        if (strcmp(claim, changeable[i]) == 0)
            return true;
    }
    return false;
}

/* Look at how a provider's tokens say whose they are. */
static void
check_mapping(struct check *check, const struct provider *provider)
{
    const struct identity_mapping *user = &provider->user;

    if (is_changeable(user->claim))
        report_add(&check->report, REPORT_MAPPING_WARN,
                   "%s:%d: provider %s: users are told by \"%s\"",
                   check->configuration_path, user->claim_line, provider->name,
                   user->claim);
    else
        report_add(&check->report, REPORT_MAPPING_OK,
                   "provider %s: users are told by \"%s\", %s %s",
                   provider->name, user->claim,
                   user->is != NULL ? "which is" : "listed in",
                   user->is != NULL ? user->is : user->map_file);
}

/* Look at the users and groups that a rule names. */
static void
check_members(struct check *check, const struct rule *rule)
{
    struct fault fault;
    size_t i;

    for (i = 0; i < rule->users.count; i++) {
        fault = (struct fault){0};
        if (host_user_check(rule->users.texts[i], &fault) < 0)
            report_add(&check->report, REPORT_USERS_WARN,
                       "%s:%d: rule %s: user %s: %s", check->configuration_path,
                       rule->line, rule->name, rule->users.texts[i],
                       fault.text);
    }
    for (i = 0; i < rule->groups.count; i++) {
        fault = (struct fault){0};
        if (membership_check_group(rule->groups.texts[i], &fault) < 0)
            report_add(&check->report, REPORT_GROUPS_FAIL, "%s:%d: rule %s: %s",
                       check->configuration_path, rule->line, rule->name,
                       fault.text);
    }
}

/* See that the STS that is asked can know a rule's role. */
static void
check_partition(struct check *check, const struct rule *rule)
{
    const struct endpoint *endpoint = &check->configuration->sts.endpoint;
    const char *partition;

    /* A server in place of AWS's may know any. */
    if (endpoint->url != NULL)
        return;
    partition = endpoint_partition(endpoint->region);
    if (strcmp(rule->role.partition, partition) != 0)
        report_add(&check->report, REPORT_PARTITION_FAIL,
                   "%s:%d: rule %s: %s is not in %s, where STS of %s is",
                   check->configuration_path, rule->line, rule->name,
                   rule->role_arn, partition, endpoint->region);
}

/* Whether IAM can see whose every provider's tokens are. */
static bool
sees_users(const struct configuration *configuration)
{
    size_t i;

    for (i = 0; i < configuration->provider_count; i++) {
        if (!trust_policy_sees_mapping(&configuration->providers[i]))
            return false;
    }
    return true;
}

/*
 * What a rule restricts by that IAM cannot see; NULL for nothing. IAM knows no
 * group of this host, but it can be told whose tokens are whose.
 */
static const char *
unseen_by_iam(const struct check *check, const struct rule *rule)
{
    size_t i;

    if (rule->groups.count > 0)
        return "groups of this host";
    if (rule->users.count > 0 && !sees_users(check->configuration))
        return "users, whom a claim tells that IAM cannot see";
    for (i = 0; i < rule->claim_count; i++) {
        if (!trust_policy_sees_condition(&rule->claims[i]))
            return rule->claims[i].path.texts[0];
    }
    return NULL;
}

/* Look at whether IAM can hold a rule's role to what the rule says. */
static void
check_rule(struct check *check, const struct rule *rule)
{
    const char *unseen = unseen_by_iam(check, rule);

    if (unseen == NULL)
        report_add(&check->report, REPORT_RULES_OK, "rule %s: %s", rule->name,
                   rule->role_arn);
    else
        report_add(&check->report, REPORT_RULES_WARN,
                   "%s:%d: rule %s: IAM cannot see what it restricts by: %s",
                   check->configuration_path, rule->line, rule->name, unseen);
}

void
check_configuration(struct check *check)
{
    const struct configuration *configuration = check->configuration;
    size_t i;

    if (configuration == NULL)
        return;
    report_add(&check->report, REPORT_CONFIGURATION_OK,
               "%s: providers %zu, rules %zu", check->configuration_path,
               configuration->provider_count, configuration->rule_count);
    for (i = 0; i < configuration->provider_count; i++)
        check_mapping(check, &configuration->providers[i]);
    for (i = 0; i < configuration->rule_count; i++) {
        check_members(check, &configuration->rules[i]);
        check_partition(check, &configuration->rules[i]);
        check_rule(check, &configuration->rules[i]);
    }
}
