/*
 * Shows how parse/pam_lines reads files of /etc/pam.d, and what it takes a
 * control to say. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/pam_lines.h"
#include "unit.h"

/* Read a text, which must be cleared. */
static struct pam_lines
read_lines(const char *text)
{
    struct secret secret = secret_from(text);
    struct pam_lines lines;

    assert_int_equal(pam_lines_read(&secret, &lines), 0);
    secret_clear(&secret);
    return lines;
}

static void
lines_are_taken_apart(void **state)
{
    struct pam_lines lines =
        read_lines("# a comment\n"
                   "\n"
                   "auth required pam_unix.so nullok try_first_pass # more\n"
                   "-Session\t[success=1 default=ignore]  /lib/pam_x.so "
                   "[a b\\]c] d\n"
                   "@include common-account\n"
                   "password \\\n"
                   "  requisite \\\n"
                   "  pam_deny.so\n"
                   "account substack other");

    assert_int_equal(lines.count, 5);
    assert_int_equal(lines.list[0].number, 3);
    assert_int_equal(lines.list[0].type, PAM_TYPE_AUTH);
    assert_int_equal(lines.list[0].kind, PAM_LINE_MODULE);
    assert_string_equal(lines.list[0].module, "pam_unix.so");
    assert_int_equal(lines.list[0].arguments.count, 2);
    assert_string_equal(lines.list[0].arguments.texts[1], "try_first_pass");

    assert_int_equal(lines.list[1].type, PAM_TYPE_SESSION);
    assert_string_equal(lines.list[1].module, "/lib/pam_x.so");
    assert_string_equal(pam_line_module_name(&lines.list[1]), "pam_x.so");
    assert_int_equal(lines.list[1].arguments.count, 2);
    assert_string_equal(lines.list[1].arguments.texts[0], "a b]c");

    assert_int_equal(lines.list[2].type, PAM_TYPE_ANY);
    assert_int_equal(lines.list[2].kind, PAM_LINE_INCLUDE);
    assert_string_equal(lines.list[2].module, "common-account");

    assert_int_equal(lines.list[3].number, 6);
    assert_int_equal(lines.list[3].type, PAM_TYPE_PASSWORD);
    assert_string_equal(lines.list[3].module, "pam_deny.so");

    assert_int_equal(lines.list[4].number, 9);
    assert_int_equal(lines.list[4].kind, PAM_LINE_SUBSTACK);
    pam_lines_clear(&lines);
}

static void
a_malformed_line_is_what_libpam_makes_of_it(void **state)
{
    static const struct {
        const char *text;
        enum pam_type type;
        enum pam_line_kind kind;
    } rows[] = {
        {"auth", PAM_TYPE_AUTH, PAM_LINE_REFUSES},
        {"auth required", PAM_TYPE_AUTH, PAM_LINE_REFUSES},
        {"account [x=ok", PAM_TYPE_ACCOUNT, PAM_LINE_REFUSES},
        {"author required x.so", PAM_TYPE_UNKNOWN, PAM_LINE_REFUSES},
        {"author include x", PAM_TYPE_UNKNOWN, PAM_LINE_INCLUDE},
        {"auth whatever x.so", PAM_TYPE_AUTH, PAM_LINE_MODULE},
        {"auth required lib/", PAM_TYPE_AUTH, PAM_LINE_BREAKS},
        {"auth required ?", PAM_TYPE_AUTH, PAM_LINE_BREAKS},
        {"auth include", PAM_TYPE_AUTH, PAM_LINE_BREAKS},
        {"@include", PAM_TYPE_ANY, PAM_LINE_BREAKS},
        {"auth required x.so \\\n", PAM_TYPE_UNKNOWN, PAM_LINE_BREAKS},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct pam_lines lines = read_lines(rows[i].text);

        expect(lines.count == 1 && lines.list[0].type == rows[i].type
                   && lines.list[0].kind == rows[i].kind,
               rows[i].text);
        pam_lines_clear(&lines);
    }
}

/* The places where a "\" at the end of a line does not do what is meant. */
static void
lines_go_on_where_libpam_has_them_go_on(void **state)
{
    static const struct {
        const char *text;
        size_t count; /* of lines */
        size_t words; /* behind the first one's module */
    } rows[] = {
        {"auth required x.so \\\na", 1, 1},
        {"auth required x.so \\ \t\na", 1, 1},
        {"auth required x.so # \\\na", 2, 0},
        {"auth required x.so \\\n# b\n\na c", 1, 2},
        {"auth required x.so \\ a\nb", 2, 2},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct pam_lines lines = read_lines(rows[i].text);

        expect(lines.count == rows[i].count
                   && lines.list[0].arguments.count == rows[i].words,
               rows[i].text);
        pam_lines_clear(&lines);
    }
}

