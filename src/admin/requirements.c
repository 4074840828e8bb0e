/*
 * requirements - what a token would have to contain, for a user to get in.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/requirements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reason.h"
#include "login/login_files.h"
#include "login/sts.h"
#include "model/template.h"
#include "parse/identity_map.h"
#include "parse/json.h"

/* Values of a map that are named; of more, only how many there are. */
#define MAX_VALUES 20

char *
requirements_join(const struct text_list *list)
{
    char *text = strdup("");
    char *longer;
    size_t i;

    for (i = 0; text != NULL && i < list->count; i++) {
        if (asprintf(&longer, "%s%s%s", text, i == 0 ? "" : ", ",
                     list->texts[i])
            < 0)
            longer = NULL;
        free(text);
        text = longer;
    }
    return text;
}

/* Name a claim that a condition is about, with what it lies in. */
static char *
name_claim(const struct claim_condition *condition)
{
    char *text = NULL;
    char *longer;
    size_t i;

    for (i = 0; i < condition->path.count; i++) {
        if (asprintf(&longer, "%s%s%s", text == NULL ? "" : text,
                     i == 0 ? "" : " > ", condition->path.texts[i])
            < 0)
            longer = NULL;
        free(text);
        text = longer;
        if (text == NULL)
            break;
    }
    return text;
}

/* Explain a condition, and what a token says that does not meet it. */
static void
explain_condition(struct explanation *explanation, const struct rule *rule,
                  const struct claim_condition *condition,
                  const struct claim *claims)
{
    const struct claim *claim = rule_find_claim(condition, claims);
    char *name = name_claim(condition);
    char *said = claim == NULL ? NULL : explanation_describe(claim);
    char *wanted = explanation_describe(&condition->any);

    explanation_add(explanation, "rule", rule->name, EXPLANATION_PASSED_OVER,
                    "%s is %s, and none of %s", name == NULL ? "" : name,
                    said == NULL ? "missing, or not verified" : said,
                    wanted == NULL ? "" : wanted);
    free(wanted);
    free(said);
    free(name);
}

/* Say whom a rule is for. */
static void
explain_users(struct explanation *explanation, const struct rule *rule)
{
    char *users = requirements_join(&rule->users);
    char *groups = requirements_join(&rule->groups);

    explanation_add(explanation, "rule", rule->name, EXPLANATION_PASSED_OVER,
                    "it is for users %s; for groups %s",
                    users == NULL || users[0] == '\0' ? "none" : users,
                    groups == NULL || groups[0] == '\0' ? "none" : groups);
    free(users);
    free(groups);
}

void
requirements_explain_rule(struct explanation *explanation,
                          const struct rule *rule,
                          const struct rule_subject *subject)
{
    size_t i;

    if (!rule_has_user(rule, subject)) {
        explain_users(explanation, rule);
        return;
    }
    for (i = 0; i < rule->claim_count; i++) {
        if (!rule_condition_is_met(&rule->claims[i], subject->claims))
            explain_condition(explanation, rule, &rule->claims[i],
                              subject->claims);
    }
}

/* The values that a map has for a user. */
struct values {
    struct text_list list; /* in quotes */
    size_t more;           /* that are not listed */
};

/* Add a value. */
static void
add_value(struct values *values, const struct map_word *value)
{
    char *text = NULL;

    if (values->list.count == MAX_VALUES
        || asprintf(&text, "\"%.*s\"", (int) value->length, value->start) < 0
        || text_list_add(&values->list, text) < 0)
        values->more++;
    free(text);
}

/* Find the values of a user in a map's text, as far as a token can have them.
   Gives 0, or -1 and the fault. */
static int
find_values(const struct secret *map, const char *user, struct values *values,
            struct fault *fault)
{
    struct map_entry entry = {0};
    int result;

    while ((result = identity_map_next(map, &entry, fault)) == 1) {
        if (entry.user.length == strlen(user)
            && memcmp(entry.user.start, user, entry.user.length) == 0
            && json_takes_string(entry.value.start, entry.value.length))
            add_value(values, &entry.value);
    }
    return result;
}

/* Read the map of a mapping, and find them. */
static int
read_values(const struct login_view *view,
            const struct identity_mapping *mapping, const char *user,
            struct values *values, struct fault *fault)
{
    struct secret map = {0};
    int result = login_files_read_map(view->files, mapping, &map, fault);

    if (result == 0) {
        result = find_values(&map, user, values, fault);
        if (result < 0)
            login_files_blame(view->files, mapping->map_file,
                              mapping->map_file_line, fault);
    }
    secret_clear(&map);
    return result;
}

