/*
 * Shows that login/response_check takes a response for a token's only if all
 * that it names is the token's, and the role session the one asked for.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdlib.h>

#include "login/response_check.h"
#include "unit.h"

#define NOW     1700000000
#define ISSUER  "https://login.example.com"
#define ACCOUNT "123456789012"
#define ARN     "arn:aws:iam::" ACCOUNT ":oidc-provider/"
#define ASSUMED "arn:aws:sts::" ACCOUNT ":assumed-role/Operator/alice"

/* A response in words; NULL for what it lacks. */
struct said {
    const char *subject;
    const char *audience;
    const char *provider;
    const char *assumed;
    const char *id; /* of the assumed role */
};

static const struct said good = {"subject", "ssh", ARN "login.example.com",
                                 ASSUMED, "AROAEXAMPLE:alice"};

static char *
copy(const char *text)
{
    return text == NULL ? NULL : strdup(text);
}

static struct sts_response
make_response(const struct said *said)
{
    return (struct sts_response){
        .subject = copy(said->subject),
        .audience = copy(said->audience),
        .provider = copy(said->provider),
        .assumed_role_arn = copy(said->assumed),
        .assumed_role_id = copy(said->id),
        .credentials = {.access_key_id = secret_from("ASIA234567890123"),
                        .secret_access_key = secret_from("S"),
                        .session_token = secret_from("T"),
                        .expiration = NOW + 1},
    };
}

/*
 * Check a response against a token, NULL for an access token, and its provider;
 * and clear the response.
 */
static bool
agrees_with_both(struct sts_response response, const struct provider *provider,
                 const struct token *token)
{
    struct role role;
    struct role_session session = {.role = &role, .name = "alice"};
    struct question_to_sts question = {&session, provider, token};
    struct fault fault = {0};
    int result;

    assert_int_equal(role_parse("arn:aws:iam::" ACCOUNT ":role/path/Operator",
                                &role),
                     0);
    result = response_check(&response, &question, NOW, &fault);
    assert_int_equal(result, fault.raised ? -1 : 0);
    if (fault.raised)
        assert_int_equal(fault.reason, REASON_RESPONSE_MISMATCH);
    sts_response_clear(&response);
    return result == 0;
}

/* The same, for an ID token, whatever else its provider is. */
static bool
agrees_with(struct sts_response response, const struct token *token)
{
    const struct provider provider = {.issuer = TEXT("https://x.example")};

    return agrees_with_both(response, &provider, token);
}

/* The same, for a token of this issuer. */
static bool
agrees(const struct said *said, const char *issuer)
{
    struct claim aud = {.type = CLAIM_STRING, .string = (char[]){"ssh"}};
    struct token token = {.issuer = issuer, .subject = "subject", .aud = &aud};

    return agrees_with(make_response(said), &token);
}

static void
what_is_missing_does_not_agree(void **state)
{
    static const struct said rows[] = {
        {NULL, "ssh", ARN "login.example.com", ASSUMED, NULL},
        {"subject", NULL, ARN "login.example.com", ASSUMED, NULL},
        {"subject", "ssh", NULL, ASSUMED, NULL},
        {"subject", "ssh", ARN "login.example.com", NULL, NULL},
        {NULL, NULL, NULL, NULL, NULL},
        {"", "ssh", ARN "login.example.com", ASSUMED, NULL},
        {"subject", "", ARN "login.example.com", ASSUMED, NULL},
        {"subject", "ssh", "", ASSUMED, NULL},
        {"subject", "ssh", ARN "login.example.com", "", NULL},
    };
    size_t i;

    assert_true(agrees(&good, ISSUER));
    for (i = 0; i < COUNT(rows); i++)
        assert_false(agrees(&rows[i], ISSUER));
}

static void
the_subject_is_the_tokens_to_the_byte(void **state)
{
    static const char *const subjects[] = {"Subject", "subjec", "subjects",
                                           " subject", "subject\n"};
    struct said said = good;
    size_t i;

    for (i = 0; i < COUNT(subjects); i++) {
        said.subject = subjects[i];
        expect(!agrees(&said, ISSUER), subjects[i]);
    }
}

