/*
 * Shows what parse/configuration makes of a file, and that it finds whatever
 * is wrong with one, each at its line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "parse/configuration.h"
#include "unit.h"

/* A good file; tests replace a line of it. Line 1 is lines[1]. */
#define LAST_LINE 15
static const char *const lines[LAST_LINE + 1] = {
    "",
    /*  1 */ "sts = {",
    /*  2 */ "  region = \"eu-west-1\";",
    /*  3 */ "};",
    /*  4 */ "providers = ( {",
    /*  5 */ "  name = \"corp\";",
    /*  6 */ "  issuer = \"https://login.example.com\";",
    /*  7 */ "  audience = [ \"ssh\" ];",
    /*  8 */ "  user = { claim = \"sub\";",
    /*  9 */ "    is = \"%u\"; };",
    /* 10 */ "} );",
    /* 11 */ "min_uid = 500;",
    /* 12 */ "rules = ( {",
    /* 13 */ "  name = \"all\";",
    /* 14 */ "  role_arn = \"arn:aws:iam::123456789012:role/R\";",
    /* 15 */ "} );",
};

/* The good file with another text in place of a line. */
static struct secret
file_with(int line, const char *text)
{
    struct secret file = {0};
    const char *next;
    int i;

    for (i = 1; i <= LAST_LINE; i++) {
        next = i == line ? text : lines[i];
        assert_int_equal(secret_append(&file, next, strlen(next)), 0);
        assert_int_equal(secret_append(&file, "\n", 1), 0);
    }
    return file;
}

/* Read a file and clear it. Gives what was found, to be cleared. */
static struct findings
read_and_clear(struct secret file)
{
    struct configuration configuration;
    struct findings findings = {0};
    int result = configuration_read(&file, &configuration, &findings);

    assert_int_equal(result, findings.any ? -1 : 0);
    assert_int_equal(findings.any, findings.count > 0);
    if (result < 0) {
        assert_null(configuration.providers);
        assert_null(configuration.rules);
        assert_null(configuration.sts.region);
        assert_int_equal(configuration.provider_count
                             + configuration.rule_count,
                         0);
    }
    configuration_clear(&configuration);
    secret_clear(&file);
    return findings;
}

static void
expect_good(struct secret file, const char *row)
{
    struct findings findings = read_and_clear(file);

    if (findings.any)
        fail_msg("%s: line %d: %s", row, findings.list[0].line,
                 findings.list[0].text);
    findings_clear(&findings);
}

/* A line that is replaced, and what is found then. */
struct row {
    int replaced;
    const char *text;
    int line;
    const char *words;
};

/* See that each replacement leads to one finding. */
static void
expect_finding(const struct row *row)
{
    struct findings findings =
        read_and_clear(file_with(row->replaced, row->text));

    if (findings.count != 1 || findings.list[0].line != row->line
        || strstr(findings.list[0].text, row->words) == NULL)
        fail_msg("%s: %zu findings, line %d: %s", row->text, findings.count,
                 findings.any ? findings.list[0].line : 0,
                 findings.any ? findings.list[0].text : "");
    findings_clear(&findings);
}

static void
expect_findings(const struct row *rows, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        expect_finding(&rows[i]);
}

/* Files that are good. */