/* Name values. Gives NULL where there are none. */
static char *
name_list(const struct values *values)
{
    char *list = requirements_join(&values->list);
    char *text = NULL;

    if (list != NULL && values->list.count > 0
        && asprintf(&text, values->more == 0 ? "%s" : "%s and %zu more", list,
                    values->more)
               < 0)
        text = NULL;
    free(list);
    return text;
}

/*
 * Say what the claim would have to be that tells who somebody is. Gives NULL
 * where no value is this user's, or with the fault.
 */
static char *
name_values(const struct login_view *view,
            const struct identity_mapping *mapping, const char *user,
            struct fault *fault)
{
    struct values values = {0};
    char *expected;
    char *text = NULL;

    if (mapping->is != NULL) {
        expected = template_expand(mapping->is, user);
        if (expected != NULL && json_takes_string(expected, strlen(expected))
            && asprintf(&text, "\"%s\"", expected) < 0)
            text = NULL;
        free(expected);
        return text;
    }
    if (read_values(view, mapping, user, &values, fault) == 0)
        text = name_list(&values);
    text_list_clear(&values.list);
    return text;
}

/* Explain what is wrong with one provider or rule, where others may do. */
static void
explain_fault(struct explanation *explanation, const char *decision,
              const char *name, const struct fault *fault)
{
    explanation_add(explanation, decision, name, EXPLANATION_REFUSES, "%s: %s",
                    reason_name(fault->reason), fault->text);
}

/*
 * Explain a provider. Gives whether its tokens can be the user's; where they
 * cannot, perhaps with a fault.
 */
static bool
explain_provider(struct explanation *explanation, const char *user,
                 const struct login_view *view, const struct provider *provider,
                 struct fault *fault)
{
    const struct identity_mapping *mapping = &provider->user;
    struct fault cause = {0};
    char *values = name_values(view, mapping, user, &cause);
    char *audience = requirements_join(&provider->audience);
    bool is_possible = values != NULL;

    if (cause.raised)
        explain_fault(explanation, "provider", provider->name, &cause);
    else if (!is_possible)
        explanation_add(explanation, "provider", provider->name,
                        EXPLANATION_PASSED_OVER, "no %s is this user's in %s",
                        mapping->claim,
                        mapping->is == NULL ? mapping->map_file : mapping->is);
    else if (provider_is_of_access_tokens(provider))
        explanation_add(explanation, "provider", provider->name,
                        EXPLANATION_OPEN,
                        "an access token that begins with %s, for the"
                        " ProviderId %s, of which STS says the audience %s and"
                        " the subject %s",
                        provider->token_prefix, provider->provider_id,
                        audience == NULL ? "" : audience, values);
    else
        explanation_add(explanation, "provider", provider->name,
                        EXPLANATION_OPEN,
                        "an ID token that has not expired, with iss %s, aud (or"
                        " azp, if it has one) of %s, and %s %s%s",
                        provider->issuer, audience == NULL ? "" : audience,
                        mapping->claim, values,
                        strcmp(mapping->claim, "email") == 0
                            ? ", email_verified true"
                            : "");
    if (cause.raised && !fault->raised)
        *fault = cause;
    free(audience);
    free(values);
    return is_possible;
}

void
requirements_explain_subject(struct explanation *explanation, const char *user,
                             const struct login_view *view)
{
    const struct provider *provider = view->provider;
    struct fault fault = {0};
    char *values = name_values(view, &provider->user, user, &fault);
    char *audience = requirements_join(&provider->audience);

    if (values != NULL) {
        explanation_add(explanation, "identity", NULL, EXPLANATION_OPEN,
                        "an access token, of which STS must say the audience %s"
                        " and the subject %s",
                        audience == NULL ? "" : audience, values);
    } else {
        fault_raise(&fault, REASON_NOT_YOUR_TOKEN,
                    "no token of this provider can be this user's");
        explanation_refuse(explanation, "identity", &fault);
    }
    free(audience);
    free(values);
}

/* Where parameters go, and what is said of them. */
struct parameters {
    struct explanation *explanation;
    enum explanation_result result;
};

/* Add a parameter of a request to the explanation. */
static int
add_parameter(void *self, const char *name, const char *value,
              struct fault *fault)
{
    const struct parameters *parameters = self;

    (void) fault;
    explanation_add(parameters->explanation, "parameter", name,
                    parameters->result, "%s", value);
    return 0;
}

void
requirements_explain_session(struct explanation *explanation,
                             enum explanation_result result,
                             const struct role_session *session,
                             const char *token)
{
    struct parameters parameters = {explanation, result};
    const struct sts_writer writer = {.write = add_parameter,
                                      .self = &parameters};
    struct fault ignored = {0};

    /* The writer refuses nothing. */
    (void) sts_write_parameters(session, token, &writer, &ignored);
}

