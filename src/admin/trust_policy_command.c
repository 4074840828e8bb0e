/*
 * trust_policy_command - pam-aws-oidc trust-policy: what to give to IAM.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/command.h"
#include "admin/iam_commands.h"
#include "admin/options.h"
#include "admin/output.h"
#include "admin/privileges.h"
#include "admin/trust_document.h"
#include "login/login_files.h"
#include "model/trust_policy.h"
#include "parse/identity_map.h"
#include "parse/json.h"

struct options {
    const char *configuration;
    const char *rule; /* NULL for all */
    bool as_json;
};

/* What is read before anything is printed. */
struct sources {
    struct configuration configuration;
    struct trust_listed *listed; /* what each provider's map file lists */
};

/* What there is to say of a role. */
struct role_trust {
    const struct rule *rule; /* the first that names it */
    struct text_list rules;  /* the names of all that do */
    int duration;            /* the longest that they ask for */
    struct trust_policy policy;
    struct secret document;
    struct text_list bonds;
    struct text_list providers; /* commands that create them */
    char *create;               /* commands for the role, which read the */
    char *update;               /* document where the option has no text */
    char *update_duration;      /* NULL where the default will do */
};

/* Raise the fault of memory. */
static int
refuse_for_memory(struct fault *fault)
{
    fault_raise(fault, REASON_MEMORY, "no memory for a trust policy");
    return -1;
}

/* Add a line of a map file. What no claim can be equal to lets nobody in. */
static int
add_listed(struct trust_listed *listed, const struct map_entry *entry)
{
    char *value;
    char *user;
    int result = -1;

    if (!json_takes_string(entry->value.start, entry->value.length))
        return 0;
    value = strndup(entry->value.start, entry->value.length);
    user = strndup(entry->user.start, entry->user.length);
    if (value != NULL && user != NULL
        && text_list_add(&listed->values, value) == 0
        && text_list_add(&listed->users, user) == 0)
        result = 0;
    free(value);
    free(user);
    return result;
}

/* Read what a provider's map file lists. */
static int
read_map(const struct login_files *files,
         const struct identity_mapping *mapping, struct trust_listed *listed,
         struct fault *fault)
{
    struct map_entry entry = {0};
    struct secret map = {0};
    int found = -1;

    if (login_files_read_map(files, mapping, &map, fault) < 0)
        goto out;
    while ((found = identity_map_next(&map, &entry, fault)) > 0) {
        if (add_listed(listed, &entry) < 0) {
            found = refuse_for_memory(fault);
            goto out;
        }
    }
    if (found < 0)
        login_files_blame(files, mapping->map_file, mapping->map_file_line,
                          fault);

out:
    secret_clear(&map);
    return found;
}

/* Read the map files: as the helper's user, which a login reads them as. */
static int
read_maps(const struct login_files *files, struct sources *sources,
          struct fault *fault)
{
    const struct configuration *configuration = &sources->configuration;
    const struct identity_mapping *mapping;
    size_t i;

    sources->listed =
        calloc(configuration->provider_count, sizeof *sources->listed);
    if (sources->listed == NULL)
        return refuse_for_memory(fault);
    if (privileges_drop(fault) < 0)
        return -1;
    for (i = 0; i < configuration->provider_count; i++) {
        mapping = &configuration->providers[i].user;
        if (mapping->map_file != NULL
            && read_map(files, mapping, &sources->listed[i], fault) < 0)
            return -1;
    }
    return 0;
}

/* Read the configuration, and the map files that it names. */
static int
read_sources(const char *path, struct sources *sources, struct fault *fault)
{
    struct login_files files = {.path = path};
    struct findings findings = {0};
    int result = -1;

    if (login_files_open(&files, &sources->configuration, &findings, fault)
        == 0)
        result = read_maps(&files, sources, fault);
    findings_clear(&findings);
    return result;
}

/* Free what was read. */
static void
clear_sources(struct sources *sources)
{
    size_t i;

    for (i = 0;
         sources->listed != NULL && i < sources->configuration.provider_count;
         i++)
        trust_listed_clear(&sources->listed[i]);
    free(sources->listed);
    configuration_clear(&sources->configuration);
}

