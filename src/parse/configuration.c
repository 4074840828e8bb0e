/*
 * configuration - the text of pam_aws_oidc.conf into settings.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/configuration.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

#include "parse/configuration_text.h"

/* A group of settings that is read, and the place for what is wrong. */
struct group {
    const config_setting_t *setting;
    const char *name; /* for the findings: "sts", "a rule", … */
    struct findings *findings;
};

/* The line of a setting, as the administrator counts them. */
static int
line_of(const config_setting_t *setting)
{
    return (int) config_setting_source_line(setting);
}

/* Find each setting of a group that is not among the names. */
static void
check_keys(const struct group *group, const char *const *names)
{
    const config_setting_t *member;
    const char *const *name;
    int i;

    for (i = 0; i < config_setting_length(group->setting); i++) {
        member = config_setting_get_elem(group->setting, (unsigned int) i);
        for (name = names; *name != NULL; name++) {
            if (strcmp(*name, config_setting_name(member)) == 0)
                break;
        }
        if (*name == NULL)
            findings_add(group->findings, line_of(member),
                         "%s has no setting \"%s\"", group->name,
                         config_setting_name(member));
    }
}

/* A setting of a group; where it must be there and is not, that is found. */
static const config_setting_t *
find(const struct group *group, const char *key, bool required)
{
    const config_setting_t *member =
        config_setting_get_member(group->setting, key);

    if (member == NULL && required)
        findings_add(group->findings, line_of(group->setting),
                     "%s needs the setting \"%s\"", group->name, key);
    return member;
}

/* Copy the text of a setting; NULL where it is not a text, or an empty one. */
static char *
copy_text(const struct group *group, const char *key,
          const config_setting_t *setting)
{
    const char *text = config_setting_get_string(setting);
    char *copy = NULL;

    if (text == NULL || text[0] == '\0') {
        findings_add(
            group->findings, line_of(setting),
            "%s: \"%s\" must be a text in quotes, and not an empty one",
            group->name, key);
        return NULL;
    }
    copy = strdup(text);
    if (copy == NULL)
        findings_add(group->findings, line_of(setting), "no memory");
    return copy;
}

/* Read a text; NULL where there is none. */
static char *
read_text(const struct group *group, const char *key, bool required)
{
    const config_setting_t *setting = find(group, key, required);

    return setting == NULL ? NULL : copy_text(group, key, setting);
}

/* Read a text of which something more must be true. */
static char *
read_checked(const struct group *group, const char *key, bool required,
             bool (*is_valid)(const char *text), const char *must)
{
    char *text = read_text(group, key, required);

    if (text != NULL && !is_valid(text)) {
        findings_add(group->findings,
                     line_of(config_setting_get_member(group->setting, key)),
                     "%s: \"%s\" must be %s", group->name, key, must);
        free(text);
        text = NULL;
    }
    return text;
}

/* What an integer may be. */
struct range {
    int minimum;
    int maximum;
    int standard; /* where the setting is missing */
};

/* Read an integer. */
static int
read_integer(const struct group *group, const char *key,
             const struct range *range)
{
    const config_setting_t *setting = find(group, key, false);
    int number;

    if (setting == NULL)
        return range->standard;
    number = config_setting_get_int(setting);
    if (config_setting_type(setting) != CONFIG_TYPE_INT
        || number < range->minimum || number > range->maximum) {
        findings_add(group->findings, line_of(setting),
                     "%s: \"%s\" must be a whole number from %d to %d",
                     group->name, key, range->minimum, range->maximum);
        return range->standard;
    }
    return number;
}

/* Whether a text is an absolute path. */
static bool
is_path(const char *text)
{
    return text[0] == '/';
}

/* Whether a text is a URL that can be called: https, and a host's name. */
static bool
is_https_url(const char *text)
{
    static const char scheme[] = "https://";
    size_t length = sizeof scheme - 1;

    return strncmp(text, scheme, length) == 0 && text[length] != '\0'
           && strchr("/?#:@", text[length]) == NULL
           && text[strcspn(text, " \t\r\n?#@\\")] == '\0';
}

/* Whether a text is the ARN of a role. */
static bool
is_role_arn(const char *text)
{
    struct role role;

    return role_parse(text, &role) == 0;
}