static void
the_provider_is_the_issuer_in_one_of_three_forms(void **state)
{
    static const struct {
        const char *provider;
        bool agrees;
    } rows[] = {
        {ISSUER, true},
        {"login.example.com", true},
        {ARN "login.example.com", true},
        {ARN "https://login.example.com", true},
        {"https://login.example.com/", false},
        {"http://login.example.com", false},
        {"HTTPS://login.example.com", false},
        {"https://https://login.example.com", false},
        {"Login.example.com", false},
        {"login.example.com.evil.example", false},
        {"evil.example/login.example.com", false},
        {"evil.example/oidc-provider/login.example.com", false},
        {"https://evil.example/" ARN "login.example.com", false},
        {"x" ARN "login.example.com", false},
        {ARN ARN "login.example.com", false},
        {"arn:aws:iam::210987654321:oidc-provider/login.example.com", false},
        {"arn:aws-cn:iam::" ACCOUNT ":oidc-provider/login.example.com", false},
        {"arn:aws:iam:::oidc-provider/login.example.com", false},
        {"arn:aws:iam::" ACCOUNT ":saml-provider/login.example.com", false},
        {"arn:aws:iam::" ACCOUNT ":oidc-provider", false},
        {ARN, false},
        {"https://", false},
    };
    struct said said = good;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        said.provider = rows[i].provider;
        expect(agrees(&said, ISSUER) == rows[i].agrees, rows[i].provider);
    }
}

static void
an_issuer_that_looks_like_an_arn_is_no_other_issuer(void **state)
{
    struct said said = good;

    said.provider = "login.example.com";
    assert_false(agrees(&said, ARN "login.example.com"));
    said.provider = ISSUER;
    assert_false(agrees(&said, ARN "login.example.com"));
    said.provider = ARN "login.example.com";
    assert_false(agrees(&said, "https://" ARN "login.example.com"));

    /* An issuer that has the word in its path is itself. */
    said.provider = ARN "login.example.com/oidc-provider/x";
    assert_true(agrees(&said, ISSUER "/oidc-provider/x"));
    said.provider = ARN "x";
    assert_false(agrees(&said, ISSUER "/oidc-provider/x"));
}

static void
the_assumed_role_is_the_session_that_was_asked_for(void **state)
{
    static const char *const others[] = {
        "arn:aws:sts::" ACCOUNT ":assumed-role/Operator/bob",
        "arn:aws:sts::" ACCOUNT ":assumed-role/Operator/alice2",
        "arn:aws:sts::" ACCOUNT ":assumed-role/Operator/Alice",
        "arn:aws:sts::" ACCOUNT ":assumed-role/Operator/",
        "arn:aws:sts::" ACCOUNT ":assumed-role/Admin/alice",
        "arn:aws:sts::" ACCOUNT ":assumed-role/path/Operator/alice",
        "arn:aws:sts::" ACCOUNT ":assumed-role/Admin/x/Operator/alice",
        "arn:aws:sts::210987654321:assumed-role/Operator/alice",
        "arn:aws-cn:sts::" ACCOUNT ":assumed-role/Operator/alice",
        "arn:aws:iam::" ACCOUNT ":role/Operator",
        "arn:aws:sts::" ACCOUNT ":federated-user/alice",
        " " ASSUMED,
        ASSUMED " ",
    };
    struct said said = good;
    size_t i;

    for (i = 0; i < COUNT(others); i++) {
        said.assumed = others[i];
        expect(!agrees(&said, ISSUER), others[i]);
    }
}

static void
the_id_of_the_assumed_role_ends_in_the_session(void **state)
{
    static const struct {
        const char *id;
        bool agrees;
    } rows[] = {
        {"AROAEXAMPLE:alice", true},
        {"3ABCD:alice", true},
        {":alice", true},
        {"a:b:alice", true},
        {NULL, true},
        {"", true},
        {"AROAEXAMPLE:bob", false},
        {"AROAEXAMPLE:alice2", false},
        {"AROAEXAMPLE:Alice", false},
        {"AROAEXAMPLE:alice ", false},
        {"AROAEXAMPLE: alice", false},
        {"AROAEXAMPLE:alice:", false},
        {"AROAEXAMPLE:alice:x", false},
        {"AROAEXAMPLE:", false},
        {"AROAEXAMPLE", false},
        {"AROAEXAMPLE/alice", false},
        {"alice", false},
        {":", false},
    };
    struct said said = good;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        said.id = rows[i].id;
        expect(agrees(&said, ISSUER) == rows[i].agrees,
               rows[i].id == NULL ? "no id" : rows[i].id);
    }
}