static void
every_setting_is_read(void **state)
{
    static const char text[] =
        "# A comment with 99999999999 and \"@include\".\n"
        "sts = {\n"
        "  region = \"eu-west-1\";\n"
        "  endpoint = \"https://sts.example.internal:8443\";\n"
        "  ca_file = \"/etc/ssl/private-ca.pem\";\n"
        "  timeout = 5;\n"
        "};\n"
        "providers = ( {\n"
        "  name = \"corp\";\n"
        "  issuer = \"https://login.example.com/realms/1\";\n"
        "  audience = [ \"ssh-bastion\", \"other\" ];\n"
        "  user = { claim = \"sub\"; map_file = \"/etc/security/users\"; };\n"
        "}, {\n"
        "  name = \"second\";\n"
        "  issuer = \"https://second.example\";\n"
        "  audience = ( \"x\" );\n"
        "  user = { claim = \"email\"; is = \"%u@example.com\"; };\n"
        "} );\n"
        "min_uid = 0x200;\n"
        "rules = (\n"
        "  { name = \"operators\";\n"
        "    role_arn = \"arn:aws:iam::123456789012:role/p/Operator\";\n"
        "    duration = 3600;\n"
        "    region = \"eu-central-1\"; },\n"
        "  { name = \"everyone\";\n"
        "    role_arn = \"arn:aws:iam::123456789012:role/Engineer\"; }\n"
        ");\n";
    struct secret file = secret_from(text);
    struct configuration read;
    struct findings findings = {0};

    assert_int_equal(configuration_read(&file, &read, &findings), 0);
    assert_false(findings.any);
    assert_string_equal(read.sts.region, "eu-west-1");
    assert_string_equal(read.sts.endpoint, "https://sts.example.internal:8443");
    assert_string_equal(read.sts.ca_file, "/etc/ssl/private-ca.pem");
    assert_int_equal(read.sts.timeout, 5);
    assert_int_equal(read.provider_count, 2);
    assert_string_equal(read.providers[0].name, "corp");
    assert_string_equal(read.providers[0].issuer,
                        "https://login.example.com/realms/1");
    assert_int_equal(read.providers[0].audience_count, 2);
    assert_string_equal(read.providers[0].audience[1], "other");
    assert_string_equal(read.providers[0].user.claim, "sub");
    assert_string_equal(read.providers[0].user.map_file, "/etc/security/users");
    assert_null(read.providers[0].user.is);
    assert_string_equal(read.providers[1].audience[0], "x");
    assert_string_equal(read.providers[1].user.is, "%u@example.com");
    assert_null(read.providers[1].user.map_file);
    assert_int_equal(read.min_uid, 512);
    assert_int_equal(read.rule_count, 2);
    assert_string_equal(read.rules[0].name, "operators");
    assert_string_equal(read.rules[0].role.name, "Operator");
    assert_int_equal(read.rules[0].duration, 3600);
    assert_string_equal(read.rules[0].region, "eu-central-1");
    assert_string_equal(read.rules[1].role_arn,
                        "arn:aws:iam::123456789012:role/Engineer");
    assert_int_equal(read.rules[1].duration, 0);
    assert_null(read.rules[1].region);
    configuration_clear(&read);
    assert_null(read.providers);
    findings_clear(&findings);
    secret_clear(&file);
}

static void
what_is_optional_has_a_standard(void **state)
{
    struct secret file = file_with(11, "");
    struct configuration read;
    struct findings findings = {0};

    assert_int_equal(configuration_read(&file, &read, &findings), 0);
    assert_int_equal(read.min_uid, CONFIGURATION_DEFAULT_MIN_UID);
    assert_int_equal(read.sts.timeout, CONFIGURATION_DEFAULT_TIMEOUT);
    assert_null(read.sts.endpoint);
    assert_null(read.sts.ca_file);
    configuration_clear(&read);
    secret_clear(&file);
}

