/*
 * Shows what model/ promises, that is who and what is let through: moments,
 * audiences, algorithms, templates, identities, roles, errors of STS,
 * credentials, outcomes. Endpoints, rules and role sessions have programs of
 * their own.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/claim.h"
#include "model/credentials.h"
#include "model/identity.h"
#include "model/outcome.h"
#include "model/provider.h"
#include "model/role_session.h"
#include "model/sts_error.h"
#include "model/template.h"
#include "model/timestamp.h"
#include "model/token.h"
#include "unit.h"

/* Moments. */

static void
a_moment_is_read(void **state)
{
    static const struct {
        const char *text;
        time_t moment;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00.9Z", 0},
        {"2000-02-29T12:00:00Z", 951825600},
        {"2001-09-09T01:46:40Z", 1000000000},
        {"2024-02-29T23:59:59Z", 1709251199},
        {"2038-01-19T03:14:08Z", 2147483648},
        {"2024-12-31T00:00:00.123456789Z", 1735603200},
        {"9999-12-31T23:59:59Z", 253402300799},
    };

    time_t moment;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        moment = -1;
        expect(timestamp_parse(rows[i].text, &moment) == 0, rows[i].text);
        expect(moment == rows[i].moment, rows[i].text);
    }
}

static void
what_is_no_moment_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "Z",
        "2024",
        "2024-02-29",
        "2024-02-29T12:00:00",
        "2024-02-29T12:00:00z",
        "2024-02-29t12:00:00Z",
        "2024-02-29 12:00:00Z",
        "2024-02-29T12:00:00.Z",
        "2024-02-29T12:00:00.",
        "2024-02-29T12:00:00.5",
        "2024-02-29T12:00:00,5Z",
        "2024-02-29T12:00:00..5Z",
        "2024-02-29T12:00:00.5.5Z",
        "2024-02-29T12:00:00.-5Z",
        "2024-02-29T12:00:00ZZ",
        "2024-02-29T12:00:00Z ",
        " 2024-02-29T12:00:00Z",
        "2024-02-29T12:00:00+00:00",
        "2024-02-29T12:00:00-05:00",
        "2024-02-29T12:00:00.5+00:00",
        "2024-02-29T12:00Z",
        "24-02-29T12:00:00Z",
        "+2024-02-29T12:00:00Z",
        "-024-02-29T12:00:00Z",
        "12024-02-29T12:00:00Z",
        "2024-2-29T12:00:00Z",
        "2024/02/29T12:00:00Z",
        "20240229T120000Z",
        "2023-02-29T12:00:00Z",
        "1900-02-29T12:00:00Z",
        "2100-02-29T12:00:00Z",
        "2024-02-30T12:00:00Z",
        "2024-02-31T12:00:00Z",
        "2024-04-31T12:00:00Z",
        "2024-01-32T12:00:00Z",
        "2024-01-00T12:00:00Z",
        "2024-00-01T12:00:00Z",
        "2024-13-01T12:00:00Z",
        "2024-02-29T24:00:00Z",
        "2024-02-29T12:60:00Z",
        "2024-02-29T12:00:60Z",
        "1969-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa4-02-29T12:00:00Z",
    };
    time_t moment;
    size_t i;

    for (i = 0; i < COUNT(texts); i++)
        expect(timestamp_parse(texts[i], &moment) == -1, texts[i]);
}

static void
a_moment_is_written_and_read_again(void **state)
{
    static const struct {
        time_t moment;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z"},
        {1709251199, "2024-02-29T23:59:59Z"},
        {TIMESTAMP_LATEST, "9999-12-31T23:59:59Z"},
        {TIMESTAMP_LATEST + 1, "9999-12-31T23:59:59Z"},
        {INT64_MAX, "9999-12-31T23:59:59Z"},
        {-1, "1970-01-01T00:00:00Z"},
        {INT64_MIN, "1970-01-01T00:00:00Z"},
    };

    char text[TIMESTAMP_SIZE];
    time_t moment;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        timestamp_format(rows[i].moment, text);
        assert_string_equal(text, rows[i].text);
        assert_int_equal(timestamp_parse(text, &moment), 0);
    }
}

