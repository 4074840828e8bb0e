/*
 * Shows whom model/rule takes a rule to be for: users, groups, and what a token
 * must say. The claims stand here as the JSON that a token would hold.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdlib.h>

#include "model/claim.h"
#include "model/rule.h"
#include "parse/json.h"
#include "unit.h"

/* The claims that a JSON object makes, which the test clears. */
static struct claim
claims_from(const char *json)
{
    struct secret text = secret_from(json);
    struct claim claims;
    struct fault fault = {0};

    expect(json_read_object(&text, &claims, &fault) == 0, json);
    secret_clear(&text);
    return claims;
}

/* A list of up to four names, NULL behind the last. */
static struct text_list
list_of(const char *const names[4])
{
    struct text_list list = {0};
    size_t i;

    for (i = 0; i < 4 && names[i] != NULL; i++)
        assert_int_equal(text_list_add(&list, names[i]), 0);
    return list;
}

/* Users and groups. */

static void
users_and_groups_say_whom_a_rule_is_for(void **state)
{
    static const struct {
        const char *what;
        const char *users[4];
        const char *groups[4];
        const char *in[4]; /* the groups that alice is in */
        bool matches;
    } rows[] = {
        {"anybody", {NULL}, {NULL}, {NULL}, true},
        {"her name", {"alice"}, {NULL}, {NULL}, true},
        {"the last name", {"bob", "carol", "alice"}, {NULL}, {NULL}, true},
        {"another name", {"bob"}, {NULL}, {NULL}, false},
        {"another case", {"Alice"}, {NULL}, {NULL}, false},
        {"a part", {"alic"}, {NULL}, {NULL}, false},
        {"a longer one", {"alice2"}, {NULL}, {NULL}, false},
        {"no pattern", {"*"}, {NULL}, {NULL}, false},
        {"her group", {NULL}, {"ops"}, {"ops"}, true},
        {"the last group", {NULL}, {"a", "b", "ops"}, {"dev", "ops"}, true},
        {"another group", {NULL}, {"ops"}, {"dev"}, false},
        {"no group", {NULL}, {"ops"}, {NULL}, false},
        {"a group's other case", {NULL}, {"ops"}, {"Ops"}, false},
        {"a group of her name", {NULL}, {"alice"}, {NULL}, false},
        {"a user of a group's name", {"ops"}, {NULL}, {"ops"}, false},
        {"her name or a group", {"alice"}, {"ops"}, {"dev"}, true},
        {"a name or her group", {"bob"}, {"ops"}, {"ops"}, true},
        {"her name and her group", {"alice"}, {"ops"}, {"ops"}, true},
        {"neither", {"bob"}, {"ops"}, {"dev"}, false},
    };
    static const struct claim nothing = {.type = CLAIM_OBJECT};
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct text_list in = list_of(rows[i].in);
        struct rule rule = {.users = list_of(rows[i].users),
                            .groups = list_of(rows[i].groups)};
        struct rule_subject subject = {"alice", &in, &nothing};

        expect(rule_matches(&rule, &subject) == rows[i].matches, rows[i].what);
        text_list_clear(&in);
        rule_clear(&rule);
    }
}

/* Conditions. */

/* A condition on a claim: its path, and an array of JSON. */
static struct claim_condition
condition_of(const char *const path[4], const char *any)
{
    struct claim holder = claims_from(join("{\"any\":", join(any, "}")));
    struct claim_condition condition = {.path = list_of(path),
                                        .any = holder.children[0]};

    /* The condition keeps the array. */
    holder.children[0] = (struct claim){0};
    claim_clear(&holder);
    return condition;
}

/* Whether a token with these claims meets a condition. */
static bool
is_met(const char *const path[4], const char *any, const char *json)
{
    struct claim claims = claims_from(json);
    struct text_list groups = {0};
    struct rule rule = {.claims = calloc(1, sizeof(struct claim_condition)),
                        .claim_count = 1};
    struct rule_subject subject = {"alice", &groups, &claims};
    bool matches;

    assert_non_null(rule.claims);
    rule.claims[0] = condition_of(path, any);
    matches = rule_matches(&rule, &subject);
    rule_clear(&rule);
    claim_clear(&claims);
    return matches;
}

struct row {
    const char *path[4];
    const char *any;
    const char *claims;
    bool met;
};

static void
expect_rows(const struct row *rows, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (is_met(rows[i].path, rows[i].any, rows[i].claims) != rows[i].met)
            fail_msg("not so: %s among %s of %s", rows[i].path[0], rows[i].any,
                     rows[i].claims);
    }
}

