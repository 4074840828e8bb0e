/*
 * token - what a user presented.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/token.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jose/b64.h>
#include <jose/jose.h>

#include "model/sts_parameter.h"
#include "parse/json.h"

#define BLANKS " \t\r\n"

/* RFC 4648, 5; without padding, RFC 7515, 2. */
#define BASE64URL \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/* The compact serialization: header, payload, signature. */
enum segment {
    SEGMENT_HEADER,
    SEGMENT_PAYLOAD,
    SEGMENT_SIGNATURE
};

#define SEGMENT_COUNT 3

/* A part of the text. */
struct span {
    const char *start;
    size_t length;
};

int
token_trim(struct secret *text)
{
    struct secret trimmed = {0};
    const char *start = secret_text(text);
    const char *end = start + text->length;

    while (start < end && strchr(BLANKS, *start) != NULL && *start != '\0')
        start++;
    while (end > start && strchr(BLANKS, end[-1]) != NULL && end[-1] != '\0')
        end--;
    if (secret_append(&trimmed, start, (size_t) (end - start)) < 0)
        return -1;
    secret_move(text, &trimmed);
    return 0;
}

/* Cut the text at its dots. Gives false unless that makes three segments. */
static bool
split(const struct secret *text, struct span segments[SEGMENT_COUNT])
{
    const char *next = secret_text(text);
    int i;

    if (strlen(next) != text->length)
        return false;
    for (i = 0; i < SEGMENT_COUNT; i++) {
        segments[i].start = next;
        segments[i].length = strspn(next, BASE64URL);
        next += segments[i].length;
        if (*next != (i == SEGMENT_SIGNATURE ? '\0' : '.'))
            return false;
        next++;
    }
    return segments[SEGMENT_HEADER].length > 0
           && segments[SEGMENT_PAYLOAD].length > 0;
}

/* Decode a segment into the JSON object it holds. */
static int
read_segment(const struct span *segment, struct claim *object,
             struct fault *fault)
{
    struct secret json = {0};
    size_t size = jose_b64_dec_buf(NULL, segment->length, NULL, 0);
    unsigned char *bytes = NULL;
    int result = -1;

    if (size == SIZE_MAX) {
        fault_raise(fault, REASON_NOT_A_TOKEN, "it is not base64url");
        goto out;
    }
    bytes = malloc(size + 1);
    if (bytes == NULL) {
        fault_raise(fault, REASON_MEMORY, "no memory for a token");
        goto out;
    }
    if (jose_b64_dec_buf(segment->start, segment->length, bytes, size)
        != size) {
        fault_raise(fault, REASON_NOT_A_TOKEN, "it is not base64url");
        goto out;
    }
    if (secret_append(&json, bytes, size) < 0) {
        fault_raise(fault, REASON_MEMORY, "no memory for a token");
        goto out;
    }
    result = json_read_object(&json, object, fault);

out:
    if (bytes != NULL)
        explicit_bzero(bytes, size);
    free(bytes);
    secret_clear(&json);
    return result;
}

/* Read the header: only its algorithm matters here. */
static int
read_header(const struct span *segment, struct token *token,
            struct fault *fault)
{
    struct claim header = {0};
    const char *algorithm;
    int result = -1;

    if (read_segment(segment, &header, fault) < 0) {
        fault_prefix(fault, "the token's header");
        goto out;
    }
    algorithm = claim_string(&header, "alg");
    if (algorithm == NULL) {
        fault_raise(fault, REASON_BAD_CLAIMS,
                    "the token's header has no alg that is a string");
        goto out;
    }
    /* RFC 7515, 4.1.11: what must be understood, and is not. */
    if (claim_member(&header, "crit") != NULL) {
        fault_raise(fault, REASON_BAD_CLAIMS,
                    "the token's header has a crit, which is not understood");
        goto out;
    }
    token->algorithm = strdup(algorithm);
    if (token->algorithm == NULL) {
        fault_raise(fault, REASON_MEMORY, "no memory for a token");
        goto out;
    }
    result = 0;

out:
    claim_clear(&header);
    return result;
}

/* Refuse a claim that is missing or of the wrong type. */
static int
refuse_claim(const char *name, struct fault *fault)
{
    fault_raise(fault, REASON_BAD_CLAIMS,
                "the token's %s is missing or of the wrong type", name);
    return -1;
}

