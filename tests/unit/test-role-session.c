/*
 * Shows what model/sts_parameter and model/role_session hold a request to:
 * every limit of STS at its edges, each kind of value, and the policies
 * together.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/role_session.h"
#include "model/sts_parameter.h"
#include "unit.h"

/* Whether a value may be sent; a fault names the parameter, never the value. */
static bool
is_taken(enum sts_parameter parameter, const char *value)
{
    struct fault fault = {0};
    int result = sts_parameter_check(parameter, value, &fault);

    assert_int_equal(result, fault.raised ? -1 : 0);
    if (fault.raised) {
        expect(fault_is(&fault, REASON_CONFIG, sts_parameter_name(parameter)),
               fault.text);
        assert_null(strstr(fault.text, "hunter2"));
    }
    return result == 0;
}

/* The same, for a value of one character so many times. */
static bool
is_taken_in_length(enum sts_parameter parameter, size_t length)
{
    char *value = malloc(length + 1);
    bool taken;

    assert_non_null(value);
    memset(value, 'x', length);
    value[length] = '\0';
    taken = is_taken(parameter, value);
    free(value);
    return taken;
}

static void
every_parameter_has_the_name_that_sts_knows(void **state)
{
    static const struct {
        enum sts_parameter parameter;
        const char *name;
    } rows[] = {
        {STS_PARAMETER_ROLE_ARN, "RoleArn"},
        {STS_PARAMETER_ROLE_SESSION_NAME, "RoleSessionName"},
        {STS_PARAMETER_WEB_IDENTITY_TOKEN, "WebIdentityToken"},
        {STS_PARAMETER_PROVIDER_ID, "ProviderId"},
        {STS_PARAMETER_POLICY_ARN, "PolicyArns.member.N.arn"},
        {STS_PARAMETER_POLICY, "Policy"},
        {STS_PARAMETER_DURATION_SECONDS, "DurationSeconds"},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        assert_string_equal(sts_parameter_name(rows[i].parameter),
                            rows[i].name);
}

static void
a_text_has_a_shortest_and_a_longest_length(void **state)
{
    static const struct {
        enum sts_parameter parameter;
        size_t minimum;
        size_t maximum;
    } rows[] = {
        {STS_PARAMETER_ROLE_ARN, 20, 2048},
        {STS_PARAMETER_ROLE_SESSION_NAME, 2, 64},
        {STS_PARAMETER_WEB_IDENTITY_TOKEN, 4, 20000},
        {STS_PARAMETER_PROVIDER_ID, 4, 2048},
        {STS_PARAMETER_POLICY_ARN, 20, 2048},
        {STS_PARAMETER_POLICY, 1, 2048},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *name = sts_parameter_name(rows[i].parameter);

        expect(!is_taken(rows[i].parameter, ""), name);
        expect(!is_taken_in_length(rows[i].parameter, rows[i].minimum - 1),
               name);
        expect(is_taken_in_length(rows[i].parameter, rows[i].minimum), name);
        expect(is_taken_in_length(rows[i].parameter, rows[i].maximum), name);
        expect(!is_taken_in_length(rows[i].parameter, rows[i].maximum + 1),
               name);
        expect(!is_taken_in_length(rows[i].parameter, 100000), name);
    }
}

static void
a_duration_is_a_number_within_its_limits(void **state)
{
    static const char *const good[] = {"900", "901", "3600", "43200", "00900"};
    static const char *const bad[] = {"",
                                      "0",
                                      "899",
                                      "43201",
                                      "-900",
                                      "+900",
                                      " 900",
                                      "900 ",
                                      "900\n",
                                      "900.0",
                                      "9e2",
                                      "0x384",
                                      "hunter2",
                                      "4294968196",
                                      "18446744073709552516",
                                      "99999999999999999999999999"};
    size_t i;

    for (i = 0; i < COUNT(good); i++)
        expect(is_taken(STS_PARAMETER_DURATION_SECONDS, good[i]), good[i]);
    for (i = 0; i < COUNT(bad); i++)
        expect(!is_taken(STS_PARAMETER_DURATION_SECONDS, bad[i]), bad[i]);
}

static void
a_refusal_says_what_is_wrong(void **state)
{
    static const struct {
        enum sts_parameter parameter;
        const char *value;
        const char *words;
    } rows[] = {
        {STS_PARAMETER_ROLE_SESSION_NAME, "x",
         "RoleSessionName has 1 characters instead of 2 to 64"},
        {STS_PARAMETER_ROLE_SESSION_NAME, "a b",
         "RoleSessionName holds a character that STS does not take"},
        {STS_PARAMETER_POLICY, "\xe2\x82\xac",
         "Policy holds a character that STS does not take"},
        {STS_PARAMETER_POLICY, "", "Policy has 0 characters instead of 1"},
        {STS_PARAMETER_DURATION_SECONDS, "1",
         "DurationSeconds must be from 900 to 43200"},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct fault fault = {0};

        assert_int_equal(sts_parameter_check(rows[i].parameter, rows[i].value,
                                             &fault),
                         -1);
        expect(fault_is(&fault, REASON_CONFIG, rows[i].words), fault.text);
    }
}

/* Kinds of values: which bytes one may hold, tried with each of them. */

/* Whether a value that holds this byte may be sent. */
static bool
may_hold(enum sts_parameter parameter, int byte)
{
    char value[32];

    memset(value, 'x', sizeof value);
    value[10] = (char) byte;
    value[25] = '\0';
    return is_taken(parameter, value);
}

static void
most_texts_hold_visible_ascii_only(void **state)
{
    static const enum sts_parameter parameters[] = {
        STS_PARAMETER_ROLE_ARN, STS_PARAMETER_WEB_IDENTITY_TOKEN,
        STS_PARAMETER_PROVIDER_ID, STS_PARAMETER_POLICY_ARN};

    size_t i;
    int byte;

    for (i = 0; i < COUNT(parameters); i++) {
        for (byte = 1; byte < 256; byte++)
            expect(may_hold(parameters[i], byte)
                       == (byte >= 0x21 && byte <= 0x7e),
                   sts_parameter_name(parameters[i]));
    }
}

static void
a_session_name_holds_what_iam_allows(void **state)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        "_+=,.@-";
    int byte;

    for (byte = 1; byte < 256; byte++)
        expect(may_hold(STS_PARAMETER_ROLE_SESSION_NAME, byte)
                   == (strchr(allowed, byte) != NULL),
               "a byte of a session name");
}

