/*
 * token_parts - asks for a token, in parts where a client sends no more at
 * once. SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "login/token_parts.h"

#include <stdio.h>
#include <string.h>

/* What the user is asked. Every user of every host reads the same. */
#define QUESTION "OpenID Connect token: "

/*
 * And where there may be more. aws-oidc-askpass knows by the number which part
 * to answer with.
 */
#define QUESTION_FOR_MORE \
    "OpenID Connect token (%zu characters so far; Enter if that was all): "

/* Bytes of a question, with the NUL. */
#define QUESTION_SIZE 128

/*
 * Where clients cut what is typed or pasted, without a word.
 *
 * ssh: readpass.c has 1,024 bytes for an answer, with the NUL. A terminal gives
 * 4,095 characters of a line to who reads it, termios(3), "Canonical mode".
 * sudo: plugins/sudoers/auth/pam.c takes what PAM_MAX_RESP_SIZE has room for.
 */
static const struct limit {
    size_t length;
    const char *client; /* "as CLIENT does" */
    const char *remedy; /* what the user can do */
} limits[] = {
    {511, "sudo", "it cannot be given there"},
    {1023, "the ssh client",
     "log in with aws-oidc-ssh, or give it in parts of 1000 characters"},
    {4095, "a terminal", "give it in parts of 1000 characters"},
};

int
token_parts_ask(const struct asker *asker, struct fault *fault)
{
    return asker->ask(asker->self, QUESTION, fault);
}

/* Ask for another part. */
static int
ask_for_more(const struct asker *asker, size_t length, struct fault *fault)
{
    char question[QUESTION_SIZE];

    snprintf(question, sizeof question, QUESTION_FOR_MORE, length);
    return asker->ask(asker->self, question, fault);
}

/* Whether a part is the same as the first one of the text. */
static bool
is_repeated(const struct secret *text, const struct secret *part)
{
    return part->length == TOKEN_PART_LENGTH
           && memcmp(text->bytes, part->bytes, TOKEN_PART_LENGTH) == 0;
}

/* Leave the first part of a text. */
static int
keep_first(struct secret *text, struct fault *fault)
{
    struct secret first = {0};

    if (secret_append(&first, text->bytes, TOKEN_PART_LENGTH) < 0) {
        fault_raise(fault, REASON_MEMORY, "no memory for a token");
        return -1;
    }
    secret_move(text, &first);
    return 0;
}

int
token_parts_take(const struct asker *asker, struct secret *text,
                 struct token_arrival *arrival, struct fault *fault)
{
    struct secret part = {0};
    int count = 0;
    int result = -1;

    *arrival = (struct token_arrival){.repeated = true};
    for (;;) {
        if (asker->answer(asker->self, &part, fault) < 0)
            goto out;
        count++;
        if (secret_append(text, part.bytes, part.length) < 0) {
            fault_raise(fault, REASON_MEMORY, "no memory for a token");
            goto out;
        }
        if (!is_repeated(text, &part))
            arrival->repeated = false;
        if (part.length != TOKEN_PART_LENGTH || count == TOKEN_PARTS_MAX)
            break;
        secret_clear(&part);
        if (ask_for_more(asker, text->length, fault) < 0)
            goto out;
    }
    arrival->cut_at = token_parts_limit(part.length);
    arrival->ended = count > 1 && part.length == 0;
    arrival->repeated = arrival->repeated && count > 1;
    if (arrival->repeated && keep_first(text, fault) < 0)
        goto out;
    result = 0;

out:
    secret_clear(&part);
    return result;
}

/* The limit that an answer of this length has met; NULL for none. */
static const struct limit *
find_limit(size_t length)
{
    size_t i;

    for (i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (limits[i].length == length)
            return &limits[i];
    }
    return NULL;
}

size_t
token_parts_limit(size_t length)
{
    return find_limit(length) == NULL ? 0 : length;
}

int
token_parts_refuse_cut(const struct token_arrival *arrival, struct fault *fault)
{
    const struct limit *limit = find_limit(arrival->cut_at);

    *fault = (struct fault){0};
    if (limit == NULL) {
        fault_raise(fault, REASON_TOKEN_CUT,
                    "the answers ended before the token did");
        return -1;
    }
    fault_raise(fault, REASON_TOKEN_CUT,
                "the answer is no whole token, and has %zu characters, where %s"
                " cuts",
                limit->length, limit->client);
    fault_set_words(fault,
                    "Your token arrived cut at %zu characters, as %s does; %s.",
                    limit->length, limit->client, limit->remedy);
    return -1;
}