static void
a_value_is_one_of_those_wanted_to_the_byte(void **state)
{
    static const struct row rows[] = {
        {{"d"}, "[\"sre\"]", "{\"d\":\"sre\"}", true},
        {{"d"}, "[\"sre\",\"ops\"]", "{\"d\":\"ops\"}", true},
        {{"d"}, "[\"sre\"]", "{\"d\":\"Sre\"}", false},
        {{"d"}, "[\"sre\"]", "{\"d\":\"sre \"}", false},
        {{"d"}, "[\"sre\"]", "{\"d\":\"sr\"}", false},
        {{"d"}, "[\"sre\"]", "{\"d\":\"\"}", false},
        {{"d"}, "[\"sre\"]", "{}", false},
        {{"d"}, "[\"sre\"]", "{\"D\":\"sre\"}", false},
        {{"d"}, "[\"sre\"]", "{\"x\":{\"d\":\"sre\"}}", false},
        {{"d"}, "[\"\\u00e9\"]", "{\"d\":\"\xc3\xa9\"}", true},
        {{"d"}, "[\"\\u00e9\"]", "{\"d\":\"e\\u0301\"}", false},
        {{"d"}, "[\"*\"]", "{\"d\":\"sre\"}", false},
        {{"d"}, "[]", "{\"d\":\"sre\"}", false},
        {{""}, "[\"x\"]", "{\"\":\"x\"}", true},
    };

    expect_rows(rows, COUNT(rows));
}

static void
a_value_has_the_type_that_is_wanted(void **state)
{
    static const struct row rows[] = {
        {{"n"}, "[7]", "{\"n\":7}", true},
        {{"n"}, "[7]", "{\"n\":7.0}", true},
        {{"n"}, "[7]", "{\"n\":70e-1}", true},
        {{"n"}, "[7.5]", "{\"n\":7.5}", true},
        {{"n"}, "[-7]", "{\"n\":-7}", true},
        {{"n"}, "[0]", "{\"n\":-0.0}", true},
        {{"n"}, "[9007199254740991]", "{\"n\":9007199254740991}", true},
        {{"n"}, "[9007199254740991]", "{\"n\":9007199254740990}", false},
        {{"n"}, "[7]", "{\"n\":8}", false},
        {{"n"}, "[7]", "{\"n\":7.000001}", false},
        {{"n"}, "[7]", "{\"n\":\"7\"}", false},
        {{"n"}, "[\"7\"]", "{\"n\":7}", false},
        {{"n"}, "[1]", "{\"n\":true}", false},
        {{"n"}, "[0]", "{\"n\":false}", false},
        {{"n"}, "[0]", "{\"n\":null}", false},
        {{"n"}, "[0]", "{\"n\":\"\"}", false},
        {{"b"}, "[true]", "{\"b\":true}", true},
        {{"b"}, "[false]", "{\"b\":false}", true},
        {{"b"}, "[true]", "{\"b\":false}", false},
        {{"b"}, "[false]", "{\"b\":true}", false},
        {{"b"}, "[true]", "{\"b\":1}", false},
        {{"b"}, "[true]", "{\"b\":\"true\"}", false},
        {{"b"}, "[\"true\"]", "{\"b\":true}", false},
        {{"b"}, "[false]", "{}", false},
        {{"b"}, "[false]", "{\"b\":null}", false},
        {{"m"}, "[\"x\",7,true]", "{\"m\":7}", true},
        {{"m"}, "[\"x\",7,true]", "{\"m\":true}", true},
        {{"m"}, "[\"x\",7,true]", "{\"m\":\"x\"}", true},
        {{"m"}, "[\"x\",7,true]", "{\"m\":\"7\"}", false},
    };

    expect_rows(rows, COUNT(rows));
}

static void
an_array_meets_it_with_one_of_its_elements(void **state)
{
    static const struct row rows[] = {
        {{"g"}, "[\"ops\"]", "{\"g\":[\"ops\"]}", true},
        {{"g"}, "[\"ops\"]", "{\"g\":[\"dev\",\"ops\"]}", true},
        {{"g"}, "[\"a\",\"ops\"]", "{\"g\":[\"dev\",\"ops\",\"x\"]}", true},
        {{"g"}, "[\"ops\"]", "{\"g\":[\"dev\"]}", false},
        {{"g"}, "[\"ops\"]", "{\"g\":[]}", false},
        {{"g"}, "[\"ops\"]", "{\"g\":[\"Ops\",1,null,true]}", false},
        {{"g"}, "[7]", "{\"g\":[\"7\",7]}", true},
        {{"g"}, "[7]", "{\"g\":[\"7\"]}", false},
        {{"g"}, "[true]", "{\"g\":[1,true]}", true},
        {{"g"}, "[\"ops\"]", "{\"g\":[[\"ops\"]]}", false},
        {{"g"}, "[\"ops\"]", "{\"g\":[{\"ops\":\"ops\"}]}", false},
    };

    expect_rows(rows, COUNT(rows));
}