static void
a_number_becomes_the_nearest_moment(void **state)
{
    static const struct {
        double number;
        time_t moment;
    } rows[] = {
        {1709251199.9, 1709251199},
        {0, 0},
        {-1, 0},
        {-1e300, 0},
        {1e300, TIMESTAMP_LATEST},
        {INFINITY, TIMESTAMP_LATEST},
        {-INFINITY, 0},
        {NAN, 0},
        {253402300799.0, TIMESTAMP_LATEST},
        {253402300800.0, TIMESTAMP_LATEST},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        assert_int_equal(timestamp_from_number(rows[i].number), rows[i].moment);
}

/* Claims. */

static void
only_an_object_has_members(void **state)
{
    struct claim members[] = {
        {.name = TEXT("text"), .type = CLAIM_STRING, .string = TEXT("value")},
        {.name = TEXT("true"), .type = CLAIM_BOOLEAN, .boolean = true},
    };
    struct claim object = {.type = CLAIM_OBJECT,
                           .children = members,
                           .count = 2};
    struct claim array = {.type = CLAIM_ARRAY, .children = members, .count = 2};

    assert_ptr_equal(claim_member(&object, "true"), &members[1]);
    assert_null(claim_member(&object, "True"));
    assert_null(claim_member(&object, ""));
    assert_null(claim_member(&array, "true"));
    assert_null(claim_member(&members[0], "text"));
    assert_string_equal(claim_string(&object, "text"), "value");
    assert_null(claim_string(&object, "true"));
    assert_null(claim_string(&object, "missing"));
}

/* Tokens: time. */

#define NOW 1700000000

static void
a_token_is_valid_from_its_first_to_before_its_last_second(void **state)
{
    static const struct {
        const char *what;
        double expires;
        double not_before;
        double issued;
        enum reason reason; /* REASON_OK: it is valid */
    } rows[] = {
        {"exp ahead", NOW + 1, 0, 0, REASON_OK},
        {"exp a fraction ahead", NOW + 0.5, 0, 0, REASON_OK},
        {"exp now", NOW, 0, 0, REASON_TOKEN_EXPIRED},
        {"exp past", NOW - 1, 0, 0, REASON_TOKEN_EXPIRED},
        {"exp never", 1e300, 0, 0, REASON_OK},
        {"nbf at the skew", NOW + 1, NOW + 60, 0, REASON_OK},
        {"nbf beyond the skew", NOW + 1, NOW + 61, 0,
         REASON_TOKEN_NOT_YET_VALID},
        {"nbf a fraction beyond", NOW + 1, NOW + 60.5, 0,
         REASON_TOKEN_NOT_YET_VALID},
        {"nbf never", NOW + 1, 1e300, 0, REASON_TOKEN_NOT_YET_VALID},
        {"iat at the skew", NOW + 1, 0, NOW + 60, REASON_OK},
        {"iat beyond the skew", NOW + 1, 0, NOW + 61,
         REASON_TOKEN_NOT_YET_VALID},
        {"all now", NOW + 1, NOW, NOW, REASON_OK},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct token token = {.expires = rows[i].expires,
                              .not_before = rows[i].not_before,
                              .issued = rows[i].issued};
        struct fault fault = {0};
        int result = token_check_time(&token, NOW, &fault);

        if (rows[i].reason == REASON_OK)
            expect(result == 0 && !fault.raised, rows[i].what);
        else
            expect(result == -1 && fault.reason == rows[i].reason,
                   rows[i].what);
    }
}

static void
an_expired_token_names_both_times_to_the_user(void **state)
{
    struct token token = {.expires = NOW - 10};
    struct fault fault = {0};

    assert_int_equal(token_check_time(&token, NOW, &fault), -1);
    assert_non_null(strstr(fault_words(&fault), "2023-11-14T22:13:10Z"));
    assert_non_null(strstr(fault_words(&fault), "2023-11-14T22:13:20Z"));
    assert_non_null(strstr(fault.text, "2023-11-14T22:13:10Z"));
}

/* Tokens: audience. */

static void
azp_alone_decides_the_audience_where_it_is_present(void **state)
{
    struct claim both[] = {
        {.type = CLAIM_STRING, .string = TEXT("one")},
        {.type = CLAIM_STRING, .string = TEXT("two")},
    };
    const struct claim array = {.type = CLAIM_ARRAY,
                                .children = both,
                                .count = 2};
    const struct claim string = {.type = CLAIM_STRING, .string = TEXT("one")};

    const struct {
        const char *what;
        const char *azp;
        const struct claim *aud;
        const char *audience;
        bool has;
    } rows[] = {
        {"the string", NULL, &string, "one", true},
        {"another string", NULL, &string, "two", false},
        {"a prefix", NULL, &string, "on", false},
        {"a longer one", NULL, &string, "ones", false},
        {"another case", NULL, &string, "One", false},
        {"nothing", NULL, &string, "", false},
        {"the array's first", NULL, &array, "one", true},
        {"the array's second", NULL, &array, "two", true},
        {"not in the array", NULL, &array, "three", false},
        {"azp", "azp", &array, "azp", true},
        {"azp differs from the audience", "azp", &array, "one", false},
        {"azp differs from the string", "azp", &string, "one", false},
        {"azp and aud", "one", &string, "one", true},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct token token = {.azp = rows[i].azp, .aud = rows[i].aud};

        expect(token_has_audience(&token, rows[i].audience) == rows[i].has,
               rows[i].what);
    }
}

static void
a_provider_takes_any_of_its_audiences_and_no_other(void **state)
{
    char *audience[] = {TEXT("ssh"), TEXT("bastion")};
    struct provider provider = {.audience = {.texts = audience, .count = 2}};
    struct claim aud = {.type = CLAIM_STRING, .string = TEXT("bastion")};
    struct token token = {.aud = &aud};
    struct fault fault = {0};

    assert_int_equal(provider_check_audience(&provider, &token, &fault), 0);
    token.azp = "web";
    assert_int_equal(provider_check_audience(&provider, &token, &fault), -1);
    assert_true(fault_is(&fault, REASON_WRONG_AUDIENCE, "azp"));
    fault = (struct fault){0};
    token.azp = NULL;
    provider.audience.count = 1;
    assert_int_equal(provider_check_audience(&provider, &token, &fault), -1);
    assert_true(fault_is(&fault, REASON_WRONG_AUDIENCE, "aud"));
}

static void
an_issuer_is_the_same_to_the_byte(void **state)
{
    static const char *const others[] = {
        "https://login.example.com/", "https://LOGIN.example.com",
        "http://login.example.com",   "login.example.com",
        "https://login.example.co",   "https://login.example.com.evil.example",
        "https://login.example.com ", ""};
    struct provider provider = {.issuer = TEXT("https://login.example.com")};
    struct token token = {.issuer = "https://login.example.com"};
    size_t i;

    assert_true(provider_issued(&provider, &token));
    for (i = 0; i < COUNT(others); i++) {
        token.issuer = others[i];
        expect(!provider_issued(&provider, &token), others[i]);
    }
}

static void
what_an_answer_begins_with_says_whose_access_token_it_is(void **state)
{
    static const struct {
        const char *answer;
        bool taken;
    } rows[] = {
        {"Atza|IwEBIJ", true},   {"Atza|", true},
        {"Atza", false},         {"atza|IwEBIJ", false},
        {"ATZA|IwEBIJ", false},  {" Atza|IwEBIJ", false},
        {"xAtza|IwEBIJ", false}, {"Atzr|IwEBIJ", false},
        {"e30.e30.c2ln", false}, {"", false},
    };
    const struct provider of_access_tokens = {
        .provider_id = TEXT("www.amazon.com"),
        .token_prefix = TEXT("Atza|"),
    };
    const struct provider of_id_tokens = {
        .issuer = TEXT("https://login.example.com"),
    };
    size_t i;

    assert_true(provider_is_of_access_tokens(&of_access_tokens));
    assert_false(provider_is_of_access_tokens(&of_id_tokens));
    for (i = 0; i < COUNT(rows); i++) {
        expect(provider_takes_answer(&of_access_tokens, rows[i].answer)
                   == rows[i].taken,
               rows[i].answer);
        expect(!provider_takes_answer(&of_id_tokens, rows[i].answer),
               rows[i].answer);
    }
}

static void
a_provider_of_access_tokens_issues_no_id_token(void **state)
{
    static const char *const issuers[] = {"www.amazon.com",
                                          "https://www.amazon.com", ""};
    const struct provider provider = {.provider_id = TEXT("www.amazon.com"),
                                      .token_prefix = TEXT("Atza|")};
    size_t i;

    for (i = 0; i < COUNT(issuers); i++) {
        struct token token = {.issuer = issuers[i]};

        expect(!provider_issued(&provider, &token), issuers[i]);
    }
}

static void
a_provider_that_is_cleared_owns_nothing(void **state)
{
    struct provider provider = {.name = strdup("name"),
                                .issuer = strdup("issuer"),
                                .provider_id = strdup("id"),
                                .token_prefix = strdup("prefix"),
                                .user = {strdup("sub"), strdup("%u"),
                                         strdup("/map")}};

    assert_int_equal(text_list_add(&provider.audience, "ssh"), 0);
    provider_clear(&provider);
    assert_null(provider.provider_id);
    assert_null(provider.token_prefix);
    assert_null(provider.user.map_file);
    assert_int_equal(provider.audience.count, 0);
    provider_clear(&provider);
}

/* Tokens: algorithm. */

static void
only_an_asymmetric_algorithm_is_accepted(void **state)
{
    static const char *const good[] = {"RS256", "RS384", "RS512", "PS256",
                                       "PS384", "PS512", "ES256", "ES384",
                                       "ES512", "EdDSA"};
    static const char *const weak[] = {"none",   "None",  "NONE",    "nOnE",
                                       "none ",  "HS256", "HS384",   "HS512",
                                       "hs256",  "",      " ",       "RS256 ",
                                       " RS256", "rs256", "RS2560",  "RS1",
                                       "A128KW", "dir",   "RSA-OAEP"};
    struct token token = {0};
    struct fault fault = {0};
    size_t i;

    for (i = 0; i < COUNT(good); i++) {
        token.algorithm = strdup(good[i]);
        expect(token_check_algorithm(&token, &fault) == 0, good[i]);
        expect(!fault.raised, good[i]);
        free(token.algorithm);
    }
    for (i = 0; i < COUNT(weak); i++) {
        token.algorithm = strdup(weak[i]);
        fault = (struct fault){0};
        expect(token_check_algorithm(&token, &fault) == -1, weak[i]);
        expect(fault.reason == REASON_WEAK_ALGORITHM, weak[i]);
        free(token.algorithm);
    }
}

/* Templates. */

static void
the_user_is_put_in_wherever_he_is_wanted(void **state)
{
    static const struct {
        const char *text;
        const char *user;
        const char *expanded;
    } rows[] = {
        {"", "alice", ""},
        {"plain", "alice", "plain"},
        {"%u", "alice", "alice"},
        {"%u", "", ""},
        {"%u%u%u", "ab", "ababab"},
        {"<%u>", "alice", "<alice>"},
        {"%uu", "x", "xu"},
        {"%%", "alice", "%"},
        {"%%u", "alice", "%u"},
        {"%%%u", "alice", "%alice"},
        {"%u%%", "alice", "alice%"},
        {"%%%%", "alice", "%%"},
        {"%%%%u", "alice", "%%u"},
        {"%u", "%u", "%u"},
        {"%u%u", "%%", "%%%%"},
        {"{\"a\": \"%u\"}\n", "alice", "{\"a\": \"alice\"}\n"},
        {"caf\xc3\xa9 %u", "alice", "caf\xc3\xa9 alice"},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        char *expanded = template_expand(rows[i].text, rows[i].user);

        expect(template_is_well_formed(rows[i].text), rows[i].text);
        assert_non_null(expanded);
        assert_string_equal(expanded, rows[i].expanded);
        free(expanded);
    }
}

static void
a_template_grows_with_the_user(void **state)
{
    char text[2 * 1000 + 1];
    const char *user = repeat('u', 64);
    char *expanded;
    size_t i;

    for (i = 0; i < 1000; i++)
        memcpy(text + 2 * i, "%u", 2);
    text[sizeof text - 1] = '\0';
    expanded = template_expand(text, user);
    assert_non_null(expanded);
    assert_int_equal(strlen(expanded), 64 * 1000);
    assert_int_equal(strspn(expanded, "u"), 64 * 1000);
    free(expanded);
}

static void
a_percent_sign_begins_one_of_two_words(void **state)
{
    static const struct {
        const char *text;
        bool well_formed;
        bool has_user; /* where it is well-formed */
    } rows[] = {
        {"", true, false},     {"x", true, false},     {"u", true, false},
        {"%%", true, false},   {"%u", true, true},     {"%%u", true, false},
        {"%%%u", true, true},  {"%%%%u", true, false}, {"u%%u", true, false},
        {"%u%%", true, true},  {"%%x%u", true, true},  {"x%%", true, false},
        {"%", false, false},   {"%%%", false, false},  {"x%", false, false},
        {"%U", false, false},  {"% u", false, false},  {"%s", false, false},
        {"%u%", false, false}, {"%u%d", false, false}, {"%%%s", false, false},
        {"%\n", false, false},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        expect(template_is_well_formed(rows[i].text) == rows[i].well_formed,
               rows[i].text);
        if (rows[i].well_formed)
            expect(template_has_user(rows[i].text) == rows[i].has_user,
                   rows[i].text);
    }
}

/* Identities. */

static void
a_value_is_the_user_exactly_or_not_at_all(void **state)
{
    static const struct {
        const char *is;
        const char *user;
        const char *value;
        bool same;
    } rows[] = {
        {"%u", "alice", "alice", true},
        {"%u", "alice", "Alice", false},
        {"%u", "alice", "alic", false},
        {"%u", "alice", "alicex", false},
        {"%u", "alice", "", false},
        {"%u", "alice", " alice", false},
        {"%u@example.com", "alice", "alice@example.com", true},
        {"%u@example.com", "alice", "alice@example.com.evil.example", false},
        {"%u@example.com", "alice", "alice@Example.com", false},
        {"%u@example.com", "alice", "alice@example.co", false},
        {"%u@example.com", "alice", "malice@example.com", false},
        {"%u@example.com", "alice", "alice+x@example.com", false},
        {"%u@example.com", "alice", "bob@example.com", false},
        {"%u@example.com", "alice", "%u@example.com", false},
        {"%u@example.com", "al.i-c_e+1", "al.i-c_e+1@example.com", true},
        {"%u@example.com", "al.ice", "alxice@example.com", false},
        {"%u@example.com", "alice@example.com", "alice@example.com", false},
        {"%u/%u", "bob", "bob/bob", true},
        {"%u/%u", "bob", "bob/alice", false},
        {"%u/%u", "bob", "bob/", false},
        {"%u%u", "ab", "abab", true},
        {"%u%u", "ab", "ab", false},
        {"prefix:%u", "alice", "prefix:alice", true},
        {"prefix:%u", "alice", "alice", false},
        {"prefix:%u", "alice", "Prefix:alice", false},
        {"%%u", "alice", "%u", true},
        {"%%u", "alice", "%alice", false},
        {"100%%-%u", "alice", "100%-alice", true},
        {"100%%-%u", "alice", "100%%-alice", false},
        {"%u%%%u", "a%u", "a%u%a%u", true},
        {"oidc|%u|x", "alice", "oidc|alice|x", true},
        {"oidc|%u|x", "alice", "oidc|alice|xy", false},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        expect(identity_is_user(rows[i].is, rows[i].user, rows[i].value)
                   == rows[i].same,
               rows[i].value);
}

static void
a_text_for_the_user_has_him_in_it_and_no_other_percent(void **state)
{
    static const char *const good[] = {"%u",   "%u@example.com", "x%u",
                                       "%u%u", "%u-%u",          "%uu"};
    static const char *const bad[] = {"",    "x",    "%",   "u",    "%U",
                                      "%%u", "%u%",  "%%%", "%s%u", "%u%s",
                                      "% u", "100%", "%u%U"};
    size_t i;

    for (i = 0; i < COUNT(good); i++)
        expect(template_is_well_formed(good[i]) && template_has_user(good[i]),
               good[i]);
    for (i = 0; i < COUNT(bad); i++)
        expect(!template_is_well_formed(bad[i]) || !template_has_user(bad[i]),
               bad[i]);
}

/* Look for the value of a claim in an object of two members. */
static const char *
value_of(const char *name, struct claim first, struct claim second,
         struct fault *fault)
{
    struct claim members[] = {first, second};
    struct claim claims = {.type = CLAIM_OBJECT,
                           .children = members,
                           .count = 2};
    struct identity_mapping mapping = {.claim = strdup(name)};
    const char *value = identity_value(&mapping, &claims, fault);

    free(mapping.claim);
    return value;
}

static void
an_email_counts_only_if_it_was_verified(void **state)
{
    struct claim email = {.name = TEXT("email"),
                          .type = CLAIM_STRING,
                          .string = TEXT("a@b")};

    const struct {
        const char *what;
        struct claim verified;
        bool counts;
    } rows[] = {
        {"true",
         {.name = TEXT("email_verified"),
          .type = CLAIM_BOOLEAN,
          .boolean = true},
         true},
        {"false",
         {.name = TEXT("email_verified"), .type = CLAIM_BOOLEAN},
         false},
        {"the string true",
         {.name = TEXT("email_verified"),
          .type = CLAIM_STRING,
          .string = TEXT("true"),
          .boolean = true},
         false},
        {"the number 1",
         {.name = TEXT("email_verified"), .type = CLAIM_NUMBER, .number = 1},
         false},
        {"null", {.name = TEXT("email_verified"), .type = CLAIM_NULL}, false},
        {"missing",
         {.name = TEXT("verified"), .type = CLAIM_BOOLEAN, .boolean = true},
         false},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct fault fault = {0};
        const char *value = value_of("email", email, rows[i].verified, &fault);

        if (rows[i].counts)
            expect(value != NULL && strcmp(value, "a@b") == 0, rows[i].what);
        else
            expect(value == NULL
                       && fault_is(&fault, REASON_NOT_YOUR_TOKEN,
                                   "email_verified"),
                   rows[i].what);
    }
}

static void
a_claim_that_is_no_string_identifies_nobody(void **state)
{
    const struct claim other = {.name = TEXT("x"), .type = CLAIM_NULL};
    const struct claim claims[] = {
        {.name = TEXT("sub"), .type = CLAIM_STRING, .string = TEXT("")},
        {.name = TEXT("sub"), .type = CLAIM_NUMBER, .number = 1},
        {.name = TEXT("sub"), .type = CLAIM_ARRAY},
        {.name = TEXT("sub"), .type = CLAIM_NULL},
        {.name = TEXT("Sub"), .type = CLAIM_STRING, .string = TEXT("alice")},
    };
    struct claim good = {.name = TEXT("sub"),
                         .type = CLAIM_STRING,
                         .string = TEXT("alice")};
    struct fault fault = {0};
    size_t i;

    assert_string_equal(value_of("sub", other, good, &fault), "alice");
    for (i = 0; i < COUNT(claims); i++) {
        fault = (struct fault){0};
        assert_null(value_of("sub", claims[i], other, &fault));
        assert_true(fault_is(&fault, REASON_NOT_YOUR_TOKEN, "\"sub\""));
    }
}

/* Roles and their sessions. */

static void
a_session_name_is_what_sts_takes(void **state)
{
    static const char *const good[] = {"ab",      "alice",      "A_b+c=d,e.f",
                                       "a@b-c",   "--",         "0123456789",
                                       "a.b.c.d", "ALICE_SMITH"};
    static const char *const bad[] = {
        "",       "a",       "a%b",     "a b",     "alice ",
        " alice", "alice\n", "alice\t", "al\rice", "al\x7fice",
        "a/b",    "a:b",     "a;b",     "a'b",     "a\"b",
        "a\\b",   "a$b",     "a*b",     "a~b",     "a!b",
        "a#b",    "a(b",     "a|b",     "a&b",     "\xc3\xa9\xc3\xa9",
        "al\xff", "a\x01"};
    size_t i;

    for (i = 0; i < COUNT(good); i++)
        expect(role_session_name_is_valid(good[i]), good[i]);
    for (i = 0; i < COUNT(bad); i++)
        expect(!role_session_name_is_valid(bad[i]), bad[i]);
    assert_true(role_session_name_is_valid(repeat('a', 64)));
    assert_false(role_session_name_is_valid(repeat('a', 65)));
}

static void
the_arn_of_a_role_is_taken_apart(void **state)
{
    static const struct {
        const char *arn;
        const char *partition;
        const char *name;
    } rows[] = {
        {"arn:aws:iam::123456789012:role/Name", "aws", "Name"},
        {"arn:aws-cn:iam::123456789012:role/Name", "aws-cn", "Name"},
        {"arn:aws-iso-b:iam::123456789012:role/N", "aws-iso-b", "N"},
        {"arn:aws:iam::123456789012:role/path/Name", "aws", "Name"},
        {"arn:aws:iam::123456789012:role/a/b/!\"#$~/N+=,.@_-", "aws",
         "N+=,.@_-"},
    };
    struct role role;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        expect(role_parse(rows[i].arn, &role) == 0, rows[i].arn);
        assert_string_equal(role.partition, rows[i].partition);
        assert_string_equal(role.account, "123456789012");
        assert_string_equal(role.name, rows[i].name);
    }
}

static void
what_is_no_role_is_refused(void **state)
{
    static const char *const arns[] = {
        "",
        "arn",
        "Name",
        "arn:aws:iam::123456789012:role/",
        "arn:aws:iam::123456789012:role",
        "arn:aws:iam::123456789012:Role/Name",
        "arn:aws:iam::123456789012:roles/Name",
        "arn:aws:iam::123456789012:user/Name",
        "arn:aws:iam::123456789012:role/path/",
        "arn:aws:iam::12345678901:role/Name",
        "arn:aws:iam::1234567890123:role/Name",
        "arn:aws:iam::12345678901a:role/Name",
        "arn:aws:iam:::role/Name-and-more-of-it",
        "arn:aws:iam:eu-west-1:123456789012:role/Name",
        "arn:aws:sts::123456789012:assumed-role/Name/x",
        "arn:aws:sts::123456789012:role/Name",
        "arn::iam::123456789012:role/Name",
        "arn:AWS:iam::123456789012:role/Name",
        "arn:aws_cn:iam::123456789012:role/Name",
        "arn:aws.cn:iam::123456789012:role/Name",
        "arn:aws cn:iam::123456789012:role/Name",
        "ARN:aws:iam::123456789012:role/Name",
        " arn:aws:iam::123456789012:role/Name",
        "arn:aws:iam::123456789012:role/Na me",
        "arn:aws:iam::123456789012:role/Name ",
        "arn:aws:iam::123456789012:role/Name\n",
        "arn:aws:iam::123456789012:role/Na:me",
        "arn:aws:iam::123456789012:role/Na%me",
        "arn:aws:iam::123456789012:role/pa th/Name",
        "arn:aws:iam::123456789012:role/p\x7f/Name",
        "arn:aws:iam::123456789012:role/p\xc3\xa9/Name",
        "arn:aws:iam::123456789012:role/N\xc3\xa9",
        "arn:aws-0123456789012345678901234567:iam::123456789012:role/Name",
    };
    struct role role;
    size_t i;

    for (i = 0; i < COUNT(arns); i++)
        expect(role_parse(arns[i], &role) == -1, arns[i]);
}

static void
a_role_may_be_as_long_as_iam_allows_and_no_longer(void **state)
{
    static const char prefix[] = "arn:aws:iam::123456789012:role/n";
    struct role role;
    size_t more = STS_ROLE_ARN_MAX - strlen(prefix) - strlen("/N");
    char path[STS_ROLE_ARN_MAX];

    assert_int_equal(role_parse(join(prefix, repeat('n', 63)), &role), 0);
    assert_int_equal(strlen(role.name), 64);
    assert_int_equal(role_parse(join(prefix, repeat('n', 64)), &role), -1);

    strcat(strcpy(path, repeat('p', more)), "/N");
    assert_int_equal(role_parse(join(prefix, path), &role), 0);
    strcat(strcpy(path, repeat('p', more + 1)), "/N");
    assert_int_equal(role_parse(join(prefix, path), &role), -1);
}

static void
the_assumed_role_leaves_out_the_path(void **state)
{
    struct role role;
    struct role_session session = {.role = &role, .name = "alice"};
    char arn[ROLE_SESSION_ARN_SIZE];
    char longest[STS_ROLE_ARN_MAX];

    assert_int_equal(role_parse("arn:aws-cn:iam::123456789012:role/a/b/Name",
                                &role),
                     0);
    role_session_assumed_arn(&session, arn);
    assert_string_equal(arn,
                        "arn:aws-cn:sts::123456789012:assumed-role/Name/alice");

    /* The longest of everything still fits. */
    strcpy(longest, join("arn:", repeat('p', ROLE_PARTITION_SIZE - 1)));
    strcat(longest,
           join(":iam::123456789012:role/", repeat('n', ROLE_NAME_SIZE - 1)));
    assert_int_equal(role_parse(longest, &role), 0);
    session.name = repeat('s', STS_ROLE_SESSION_NAME_MAX);
    role_session_assumed_arn(&session, arn);
    assert_true(strlen(arn) < sizeof arn - 1);
    assert_int_equal(arn[strlen(arn) - 1], 's');
}

/* Errors of STS. */

/* A code, what it means for a login, and whether it is asked again. */
struct error_row {
    const char *code;
    enum reason reason;
    enum sts_retry retry;
    const char *message;
};

/* What STS says of a key that it could not get, and of a duration. */
#define NO_KEY                                              \
    "Couldn't retrieve verification key from your identity" \
    " provider, please reference AssumeRoleWithWebIdentity" \
    " documentation for requirements"
#define TOO_LONG                                                \
    "The requested DurationSeconds exceeds the MaxSessionDurat" \
    "ion set for this role."

static const struct error_row error_rows[] = {
    {"AccessDenied", REASON_STS_DENIED, STS_RETRY_NEVER,
     "Not authorized to perform sts:AssumeRoleWithWebIdentity"},
    {"ExpiredToken", REASON_STS_EXPIRED_TOKEN, STS_RETRY_NEVER, ""},
    {"ExpiredTokenException", REASON_STS_EXPIRED_TOKEN, STS_RETRY_NEVER,
     "Token expired: current date/time 2 must be before the expiration 1"},
    {"IDPCommunicationError", REASON_STS_IDP_UNREACHABLE, STS_RETRY_ALWAYS, ""},
    {"IDPRejectedClaim", REASON_STS_REJECTED_CLAIM, STS_RETRY_NEVER, ""},
    {"InternalFailure", REASON_STS_UNAVAILABLE, STS_RETRY_ALWAYS, ""},
    {"InvalidIdentityToken", REASON_STS_INVALID_TOKEN, STS_RETRY_NEVER,
     "Incorrect token audience"},
    {"InvalidIdentityToken", REASON_STS_INVALID_TOKEN,
     STS_RETRY_KEY_NOT_RETRIEVED, NO_KEY},
    {"InvalidIdentityToken", REASON_STS_INVALID_TOKEN, STS_RETRY_NEVER,
     TOO_LONG},
    {"MalformedPolicyDocument", REASON_STS_REQUEST, STS_RETRY_NEVER, TOO_LONG},
    {"PackedPolicyTooLarge", REASON_STS_REQUEST, STS_RETRY_NEVER, ""},
    {"RegionDisabledException", REASON_STS_REGION_DISABLED, STS_RETRY_NEVER,
     ""},
    {"RequestLimitExceeded", REASON_STS_THROTTLED, STS_RETRY_ALWAYS, ""},
    {"ServiceUnavailable", REASON_STS_UNAVAILABLE, STS_RETRY_ALWAYS, NO_KEY},
    {"Throttling", REASON_STS_THROTTLED, STS_RETRY_ALWAYS, "Rate exceeded"},
    {"ThrottlingException", REASON_STS_THROTTLED, STS_RETRY_ALWAYS, ""},
    {"ValidationError", REASON_STS_REQUEST, STS_RETRY_NEVER,
     "1 validation error detected"},
    {"ValidationError", REASON_STS_REQUEST, STS_RETRY_DURATION_TOO_LONG,
     TOO_LONG},
    {"ValidationError", REASON_STS_REQUEST, STS_RETRY_NEVER, NO_KEY},
    {"AccessDenied", REASON_STS_DENIED, STS_RETRY_NEVER, NO_KEY},
};

static void
a_code_of_sts_has_its_meaning_whatever_the_status_is(void **state)
{
    static const long statuses[] = {0, 200, 400, 403, 429, 500, 503, 504};
    struct sts_meaning meaning;
    size_t i;
    size_t j;

    for (i = 0; i < COUNT(error_rows); i++) {
        const struct error_row *row = &error_rows[i];

        for (j = 0; j < COUNT(statuses); j++) {
            meaning = sts_error_meaning(row->code, row->message, statuses[j]);
            expect(meaning.reason == row->reason, row->code);
            expect(meaning.retry == row->retry, row->code);
        }
    }
}

static void
every_row_of_the_table_of_errors_was_tried(void **state)
{
    static const char *const codes[] = {
#define STS_ERROR(code, http_status, reason, retry) code,
#include "model/sts_errors.def"
#undef STS_ERROR
    };
    size_t i;
    size_t j;

    for (i = 0; i < COUNT(codes); i++) {
        for (j = 0; j < COUNT(error_rows); j++) {
            if (strcmp(codes[i], error_rows[j].code) == 0)
                break;
        }
        expect(j < COUNT(error_rows), codes[i]);
    }
}

static void
without_its_telltale_message_a_code_is_not_tried_again(void **state)
{
    static const struct {
        const char *code;
        const char *message;
    } rows[] = {
        {"InvalidIdentityToken", NULL},
        {"InvalidIdentityToken", ""},
        {"InvalidIdentityToken", "Couldn't retrieve"},
        {"InvalidIdentityToken", "verification key"},
        {"InvalidIdentityToken", "RETRIEVE VERIFICATION KEY"},
        {"ValidationError", NULL},
        {"ValidationError", ""},
        {"ValidationError", "DurationSeconds"},
        {"ValidationError", "maxsessionduration"},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        expect(sts_error_meaning(rows[i].code, rows[i].message, 400).retry
                   == STS_RETRY_NEVER,
               rows[i].message == NULL ? rows[i].code : rows[i].message);
}

static void
what_may_always_be_tried_again_needs_no_message(void **state)
{
    size_t i;

    for (i = 0; i < COUNT(error_rows); i++) {
        if (error_rows[i].retry == STS_RETRY_ALWAYS)
            expect(sts_error_meaning(error_rows[i].code, NULL, 400).retry
                       == STS_RETRY_ALWAYS,
                   error_rows[i].code);
    }
}

static void
an_unknown_code_is_understood_by_its_status(void **state)
{
    static const struct {
        long status;
        enum reason of_code;
        enum reason of_status;
        enum sts_retry retry;
    } rows[] = {
        {400, REASON_STS_REQUEST, REASON_STS_UNREADABLE, STS_RETRY_NEVER},
        {401, REASON_STS_UNREADABLE, REASON_STS_UNREADABLE, STS_RETRY_NEVER},
        {403, REASON_STS_DENIED, REASON_STS_UNREADABLE, STS_RETRY_NEVER},
        {404, REASON_STS_UNREADABLE, REASON_STS_UNREADABLE, STS_RETRY_NEVER},
        {200, REASON_STS_UNREADABLE, REASON_STS_UNREADABLE, STS_RETRY_NEVER},
        {302, REASON_STS_UNREADABLE, REASON_STS_UNREADABLE, STS_RETRY_NEVER},
        {0, REASON_STS_UNREADABLE, REASON_STS_UNREADABLE, STS_RETRY_NEVER},
        {429, REASON_STS_THROTTLED, REASON_STS_THROTTLED, STS_RETRY_ALWAYS},
        {499, REASON_STS_UNREADABLE, REASON_STS_UNREADABLE, STS_RETRY_NEVER},
        {500, REASON_STS_UNAVAILABLE, REASON_STS_UNAVAILABLE, STS_RETRY_ALWAYS},
        {501, REASON_STS_UNAVAILABLE, REASON_STS_UNAVAILABLE, STS_RETRY_NEVER},
        {502, REASON_STS_UNAVAILABLE, REASON_STS_UNAVAILABLE, STS_RETRY_ALWAYS},
        {503, REASON_STS_UNAVAILABLE, REASON_STS_UNAVAILABLE, STS_RETRY_ALWAYS},
        {504, REASON_STS_UNAVAILABLE, REASON_STS_UNAVAILABLE, STS_RETRY_ALWAYS},
        {505, REASON_STS_UNAVAILABLE, REASON_STS_UNAVAILABLE, STS_RETRY_NEVER},
    };

    static const char *const codes[] = {
        "",        "accessdenied", "AccessDenied ", "AccessDeniedException",
        "Unheard", "ExpiredToke",  "SlowDown"};
    struct sts_meaning meaning;
    size_t i;
    size_t j;

    for (i = 0; i < COUNT(rows); i++) {
        for (j = 0; j < COUNT(codes); j++) {
            /* No message of a code that is not known is asked about. */
            meaning =
                sts_error_meaning(codes[j], NO_KEY TOO_LONG, rows[i].status);
            expect(meaning.reason == rows[i].of_code, codes[j]);
            expect(meaning.retry == rows[i].retry, codes[j]);
        }
        meaning = sts_error_meaning(NULL, NULL, rows[i].status);
        assert_int_equal(meaning.reason, rows[i].of_status);
        assert_int_equal(meaning.retry, rows[i].retry);
    }
}

/* Credentials. */

static struct credentials
make_credentials(const char *key_id, const char *secret_key,
                 const char *session_token)
{
    return (struct credentials){
        .access_key_id = secret_from(key_id),
        .secret_access_key = secret_from(secret_key),
        .session_token = secret_from(session_token),
        .expiration = NOW + 1,
    };
}

/* Check credentials, and clear them; a fault must not quote a field. */
static bool
are_good(struct credentials credentials)
{
    struct fault fault = {0};
    int result =
        credentials_check(&credentials, NOW, REASON_RESPONSE_MISMATCH, &fault);

    credentials_clear(&credentials);
    assert_int_equal(result, fault.raised ? -1 : 0);
    if (fault.raised)
        assert_true(fault.reason == REASON_RESPONSE_MISMATCH
                    && strstr(fault.text, "ASIA") == NULL
                    && strstr(fault.text, "SECRET") == NULL);
    return result == 0;
}

#define KEY_ID "ASIA234567890123"

static void
credentials_have_lengths_between_their_limits(void **state)
{
    assert_true(are_good(make_credentials(KEY_ID, "S", "T")));
    assert_true(are_good(make_credentials(repeat('A', 128), "S", "T")));
    assert_false(are_good(make_credentials(repeat('A', 15), "S", "T")));
    assert_false(are_good(make_credentials(repeat('A', 129), "S", "T")));
    assert_false(are_good(make_credentials("", "S", "T")));
    assert_true(are_good(make_credentials(KEY_ID, repeat('S', 256), "T")));
    assert_false(are_good(make_credentials(KEY_ID, repeat('S', 257), "T")));
    assert_false(are_good(make_credentials(KEY_ID, "", "T")));
    assert_false(are_good(make_credentials(KEY_ID, "S", "")));
    assert_false(are_good((struct credentials){.expiration = NOW + 1}));
}

static void
a_session_token_may_have_16384_characters(void **state)
{
    struct credentials credentials = make_credentials(KEY_ID, "S", "");
    struct credentials same = make_credentials(KEY_ID, "S", "");
    size_t i;

    for (i = 0; i < CREDENTIALS_MAX_SESSION_TOKEN; i++) {
        secret_append(&credentials.session_token, "T", 1);
        secret_append(&same.session_token, "T", 1);
    }
    assert_true(are_good(same));
    secret_append(&credentials.session_token, "T", 1);
    assert_false(are_good(credentials));
}

static void
credentials_hold_nothing_a_shell_or_a_log_stumbles_over(void **state)
{
    static const char *const strange[] = {" ",    "\n",   "\t",       "\"",
                                          "'",    "$",    "`",        "\\",
                                          ";",    "&",    "%",        ":",
                                          "\x7f", "\x01", "\xc3\xa9", ","};
    static const char *const key_ids[] = {"ASIA-34567890123",
                                          "ASIA/34567890123",
                                          "ASIA 34567890123"};
    struct credentials credentials;
    char field[64];
    size_t i;

    assert_true(are_good(
        make_credentials("asia_34567890123", "Az09+/=_.~-", "Az09+/=_.~-")));
    for (i = 0; i < COUNT(key_ids); i++)
        expect(!are_good(make_credentials(key_ids[i], "S", "T")), key_ids[i]);
    for (i = 0; i < COUNT(strange); i++) {
        snprintf(field, sizeof field, "SECRET%s", strange[i]);
        expect(!are_good(make_credentials(KEY_ID, field, "T")), field);
        expect(!are_good(make_credentials(KEY_ID, "S", field)), field);
    }
    credentials = make_credentials(KEY_ID, "S", "T");
    secret_append(&credentials.session_token, "\0T", 2);
    assert_false(are_good(credentials));
}

static void
credentials_expire_in_the_second_they_name(void **state)
{
    static const struct {
        time_t expiration;
        bool good;
    } rows[] = {{NOW + 1, true}, {NOW, false}, {NOW - 1, false}, {0, false}};
    struct credentials credentials;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        credentials = make_credentials(KEY_ID, "S", "T");
        credentials.expiration = rows[i].expiration;
        assert_int_equal(are_good(credentials), rows[i].good);
    }
}

static void
credentials_that_move_leave_nothing(void **state)
{
    struct credentials from = make_credentials(KEY_ID, "S", "T");
    struct credentials to = make_credentials("old", "old", "old");

    credentials_move(&to, &from);
    assert_string_equal(secret_text(&to.access_key_id), KEY_ID);
    assert_int_equal(to.expiration, NOW + 1);
    assert_null(from.access_key_id.bytes);
    assert_null(from.secret_access_key.bytes);
    assert_null(from.session_token.bytes);
    assert_int_equal(from.expiration, 0);
    credentials_clear(&to);
    assert_null(to.session_token.bytes);
    assert_int_equal(to.expiration, 0);
}

/* Outcomes. */

static void
a_refusal_is_never_an_acceptance(void **state)
{
    static const struct fault faults[] = {
        {.raised = true, .reason = REASON_OK, .text = "?"},
        {.raised = false, .reason = REASON_OK},
        {.raised = false, .reason = REASON_NO_RULE},
        {0},
    };
    size_t i;

    for (i = 0; i < COUNT(faults); i++) {
        struct outcome outcome = {.reason = REASON_OK,
                                  .user = "alice",
                                  .region = "eu-west-1"};

        outcome.credentials = make_credentials(KEY_ID, "S", "T");
        outcome_refuse(&outcome, &faults[i]);
        assert_int_equal(outcome.reason, REASON_SYSTEM);
        assert_null(outcome.credentials.access_key_id.bytes);
        assert_null(outcome.credentials.secret_access_key.bytes);
        assert_null(outcome.credentials.session_token.bytes);
        assert_string_equal(outcome.user, "");
        assert_string_equal(outcome.region, "");
    }
}

static void
a_refusal_says_what_its_fault_says(void **state)
{
    struct outcome outcome = {0};
    struct fault fault = {0};

    fault_raise(&fault, REASON_NO_RULE, "no rule for alice");
    outcome_refuse(&outcome, &fault);
    assert_int_equal(outcome.reason, REASON_NO_RULE);
    assert_string_equal(outcome.text, "no rule for alice");
    assert_string_equal(outcome.words, reason_words(REASON_NO_RULE));
    fault_set_words(&fault, "Sorry.");
    outcome_refuse(&outcome, &fault);
    assert_string_equal(outcome.words, "Sorry.");
}

static void
an_outcome_that_is_cleared_is_a_refusal(void **state)
{
    struct outcome outcome = {.reason = REASON_OK, .user = "alice"};

    outcome.credentials = make_credentials(KEY_ID, "S", "T");
    outcome_note(&outcome, AUDIT_SUB, "subject");
    outcome_clear(&outcome);
    assert_int_equal(outcome.reason, REASON_SYSTEM);
    assert_string_equal(outcome.user, "");
    assert_string_equal(outcome.audit[AUDIT_SUB], "");
    assert_null(outcome.credentials.session_token.bytes);
}

static void
a_note_is_cut_to_its_room_and_nothing_is_no_note(void **state)
{
    struct outcome outcome = {0};

    outcome_note(&outcome, AUDIT_SUB, "first");
    outcome_note(&outcome, AUDIT_SUB, NULL);
    assert_string_equal(outcome.audit[AUDIT_SUB], "first");
    outcome_note(&outcome, AUDIT_SUB, repeat('x', 1000));
    assert_int_equal(strlen(outcome.audit[AUDIT_SUB]), AUDIT_VALUE_SIZE - 1);
    assert_string_equal(outcome.audit[AUDIT_RULE], "");
}

static void
a_note_replaces_the_last_one_of_its_field(void **state)
{
    struct outcome outcome = {0};

    outcome_note(&outcome, AUDIT_STS_CODE, "ThrottlingException");
    outcome_note(&outcome, AUDIT_STS_CODE, "X");
    assert_string_equal(outcome.audit[AUDIT_STS_CODE], "X");
    outcome_note(&outcome, AUDIT_STS_CODE, "");
    assert_string_equal(outcome.audit[AUDIT_STS_CODE], "");
}

static void
warnings_stand_behind_one_another(void **state)
{
    struct outcome outcome = {0};

    outcome_warn(&outcome, "no duration of %d", 7200);
    assert_string_equal(outcome.audit[AUDIT_WARNING], "no duration of 7200");
    outcome_warn(&outcome, "%s percent", "95");
    assert_string_equal(outcome.audit[AUDIT_WARNING],
                        "no duration of 7200; 95 percent");
    outcome_warn(&outcome, "third");
    assert_string_equal(outcome.audit[AUDIT_WARNING],
                        "no duration of 7200; 95 percent; third");
    outcome_clear(&outcome);
    assert_string_equal(outcome.audit[AUDIT_WARNING], "");
}

static void
a_warning_that_does_not_fit_is_cut(void **state)
{
    size_t length;

    for (length = AUDIT_VALUE_SIZE - 8; length <= AUDIT_VALUE_SIZE + 8;
         length++) {
        const char *first = repeat('x', length);
        char expected[2 * AUDIT_VALUE_SIZE];
        struct outcome outcome = {.user = "alice"};

        outcome_warn(&outcome, "%s", first);
        snprintf(expected, AUDIT_VALUE_SIZE, "%s", first);
        assert_string_equal(outcome.audit[AUDIT_WARNING], expected);
        outcome_warn(&outcome, "%s", "second");
        snprintf(expected, AUDIT_VALUE_SIZE, "%s; second", first);
        assert_string_equal(outcome.audit[AUDIT_WARNING], expected);
        outcome_warn(&outcome, "%s", "third");
        snprintf(expected, AUDIT_VALUE_SIZE, "%s; second; third", first);
        assert_string_equal(outcome.audit[AUDIT_WARNING], expected);
        /* What stands behind it is as it was. */
        assert_string_equal(outcome.user, "alice");
    }
}

static void
the_audit_line_has_its_fields_in_this_order(void **state)
{
    static const char *const keys[] = {"provider",
                                       "sub",
                                       "rule",
                                       "role",
                                       "assumed",
                                       "key_id",
                                       "expires",
                                       "source_identity",
                                       "packed_policy_size",
                                       "sts_code",
                                       "request_id",
                                       "attempts",
                                       "warning"};
    size_t i;

    assert_int_equal(AUDIT_FIELD_COUNT, COUNT(keys));
    for (i = 0; i < COUNT(keys); i++)
        assert_string_equal(outcome_audit_key((enum audit_field) i), keys[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moment_is_read),
        cmocka_unit_test(what_is_no_moment_is_refused),
        cmocka_unit_test(a_moment_is_written_and_read_again),
        cmocka_unit_test(a_number_becomes_the_nearest_moment),
        cmocka_unit_test(only_an_object_has_members),
        cmocka_unit_test(
            a_token_is_valid_from_its_first_to_before_its_last_second),
        cmocka_unit_test(an_expired_token_names_both_times_to_the_user),
        cmocka_unit_test(azp_alone_decides_the_audience_where_it_is_present),
        cmocka_unit_test(a_provider_takes_any_of_its_audiences_and_no_other),
        cmocka_unit_test(an_issuer_is_the_same_to_the_byte),
        cmocka_unit_test(
            what_an_answer_begins_with_says_whose_access_token_it_is),
        cmocka_unit_test(a_provider_of_access_tokens_issues_no_id_token),
        cmocka_unit_test(a_provider_that_is_cleared_owns_nothing),
        cmocka_unit_test(only_an_asymmetric_algorithm_is_accepted),
        cmocka_unit_test(the_user_is_put_in_wherever_he_is_wanted),
        cmocka_unit_test(a_template_grows_with_the_user),
        cmocka_unit_test(a_percent_sign_begins_one_of_two_words),
        cmocka_unit_test(a_value_is_the_user_exactly_or_not_at_all),
        cmocka_unit_test(
            a_text_for_the_user_has_him_in_it_and_no_other_percent),
        cmocka_unit_test(an_email_counts_only_if_it_was_verified),
        cmocka_unit_test(a_claim_that_is_no_string_identifies_nobody),
        cmocka_unit_test(a_session_name_is_what_sts_takes),
        cmocka_unit_test(the_arn_of_a_role_is_taken_apart),
        cmocka_unit_test(what_is_no_role_is_refused),
        cmocka_unit_test(a_role_may_be_as_long_as_iam_allows_and_no_longer),
        cmocka_unit_test(the_assumed_role_leaves_out_the_path),
        cmocka_unit_test(a_code_of_sts_has_its_meaning_whatever_the_status_is),
        cmocka_unit_test(every_row_of_the_table_of_errors_was_tried),
        cmocka_unit_test(
            without_its_telltale_message_a_code_is_not_tried_again),
        cmocka_unit_test(what_may_always_be_tried_again_needs_no_message),
        cmocka_unit_test(an_unknown_code_is_understood_by_its_status),
        cmocka_unit_test(credentials_have_lengths_between_their_limits),
        cmocka_unit_test(a_session_token_may_have_16384_characters),
        cmocka_unit_test(
            credentials_hold_nothing_a_shell_or_a_log_stumbles_over),
        cmocka_unit_test(credentials_expire_in_the_second_they_name),
        cmocka_unit_test(credentials_that_move_leave_nothing),
        cmocka_unit_test(a_refusal_is_never_an_acceptance),
        cmocka_unit_test(a_refusal_says_what_its_fault_says),
        cmocka_unit_test(an_outcome_that_is_cleared_is_a_refusal),
        cmocka_unit_test(a_note_is_cut_to_its_room_and_nothing_is_no_note),
        cmocka_unit_test(a_note_replaces_the_last_one_of_its_field),
        cmocka_unit_test(warnings_stand_behind_one_another),
        cmocka_unit_test(a_warning_that_does_not_fit_is_cut),
        cmocka_unit_test(the_audit_line_has_its_fields_in_this_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