/* Let in whom a rule lets in, with the tokens of whatever provider. */
static void
add_rule(struct role_trust *trust, const struct sources *sources,
         const struct rule *rule)
{
    size_t i;

    if (text_list_add(&trust->rules, rule->name) < 0)
        trust->policy.failed = true;
    if (rule->duration > trust->duration)
        trust->duration = rule->duration;
    for (i = 0; i < sources->configuration.provider_count; i++)
        trust_policy_add(&trust->policy, rule,
                         &sources->configuration.providers[i],
                         &sources->listed[i]);
}

/* Whether two rules name users, and none of the same. */
static bool
are_for_different_users(const struct rule *one, const struct rule *other)
{
    size_t i;

    if (one->users.count == 0 || one->groups.count > 0
        || other->users.count == 0 || other->groups.count > 0)
        return false;
    for (i = 0; i < one->users.count; i++) {
        if (text_list_has(&other->users, one->users.texts[i]))
            return false;
    }
    return true;
}

/* Say whom a rule is not for, as another is the first that matches. */
static void
remark_on_order(struct role_trust *trust,
                const struct configuration *configuration,
                const struct rule *rule)
{
    const struct rule *above;

    for (above = configuration->rules; above < rule; above++) {
        if (strcmp(above->role_arn, rule->role_arn) != 0
            && !are_for_different_users(above, rule))
            trust_policy_remark(
                &trust->policy,
                "Rule \"%s\": IAM does not see that rule"
                " \"%s\" comes first, so whoever gets its role can"
                " take this one, too.",
                rule->name, above->name);
    }
}

/* Allow what the configuration shows that tokens do. */
static void
allow(struct trust_policy *policy, const struct configuration *configuration)
{
    size_t i;

    for (i = 0; i < configuration->rule_count; i++)
        trust_policy_allow_for_rule(policy, &configuration->rules[i]);
    for (i = 0; i < configuration->provider_count; i++)
        trust_policy_allow_for_provider(policy, &configuration->providers[i]);
    if (!policy->tags)
        trust_policy_remark(policy,
                            "A token with session tags is refused unless"
                            " sts:TagSession is among the actions.");
    if (!policy->source_identity)
        trust_policy_remark(policy,
                            "A token with a source identity is refused unless"
                            " sts:SetSourceIdentity is among the actions.");
}

/* Whether the policy trusts a provider. */
static bool
trusts(const struct trust_policy *policy, const char *principal)
{
    size_t i;

    for (i = 0; i < policy->statement_count; i++) {
        if (strcmp(policy->statements[i].principal, principal) == 0)
            return true;
    }
    return false;
}

/* Whether all texts of a list can be typed. */
static bool
can_all_be_typed(const struct text_list *list)
{
    size_t i;

    for (i = 0; i < list->count; i++) {
        if (!iam_can_be_typed(list->texts[i]))
            return false;
    }
    return true;
}

/* Add the command that creates a provider, where one is trusted. */
static void
add_provider(struct role_trust *trust, const struct provider *provider)
{
    char *principal = trust_policy_principal(provider, &trust->rule->role);
    char *command = NULL;

    if (principal == NULL) {
        trust->policy.failed = true;
        return;
    }
    if (!trusts(&trust->policy, principal) || trust_policy_is_built_in(provider)
        || provider_is_of_access_tokens(provider))
        goto out;
    if (!can_all_be_typed(&provider->audience)) {
        trust_policy_remark(&trust->policy,
                            "Provider \"%s\": an audience of it is not all"
                            " printable ASCII, so there is no command that"
                            " creates it.",
                            provider->name);
        goto out;
    }
    command = iam_create_provider(provider);
    if (command == NULL || text_list_add(&trust->providers, command) < 0)
        trust->policy.failed = true;

out:
    free(command);
    free(principal);
}

/* Remark on how long the document is. */
static void
remark_on_length(struct trust_policy *policy, size_t length)
{
    if (length > TRUST_DOCUMENT_MAX_QUOTA)
        trust_policy_remark(policy,
                            "The document has %zu characters, and IAM takes at"
                            " most %d: have several roles, each with a rule"
                            " for some of the users.",
                            length, TRUST_DOCUMENT_MAX_QUOTA);
    else if (length > TRUST_DOCUMENT_QUOTA)
        trust_policy_remark(policy,
                            "The document has %zu characters, and an account"
                            " may have %d unless AWS raises its quota for the"
                            " length of role trust policies, up to %d.",
                            length, TRUST_DOCUMENT_QUOTA,
                            TRUST_DOCUMENT_MAX_QUOTA);
}