static void
objects_and_null_never_meet_it(void **state)
{
    static const struct row rows[] = {
        {{"o"}, "[\"x\"]", "{\"o\":{\"x\":\"x\"}}", false},
        {{"o"}, "[\"x\"]", "{\"o\":{}}", false},
        {{"o"}, "[\"null\"]", "{\"o\":null}", false},
        {{"o"}, "[\"\"]", "{\"o\":null}", false},
        {{"o"}, "[\"x\"]", "{\"o\":[null,{}]}", false},
        /* Not even what equals them, which no configuration can name. */
        {{"o"}, "[null]", "{\"o\":null}", false},
        {{"o"}, "[{}]", "{\"o\":{}}", false},
        {{"o"}, "[[]]", "{\"o\":[[]]}", false},
    };

    expect_rows(rows, COUNT(rows));
}

static void
a_path_walks_into_objects_only(void **state)
{
    static const struct row rows[] = {
        {{"a", "b"}, "[\"x\"]", "{\"a\":{\"b\":\"x\"}}", true},
        {{"a", "b", "c"}, "[\"x\"]", "{\"a\":{\"b\":{\"c\":\"x\"}}}", true},
        {{"a", "b"}, "[\"x\"]", "{\"a\":{\"b\":[\"y\",\"x\"]}}", true},
        {{"a.b"}, "[\"x\"]", "{\"a.b\":\"x\"}", true},
        {{"a.b"}, "[\"x\"]", "{\"a\":{\"b\":\"x\"}}", false},
        {{"a", "b"}, "[\"x\"]", "{\"a.b\":\"x\"}", false},
        {{"a", "b"}, "[\"x\"]", "{\"a\":\"x\",\"b\":\"x\"}", false},
        {{"a", "b"}, "[\"x\"]", "{\"a\":[{\"b\":\"x\"}]}", false},
        {{"a", "b"}, "[\"x\"]", "{\"a\":[\"b\",\"x\"]}", false},
        {{"a", "b"}, "[\"x\"]", "{\"a\":{\"c\":{\"b\":\"x\"}}}", false},
        {{"a", "b"}, "[\"x\"]", "{\"a\":null}", false},
        {{"a", "b"}, "[\"x\"]", "{\"a\":{\"b\":{\"x\":\"x\"}}}", false},
        {{"a", "a"}, "[\"x\"]", "{\"a\":{\"a\":\"x\"}}", true},
        {{"a"}, "[\"x\"]", "{\"a\":{\"a\":\"x\"}}", false},
        {{"kubernetes.io", "namespace"},
         "[\"prod\"]",
         "{\"kubernetes.io\":{\"namespace\":\"prod\"}}",
         true},
    };

    expect_rows(rows, COUNT(rows));
}

static void
an_email_counts_only_if_it_was_verified(void **state)
{
    static const struct row rows[] = {
        {{"email"},
         "[\"a@b\"]",
         "{\"email\":\"a@b\",\"email_verified\":true}",
         true},
        {{"email"},
         "[\"a@b\"]",
         "{\"email\":\"a@b\",\"email_verified\":false}",
         false},
        {{"email"},
         "[\"a@b\"]",
         "{\"email\":\"a@b\",\"email_verified\":\"true\"}",
         false},
        {{"email"},
         "[\"a@b\"]",
         "{\"email\":\"a@b\",\"email_verified\":1}",
         false},
        {{"email"},
         "[\"a@b\"]",
         "{\"email\":\"a@b\",\"email_verified\":null}",
         false},
        {{"email"},
         "[\"a@b\"]",
         "{\"email\":\"a@b\",\"email_verified\":[true]}",
         false},
        {{"email"},
         "[\"a@b\"]",
         "{\"email\":\"a@b\",\"x\":{\"email_verified\":true}}",
         false},
        {{"email"}, "[\"a@b\"]", "{\"email\":\"a@b\"}", false},
        {{"email"}, "[\"a@b\"]", "{\"email\":[\"a@b\"]}", false},
        {{"email"},
         "[\"a@b\"]",
         "{\"email\":[\"a@b\"],\"email_verified\":true}",
         true},
        /* Other claims, and those of other objects, need no such word. */
        {{"Email"}, "[\"a@b\"]", "{\"Email\":\"a@b\"}", true},
        {{"user", "email"},
         "[\"a@b\"]",
         "{\"user\":{\"email\":\"a@b\"}}",
         true},
        {{"email_verified"}, "[true]", "{\"email_verified\":true}", true},
        {{"email_verified"}, "[false]", "{\"email_verified\":false}", true},
    };

    expect_rows(rows, COUNT(rows));
}