static void
what_may_look_strange_is_good(void **state)
{
    static const struct {
        int line;
        const char *text;
    } rows[] = {
        {2, "region = \"eu-west-1\" timeout = 60"},
        {2, "region : \"eu-\" \"west-1\""},
        {2, "endpoint = \"https://sts.example\";"},
        {2, "endpoint = \"https://[::1]:8443/path\";"},
        {2, "region = \"eu-west-1\"; timeout = 1; # 99999999999"},
        {2, "region = \"eu-west-1\"; // 99999999999L @include \"x\""},
        {2, "/* 99999999999 @include \" */ region = \"eu-west-1\";"},
        {5, "name = \"99999999999 @include \\\" # // /*\";"},
        {5, "name = \"\\\\\";"},
        {5, "name = \"caf\xc3\xa9\";"},
        {11, "min_uid = 2147483647;"},
        {11, "min_uid = 0x7fffffff;"},
        {11, "min_uid = 1;"},
        {11, "# 0x1ffffffff"},
        {13, "name = \"all\"; duration = 900;"},
        {13, "name = \"all\"; duration = 43200;"},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        expect_good(file_with(rows[i].line, rows[i].text), rows[i].text);
}

/* Files that are not. */

static void
an_unknown_setting_is_found_at_its_line(void **state)
{
    static const struct row rows[] = {
        {11, "min_uids = 500;", 11, "no setting \"min_uids\""},
        {11, "Min_uid = 500;", 11, "no setting \"Min_uid\""},
        {2, "region = \"x\";\nproxy = \"http://x\";", 3, "\"proxy\""},
        {5, "name = \"corp\";\n\nscope = 1;", 7, "\"scope\""},
        {9, "is = \"%u\";\nany = true; };", 10, "\"any\""},
        {13, "name = \"all\"; allow = true;", 13, "\"allow\""},
    };

    expect_findings(rows, COUNT(rows));
}

static void
a_setting_that_is_missing_is_found(void **state)
{
    static const struct row rows[] = {
        {2, "", 1, "region or an endpoint"},
        {5, "", 4, "needs the setting \"name\""},
        {6, "", 4, "needs the setting \"issuer\""},
        {7, "", 4, "needs the setting \"audience\""},
        {8, "user = {", 8, "needs the setting \"claim\""},
        {9, "};", 8, "either \"is\" or \"map_file\""},
        {9, "is = \"%u\"; map_file = \"/m\"; };", 8,
         "either \"is\" or \"map_file\""},
        {13, "", 12, "needs the setting \"name\""},
        {14, "", 12, "needs the setting \"role_arn\""},
    };

    expect_findings(rows, COUNT(rows));
}

static void
every_top_setting_that_is_needed_is_missed(void **state)
{
    struct findings findings = read_and_clear(secret_from("min_uid = 7;"));

    assert_int_equal(findings.count, 3);
    assert_non_null(strstr(findings.list[0].text, "\"sts\""));
    assert_non_null(strstr(findings.list[1].text, "\"providers\""));
    assert_non_null(strstr(findings.list[2].text, "\"rules\""));
    findings_clear(&findings);
}

static void
an_empty_file_is_not_good(void **state)
{
    static const char *const texts[] = {"", "\n", "# nothing", "/* */", ";"};
    size_t i;

    for (i = 0; i < COUNT(texts); i++) {
        struct findings findings = read_and_clear(secret_from(texts[i]));

        expect(findings.any, texts[i]);
        findings_clear(&findings);
    }
}

static void
a_setting_of_the_wrong_type_is_found(void **state)
{
    static const struct row rows[] = {
        {2, "region = 1;", 2, "text in quotes"},
        {2, "region = [ \"eu-west-1\" ];", 2, "text in quotes"},
        {2, "region = true;", 2, "text in quotes"},
        {2, "region = \"\";", 2, "text in quotes"},
        {2, "endpoint = { };", 2, "text in quotes"},
        {2, "region = \"x\"; ca_file = 1;", 2, "text in quotes"},
        {2, "region = \"x\"; timeout = \"5\";", 2, "\"timeout\""},
        {2, "region = \"x\"; timeout = 5.0;", 2, "\"timeout\""},
        {2, "region = \"x\"; timeout = 5L;", 2, "\"timeout\""},
        {2, "region = \"x\"; timeout = true;", 2, "\"timeout\""},
        {5, "name = 1;", 5, "text in quotes"},
        {6, "issuer = [ \"https://x\" ];", 6, "text in quotes"},
        {7, "audience = \"ssh\";", 7, "\"audience\""},
        {7, "audience = 1;", 7, "\"audience\""},
        {7, "audience = { };", 7, "\"audience\""},
        {7, "audience = [ ];", 7, "\"audience\""},
        {7, "audience = ( );", 7, "\"audience\""},
        {7, "audience = [ 1 ];", 7, "text in quotes"},
        {7, "audience = [ \"\" ];", 7, "text in quotes"},
        {7, "audience = ( \"ssh\", [ \"x\" ] );", 7, "text in quotes"},
        {8, "user = { claim = 1;", 8, "text in quotes"},
        {8, "user = { claim = ( \"sub\" );", 8, "text in quotes"},
        {9, "is = 1; };", 9, "text in quotes"},
        {9, "map_file = true; };", 9, "text in quotes"},
        {11, "min_uid = \"500\";", 11, "\"min_uid\""},
        {11, "min_uid = 500.0;", 11, "\"min_uid\""},
        {11, "min_uid = 500L;", 11, "\"min_uid\""},
        {11, "min_uid = [ 500 ];", 11, "\"min_uid\""},
        {13, "name = [ ];", 13, "text in quotes"},
        {14, "role_arn = 1;", 14, "text in quotes"},
        {13, "name = \"all\"; duration = \"3600\";", 13, "\"duration\""},
        {13, "name = \"all\"; region = 1;", 13, "text in quotes"},
    };

    expect_findings(rows, COUNT(rows));
}

static void
a_group_that_is_none_is_found(void **state)
{
    static const struct {
        const char *text;
        const char *words;
    } rows[] = {
        {"sts = 1;", "\"sts\" must be a group"},
        {"sts = ( );", "\"sts\" must be a group"},
        {"sts = \"x\";", "\"sts\" must be a group"},
        {"providers = { };", "\"providers\" must be groups"},
        {"providers = ( );", "\"providers\" must be groups"},
        {"providers = [ ];", "\"providers\" must be groups"},
        {"providers = \"x\";", "\"providers\" must be groups"},
        {"providers = ( 1 );", "a provider must be a group"},
        {"providers = ( { }, \"x\" );", "a provider must be a group"},
        {"providers = ( { user = 1; } );", "\"user\" must be a group"},
        {"rules = 1;", "\"rules\" must be groups"},
        {"rules = ( );", "\"rules\" must be groups"},
        {"rules = ( ( ) );", "a rule must be a group"},
    };

    size_t i;
    size_t j;

    for (i = 0; i < COUNT(rows); i++) {
        struct findings findings = read_and_clear(secret_from(rows[i].text));
        bool found = false;

        for (j = 0; j < findings.count; j++) {
            if (strstr(findings.list[j].text, rows[i].words) != NULL)
                found = true;
        }
        expect(found, rows[i].text);
        findings_clear(&findings);
    }
}

static void
a_value_that_cannot_be_is_found(void **state)
{
    static const struct row rows[] = {
        {2, "region = \"EU-WEST-1\";", 2, "must be a region"},
        {2, "region = \"eu-west-1.evil.example/\";", 2, "must be a region"},
        {2, "endpoint = \"http://sts.example\";", 2, "https://"},
        {2, "endpoint = \"sts.example\";", 2, "https://"},
        {2, "endpoint = \"https://\";", 2, "https://"},
        {2, "endpoint = \"https:///x\";", 2, "https://"},
        {2, "endpoint = \"https://:443\";", 2, "https://"},
        {2, "endpoint = \"https://user:pw@x\";", 2, "https://"},
        {2, "endpoint = \"https://x/?a=b\";", 2, "https://"},
        {2, "endpoint = \"https://x/#a\";", 2, "https://"},
        {2, "endpoint = \"https://x y\";", 2, "https://"},
        {2, "endpoint = \" https://x\";", 2, "https://"},
        {2, "endpoint = \"https://x\\\\y\";", 2, "https://"},
        {2, "endpoint = \"https://x\\n\";", 2, "https://"},
        {2, "region = \"x\"; ca_file = \"ca.pem\";", 2, "absolute path"},
        {2, "region = \"x\"; timeout = 0;", 2, "from 1 to 60"},
        {2, "region = \"x\"; timeout = 61;", 2, "from 1 to 60"},
        {2, "region = \"x\"; timeout = -1;", 2, "from 1 to 60"},
        {6, "issuer = \"login.example.com\";", 6, "https://"},
        {6, "issuer = \"http://login.example.com\";", 6, "https://"},
        {9, "is = \"alice\"; };", 9, "%u"},
        {9, "is = \"%s\"; };", 9, "%u"},
        {9, "is = \"%u%\"; };", 9, "%u"},
        {9, "is = \"%u@%d\"; };", 9, "%u"},
        {9, "map_file = \"users\"; };", 9, "absolute path"},
        {11, "min_uid = 0;", 11, "from 1 to"},
        {11, "min_uid = -1;", 11, "from 1 to"},
        {13, "name = \"all\"; duration = 899;", 13, "from 900 to 43200"},
        {13, "name = \"all\"; duration = 43201;", 13, "from 900 to 43200"},
        {13, "name = \"all\"; duration = 0;", 13, "from 900 to 43200"},
        {13, "name = \"all\"; region = \"-\";", 13, "must be a region"},
        {14, "role_arn = \"Operator\";", 14, "must be a role"},
        {14, "role_arn = \"arn:aws:iam::123456789012:user/R\";", 14,
         "must be a role"},
    };

    expect_findings(rows, COUNT(rows));
}

static void
two_that_must_differ_are_found(void **state)
{
    static const char provider[] =
        "}, {\n  name = \"%s\"; issuer = \"%s\"; audience = [ \"x\" ];\n"
        "  user = { claim = \"sub\"; is = \"%%u\"; };\n} );";

    static const struct {
        const char *name;
        const char *issuer;
        size_t findings;
    } rows[] = {
        {"corp", "https://other.example", 1},
        {"other", "https://login.example.com", 1},
        {"corp", "https://login.example.com", 2},
        {"Corp", "https://login.example.com/", 0},
    };
    struct findings findings;
    char text[512];
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        snprintf(text, sizeof text, provider, rows[i].name, rows[i].issuer);
        findings = read_and_clear(file_with(10, text));
        expect(findings.count == rows[i].findings, text);
        findings_clear(&findings);
    }
    findings = read_and_clear(
        file_with(15, "}, { name = \"all\";\n"
                      "role_arn = \"arn:aws:iam::123456789012:role/S\"; } );"));
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.list[0].line, 15);
    assert_non_null(strstr(findings.list[0].text, "the same \"name\""));
    findings_clear(&findings);
}

