/*
 * trust_policy - what the trust policy of a role in IAM has to say.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "model/trust_policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/template.h"

#define SCHEME "https://"

/* The claims that make session tags and the source identity. */
#define TAGS_MEMBER     "principal_tags"
#define FLAT_TAG_PREFIX CLAIM_SESSION_TAGS "/" TAGS_MEMBER "/"

/* What a character that would mean something becomes, as in "${*}". */
#define ESCAPED_LENGTH 4

/* A provider, as IAM names it and its keys. */
struct known_provider {
    const char *name;
    const char *audience; /* the key of the audience */
    const char *subject;  /* the key of who the token is about */
};

/* Those built into IAM. */
static const struct known_provider built_in[] = {
    {"accounts.google.com", "aud", "sub"},
    {"cognito-identity.amazonaws.com", "aud", "sub"},
    {"graph.facebook.com", "app_id", "id"},
    {"www.amazon.com", "app_id", "user_id"},
};

/* What all others are like. */
static const struct known_provider any_other = {"", "aud", "sub"};

/* The names that lead to a claim. */
struct path {
    char *const *names;
    size_t count;
};

/* What is put together for a statement. */
struct draft {
    struct trust_policy *policy;
    const struct rule *rule;
    const struct provider *provider;
    struct trust_statement statement;
    bool is_possible; /* whether any token can meet it */
};

const char *
trust_policy_provider_name(const struct provider *provider)
{
    const char *name = provider_is_of_access_tokens(provider)
                           ? provider->provider_id
                           : provider->issuer;

    if (strncmp(name, SCHEME, strlen(SCHEME)) == 0)
        name += strlen(SCHEME);
    return name;
}

/* What IAM knows of a provider. */
static const struct known_provider *
look_up(const struct provider *provider)
{
    const char *name = trust_policy_provider_name(provider);
    size_t i;

    for (i = 0; i < sizeof built_in / sizeof built_in[0]; i++) {
        if (strcmp(name, built_in[i].name) == 0)
            return &built_in[i];
    }
    return &any_other;
}

bool
trust_policy_is_built_in(const struct provider *provider)
{
    return look_up(provider) != &any_other;
}

/* Write a text into memory of its own, or give NULL. */
static char *__attribute__((format(printf, 1, 0)))
write_text(const char *format, va_list args)
{
    char *text = NULL;

    return vasprintf(&text, format, args) < 0 ? NULL : text;
}

/* Write a text. Gives NULL, and a policy that failed, without memory. */
static char *__attribute__((format(printf, 2, 3)))
make_text(struct trust_policy *policy, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = write_text(format, args);
    va_end(args);
    if (text == NULL)
        policy->failed = true;
    return text;
}

void
trust_policy_remark(struct trust_policy *policy, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = write_text(format, args);
    va_end(args);
    if (text == NULL
        || (!text_list_has(&policy->remarks, text)
            && text_list_add(&policy->remarks, text) < 0))
        policy->failed = true;
    free(text);
}

char *
trust_policy_principal(const struct provider *provider, const struct role *role)
{
    const char *name = trust_policy_provider_name(provider);
    char *principal = NULL;

    /* Nobody can create a provider of access tokens. */
    if (trust_policy_is_built_in(provider)
        || provider_is_of_access_tokens(provider))
        return strdup(name);
    if (asprintf(&principal, "arn:%s:iam::%s:oidc-provider/%s", role->partition,
                 role->account, name)
        < 0)
        return NULL;
    return principal;
}

/* The session tag that a claim makes, by its path; NULL for any other claim. */
static const char *
tag_of(const struct path *path)
{
    if (path->count == 3 && strcmp(path->names[0], CLAIM_SESSION_TAGS) == 0
        && strcmp(path->names[1], TAGS_MEMBER) == 0)
        return path->names[2];
    if (path->count == 1
        && strncmp(path->names[0], FLAT_TAG_PREFIX, strlen(FLAT_TAG_PREFIX))
               == 0)
        return path->names[0] + strlen(FLAT_TAG_PREFIX);
    return NULL;
}

/* Whether a path leads to the claim of that name. */
static bool
is_claim(const struct path *path, const char *name)
{
    return path->count == 1 && strcmp(path->names[0], name) == 0;
}

