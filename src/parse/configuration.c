/*
 * configuration - the text of pam_aws_oidc.conf into what a login goes by.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/configuration.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/template.h"
#include "parse/policy.h"
#include "parse/settings.h"

#define DIGITS  "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* Google names itself in two ways (OpenID Connect, "Discovery"), this is one.
 */
#define ISSUER_WITHOUT_SCHEME "accounts.google.com"

/* How the ID tokens begin: base64url of "{" and a quote. */
#define ID_TOKEN_PREFIX "ey"

/* Whether a text is an absolute path. */
static bool
is_path(const char *text)
{
    return text[0] == '/';
}

/* Whether a text is the number of a port. */
static bool
is_port(const char *text, size_t length)
{
    return length > 0 && length <= 5 && strspn(text, DIGITS) >= length
           && strtol(text, NULL, 10) > 0
           && strtol(text, NULL, 10) <= UINT16_MAX;
}

/* The length of a host at the start of a text; 0 where there is none. */
static size_t
host_length(const char *text)
{
    size_t length;

    if (text[0] != '[')
        return strspn(text, LETTERS DIGITS "._-");
    /* An address of IPv6. */
    length = 1 + strspn(text + 1, DIGITS "abcdefABCDEF:.");
    return length > 1 && text[length] == ']' ? length + 1 : 0;
}

/* What a URL goes on with behind scheme, host and port; NULL if it is none. */
static const char *
behind_host(const char *text, const char *scheme, bool needs_port)
{
    const char *rest;
    size_t length;

    if (strncmp(text, scheme, strlen(scheme)) != 0)
        return NULL;
    rest = text + strlen(scheme);
    length = host_length(rest);
    if (length == 0)
        return NULL;
    rest += length;
    if (*rest != ':')
        return needs_port ? NULL : rest;
    length = strcspn(++rest, "/");
    return is_port(rest, length) ? rest + length : NULL;
}

bool
configuration_takes_url(const char *text)
{
    const char *path = behind_host(text, "https://", false);

    return path != NULL && (*path == '\0' || *path == '/')
           && sts_parameter_visible_length(path) >= 0
           && strpbrk(path, "?#@\\") == NULL;
}

/* Whether a text is the URL of a proxy: a host and a port, and nothing else. */
static bool
is_proxy(const char *text)
{
    const char *rest = behind_host(text, "http://", true);

    return rest != NULL && *rest == '\0';
}

/* Whether a text can be the "iss" of ID tokens. */
static bool
is_issuer(const char *text)
{
    return configuration_takes_url(text)
           || strcmp(text, ISSUER_WITHOUT_SCHEME) == 0;
}

/* Whether a text is a ProviderId: a host's name, without scheme and port. */
static bool
is_provider_id(const char *text)
{
    struct fault ignored = {0};

    return sts_parameter_check(STS_PARAMETER_PROVIDER_ID, text, &ignored) == 0
           && text[strspn(text, LETTERS DIGITS ".-")] == '\0';
}

/* Whether a text tells access tokens from all else that may be answered. */
static bool
is_token_prefix(const char *text)
{
    int length = sts_parameter_visible_length(text);

    return length >= PROVIDER_MIN_PREFIX && length <= PROVIDER_MAX_PREFIX
           && strncmp(text, ID_TOKEN_PREFIX, strlen(ID_TOKEN_PREFIX)) != 0;
}

/* Whether a text is the ARN of a role. */
static bool
is_role_arn(const char *text)
{
    struct role role;

    return role_parse(text, &role) == 0;
}

/* Whether a text is a template with the user in it. */
static bool
is_user_template(const char *text)
{
    return template_is_well_formed(text) && template_has_user(text);
}

