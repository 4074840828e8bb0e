/*
 * Shows what parse/token and parse/json take for an ID token or an access
 * token, and what they refuse, with which reason.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/sts_parameter.h"
#include "parse/json.h"
#include "parse/token.h"
#include "unit.h"

#define HEADER "{\"alg\":\"RS256\"}"
#define CLAIMS "\"iss\":\"https://i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":9"

/* Append bytes in base64url without padding, RFC 4648, 5. */
static void
append_base64url(struct secret *text, const char *bytes, size_t length)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
                                   "qrstuvwxyz0123456789-_";
    unsigned int bits = 0;
    int count = 0;
    size_t i;

    for (i = 0; i < length; i++) {
        bits = bits << 8 | (unsigned char) bytes[i];
        for (count += 8; count >= 6; count -= 6)
            secret_append(text, &alphabet[bits >> (count - 6) & 63], 1);
    }
    if (count > 0)
        secret_append(text, &alphabet[bits << (6 - count) & 63], 1);
}

/* A token of a header and a payload, which may hold NUL bytes. */
static struct secret
make_token(const char *header, const char *payload, size_t payload_length)
{
    struct secret text = {0};

    append_base64url(&text, header, strlen(header));
    secret_append(&text, ".", 1);
    append_base64url(&text, payload, payload_length);
    secret_append(&text, ".c2ln", 5);
    return text;
}

/* Read a text and clear it; the reason, REASON_OK where it is a token. */
static enum reason
read_and_clear(struct secret text)
{
    struct fault fault = {0};
    struct token token;
    int result = token_read(&text, &token, &fault);

    assert_int_equal(result, fault.raised ? -1 : 0);
    if (result < 0) {
        assert_null(token.algorithm);
        assert_null(token.claims.children);
        assert_null(token.issuer);
    }
    token_clear(&token);
    secret_clear(&text);
    return fault.raised ? fault.reason : REASON_OK;
}

static enum reason
read_text(const char *text)
{
    return read_and_clear(secret_from(text));
}

static enum reason
read_header(const char *header)
{
    return read_and_clear(
        make_token(header, "{" CLAIMS "}", strlen("{" CLAIMS "}")));
}

static enum reason
read_payload(const char *payload)
{
    return read_and_clear(make_token(HEADER, payload, strlen(payload)));
}

/* The text. */

static void
a_token_is_decoded(void **state)
{
    static const char payload[] =
        "{\"iss\":\"https://login.example.com\",\"sub\":\"\\u00e9\","
        "\"aud\":[\"one\",\"two\"],\"azp\":\"one\",\"exp\":1700000000,"
        "\"nbf\":1699999000.5,\"iat\":1e9,\"groups\":[\"ops\"],\"x\":null}";
    struct secret text = make_token("{\"typ\":\"JWT\",\"alg\":\"ES256\"}",
                                    payload, strlen(payload));
    struct fault fault = {0};
    struct token token;

    assert_int_equal(token_read(&text, &token, &fault), 0);
    assert_string_equal(token.algorithm, "ES256");
    assert_string_equal(token.issuer, "https://login.example.com");
    assert_string_equal(token.subject, "\xc3\xa9");
    assert_string_equal(token.azp, "one");
    assert_int_equal(token.aud->type, CLAIM_ARRAY);
    assert_int_equal(token.aud->count, 2);
    assert_string_equal(token.aud->children[1].string, "two");
    assert_true(token.expires == 1700000000);
    assert_true(token.not_before == 1699999000.5);
    assert_true(token.issued == 1000000000);
    assert_int_equal(claim_member(&token.claims, "x")->type, CLAIM_NULL);
    token_clear(&token);
    assert_null(token.issuer);
    secret_clear(&text);
}

static void
what_is_optional_may_be_missing(void **state)
{
    static const char payload[] = "{" CLAIMS "}";
    struct secret text = make_token(HEADER, payload, strlen(payload));
    struct fault fault = {0};
    struct token token;

    assert_int_equal(token_read(&text, &token, &fault), 0);
    assert_null(token.azp);
    assert_true(token.not_before == 0 && token.issued == 0);
    assert_string_equal(token.aud->string, "a");
    token_clear(&token);
    secret_clear(&text);
}

