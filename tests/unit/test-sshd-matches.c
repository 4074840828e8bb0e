/*
 * Shows how parse/sshd_matches reads Match and Include lines.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/sshd_matches.h"
#include "unit.h"

/* Read a text, which must be cleared. */
static struct sshd_matches
read_matches(const char *text)
{
    struct secret secret = secret_from(text);
    struct sshd_matches matches;

    assert_int_equal(sshd_matches_read(&secret, &matches), 0);
    secret_clear(&secret);
    return matches;
}

/* The patterns of a line. */
static const char *
patterns_of(const struct sshd_matches *matches, size_t line,
            enum sshd_criterion criterion)
{
    return sshd_match_patterns(&matches->list[line], criterion);
}

static void
criteria_are_taken_apart(void **state)
{
    struct sshd_matches matches =
        read_matches("# Match User nobody\n"
                     "UsePAM yes\n"
                     "match  User\talice,b*,!bob Group \"a group\" # comment\n"
                     "  X11Forwarding no\n"
                     "Match=Address=10.0.0.0/8 Host *.example.com\n"
                     "Match LocalAddress 10.0.0.1 LocalPort 2222 RDomain x\r\n"
                     "Match all");

    assert_int_equal(matches.count, 4);
    assert_int_equal(matches.list[0].number, 3);
    assert_string_equal(patterns_of(&matches, 0, SSHD_USER), "alice,b*,!bob");
    assert_string_equal(patterns_of(&matches, 0, SSHD_GROUP), "a group");
    assert_null(patterns_of(&matches, 0, SSHD_ADDRESS));
    assert_int_equal(matches.list[1].number, 5);
    assert_string_equal(patterns_of(&matches, 1, SSHD_ADDRESS), "10.0.0.0/8");
    assert_string_equal(patterns_of(&matches, 1, SSHD_HOST), "*.example.com");
    assert_string_equal(patterns_of(&matches, 2, SSHD_LOCAL_ADDRESS),
                        "10.0.0.1");
    assert_string_equal(patterns_of(&matches, 2, SSHD_LOCAL_PORT), "2222");
    assert_string_equal(patterns_of(&matches, 2, SSHD_ROUTING_DOMAIN), "x");
    assert_null(patterns_of(&matches, 3, SSHD_USER));
    sshd_matches_clear(&matches);
}

static void
includes_are_listed(void **state)
{
    struct sshd_matches matches = read_matches(
        "Include /etc/ssh/*.conf \"with blanks.conf\"\ninclude\nInclude a#b\n");

    assert_int_equal(matches.count, 2);
    assert_int_equal(matches.list[0].words.count, 2);
    assert_string_equal(matches.list[0].words.texts[1], "with blanks.conf");
    assert_string_equal(matches.list[1].words.texts[0], "a#b");
    sshd_matches_clear(&matches);
}

static void
lines_of_other_criteria_are_left_out(void **state)
{
    static const char *const texts[] = {
        "Match Version x",  "Match User",     "Match User a User b",
        "Match User a x y", "Matches User a", "Match User a Final",
    };
    size_t i;

    for (i = 0; i < COUNT(texts); i++) {
        struct sshd_matches matches = read_matches(texts[i]);

        expect(matches.count == 0, texts[i]);
        sshd_matches_clear(&matches);
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(criteria_are_taken_apart),
        cmocka_unit_test(includes_are_listed),
        cmocka_unit_test(lines_of_other_criteria_are_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