/* The path of the claim that says whose a token is. */
static struct path
path_of_mapping(const struct provider *provider)
{
    struct path path = {&provider->user.claim, 1};

    return path;
}

/* The path of the claim that a condition is about. */
static struct path
path_of_condition(const struct claim_condition *condition)
{
    struct path path = {condition->path.texts, condition->path.count};

    return path;
}

/* Let tokens set what a claim sets. */
static void
allow_claim(struct trust_policy *policy, const struct path *path)
{
    if (tag_of(path) != NULL)
        policy->tags = true;
    if (is_claim(path, CLAIM_SOURCE_IDENTITY))
        policy->source_identity = true;
}

void
trust_policy_allow_for_rule(struct trust_policy *policy,
                            const struct rule *rule)
{
    struct path path;
    size_t i;

    for (i = 0; i < rule->claim_count; i++) {
        path = path_of_condition(&rule->claims[i]);
        allow_claim(policy, &path);
    }
}

void
trust_policy_allow_for_provider(struct trust_policy *policy,
                                const struct provider *provider)
{
    struct path path = path_of_mapping(provider);

    allow_claim(policy, &path);
}

/* Whether IAM can see a claim. */
static bool
is_seen(const struct path *path)
{
    return tag_of(path) != NULL || is_claim(path, CLAIM_SOURCE_IDENTITY)
           || is_claim(path, "sub");
}

bool
trust_policy_sees_mapping(const struct provider *provider)
{
    struct path path = path_of_mapping(provider);

    return is_seen(&path);
}

bool
trust_policy_sees_condition(const struct claim_condition *condition)
{
    struct path path = path_of_condition(condition);
    size_t i;

    for (i = 0; i < condition->any.count; i++) {
        /* What IAM makes of a number or a boolean is not documented. */
        if (condition->any.children[i].type != CLAIM_STRING)
            return false;
    }
    return is_seen(&path);
}

/* The condition key of a claim; NULL where IAM does not see it, or it failed.
 */
static char *
make_key(struct draft *draft, const struct path *path)
{
    const char *tag = tag_of(path);

    if (tag != NULL)
        return make_text(draft->policy, "aws:RequestTag/%s", tag);
    if (is_claim(path, CLAIM_SOURCE_IDENTITY))
        return make_text(draft->policy, "sts:SourceIdentity");
    if (is_claim(path, "sub"))
        return make_text(draft->policy, "%s:%s",
                         trust_policy_provider_name(draft->provider),
                         look_up(draft->provider)->subject);
    return NULL;
}

/*
 * Write what IAM would take for something else so that it means itself: the
 * start of a variable, and in patterns * and ?.
 */
static char *
escape(const char *text, bool is_pattern)
{
    char *escaped = malloc(strlen(text) * ESCAPED_LENGTH + 1);
    char *end = escaped;

    for (; escaped != NULL && *text != '\0'; text++) {
        if ((text[0] == '$' && text[1] == '{')
            || (is_pattern && (*text == '*' || *text == '?')))
            end += sprintf(end, "${%c}", *text);
        else
            *end++ = *text;
    }
    if (end != NULL)
        *end = '\0';
    return escaped;
}

/* Add a value to be equal to. */
static void
add_value(struct trust_policy *policy, struct text_list *values,
          const char *value)
{
    char *escaped = value == NULL ? NULL : escape(value, false);

    if (escaped == NULL || text_list_add(values, escaped) < 0)
        policy->failed = true;
    free(escaped);
}

/* Compare two texts of a list, for qsort(). */
static int
compare(const void *one, const void *other)
{
    return strcmp(*(char *const *) one, *(char *const *) other);
}

/* Sort a list, and leave each text in it once. */
static void
sort(struct text_list *list)
{
    size_t kept = 0;
    size_t i;

    if (list->count == 0)
        return;
    qsort(list->texts, list->count, sizeof *list->texts, compare);
    for (i = 1; i < list->count; i++) {
        if (strcmp(list->texts[kept], list->texts[i]) == 0)
            free(list->texts[i]);
        else
            list->texts[++kept] = list->texts[i];
    }
    list->count = kept + 1;
}

