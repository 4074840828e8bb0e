/*
 * Shows what model/trust_policy makes of rules and providers: conditions as IAM
 * wants them, and remarks on what they do not say.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdlib.h>

#include "model/trust_policy.h"
#include "unit.h"

#define ARN "arn:aws:iam::123456789012:oidc-provider/login.example.com"

static const struct role role = {"aws", "123456789012", "Operator"};

/* What rules and providers are made of. */
static char rule_name[] = "rule";
static char provider_name[] = "corp";
static char issuer[] = "https://login.example.com";
static char sub[] = "sub";
static char one_audience[] = "b";
static char other_audience[] = "a";
static char *audience[] = {one_audience, other_audience, one_audience};

/* A rule for everybody. */
static struct rule
any_rule(void)
{
    return (struct rule){.name = rule_name, .role = role};
}

/* A provider whose tokens say by their sub who somebody is. */
static struct provider
corp(char *is)
{
    return (struct provider){.name = provider_name,
                             .issuer = issuer,
                             .audience = {audience, COUNT(audience)},
                             .user = {.claim = sub, .is = is}};
}

/* See that a condition is so. */
static void
expect_condition(const struct trust_condition *condition, const char *key,
                 bool is_pattern, const char *values)
{
    char all[256] = "";
    size_t i;

    for (i = 0; i < condition->values.count; i++) {
        strcat(all, condition->values.texts[i]);
        strcat(all, ";");
    }
    assert_string_equal(condition->key, key);
    assert_int_equal(condition->is_pattern, is_pattern);
    assert_string_equal(all, values);
}

static void
values_are_sorted_and_each_is_there_once(void **state)
{
    struct rule rule = any_rule();
    struct provider provider = corp(NULL);
    char *values[] = {TEXT("s2"), TEXT("s1"), TEXT("s2"), TEXT("s3")};
    char *users[] = {TEXT("alice"), TEXT("alice"), TEXT("bob"), TEXT("bob")};
    struct trust_listed listed = {{values, COUNT(values)},
                                  {users, COUNT(users)}};
    struct trust_policy policy = {0};

    trust_policy_add(&policy, &rule, &provider, &listed);
    assert_int_equal(policy.statement_count, 1);
    assert_string_equal(policy.statements[0].principal, ARN);
    assert_int_equal(policy.statements[0].condition_count, 2);
    expect_condition(&policy.statements[0].conditions[0],
                     "login.example.com:aud", false, "a;b;");
    expect_condition(&policy.statements[0].conditions[1],
                     "login.example.com:sub", false, "s1;s2;s3;");
    assert_int_equal(policy.remarks.count, 0);
    trust_policy_clear(&policy);
}

static void
what_iam_would_take_for_something_else_is_escaped(void **state)
{
    static const struct {
        const char *is;
        const char *pattern;
        const char *value; /* for alice */
    } rows[] = {
        {"%u@example.com", "*@example.com;", "alice@example.com;"},
        {"a*b?%u", "a${*}b${?}*;", "a*b?alice;"},
        {"${x}%u", "${$}{x}*;", "${$}{x}alice;"},
        {"$%u", "$*;", "$alice;"},
        {"$$%u{", "$$*{;", "$$alice{;"},
        {"100%%%u", "100%*;", "100%alice;"},
        {"%u.%u", "*.*;", "alice.alice;"},
    };
    struct trust_listed none = {0};
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        char *is = strdup(rows[i].is);
        struct provider provider = corp(is);
        struct rule everybody = any_rule();
        struct rule alice = any_rule();
        struct trust_policy policy = {0};
        char *users[] = {TEXT("alice")};

        alice.users = (struct text_list){users, 1};
        trust_policy_add(&policy, &everybody, &provider, &none);
        trust_policy_add(&policy, &alice, &provider, &none);
        assert_int_equal(policy.statement_count, 2);
        expect_condition(&policy.statements[0].conditions[1],
                         "login.example.com:sub", true, rows[i].pattern);
        expect_condition(&policy.statements[1].conditions[1],
                         "login.example.com:sub", false, rows[i].value);
        trust_policy_clear(&policy);
        free(is);
    }
}

