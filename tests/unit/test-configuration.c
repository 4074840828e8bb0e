/*
 * Shows what parse/configuration makes of a file, and that it finds whatever
 * is wrong with one, each at its line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "parse/configuration.h"
#include "parse/configuration_text.h"
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

/* The good file with other texts in place of two lines. */
static struct secret
file_with_both(int line, const char *text, int other_line,
               const char *other_text)
{
    struct secret file = {0};
    const char *next;
    int i;

    for (i = 1; i <= LAST_LINE; i++) {
        next = i == line ? text : i == other_line ? other_text : lines[i];
        assert_int_equal(secret_append(&file, next, strlen(next)), 0);
        assert_int_equal(secret_append(&file, "\n", 1), 0);
    }
    return file;
}

/* The good file with another text in place of a line. */
static struct secret
file_with(int line, const char *text)
{
    return file_with_both(line, text, 0, "");
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
        assert_null(configuration.sts.endpoint.region);
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

/*
 * See that a file leads to one finding. A number that libconfig misreads may
 * lead to another one behind it.
 */
static void
expect_finding_in(struct secret file, const struct row *row)
{
    struct findings findings = read_and_clear(file);

    if (findings.count == 0 || findings.list[0].line != row->line
        || strstr(findings.list[0].text, row->words) == NULL
        || (findings.count > 1
            && strstr(findings.list[0].text, "is larger than any") == NULL))
        fail_msg("%s: %zu findings, line %d: %s", row->text, findings.count,
                 findings.any ? findings.list[0].line : 0,
                 findings.any ? findings.list[0].text : "");
    findings_clear(&findings);
}

/* See that each replacement leads to one finding. */
static void
expect_findings(const struct row *rows, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        expect_finding_in(file_with(rows[i].replaced, rows[i].text), &rows[i]);
}

/* The same, in a file whose provider is one of access tokens. */
static void
expect_findings_of_access_tokens(const struct row *rows, size_t count)
{
    static const char ids[] =
        "provider_id = \"www.amazon.com\"; token_prefix = \"Atza|\";";
    size_t i;

    for (i = 0; i < count; i++)
        expect_finding_in(file_with_both(rows[i].replaced, rows[i].text, 6,
                                         ids),
                          &rows[i]);
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
        "  ca_path = \"/etc/ssl/private\";\n"
        "  proxy = \"http://proxy.example:3128\";\n"
        "  use_global_endpoint = true;\n"
        "  timeout = 5;\n"
        "  attempts = 7;\n"
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
        "}, {\n"
        "  name = \"amazon\";\n"
        "  provider_id = \"www.amazon.com\";\n"
        "  token_prefix = \"Atza|\";\n"
        "  audience = [ \"amzn1.application.B\" ];\n"
        "  user = { claim = \"sub\"; map_file = \"/etc/security/users\"; };\n"
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
    assert_string_equal(read.sts.endpoint.region, "eu-west-1");
    assert_string_equal(read.sts.endpoint.url,
                        "https://sts.example.internal:8443");
    assert_true(read.sts.endpoint.global);
    assert_false(read.sts.endpoint.fips || read.sts.endpoint.dual_stack);
    assert_string_equal(read.sts.ca_file, "/etc/ssl/private-ca.pem");
    assert_string_equal(read.sts.ca_path, "/etc/ssl/private");
    assert_string_equal(read.sts.proxy, "http://proxy.example:3128");
    assert_int_equal(read.sts.timeout, 5);
    assert_int_equal(read.sts.attempts, 7);
    assert_int_equal(read.provider_count, 3);
    assert_string_equal(read.providers[0].name, "corp");
    assert_string_equal(read.providers[0].issuer,
                        "https://login.example.com/realms/1");
    assert_int_equal(read.providers[0].audience.count, 2);
    assert_string_equal(read.providers[0].audience.texts[1], "other");
    assert_string_equal(read.providers[0].user.claim, "sub");
    assert_string_equal(read.providers[0].user.map_file, "/etc/security/users");
    assert_null(read.providers[0].user.is);
    assert_string_equal(read.providers[1].audience.texts[0], "x");
    assert_string_equal(read.providers[1].user.is, "%u@example.com");
    assert_null(read.providers[1].user.map_file);
    assert_null(read.providers[1].provider_id);
    assert_null(read.providers[1].token_prefix);
    assert_null(read.providers[2].issuer);
    assert_string_equal(read.providers[2].provider_id, "www.amazon.com");
    assert_string_equal(read.providers[2].token_prefix, "Atza|");
    assert_int_equal(read.providers[2].audience.count, 1);
    assert_string_equal(read.providers[2].audience.texts[0],
                        "amzn1.application.B");
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

/* See on which lines of a file the configuration names other files. */
static void
a_file_that_is_named_has_its_line(void **state)
{
    static const char named[] = "policy_file = \"/etc/policy\";";
    static const char inlined[] = "\npolicy =\n  \"{ }\";";
    struct secret file =
        file_with_both(2,
                       "  region = \"eu-west-1\";\n  ca_file = \"/etc/a\";\n"
                       "\n  ca_path =\n    \"/etc/b\";",
                       9, "    map_file = \"/etc/users\"; };");
    struct configuration read;
    struct findings findings = {0};

    assert_int_equal(configuration_read(&file, &read, &findings), 0);
    assert_int_equal(read.sts.ca_file_line, 3);
    assert_int_equal(read.sts.ca_path_line, 5);
    assert_int_equal(read.providers[0].user.map_file_line, 13);
    assert_int_equal(read.rules[0].policy_line, 0);
    configuration_clear(&read);
    secret_clear(&file);

    file = file_with_both(13, join(lines[13], named), 0, "");
    assert_int_equal(configuration_read(&file, &read, &findings), 0);
    assert_int_equal(read.sts.ca_file_line, 0);
    assert_int_equal(read.sts.ca_path_line, 0);
    assert_int_equal(read.providers[0].user.map_file_line, 0);
    assert_int_equal(read.rules[0].policy_line, 13);
    configuration_clear(&read);
    secret_clear(&file);

    file = file_with_both(13, join(lines[13], inlined), 0, "");
    assert_int_equal(configuration_read(&file, &read, &findings), 0);
    assert_int_equal(read.rules[0].policy_line, 14);
    configuration_clear(&read);
    secret_clear(&file);
}

static void
fips_and_dual_stack_are_read(void **state)
{
    static const struct {
        const char *text;
        bool fips;
        bool dual_stack;
        bool global;
    } rows[] = {
        {"fips = true;", true, false, false},
        {"dual_stack = true;", false, true, false},
        {"use_global_endpoint = true;", false, false, true},
        {"fips = TRUE; dual_stack = True; use_global_endpoint = tRuE;", true,
         true, true},
        {"fips = false; dual_stack = false; use_global_endpoint = false;",
         false, false, false},
        {"", false, false, false},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct secret file =
            file_with(2, join("region = \"eu-west-1\"; ", rows[i].text));
        struct configuration read;
        struct findings findings = {0};

        expect(configuration_read(&file, &read, &findings) == 0, rows[i].text);
        expect(read.sts.endpoint.fips == rows[i].fips
                   && read.sts.endpoint.dual_stack == rows[i].dual_stack
                   && read.sts.endpoint.global == rows[i].global,
               rows[i].text);
        configuration_clear(&read);
        secret_clear(&file);
    }
}

static void
every_setting_of_a_rule_is_read(void **state)
{
    static const char text[] =
        "name = \"all\";\n"
        "users = [ \"alice\", \"bob\" ]; groups = ( \"ops\" );\n"
        "claims = ( { claim = \"department\"; any = [ \"sre\", \"dev\" ]; },\n"
        "  { claim = [ \"kubernetes.io\", \"namespace\" ];\n"
        "    any = ( \"\", true, false, 7, -7L, 1.5, 0x10,\n"
        "            9007199254740991L, -9007199254740991L ); } );\n"
        "policy_arns = [ \"arn:aws:iam::aws:policy/ReadOnlyAccess\",\n"
        "                \"arn:aws:iam::123456789012:policy/p/Mine\" ];\n"
        "policy = \"{ \\\"a\\\": \\\"%u 100%%\\\" }\";\n"
        "region = \"eu-central-1\"; duration = 43200;";
    struct secret file = file_with(13, text);
    struct configuration read;
    struct findings findings = {0};
    const struct rule *rule;
    const struct claim *any;

    assert_int_equal(configuration_read(&file, &read, &findings), 0);
    rule = &read.rules[0];
    assert_int_equal(rule->users.count, 2);
    assert_string_equal(rule->users.texts[1], "bob");
    assert_int_equal(rule->groups.count, 1);
    assert_string_equal(rule->groups.texts[0], "ops");
    assert_int_equal(rule->claim_count, 2);
    assert_int_equal(rule->claims[0].path.count, 1);
    assert_string_equal(rule->claims[0].path.texts[0], "department");
    assert_int_equal(rule->claims[0].any.type, CLAIM_ARRAY);
    assert_int_equal(rule->claims[0].any.count, 2);
    assert_string_equal(rule->claims[0].any.children[1].string, "dev");
    assert_int_equal(rule->claims[1].path.count, 2);
    assert_string_equal(rule->claims[1].path.texts[1], "namespace");
    any = &rule->claims[1].any;
    assert_int_equal(any->count, 9);
    assert_true(any->children[0].type == CLAIM_STRING);
    assert_string_equal(any->children[0].string, "");
    assert_true(any->children[1].type == CLAIM_BOOLEAN
                && any->children[1].boolean);
    assert_true(any->children[2].type == CLAIM_BOOLEAN
                && !any->children[2].boolean);
    assert_true(any->children[3].type == CLAIM_NUMBER
                && any->children[3].number == 7);
    assert_true(any->children[4].number == -7);
    assert_true(any->children[5].type == CLAIM_NUMBER
                && any->children[5].number == 1.5);
    assert_true(any->children[6].number == 16);
    assert_true(any->children[7].number == 9007199254740991.0);
    assert_true(any->children[8].number == -9007199254740991.0);
    assert_int_equal(rule->policy_arns.count, 2);
    assert_string_equal(rule->policy_arns.texts[1],
                        "arn:aws:iam::123456789012:policy/p/Mine");
    assert_string_equal(rule->policy, "{ \"a\": \"%u 100%%\" }");
    assert_null(rule->policy_file);
    assert_string_equal(rule->role.account, "123456789012");
    assert_string_equal(rule->region, "eu-central-1");
    configuration_clear(&read);
    secret_clear(&file);

    file = file_with(13, "name = \"all\"; policy_file = \"/etc/policy.json\";");
    assert_int_equal(configuration_read(&file, &read, &findings), 0);
    assert_string_equal(read.rules[0].policy_file, "/etc/policy.json");
    assert_null(read.rules[0].policy);
    assert_int_equal(read.rules[0].users.count + read.rules[0].groups.count
                         + read.rules[0].claim_count
                         + read.rules[0].policy_arns.count,
                     0);
    configuration_clear(&read);
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
    assert_int_equal(read.sts.timeout, 10);
    assert_int_equal(read.sts.attempts, 3);
    assert_null(read.sts.endpoint.url);
    assert_null(read.sts.ca_file);
    assert_null(read.sts.ca_path);
    assert_null(read.sts.proxy);
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
        {2, "region = # 1\n\"eu-\" /* 2 */\n\"west\" // 3\n\"-1\""},
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
        {2, "region = \"x\"; attempts = 1;"},
        {2, "region = \"x\"; attempts = 10;"},
        {2, "region = \"x\"; proxy = \"http://proxy:1\";"},
        {2, "region = \"x\"; proxy = \"http://proxy.example:65535\";"},
        {2, "region = \"x\"; proxy = \"http://proxy:03128\";"},
        {2, "region = \"x\"; proxy = \"http://10.0.0.1:3128\";"},
        {2, "region = \"x\"; proxy = \"http://[::1]:3128\";"},
        {2, "region = \"x\"; proxy = \"http://[::ffff:10.0.0.1]:1\";"},
        {2, "region = \"x\"; proxy = \"http://[2001:DB8::a]:1\";"},
        {2, "region = \"x\"; proxy = \"http://my-proxy_1.EXAMPLE:1\";"},
        {2, "region = \"x\"; endpoint = \"https://y\"; fips = false;"},
        {2, "endpoint = \"https://y\"; use_global_endpoint = true;"},
        {2, "region = \"aws-global\";"},
        {6, "issuer = \"accounts.google.com\";"},
        {6, "issuer = \"https://accounts.google.com\";"},
        {6, "provider_id = \"a.bc\"; token_prefix = \"abc\";"},
        {6, "provider_id = \"A-0.Z-9\"; token_prefix = \"abc\";"},
        {6, "provider_id = \"graph.facebook.com\"; token_prefix = \"EAA\";"},
        {6, "provider_id = \"www.amazon.com\"; token_prefix = \"e30\";"},
        {6, "provider_id = \"www.amazon.com\"; token_prefix = \"Ey|\";"},
        {6, "provider_id = \"www.amazon.com\"; token_prefix = \"!~!\";"},
        {6, "provider_id = \"www.amazon.com\"; token_prefix = \"12345678"
            "90123456789012345678901234567890123456789012345678901234\";"},
        {9, "is = \"%u%%\"; };"},
        {9, "is = \"100%%-%u\"; };"},
        {13, "name = \"all\"; users = ( \"alice\", \"bob\" );"},
        {13, "name = \"all\"; groups = [ \"a\" ]; users = [ \"ab\" ];"},
        {13, "name = \"all\"; groups = [ \"domain users\", \"caf\xc3\xa9\" ];"},
        {13,
         "name = \"all\"; claims = ( { claim = ( \"a\" ); any = ( 1 ); } )"},
        {13, "name = \"all\"; claims = ( { claim = \"a\"; any = [ 1, 2 ]; } )"},
        {13, "name = \"all\"; claims = ( { claim = \"a\"; any = [ 1e15 ]; } )"},
        {13, "name = \"all\"; policy = \"{}\";"},
        {13, "name = \"all\"; policy = \" {\" \"\\n}\\t\";"},
        {13, "name = \"all\"; policy = \"{\\\"\xc3\xa9\\\": \\\"%%\\\"}\";"},
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
        {2, "region = \"x\";\nproxies = \"http://x\";", 3, "\"proxies\""},
        {2, "region = \"x\";\nuse_fips = true;", 3, "\"use_fips\""},
        {5, "name = \"corp\";\n\nscope = 1;", 7, "\"scope\""},
        {9, "is = \"%u\";\nany = true; };", 10, "\"any\""},
        {13, "name = \"all\"; allow = true;", 13, "\"allow\""},
        {13, "name = \"all\"; user = [ \"alice\" ];", 13, "\"user\""},
        {13,
         "name = \"all\";\nclaims = ( { claim = \"a\"; any = [ 1 ];\n"
         "all = true; } );",
         15, "a claim's condition has no setting \"all\""},
        {13,
         "name = \"all\";\nclaims = ( { claim = \"a\"; any = [ 1 ]; },\n"
         "{ claim = \"b\"; any = [ 1 ]; none = [ 1 ]; } );",
         15, "\"none\""},
    };

    expect_findings(rows, COUNT(rows));
}

static void
a_setting_that_is_missing_is_found(void **state)
{
    static const struct row rows[] = {
        {2, "", 1, "sts: needs a region or an endpoint"},
        {2, "fips = true;", 1, "sts: needs a region or an endpoint"},
        {2, "ca_file = \"/x\";", 1, "sts: needs a region or an endpoint"},
        {5, "", 4, "needs the setting \"name\""},
        {6, "", 4, "needs the setting \"issuer\""},
        {7, "", 4, "needs the setting \"audience\""},
        {8, "user = {", 8, "needs the setting \"claim\""},
        {9, "};", 8, "either \"is\" or \"map_file\""},
        {9, "is = \"%u\"; map_file = \"/m\"; };", 8,
         "either \"is\" or \"map_file\""},
        {13, "", 12, "needs the setting \"name\""},
        {14, "", 12, "needs the setting \"role_arn\""},
        {6, "provider_id = \"www.amazon.com\";", 4,
         "needs the setting \"token_prefix\""},
        {13, "name = \"all\";\nclaims = ( { any = [ 1 ]; } );", 14,
         "a claim's condition needs the setting \"claim\""},
        {13, "name = \"all\";\nclaims = ( { claim = \"x\"; } );", 14,
         "a claim's condition needs the setting \"any\""},
        {13,
         "name = \"all\";\nclaims = ( { claim = \"x\"; any = [ 1 ]; },\n"
         "{ claim = \"x\"; } );",
         15, "needs the setting \"any\""},
    };

    static const struct row of_access_tokens[] = {
        {5, "", 4, "needs the setting \"name\""},
        {7, "", 4, "needs the setting \"audience\""},
        {8, "user = {", 8, "needs the setting \"claim\""},
        {9, "};", 8, "either \"is\" or \"map_file\""},
    };

    expect_findings(rows, COUNT(rows));
    expect_findings_of_access_tokens(of_access_tokens, COUNT(of_access_tokens));
}

static void
settings_that_exclude_each_other_are_found(void **state)
{
    static const struct row rows[] = {
        {2, "endpoint = \"https://x\"; fips = true;", 1,
         "sts: an endpoint of one's own excludes fips and dual_stack"},
        {2, "endpoint = \"https://x\";\ndual_stack = true;", 1,
         "excludes fips and dual_stack"},
        {2, "region = \"x\"; endpoint = \"https://x\"; fips = true;", 1,
         "excludes fips and dual_stack"},
        {2,
         "region = \"x\"; endpoint = \"https://x\"; fips = true;"
         " dual_stack = true;",
         1, "excludes fips and dual_stack"},
        {6,
         "issuer = \"https://x\";\nprovider_id = \"www.amazon.com\";"
         " token_prefix = \"Atza|\";",
         7, "either \"issuer\" or \"provider_id\""},
        {6, "issuer = \"https://x\";\ntoken_prefix = \"Atza|\";", 7,
         "for a \"provider_id\" only"},
        {9, "is = \"%u\"; map_file = \"/x\"; };", 8,
         "either \"is\" or \"map_file\""},
        {13,
         "name = \"all\"; policy = \"{}\";\n"
         "policy_file = \"/etc/policy.json\";",
         14, "either \"policy\" or \"policy_file\""},
    };

    static const struct row of_access_tokens[] = {
        {8, "user =\n{ claim = \"email\";", 9, "must be \"sub\""},
        {8, "user = { claim = \"Sub\";", 8, "must be \"sub\""},
    };

    expect_findings(rows, COUNT(rows));
    expect_findings_of_access_tokens(of_access_tokens, COUNT(of_access_tokens));
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
        {2, "region = \"x\"; fips = 1;", 2, "\"fips\" must be true or false"},
        {2, "region = \"x\"; fips = \"true\";", 2, "\"fips\" must be true"},
        {2, "region = \"x\"; dual_stack = 0;", 2, "\"dual_stack\" must be"},
        {2, "region = \"x\"; dual_stack = [ true ];", 2, "\"dual_stack\""},
        {2, "region = \"x\";\nuse_global_endpoint = \"yes\";", 3,
         "\"use_global_endpoint\" must be true"},
        {2, "region = \"x\"; ca_path = 1;", 2, "text in quotes"},
        {2, "region = \"x\"; ca_path = \"\";", 2, "text in quotes"},
        {2, "region = \"x\"; proxy = [ \"http://x\" ];", 2, "text in quotes"},
        {2, "region = \"x\"; proxy = \"\";", 2, "text in quotes"},
        {2, "region = \"x\"; attempts = \"3\";", 2, "\"attempts\""},
        {2, "region = \"x\"; attempts = 3.0;", 2, "\"attempts\""},
        {2, "region = \"x\"; attempts = 3L;", 2, "\"attempts\""},
        {2, "region = \"x\"; attempts = true;", 2, "\"attempts\""},
        {6, "provider_id = 1; token_prefix = \"Atza|\";", 6, "text in quotes"},
        {6, "provider_id = \"\"; token_prefix = \"Atza|\";", 6,
         "text in quotes"},
        {6, "provider_id = \"www.amazon.com\"; token_prefix = \"\";", 6,
         "text in quotes"},
        {6, "provider_id = \"www.amazon.com\"; token_prefix = 1;", 6,
         "text in quotes"},
        {13, "name = \"all\"; users = \"alice\";", 13,
         "\"users\" must be texts in [ ], at least one"},
        {13, "name = \"all\"; users = [ ];", 13, "\"users\" must be texts"},
        {13, "name = \"all\"; users = [ 1 ];", 13, "text in quotes"},
        {13, "name = \"all\"; users = [ \"\" ];", 13, "text in quotes"},
        {13, "name = \"all\"; users = { };", 13, "\"users\" must be texts"},
        {13, "name = \"all\";\ngroups = \"ops\";", 14,
         "\"groups\" must be texts"},
        {13, "name = \"all\"; groups = ( );", 13, "\"groups\" must be texts"},
        {13, "name = \"all\"; groups = ( \"a\",\n [ ] );", 13,
         "\"groups\" must be a text in quotes"},
        {13, "name = \"all\"; policy_arns = \"arn\";", 13,
         "\"policy_arns\" must be texts"},
        {13, "name = \"all\"; policy_arns = [ ];", 13,
         "\"policy_arns\" must be texts"},
        {13, "name = \"all\"; policy = { };", 13, "text in quotes"},
        {13, "name = \"all\"; policy = \"\";", 13, "text in quotes"},
        {13, "name = \"all\"; policy_file = 1;", 13, "text in quotes"},
        {13, "name = \"all\"; policy_file = \"\";", 13, "text in quotes"},
        {13, "name = \"all\"; duration = 3600L;", 13, "\"duration\""},
    };

    static const struct row of_access_tokens[] = {
        {7, "audience = \"x\";", 7, "\"audience\" must be texts in [ ]"},
        {7, "audience = [ ];", 7, "\"audience\" must be texts in [ ]"},
        {7, "audience = [ \"\" ];", 7, "text in quotes"},
        {7, "audience = ( \"x\", 1 );", 7, "text in quotes"},
    };

    expect_findings(rows, COUNT(rows));
    expect_findings_of_access_tokens(of_access_tokens, COUNT(of_access_tokens));
}