/* Leave in a list what is in another, too. */
static void
intersect(struct text_list *list, const struct text_list *other)
{
    size_t kept = 0;
    size_t i;

    for (i = 0; i < list->count; i++) {
        if (text_list_has(other, list->texts[i]))
            list->texts[kept++] = list->texts[i];
        else
            free(list->texts[i]);
    }
    list->count = kept;
}

/*
 * Add a condition; the key and the values are the statement's from here on. Of
 * values to be equal to there is one list for each key, as IAM has it.
 */
static void
add_condition(struct draft *draft, char *key, bool is_pattern,
              struct text_list *values)
{
    struct trust_statement *statement = &draft->statement;
    struct trust_condition *condition;
    size_t i;

    sort(values);
    for (i = 0; i < statement->condition_count; i++) {
        condition = &statement->conditions[i];
        if (strcmp(condition->key, key) == 0
            && condition->is_pattern == is_pattern) {
            intersect(&condition->values, values);
            draft->is_possible =
                draft->is_possible && condition->values.count > 0;
            goto spare;
        }
    }
    condition = realloc(statement->conditions,
                        (statement->condition_count + 1) * sizeof *condition);
    if (condition == NULL) {
        draft->policy->failed = true;
        goto spare;
    }
    statement->conditions = condition;
    condition[statement->condition_count++] =
        (struct trust_condition){key, is_pattern, *values};
    draft->is_possible = draft->is_possible && values->count > 0;
    *values = (struct text_list){0};
    return;

spare:
    free(key);
    text_list_clear(values);
}

/* Whether only the users whom the rule names are let in. */
static bool
is_for_named_users(const struct rule *rule)
{
    return rule->users.count > 0 && rule->groups.count == 0;
}

/* Bind the claim of a mapping to what it is for each of the rule's users. */
static void
bind_users(struct draft *draft, char *key)
{
    const struct text_list *users = &draft->rule->users;
    struct text_list values = {0};
    char *value;
    size_t i;

    for (i = 0; i < users->count; i++) {
        value = template_expand(draft->provider->user.is, users->texts[i]);
        add_value(draft->policy, &values, value);
        free(value);
    }
    add_condition(draft, key, false, &values);
}

/* The pattern of what a template can become; NULL without memory. */
static char *
make_pattern(const char *is)
{
    /* Escaped first: so that nothing in it is a pattern but the user. */
    char *escaped = escape(is, true);
    char *pattern = escaped == NULL ? NULL : template_expand(escaped, "*");

    free(escaped);
    return pattern;
}

/* Bind the claim of a mapping to what it is for whatever user. */
static void
bind_pattern(struct draft *draft, char *key)
{
    const struct provider *provider = draft->provider;
    struct text_list values = {0};
    char *pattern = make_pattern(provider->user.is);

    if (pattern == NULL || text_list_add(&values, pattern) < 0) {
        draft->policy->failed = true;
        free(key);
    } else if (strspn(pattern, "*") == strlen(pattern)) {
        free(key); /* it would bind nothing */
    } else {
        trust_policy_remark(draft->policy,
                            "Rule \"%s\", provider \"%s\": IAM does not see the"
                            " users of this host, so whoever has a %s like"
                            " \"%s\" is let in.",
                            draft->rule->name, provider->name,
                            provider->user.claim, pattern);
        add_condition(draft, key, true, &values);
    }
    text_list_clear(&values);
    free(pattern);
}

/* Bind the claim of a mapping to what the map file lists. */
static void
bind_listed(struct draft *draft, char *key, const struct trust_listed *listed)
{
    const struct rule *rule = draft->rule;
    struct text_list values = {0};
    size_t i;

    for (i = 0; i < listed->values.count; i++) {
        if (!is_for_named_users(rule)
            || text_list_has(&rule->users, listed->users.texts[i]))
            add_value(draft->policy, &values, listed->values.texts[i]);
    }
    if (rule->groups.count > 0)
        trust_policy_remark(draft->policy,
                            "Rule \"%s\", provider \"%s\": IAM does not see the"
                            " groups of this host, so whoever is listed in %s"
                            " is let in.",
                            rule->name, draft->provider->name,
                            draft->provider->user.map_file);
    add_condition(draft, key, false, &values);
}

