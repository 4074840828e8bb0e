/*
 * Shows what parse/settings gives for a setting, and that what is wrong with
 * one is found at its line, and something harmless given in its place.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdlib.h>

#include "parse/settings.h"
#include "unit.h"

/* What a test does with the outermost settings. */
typedef void look(const struct settings *file, void *result);

/* Hand the settings of a text to a test. Gives what was found, to be cleared.
 */
static struct findings
read_text(const char *text, look *look_at, void *result)
{
    struct secret file = secret_from(text);
    struct findings findings = {0};

    settings_read(&file, &findings, look_at, result);
    secret_clear(&file);
    return findings;
}

/* The same, where nothing must be found. */
static void
read_good(const char *text, look *look_at, void *result)
{
    struct findings findings = read_text(text, look_at, result);

    if (findings.any)
        fail_msg("line %d: %s", findings.list[0].line, findings.list[0].text);
}

/* The same, where one thing must be found. */
static void
read_bad(const char *text, look *look_at, void *result, int line,
         const char *words)
{
    struct findings findings = read_text(text, look_at, result);

    if (findings.count != 1 || findings.list[0].line != line
        || strstr(findings.list[0].text, words) == NULL)
        fail_msg("%s: %zu findings, line %d: %s", text, findings.count,
                 findings.any ? findings.list[0].line : 0,
                 findings.any ? findings.list[0].text : "");
    findings_clear(&findings);
}

/* The text as a whole. */

static void
note_call(const struct settings *file, void *result)
{
    bool *called = result;

    *called = true;
    assert_string_equal(file->name, "the file");
}

static void
a_text_that_is_not_taken_is_not_handed_on(void **state)
{
    static const char *const texts[] = {
        "a = ;",        "a = 1; a = 2;",        "@include \"x\"",
        "a = \"x",      "a = [ \"x\" \"y\" ];", "a = 1; /* x",
        "a = \"\\d\";", "a = \"\\x00\";"};
    bool called = false;
    size_t i;

    read_good("a = 1;", note_call, &called);
    assert_true(called);
    called = false;
    for (i = 0; i < COUNT(texts); i++) {
        struct findings findings = read_text(texts[i], note_call, &called);

        expect(findings.any && !called, texts[i]);
        findings_clear(&findings);
    }
}

/* Settings of a group. */

static void
look_for_keys(const struct settings *file, void *result)
{
    static const char *const names[] = {"a", "b", NULL};

    settings_check_keys(file, names);
}

static void
a_setting_without_a_name_of_ours_is_found(void **state)
{
    struct findings findings;

    read_good("", look_for_keys, NULL);
    read_good("a = 1; b = { c = 1; };", look_for_keys, NULL);
    read_bad("a = 1;\nA = 1;", look_for_keys, NULL, 2,
             "the file has no setting \"A\"");
    read_bad("ab = 1;", look_for_keys, NULL, 1, "\"ab\"");
    findings =
        read_text("c = 1;\nb = 1;\nd = 1;\n\ne = { };", look_for_keys, NULL);
    assert_int_equal(findings.count, 3);
    assert_int_equal(findings.list[0].line, 1);
    assert_int_equal(findings.list[1].line, 3);
    assert_int_equal(findings.list[2].line, 5);
    findings_clear(&findings);
}

static void
refuse_some(const struct settings *file, void *result)
{
    struct settings inner;

    assert_true(settings_enter(file, "g", &inner));
    assert_true(settings_have(&inner, "a"));
    assert_false(settings_have(&inner, "b"));
    assert_false(settings_have(file, "a"));
    settings_refuse(&inner, "a", "%s is %d", "a", 1);
    settings_refuse(&inner, "b", "%s is not", "b");
    settings_refuse(&inner, NULL, "%1000d", 7);
}

