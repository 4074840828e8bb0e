/*
 * Shows which texts parse/policy takes for a session policy, and where
 * parse/json sees that a text is not one JSON object.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdlib.h>

#include "model/template.h"
#include "parse/json.h"
#include "parse/policy.h"
#include "unit.h"

/* Check a policy. Gives whether it is good; if not, the fault is as it should
 * be. */
static bool
is_policy(const void *bytes, size_t length, const char *words)
{
    struct secret text = secret_of(bytes, length);
    struct fault fault = {0};
    int result = policy_check(&text, &fault);

    secret_clear(&text);
    assert_int_equal(result, fault.raised ? -1 : 0);
    if (fault.raised)
        expect(fault_is(&fault, REASON_CONFIG, words), fault.text);
    return result == 0;
}

static void
a_policy_is_one_json_object(void **state)
{
    static const char *const good[] = {
        "{}",
        " { } \n",
        "\r\n\t{\"Version\": \"2012-10-17\", \"Statement\": []}\n",
        "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:*\","
        " \"Resource\": \"arn:aws:s3:::home/%u/*\"}}",
        "{\"a\": {\"b\": 1}, \"b\": {\"a\": 1}}",
        "{\"\xc3\xa9\": \"\\u20ac\"}",
        "{\"a\": \"\\\"%u\\\\\"}",
    };
    static const char *const bad[] = {
        "",
        " ",
        "[]",
        "\"{}\"",
        "null",
        "1",
        "{",
        "}",
        "{}{}",
        "{} x",
        "{,}",
        "{\"a\": 1,}",
        "{'a': 1}",
        "{a: 1}",
        "{\"a\": 1 /* x */}",
        "{\"a\": 01}",
        "{\"a\": \"\n\"}",
        "{\"a\": \"\\x\"}",
        "{\"a\": \"\\%u\"}",
        "{\"a\": \"\\u00%u\"}",
        "{\"a\": %u}",
        "{\"a\": \"\\ud800\"}",
        "{\"a\": 1, \"a\": 1}",
        "{\"a\": 1, \"\\u0061\": 1}",
        "{\"a\": {\"b\": 1, \"b\": 1}}",
        "{\"a\": [{\"b\": 1, \"b\": 1}]}",
    };
    size_t i;

    for (i = 0; i < COUNT(good); i++)
        expect(is_policy(good[i], strlen(good[i]), ""), good[i]);
    for (i = 0; i < COUNT(bad); i++)
        expect(!is_policy(bad[i], strlen(bad[i]), "is not one JSON object"),
               bad[i]);
    assert_false(is_policy(NULL, 0, "line 1: is not one JSON object"));
}

static void
a_policy_holds_only_characters_that_sts_takes(void **state)
{
    static const char *const bad[] = {
        "{\"\xe2\x82\xac\": 1}", /* U+20AC */
        "{\"\xc4\x80\": 1}",     /* U+0100 */
        "\xef\xbb\xbf{}",        /* a mark of the byte order */
        "{\"\xff\": 1}",         "{\"\xc3\": 1}", "{\"\x80\": 1}",
        "{\"\xc0\xaf\": 1}",     "{}\f",          "{}\v",
        "{\"\x1b\": 1}",
    };
    static const char words[] = "holds a character that STS takes in no policy";
    size_t i;

    for (i = 0; i < COUNT(bad); i++)
        expect(!is_policy(bad[i], strlen(bad[i]), words), bad[i]);
    assert_true(is_policy("{\"\xc2\xa0\xc3\xbf\x7f\": 1}", 12, ""));
    assert_false(is_policy("{}\0", 3, words));
    assert_false(is_policy("\0{}", 3, words));
    assert_false(is_policy("{\"\0\": 1}", 8, words));
}