/* Bind whose a token is. */
static void
bind_mapping(struct draft *draft, const struct trust_listed *listed)
{
    struct path path = path_of_mapping(draft->provider);
    char *key = make_key(draft, &path);

    if (key == NULL)
        trust_policy_remark(draft->policy,
                            "Provider \"%s\": IAM does not see the claim"
                            " \"%s\", which says whose a token is.",
                            draft->provider->name, draft->provider->user.claim);
    else if (draft->provider->user.is == NULL)
        bind_listed(draft, key, listed);
    else if (is_for_named_users(draft->rule))
        bind_users(draft, key);
    else
        bind_pattern(draft, key);
}

/* Say that a condition of the rule is not bound. */
static void
remark_on_condition(struct draft *draft,
                    const struct claim_condition *condition)
{
    char *path = make_text(draft->policy, "%s", condition->path.texts[0]);
    char *longer;
    size_t i;

    for (i = 1; path != NULL && i < condition->path.count; i++) {
        longer =
            make_text(draft->policy, "%s/%s", path, condition->path.texts[i]);
        free(path);
        path = longer;
    }
    if (path != NULL)
        trust_policy_remark(draft->policy,
                            "Rule \"%s\": its condition on the claim \"%s\" is"
                            " not in the document, which can compare only the"
                            " texts of sub, session tags and the source"
                            " identity.",
                            draft->rule->name, path);
    free(path);
}

/* Bind what the rule wants a claim to be. */
static void
bind_condition(struct draft *draft, const struct claim_condition *condition)
{
    struct path path = path_of_condition(condition);
    struct text_list values = {0};
    char *key = make_key(draft, &path);
    size_t i;

    if (key == NULL || !trust_policy_sees_condition(condition)) {
        free(key);
        remark_on_condition(draft, condition);
        return;
    }
    for (i = 0; i < condition->any.count; i++)
        add_value(draft->policy, &values, condition->any.children[i].string);
    add_condition(draft, key, false, &values);
}

/* Whether a condition wants a token to be of a provider, or of another. */
static bool
is_of_issuer(const struct claim_condition *condition,
             const struct provider *provider)
{
    size_t i;

    for (i = 0; i < condition->any.count; i++) {
        if (condition->any.children[i].type == CLAIM_STRING
            && strcmp(condition->any.children[i].string, provider->issuer) == 0)
            return true;
    }
    return false;
}

/* Bind all that the rule wants of claims. */
static void
bind_conditions(struct draft *draft)
{
    const struct rule *rule = draft->rule;
    struct path path;
    size_t i;

    for (i = 0; i < rule->claim_count; i++) {
        path = path_of_condition(&rule->claims[i]);
        /* Of access tokens no claim is known. */
        if (provider_is_of_access_tokens(draft->provider)
            || (is_claim(&path, "iss")
                && !is_of_issuer(&rule->claims[i], draft->provider)))
            draft->is_possible = false;
        else if (!is_claim(&path, "iss"))
            bind_condition(draft, &rule->claims[i]);
    }
}

/* Bind the audience. */
static void
bind_audience(struct draft *draft)
{
    const struct provider *provider = draft->provider;
    const struct known_provider *known = look_up(provider);
    struct text_list values = {0};
    char *key;
    size_t i;

    for (i = 0; i < provider->audience.count; i++)
        add_value(draft->policy, &values, provider->audience.texts[i]);
    key = make_text(draft->policy, "%s:%s",
                    trust_policy_provider_name(provider), known->audience);
    if (key != NULL)
        add_condition(draft, key, false, &values);
    text_list_clear(&values);
}

/* Whether two lists have the same texts at the same places. */
static bool
are_same_lists(const struct text_list *one, const struct text_list *other)
{
    size_t i;

    if (one->count != other->count)
        return false;
    for (i = 0; i < one->count; i++) {
        if (strcmp(one->texts[i], other->texts[i]) != 0)
            return false;
    }
    return true;
}

/* Whether two statements say the same. */
static bool
are_same(const struct trust_statement *one, const struct trust_statement *other)
{
    size_t i;

    if (strcmp(one->principal, other->principal) != 0
        || one->condition_count != other->condition_count)
        return false;
    for (i = 0; i < one->condition_count; i++) {
        if (strcmp(one->conditions[i].key, other->conditions[i].key) != 0
            || one->conditions[i].is_pattern != other->conditions[i].is_pattern
            || !are_same_lists(&one->conditions[i].values,
                               &other->conditions[i].values))
            return false;
    }
    return true;
}