/* Enter a group that the settings must have. */
static bool
enter(const struct group *outer, const char *key, struct group *inner)
{
    inner->setting = find(outer, key, true);
    inner->name = key;
    inner->findings = outer->findings;
    if (inner->setting == NULL)
        return false;
    if (!config_setting_is_group(inner->setting)) {
        findings_add(outer->findings, line_of(inner->setting),
                     "\"%s\" must be a group in { }", key);
        return false;
    }
    return true;
}

/* Read sts. */
static void
read_sts(const struct group *file, struct sts_settings *sts)
{
    static const char *const keys[] = {"region", "endpoint", "ca_file",
                                       "timeout", NULL};
    static const struct range timeout = {CONFIGURATION_MIN_TIMEOUT,
                                         CONFIGURATION_MAX_TIMEOUT,
                                         CONFIGURATION_DEFAULT_TIMEOUT};
    struct group group;

    if (!enter(file, "sts", &group))
        return;
    check_keys(&group, keys);
    sts->region =
        read_checked(&group, "region", false, endpoint_region_is_valid,
                     "a region, such as \"eu-west-1\"");
    sts->endpoint = read_checked(&group, "endpoint", false, is_https_url,
                                 "a URL that begins with https://");
    sts->ca_file =
        read_checked(&group, "ca_file", false, is_path, "an absolute path");
    sts->timeout = read_integer(&group, "timeout", &timeout);
    if (config_setting_get_member(group.setting, "region") == NULL
        && config_setting_get_member(group.setting, "endpoint") == NULL)
        findings_add(group.findings, line_of(group.setting),
                     "sts needs a region or an endpoint");
}

/* Read user: whom a provider's tokens belong to. */
static void
read_mapping(const struct group *provider, struct identity_mapping *mapping)
{
    static const char *const keys[] = {"claim", "is", "map_file", NULL};
    struct group group;

    if (!enter(provider, "user", &group))
        return;
    check_keys(&group, keys);
    mapping->claim = read_text(&group, "claim", true);
    mapping->is = read_checked(&group, "is", false, identity_is_well_formed,
                               "a text with %u, the user, and no other %");
    mapping->map_file =
        read_checked(&group, "map_file", false, is_path, "an absolute path");
    if ((config_setting_get_member(group.setting, "is") == NULL)
        == (config_setting_get_member(group.setting, "map_file") == NULL))
        findings_add(group.findings, line_of(group.setting),
                     "user needs either \"is\" or \"map_file\"");
}

/* Read audience: at least one text. */
static void
read_audience(const struct group *group, struct provider *provider)
{
    const config_setting_t *list = find(group, "audience", true);
    int count;
    int i;

    if (list == NULL)
        return;
    count = config_setting_length(list);
    if ((!config_setting_is_array(list) && !config_setting_is_list(list))
        || count == 0) {
        findings_add(group->findings, line_of(list),
                     "%s: \"audience\" must be texts in [ ], at least one",
                     group->name);
        return;
    }
    provider->audience = calloc((size_t) count, sizeof *provider->audience);
    if (provider->audience == NULL) {
        findings_add(group->findings, line_of(list), "no memory");
        return;
    }
    for (i = 0; i < count; i++)
        provider->audience[provider->audience_count++] =
            copy_text(group, "audience",
                      config_setting_get_elem(list, (unsigned int) i));
}

/* Read one provider. */
static void
read_provider(const struct group *group, void *element)
{
    static const char *const keys[] = {"name", "issuer", "audience", "user",
                                       NULL};
    struct provider *provider = element;

    check_keys(group, keys);
    provider->name = read_text(group, "name", true);
    provider->issuer = read_checked(group, "issuer", true, is_https_url,
                                    "a URL that begins with https://");
    read_audience(group, provider);
    read_mapping(group, &provider->user);
}

/* Read one rule. */
static void
read_rule(const struct group *group, void *element)
{
    static const char *const keys[] = {"name", "role_arn", "duration", "region",
                                       NULL};
    static const struct range duration = {ROLE_SESSION_MIN_DURATION,
                                          ROLE_SESSION_MAX_DURATION, 0};
    struct rule *rule = element;

    check_keys(group, keys);
    rule->name = read_text(group, "name", true);
    rule->role_arn =
        read_checked(group, "role_arn", true, is_role_arn,
                     "a role, as in \"arn:aws:iam::123456789012:role/Name\"");
    if (rule->role_arn != NULL)
        role_parse(rule->role_arn, &rule->role);
    rule->duration = read_integer(group, "duration", &duration);
    rule->region =
        read_checked(group, "region", false, endpoint_region_is_valid,
                     "a region, such as \"eu-west-1\"");
}