static void
a_condition_of_the_wrong_type_is_found(void **state)
{
#define CLAIMS(text) "name = \"all\";\nclaims = " text
    static const struct row rows[] = {
        {13, CLAIMS("1;"), 14, "\"claims\" must be groups in ( )"},
        {13, CLAIMS("{ };"), 14, "\"claims\" must be groups in ( )"},
        {13, CLAIMS("( );"), 14, "\"claims\" must be groups in ( )"},
        {13, CLAIMS("[ ];"), 14, "\"claims\" must be groups in ( )"},
        {13, CLAIMS("( 1 );"), 14, "a claim's condition must be a group"},
        {13, CLAIMS("( { claim = \"a\"; any = [ 1 ]; },\n\"x\" );"), 14,
         "a claim's condition must be a group"},
        {13, CLAIMS("( { claim = 1; any = [ 1 ]; } );"), 14,
         "\"claim\" must be texts in [ ]"},
        {13, CLAIMS("( { claim = \"\"; any = [ 1 ]; } );"), 14,
         "\"claim\" must be a text in quotes"},
        {13, CLAIMS("( { claim = [ ]; any = [ 1 ]; } );"), 14,
         "\"claim\" must be texts in [ ], at least one"},
        {13, CLAIMS("( { claim = [ \"a\", \"\" ]; any = [ 1 ]; } );"), 14,
         "\"claim\" must be a text in quotes"},
        {13, CLAIMS("( { claim = ( \"a\",\n 1 ); any = [ 1 ]; } );"), 14,
         "\"claim\" must be a text in quotes"},
        {13, CLAIMS("( { claim = \"a\"; any = \"x\"; } );"), 14,
         "\"any\" must be values in [ ] or ( ), at least one"},
        {13, CLAIMS("( { claim = \"a\"; any = true; } );"), 14,
         "\"any\" must be values"},
        {13, CLAIMS("( { claim = \"a\";\nany = [ ]; } );"), 15,
         "\"any\" must be values"},
        {13, CLAIMS("( { claim = \"a\"; any = ( ); } );"), 14,
         "\"any\" must be values"},
        {13, CLAIMS("( { claim = \"a\"; any = { }; } );"), 14,
         "\"any\" must be values"},
        {13, CLAIMS("( { claim = \"a\"; any = ( \"x\",\n[ 1 ] ); } );"), 14,
         "\"any\" must hold texts, true, false, and numbers"},
        {13, CLAIMS("( { claim = \"a\"; any = ( { } ); } );"), 14,
         "\"any\" must hold"},
        {13, CLAIMS("( { claim = \"a\"; any = ( ( 1 ) ); } );"), 14,
         "\"any\" must hold"},
        {13, CLAIMS("( { claim = \"a\"; any = [ 1e16 ]; } );"), 14,
         "between -2^53 and 2^53"},
        {13, CLAIMS("( { claim = \"a\"; any = [ -1e300 ]; } );"), 14,
         "between -2^53 and 2^53"},
        {13, CLAIMS("( { claim = \"a\"; any = [ 1e999 ]; } );"), 14,
         "between -2^53 and 2^53"},
        {13, CLAIMS("( { claim = \"a\"; any = [ 9007199254740992L ]; } );"), 14,
         "between -2^53 and 2^53"},
        {13, CLAIMS("( { claim = \"a\"; any = [ -9007199254740992L ]; } );"),
         14, "between -2^53 and 2^53"},
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
        {2, "region = \"x\"; ca_file = \"ca.pem\";", 2, "absolute path"},
        {2, "region = \"x\"; ca_path = \"certs\";", 2, "absolute path"},
        {2, "region = \"x\"; ca_path = \"./certs\";", 2, "absolute path"},
        {2, "region = \"x\"; proxy = \"proxy:3128\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"https://proxy:3128\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"socks5://proxy:3128\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"HTTP://proxy:3128\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"http://\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"http://:3128\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"http:///x:3128\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"http://u@proxy:3128\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"http://u:p@proxy:3128\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"http://proxy:3128/\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"http://proxy/path:3128\";", 2,
         "http://"},
        {2, "region = \"x\"; proxy = \"http://proxy?x:3128\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"http://proxy#x:3128\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"http://pro xy:3128\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"http://proxy:3128\\n\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \" http://proxy:3128\";", 2, "http://"},
        {2, "region = \"x\"; proxy = \"http://proxy\";", 2, "and a port"},
        {2, "region = \"x\"; proxy = \"http://proxy:\";", 2, "and a port"},
        {2, "region = \"x\"; proxy = \"http://proxy:0\";", 2, "and a port"},
        {2, "region = \"x\"; proxy = \"http://proxy:65536\";", 2, "and a port"},
        {2, "region = \"x\"; proxy = \"http://proxy:003128\";", 2, "a port"},
        {2, "region = \"x\"; proxy = \"http://proxy:4294970424\";", 2,
         "a port"},
        {2, "region = \"x\"; proxy = \"http://proxy:+3128\";", 2, "and a port"},
        {2, "region = \"x\"; proxy = \"http://proxy:-1\";", 2, "and a port"},
        {2, "region = \"x\"; proxy = \"http://proxy:http\";", 2, "and a port"},
        {2, "region = \"x\"; proxy = \"http://proxy:3128x\";", 2, "and a port"},
        {2, "region = \"x\"; proxy = \"http://a:1:2\";", 2, "and a port"},
        {2, "region = \"x\"; proxy = \"http://::1:3128\";", 2, "and a port"},
        {2, "region = \"x\"; proxy = \"http://[::1]\";", 2, "and a port"},
        {2, "region = \"x\"; proxy = \"http://[::1:3128\";", 2, "and a port"},
        {2, "region = \"x\"; proxy = \"http://x[::1]:3128\";", 2, "and a port"},
        {2, "region = \"x\"; proxy = \"http://proxy;x:1\";", 2, "a host"},
        {2, "region = \"x\"; proxy = \"http://proxy%2E:1\";", 2, "a host"},
        {2, "region = \"x\"; proxy = \"http://pr\xc3\xb6xy:1\";", 2, "a host"},
        {2, "region = \"x\"; proxy = \"http://pr*xy:1\";", 2, "a host"},
        {2, "region = \"x\"; proxy = \"http://[]:1\";", 2, "a host"},
        {2, "region = \"x\"; proxy = \"http://[proxy]:1\";", 2, "a host"},
        {2, "region = \"x\"; proxy = \"http://[fe80::1%25lo]:1\";", 2,
         "a host"},
        {2, "region = \"x\"; proxy = \"http://[::1]3128\";", 2, "a port"},
        {2, "region = \"x\"; proxy = \"http://[::1]]:3128\";", 2, "a port"},
        {2, "region = \"x\"; proxy = \"http://[[::1]:3128\";", 2, "a port"},
        {2, "region = \"x\"; proxy = \"http://proxy: 3128\";", 2, "a port"},
        {2, "region = \"x\"; proxy = \"http://proxy:3128 \";", 2, "a port"},
        {2, "region = \"x\"; proxy = \"http://proxy:3128?\";", 2, "a port"},
        {2, "region = \"x\"; proxy = \"http://proxy:3128#\";", 2, "a port"},
        {2, "region = \"x\"; proxy = \"http://proxy:0x50\";", 2, "a port"},
        {2, "region = \"x\"; attempts = 0;", 2, "from 1 to 10"},
        {2, "region = \"x\"; attempts = 11;", 2, "from 1 to 10"},
        {2, "region = \"x\"; attempts = -3;", 2, "from 1 to 10"},
        {2, "region = \"x\"; timeout = 0;", 2, "from 1 to 60"},
        {2, "region = \"x\"; timeout = 61;", 2, "from 1 to 60"},
        {2, "region = \"x\"; timeout = -1;", 2, "from 1 to 60"},
        {6, "issuer = \"accounts.google.com/\";", 6, "https://"},
        {6, "issuer = \"Accounts.google.com\";", 6, "https://"},
        {6, "issuer = \"graph.facebook.com\";", 6, "https://"},
        {6, "issuer = \"www.amazon.com\";", 6, "https://"},
        {6, "provider_id = \"abc\"; token_prefix = \"Atza|\";", 6,
         "\"provider_id\" must be a name"},
        {6, "provider_id = \"https://a.com\"; token_prefix = \"Atza|\";", 6,
         "\"provider_id\" must be a name"},
        {6, "provider_id = \"a.com:443\"; token_prefix = \"Atza|\";", 6,
         "\"provider_id\" must be a name"},
        {6, "provider_id = \"a.com/\"; token_prefix = \"Atza|\";", 6,
         "\"provider_id\" must be a name"},
        {6, "provider_id = \"a com\"; token_prefix = \"Atza|\";", 6,
         "\"provider_id\" must be a name"},
        {6, "provider_id = \"caf\xc3\xa9\"; token_prefix = \"Atza|\";", 6,
         "\"provider_id\" must be a name"},
        {6, "provider_id = \"a_b.com\"; token_prefix = \"Atza|\";", 6,
         "\"provider_id\" must be a name"},
        {6, "provider_id = \"a.com;x\"; token_prefix = \"Atza|\";", 6,
         "\"provider_id\" must be a name"},
        {6, "provider_id = \"a%2Ecom\"; token_prefix = \"Atza|\";", 6,
         "\"provider_id\" must be a name"},
        {6, "provider_id = \"[::1]\"; token_prefix = \"Atza|\";", 6,
         "\"provider_id\" must be a name"},
        {6, "provider_id = \"a.com\\n\"; token_prefix = \"Atza|\";", 6,
         "\"provider_id\" must be a name"},
        {6, "provider_id = \"a.com\";\ntoken_prefix = \"At\";", 7,
         "\"token_prefix\" must be 3 to 64"},
        {6,
         "provider_id = \"a.com\";\ntoken_prefix = \"12345678901234567"
         "890123456789012345678901234567890123456789012345\"",
         7, "\"token_prefix\" must be 3 to 64"},
        {6, "provider_id = \"a.com\"; token_prefix = \"eyJ\";", 6,
         "not begin with \"ey\""},
        {6, "provider_id = \"a.com\"; token_prefix = \"At za\";", 6,
         "without blanks"},
        {6, "provider_id = \"a.com\"; token_prefix = \"Atza\\n\";", 6,
         "without blanks"},
        {6, "provider_id = \"a.com\"; token_prefix = \"Atz\xc3\xa9\";", 6,
         "\"token_prefix\" must be"},
        {6, "provider_id = \"a.com\"; token_prefix = \"Atz\x7f\";", 6,
         "\"token_prefix\" must be"},
        {9, "is = \"alice\"; };", 9, "%u"},
        {9, "is = \"%s\"; };", 9, "%u"},
        {9, "is = \"%u%\"; };", 9, "%u"},
        {9, "is = \"%%u\"; };", 9, "%u"},
        {9, "is = \"100%%\"; };", 9, "%u"},
        {9, "is = \"%u@%d\"; };", 9, "%u"},
        {9, "map_file = \"users\"; };", 9, "absolute path"},
        {11, "min_uid = 0;", 11, "from 1 to"},
        {11, "min_uid = -1;", 11, "from 1 to"},
        {13, "name = \"all\"; duration = 899;", 13, "from 900 to 43200"},
        {13, "name = \"all\"; duration = 43201;", 13, "from 900 to 43200"},
        {13, "name = \"all\"; duration = 0;", 13, "from 900 to 43200"},
        {13, "name = \"all\"; region = \"-\";", 13, "must be a region"},
        {13, "name = \"all\"; policy_file = \"p.json\";", 13, "absolute path"},
        {14, "role_arn = \"Operator\";", 14, "must be a role"},
        {14, "role_arn = \"arn:aws:iam::123456789012:user/R\";", 14,
         "must be a role"},
    };

    expect_findings(rows, COUNT(rows));
}

static void
a_url_is_a_host_and_perhaps_a_port_and_a_path(void **state)
{
    static const struct {
        const char *url; /* as a text of the file has it */
        bool good;
    } rows[] = {
        {"https://x", true},
        {"https://login.example.com", true},
        {"https://my-host_1.EXAMPLE", true},
        {"https://10.0.0.1", true},
        {"https://x/", true},
        {"https://x/a/b;c=d,e%20f:g[h]~", true},
        {"https://x/caf\xc3\xa9", false},
        {"https://x/\x01", false},
        {"https://x/\x7f", false},
        {"https://x/:99999", true},
        {"https://x:1", true},
        {"https://x:443", true},
        {"https://x:00443", true},
        {"https://x:65535", true},
        {"https://x:65535/", true},
        {"https://x:8443/a:b", true},
        {"https://[::1]", true},
        {"https://[::1]/", true},
        {"https://[::1]:8443", true},
        {"https://[::1]:8443/a", true},
        {"https://[2001:DB8::aF]", true},
        {"https://[::ffff:10.0.0.1]:1", true},

        {"x", false},
        {"//x", false},
        {"http://x", false},
        {"HTTPS://x", false},
        {"https:/x", false},
        {"https:x", false},
        {" https://x", false},
        {"xhttps://x", false},
        /* Hosts. */
        {"https://", false},
        {"https:///", false},
        {"https:///x", false},
        {"https://:443", false},
        {"https://?", false},
        {"https://x;y", false},
        {"https://x,y", false},
        {"https://x y", false},
        {"https://x\\n", false},
        {"https://x\\t/", false},
        {"https://x\\x0b", false},
        {"https://x%2E", false},
        {"https://x%2Fy", false},
        {"https://x*", false},
        {"https://x&y", false},
        {"https://x\\\\y", false},
        {"https://x?a=b", false},
        {"https://x#a", false},
        {"https://caf\xc3\xa9", false},
        {"https://x\xe3\x80\x82y", false},
        {"https://u@x", false},
        {"https://u:p@x", false},
        {"https://x@", false},
        /* Addresses of IPv6. */
        {"https://[]", false},
        {"https://[", false},
        {"https://[::1", false},
        {"https://::1", false},
        {"https://::1]", false},
        {"https://[::1]x", false},
        {"https://[::1]]", false},
        {"https://[[::1]]", false},
        {"https://x[::1]", false},
        {"https://[::1][::1]", false},
        {"https://[::g]", false},
        {"https://[x.example]", false},
        {"https://[fe80::1%lo]", false},
        {"https://[fe80::1%25lo]", false},
        {"https://[::1 ]", false},
        {"https://[::1/]", false},
        /* Ports. */
        {"https://x:", false},
        {"https://x:/", false},
        {"https://x:0", false},
        {"https://x:00000", false},
        {"https://x:000443", false},
        {"https://x:65536", false},
        {"https://x:99999", false},
        {"https://x:4294967739", false},
        {"https://x:18446744073709552059", false},
        {"https://x:abc", false},
        {"https://x:443x", false},
        {"https://x:443;", false},
        {"https://x:443?", false},
        {"https://x:443#", false},
        {"https://x:443\\\\", false},
        {"https://x:443@y", false},
        {"https://x:44:3", false},
        {"https://x::443", false},
        {"https://x:+443", false},
        {"https://x:-1", false},
        {"https://x: 443", false},
        {"https://x:443 ", false},
        {"https://x:0x1bb", false},
        {"https://[::1]:", false},
        {"https://[::1]:65536", false},
        {"https://[::1]443", false},
        /* Paths. */
        {"https://x/?a=b", false},
        {"https://x/?", false},
        {"https://x/#a", false},
        {"https://x/a b", false},
        {"https://x/a\\n", false},
        {"https://x/a\\r", false},
        {"https://x/a\\tb", false},
        {"https://x/u@y", false},
        {"https://x/a\\\\b", false},
    };
    struct row row = {.words = "must be a URL that begins with https://"};
    char text[256];
    size_t i;
    int issuer;

    row.text = text;
    for (i = 0; i < COUNT(rows); i++) {
        for (issuer = 0; issuer < 2; issuer++) {
            row.line = issuer ? 6 : 2;
            snprintf(text, sizeof text, "%s = \"%s\";",
                     issuer ? "issuer" : "endpoint", rows[i].url);
            if (rows[i].good)
                expect_good(file_with(row.line, text), text);
            else
                expect_finding_in(file_with(row.line, text), &row);
        }
    }
}

static void
a_user_of_a_rule_is_one_that_a_session_can_be_named_after(void **state)
{
#define USERS "name = \"all\";\nusers = [ \"%s\" ];"
    static const char *const good[] = {"xx", "alice", "a.b@example.com",
                                       "_+=,.@-", "00"};
    static const char *const bad[] = {
        "x",        " ",  "al ice",     "alice ", "al/ice",    "al:ice",
        "%u",       "*",  "alice\\n",   "al'ice", "al\\\\ice", "caf\xc3\xa9",
        "DOM\\\\a", "a$", "\\x01alice", "al#ice", "al!ice",    "(alice)",
    };
    static const struct row wrong = {
        0, "users", 14,
        "a rule: \"users\" must hold names of 2 to 64 letters, digits or"
        " _+=,.@-"};
    char text[256];
    size_t i;

    for (i = 0; i < COUNT(good); i++) {
        snprintf(text, sizeof text, USERS, good[i]);
        expect_good(file_with(13, text), good[i]);
    }
    snprintf(text, sizeof text, USERS, repeat('x', 64));
    expect_good(file_with(13, text), "64 characters");
    for (i = 0; i < COUNT(bad); i++) {
        snprintf(text, sizeof text, USERS, bad[i]);
        expect_finding_in(file_with(13, text), &wrong);
        /* Also behind good ones, in a list. */
        snprintf(text, sizeof text,
                 "name = \"all\";\nusers = ( \"alice\", \"%s\", \"bob\" );",
                 bad[i]);
        expect_finding_in(file_with(13, text), &wrong);
    }
    snprintf(text, sizeof text, USERS, repeat('x', 65));
    expect_finding_in(file_with(13, text), &wrong);
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
access_tokens_must_differ_in_how_they_begin(void **state)
{
    static const char providers[] =
        "provider_id = \"www.amazon.com\"; token_prefix = \"%s\";\n"
        "audience = [ \"x\" ]; user = { claim = \"sub\"; is = \"%%u\"; };\n"
        "}, { name = \"other\";\n"
        "provider_id = \"graph.facebook.com\"; token_prefix = \"%s\";";

    static const struct {
        const char *one;
        const char *other;
        bool good;
    } rows[] = {
        {"Atza|", "EAA", true},   {"Atza|", "Atzb|", true},
        {"Atza|", "atza|", true}, {"Atza|", "xAtza|", true},
        {"Atza|", "Atza", false}, {"Atza", "Atza|", false},
        {"Atza", "Atza", false},  {"Atz", "Atzazaza", false},
    };

    char text[512];
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct findings findings;

        snprintf(text, sizeof text, providers, rows[i].one, rows[i].other);
        findings = read_and_clear(file_with(6, text));
        expect(findings.count == (rows[i].good ? 0 : 1), text);
        if (findings.any)
            expect(findings.list[0].line == 8
                       && strstr(findings.list[0].text,
                                 "providers: another one has, in part, the same"
                                 " \"token_prefix\"")
                              != NULL,
                   findings.list[0].text);
        findings_clear(&findings);
    }
}

/* Policies of a rule. */

/* See that such a setting in the rule, on line 14, leads to one finding. */
static void
expect_finding_in_rule(const char *text, int line, const char *words)
{
    const struct row row = {13, text, line, words};

    expect_finding_in(file_with(13, join("name = \"all\";\n", text)), &row);
}

static void
a_policy_arn_that_the_role_cannot_have_is_found(void **state)
{
    static const char *const arns[] = {
        "arn:aws:iam::210987654321:policy/Theirs",
        "arn:aws-cn:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::123456789012:role/R",
        "arn:aws:iam::aws:policy/",
        "arn:aws:iam::aws:policy/Read Only",
        "ReadOnlyAccess",
        "arn:aws:iam::aws:policy/%u",
        "arn:aws:iam::aws:policy/path/",
        "arn:aws:iam::123456789012:policy/path/a*",
        "arn:aws:iam::123456789012:policy/Mine:v1",
    };
    char text[256];
    size_t i;

    for (i = 0; i < COUNT(arns); i++) {
        snprintf(text, sizeof text, "policy_arns = [ \"%s\" ];", arns[i]);
        expect_finding_in_rule(text, 14,
                               "is no policy of AWS or of the role's account");
        snprintf(text, sizeof text,
                 "policy_arns = [ \"arn:aws:iam::aws:policy/Good\", \"%s\" ];",
                 arns[i]);
        expect_finding_in_rule(text, 14, arns[i]);
    }
}

static void
more_policies_than_sts_takes_are_found(void **state)
{
    struct secret text = {0};
    char arn[2200];
    int i;

    secret_append(&text, "policy_arns = [ ", 16);
    for (i = 0; i < 11; i++) {
        snprintf(arn, sizeof arn, "%s\"arn:aws:iam::aws:policy/P%d\"",
                 i == 0 ? "" : ", ", i);
        secret_append(&text, arn, strlen(arn));
    }
    secret_append(&text, " ];", 3);
    expect_finding_in_rule(secret_text(&text), 12, "11 policy ARNs");
    secret_clear(&text);

    snprintf(arn, sizeof arn,
             "policy_arns = [ \"arn:aws:iam::aws:policy/%s/P\" ];\n"
             "policy = \"{}\";",
             repeat('p', 2022));
    expect_finding_in_rule(arn, 12, "2050 characters together");
    snprintf(arn, sizeof arn,
             "name = \"all\";\n"
             "policy_arns = [ \"arn:aws:iam::aws:policy/%s/P\" ];\n"
             "policy = \"{}\";",
             repeat('p', 2020));
    expect_good(file_with(13, arn), "2048 characters together");
}

static void
a_policy_that_sts_would_not_take_is_found(void **state)
{
    static const struct row rows[] = {
        {0, "policy = \"{\";", 14, "\"policy\" line 1: is not one JSON object"},
        {0, "policy = \"[]\";", 14, "is not one JSON object"},
        {0, "policy = \"x\";", 14, "is not one JSON object"},
        {0, "policy = \"{}{}\";", 14, "is not one JSON object"},
        {0, "policy = \"{\\n\\n}x\";", 14, "\"policy\" line 3: is not"},
        {0, "policy = \"{\"\n\"}x\";", 14, "\"policy\" line 1: is not"},
        {0, "policy = \"{\\\"a\\\":1,\\\"a\\\":2}\";", 14,
         "without duplicate members"},
        {0, "policy = \"{\\\"a\\\":\\\"%\\\"}\";", 14, "percent sign"},
        {0, "policy = \"{\\\"a\\\":\\\"%s\\\"}\";", 14, "percent sign"},
        {0, "policy = \"{\\\"\xe2\x82\xac\\\":1}\";", 14,
         "holds a character that STS takes in no policy"},
        {0, "policy = \"{\\\"\\x01\\\":1}\";", 14,
         "holds a character that STS takes in no policy"},
        {0, "policy = \"{\\\"\xff\\\":1}\";", 14,
         "holds a character that STS takes in no policy"},
        /* With the shortest name that a user can have. */
        {0, "policy = \"{\\\"%u\\\":1,\\\"xx\\\":2}\";", 12,
         "a rule: line 1: with the user in it, it has duplicate members"},
        {0, "policy = \"{\\n\\\"%%\\\":1,\\n\\\"\\\\u0025\\\":2}\";", 12,
         "line 3: with the user in it, it has duplicate members"},
        {0, "policy = \"{\\\"a\\\":[{\\\"%u\\\":1,\\\"\\\\u0078x\\\":2}]}\";",
         12, "with the user in it, it has duplicate members"},
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        expect_finding_in_rule(rows[i].text, rows[i].line, rows[i].words);
}

/* A setting "policy" with an object of a text, repeated, until the next call.
 */
static const char *
policy_of(const char *text, size_t times)
{
    static char setting[8192];
    char *end = stpcpy(setting, "policy = \"{\\\"\\\":\\\"");
    size_t i;

    for (i = 0; i < times; i++)
        end = stpcpy(end, text);
    strcpy(end, "\\\"}\";");
    return setting;
}

static void
a_policy_has_its_length_once_the_user_is_in(void **state)
{
    static const size_t rest = sizeof "{\"\":\"\"}" - 1;
    static const char name[] = "name = \"all\"; ";

    expect_good(file_with(13, join(name, policy_of("x", 2048 - rest))), "x");
    expect_finding_in_rule(policy_of("x", 2049 - rest), 12,
                           "a rule: Policy has 2049 characters");
    expect_good(file_with(13, join(name, policy_of("%%", 2048 - rest))), "%%");
    expect_finding_in_rule(policy_of("%%", 2049 - rest), 12,
                           "Policy has 2049 characters");
    expect_good(file_with(13, join(name, policy_of("\xc3\xa9", 2048 - rest))),
                "two bytes");
    expect_finding_in_rule(policy_of("\xc3\xa9", 2049 - rest), 12,
                           "Policy has 2049 characters");
    /* No user's name is shorter than two characters. */
    expect_good(file_with(13, join(name, policy_of("%u", 1020))), "%u");
    expect_finding_in_rule(policy_of("%u", 1021), 12,
                           "Policy has 2049 characters");
}

/* What libconfig hides. */

static void
a_number_at_the_very_end_is_looked_at(void **state)
{
    static const struct {
        const char *text;
        bool is_found;
    } rows[] = {
        {"a = 4294968296", true},
        {"a = 4294968296;", true},
        {"a = 4294968296L", false},
        {"a = 9007199254740993L", true},
        /* Floats, by the digits in front. */
        {"a = 4294968296.5", true},
        {"a = 4294968296e0", true},
        {"a = 2147483648.0", true},
        {"a = 2147483648.0L", true},
        {"a = -2147483648.5", true},
        {"a = 2147483647.9", false},
        {"a = 0.4294968296", false},
        {"a = 1e4294968296", false},
        {"a = 9.007199254740991e15", false},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct secret text = secret_from(rows[i].text);
        struct findings findings = {0};

        configuration_text_check(&text, &findings);
        expect(findings.any == rows[i].is_found, rows[i].text);
        findings_clear(&findings);
        secret_clear(&text);
    }
}

static void
a_number_beyond_32_bits_is_found_before_it_wraps(void **state)
{
    static const struct row rows[] = {
        {11, "min_uid = 2147483648;", 11, "2147483648"},
        {11, "min_uid = 4294967297;", 11, "4294967297"},
        {11, "min_uid = 4294968296;", 11, "4294968296"},
        {11, "min_uid = 4294968296", 11, "4294968296"},
        {11, "min_uid = 4294968296L;", 11, "\"min_uid\" must be a whole"},
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
        {2, "region = \"x\"; attempts = 4294967299;", 2, "4294967299"},
        {13,
         "name = \"a\"; claims = ( { claim = \"a\"; any = [ 2147483648 ]; } )",
         13, "2147483648"},
    };

    expect_findings(rows, COUNT(rows));
}

static void
a_number_with_an_l_is_found_beyond_53_bits(void **state)
{
#define ANY(number) \
    "name = \"a\";\nclaims = ( { claim = \"a\"; any = [ " number " ]; } )"
    static const struct row rows[] = {
        {13, ANY("9007199254740993L"), 14, "9007199254740993L is larger"},
        {13, ANY("9007199254740993LL"), 14, "9007199254740993LL is larger"},
        {13, ANY("-9007199254740993L"), 14, "9007199254740993L is larger"},
        {13, ANY("0x20000000000001L"), 14, "0x20000000000001L is larger"},
        {13, ANY("18446744073709551617L"), 14, "18446744073709551617L is"},
        {13, ANY("99999999999999999999999999L"), 14, "L is larger"},
        {13, ANY("9007199254740992L"), 14, "between -2^53 and 2^53"},
        {13, ANY("0x20000000000000L"), 14, "between -2^53 and 2^53"},
    };
    static const char *const good[] = {
        ANY("2147483648L"),
        ANY("4294967297L"),
        ANY("9007199254740991L"),
        ANY("-9007199254740991L"),
        ANY("0x1fffffffffffffL"),
        ANY("9007199254740991LL"),
        ANY("0L"),
    };
    size_t i;

    expect_findings(rows, COUNT(rows));
    for (i = 0; i < COUNT(good); i++)
        expect_good(file_with(13, good[i]), good[i]);
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

/* A text, and the line of what is found in it; 0 where nothing is. */
struct text_row {
    const char *text;
    int line;
};

/* See that what is found in each text is one thing, with these words. */
static void
expect_in_texts(const struct text_row *rows, size_t count, const char *words)
{
    size_t i;

    for (i = 0; i < count; i++) {
        struct secret text = secret_from(rows[i].text);
        struct findings findings = {0};

        configuration_text_check(&text, &findings);
        if (findings.count != (rows[i].line == 0 ? 0 : 1)
            || (findings.any
                && (findings.list[0].line != rows[i].line
                    || strcmp(findings.list[0].text, words) != 0)))
            fail_msg("%s: %zu findings, line %d: %s", rows[i].text,
                     findings.count, findings.any ? findings.list[0].line : 0,
                     findings.any ? findings.list[0].text : "");
        findings_clear(&findings);
        secret_clear(&text);
    }
}

static void
two_texts_without_a_comma_are_found_but_behind_an_equals_sign(void **state)
{
    static const struct text_row rows[] = {
        {"a = [ \"x\" \"y\" ];", 1},
        {"a = ( \"x\" \"y\" );", 1},
        {"a : [ \"x\" \"y\" ];", 1},
        {"a = [\"x\"\"y\"];", 1},
        {"a = [ \"\" \"\" ];", 1},
        {"a = [ \"x\",\n\"y\"\n\"z\" ];", 3},
        {"a = [\r\n\"x\"\r\n\"y\" ];", 3},
        {"a = [ \"x\"\t\f\"y\" ];", 1},
        {"a = [ \"x\" /* , */ \"y\" ];", 1},
        {"a = [ \"x\" /* \" , \n */ \"y\" ];", 2},
        {"a = [ \"x\" # ,\n\"y\" ];", 2},
        {"a = [ \"x\" // ,\n\n\t\"y\" ];", 3},
        {"a = [ \"x\" # 1\n/* 2 */ // 3\n\"y\" ];", 3},
        {"a = [ \"x,\" \"y\" ];", 1},
        {"a = [ \"x\\\"\" \",y\" ];", 1},
        {"a = [ \"x\\\\\" \"y\" ];", 1},
        {"a = [ \"x\" \"y", 1},
        {"a = ( 1, \"x\" \"y\" );", 1},
        {"a = ( \"x\" \"y\", 1 );", 1},
        /* Across values and lists. */
        {"a = \"x\" \"y\"; b = [ \"x\" \"y\" ];", 1},
        {"a = \"x\" \"y\"\nb = [ \"x\"\n\"y\" ]", 3},
        {"a = ( { b = \"x\" \"y\"; },\n\"x\" \"y\" );", 2},
        {"a = ( { b = \"x\" \"y\" },\n\"x\" \"y\" );", 2},
        {"a = ( { b = ( \"x\"\n\"y\" ); } );", 2},
        {"a = ( { b = [ \"x\", \"y\" ]; c = \"x\" \"y\";\n"
         "d = [ \"x\" \"y\" ]; } );",
         2},
        {"a = { b = { c = [ \"x\" \"y\" ]; }; };", 1},
        {"a = ( ( \"x\" ), ( \"x\" \"y\" ) );", 1},
        {"a = ( ( ( ) ), \"x\" \"y\" );", 1},
        {"a = ( [ \"x\" ], \"x\" \"y\" );", 1},

        {"a = \"x\" \"y\";", 0},
        {"a : \"x\" \"y\";", 0},
        {"a=\"x\"\"y\"", 0},
        {"a =\n\"x\"\n\"y\"\n\"z\";", 0},
        {"a = # 1\n\"x\" # 2\n\"y\" // 3\n\"z\" /* 4 */;", 0},
        {"a = /* [ */ \"x\" /* , */ \"y\" /* ( */ \"z\";", 0},
        {"a = ( { b = \"x\" \"y\"; c = \"x\" \"y\"; } );", 0},
        {"a = ( { b = \"x\" \"y\" }, { b = \"x\" \"y\" } );", 0},
        {"a = [ \"x\" ] b = \"x\" \"y\"", 0},
        {"a = ( \"x\", { b = \"x\" \"y\"; } );", 0},
        {"a = [ \"x\", \"y\", \"z\" ];", 0},
        {"a = [ \"x\" , # 1\n \"y\" /* 2 */ , \"z\" ];", 0},
        {"a = ( \"x\", { b = \"y\"; }, \"z\" );", 0},
        {"a = ( ( \"x\" ), \"y\", ( \"z\" ) );", 0},
        {"a = \"x\" b = \"y\" c = \"z\"", 0},
        {"a = \"x\", b = \"y\"", 0},
        {"a = [ \"x \\\" \\\" y\" ];", 0},
        {"a = [ \"x # \", \" /* \", \" */ \", \" // \" ];", 0},
        {"# [ \"x\" \"y\" ]\n// [ \"x\" \"y\" ]", 0},
        {"/* [ \"x\" \"y\" ] */", 0},
        {"/*/ [ \"x\" \"y\" ] */", 0},
    };
    struct findings findings;

    expect_in_texts(rows, COUNT(rows), "between two texts a comma is missing");

    /* Each that is missing, at its line. */
    findings = read_and_clear(
        file_with(7, "audience = [ \"x\" \"y\"\n\"z\", \"w\"\n\"v\" ];"));
    assert_int_equal(findings.count, 3);
    assert_int_equal(findings.list[0].line, 7);
    assert_int_equal(findings.list[1].line, 8);
    assert_int_equal(findings.list[2].line, 9);
    findings_clear(&findings);
}

static void
texts_behind_an_equals_sign_are_one(void **state)
{
    struct secret file =
        file_with(13, "name = \"al\" # 1\n\"l\" /* 2 */ \"-\"\n\"users\";"
                      " users = [ \"alice\", # 3\n\"bob\" ];");
    struct configuration read;
    struct findings findings = {0};

    assert_int_equal(configuration_read(&file, &read, &findings), 0);
    assert_string_equal(read.rules[0].name, "all-users");
    assert_int_equal(read.rules[0].users.count, 2);
    assert_string_equal(read.rules[0].users.texts[1], "bob");
    configuration_clear(&read);
    secret_clear(&file);
}

static void
a_comment_without_an_end_is_found(void **state)
{
    static const struct text_row rows[] = {
        {"/*", 1},
        {"/*/", 1},
        {"/* *", 1},
        {"/* * /", 1},
        {"/* x */ /* y", 1},
        {"/* x\n*/\n\n/* y\n*\n/", 4},
        {"a = 1; /* b = 2;\n", 1},
        {"a = [ 1, /* 2 ];\n", 1},
        {"a = \"*/\"; /*", 1},
        {"# */ /*\n/*", 2},
        {"/* # ", 1},
        {"/* \" ", 1},

        {"/**/", 0},
        {"/***/", 0},
        {"/*/*/", 0},
        {"/* /* */", 0},
        {"/* x\n * y\n */ a = 1;", 0},
        {"/* \" */ a = 1;", 0},
        {"/* # */ a = 1;", 0},
        {"/* // */", 0},
        {"# /*", 0},
        {"// /*\na = 1;", 0},
        {"#/*\na = 1; //*", 0},
        {"a = \"/*\";", 0},
        {"a = \"\\\"/*\";", 0},
    };

    static const struct row of_files[] = {
        {3, "}; /* a remark", 3, "this comment has no end"},
        {11, "/* min_uid = 500; */ /*", 11, "this comment has no end"},
        {15, "} ); /*", 15, "this comment has no end"},
    };

    expect_in_texts(rows, COUNT(rows), "this comment has no end");
    expect_findings(of_files, COUNT(of_files));
}

static void
a_backslash_that_begins_no_escape_is_found(void **state)
{
    static const struct text_row rows[] = {
        {"a = \"\\d\";", 1},
        {"a = \"x\\ \";", 1},
        {"a = \"\\a\";", 1},
        {"a = \"\\b\";", 1},
        {"a = \"\\f\";", 1},
        {"a = \"\\v\";", 1},
        {"a = \"\\0\";", 1},
        {"a = \"\\u0041\";", 1},
        {"a = \"\\X41\";", 1},
        {"a = \"\\N\";", 1},
        {"a = \"\\/\";", 1},
        {"a = \"\\'\";", 1},
        {"a = \"\\%\";", 1},
        {"a = \"\\\xc3\xa9\";", 1},
        {"a = \"\n\\\n\";", 2},
        {"a = \"\\\\\\d\";", 1},
        {"a = [ \"x\",\n\"\\d\" ];", 2},
        {"a = \"\\", 1},

        {"a = \"\\\\\";", 0},
        {"a = \"\\\\d\";", 0},
        {"a = \"\\\\\\\\d\";", 0},
        {"a = \"\\\"\";", 0},
        {"a = \"\\n\\r\\t\";", 0},
        {"a = \"\\x41\\xff\\xFF\\x01\";", 0},
        {"a = \"\\\\\\n\\\\\\\"\";", 0},
        {"# \\d", 0},
        {"/* \\d \"\\d\" */", 0},
    };

    static const struct row of_files[] = {
        {5, "name = \"DOMAIN\\corp\";", 5, "a backslash is written \\\\"},
        {13, "name = \"all\"; users = [ \"x\",\n\"DOMAIN\\alice\" ];", 14,
         "a backslash is written \\\\"},
    };
    struct findings findings;

    expect_in_texts(rows, COUNT(rows),
                    "in a text, a backslash is written \\\\");
    expect_findings(of_files, COUNT(of_files));
    findings = read_and_clear(file_with(5, "name = \"\\a\n\\b\";"));
    assert_int_equal(findings.count, 2);
    assert_int_equal(findings.list[0].line, 5);
    assert_int_equal(findings.list[1].line, 6);
    findings_clear(&findings);
}

static void
a_nul_byte_in_a_text_is_found(void **state)
{
    static const struct text_row rows[] = {
        {"a = \"\\x00\";", 1},
        {"a = \"x\\x00y\";", 1},
        {"a = \"\\x000\";", 1},
        {"a = [ \"x\",\n\"\\\\\\x00\" ];", 2},
        {"a = \"\n\n\\x00", 3},

        {"a = \"\\x01\\x0a\\x10\";", 0},
        {"a = \"\\\\x00\";", 0},
        {"a = \"x00\";", 0},
        {"# \\x00", 0},
        {"/* \"\\x00\" */", 0},
    };

    static const struct row of_files[] = {
        {2, "region = \"eu-west-1\\x00.evil.example\";", 2, "NUL byte"},
        {7, "audience = [ \"ssh\",\n\"\\x00\" ];", 8, "NUL byte"},
    };

    expect_in_texts(rows, COUNT(rows), "a text holds a NUL byte");
    expect_findings(of_files, COUNT(of_files));
}

static void
escapes_are_read_as_what_they_stand_for(void **state)
{
    struct secret file =
        file_with(13, "name = \"\\\\\\\"\\n\\r\\t\\x41\\xc3\\xa9\\\\x00\";");
    struct configuration read;
    struct findings findings = {0};

    assert_int_equal(configuration_read(&file, &read, &findings), 0);
    assert_string_equal(read.rules[0].name, "\\\"\n\r\tA\xc3\xa9\\x00");
    configuration_clear(&read);
    secret_clear(&file);
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
    static const char text[] =
        "sts = { timeout = 0; attempts = 0; proxy = \"x\"; ca_path = \"x\"; "
        "};\n"
        "providers = ( { name = 1; },\n"
        "  { provider_id = \"x\"; issuer = \"x\";\n"
        "    user = { claim = \"x\"; }; } );\n"
        "min_uid = \"x\";\n"
        "extra = 1;\n"
        "rules = ( { duration = 1; users = 1;\n"
        "  claims = ( { }, 1 );\n"
        "  policy = \"x\"; policy_file = \"x\"; },\n"
        "  { name = \"x\"; role_arn = \"arn:aws:iam::123456789012:role/R\";\n"
        "    policy_arns = [ \"arn:aws:iam::210987654321:policy/P\",\n"
        "      \"arn:aws-cn:iam::aws:policy/P\" ]; } );\n";

    static const struct {
        int line;
        const char *words;
    } rows[] = {
        {6, "\"extra\""},
        {1, "region or"},
        {1, "\"ca_path\""},
        {1, "\"proxy\""},
        {1, "\"timeout\""},
        {1, "\"attempts\""},
        {2, "text in quotes"},
        {2, "\"issuer\""},
        {2, "\"audience\""},
        {2, "\"user\""},
        {3, "\"name\""},
        {3, "either \"issuer\""},
        {3, "\"issuer\" must be"},
        {3, "\"provider_id\" must be"},
        {3, "\"token_prefix\""},
        {3, "\"audience\""},
        {4, "\"map_file\""},
        {4, "must be \"sub\""},
        {5, "\"min_uid\""},
        {7, "\"name\""},
        {7, "\"users\""},
        {8, "needs the setting \"claim\""},
        {8, "needs the setting \"any\""},
        {8, "a claim's condition must be a group"},
        {7, "\"role_arn\""},
        {7, "\"duration\""},
        {9, "\"policy_file\" must be an absolute path"},
        {9, "either \"policy\""},
        {9, "\"policy\" line 1"},
        {11, "210987654321"},
        {11, "aws-cn"},
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

/* What is wrong, in one text. */

static void
findings_are_described_in_their_order(void **state)
{
    char text[100];
    struct findings findings = {0};

    findings_describe(&findings, "/a.conf", text, sizeof text);
    assert_string_equal(text, "/a.conf: no memory");
    findings_add(&findings, 9, "one");
    findings_describe(&findings, "/a.conf", text, sizeof text);
    assert_string_equal(text, "/a.conf:9: one");
    findings_add(&findings, 12, "two, \"%%\"");
    findings_add(&findings, 0, "three");
    findings_describe(&findings, "/a.conf", text, sizeof text);
    assert_string_equal(text,
                        "/a.conf:9: one; line 12: two, \"%\"; line 0: three");
    findings_clear(&findings);
}

static void
a_long_path_leaves_room_for_how_many_more_there_are(void **state)
{
    struct findings findings = {0};
    char text[FAULT_TEXT_SIZE];

    findings_add(&findings, 1, "wrong");
    findings_add(&findings, 2, "wrong");
    findings_describe(&findings, join("/", repeat('a', 400)), text,
                      sizeof text);
    assert_non_null(strstr(text, "aaa; and 1 more"));
    findings_clear(&findings);
}

static void
findings_without_room_are_counted(void **state)
{
    enum {
        COUNT_OF_FINDINGS = 40
    };

    char expected[COUNT_OF_FINDINGS * 20];
    char text[COUNT_OF_FINDINGS * 20];
    char more[20];
    struct findings findings = {0};
    size_t size;
    int told_last = 0;
    int told;
    int i;

    for (i = 0; i < COUNT_OF_FINDINGS; i++)
        findings_add(&findings, i + 1, "wrong");
    for (size = 30; size <= sizeof text; size++) {
        memset(text, '?', sizeof text);
        findings_describe(&findings, "/a.conf", text, size);
        assert_true(strlen(text) < size);
        strcpy(expected, "/a.conf:1: wrong");
        for (told = 1; told < COUNT_OF_FINDINGS; told++) {
            snprintf(more, sizeof more, "; line %d: wrong", told + 1);
            if (strstr(text, more) == NULL)
                break;
            strcat(expected, more);
        }
        if (told < COUNT_OF_FINDINGS)
            snprintf(expected + strlen(expected), 20, "; and %d more",
                     COUNT_OF_FINDINGS - told);
        assert_string_equal(text, expected);
        /* More room never tells less. */
        assert_true(told >= told_last);
        told_last = told;
    }
    assert_int_equal(told_last, COUNT_OF_FINDINGS);
    findings_clear(&findings);
}

static void
a_finding_that_is_longer_than_the_room_is_cut(void **state)
{
    char text[20];
    struct findings findings = {0};

    findings_add(&findings, 9, "%s", repeat('x', 190));
    findings_describe(&findings, "/a.conf", text, sizeof text);
    assert_string_equal(text, "/a.conf:9: xxxxxxxx");
    findings_clear(&findings);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_setting_is_read),
        cmocka_unit_test(a_file_that_is_named_has_its_line),
        cmocka_unit_test(fips_and_dual_stack_are_read),
        cmocka_unit_test(every_setting_of_a_rule_is_read),
        cmocka_unit_test(what_is_optional_has_a_standard),
        cmocka_unit_test(what_may_look_strange_is_good),
        cmocka_unit_test(an_unknown_setting_is_found_at_its_line),
        cmocka_unit_test(a_setting_that_is_missing_is_found),
        cmocka_unit_test(settings_that_exclude_each_other_are_found),
        cmocka_unit_test(every_top_setting_that_is_needed_is_missed),
        cmocka_unit_test(an_empty_file_is_not_good),
        cmocka_unit_test(a_setting_of_the_wrong_type_is_found),
        cmocka_unit_test(a_condition_of_the_wrong_type_is_found),
        cmocka_unit_test(a_group_that_is_none_is_found),
        cmocka_unit_test(a_value_that_cannot_be_is_found),
        cmocka_unit_test(a_url_is_a_host_and_perhaps_a_port_and_a_path),
        cmocka_unit_test(
            a_user_of_a_rule_is_one_that_a_session_can_be_named_after),
        cmocka_unit_test(two_that_must_differ_are_found),
        cmocka_unit_test(access_tokens_must_differ_in_how_they_begin),
        cmocka_unit_test(a_policy_arn_that_the_role_cannot_have_is_found),
        cmocka_unit_test(more_policies_than_sts_takes_are_found),
        cmocka_unit_test(a_policy_that_sts_would_not_take_is_found),
        cmocka_unit_test(a_policy_has_its_length_once_the_user_is_in),
        cmocka_unit_test(a_number_at_the_very_end_is_looked_at),
        cmocka_unit_test(a_number_beyond_32_bits_is_found_before_it_wraps),
        cmocka_unit_test(a_number_with_an_l_is_found_beyond_53_bits),
        cmocka_unit_test(an_include_is_refused_wherever_it_stands),
        cmocka_unit_test(a_nul_byte_does_not_hide_the_rest),
        cmocka_unit_test(
            two_texts_without_a_comma_are_found_but_behind_an_equals_sign),
        cmocka_unit_test(texts_behind_an_equals_sign_are_one),
        cmocka_unit_test(a_comment_without_an_end_is_found),
        cmocka_unit_test(a_backslash_that_begins_no_escape_is_found),
        cmocka_unit_test(a_nul_byte_in_a_text_is_found),
        cmocka_unit_test(escapes_are_read_as_what_they_stand_for),
        cmocka_unit_test(a_syntax_error_is_found_at_its_line),
        cmocka_unit_test(what_is_cut_off_anywhere_is_not_good),
        cmocka_unit_test(all_that_is_wrong_is_found_at_once),
        cmocka_unit_test(a_long_finding_is_cut),
        cmocka_unit_test(findings_are_described_in_their_order),
        cmocka_unit_test(findings_without_room_are_counted),
        cmocka_unit_test(a_finding_that_is_longer_than_the_room_is_cut),
        cmocka_unit_test(a_long_path_leaves_room_for_how_many_more_there_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