/* Write the commands that give the role to IAM. */
static int
make_commands(struct role_trust *trust, bool as_json, struct fault *fault)
{
    const struct role *role = &trust->rule->role;
    const char *document = IAM_STANDARD_INPUT;
    struct secret compact = {0};
    int result = -1;

    if (trust_document_make(&trust->policy, true, &compact, fault) < 0)
        return -1;
    if (as_json)
        document = secret_text(&compact);
    remark_on_length(&trust->policy, compact.length);
    trust->create =
        iam_create_role(trust->rule->role_arn, role, trust->duration, document);
    trust->update = iam_update_trust(role, document);
    if (trust->duration > IAM_DEFAULT_SESSION_DURATION)
        trust->update_duration = iam_update_duration(role, trust->duration);
    if (trust->create != NULL && trust->update != NULL
        && (trust->update_duration != NULL
            || trust->duration <= IAM_DEFAULT_SESSION_DURATION))
        result = 0;
    else
        refuse_for_memory(fault);
    secret_clear(&compact);
    return result;
}

/* Find out all that there is to say of the role that a rule names. */
static int
make_trust(const struct sources *sources, const struct rule *rule, bool as_json,
           struct role_trust *trust, struct fault *fault)
{
    const struct configuration *configuration = &sources->configuration;
    size_t i;

    trust->rule = rule;
    allow(&trust->policy, configuration);
    for (i = 0; i < configuration->rule_count; i++) {
        if (strcmp(configuration->rules[i].role_arn, rule->role_arn) != 0)
            continue;
        add_rule(trust, sources, &configuration->rules[i]);
        remark_on_order(trust, configuration, &configuration->rules[i]);
    }
    for (i = 0; i < configuration->provider_count; i++)
        add_provider(trust, &configuration->providers[i]);
    trust_policy_list_bonds(&trust->policy, &trust->bonds);
    if (trust->policy.failed)
        return refuse_for_memory(fault);
    if (trust->policy.statement_count == 0) {
        fault_raise(fault, REASON_CONFIG,
                    "%s: no token can match a rule that names it, so there is"
                    " nobody to trust",
                    rule->role_arn);
        return -1;
    }
    if (trust_document_make(&trust->policy, false, &trust->document, fault) < 0
        || make_commands(trust, as_json, fault) < 0)
        return -1;
    return trust->policy.failed ? refuse_for_memory(fault) : 0;
}

/* Free what it owns. */
static void
clear_trust(struct role_trust *trust)
{
    text_list_clear(&trust->rules);
    trust_policy_clear(&trust->policy);
    secret_clear(&trust->document);
    text_list_clear(&trust->bonds);
    text_list_clear(&trust->providers);
    free(trust->create);
    free(trust->update);
    free(trust->update_duration);
}

/* Write a role as JSON. */
static void
write_trust(struct json_writer *json, const struct role_trust *trust)
{
    size_t i;

    json_writer_begin_object(json, NULL);
    json_writer_text(json, "role_arn", trust->rule->role_arn);
    json_writer_texts(json, "rules", &trust->rules);
    trust_document_write(json, "document", &trust->policy);
    json_writer_texts(json, "binds", &trust->bonds);
    json_writer_texts(json, "remarks", &trust->policy.remarks);
    json_writer_begin_array(json, "commands");
    for (i = 0; i < trust->providers.count; i++)
        json_writer_text(json, NULL, trust->providers.texts[i]);
    json_writer_text(json, NULL, trust->create);
    json_writer_text(json, NULL, trust->update);
    if (trust->update_duration != NULL)
        json_writer_text(json, NULL, trust->update_duration);
    json_writer_end(json);
    json_writer_end(json);
}

/* Print texts as comments of the shell. */
static void
print_comments(const char *before, const struct text_list *list)
{
    size_t i;

    for (i = 0; i < list->count; i++)
        output_line(stdout, "# %s%s", before, list->texts[i]);
}

/* Print a role as text that a shell takes. */
static void
print_trust(const struct role_trust *trust)
{
    size_t i;

    output_line(stdout, "# %s", trust->rule->role_arn);
    print_comments("Rule: ", &trust->rules);
    print_comments("Bound by: ", &trust->bonds);
    print_comments("", &trust->policy.remarks);
    if (trust->providers.count > 0)
        puts("#\n# The provider, once for each account. An older AWS CLI wants"
             " a --thumbprint-list, too.");
    for (i = 0; i < trust->providers.count; i++)
        output_line(stdout, "%s", trust->providers.texts[i]);
    puts("#\n# The role. If it is there already, put this in place of the line"
         " below:");
    output_line(stdout, "#   %s <<'END'", trust->update);
    if (trust->update_duration != NULL)
        output_line(stdout, "# and call: %s", trust->update_duration);
    output_line(stdout, "%s <<'END'", trust->create);
    printf("%s\nEND\n", secret_text(&trust->document));
}