/* A list of groups that must not be empty. */
struct list {
    const char *key;
    const char *element; /* for the findings: "a provider", … */
    size_t size;         /* bytes of one element */
    void (*read)(const struct group *group, void *element);
};

/* Find two elements of a list whose setting of a name is the same text. */
static void
check_unique(const struct group *file, const config_setting_t *list,
             const char *key)
{
    const char *one;
    const char *other;
    int i;
    int j;

    for (i = 0; i < config_setting_length(list); i++) {
        for (j = 0; j < i; j++) {
            if (config_setting_lookup_string(
                    config_setting_get_elem(list, (unsigned int) i), key, &one)
                && config_setting_lookup_string(
                    config_setting_get_elem(list, (unsigned int) j), key,
                    &other)
                && strcmp(one, other) == 0)
                findings_add(file->findings,
                             line_of(config_setting_get_elem(list,
                                                             (unsigned int) i)),
                             "%s: another one has the same \"%s\"",
                             config_setting_name(list), key);
        }
    }
}

/* Read a list; gives its elements, or NULL, and how many there are. */
static void *
read_list(const struct group *file, const struct list *list, size_t *count)
{
    const config_setting_t *setting = find(file, list->key, true);
    struct group group = {.name = list->element, .findings = file->findings};
    char *elements;
    int length;
    int i;

    if (setting == NULL)
        return NULL;
    length = config_setting_length(setting);
    if (!config_setting_is_list(setting) || length == 0) {
        findings_add(file->findings, line_of(setting),
                     "\"%s\" must be groups in ( ), at least one", list->key);
        return NULL;
    }
    elements = calloc((size_t) length, list->size);
    if (elements == NULL) {
        findings_add(file->findings, line_of(setting), "no memory");
        return NULL;
    }
    for (i = 0; i < length; i++) {
        group.setting = config_setting_get_elem(setting, (unsigned int) i);
        if (config_setting_is_group(group.setting))
            list->read(&group, elements + (size_t) i * list->size);
        else
            findings_add(file->findings, line_of(group.setting),
                         "%s must be a group in { }", list->element);
    }
    *count = (size_t) length;
    return elements;
}

/* Read the whole file. */
static void
read_file(const struct group *file, struct configuration *configuration)
{
    static const char *const keys[] = {"sts", "providers", "min_uid", "rules",
                                       NULL};
    static const struct range min_uid = {1, INT_MAX,
                                         CONFIGURATION_DEFAULT_MIN_UID};
    static const struct list providers = {"providers", "a provider",
                                          sizeof(struct provider),
                                          read_provider};
    static const struct list rules = {"rules", "a rule", sizeof(struct rule),
                                      read_rule};

    check_keys(file, keys);
    read_sts(file, &configuration->sts);
    configuration->providers =
        read_list(file, &providers, &configuration->provider_count);
    configuration->min_uid = (uid_t) read_integer(file, "min_uid", &min_uid);
    configuration->rules = read_list(file, &rules, &configuration->rule_count);
    if (configuration->providers != NULL) {
        check_unique(file, find(file, "providers", true), "name");
        check_unique(file, find(file, "providers", true), "issuer");
    }
    if (configuration->rules != NULL)
        check_unique(file, find(file, "rules", true), "name");
}

int
configuration_read(const struct secret *text,
                   struct configuration *configuration,
                   struct findings *findings)
{
    struct group file = {.name = "the file", .findings = findings};
    config_t config;

    *configuration = (struct configuration){0};
    configuration_text_check(text, findings);
    if (findings->any)
        return -1;
    config_init(&config);
    if (config_read_string(&config, secret_text(text)) == CONFIG_TRUE) {
        file.setting = config_root_setting(&config);
        read_file(&file, configuration);
    } else {
        findings_add(findings, config_error_line(&config), "%s",
                     config_error_text(&config));
    }
    config_destroy(&config);
    if (findings->any)
        configuration_clear(configuration);
    return findings->any ? -1 : 0;
}

void
configuration_clear(struct configuration *configuration)
{
    size_t i;

    for (i = 0; i < configuration->provider_count; i++)
        provider_clear(&configuration->providers[i]);
    for (i = 0; i < configuration->rule_count; i++)
        rule_clear(&configuration->rules[i]);
    free(configuration->providers);
    free(configuration->rules);
    free(configuration->sts.region);
    free(configuration->sts.endpoint);
    free(configuration->sts.ca_file);
    *configuration = (struct configuration){0};
}