static void
a_policy_holds_no_lone_byte_beyond_ascii(void **state)
{
    int byte;

    for (byte = 1; byte < 256; byte++)
        expect(may_hold(STS_PARAMETER_POLICY, byte)
                   == (byte == '\t' || byte == '\n' || byte == '\r'
                       || (byte >= 0x20 && byte <= 0x7f)),
               "a byte of a policy");
}

static void
a_policy_has_the_characters_from_tab_to_ff(void **state)
{
    char text[4];
    unsigned int character;

    /* Every character that two bytes of UTF-8 can write. */
    for (character = 0x80; character < 0x800; character++) {
        text[0] = (char) (0xc0 | character >> 6);
        text[1] = (char) (0x80 | (character & 0x3f));
        text[2] = '\0';
        assert_int_equal(sts_parameter_latin_length(text),
                         character <= 0xff ? 1 : -1);
    }
}

static void
characters_of_a_policy_are_counted_and_not_its_bytes(void **state)
{
    static const struct {
        const char *text;
        int length; /* -1: it holds something else */
    } rows[] = {
        {"", 0},
        {"{}", 2},
        {"\t\n\r ", 4},
        {"\x7f", 1},
        {"a\xc3\xa9z", 3},
        {"\xc2\x80", 1},
        {"\xc2\xbf\xc3\x80\xc3\xbf", 3},
        {"\v", -1},
        {"\x1f", -1},
        {"\x01{}", -1},
        /* Beyond U+00FF. */
        {"\xc4\x80", -1},
        {"\xe2\x82\xac", -1},
        {"\xf0\x9f\x98\x80", -1},
        {"{}\xef\xbb\xbf", -1},
        /* Cut, at the end and before another character. */
        {"\xc2", -1},
        {"\xc3", -1},
        {"{}\xc2", -1},
        {"\xc3\xa9\xc3", -1},
        {"\xc2z", -1},
        {"\xc3{", -1},
        {"\xc2\xc2\x80", -1},
        /* Continuations without a beginning. */
        {"\x80", -1},
        {"\xbf", -1},
        {"\xc2\x80\x80", -1},
        {"\xc3\xa9\xa9", -1},
        /* Longer than they need be. */
        {"\xc0\x80", -1},
        {"\xc0\xaf", -1},
        {"\xc1\xbf", -1},
        {"\xe0\x80\xa9", -1},
        {"\xe0\x82\x80", -1},
        {"\xf0\x80\x82\x80", -1},
        /* Never UTF-8. */
        {"\xfe", -1},
        {"\xff", -1},
        {"\xed\xa0\x80", -1},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        expect(sts_parameter_latin_length(rows[i].text) == rows[i].length,
               rows[i].text);
}

static void
a_policy_of_two_bytes_a_character_may_be_as_long(void **state)
{
    char text[2 * 2049 + 1];
    size_t i;

    for (i = 0; i < 2049; i++)
        memcpy(text + 2 * i, "\xc3\xa9", 2);
    text[2 * 2049] = '\0';
    assert_false(is_taken(STS_PARAMETER_POLICY, text));
    text[2 * 2048] = '\0';
    assert_true(is_taken(STS_PARAMETER_POLICY, text));
}

/* Whole role sessions. */

#define ROLE "arn:aws:iam::123456789012:role/Name"

/* Whether STS may be asked for a role session, with these words if not. */
static bool
is_checked(const struct role_session *session, const char *words)
{
    struct fault fault = {0};
    int result = role_session_check(session, &fault);

    assert_int_equal(result, fault.raised ? -1 : 0);
    if (fault.raised)
        expect(fault_is(&fault, REASON_CONFIG, words), fault.text);
    return result == 0;
}

static void
a_role_session_is_held_to_every_limit(void **state)
{
    const struct role_session good = {.role_arn = ROLE, .name = "alice"};
    struct role_session session = good;

    assert_true(is_checked(&session, ""));
    session.role_arn = "arn:aws:iam::1:role";
    assert_false(is_checked(&session, "RoleArn has 19 characters"));
    session.role_arn = ROLE " ";
    assert_false(is_checked(&session, "RoleArn holds"));
    session = good;
    session.name = "x";
    assert_false(is_checked(&session, "RoleSessionName has 1 "));
    session.name = "al ice";
    assert_false(is_checked(&session, "RoleSessionName holds"));
    session.name = repeat('x', 65);
    assert_false(is_checked(&session, "RoleSessionName has 65 "));
    session = good;
    session.provider_id = "www.amazon.com";
    assert_true(is_checked(&session, ""));
    session.provider_id = "www";
    assert_false(is_checked(&session, "ProviderId has 3 "));
    session.provider_id = "";
    assert_false(is_checked(&session, "ProviderId has 0 "));
    session = good;
    session.policy = "{}";
    assert_true(is_checked(&session, ""));
    session.policy = "";
    assert_false(is_checked(&session, "Policy has 0 "));
    session.policy = "\xe2\x82\xac";
    assert_false(is_checked(&session, "Policy holds"));
}

static void
a_duration_of_a_role_session_is_none_or_within_its_limits(void **state)
{
    static const struct {
        int duration;
        bool good;
    } rows[] = {{0, true},         {900, true},    {43200, true},
                {899, false},      {43201, false}, {1, false},
                {-900, false},     {-1, false},    {INT32_MAX, false},
                {INT32_MIN, false}};

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct role_session session = {.role_arn = ROLE,
                                       .name = "alice",
                                       .duration = rows[i].duration};

        expect(is_checked(&session, "DurationSeconds") == rows[i].good,
               "a duration");
    }
}