static void
blanks_are_taken_off_both_ends(void **state)
{
    static const struct {
        const char *text;
        const char *trimmed;
    } rows[] = {
        {"", ""},           {" ", ""},
        {" \t\r\n", ""},    {"a", "a"},
        {" a ", "a"},       {"\r\na\r\n", "a"},
        {"a b", "a b"},     {"\ta\nb\t", "a\nb"},
        {"\va\f", "\va\f"},
    };
    struct secret text;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        text = secret_from(rows[i].text);
        assert_int_equal(token_trim(&text), 0);
        assert_string_equal(secret_text(&text), rows[i].trimmed);
        secret_clear(&text);
    }
    text = secret_of(" \0 a\0", 5);
    assert_int_equal(token_trim(&text), 0);
    assert_int_equal(text.length, 4);
    assert_memory_equal(text.bytes, "\0 a\0", 4);
    secret_clear(&text);
    assert_int_equal(token_trim(&text), 0);
    assert_string_equal(secret_text(&text), "");
    secret_clear(&text);
}

static void
an_empty_answer_is_no_token(void **state)
{
    assert_int_equal(read_text(""), REASON_NO_TOKEN);
    assert_int_equal(read_and_clear((struct secret){0}), REASON_NO_TOKEN);
}

static void
what_is_not_three_segments_is_not_a_token(void **state)
{
    static const char *const texts[] = {
        "x",        ".",
        "..",       "...",
        "a.b",      "a.b.c.d",
        "a.b.c.",   ".a.b",
        "a..b",     "a.b.c\n",
        " a.b.c",   "a.b.c ",
        "a.b c.d",  "YQ==.YQ.c",
        "YQ.YQ=.c", "YQ.YQ.Y=",
        "a+b.c.d",  "a.b/c.d",
        "a.b.c+d",  "a.b,c.d",
        "pass\tw",  "\xc3\xa9.a.b",
        "a.b.\xff", "correct horse battery staple"};
    size_t i;

    for (i = 0; i < COUNT(texts); i++)
        expect(read_text(texts[i]) == REASON_NOT_A_TOKEN, texts[i]);
}

static void
the_junk_of_sshd_is_not_a_token(void **state)
{
    static const char junk[] = "\b\n\r\177INCORRECT";
    struct secret text = {0};
    size_t length;

    for (length = 1; length <= 2000; length++) {
        secret_append(&text, &junk[(length - 1) % strlen(junk)], 1);
        if (length % 13 == 0 || length == 1) {
            struct secret copy = secret_of(text.bytes, text.length);

            token_trim(&copy);
            assert_in_set(read_and_clear(copy),
                          ((LargestIntegralType[]){REASON_NO_TOKEN,
                                                   REASON_NOT_A_TOKEN}),
                          2);
        }
    }
    secret_clear(&text);
}

static void
a_token_with_a_nul_byte_is_not_a_token(void **state)
{
    struct secret good =
        make_token(HEADER, "{" CLAIMS "}", strlen("{" CLAIMS "}"));
    size_t i;

    /* One in place of each character, and one behind the last. */
    for (i = 0; i <= good.length; i++) {
        struct secret text = secret_of(good.bytes, good.length + 1);

        text.bytes[i] = '\0';
        if (i < good.length)
            text.length--;
        expect(read_and_clear(text) == REASON_NOT_A_TOKEN, "a NUL byte");
    }
    assert_int_equal(read_and_clear(good), REASON_OK);
}

static void
bits_that_no_byte_needs_must_be_zero(void **state)
{
    /* "{}" is "e30"; "e31" to "e33" decode to the same two bytes. */
    assert_int_equal(read_text("e30.e30.c2ln"), REASON_BAD_CLAIMS);
    assert_int_equal(read_text("e31.e30.c2ln"), REASON_NOT_A_TOKEN);
    assert_int_equal(read_text("e33.e30.c2ln"), REASON_NOT_A_TOKEN);
    /* A segment of one character more than a multiple of four is no byte. */
    assert_int_equal(read_text("e30ab.e30.c2ln"), REASON_NOT_A_TOKEN);
    assert_int_equal(read_text("a.e30.c2ln"), REASON_NOT_A_TOKEN);
}