/* Whether a token meets two conditions: a claim a is x, a claim b is y. */
static bool
both_are_met(const char *json, const char *user)
{
    static const char *const a[4] = {"a"};
    static const char *const b[4] = {"b"};
    static const char *const users[4] = {"alice"};
    struct claim claims = claims_from(json);
    struct text_list groups = {0};
    struct rule rule = {.users = list_of(users),
                        .claims = calloc(2, sizeof(struct claim_condition)),
                        .claim_count = 2};
    struct rule_subject subject = {user, &groups, &claims};
    bool matches;

    assert_non_null(rule.claims);
    rule.claims[0] = condition_of(a, "[\"x\"]");
    rule.claims[1] = condition_of(b, "[\"y\"]");
    matches = rule_matches(&rule, &subject);
    rule_clear(&rule);
    claim_clear(&claims);
    return matches;
}

static void
user_and_every_condition_must_match(void **state)
{
    assert_true(both_are_met("{\"a\":\"x\",\"b\":\"y\"}", "alice"));
    assert_false(both_are_met("{\"a\":\"x\",\"b\":\"y\"}", "bob"));
    assert_false(both_are_met("{\"a\":\"x\"}", "alice"));
    assert_false(both_are_met("{\"b\":\"y\"}", "alice"));
    assert_false(both_are_met("{\"a\":\"y\",\"b\":\"x\"}", "alice"));
    assert_false(both_are_met("{\"a\":\"x\",\"b\":\"z\"}", "alice"));
    assert_false(both_are_met("{}", "alice"));
}

static void
what_has_no_claims_meets_no_condition(void **state)
{
    static const char *const path[4] = {"a"};
    static const struct claim nothing; /* as of an access token */
    struct text_list groups = {0};
    struct rule rule = {0};
    struct rule_subject subject = {"alice", &groups, &nothing};

    assert_true(rule_matches(&rule, &subject));
    rule.claims = calloc(1, sizeof(struct claim_condition));
    assert_non_null(rule.claims);
    rule.claims[0] = condition_of(path, "[\"x\",0,false]");
    rule.claim_count = 1;
    assert_false(rule_matches(&rule, &subject));
    rule_clear(&rule);
}

static void
a_rule_that_is_cleared_is_empty(void **state)
{
    static const char *const path[4] = {"a", "b"};
    struct rule rule = {.name = strdup("name"),
                        .users = list_of(path),
                        .groups = list_of(path),
                        .claims = calloc(1, sizeof(struct claim_condition)),
                        .claim_count = 1,
                        .role_arn = strdup("arn"),
                        .policy_arns = list_of(path),
                        .policy = strdup("{}"),
                        .policy_file = strdup("/x"),
                        .region = strdup("eu-west-1")};

    assert_non_null(rule.claims);
    rule.claims[0] = condition_of(path, "[\"x\",0,false]");
    rule_clear(&rule);
    assert_null(rule.name);
    assert_null(rule.claims);
    assert_null(rule.policy);
    assert_null(rule.policy_file);
    assert_int_equal(rule.users.count + rule.groups.count + rule.claim_count
                         + rule.policy_arns.count,
                     0);
    rule_clear(&rule);
}

/* Claims that tell who somebody is. */

static void
every_claim_but_email_tells_who_somebody_is(void **state)
{
    static const struct {
        const char *claims;
        const char *name;
        bool verified;
    } rows[] = {
        {"{\"email_verified\":true}", "email", true},
        {"{\"email_verified\":false}", "email", false},
        {"{\"email_verified\":\"true\"}", "email", false},
        {"{\"email_verified\":1}", "email", false},
        {"{\"email_verified\":{}}", "email", false},
        {"{\"Email_verified\":true}", "email", false},
        {"{}", "email", false},
        {"{\"email_verified\":false}", "sub", true},
        {"{}", "sub", true},
        {"{}", "Email", true},
        {"{}", "email_verified", true},
        {"{}", "", true},
    };
    static const struct claim nothing;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct claim claims = claims_from(rows[i].claims);

        expect(claim_is_verified(&claims, rows[i].name) == rows[i].verified,
               rows[i].claims);
        claim_clear(&claims);
    }
    assert_false(claim_is_verified(&nothing, "email"));
    assert_true(claim_is_verified(&nothing, "sub"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_and_groups_say_whom_a_rule_is_for),
        cmocka_unit_test(a_value_is_one_of_those_wanted_to_the_byte),
        cmocka_unit_test(a_value_has_the_type_that_is_wanted),
        cmocka_unit_test(an_array_meets_it_with_one_of_its_elements),
        cmocka_unit_test(objects_and_null_never_meet_it),
        cmocka_unit_test(a_path_walks_into_objects_only),
        cmocka_unit_test(an_email_counts_only_if_it_was_verified),
        cmocka_unit_test(user_and_every_condition_must_match),
        cmocka_unit_test(what_has_no_claims_meets_no_condition),
        cmocka_unit_test(a_rule_that_is_cleared_is_empty),
        cmocka_unit_test(every_claim_but_email_tells_who_somebody_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