/* Explain what STS would be asked for by a rule. Gives whether it can be, or
   the fault. */
static bool
explain_wish(struct explanation *explanation, const char *user,
             const struct login_view *view, const struct rule *rule,
             struct fault *fault)
{
    const struct session_wish wish = {.rule = rule, .user = user};
    struct role_session session = {0};
    struct fault cause = {0};
    char *policy = NULL;

    if (login_files_make_session(view->files, &wish, &session, &policy, &cause)
        == 0)
        requirements_explain_session(explanation, EXPLANATION_OPEN, &session,
                                     "(the token)");
    else
        explain_fault(explanation, "role-session", NULL, &cause);
    if (cause.raised && !fault->raised)
        *fault = cause;
    free(policy);
    return !cause.raised;
}

/* Whether a condition is about the address that a provider must have verified:
   claim_is_verified() has its name. */
static bool
is_address(const struct claim_condition *condition)
{
    return condition->path.count == 1
           && strcmp(condition->path.texts[0], "email") == 0;
}

/* Explain a rule whose users or groups have the user. */
static void
explain_open_rule(struct explanation *explanation, const struct rule *rule)
{
    char *name;
    char *wanted;
    size_t i;

    if (rule->claim_count == 0)
        explanation_add(explanation, "rule", rule->name, EXPLANATION_OPEN,
                        "for any token of his that no rule above is for: %s",
                        rule->role_arn);
    for (i = 0; i < rule->claim_count; i++) {
        name = name_claim(&rule->claims[i]);
        wanted = explanation_describe(&rule->claims[i].any);
        explanation_add(explanation, "rule", rule->name, EXPLANATION_OPEN,
                        "%s %s of %s%s: %s",
                        i == 0 ? "for a token with" : "and also with",
                        name == NULL ? "" : name, wanted == NULL ? "" : wanted,
                        is_address(&rule->claims[i]) ? ", email_verified true"
                                                     : "",
                        rule->role_arn);
        free(wanted);
        free(name);
    }
}

/* Which kinds of tokens can be the user's. */
struct kinds {
    bool id_tokens;
    bool
        access_tokens; /* of which nothing is known that a rule could ask for */
};

/*
 * Explain the rules, up to one that takes any token. Gives whether one is open;
 * where none is, perhaps with a fault.
 */
static bool
explain_rules(struct explanation *explanation, const char *user,
              const struct login_view *view, const struct kinds *kinds,
              struct fault *fault)
{
    const struct rule_subject subject = {.user = user, .groups = view->groups};
    const struct rule *rule;
    bool is_possible = false;
    size_t i;

    for (i = 0; i < view->configuration->rule_count; i++) {
        rule = &view->configuration->rules[i];
        if (!rule_has_user(rule, &subject)) {
            explain_users(explanation, rule);
            continue;
        }
        if (rule->claim_count > 0 && kinds->access_tokens
            && !kinds->id_tokens) {
            explanation_add(explanation, "rule", rule->name,
                            EXPLANATION_PASSED_OVER,
                            "it asks for claims, which access tokens lack");
            continue;
        }
        explain_open_rule(explanation, rule);
        if (explain_wish(explanation, user, view, rule, fault))
            is_possible = true;
        if (rule->claim_count == 0)
            break;
    }
    return is_possible;
}

void
requirements_explain(struct explanation *explanation, const char *user,
                     const struct login_view *view)
{
    const struct configuration *configuration = view->configuration;
    const struct provider *provider;
    struct kinds kinds = {0};
    struct fault fault = {0};
    size_t i;

    for (i = 0; i < configuration->provider_count; i++) {
        provider = &configuration->providers[i];
        if (!explain_provider(explanation, user, view, provider, &fault))
            continue;
        if (provider_is_of_access_tokens(provider))
            kinds.access_tokens = true;
        else
            kinds.id_tokens = true;
    }
    if (!kinds.id_tokens && !kinds.access_tokens
        && !explanation->refusal.raised) {
        /* Where a map could not be read, that is why. */
        fault_raise(&fault, REASON_NOT_YOUR_TOKEN,
                    "no provider's token can be this user's");
        explanation_refuse(explanation, "identity", &fault);
    }
    fault = (struct fault){0};
    if (!explain_rules(explanation, user, view, &kinds, &fault)
        && !explanation->refusal.raised) {
        fault_raise(&fault, REASON_NO_RULE, "no rule is for this user");
        explanation_refuse(explanation, "rules", &fault);
    }
}