static void
google_is_known_by_two_names(void **state)
{
    static const char *const names[] = {"accounts.google.com",
                                        "https://accounts.google.com",
                                        ARN "accounts.google.com"};
    struct said said = good;
    size_t i;

    for (i = 0; i < COUNT(names); i++) {
        said.provider = names[i];
        expect(agrees(&said, "https://accounts.google.com"), names[i]);
        expect(agrees(&said, "accounts.google.com"), names[i]);
        expect(!agrees(&said, ISSUER), names[i]);
    }
}

static void
the_audience_is_azp_or_else_one_of_aud(void **state)
{
    struct claim children[] = {
        {.type = CLAIM_STRING, .string = (char[]){"ssh"}},
        {.type = CLAIM_STRING, .string = (char[]){"web"}},
    };
    struct claim aud = {.type = CLAIM_ARRAY, .children = children, .count = 2};

    const struct {
        const char *azp;
        const char *audience;
        bool agrees;
    } rows[] = {
        {NULL, "ssh", true},   {NULL, "web", true},   {NULL, "we", false},
        {NULL, "Web", false},  {"azp", "azp", true},  {"azp", "ssh", false},
        {"azp", "web", false}, {"web", "ssh", false},
    };
    struct said said = good;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct token token = {.issuer = ISSUER,
                              .subject = "subject",
                              .aud = &aud,
                              .azp = rows[i].azp};

        said.audience = rows[i].audience;
        expect(agrees_with(make_response(&said), &token) == rows[i].agrees,
               rows[i].audience);
    }
}

static void
the_credentials_are_whole_and_not_expired(void **state)
{
    struct claim aud = {.type = CLAIM_STRING, .string = (char[]){"ssh"}};
    struct token token = {.issuer = ISSUER, .subject = "subject", .aud = &aud};
    struct sts_response response = make_response(&good);

    response.credentials.expiration = NOW;
    assert_false(agrees_with(response, &token));
    response = make_response(&good);
    secret_clear(&response.credentials.access_key_id);
    assert_false(agrees_with(response, &token));
    response = make_response(&good);
    secret_clear(&response.credentials.secret_access_key);
    assert_false(agrees_with(response, &token));
    response = make_response(&good);
    secret_clear(&response.credentials.session_token);
    assert_false(agrees_with(response, &token));
    response = make_response(&good);
    secret_append(&response.credentials.session_token, "\n", 1);
    assert_false(agrees_with(response, &token));
}

/* Access tokens. */

#define AUDIENCE "amzn1.application.B"

static const struct said good_of_access_token = {"amzn1.account.A", AUDIENCE,
                                                 "www.amazon.com", ASSUMED,
                                                 "AROAEXAMPLE:alice"};

/* Whether a response agrees with an access token whose provider has an
 * audience, beside another one, or none if it is NULL. */
static bool
agrees_with_provider(struct sts_response response, const char *audience)
{
    struct provider provider = {.provider_id = TEXT("www.amazon.com"),
                                .token_prefix = TEXT("Atza|")};
    bool agreed;

    if (audience != NULL) {
        assert_int_equal(text_list_add(&provider.audience, "another"), 0);
        assert_int_equal(text_list_add(&provider.audience, audience), 0);
    }
    agreed = agrees_with_both(response, &provider, NULL);
    text_list_clear(&provider.audience);
    return agreed;
}

/* The same, for what is said. */
static bool
agrees_with_access_token(const struct said *said, const char *audience)
{
    return agrees_with_provider(make_response(said), audience);
}

static void
of_an_access_token_everything_must_be_said_too(void **state)
{
    static const char *const wrong[] = {NULL, ""};
    struct said said;
    size_t i;

    assert_true(agrees_with_access_token(&good_of_access_token, AUDIENCE));
    for (i = 0; i < COUNT(wrong); i++) {
        said = good_of_access_token;
        said.subject = wrong[i];
        assert_false(agrees_with_access_token(&said, AUDIENCE));
        said = good_of_access_token;
        said.audience = wrong[i];
        assert_false(agrees_with_access_token(&said, AUDIENCE));
        said = good_of_access_token;
        said.provider = wrong[i];
        assert_false(agrees_with_access_token(&said, AUDIENCE));
        said = good_of_access_token;
        said.assumed = wrong[i];
        assert_false(agrees_with_access_token(&said, AUDIENCE));
    }
}

