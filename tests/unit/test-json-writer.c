/*
 * Shows what parse/json_writer writes, and that what fails in the middle gives
 * no text at the end. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/json_writer.h"
#include "unit.h"

/* Finish what was written, and compare it. */
static void
expect_text(struct json_writer *writer, const char *expected)
{
    struct secret text = {0};

    assert_int_equal(json_writer_finish(writer, &text), 0);
    assert_string_equal(secret_text(&text), expected);
    secret_clear(&text);
}

/* Finish what was written, and see that nothing comes of it. */
static void
expect_nothing(struct json_writer *writer)
{
    struct secret text = {0};

    assert_int_equal(json_writer_finish(writer, &text), -1);
    assert_int_equal(text.length, 0);
    secret_clear(&text);
}

static void
every_kind_of_value_is_written_in_its_order(void **state)
{
    struct json_writer writer = {0};

    json_writer_begin_object(&writer, NULL);
    json_writer_text(&writer, "z", "a \"text\"\n");
    json_writer_text(&writer, "nothing", NULL);
    json_writer_number(&writer, "number", -9007199254740993LL);
    json_writer_begin_array(&writer, "list");
    json_writer_text(&writer, NULL, "one");
    json_writer_begin_object(&writer, NULL);
    json_writer_end(&writer);
    json_writer_end(&writer);
    json_writer_text(&writer, "a", "");
    json_writer_end(&writer);
    expect_text(&writer, "{\n"
                         "  \"z\": \"a \\\"text\\\"\\n\",\n"
                         "  \"nothing\": null,\n"
                         "  \"number\": -9007199254740993,\n"
                         "  \"list\": [\n"
                         "    \"one\",\n"
                         "    {}\n"
                         "  ],\n"
                         "  \"a\": \"\"\n"
                         "}");
}

static void
texts_are_an_array_and_can_stand_without_blanks(void **state)
{
    struct json_writer writer = {0};
    struct text_list list = {0};
    struct secret text = {0};

    assert_int_equal(text_list_add(&list, "a b"), 0);
    assert_int_equal(text_list_add(&list, "\" : ,"), 0);
    json_writer_begin_object(&writer, NULL);
    json_writer_texts(&writer, "list", &list);
    json_writer_end(&writer);
    assert_int_equal(json_writer_finish_compact(&writer, &text), 0);
    assert_string_equal(secret_text(&text),
                        "{\"list\":[\"a b\",\"\\\" : ,\"]}");
    secret_clear(&text);
    text_list_clear(&list);
}

static void
a_writer_can_be_used_again(void **state)
{
    struct json_writer writer = {0};

    json_writer_begin_array(&writer, NULL);
    json_writer_end(&writer);
    expect_text(&writer, "[]");
    json_writer_begin_object(&writer, NULL);
    json_writer_end(&writer);
    expect_text(&writer, "{}");
}

static void
text_is_ascii_whatever_it_was(void **state)
{
    struct json_writer writer = {0};

    json_writer_begin_array(&writer, NULL);
    json_writer_text(&writer, NULL, "\xc3\xa9\xc2\x9b");
    json_writer_text(&writer, NULL, "no \xff UTF-8 \xc3\xa9\033");
    json_writer_end(&writer);
    expect_text(&writer, "[\n"
                         "  \"\\u00E9\\u009B\",\n"
                         "  \"no ? UTF-8 ??\\u001B\"\n"
                         "]");
}

static void
what_is_no_whole_text_gives_none(void **state)
{
    struct json_writer writer = {0};
    int depth;

    expect_nothing(&writer);

    json_writer_begin_object(&writer, NULL);
    expect_nothing(&writer);

    json_writer_end(&writer);
    expect_nothing(&writer);

    json_writer_begin_object(&writer, NULL);
    json_writer_text(&writer, NULL, "a member without a name");
    json_writer_end(&writer);
    expect_nothing(&writer);

    json_writer_begin_array(&writer, NULL);
    json_writer_text(&writer, "an element with", "a name");
    json_writer_end(&writer);
    expect_nothing(&writer);

    json_writer_begin_array(&writer, NULL);
    json_writer_end(&writer);
    json_writer_begin_array(&writer, NULL);
    json_writer_end(&writer);
    expect_nothing(&writer);

    for (depth = 0; depth <= JSON_WRITER_MAX_DEPTH; depth++)
        json_writer_begin_array(&writer, NULL);
    for (depth = 0; depth <= JSON_WRITER_MAX_DEPTH; depth++)
        json_writer_end(&writer);
    expect_nothing(&writer);
}

static void
what_a_claim_says_is_written(void **state)
{
    struct claim parts[] = {
        {.name = TEXT("list"), .type = CLAIM_ARRAY},
        {.name = TEXT("yes"), .type = CLAIM_BOOLEAN, .boolean = true},
        {.name = TEXT("whole"), .type = CLAIM_NUMBER, .number = -3},
        {.name = TEXT("half"), .type = CLAIM_NUMBER, .number = 0.5},
        {.name = TEXT("large"), .type = CLAIM_NUMBER, .number = 1e22},
        {.name = TEXT("null"), .type = CLAIM_NULL},
        {.name = TEXT("text"), .type = CLAIM_STRING, .string = TEXT("\033")},
    };
    const struct claim object = {.type = CLAIM_OBJECT,
                                 .children = parts,
                                 .count = COUNT(parts)};
    struct json_writer writer = {0};
    struct secret text = {0};

    json_writer_claim(&writer, NULL, &object);
    assert_int_equal(json_writer_finish_compact(&writer, &text), 0);
    assert_string_equal(secret_text(&text),
                        "{\"list\":[],\"yes\":true,\"whole\":-3,\"half\":0.5,"
                        "\"large\":1e22,\"null\":null,\"text\":\"\\u001B\"}");
    secret_clear(&text);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_claim_says_is_written),
        cmocka_unit_test(every_kind_of_value_is_written_in_its_order),
        cmocka_unit_test(texts_are_an_array_and_can_stand_without_blanks),
        cmocka_unit_test(a_writer_can_be_used_again),
        cmocka_unit_test(text_is_ascii_whatever_it_was),
        cmocka_unit_test(what_is_no_whole_text_gives_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