/* Free what a statement owns. */
static void
clear_statement(struct trust_statement *statement)
{
    size_t i;

    for (i = 0; i < statement->condition_count; i++) {
        free(statement->conditions[i].key);
        text_list_clear(&statement->conditions[i].values);
    }
    free(statement->conditions);
    free(statement->principal);
    *statement = (struct trust_statement){0};
}

/* Put a statement into the policy, unless it is there. */
static void
keep_statement(struct trust_policy *policy, struct trust_statement *statement)
{
    struct trust_statement *statements;
    size_t i;

    for (i = 0; i < policy->statement_count; i++) {
        if (are_same(&policy->statements[i], statement))
            return;
    }
    statements = realloc(policy->statements,
                         (policy->statement_count + 1) * sizeof *statements);
    if (statements == NULL) {
        policy->failed = true;
        return;
    }
    policy->statements = statements;
    statements[policy->statement_count++] = *statement;
    *statement = (struct trust_statement){0};
}

/* Say what IAM will not take of a provider. */
static void
remark_on_provider(struct trust_policy *policy, const struct provider *provider)
{
    if (trust_policy_is_built_in(provider))
        return;
    if (provider_is_of_access_tokens(provider))
        trust_policy_remark(policy,
                            "Provider \"%s\": IAM knows no provider %s of"
                            " access tokens.",
                            provider->name, provider->provider_id);
    else if (strchr(trust_policy_provider_name(provider), ':') != NULL)
        trust_policy_remark(policy,
                            "Provider \"%s\": IAM takes no issuer with a"
                            " port.",
                            provider->name);
}

void
trust_policy_add(struct trust_policy *policy, const struct rule *rule,
                 const struct provider *provider,
                 const struct trust_listed *listed)
{
    struct draft draft = {.policy = policy,
                          .rule = rule,
                          .provider = provider,
                          .is_possible = true};

    draft.statement.principal = trust_policy_principal(provider, &rule->role);
    if (draft.statement.principal == NULL)
        policy->failed = true;
    remark_on_provider(policy, provider);
    bind_audience(&draft);
    bind_mapping(&draft, listed);
    bind_conditions(&draft);
    if (policy->failed)
        goto out;
    if (!draft.is_possible) {
        trust_policy_remark(policy,
                            "Rule \"%s\", provider \"%s\": no token of it can"
                            " match, so nothing is allowed to it.",
                            rule->name, provider->name);
        goto out;
    }
    if (draft.statement.condition_count == 1)
        trust_policy_remark(policy,
                            "Rule \"%s\", provider \"%s\": nothing that IAM"
                            " sees ties this role to anybody. Only the session"
                            " name could be bound, and that binds nothing, as"
                            " whoever has a token chooses it himself. Anybody"
                            " with a token for this audience can take the role"
                            " without this host.",
                            rule->name, provider->name);
    keep_statement(policy, &draft.statement);

out:
    clear_statement(&draft.statement);
}

void
trust_policy_list_bonds(struct trust_policy *policy, struct text_list *bonds)
{
    const struct trust_statement *statement;
    const char *bond;
    size_t i;
    size_t j;

    for (i = 0; i < policy->statement_count; i++) {
        statement = &policy->statements[i];
        if (statement->condition_count == 1) {
            text_list_clear(bonds);
            return;
        }
        for (j = 1; j < statement->condition_count; j++) {
            bond = statement->conditions[j].key;
            if (strncmp(bond, "aws:", 4) != 0 && strncmp(bond, "sts:", 4) != 0)
                bond = "sub";
            if (!text_list_has(bonds, bond) && text_list_add(bonds, bond) < 0)
                policy->failed = true;
        }
    }
}

void
trust_policy_clear(struct trust_policy *policy)
{
    size_t i;

    for (i = 0; i < policy->statement_count; i++)
        clear_statement(&policy->statements[i]);
    free(policy->statements);
    text_list_clear(&policy->remarks);
    *policy = (struct trust_policy){0};
}

void
trust_listed_clear(struct trust_listed *listed)
{
    text_list_clear(&listed->values);
    text_list_clear(&listed->users);
}