static void
a_token_without_a_signature_is_weak(void **state)
{
    struct secret text =
        make_token(HEADER, "{" CLAIMS "}", strlen("{" CLAIMS "}"));

    text.length -= strlen("c2ln");
    text.bytes[text.length] = '\0';
    assert_int_equal(read_and_clear(text), REASON_WEAK_ALGORITHM);
}

static void
a_token_may_have_20000_characters(void **state)
{
    struct secret text =
        make_token(HEADER, "{" CLAIMS "}", strlen("{" CLAIMS "}"));
    struct secret same = {0};

    while (text.length < STS_WEB_IDENTITY_TOKEN_MAX)
        secret_append(&text, "A", 1);
    secret_append(&same, text.bytes, text.length);
    assert_int_equal(read_and_clear(same), REASON_OK);
    secret_append(&text, "A", 1);
    assert_int_equal(read_and_clear(text), REASON_TOKEN_TOO_LONG);
}

static void
junk_beyond_20000_characters_is_too_long(void **state)
{
    struct secret text = {0};

    while (text.length <= STS_WEB_IDENTITY_TOKEN_MAX)
        secret_append(&text, "\n", 1);
    assert_int_equal(read_and_clear(text), REASON_TOKEN_TOO_LONG);
}

/* Access tokens. */

/* Check an access token and clear it; the reason, REASON_OK where it is one. */
static enum reason
check_and_clear(struct secret text)
{
    struct fault fault = {0};
    int result = access_token_check(&text, &fault);

    assert_int_equal(result, fault.raised ? -1 : 0);
    assert_null(strstr(fault.text, "hunter2"));
    assert_string_equal(fault.words, "");
    secret_clear(&text);
    return fault.raised ? fault.reason : REASON_OK;
}

/* An access token of one character, so many times. */
static struct secret
make_access_token(size_t length)
{
    struct secret text = {0};

    while (text.length < length)
        secret_append(&text, "A", 1);
    return text;
}

static void
an_access_token_has_4_to_20000_characters(void **state)
{
    assert_int_equal(check_and_clear((struct secret){0}), REASON_NOT_A_TOKEN);
    assert_int_equal(check_and_clear(make_access_token(1)), REASON_NOT_A_TOKEN);
    assert_int_equal(check_and_clear(make_access_token(3)), REASON_NOT_A_TOKEN);
    assert_int_equal(check_and_clear(make_access_token(4)), REASON_OK);
    assert_int_equal(check_and_clear(make_access_token(20000)), REASON_OK);
    assert_int_equal(check_and_clear(make_access_token(20001)),
                     REASON_TOKEN_TOO_LONG);
    assert_int_equal(check_and_clear(make_access_token(100000)),
                     REASON_TOKEN_TOO_LONG);
}

static void
an_access_token_is_of_visible_ascii(void **state)
{
    int byte;

    for (byte = 0; byte < 256; byte++) {
        char place = (char) byte;
        struct secret text = secret_from("Atza|hunter2");
        bool good = byte >= 0x21 && byte <= 0x7e;

        secret_append(&text, &place, 1);
        secret_append(&text, "IwEBIJ", 6);
        if (check_and_clear(text) != (good ? REASON_OK : REASON_NOT_A_TOKEN))
            fail_msg("not so: byte %d within", byte);
        text = secret_from("Atza|hunter2");
        secret_append(&text, &place, 1);
        if (check_and_clear(text) != (good ? REASON_OK : REASON_NOT_A_TOKEN))
            fail_msg("not so: byte %d at the end", byte);
    }
}

static void
an_access_token_that_is_long_and_strange_is_too_long(void **state)
{
    struct secret text = make_access_token(20000);

    secret_append(&text, "\0", 1);
    assert_int_equal(check_and_clear(text), REASON_TOKEN_TOO_LONG);
    text = make_access_token(19999);
    secret_append(&text, "\0", 1);
    assert_int_equal(check_and_clear(text), REASON_NOT_A_TOKEN);
}

/* The header. */