/* libpam reads up to 1,023 bytes of a line, and takes the rest for another. */
static void
a_long_line_is_cut_in_two(void **state)
{
    char text[1100];
    struct pam_lines lines;

    memset(text, ' ', sizeof text);
    memcpy(text, "auth required x.so", 18);
    memcpy(text + 1023, "auth sufficient y.so\nz", 23);
    lines = read_lines(text);
    assert_int_equal(lines.count, 3);
    assert_int_equal(lines.list[0].arguments.count, 0);
    assert_int_equal(lines.list[1].number, 1);
    assert_string_equal(lines.list[1].module, "y.so");
    assert_int_equal(lines.list[2].number, 2);
    pam_lines_clear(&lines);

    /* What goes on has the same room all together. */
    memcpy(text + 1022, "\\\n", 2);
    lines = read_lines(text);
    assert_int_equal(lines.count, 1);
    assert_int_equal(lines.list[0].kind, PAM_LINE_BREAKS);
    pam_lines_clear(&lines);
}

static void
a_control_says_what_is_done(void **state)
{
    static const struct {
        const char *line;
        enum pam_code code;
        enum pam_action_kind kind;
    } rows[] = {
        {"auth required x", CODE_PAM_SUCCESS, PAM_ACTION_OK},
        {"auth required x", CODE_PAM_IGNORE, PAM_ACTION_IGNORE},
        {"auth REQUIRED x", CODE_PAM_AUTH_ERR, PAM_ACTION_BAD},
        {"auth [required] x", CODE_PAM_SUCCESS, PAM_ACTION_OK},
        {"auth requisite x", CODE_PAM_AUTH_ERR, PAM_ACTION_DIE},
        {"auth sufficient x", CODE_PAM_SUCCESS, PAM_ACTION_DONE},
        {"auth sufficient x", CODE_PAM_AUTH_ERR, PAM_ACTION_IGNORE},
        {"auth optional x", CODE_PAM_SUCCESS, PAM_ACTION_OK},
        {"auth optional x", CODE_PAM_AUTH_ERR, PAM_ACTION_IGNORE},
        {"auth whatever x", CODE_PAM_SUCCESS, PAM_ACTION_BAD},
        {"auth success=ok x", CODE_PAM_SUCCESS, PAM_ACTION_OK},
        {"auth [success=done] x", CODE_PAM_SUCCESS, PAM_ACTION_DONE},
        {"auth [success=done] x", CODE_PAM_AUTH_ERR, PAM_ACTION_BAD},
        {"auth [ success = ok ] x", CODE_PAM_SUCCESS, PAM_ACTION_OK},
        {"auth [Success=ok] x", CODE_PAM_SUCCESS, PAM_ACTION_BAD},
        {"auth [success=OK] x", CODE_PAM_SUCCESS, PAM_ACTION_BAD},
        {"auth [success=okay] x", CODE_PAM_SUCCESS, PAM_ACTION_BAD},
        {"auth [success=okdefault=die] x", CODE_PAM_IGNORE, PAM_ACTION_DIE},
        {"auth [default=reset] x", CODE_PAM_AUTH_ERR, PAM_ACTION_RESET},
        {"auth [auth_err=die auth_err=ok] x", CODE_PAM_AUTH_ERR, PAM_ACTION_OK},
        {"auth [default=die auth_err=ok] x", CODE_PAM_AUTH_ERR, PAM_ACTION_OK},
        {"auth [default=ok default=die] x", CODE_PAM_AUTH_ERR, PAM_ACTION_OK},
        {"auth [auth_err=die default=ignore] x", CODE_PAM_MAXTRIES,
         PAM_ACTION_IGNORE},
        {"auth [success=3 default=bad] x", CODE_PAM_SUCCESS, PAM_ACTION_JUMP},
        {"auth [success=0 default=ok] x", CODE_PAM_AUTH_ERR, PAM_ACTION_BAD},
        {"auth [success=ok default=what] x", CODE_PAM_SUCCESS, PAM_ACTION_BAD},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct pam_lines lines = read_lines(rows[i].line);
        struct pam_action action;

        assert_int_equal(lines.count, 1);
        action = lines.list[0].actions[rows[i].code];
        expect(action.kind == rows[i].kind, rows[i].line);
        if (action.kind == PAM_ACTION_JUMP)
            assert_int_equal(action.jump, 3);
        pam_lines_clear(&lines);
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_taken_apart),
        cmocka_unit_test(a_malformed_line_is_what_libpam_makes_of_it),
        cmocka_unit_test(lines_go_on_where_libpam_has_them_go_on),
        cmocka_unit_test(a_long_line_is_cut_in_two),
        cmocka_unit_test(a_control_says_what_is_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