static void
what_is_said_twice_stands_once(void **state)
{
    struct trust_policy policy = {0};
    struct provider provider = corp(TEXT("%u@example.com"));
    struct rule rule = any_rule();
    struct rule other = any_rule();
    struct trust_listed none = {0};

    other.name = TEXT("other");
    trust_policy_add(&policy, &rule, &provider, &none);
    trust_policy_add(&policy, &other, &provider, &none);
    assert_int_equal(policy.statement_count, 1);
    assert_int_equal(policy.remarks.count, 2);
    trust_policy_add(&policy, &rule, &provider, &none);
    assert_int_equal(policy.remarks.count, 2);
    trust_policy_clear(&policy);
}

static void
one_statement_for_anybody_leaves_no_bond(void **state)
{
    struct trust_policy policy = {0};
    struct provider bound = corp(TEXT("%u@example.com"));
    struct provider unbound = corp(TEXT("%u"));
    struct rule rule = any_rule();
    struct trust_listed none = {0};
    struct text_list bonds = {0};

    trust_policy_add(&policy, &rule, &bound, &none);
    trust_policy_list_bonds(&policy, &bonds);
    assert_int_equal(bonds.count, 1);
    assert_string_equal(bonds.texts[0], "sub");
    text_list_clear(&bonds);
    trust_policy_add(&policy, &rule, &unbound, &none);
    trust_policy_list_bonds(&policy, &bonds);
    assert_int_equal(bonds.count, 0);
    trust_policy_clear(&policy);
}

static void
providers_are_named_as_iam_names_them(void **state)
{
    static const struct {
        const char *issuer;
        const char *provider_id;
        const char *name;
        bool is_built_in;
        const char *principal;
    } rows[] = {
        {"https://login.example.com", NULL, "login.example.com", false, ARN},
        {"https://login.example.com/", NULL, "login.example.com/", false,
         ARN "/"},
        {"https://accounts.google.com", NULL, "accounts.google.com", true,
         "accounts.google.com"},
        {"accounts.google.com", NULL, "accounts.google.com", true,
         "accounts.google.com"},
        {"https://accounts.google.com/", NULL, "accounts.google.com/", false,
         "arn:aws:iam::123456789012:oidc-provider/accounts.google.com/"},
        {"https://cognito-identity.amazonaws.com", NULL,
         "cognito-identity.amazonaws.com", true,
         "cognito-identity.amazonaws.com"},
        {NULL, "www.amazon.com", "www.amazon.com", true, "www.amazon.com"},
        {NULL, "graph.facebook.com", "graph.facebook.com", true,
         "graph.facebook.com"},
        {NULL, "tokens.example.com", "tokens.example.com", false,
         "tokens.example.com"},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct provider provider = {0};
        char *principal;

        if (rows[i].issuer != NULL)
            provider.issuer = strdup(rows[i].issuer);
        if (rows[i].provider_id != NULL)
            provider.provider_id = strdup(rows[i].provider_id);
        principal = trust_policy_principal(&provider, &role);
        assert_string_equal(trust_policy_provider_name(&provider),
                            rows[i].name);
        assert_int_equal(trust_policy_is_built_in(&provider),
                         rows[i].is_built_in);
        assert_string_equal(principal, rows[i].principal);
        free(principal);
        provider_clear(&provider);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_sorted_and_each_is_there_once),
        cmocka_unit_test(what_iam_would_take_for_something_else_is_escaped),
        cmocka_unit_test(what_is_said_twice_stands_once),
        cmocka_unit_test(one_statement_for_anybody_leaves_no_bond),
        cmocka_unit_test(providers_are_named_as_iam_names_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