static void
a_percent_sign_of_a_policy_stands_for_itself_twice(void **state)
{
    static const char *const good[] = {
        "{\"a\": \"%u\"}",   "{\"%u\": 1}",          "{\"a\": \"%%\"}",
        "{\"a\": \"%%u\"}",  "{\"a\": \"50%% of\"}", "{\"a\": \"%u%u%%\"}",
        "{\"a\": \"%%%u\"}", "{\"a\": \"%uncle\"}"};
    static const char *const bad[] = {
        "{\"a\": \"%\"}",   "{\"a\": \"50% of\"}",  "{\"a\": \"%s\"}",
        "{\"a\": \"%U\"}",  "{\"a\": \"%%%\"}",     "{\"%\": 1}",
        "{\"a\": \"%u%\"}", "{\"a\": \"%\\u0075\"}"};
    size_t i;

    for (i = 0; i < COUNT(good); i++)
        expect(is_policy(good[i], strlen(good[i]), ""), good[i]);
    for (i = 0; i < COUNT(bad); i++)
        expect(!is_policy(bad[i], strlen(bad[i]),
                          "a percent sign must be written %% (or be that of"
                          " %u)"),
               bad[i]);
}

static void
a_policy_may_be_longer_than_sts_takes_it(void **state)
{
    /* The user is not in yet: role_session_check looks at the length. */
    struct secret text = secret_from("{\"a\": \"");
    int i;

    for (i = 0; i < 5000; i++)
        secret_append(&text, "%%", 2);
    secret_append(&text, "\"}", 2);
    assert_true(is_policy(text.bytes, text.length, ""));
    secret_clear(&text);
}

static void
the_first_cause_is_kept(void **state)
{
    struct secret text = secret_from("[]");
    struct fault fault = {0};

    fault_raise(&fault, REASON_MEMORY, "before");
    assert_int_equal(policy_check(&text, &fault), -1);
    assert_true(fault_is(&fault, REASON_MEMORY, "before"));
    secret_clear(&text);
}

static void
no_users_name_changes_what_a_policy_says(void **state)
{
    static const char text[] = "{\"a\": [\"%u\", \"x%u\\n\"], \"b\": true}";
    static const char *const users[] = {"xx",   "_+=,.@-", "0000",
                                        "null", "u0022",   "a@b.example"};
    struct fault fault = {0};
    size_t i;

    for (i = 0; i < COUNT(users); i++) {
        char *expanded = template_expand(text, users[i]);
        struct secret policy = secret_from(expanded);
        struct claim object;
        const struct claim *array;

        assert_int_equal(json_read_object(&policy, &object, &fault), 0);
        assert_int_equal(object.count, 2);
        array = claim_member(&object, "a");
        assert_non_null(array);
        assert_int_equal(array->count, 2);
        assert_string_equal(array->children[0].string, users[i]);
        assert_string_equal(array->children[1].string,
                            join("x", join(users[i], "\n")));
        claim_clear(&object);
        secret_clear(&policy);
        free(expanded);
    }
}

/* Where a text is no JSON object. */

static void
the_line_is_that_up_to_which_it_was_json(void **state)
{
    static const struct {
        const char *text;
        bool is_object;
        int line;
    } rows[] = {
        {"{}", true, 1},
        {"{\n\"a\": 1\n}\n", true, 0},
        {"", false, 1},
        {"x", false, 1},
        {"\n\nx", false, 3},
        {"{\n\"a\": x\n}", false, 2},
        {"{\n\"a\": 1,\n}", false, 3},
        {"{\n\"a\": 1\n", false, 3},
        {"{\n\"a\": 1\n}\n}", false, 4},
        {"{\n\"a\": 1,\n\"b\": 1,\n\"a\": 1\n}", false, 4},
        {"{\n\"a\": {\n\"b\": 1, \"b\": 1\n}\n}", false, 3},
        {"{\r\n\"a\": x}", false, 2},
        {"{\n\"a\": \"\xff\"}", false, 2},
        {"[1]", false, 1},
        {"3", false, 1},
        {"null", false, 1},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct secret text = secret_from(rows[i].text);
        int line = -1;

        expect(json_holds_object(&text, &line) == rows[i].is_object,
               rows[i].text);
        if (!rows[i].is_object && line != rows[i].line)
            fail_msg("%s: line %d instead of %d", rows[i].text, line,
                     rows[i].line);
        secret_clear(&text);
    }
}