/* So many policy ARNs of this length, which the test clears. */
static struct text_list
make_arns(size_t count, size_t length)
{
    static const char prefix[] = "arn:aws:iam::aws:policy/";
    struct text_list arns = {0};
    size_t i;

    assert_true(length > strlen(prefix));
    for (i = 0; i < count; i++)
        assert_int_equal(
            text_list_add(&arns,
                          join(prefix, repeat('p', length - strlen(prefix)))),
            0);
    return arns;
}

/* Whether a role session may have so many policy ARNs of this length. */
static bool
may_have_arns(size_t count, size_t length, const char *policy,
              const char *words)
{
    char *copy = policy == NULL ? NULL : strdup(policy);
    struct text_list arns = make_arns(count, length);
    struct role_session session = {.role_arn = ROLE,
                                   .name = "alice",
                                   .policy_arns = &arns,
                                   .policy = copy};
    bool may = is_checked(&session, words);

    text_list_clear(&arns);
    free(copy);
    return may;
}

static void
a_role_session_has_ten_policy_arns_at_most(void **state)
{
    assert_true(may_have_arns(0, 30, NULL, ""));
    assert_true(may_have_arns(1, 30, NULL, ""));
    assert_true(may_have_arns(10, 30, NULL, ""));
    assert_false(may_have_arns(11, 30, NULL, "11 policy ARNs"));
    assert_false(may_have_arns(1000, 30, NULL, "1000 policy ARNs"));
}