static void
the_provider_of_an_access_token_is_the_provider_id_to_the_byte(void **state)
{
    static const char *const others[] = {
        "graph.facebook.com", "Www.amazon.com",
        "www.amazon.co",      "www.amazon.com.evil.example",
        "www.amazon.com/",    "https://www.amazon.com",
        "amazon.com",         ARN "www.amazon.com",
        " www.amazon.com",
    };
    struct said said = good_of_access_token;
    size_t i;

    for (i = 0; i < COUNT(others); i++) {
        said.provider = others[i];
        expect(!agrees_with_access_token(&said, AUDIENCE), others[i]);
    }
}

static void
the_audience_of_an_access_token_is_one_of_the_providers(void **state)
{
    struct said said = good_of_access_token;

    assert_true(agrees_with_access_token(&said, AUDIENCE));
    assert_false(agrees_with_access_token(&said, "amzn1.application.C"));
    assert_false(agrees_with_access_token(&said, "amzn1.application"));
    assert_false(agrees_with_access_token(&said, "Amzn1.application.B"));
    said.audience = "another";
    assert_true(agrees_with_access_token(&said, AUDIENCE));
    said.audience = "whatever";
    assert_false(agrees_with_access_token(&said, AUDIENCE));

    /* A provider that names none takes none. */
    assert_false(agrees_with_access_token(&good_of_access_token, NULL));
    said.audience = "";
    assert_false(agrees_with_access_token(&said, NULL));
    said.audience = NULL;
    assert_false(agrees_with_access_token(&said, NULL));
}

static void
an_access_tokens_role_session_is_the_one_asked_for(void **state)
{
    struct said said = good_of_access_token;

    said.assumed = "arn:aws:sts::" ACCOUNT ":assumed-role/Operator/bob";
    assert_false(agrees_with_access_token(&said, AUDIENCE));
    said.assumed = "arn:aws:sts::" ACCOUNT ":assumed-role/Admin/alice";
    assert_false(agrees_with_access_token(&said, AUDIENCE));
    said = good_of_access_token;
    said.id = "AROAEXAMPLE:bob";
    assert_false(agrees_with_access_token(&said, AUDIENCE));
    said.id = NULL;
    assert_true(agrees_with_access_token(&said, AUDIENCE));
}

static void
an_access_tokens_credentials_are_whole_and_not_expired(void **state)
{
    struct sts_response response = make_response(&good_of_access_token);

    response.credentials.expiration = NOW;
    assert_false(agrees_with_provider(response, AUDIENCE));
    response = make_response(&good_of_access_token);
    secret_clear(&response.credentials.session_token);
    assert_false(agrees_with_provider(response, AUDIENCE));
    response = make_response(&good_of_access_token);
    assert_true(agrees_with_provider(response, AUDIENCE));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_does_not_agree),
        cmocka_unit_test(the_subject_is_the_tokens_to_the_byte),
        cmocka_unit_test(the_provider_is_the_issuer_in_one_of_three_forms),
        cmocka_unit_test(an_issuer_that_looks_like_an_arn_is_no_other_issuer),
        cmocka_unit_test(the_assumed_role_is_the_session_that_was_asked_for),
        cmocka_unit_test(the_id_of_the_assumed_role_ends_in_the_session),
        cmocka_unit_test(google_is_known_by_two_names),
        cmocka_unit_test(the_audience_is_azp_or_else_one_of_aud),
        cmocka_unit_test(the_credentials_are_whole_and_not_expired),
        cmocka_unit_test(of_an_access_token_everything_must_be_said_too),
        cmocka_unit_test(
            the_provider_of_an_access_token_is_the_provider_id_to_the_byte),
        cmocka_unit_test(
            the_audience_of_an_access_token_is_one_of_the_providers),
        cmocka_unit_test(an_access_tokens_role_session_is_the_one_asked_for),
        cmocka_unit_test(
            an_access_tokens_credentials_are_whole_and_not_expired),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
