/*
 * Fuzzes parse/policy: the input is the text of a session policy. One that is
 * taken is still JSON when a user was put in, and says the same of everybody.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "model/sts_parameter.h"
#include "model/template.h"
#include "parse/json.h"
#include "parse/policy.h"

/* Characters of a user's name here. */
#define USER_LENGTH 20

/*
 * A name that STS takes. It comes from the text, so that no text has it: no
 * member's name can be that of another once the user is in.
 */
static void
make_user(const uint8_t *data, size_t size, uint64_t seed,
          char user[USER_LENGTH + 1])
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        "_+=,.@-";
    uint64_t hash = seed;
    size_t i;

    for (i = 0; i < size; i++)
        hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
    for (i = 0; i < USER_LENGTH; i++) {
        hash = hash * UINT64_C(6364136223846793005) + 1442695040888963407u;
        user[i] = alphabet[(hash >> 33) % (sizeof alphabet - 1)];
    }
    user[USER_LENGTH] = '\0';
}

/* See that two claims differ in nothing but texts. Depth: JSON_MAX_DEPTH. */
static void
must_be_alike(const struct claim *one, const struct claim *other)
{
    size_t i;

    must(one->type == other->type && one->count == other->count);
    must(one->boolean == other->boolean);
    /* Both were read, so none is NaN. */
    must(one->type != CLAIM_NUMBER || one->number == other->number);
    must((one->name == NULL) == (other->name == NULL));
    for (i = 0; i < one->count; i++)
        must_be_alike(&one->children[i], &other->children[i]);
}

/*
 * Put a user into a policy that was taken. Gives whether it could be read as
 * claims: those are less deep than a policy may be.
 */
static int
expand(const char *policy, const char *user, struct claim *claims)
{
    struct secret expanded = {0};
    struct fault fault = {0};
    char *text = policy_expand(policy, user, &fault);
    int result;
    int line;

    if (text == NULL) {
        must(fault.raised && fault.reason == REASON_CONFIG);
        return -1;
    }
    must(secret_append(&expanded, text, strlen(text)) == 0);
    must(sts_parameter_latin_length(text) >= 0);
    must(json_holds_object(&expanded, &line));
    result = json_read_object(&expanded, claims, &fault);
    secret_clear(&expanded);
    free(text);
    return result;
}

/* Put two users into a policy that was taken. */
static void
try_users(const uint8_t *data, size_t size, const char *policy)
{
    char user[USER_LENGTH + 1];
    char other_user[USER_LENGTH + 1];
    struct claim claims = {0};
    struct claim other_claims = {0};
    int result;

    make_user(data, size, 1, user);
    make_user(data, size, 2, other_user);
    result = expand(policy, user, &claims);
    must(expand(policy, other_user, &other_claims) == result);
    if (result == 0)
        must_be_alike(&claims, &other_claims);
    claim_clear(&claims);
    claim_clear(&other_claims);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct secret text = {0};
    struct fault fault = {0};

    must(secret_append(&text, data, size) == 0);
    if (policy_check(&text, &fault) == 0) {
        must(!fault.raised && strlen(secret_text(&text)) == size);
        must(template_is_well_formed(secret_text(&text)));
        try_users(data, size, secret_text(&text));
    } else {
        must(fault.raised && fault.reason == REASON_CONFIG);
    }
    secret_clear(&text);
    return 0;
}