static void
a_finding_has_the_line_of_its_setting_or_else_of_the_group(void **state)
{
    struct findings findings =
        read_text("\ng = {\n  x = 1;\n  a = 1;\n};", refuse_some, NULL);

    assert_int_equal(findings.count, 3);
    assert_int_equal(findings.list[0].line, 4);
    assert_string_equal(findings.list[0].text, "a is 1");
    assert_int_equal(findings.list[1].line, 2);
    assert_string_equal(findings.list[1].text, "b is not");
    assert_int_equal(findings.list[2].line, 2);
    assert_int_equal(strlen(findings.list[2].text),
                     sizeof findings.list[2].text - 1);
    findings_clear(&findings);
}

static void
look_for_lines(const struct settings *file, void *result)
{
    struct settings inner;

    assert_int_equal(settings_line(file, "g"), 2);
    assert_int_equal(settings_line(file, "a"), 0);
    assert_true(settings_enter(file, "g", &inner));
    assert_int_equal(settings_line(&inner, "x"), 3);
    assert_int_equal(settings_line(&inner, "a"), 4);
    assert_int_equal(settings_line(&inner, "b"), 6);
    assert_int_equal(settings_line(&inner, "g"), 0);
}

static void
a_setting_has_the_line_that_its_name_stands_on(void **state)
{
    read_good("\ng = {\n  x = 1;\n  a =\n    \"x\"\n  b = [\n 1 ]\n};\n",
              look_for_lines, NULL);
}

static void
enter_group(const struct settings *file, void *result)
{
    bool *entered = result;
    struct settings inner;

    *entered = settings_enter(file, "g", &inner);
    if (*entered) {
        assert_string_equal(inner.name, "g");
        assert_ptr_equal(inner.findings, file->findings);
        assert_true(settings_have(&inner, "a"));
    }
}

static void
a_group_must_be_there_and_be_one(void **state)
{
    bool entered = false;

    read_good("g = { a = 1; };", enter_group, &entered);
    assert_true(entered);
    read_bad("\nh = { a = 1; };", enter_group, &entered, 0,
             "the file needs the setting \"g\"");
    assert_false(entered);
    read_bad("\ng = ( { a = 1; } );", enter_group, &entered, 2,
             "\"g\" must be a group in { }");
    assert_false(entered);
    read_bad("\ng = 1;", enter_group, &entered, 2, "must be a group");
    assert_false(entered);
}

/* Texts. */

static void
take_text(const struct settings *file, void *result)
{
    char **text = result;

    *text = settings_text(file, "t", false);
}

static void
take_required_text(const struct settings *file, void *result)
{
    char **text = result;

    *text = settings_text(file, "t", true);
}

static bool
is_x(const char *text)
{
    return strcmp(text, "x") == 0;
}

static void
take_checked_text(const struct settings *file, void *result)
{
    char **text = result;

    *text = settings_checked_text(file, "t", false, is_x, "an x");
}

static void
a_text_is_given_or_null(void **state)
{
    static const char *const wrong[] = {"t = 1;",         "t = \"\";",
                                        "t = [ \"x\" ];", "t = ( \"x\" );",
                                        "t = { };",       "t = true;"};
    char *text;
    size_t i;

    read_good("t = \"caf\xc3\xa9 \\\"\";", take_text, &text);
    assert_string_equal(text, "caf\xc3\xa9 \"");
    free(text);
    read_good("", take_text, &text);
    assert_null(text);
    read_bad("\n\nx = 1;", take_required_text, &text, 0,
             "the file needs the setting \"t\"");
    assert_null(text);
    for (i = 0; i < COUNT(wrong); i++) {
        read_bad(wrong[i], take_text, &text, 1,
                 "the file: \"t\" must be a text in quotes, and not an empty"
                 " one");
        assert_null(text);
    }
}

static void
a_text_is_checked_if_it_is_there(void **state)
{
    char *text;

    read_good("t = \"x\";", take_checked_text, &text);
    assert_string_equal(text, "x");
    free(text);
    read_good("", take_checked_text, &text);
    assert_null(text);
    read_bad("\nt = \"y\";", take_checked_text, &text, 2,
             "the file: \"t\" must be an x");
    assert_null(text);
    /* What is no text is found once. */
    read_bad("\nt = 1;", take_checked_text, &text, 2, "text in quotes");
    assert_null(text);
}