/* Read where STS is asked. */
static void
read_endpoint(const struct settings *settings, struct endpoint *endpoint)
{
    char room[ENDPOINT_URL_SIZE];
    struct fault fault = {0};

    endpoint->region = settings_checked_text(settings, "region", false,
                                             endpoint_region_is_valid,
                                             "a region, such as \"eu-west-1\"");
    endpoint->url = settings_checked_text(settings, "endpoint", false,
                                          configuration_takes_url,
                                          "a URL that begins with https://");
    endpoint->fips = settings_boolean(settings, "fips");
    endpoint->dual_stack = settings_boolean(settings, "dual_stack");
    endpoint->global = settings_boolean(settings, "use_global_endpoint");

    /* Not where one of them is there and wrong, which is found already. */
    if (settings_have(settings, "region") == (endpoint->region != NULL)
        && settings_have(settings, "endpoint") == (endpoint->url != NULL)
        && endpoint_resolve(endpoint, room, &fault) == NULL)
        settings_refuse(settings, NULL, "%s: %s", settings->name, fault.text);
}

/* Read sts. */
static void
read_sts(const struct settings *file, struct sts_settings *sts)
{
    static const char *const keys[] = {
        "region",  "endpoint", "fips",  "dual_stack", "use_global_endpoint",
        "ca_file", "ca_path",  "proxy", "timeout",    "attempts",
        NULL};
    static const struct settings_range timeout = {
        CONFIGURATION_MIN_TIMEOUT, CONFIGURATION_MAX_TIMEOUT,
        CONFIGURATION_DEFAULT_TIMEOUT};
    static const struct settings_range attempts = {
        1, CONFIGURATION_MAX_ATTEMPTS, CONFIGURATION_DEFAULT_ATTEMPTS};
    struct settings settings;

    if (!settings_enter(file, "sts", &settings))
        return;
    settings_check_keys(&settings, keys);
    read_endpoint(&settings, &sts->endpoint);
    sts->ca_file = settings_checked_text(&settings, "ca_file", false, is_path,
                                         "an absolute path");
    sts->ca_path = settings_checked_text(&settings, "ca_path", false, is_path,
                                         "an absolute path");
    sts->ca_file_line = settings_line(&settings, "ca_file");
    sts->ca_path_line = settings_line(&settings, "ca_path");
    sts->proxy = settings_checked_text(
        &settings, "proxy", false, is_proxy,
        "\"http://\", a host and a port, without user and path");
    sts->timeout = settings_integer(&settings, "timeout", &timeout);
    sts->attempts = settings_integer(&settings, "attempts", &attempts);
}

/* Read user: whom a provider's tokens belong to. */
static void
read_mapping(const struct settings *provider, struct identity_mapping *mapping)
{
    static const char *const keys[] = {"claim", "is", "map_file", NULL};
    struct settings settings;

    if (!settings_enter(provider, "user", &settings))
        return;
    settings_check_keys(&settings, keys);
    mapping->claim = settings_text(&settings, "claim", true);
    mapping->claim_line = settings_line(&settings, "claim");
    mapping->is = settings_checked_text(
        &settings, "is", false, is_user_template,
        "a text with %u, the user, and no other % but %%");
    mapping->map_file = settings_checked_text(&settings, "map_file", false,
                                              is_path, "an absolute path");
    mapping->map_file_line = settings_line(&settings, "map_file");
    if (settings_have(&settings, "is") == settings_have(&settings, "map_file"))
        settings_refuse(&settings, NULL,
                        "user needs either \"is\" or \"map_file\"");
    if (settings_have(provider, "provider_id") && mapping->claim != NULL
        && strcmp(mapping->claim, "sub") != 0)
        settings_refuse(&settings, "claim",
                        "user: \"claim\" must be \"sub\" where there is a"
                        " \"provider_id\"");
}