static void
each_policy_arn_is_held_to_its_limits(void **state)
{
    static const char *const bad[] = {"", "arn:aws:iam::aws:po",
                                      "arn:aws:iam::aws:policy/a b",
                                      "arn:aws:iam::aws:policy/\xc3\xa9"};
    size_t i;

    for (i = 0; i < COUNT(bad); i++) {
        struct text_list arns = make_arns(2, 30);
        struct role_session session = {.role_arn = ROLE,
                                       .name = "alice",
                                       .policy_arns = &arns};

        assert_int_equal(text_list_add(&arns, bad[i]), 0);
        expect(!is_checked(&session, "PolicyArns.member.N.arn"), bad[i]);
        text_list_clear(&arns);
    }
    assert_true(may_have_arns(1, 2048, NULL, ""));
    assert_false(may_have_arns(1, 2049, NULL, "PolicyArns.member.N.arn has"));
}

static void
the_policies_have_2048_characters_together(void **state)
{
    char latin[2 * 1024 + 1];
    size_t i;

    assert_true(may_have_arns(8, 256, NULL, ""));
    assert_false(may_have_arns(9, 256, NULL, "2304 characters together"));
    assert_true(may_have_arns(4, 256, repeat('x', 1024), ""));
    assert_false(may_have_arns(4, 256, repeat('x', 1025), "2049 characters"));
    assert_true(may_have_arns(0, 30, repeat('x', 2048), ""));
    assert_false(may_have_arns(0, 30, repeat('x', 2049), "Policy has 2049"));
    assert_true(may_have_arns(1, 30, repeat('x', 2018), ""));
    assert_false(may_have_arns(1, 30, repeat('x', 2019), "2049 characters"));
    assert_true(may_have_arns(1, 2047, "x", ""));
    assert_false(may_have_arns(1, 2048, "x", "2049 characters"));

    /* 1024 characters, of two bytes each. */
    for (i = 0; i < 1024; i++)
        memcpy(latin + 2 * i, "\xc3\xa9", 2);
    latin[sizeof latin - 1] = '\0';
    assert_true(may_have_arns(4, 256, latin, ""));
    assert_false(may_have_arns(5, 256, latin, "2304 characters"));
}

/* Policies of a role. */