static void
a_header_needs_an_algorithm(void **state)
{
    static const char *const headers[] = {
        "{}",
        "{\"alg\":\"RS256\",\"crit\":[\"exp\"]}",
        "{\"alg\":null}",
        "{\"alg\":1}",
        "{\"alg\":[\"RS256\"]}",
        "{\"Alg\":\"RS256\"}",
        "{\"alg\":\"none\",\"alg\":\"RS256\"}",
        "{\"alg\":\"RS256\",\"alg\":\"RS256\"}",
        "{\"alg\":\"none\",\"\\u0061lg\":\"RS256\"}",
        "{\"alg\":\"RS256\\u0000\"}",
        "[\"alg\",\"RS256\"]",
        "\"alg\"",
        "null",
        "{\"alg\":\"RS256\"} {}",
        "{\"alg\":\"RS256\"",
        "{'alg':'RS256'}",
        "{\"alg\":\"RS256\",}",
        " ",
    };
    size_t i;

    for (i = 0; i < COUNT(headers); i++)
        expect(read_header(headers[i]) == REASON_BAD_CLAIMS, headers[i]);
}

static void
an_algorithm_is_kept_as_it_is(void **state)
{
    /* Whether it is good enough is for model/token to say. */
    assert_int_equal(read_header("{\"alg\":\"none\"}"), REASON_OK);
    assert_int_equal(read_header("{\"alg\":\"\"}"), REASON_OK);
}

/* The claims. */

static void
a_claim_of_the_wrong_type_is_refused(void **state)
{
    static const char *const names[] = {"iss", "sub", "aud", "azp",
                                        "exp", "nbf", "iat"};
    static const char *const values[] = {"null",     "true",          "false",
                                         "{}",       "{\"a\":\"b\"}", "[]",
                                         "[1]",      "[\"a\",1]",     "[null]",
                                         "[[\"a\"]]"};
    static const char *const others[] = {"\"iss\":\"https://i\"",
                                         "\"sub\":\"s\"", "\"aud\":\"a\"",
                                         "\"exp\":9"};
    char payload[256];
    size_t i;
    size_t j;
    size_t k;

    for (i = 0; i < COUNT(names); i++) {
        for (j = 0; j < COUNT(values); j++) {
            snprintf(payload, sizeof payload, "{\"%s\":%s", names[i],
                     values[j]);
            for (k = 0; k < COUNT(others); k++) {
                if (strncmp(others[k] + 1, names[i], 3) != 0)
                    snprintf(payload + strlen(payload),
                             sizeof payload - strlen(payload), ",%s",
                             others[k]);
            }
            strcat(payload, "}");
            expect(read_payload(payload) == REASON_BAD_CLAIMS, payload);
        }
    }
}

static void
a_claim_that_is_missing_or_strange_is_refused(void **state)
{
    static const char *const payloads[] = {
        "{}",
        "{\"sub\":\"s\",\"aud\":\"a\",\"exp\":9}",
        "{\"iss\":\"i\",\"aud\":\"a\",\"exp\":9}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"exp\":9}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\"}",
        "{\"iss\":\"\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":9}",
        "{\"iss\":\"i\",\"sub\":\"\",\"aud\":\"a\",\"exp\":9}",
        "{\"iss\":1,\"sub\":\"s\",\"aud\":\"a\",\"exp\":9}",
        "{\"iss\":\"i\",\"sub\":1,\"aud\":\"a\",\"exp\":9}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":1,\"exp\":9}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":\"9\"}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":0}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":-0.0}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":-1}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":-1e300}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":1e400}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":NaN}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":nan}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":Infinity}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":0x9}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":09}",
        "{" CLAIMS ",\"nbf\":\"1\"}",
        "{" CLAIMS ",\"nbf\":-1}",
        "{" CLAIMS ",\"iat\":\"1\"}",
        "{" CLAIMS ",\"iat\":-1}",
        "{" CLAIMS ",\"azp\":\"\"}",
        "{" CLAIMS ",\"azp\":1}",
        "{" CLAIMS ",\"sub\":\"t\"}",
        "{" CLAIMS ",\"exp\":9}",
        "{" CLAIMS ",\"email_verified\":false,\"email_verified\":true}",
        "{" CLAIMS ",\"\\u0073ub\":\"t\"}",
        "{" CLAIMS ",\"deep\":{\"a\":1,\"a\":2}}",
        "{" CLAIMS ",\"x\":\"a\\u0000b\"}",
        "{" CLAIMS ",\"a\\u0000b\":1}",
        "{" CLAIMS ",\"x\":\"\\ud800\"}",
        "{" CLAIMS ",\"x\":\"\\udc00\\ud800\"}",
        "{" CLAIMS ",\"x\":\"\xff\"}",
        "{" CLAIMS ",\"x\":\"\xc0\x80\"}",
        "{" CLAIMS ",\"x\":\"\xc3\"}",
        "{" CLAIMS ",\"x\":\"\xed\xa0\x80\"}",
        "{" CLAIMS ",\"x\":\"\xf4\x90\x80\x80\"}",
        "{" CLAIMS ",\"x\":\"\n\"}",
        "{" CLAIMS "}{}",
        "{" CLAIMS "}x",
        "{" CLAIMS "",
        "[{" CLAIMS "}]",
        "\xef\xbb\xbf{" CLAIMS "}",
        "{" CLAIMS "/**/}",
    };
    size_t i;

    for (i = 0; i < COUNT(payloads); i++)
        expect(read_payload(payloads[i]) == REASON_BAD_CLAIMS, payloads[i]);
}