static void
a_number_beyond_32_bits_is_found_before_it_wraps(void **state)
{
    static const struct row rows[] = {
        {11, "min_uid = 2147483648;", 11, "2147483648"},
        {11, "min_uid = 4294967297;", 11, "4294967297"},
        {11, "min_uid = 4294968296;", 11, "4294968296"},
        {11, "min_uid = 4294968296L;", 11, "4294968296"},
        {11, "min_uid = 18446744073709552616;", 11, "18446744073709552616"},
        {11, "min_uid = 99999999999999999999999;", 11, "9999"},
        {11, "min_uid = 04294967297;", 11, "04294967297"},
        {11, "min_uid = 09999999999;", 11, "09999999999"},
        {11, "min_uid = 0x80000000;", 11, "0x80000000"},
        {11, "min_uid = 0x1000003E8;", 11, "0x1000003E8"},
        {11, "min_uid = 0X1000003e8;", 11, "0X1000003e8"},
        {11, "min_uid = 0x10000000000000001L;", 11, "0x1000"},
        {11, "min_uid = -4294966296;", 11, "4294966296"},
        {11, "min_uid = +4294968296;", 11, "4294968296"},
        {11, "min_uid\n=\n4294968296;", 13, "4294968296"},
        {2, "region = \"x\";\ntimeout = 4294967301;", 3, "4294967301"},
        {13, "name = \"a\"; duration = 4294970896;", 13, "4294970896"},
    };

    expect_findings(rows, COUNT(rows));
}