/* The first rule that names the role of a rule. */
static const struct rule *
first_of_role(const struct configuration *configuration,
              const struct rule *rule)
{
    const struct rule *first = configuration->rules;

    while (strcmp(first->role_arn, rule->role_arn) != 0)
        first++;
    return first;
}

/* Show the role of a rule. */
static int
show_role(const struct sources *sources, const struct rule *rule,
          struct json_writer *json)
{
    struct role_trust trust = {0};
    struct fault fault = {0};
    int status = COMMAND_BAD;

    if (make_trust(sources, rule, json != NULL, &trust, &fault) < 0) {
        output_fault(&fault);
        goto out;
    }
    if (json != NULL)
        write_trust(json, &trust);
    else
        print_trust(&trust);
    status = COMMAND_GOOD;

out:
    clear_trust(&trust);
    return status;
}

/* Show each role that is asked for, once. */
static int
show(const struct sources *sources, const struct options *options)
{
    const struct configuration *configuration = &sources->configuration;
    struct json_writer writer = {0};
    struct json_writer *json = options->as_json ? &writer : NULL;
    const struct rule *rule;
    int status = COMMAND_GOOD;
    int shown = 0;
    size_t i;

    json_writer_begin_object(&writer, NULL);
    json_writer_number(&writer, "version", 1);
    json_writer_begin_array(&writer, "roles");
    for (i = 0; i < configuration->rule_count; i++) {
        rule = &configuration->rules[i];
        if (options->rule != NULL ? strcmp(options->rule, rule->name) != 0
                                  : first_of_role(configuration, rule) != rule)
            continue;
        if (shown++ > 0 && json == NULL)
            putchar('\n');
        if (show_role(sources, rule, json) != COMMAND_GOOD)
            status = COMMAND_BAD;
    }
    json_writer_end(&writer);
    json_writer_end(&writer);
    if (shown == 0) {
        output_line(stderr, "pam-aws-oidc: there is no rule \"%.64s\"",
                    options->rule);
        status = COMMAND_BAD;
    }
    if (json != NULL && shown > 0 && output_json(json) < 0)
        status = COMMAND_BAD;
    return status;
}

/* Do what is asked for. */
static int
run(const struct options *options)
{
    struct sources sources = {0};
    struct fault fault = {0};
    int status = COMMAND_BAD;

    if (read_sources(options->configuration, &sources, &fault) < 0)
        output_fault(&fault);
    else
        status = show(&sources, options);
    clear_sources(&sources);
    return status;
}

/* Say how the command is called. */
static void
print_usage(void)
{
    puts("Usage: pam-aws-oidc trust-policy [--config FILE] [--rule NAME]"
         " [--json]\n\n"
         "Prints, for each role of the configuration, the trust policy that"
         " lets in whom the\nrules let in and as few others as IAM can tell"
         " apart, and the commands that give it\nto IAM: read it, and paste it"
         " into a POSIX shell where the AWS CLI is set up for\nthe role's"
         " account. The document is in a here-document; remarks begin with #."
         "\n\n"
         "  --config FILE  another configuration than " CONFIGURATION_PATH "\n"
         "  --rule NAME    only the role that this rule names\n"
         "  --json         print one JSON document");
}

int
trust_policy_command(int argc, char **argv)
{
    enum {
        CONFIG,
        RULE,
        JSON,
        HELP,
        COUNT
    };
    static const struct option words[] = {
        [CONFIG] = {"config", required_argument, NULL, 0},
        [RULE] = {"rule", required_argument, NULL, 0},
        [JSON] = {"json", no_argument, NULL, 0},
        [HELP] = {"help", no_argument, NULL, OPTIONS_HELP},
        [COUNT] = {NULL, 0, NULL, 0},
    };
    char *values[COUNT] = {NULL};
    int status = options_read(argc, argv, words, values, print_usage);
    const struct options options = {
        .configuration =
            values[CONFIG] != NULL ? values[CONFIG] : CONFIGURATION_PATH,
        .rule = values[RULE],
        .as_json = values[JSON] != NULL,
    };

    return status == OPTIONS_READ ? run(&options) : status;
}