static void
claims_of_the_right_types_are_taken(void **state)
{
    static const char *const payloads[] = {
        "{" CLAIMS "}",
        " \n{" CLAIMS " }\r\n",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":[\"a\"],\"exp\":9}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"\",\"exp\":9}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":0.5}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":1e300}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":1.7E+9}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":"
        "99999999999999999999}",
        "{" CLAIMS ",\"x\":9223372036854775808,\"y\":-9223372036854775809}",
        "{" CLAIMS ",\"azp\":\"p\",\"nbf\":1,\"iat\":1}",
        "{" CLAIMS ",\"nbf\":0,\"iat\":0}",
        "{" CLAIMS ",\"x\":\"\\ud83d\\ude00\"}",
        "{" CLAIMS ",\"deep\":{\"sub\":\"t\"}}",
        "{" CLAIMS ",\"\":\"\"}",
        "{" CLAIMS ",\"Sub\":\"another name\"}",
    };
    size_t i;

    for (i = 0; i < COUNT(payloads); i++)
        expect(read_payload(payloads[i]) == REASON_OK, payloads[i]);
}

static void
a_nul_byte_in_the_payload_is_refused(void **state)
{
    static const char inside[] = "{" CLAIMS ",\"x\":\"\0\"}";
    static const char behind[] = "{" CLAIMS "}\0";

    assert_int_equal(read_and_clear(
                         make_token(HEADER, inside, sizeof inside - 1)),
                     REASON_BAD_CLAIMS);
    assert_int_equal(read_and_clear(
                         make_token(HEADER, behind, sizeof behind - 1)),
                     REASON_BAD_CLAIMS);
}

/* JSON. */

/* Read an object with so many containers in one another, itself counted. */
static int
read_nested(int levels, char open, char close)
{
    struct secret text = secret_from("{\"a\":");
    struct fault fault = {0};
    struct claim object;
    int result;
    int i;

    for (i = 1; i < levels; i++)
        secret_append(&text, open == '{' && i < levels - 1 ? "{\"a\":" : &open,
                      open == '{' && i < levels - 1 ? 5 : 1);
    for (i = 1; i < levels; i++)
        secret_append(&text, &close, 1);
    secret_append(&text, "}", 1);
    result = json_read_object(&text, &object, &fault);
    assert_int_equal(result, fault.raised ? -1 : 0);
    if (fault.raised)
        assert_int_equal(fault.reason, REASON_BAD_CLAIMS);
    claim_clear(&object);
    secret_clear(&text);
    return result;
}

static void
json_may_be_16_levels_deep(void **state)
{
    assert_int_equal(read_nested(2, '[', ']'), 0);
    assert_int_equal(read_nested(JSON_MAX_DEPTH, '[', ']'), 0);
    assert_int_equal(read_nested(JSON_MAX_DEPTH, '{', '}'), 0);
    assert_int_equal(read_nested(JSON_MAX_DEPTH + 1, '[', ']'), -1);
    assert_int_equal(read_nested(JSON_MAX_DEPTH + 1, '{', '}'), -1);
    assert_int_equal(read_nested(2000, '[', ']'), -1);
    assert_int_equal(read_nested(10000, '{', '}'), -1);
}