static void
an_include_is_refused_wherever_it_stands(void **state)
{
    static const struct row rows[] = {
        {1, "@include \"/etc/shadow\"\nsts = {", 1, "@include"},
        {1, "  @include \"/etc/shadow\"\nsts = {", 1, "@include"},
        {11, "min_uid = 5;\n\t@include \"x\"", 12, "@include"},
        {11, "/* \" */ @include \"x\"", 11, "@include"},
        {11, "# \"\n@include \"x\"", 12, "@include"},
        {11, "name = \"\\\"\"; @include \"x\"", 11, "@include"},
        {11, "@", 11, "@include"},
    };

    expect_findings(rows, COUNT(rows));
}

static void
a_nul_byte_does_not_hide_the_rest(void **state)
{
    struct secret file = file_with(0, "");
    struct findings findings;

    secret_append(&file, "\0rules = ( );", 13);
    findings = read_and_clear(file);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.list[0].line, LAST_LINE + 1);
    assert_non_null(strstr(findings.list[0].text, "NUL"));
    findings_clear(&findings);

    findings = read_and_clear(secret_of("\0", 1));
    assert_int_equal(findings.count, 1);
    findings_clear(&findings);
}

static void
a_syntax_error_is_found_at_its_line(void **state)
{
    static const struct row rows[] = {
        {11, "min_uid = ;", 11, "syntax error"},
        {11, "min_uid 500;", 11, "syntax error"},
        {11, "min_uid = 500 500;", 11, "syntax error"},
        {11, "= 500;", 11, "syntax error"},
        {11, "min_uid = 500;\nmin_uid = 500;", 12, "duplicate"},
        {2, "region = \"x\"; region = \"y\";", 2, "duplicate"},
    };

    expect_findings(rows, COUNT(rows));
}