static void
a_role_takes_policies_of_aws_and_of_its_account(void **state)
{
    static const struct {
        const char *arn;
        bool taken;
    } rows[] = {
        {"arn:aws:iam::aws:policy/ReadOnlyAccess", true},
        {"arn:aws:iam::aws:policy/job-function/Billing", true},
        {"arn:aws:iam::123456789012:policy/Mine", true},
        {"arn:aws:iam::123456789012:policy/path/to/Mine", true},
        {"arn:aws:iam::aws:policy/R", true},
        {"arn:aws:iam::aws:policy/", false},
        {"arn:aws:iam::123456789012:policy/", false},
        {"arn:aws:iam::123456789012:policy", false},
        {"arn:aws:iam::210987654321:policy/Theirs", false},
        {"arn:aws:iam::1234567890123:policy/Theirs", false},
        {"arn:aws:iam::12345678901:policy/Theirs", false},
        {"arn:aws:iam:::policy/ReadOnlyAccess", false},
        {"arn:aws:iam::AWS:policy/ReadOnlyAccess", false},
        {"arn:aws:iam::awsx:policy/ReadOnlyAccess", false},
        {"arn:aws-cn:iam::aws:policy/ReadOnlyAccess", false},
        {"arn:aws-cn:iam::123456789012:policy/Mine", false},
        {"arn:AWS:iam::aws:policy/ReadOnlyAccess", false},
        {"arn:*:iam::aws:policy/ReadOnlyAccess", false},
        {"arn:aws:sts::aws:policy/ReadOnlyAccess", false},
        {"arn:aws:iam:eu-west-1:aws:policy/ReadOnlyAccess", false},
        {"arn:aws:iam::aws:role/ReadOnlyAccess", false},
        {"arn:aws:iam::123456789012:role/Name", false},
        {"arn:aws:iam::aws:Policy/ReadOnlyAccess", false},
        {"arn:aws:iam::aws:policies/ReadOnlyAccess", false},
        {"ARN:aws:iam::aws:policy/ReadOnlyAccess", false},
        {" arn:aws:iam::aws:policy/ReadOnlyAccess", false},
        {"arn:aws:iam::aws:policy/Read Only", false},
        {"arn:aws:iam::aws:policy/ReadOnlyAccess\n", false},
        {"arn:aws:iam::aws:policy/\xc3\xa9", false},
        {"arn:aws:iam::aws:policy/p+=,.@-_9", true},
        {"arn:aws:iam::aws:policy/a~b!/Name", true},
        {"arn:aws:iam::aws:policy/Name/", false},
        {"arn:aws:iam::aws:policy/%u", false},
        {"arn:aws:iam::aws:policy/*", false},
        {"arn:aws:iam::aws:policy/a/Na:me", false},
        {"arn:aws:iam::aws:policy/Name#", false},
        {"ReadOnlyAccess", false},
        {"", false},
    };
    struct role role;
    size_t i;

    assert_int_equal(role_parse(ROLE, &role), 0);
    for (i = 0; i < COUNT(rows); i++)
        expect(role_takes_policy_arn(&role, rows[i].arn) == rows[i].taken,
               rows[i].arn);
    assert_true(role_takes_policy_arn(&role, join("arn:aws:iam::aws:policy/",
                                                  repeat('p', 128))));
    assert_false(role_takes_policy_arn(&role, join("arn:aws:iam::aws:policy/",
                                                   repeat('p', 129))));
    assert_true(
        role_takes_policy_arn(&role, join("arn:aws:iam::aws:policy/",
                                          join(repeat('p', 2022), "/P"))));
    assert_false(
        role_takes_policy_arn(&role, join("arn:aws:iam::aws:policy/",
                                          join(repeat('p', 2023), "/P"))));
}

static void
a_role_takes_policies_of_its_partition_only(void **state)
{
    struct role role;

    assert_int_equal(role_parse("arn:aws-cn:iam::123456789012:role/Name",
                                &role),
                     0);
    assert_true(
        role_takes_policy_arn(&role, "arn:aws-cn:iam::aws:policy/ReadOnly"));
    assert_true(
        role_takes_policy_arn(&role, "arn:aws-cn:iam::123456789012:policy/P"));
    assert_false(
        role_takes_policy_arn(&role, "arn:aws:iam::aws:policy/ReadOnly"));
    assert_false(
        role_takes_policy_arn(&role, "arn:aws:iam::123456789012:policy/P"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_parameter_has_the_name_that_sts_knows),
        cmocka_unit_test(a_text_has_a_shortest_and_a_longest_length),
        cmocka_unit_test(a_duration_is_a_number_within_its_limits),
        cmocka_unit_test(a_refusal_says_what_is_wrong),
        cmocka_unit_test(most_texts_hold_visible_ascii_only),
        cmocka_unit_test(a_session_name_holds_what_iam_allows),
        cmocka_unit_test(a_policy_holds_no_lone_byte_beyond_ascii),
        cmocka_unit_test(a_policy_has_the_characters_from_tab_to_ff),
        cmocka_unit_test(characters_of_a_policy_are_counted_and_not_its_bytes),
        cmocka_unit_test(a_policy_of_two_bytes_a_character_may_be_as_long),
        cmocka_unit_test(a_role_session_is_held_to_every_limit),
        cmocka_unit_test(
            a_duration_of_a_role_session_is_none_or_within_its_limits),
        cmocka_unit_test(a_role_session_has_ten_policy_arns_at_most),
        cmocka_unit_test(each_policy_arn_is_held_to_its_limits),
        cmocka_unit_test(the_policies_have_2048_characters_together),
        cmocka_unit_test(a_role_takes_policies_of_aws_and_of_its_account),
        cmocka_unit_test(a_role_takes_policies_of_its_partition_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
