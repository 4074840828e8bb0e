/*
 * Shows whom parse/identity_map finds in a map file: the value and the user of
 * one line, both to the byte, in a file without a single bad line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdio.h>

#include "parse/identity_map.h"
#include "unit.h"

enum found {
    LISTED,
    NOT_LISTED,
    MALFORMED,
};

/* Look for a value and a user in bytes; the line is that of a bad one. */
static enum found
look_in(const void *bytes, size_t length, const char *value, const char *user,
        int line)
{
    struct secret text = secret_of(bytes, length);
    struct fault fault = {0};
    bool listed = true;
    char words[32];
    int result = identity_map_find(&text, value, user, &listed, &fault);

    secret_clear(&text);
    assert_int_equal(result, fault.raised ? -1 : 0);
    if (result == 0)
        return listed ? LISTED : NOT_LISTED;
    assert_false(listed);
    snprintf(words, sizeof words, "line %d ", line);
    expect(fault_is(&fault, REASON_CONFIG, words), fault.text);
    return MALFORMED;
}

static void
a_line_lists_its_value_and_its_user(void **state)
{
    static const struct {
        const char *text;
        const char *value;
        const char *user;
        enum found found;
    } rows[] = {
        {"", "v", "alice", NOT_LISTED},
        {"\n\n", "v", "alice", NOT_LISTED},
        {"v alice", "v", "alice", LISTED},
        {"v alice\n", "v", "alice", LISTED},
        {"v\talice\r\n", "v", "alice", LISTED},
        {" \t v \t alice \t \r\n", "v", "alice", LISTED},
        {"v alice\n", "v", "Alice", NOT_LISTED},
        {"v alice\n", "V", "alice", NOT_LISTED},
        {"v alice\n", "v", "alic", NOT_LISTED},
        {"v alice\n", "v", "alicex", NOT_LISTED},
        {"v alice\n", "", "alice", NOT_LISTED},
        {"v alice\n", "v alice", "alice", NOT_LISTED},
        {"v alice\n", "alice", "v", NOT_LISTED},
        {"vv alice\n", "v", "alice", NOT_LISTED},
        {"v alice\n", "vv", "alice", NOT_LISTED},
        {"# v alice\n", "v", "alice", NOT_LISTED},
        {"# v alice\n", "# v", "alice", NOT_LISTED},
        {" #v alice\n", "#v", "alice", NOT_LISTED},
        {"#\n#x\n\nv alice\n", "v", "alice", LISTED},
        {"v#1 alice\n", "v#1", "alice", LISTED},
        {"a b  c alice\n", "a b  c", "alice", LISTED},
        {"a b  c alice\n", "a b c", "alice", NOT_LISTED},
        {"a b alice\n", "a", "alice", NOT_LISTED},
        {"v bob\nv alice\n", "v", "alice", LISTED},
        {"v bob\nv alice\n", "v", "bob", LISTED},
        {"v bob\nw alice\n", "v", "alice", NOT_LISTED},
        {"v alice\nv alice\n", "v", "alice", LISTED},
        {"v alice\nw bob\n", "v alice\nw", "bob", NOT_LISTED},
        {"caf\xc3\xa9 alice\n", "caf\xc3\xa9", "alice", LISTED},
        {"auth0|5f%u alice\n", "auth0|5f%u", "alice", LISTED},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        expect(look_in(rows[i].text, strlen(rows[i].text), rows[i].value,
                       rows[i].user, 0)
                   == rows[i].found,
               rows[i].text);
}

static void
a_bad_line_lets_nobody_in(void **state)
{
    static const struct {
        const char *text;
        int line;
    } rows[] = {
        {"v", 1},
        {"v\n", 1},
        {"alice\n", 1},
        {"v alice\nbob\n", 2},
        {"bob\nv alice\n", 1},
        {"v alice\n\n# x\nbob", 4},
        {"v a\n", 1},
        {"v alice bob:\n", 1},
        {"v al/ice\n", 1},
        {"v al%ice\n", 1},
        {"v al\x7fice\n", 1},
        {"v alic\xc3\xa9\n", 1},
        {"v alice # a comment!\n", 1},
        {"v bob # was alice\n", 1},
        {"v bob #was alice\n", 1},
        {"v "
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
         1},
        {"v alice\rw bob\nx\n", 2},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        expect(look_in(rows[i].text, strlen(rows[i].text), "v", "alice",
                       rows[i].line)
                   == MALFORMED,
               rows[i].text);
}

static void
a_nul_byte_ends_neither_the_file_nor_a_word(void **state)
{
    static const char in_user[] = "v alice\0\nv alice\n";
    static const char in_value[] = "v\0x alice\n";
    static const char behind[] = "v alice\n\0\nx\n";

    assert_int_equal(look_in(in_user, sizeof in_user - 1, "v", "alice", 1),
                     MALFORMED);
    assert_int_equal(look_in(in_value, sizeof in_value - 1, "v", "alice", 0),
                     NOT_LISTED);
    assert_int_equal(look_in(behind, sizeof behind - 1, "v", "alice", 2),
                     MALFORMED);
}

static void
a_long_file_is_read_to_its_end(void **state)
{
    struct secret text = {0};
    struct fault fault = {0};
    char line[64];
    bool listed;
    int i;

    for (i = 0; i < 50000; i++) {
        snprintf(line, sizeof line, "subject-%d user%d\n", i, i);
        assert_int_equal(secret_append(&text, line, strlen(line)), 0);
    }
    assert_int_equal(identity_map_find(&text, "subject-49999", "user49999",
                                       &listed, &fault),
                     0);
    assert_true(listed);
    assert_int_equal(identity_map_find(&text, "subject-49999", "user4999",
                                       &listed, &fault),
                     0);
    assert_false(listed);
    secret_append(&text, "bad\n", 4);
    assert_int_equal(identity_map_find(&text, "subject-1", "user1", &listed,
                                       &fault),
                     -1);
    assert_false(listed);
    assert_true(fault_is(&fault, REASON_CONFIG, "line 50001 "));
    secret_clear(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_lists_its_value_and_its_user),
        cmocka_unit_test(a_bad_line_lets_nobody_in),
        cmocka_unit_test(a_nul_byte_ends_neither_the_file_nor_a_word),
        cmocka_unit_test(a_long_file_is_read_to_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
