/*
 * Fuzzes parse/configuration: the input is a configuration file, and no other
 * file may be opened, whatever it says.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>

#include "fuzz.h"
#include "model/template.h"
#include "parse/configuration.h"

/* What other libraries are to see, though the build hides its symbols. */
#define PUBLIC __attribute__((visibility("default")))

static bool reading;

PUBLIC FILE *fopen(const char *path, const char *mode);
PUBLIC const char *__lsan_default_suppressions(void);

/* libconfig opens the files that it includes with this one. */
FILE *
fopen(const char *path, const char *mode)
{
    static FILE *(*original)(const char *, const char *);

    must(!reading);
    if (original == NULL)
        *(void **) &original = dlsym(RTLD_NEXT, "fopen");
    return original(path, mode);
}

/* libconfig 1.5 loses a string that stands where none may. */
const char *
__lsan_default_suppressions(void)
{
    return "leak:strbuf_append\nleak:libconfig_yylex\n";
}

/* See that a rule can be used as it is. */
static void
try_rule(const struct rule *rule)
{
    static const struct claim nothing;
    const struct text_list groups = {0};
    const struct rule_subject subject = {"alice", &groups, &nothing};
    size_t i;

    must(rule->name != NULL && rule->role.name[0] != '\0');
    must(rule->duration == 0
         || (rule->duration >= STS_DURATION_SECONDS_MIN
             && rule->duration <= STS_DURATION_SECONDS_MAX));
    must(rule->policy == NULL || rule->policy_file == NULL);
    must(rule->policy == NULL || template_is_well_formed(rule->policy));
    for (i = 0; i < rule->users.count; i++)
        must(role_session_name_is_valid(rule->users.texts[i]));
    for (i = 0; i < rule->policy_arns.count; i++)
        must(role_takes_policy_arn(&rule->role, rule->policy_arns.texts[i]));
    for (i = 0; i < rule->claim_count; i++)
        must(rule->claims[i].path.count > 0 && rule->claims[i].any.count > 0);
    /* A rule with a condition serves nobody without claims. */
    must(!rule_matches(rule, &subject) || rule->claim_count == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct secret text = {0};
    struct configuration configuration;
    struct findings findings = {0};
    size_t i;
    int result;

    must(secret_append(&text, data, size) == 0);
    reading = true;
    result = configuration_read(&text, &configuration, &findings);
    reading = false;
    if (result == 0) {
        must(!findings.any);
        must(configuration.provider_count > 0 && configuration.rule_count > 0);
        must(configuration.min_uid > 0 && configuration.sts.timeout > 0);
        must(configuration.sts.endpoint.region != NULL
             || configuration.sts.endpoint.url != NULL);
        must(configuration.sts.attempts > 0);
        must(configuration.sts.endpoint.url == NULL
             || !(configuration.sts.endpoint.fips
                  || configuration.sts.endpoint.dual_stack));
        for (i = 0; i < configuration.provider_count; i++) {
            const struct provider *provider = &configuration.providers[i];

            must(provider->name != NULL && provider->user.claim != NULL);
            must((provider->issuer == NULL) != (provider->provider_id == NULL));
            must((provider->provider_id == NULL)
                 == (provider->token_prefix == NULL));
            must(provider->audience.count > 0);
            must((provider->user.is == NULL)
                 != (provider->user.map_file == NULL));
        }
        for (i = 0; i < configuration.rule_count; i++)
            try_rule(&configuration.rules[i]);
    } else {
        must(findings.any && configuration.providers == NULL);
    }
    configuration_clear(&configuration);
    findings_clear(&findings);
    secret_clear(&text);
    return 0;
}