static void
a_policy_names_the_line_of_what_is_no_json(void **state)
{
    static const char text[] = "{\n  \"Version\": \"2012-10-17\",\n  oops\n}";

    assert_false(is_policy(text, strlen(text), "line 3: is not one JSON"));
}

/* Whether a policy can have the user in it, and is this one then. */
static bool
expands_to(const char *policy, const char *user, const char *expected)
{
    struct fault fault = {0};
    char *expanded = policy_expand(policy, user, &fault);
    bool is_expected =
        expected == NULL
            ? expanded == NULL && fault_is(&fault, REASON_CONFIG, "duplicate")
            : expanded != NULL && !fault.raised
                  && strcmp(expanded, expected) == 0;

    free(expanded);
    return is_expected;
}

static void
no_users_name_makes_two_members_of_one_name(void **state)
{
    assert_true(
        expands_to("{\"%u\": \"%%u\"}", "alice", "{\"alice\": \"%u\"}"));
    assert_true(expands_to("{\"%u\": 1, \"alice\": 2}", "bob",
                           "{\"bob\": 1, \"alice\": 2}"));
    assert_true(expands_to("{\"%u\": 1, \"alice\": 2}", "alice", NULL));
    assert_true(expands_to("{\"%%\": 1, \"\\u0025\": 2}", "alice", NULL));
    assert_true(expands_to("{\"%u\": 1, \"\\u0061lice\": 2}", "alice", NULL));
    assert_true(
        expands_to("{\"a\": [{\"x%u\": 1, \"xbob\": 2}]}", "bob", NULL));
    assert_true(
        expands_to("{\"%u\": {\"bob\": 1}}", "bob", "{\"bob\": {\"bob\": 1}}"));
    assert_true(expands_to("{\"%u\": 1, \"Alice\": 2}", "alice",
                           "{\"alice\": 1, \"Alice\": 2}"));
}

static void
the_line_of_the_second_of_two_members_is_named(void **state)
{
    struct fault fault = {0};

    assert_null(policy_expand("{\n\"%u\": 1,\n\n\"bob\": 2\n}", "bob", &fault));
    assert_true(fault_is(&fault, REASON_CONFIG,
                         "line 4: with the user in it, it has duplicate"
                         " members"));
}

static void
what_is_too_deep_for_anybody_is_no_object(void **state)
{
    struct secret text = secret_from("{\"a\":");
    int line;
    int i;

    for (i = 0; i < 100000; i++)
        secret_append(&text, "[", 1);
    for (i = 0; i < 100000; i++)
        secret_append(&text, "]", 1);
    secret_append(&text, "}", 1);
    assert_false(json_holds_object(&text, &line));
    assert_int_equal(line, 1);
    secret_clear(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_is_one_json_object),
        cmocka_unit_test(a_policy_holds_only_characters_that_sts_takes),
        cmocka_unit_test(a_percent_sign_of_a_policy_stands_for_itself_twice),
        cmocka_unit_test(a_policy_may_be_longer_than_sts_takes_it),
        cmocka_unit_test(the_first_cause_is_kept),
        cmocka_unit_test(no_users_name_changes_what_a_policy_says),
        cmocka_unit_test(the_line_is_that_up_to_which_it_was_json),
        cmocka_unit_test(a_policy_names_the_line_of_what_is_no_json),
        cmocka_unit_test(no_users_name_makes_two_members_of_one_name),
        cmocka_unit_test(the_line_of_the_second_of_two_members_is_named),
        cmocka_unit_test(what_is_too_deep_for_anybody_is_no_object),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