/* Numbers and booleans. */

static void
take_integer(const struct settings *file, void *result)
{
    static const struct settings_range range = {-5, 10, 3};
    int *number = result;

    *number = settings_integer(file, "n", &range);
}

static void
an_integer_is_given_or_its_standard(void **state)
{
    static const char *const wrong[] = {"n = -6;",   "n = 11;",  "n = 3.0;",
                                        "n = \"3\"", "n = 3L;",  "n = true;",
                                        "n = [ 3 ]", "n = 0xb;", "n = { };"};
    int number = 0;
    size_t i;

    read_good("n = -5;", take_integer, &number);
    assert_int_equal(number, -5);
    read_good("n = 10;", take_integer, &number);
    assert_int_equal(number, 10);
    read_good("n = 0xA;", take_integer, &number);
    assert_int_equal(number, 10);
    read_good("", take_integer, &number);
    assert_int_equal(number, 3);
    for (i = 0; i < COUNT(wrong); i++) {
        number = 0;
        read_bad(wrong[i], take_integer, &number, 1,
                 "\"n\" must be a whole number from -5 to 10");
        assert_int_equal(number, 3);
    }
}

static void
take_boolean(const struct settings *file, void *result)
{
    bool *yes = result;

    *yes = settings_boolean(file, "b");
}

static void
a_boolean_is_given_or_false(void **state)
{
    static const char *const wrong[] = {"b = 1;", "b = 0;", "b = \"true\";",
                                        "b = [ true ];", "b = 1.0;"};
    bool yes = false;
    size_t i;

    read_good("b = true;", take_boolean, &yes);
    assert_true(yes);
    read_good("b = false;", take_boolean, &yes);
    assert_false(yes);
    yes = true;
    read_good("", take_boolean, &yes);
    assert_false(yes);
    for (i = 0; i < COUNT(wrong); i++) {
        yes = true;
        read_bad(wrong[i], take_boolean, &yes, 1,
                 "the file: \"b\" must be true or false");
        assert_false(yes);
    }
}

/* Lists. */

static void
take_texts(const struct settings *file, void *result)
{
    settings_texts(file, "l", true, result);
}

static void
take_optional_texts(const struct settings *file, void *result)
{
    settings_texts(file, "l", false, result);
}

static void
take_texts_or_one(const struct settings *file, void *result)
{
    settings_text_or_texts(file, "l", result);
}

static void
texts_are_given_in_their_order(void **state)
{
    struct text_list list = {0};

    read_good("l = [ \"b\", \"a\", \"b\" ];", take_texts, &list);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.texts[0], "b");
    assert_string_equal(list.texts[1], "a");
    text_list_clear(&list);
    read_good("l = ( \"a\" );", take_texts, &list);
    assert_int_equal(list.count, 1);
    text_list_clear(&list);
    read_good("l = \"a\";", take_texts_or_one, &list);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.texts[0], "a");
    text_list_clear(&list);
    read_good("l = [ \"a\", \"b\" ];", take_texts_or_one, &list);
    assert_int_equal(list.count, 2);
    text_list_clear(&list);
    read_good("", take_optional_texts, &list);
    assert_int_equal(list.count, 0);
    read_good("l = [ \"a\" ];", take_optional_texts, &list);
    assert_int_equal(list.count, 1);
    text_list_clear(&list);
}

