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
    assert_string_equal(lines.list[0].control, "required");
    assert_string_equal(lines.list[0].module, "pam_unix.so");
    assert_int_equal(lines.list[0].arguments.count, 2);
    assert_string_equal(lines.list[0].arguments.texts[1], "try_first_pass");
    assert_false(pam_line_is_include(&lines.list[0]));

    assert_int_equal(lines.list[1].type, PAM_TYPE_SESSION);
    assert_string_equal(lines.list[1].module, "/lib/pam_x.so");
    assert_string_equal(pam_line_module_name(&lines.list[1]), "pam_x.so");
    assert_int_equal(lines.list[1].arguments.count, 2);
    assert_string_equal(lines.list[1].arguments.texts[0], "a b]c");

    assert_int_equal(lines.list[2].type, PAM_TYPE_INCLUDE);
    assert_string_equal(lines.list[2].module, "common-account");
    assert_true(pam_line_is_include(&lines.list[2]));

    assert_int_equal(lines.list[3].number, 6);
    assert_int_equal(lines.list[3].type, PAM_TYPE_PASSWORD);
    assert_string_equal(lines.list[3].module, "pam_deny.so");

    assert_int_equal(lines.list[4].number, 9);
    assert_true(pam_line_is_include(&lines.list[4]));
    pam_lines_clear(&lines);
}

static void
a_line_that_libpam_does_not_understand_has_no_module(void **state)
{
    static const char *const bad[] = {
        "auth",       "auth required",        "auth whatever pam_unix.so",
        "auth [x=ok", "author required x.so", "@include",
    };
    size_t i;

    for (i = 0; i < COUNT(bad); i++) {
        struct pam_lines lines = read_lines(bad[i]);

        expect(lines.count == 1 && lines.list[0].module == NULL, bad[i]);
        pam_lines_clear(&lines);
    }
}

static void
a_control_says_what_is_done(void **state)
{
    static const struct {
        const char *line;
        const char *code;
        enum pam_action_kind kind;
    } rows[] = {
        {"auth required x", "success", PAM_ACTION_OK},
        {"auth required x", "ignore", PAM_ACTION_IGNORE},
        {"auth REQUIRED x", "auth_err", PAM_ACTION_BAD},
        {"auth requisite x", "auth_err", PAM_ACTION_DIE},
        {"auth sufficient x", "success", PAM_ACTION_DONE},
        {"auth sufficient x", "auth_err", PAM_ACTION_IGNORE},
        {"auth optional x", "success", PAM_ACTION_OK},
        {"auth optional x", "AUTH_ERR", PAM_ACTION_IGNORE},
        {"auth [success=done] x", "success", PAM_ACTION_DONE},
        {"auth [success=done] x", "auth_err", PAM_ACTION_BAD},
        {"auth [Success=OK default=reset] x", "auth_err", PAM_ACTION_RESET},
        {"auth [auth_err=die default=ignore] x", "auth_err", PAM_ACTION_DIE},
        {"auth [auth_err=die default=ignore] x", "maxtries", PAM_ACTION_IGNORE},
        {"auth [success=3 default=bad] x", "success", PAM_ACTION_JUMP},
        {"auth [success=ok default=what] x", "auth_err", PAM_ACTION_BAD},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct pam_lines lines = read_lines(rows[i].line);
        struct pam_action action;

        assert_int_equal(lines.count, 1);
        action = pam_line_action(&lines.list[0], rows[i].code);
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
        cmocka_unit_test(a_line_that_libpam_does_not_understand_has_no_module),
        cmocka_unit_test(a_control_says_what_is_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