/* Read one provider. */
static void
read_provider(const struct settings *settings, void *element)
{
    static const char *const keys[] = {"name",        "issuer",
                                       "provider_id", "token_prefix",
                                       "audience",    "user",
                                       NULL};
    struct provider *provider = element;
    bool is_of_access_tokens = settings_have(settings, "provider_id");

    settings_check_keys(settings, keys);
    provider->name = settings_text(settings, "name", true);
    if (is_of_access_tokens && settings_have(settings, "issuer"))
        settings_refuse(settings, "provider_id",
                        "a provider has either \"issuer\" or \"provider_id\"");
    if (!is_of_access_tokens && settings_have(settings, "token_prefix"))
        settings_refuse(settings, "token_prefix",
                        "\"token_prefix\" is for a \"provider_id\" only");
    provider->issuer =
        settings_checked_text(settings, "issuer", !is_of_access_tokens,
                              is_issuer, "a URL that begins with https://");
    provider->provider_id =
        settings_checked_text(settings, "provider_id", false, is_provider_id,
                              "a name such as \"www.amazon.com\"");
    provider->token_prefix = settings_checked_text(
        settings, "token_prefix", is_of_access_tokens, is_token_prefix,
        "3 to 64 characters without blanks, and not begin with \"ey\"");
    settings_texts(settings, "audience", true, &provider->audience);
    read_mapping(settings, &provider->user);
}

/* Read one condition on a claim. */
static void
read_condition(const struct settings *settings, void *element)
{
    static const char *const keys[] = {"claim", "any", NULL};
    struct claim_condition *condition = element;

    settings_check_keys(settings, keys);
    settings_text_or_texts(settings, "claim", &condition->path);
    settings_values(settings, "any", &condition->any);
}

/* Read the policies of a rule whose role is known. */
static void
read_policies(const struct settings *settings, struct rule *rule)
{
    struct secret text = {0};
    struct fault fault = {0};
    size_t i;

    settings_texts(settings, "policy_arns", false, &rule->policy_arns);
    for (i = 0; rule->role_arn != NULL && i < rule->policy_arns.count; i++) {
        if (!role_takes_policy_arn(&rule->role, rule->policy_arns.texts[i]))
            settings_refuse(settings, "policy_arns",
                            "%s: \"%.64s\" is no policy of AWS or of the role's"
                            " account",
                            settings->name, rule->policy_arns.texts[i]);
    }
    rule->policy = settings_text(settings, "policy", false);
    rule->policy_file = settings_checked_text(settings, "policy_file", false,
                                              is_path, "an absolute path");
    rule->policy_line =
        settings_line(settings,
                      rule->policy_file != NULL ? "policy_file" : "policy");
    if (settings_have(settings, "policy")
        && settings_have(settings, "policy_file"))
        settings_refuse(settings, "policy_file",
                        "a rule has either \"policy\" or \"policy_file\"");
    if (rule->policy == NULL)
        return;
    if (secret_append(&text, rule->policy, strlen(rule->policy)) < 0)
        settings_refuse(settings, NULL, "no memory");
    else if (policy_check(&text, &fault) < 0)
        settings_refuse(settings, "policy", "%s: \"policy\" %s", settings->name,
                        fault.text);
    secret_clear(&text);
}

/* Find what STS would not take, whoever logs in. */
static void
check_limits(const struct settings *settings, const struct rule *rule)
{
    struct role_session session = {
        .role_arn = rule->role_arn,
        .role = &rule->role,
        .name = ROLE_SESSION_SHORTEST_NAME,
        .duration = rule->duration,
        .policy_arns = &rule->policy_arns,
    };
    struct fault fault = {0};
    char *policy = NULL;

    if (rule->policy != NULL)
        policy =
            policy_expand(rule->policy, ROLE_SESSION_SHORTEST_NAME, &fault);
    session.policy = policy;
    if (rule->role_arn != NULL)
        role_session_check(&session, &fault);
    if (fault.raised)
        settings_refuse(settings, NULL, "%s: %s", settings->name, fault.text);
    free(policy);
}

/* Read users: names that a user whom the module lets try can have. */
static void
read_users(const struct settings *settings, struct text_list *users)
{
    size_t i;

    settings_texts(settings, "users", false, users);
    for (i = 0; i < users->count; i++) {
        if (!role_session_name_is_valid(users->texts[i]))
            settings_refuse(settings, "users",
                            "%s: \"users\" must hold names of 2 to 64"
                            " letters, digits or _+=,.@-",
                            settings->name);
    }
}