static void
texts_that_are_none_are_found_and_left_out(void **state)
{
    static const char must[] = "\"l\" must be texts in [ ], at least one";
    struct text_list list = {0};

    read_bad("", take_texts, &list, 0, "needs the setting \"l\"");
    read_bad("", take_texts_or_one, &list, 0, "needs the setting \"l\"");
    read_bad("l = \"a\";", take_texts, &list, 1, must);
    read_bad("l = \"a\";", take_optional_texts, &list, 1, must);
    read_bad("l = [ ];", take_texts, &list, 1, must);
    read_bad("l = ( );", take_texts, &list, 1, must);
    read_bad("l = { };", take_texts, &list, 1, must);
    read_bad("l = ( );", take_optional_texts, &list, 1, must);
    read_bad("l = 1;", take_texts_or_one, &list, 1, must);
    read_bad("l = [ ];", take_texts_or_one, &list, 1, must);
    read_bad("l = \"\";", take_texts_or_one, &list, 1, "text in quotes");
    assert_int_equal(list.count, 0);
    read_bad("l = ( \"a\",\n 1, \"b\" );", take_texts, &list, 1,
             "\"l\" must be a text in quotes");
    assert_int_equal(list.count, 2);
    assert_string_equal(list.texts[1], "b");
    text_list_clear(&list);
}

static void
take_values(const struct settings *file, void *result)
{
    settings_values(file, "v", result);
}

static void
values_keep_their_types(void **state)
{
    struct claim array = {0};

    read_good("v = ( \"x\", 0, true, -2.5, 2147483648L );", take_values,
              &array);
    assert_int_equal(array.type, CLAIM_ARRAY);
    assert_int_equal(array.count, 5);
    assert_int_equal(array.children[0].type, CLAIM_STRING);
    assert_string_equal(array.children[0].string, "x");
    assert_null(array.children[0].name);
    assert_int_equal(array.children[1].type, CLAIM_NUMBER);
    assert_true(array.children[1].number == 0);
    assert_int_equal(array.children[2].type, CLAIM_BOOLEAN);
    assert_true(array.children[2].boolean);
    assert_true(array.children[3].number == -2.5);
    assert_true(array.children[4].number == 2147483648.0);
    claim_clear(&array);
}

static void
values_that_are_none_are_found(void **state)
{
    static const char must[] = "\"v\" must be values in [ ] or ( ), at least";
    static const char hold[] = "\"v\" must hold texts, true, false, and numbers"
                               " between -2^53 and 2^53";
    struct claim array = {0};

    read_bad("", take_values, &array, 0, "needs the setting \"v\"");
    read_bad("v = \"x\";", take_values, &array, 1, must);
    read_bad("v = [ ];", take_values, &array, 1, must);
    read_bad("v = { };", take_values, &array, 1, must);
    assert_int_equal(array.count, 0);
    assert_null(array.children);
    read_bad("v = ( \"x\",\n { } );", take_values, &array, 1, hold);
    claim_clear(&array);
    read_bad("v = ( [ 1 ] );", take_values, &array, 1, hold);
    claim_clear(&array);
    read_bad("v = [ 9007199254740992L ];", take_values, &array, 1, hold);
    claim_clear(&array);
    read_bad("v = [ 9.007199254740992e15 ];", take_values, &array, 1, hold);
    claim_clear(&array);
    read_bad("v = [ -9.007199254740992e15 ];", take_values, &array, 1, hold);
    claim_clear(&array);
    read_good("v = [ 9.007199254740991e15, -9.007199254740991e15 ];",
              take_values, &array);
    claim_clear(&array);
}

/* Lists of groups. */

struct element {
    char *text;
};

static void
read_element(const struct settings *settings, void *result)
{
    struct element *element = result;

    assert_string_equal(settings->name, "an element");
    element->text = settings_text(settings, "t", true);
}

/* What a list of groups was read into. */
struct elements {
    struct element *list;
    size_t count;
};

/* Whether two texts begin with the same character. */
static bool
are_alike(const char *one, const char *other)
{
    return one[0] == other[0];
}

static void
take_groups(const struct settings *file, void *result)
{
    static const struct settings_list list = {"l", "an element", true,
                                              sizeof(struct element),
                                              read_element};
    struct elements *elements = result;

    elements->list = settings_groups(file, &list, &elements->count);
    settings_check_pairs(file, "l", "t", are_alike, "is like");
}