/* Find a claim that must be a string, and not an empty one. */
static int
read_string(const struct token *token, const char *name, const char **string,
            struct fault *fault)
{
    *string = claim_string(&token->claims, name);
    if (*string == NULL || (*string)[0] == '\0')
        return refuse_claim(name, fault);
    return 0;
}

/* Find a claim that may be missing, but must be a moment if it is there. */
static int
read_moment(const struct token *token, const char *name, double *moment,
            struct fault *fault)
{
    const struct claim *claim = claim_member(&token->claims, name);

    *moment = 0;
    if (claim == NULL)
        return 0;
    if (claim->type != CLAIM_NUMBER || !(claim->number >= 0))
        return refuse_claim(name, fault);
    *moment = claim->number;
    return 0;
}

/* Find "aud": a string, or an array of at least one, all of them strings. */
static int
read_audience(struct token *token, struct fault *fault)
{
    const struct claim *aud = claim_member(&token->claims, "aud");
    size_t i;

    if (aud == NULL)
        return refuse_claim("aud", fault);
    if (aud->type != CLAIM_STRING
        && (aud->type != CLAIM_ARRAY || aud->count == 0))
        return refuse_claim("aud", fault);
    for (i = 0; i < aud->count; i++) {
        if (aud->children[i].type != CLAIM_STRING)
            return refuse_claim("aud", fault);
    }
    token->aud = aud;
    return 0;
}

/* Read the payload, and find in it what a login needs. */
static int
read_payload(const struct span *segment, struct token *token,
             struct fault *fault)
{
    if (read_segment(segment, &token->claims, fault) < 0) {
        fault_prefix(fault, "the token's payload");
        return -1;
    }
    if (read_string(token, "iss", &token->issuer, fault) < 0
        || read_string(token, "sub", &token->subject, fault) < 0
        || read_audience(token, fault) < 0
        || read_moment(token, "exp", &token->expires, fault) < 0
        || read_moment(token, "nbf", &token->not_before, fault) < 0
        || read_moment(token, "iat", &token->issued, fault) < 0)
        return -1;
    if (!(token->expires > 0))
        return refuse_claim("exp", fault);
    if (claim_member(&token->claims, "azp") != NULL
        && read_string(token, "azp", &token->azp, fault) < 0)
        return -1;
    return 0;
}

/* Refuse a text that is longer than STS takes a token. */
static int
check_length(const struct secret *text, struct fault *fault)
{
    if (text->length <= STS_WEB_IDENTITY_TOKEN_MAX)
        return 0;
    fault_raise(fault, REASON_TOKEN_TOO_LONG,
                "the answer has more than %d characters",
                STS_WEB_IDENTITY_TOKEN_MAX);
    return -1;
}

int
access_token_check(const struct secret *text, struct fault *fault)
{
    struct fault finding = {0};

    if (check_length(text, fault) < 0)
        return -1;
    if (strlen(secret_text(text)) == text->length
        && sts_parameter_check(STS_PARAMETER_WEB_IDENTITY_TOKEN,
                               secret_text(text), &finding)
               == 0)
        return 0;
    fault_raise(fault, REASON_NOT_A_TOKEN,
                "the answer begins as an access token, but is none");
    return -1;
}

int
token_read(const struct secret *text, struct token *token, struct fault *fault)
{
    struct span segments[SEGMENT_COUNT];

    *token = (struct token){0};
    if (text->length == 0) {
        fault_raise(fault, REASON_NO_TOKEN, "the answer is empty");
        return -1;
    }
    if (check_length(text, fault) < 0)
        return -1;
    if (!split(text, segments)) {
        fault_raise(fault, REASON_NOT_A_TOKEN,
                    "the answer is not three segments of base64url");
        return -1;
    }
    if (read_header(&segments[SEGMENT_HEADER], token, fault) < 0
        || read_payload(&segments[SEGMENT_PAYLOAD], token, fault) < 0)
        goto fail;
    if (segments[SEGMENT_SIGNATURE].length == 0) {
        fault_raise(fault, REASON_WEAK_ALGORITHM, "the token is not signed");
        goto fail;
    }
    /* Four characters are three bytes, RFC 4648, 4. */
    token->signature_length = segments[SEGMENT_SIGNATURE].length * 3 / 4;
    return 0;

fail:
    token_clear(token);
    return -1;
}

int
token_version(void)
{
    return JOSE_VERSION;
}