/* Read one rule. */
static void
read_rule(const struct settings *settings, void *element)
{
    static const char *const keys[] = {"name",        "users",       "groups",
                                       "claims",      "role_arn",    "duration",
                                       "policy_arns", "policy_file", "policy",
                                       "region",      NULL};
    static const struct settings_range duration = {STS_DURATION_SECONDS_MIN,
                                                   STS_DURATION_SECONDS_MAX, 0};
    static const struct settings_list conditions = {
        "claims", "a claim's condition", false, sizeof(struct claim_condition),
        read_condition};
    struct rule *rule = element;
    size_t found;

    settings_check_keys(settings, keys);
    rule->name = settings_text(settings, "name", true);
    rule->line = settings_line(settings, "name");
    read_users(settings, &rule->users);
    settings_texts(settings, "groups", false, &rule->groups);
    rule->claims = settings_groups(settings, &conditions, &rule->claim_count);
    rule->role_arn = settings_checked_text(
        settings, "role_arn", true, is_role_arn,
        "a role, as in \"arn:aws:iam::123456789012:role/Name\"");
    if (rule->role_arn != NULL)
        role_parse(rule->role_arn, &rule->role);
    rule->duration = settings_integer(settings, "duration", &duration);
    found = settings->findings->count;
    read_policies(settings, rule);
    if (settings->findings->count == found)
        check_limits(settings, rule);
    rule->region = settings_checked_text(settings, "region", false,
                                         endpoint_region_is_valid,
                                         "a region, such as \"eu-west-1\"");
}

/* Whether two texts are the same. */
static bool
are_equal(const char *one, const char *other)
{
    return strcmp(one, other) == 0;
}

/* Whether one of two texts begins with the other. */
static bool
begin_alike(const char *one, const char *other)
{
    return strncmp(one, other, strlen(one)) == 0
           || strncmp(one, other, strlen(other)) == 0;
}

/* Find what must tell the groups of a list apart, and does not. */
static void
check_differences(const struct settings *file)
{
    static const char same[] = "has the same";

    settings_check_pairs(file, "providers", "name", are_equal, same);
    settings_check_pairs(file, "providers", "issuer", are_equal, same);
    settings_check_pairs(file, "providers", "token_prefix", begin_alike,
                         "has, in part, the same");
    settings_check_pairs(file, "rules", "name", are_equal, same);
}

/* Read the whole file. */
static void
read_file(const struct settings *file, void *result)
{
    static const char *const keys[] = {"sts", "providers", "min_uid", "rules",
                                       NULL};
    static const struct settings_range min_uid = {
        1, INT_MAX, CONFIGURATION_DEFAULT_MIN_UID};
    static const struct settings_list providers = {"providers", "a provider",
                                                   true,
                                                   sizeof(struct provider),
                                                   read_provider};
    static const struct settings_list rules = {"rules", "a rule", true,
                                               sizeof(struct rule), read_rule};
    struct configuration *configuration = result;

    settings_check_keys(file, keys);
    read_sts(file, &configuration->sts);
    configuration->providers =
        settings_groups(file, &providers, &configuration->provider_count);
    configuration->min_uid =
        (uid_t) settings_integer(file, "min_uid", &min_uid);
    configuration->rules =
        settings_groups(file, &rules, &configuration->rule_count);
    check_differences(file);
}

int
configuration_read(const struct secret *text,
                   struct configuration *configuration,
                   struct findings *findings)
{
    *configuration = (struct configuration){0};
    settings_read(text, findings, read_file, configuration);
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
    endpoint_clear(&configuration->sts.endpoint);
    free(configuration->sts.ca_file);
    free(configuration->sts.ca_path);
    free(configuration->sts.proxy);
    *configuration = (struct configuration){0};
}