static void
clear_elements(struct elements *elements)
{
    size_t i;

    for (i = 0; i < elements->count; i++)
        free(elements->list[i].text);
    free(elements->list);
    *elements = (struct elements){0};
}

static void
groups_are_read_in_their_order(void **state)
{
    struct elements elements = {0};

    read_good("l = ( { t = \"a\"; }, { t = \"b\"; } );", take_groups,
              &elements);
    assert_int_equal(elements.count, 2);
    assert_string_equal(elements.list[0].text, "a");
    assert_string_equal(elements.list[1].text, "b");
    clear_elements(&elements);
}

static void
groups_that_are_none_are_found(void **state)
{
    struct elements elements = {0};

    read_bad("", take_groups, &elements, 0, "needs the setting \"l\"");
    assert_null(elements.list);
    read_bad("l = ( );", take_groups, &elements, 1,
             "\"l\" must be groups in ( ), at least one");
    read_bad("l = { };", take_groups, &elements, 1, "must be groups");
    read_bad("l = [ 1 ];", take_groups, &elements, 1, "must be groups");
    read_bad("l = 1;", take_groups, &elements, 1, "must be groups");
    assert_null(elements.list);
    assert_int_equal(elements.count, 0);
    read_bad("l = ( { t = \"a\"; },\n 1 );", take_groups, &elements, 1,
             "an element must be a group in { }");
    assert_int_equal(elements.count, 2);
    assert_string_equal(elements.list[0].text, "a");
    assert_null(elements.list[1].text);
    clear_elements(&elements);
    read_bad("l = ( { t = \"a\"; },\n { } );", take_groups, &elements, 2,
             "an element needs the setting \"t\"");
    clear_elements(&elements);
}

static void
groups_that_must_not_stand_together_are_found(void **state)
{
    struct elements elements = {0};
    struct findings findings;

    read_bad("l = ( { t = \"a1\"; }, { t = \"b\"; },\n { t = \"a2\"; } );",
             take_groups, &elements, 2, "l: another one is like \"t\"");
    clear_elements(&elements);
    read_good("l = ( { t = \"a\"; }, { t = \"A\"; }, { t = \" a\"; } );",
              take_groups, &elements);
    clear_elements(&elements);
    /* One of each pair; what is no text is compared with nothing. */
    findings = read_text("l = ( { t = \"a\"; },\n { t = \"a\"; },\n"
                         "{ t = \"a\"; },\n { t = 1; } );",
                         take_groups, &elements);
    assert_int_equal(findings.count, 4);
    assert_int_equal(findings.list[0].line, 4);
    assert_int_equal(findings.list[1].line, 2);
    assert_int_equal(findings.list[2].line, 3);
    assert_int_equal(findings.list[3].line, 3);
    findings_clear(&findings);
    clear_elements(&elements);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_that_is_not_taken_is_not_handed_on),
        cmocka_unit_test(a_setting_without_a_name_of_ours_is_found),
        cmocka_unit_test(
            a_finding_has_the_line_of_its_setting_or_else_of_the_group),
        cmocka_unit_test(a_setting_has_the_line_that_its_name_stands_on),
        cmocka_unit_test(a_group_must_be_there_and_be_one),
        cmocka_unit_test(a_text_is_given_or_null),
        cmocka_unit_test(a_text_is_checked_if_it_is_there),
        cmocka_unit_test(an_integer_is_given_or_its_standard),
        cmocka_unit_test(a_boolean_is_given_or_false),
        cmocka_unit_test(texts_are_given_in_their_order),
        cmocka_unit_test(texts_that_are_none_are_found_and_left_out),
        cmocka_unit_test(values_keep_their_types),
        cmocka_unit_test(values_that_are_none_are_found),
        cmocka_unit_test(groups_are_read_in_their_order),
        cmocka_unit_test(groups_that_are_none_are_found),
        cmocka_unit_test(groups_that_must_not_stand_together_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