static void
what_is_cut_off_anywhere_is_not_good(void **state)
{
    struct secret file = file_with(0, "");
    size_t end = file.length - strlen(" );\n") - 1;
    size_t length;

    for (length = 0; length <= end; length++) {
        struct findings findings =
            read_and_clear(secret_of(file.bytes, length));

        expect(findings.any, "a part of a file");
        findings_clear(&findings);
    }
    secret_clear(&file);
}

static void
all_that_is_wrong_is_found_at_once(void **state)
{
    static const char text[] = "sts = { timeout = 0; };\n"
                               "providers = ( { name = 1; } );\n"
                               "min_uid = \"x\";\n"
                               "extra = 1;\n"
                               "rules = ( { duration = 1; } );\n";

    static const struct {
        int line;
        const char *words;
    } rows[] = {
        {4, "\"extra\""},      {1, "\"timeout\""},  {1, "region or"},
        {2, "text in quotes"}, {2, "\"issuer\""},   {2, "\"audience\""},
        {2, "\"user\""},       {3, "\"min_uid\""},  {5, "\"name\""},
        {5, "\"role_arn\""},   {5, "\"duration\""},
    };
    struct findings findings = read_and_clear(secret_from(text));
    size_t i;

    assert_int_equal(findings.count, COUNT(rows));
    for (i = 0; i < COUNT(rows); i++) {
        expect(findings.list[i].line == rows[i].line, rows[i].words);
        expect(strstr(findings.list[i].text, rows[i].words) != NULL,
               rows[i].words);
    }
    findings_clear(&findings);
}

static void
a_long_finding_is_cut(void **state)
{
    char text[1000] = "  ";
    struct findings findings;

    memset(text + 2, 'x', 900);
    strcpy(text + 902, " = 1;");
    findings = read_and_clear(file_with(11, text));
    assert_int_equal(findings.count, 1);
    assert_int_equal(strlen(findings.list[0].text),
                     sizeof findings.list[0].text - 1);
    findings_clear(&findings);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_setting_is_read),
        cmocka_unit_test(what_is_optional_has_a_standard),
        cmocka_unit_test(what_may_look_strange_is_good),
        cmocka_unit_test(an_unknown_setting_is_found_at_its_line),
        cmocka_unit_test(a_setting_that_is_missing_is_found),
        cmocka_unit_test(every_top_setting_that_is_needed_is_missed),
        cmocka_unit_test(an_empty_file_is_not_good),
        cmocka_unit_test(a_setting_of_the_wrong_type_is_found),
        cmocka_unit_test(a_group_that_is_none_is_found),
        cmocka_unit_test(a_value_that_cannot_be_is_found),
        cmocka_unit_test(two_that_must_differ_are_found),
        cmocka_unit_test(a_number_beyond_32_bits_is_found_before_it_wraps),
        cmocka_unit_test(an_include_is_refused_wherever_it_stands),
        cmocka_unit_test(a_nul_byte_does_not_hide_the_rest),
        cmocka_unit_test(a_syntax_error_is_found_at_its_line),
        cmocka_unit_test(what_is_cut_off_anywhere_is_not_good),
        cmocka_unit_test(all_that_is_wrong_is_found_at_once),
        cmocka_unit_test(a_long_finding_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
