/*
 * Shows what parse/provider_metadata takes for a discovery document and for
 * keys. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/provider_metadata.h"
#include "unit.h"

#define ISSUER     "\"issuer\": \"https://login.example.com\""
#define JWKS_URI   "\"jwks_uri\": \"https://login.example.com/jwks\""
#define ALGORITHMS "\"id_token_signing_alg_values_supported\": [\"RS256\", 1]"

static void
a_discovery_document_is_read(void **state)
{
    struct secret text =
        secret_from("{" ISSUER ", \"x\": [{}], " JWKS_URI ", " ALGORITHMS "}");
    struct provider_metadata metadata;
    struct fault fault = {0};

    assert_int_equal(provider_metadata_read(&text, &metadata, &fault), 0);
    assert_string_equal(metadata.issuer, "https://login.example.com");
    assert_string_equal(metadata.jwks_uri, "https://login.example.com/jwks");
    assert_int_equal(metadata.algorithms.count, 1);
    assert_true(text_list_has(&metadata.algorithms, "RS256"));
    provider_metadata_clear(&metadata);
    secret_clear(&text);
}

static void
a_document_that_lacks_something_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *words;
    } rows[] = {
        {"", "one JSON object"},
        {"<html>", "one JSON object"},
        {"[]", "one JSON object"},
        {"{" ISSUER ", " ISSUER "}", "one JSON object"},
        {"{" JWKS_URI ", " ALGORITHMS "}", "\"issuer\""},
        {"{\"issuer\": 1, " JWKS_URI ", " ALGORITHMS "}", "\"issuer\""},
        {"{" ISSUER ", " ALGORITHMS "}", "\"jwks_uri\""},
        {"{" ISSUER ", " JWKS_URI "}", "\"id_token_signing_alg"},
        {"{" ISSUER ", " JWKS_URI
         ", \"id_token_signing_alg_values_supported\": \"RS256\"}",
         "\"id_token_signing_alg"},
        {"{" ISSUER
         ", \"jwks_uri\": \"http://login.example.com/jwks\", " ALGORITHMS "}",
         "no https:// URL"},
        {"{" ISSUER ", \"jwks_uri\": \"file:///etc/passwd\", " ALGORITHMS "}",
         "no https:// URL"},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct secret text = secret_from(rows[i].text);
        struct provider_metadata metadata;
        struct fault fault = {0};

        assert_int_equal(provider_metadata_read(&text, &metadata, &fault), -1);
        expect(fault_is(&fault, REASON_CONFIG, rows[i].words), rows[i].text);
        assert_null(metadata.issuer);
        assert_null(metadata.jwks_uri);
        secret_clear(&text);
    }
}

static void
keys_for_signatures_are_counted_by_their_kind(void **state)
{
    static const struct {
        const char *text;
        struct provider_keys keys;
    } rows[] = {
        {"{\"keys\": []}", {0, 0, 0}},
        {"{}", {0, 0, 0}},
        {"{\"keys\": {\"kty\": \"RSA\"}}", {0, 0, 0}},
        {"{\"keys\": [{\"kty\": \"RSA\"}, {\"kty\": \"RSA\", \"use\": \"sig\"},"
         " {\"kty\": \"RSA\", \"use\": \"enc\"}]}",
         {2, 0, 0}},
        {"{\"keys\": [{\"kty\": \"EC\"}, {\"kty\": \"OKP\"}, {}, 1]}",
         {0, 1, 3}},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct secret text = secret_from(rows[i].text);
        struct provider_keys keys;
        struct fault fault = {0};

        assert_int_equal(provider_keys_read(&text, &keys, &fault), 0);
        expect(keys.rsa == rows[i].keys.rsa && keys.ec == rows[i].keys.ec
                   && keys.others == rows[i].keys.others,
               rows[i].text);
        secret_clear(&text);
    }
}

static void
keys_that_are_no_object_are_refused(void **state)
{
    struct secret text = secret_from("[]");
    struct provider_keys keys;
    struct fault fault = {0};

    assert_int_equal(provider_keys_read(&text, &keys, &fault), -1);
    assert_true(fault_is(&fault, REASON_CONFIG, "one JSON object"));
    secret_clear(&text);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_discovery_document_is_read),
        cmocka_unit_test(a_document_that_lacks_something_is_refused),
        cmocka_unit_test(keys_for_signatures_are_counted_by_their_kind),
        cmocka_unit_test(keys_that_are_no_object_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