static void
the_deepest_level_may_hold_a_value(void **state)
{
    struct secret text = secret_from("{\"a\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}");
    struct fault fault = {0};
    struct claim object;

    assert_int_equal(json_read_object(&text, &object, &fault), 0);
    claim_clear(&object);
    secret_clear(&text);
}

static void
members_are_kept_in_their_order(void **state)
{
    struct secret text =
        secret_from("{\"b\":1,\"a\":[true,false,null,-1.5,\"x\",{}],\"c\":{}}");
    struct fault fault = {0};
    struct claim object;
    const struct claim *list;

    assert_int_equal(json_read_object(&text, &object, &fault), 0);
    assert_null(object.name);
    assert_int_equal(object.count, 3);
    assert_string_equal(object.children[0].name, "b");
    assert_string_equal(object.children[1].name, "a");
    assert_string_equal(object.children[2].name, "c");
    assert_true(object.children[0].number == 1);
    list = &object.children[1];
    assert_int_equal(list->count, 6);
    assert_int_equal(list->children[0].type, CLAIM_BOOLEAN);
    assert_int_equal(list->children[1].type, CLAIM_BOOLEAN);
    assert_true(list->children[0].boolean && !list->children[1].boolean);
    assert_int_equal(list->children[2].type, CLAIM_NULL);
    assert_true(list->children[3].number == -1.5);
    assert_string_equal(list->children[4].string, "x");
    assert_int_equal(list->children[5].type, CLAIM_OBJECT);
    assert_null(list->children[0].name);
    claim_clear(&object);
    secret_clear(&text);
}

static void
a_fault_names_no_part_of_the_json(void **state)
{
    static const char *const texts[] = {"{\"hunter2\":hunter2}", "hunter2",
                                        "{\"hunter2\":1,\"hunter2\":2}"};
    size_t i;

    for (i = 0; i < COUNT(texts); i++) {
        struct secret text = secret_from(texts[i]);
        struct fault fault = {0};
        struct claim object;

        assert_int_equal(json_read_object(&text, &object, &fault), -1);
        assert_null(strstr(fault.text, "hunter"));
        assert_string_equal(fault.words, "");
        secret_clear(&text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_decoded),
        cmocka_unit_test(what_is_optional_may_be_missing),
        cmocka_unit_test(blanks_are_taken_off_both_ends),
        cmocka_unit_test(an_empty_answer_is_no_token),
        cmocka_unit_test(what_is_not_three_segments_is_not_a_token),
        cmocka_unit_test(the_junk_of_sshd_is_not_a_token),
        cmocka_unit_test(a_token_with_a_nul_byte_is_not_a_token),
        cmocka_unit_test(bits_that_no_byte_needs_must_be_zero),
        cmocka_unit_test(a_token_without_a_signature_is_weak),
        cmocka_unit_test(a_token_may_have_20000_characters),
        cmocka_unit_test(junk_beyond_20000_characters_is_too_long),
        cmocka_unit_test(an_access_token_has_4_to_20000_characters),
        cmocka_unit_test(an_access_token_is_of_visible_ascii),
        cmocka_unit_test(an_access_token_that_is_long_and_strange_is_too_long),
        cmocka_unit_test(a_header_needs_an_algorithm),
        cmocka_unit_test(an_algorithm_is_kept_as_it_is),
        cmocka_unit_test(a_claim_of_the_wrong_type_is_refused),
        cmocka_unit_test(a_claim_that_is_missing_or_strange_is_refused),
        cmocka_unit_test(claims_of_the_right_types_are_taken),
        cmocka_unit_test(a_nul_byte_in_the_payload_is_refused),
        cmocka_unit_test(json_may_be_16_levels_deep),
        cmocka_unit_test(the_deepest_level_may_hold_a_value),
        cmocka_unit_test(members_are_kept_in_their_order),
        cmocka_unit_test(a_fault_names_no_part_of_the_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
