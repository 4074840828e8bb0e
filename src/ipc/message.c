/*
 * message - what the frames between module and helper say.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "ipc/message.h"

#include "ipc/pack.h"

/* Hand over what was packed, if all of it could be. */
static int
finish_writing(struct pack *pack, struct secret *payload, struct fault *fault)
{
    secret_clear(payload);
    if (pack->failed) {
        fault_raise(fault, REASON_MEMORY, "no memory for a message");
        pack_clear(pack);
        return -1;
    }
    secret_move(payload, &pack->bytes);
    return 0;
}

/* Say whether a payload was read to its end. */
static int
finish_reading(const struct unpack *unpack, const char *name,
               struct fault *fault)
{
    if (unpack_end(unpack))
        return 0;
    fault_raise(fault, REASON_SYSTEM, "the %s is malformed", name);
    return -1;
}

/* Begin to read a payload. */
static struct unpack
begin_reading(const struct secret *payload)
{
    return unpack_begin(payload->bytes, payload->length);
}

/* Read a byte that is 0 or 1. */
static bool
unpack_bool(struct unpack *unpack)
{
    uint8_t value = unpack_u8(unpack);

    if (value > 1)
        unpack->failed = true;
    return value == 1;
}

void
message_pack_credentials(struct pack *pack,
                         const struct credentials *credentials)
{
    pack_bytes(pack, credentials->access_key_id.bytes,
               credentials->access_key_id.length);
    pack_bytes(pack, credentials->secret_access_key.bytes,
               credentials->secret_access_key.length);
    pack_bytes(pack, credentials->session_token.bytes,
               credentials->session_token.length);
    pack_u64(pack, (uint64_t) credentials->expiration);
}

void
message_unpack_credentials(struct unpack *unpack,
                           struct credentials *credentials)
{
    uint64_t expiration;

    unpack_secret(unpack, CREDENTIALS_MAX_KEY_ID, &credentials->access_key_id);
    unpack_secret(unpack, CREDENTIALS_MAX_SECRET_KEY,
                  &credentials->secret_access_key);
    unpack_secret(unpack, CREDENTIALS_MAX_SESSION_TOKEN,
                  &credentials->session_token);
    expiration = unpack_u64(unpack);
    if (expiration > INT64_MAX)
        unpack->failed = true;
    else
        credentials->expiration = (time_t) expiration;
}

int
message_write_hello(const struct hello *hello, struct secret *payload,
                    struct fault *fault)
{
    struct pack pack = {0};

    pack_text(&pack, hello->user);
    pack_u32(&pack, hello->uid);
    pack_u32(&pack, hello->gid);
    pack_text(&pack, hello->configuration);
    pack_u8(&pack, hello->may_ask ? 1 : 0);
    pack_bytes(&pack, hello->answer.bytes, hello->answer.length);
    return finish_writing(&pack, payload, fault);
}

int
message_read_hello(const struct secret *payload, struct hello *hello,
                   struct fault *fault)
{
    struct unpack unpack = begin_reading(payload);

    message_clear_hello(hello);
    unpack_text(&unpack, hello->user, sizeof hello->user);
    hello->uid = unpack_u32(&unpack);
    hello->gid = unpack_u32(&unpack);
    unpack_text(&unpack, hello->configuration, sizeof hello->configuration);
    hello->may_ask = unpack_bool(&unpack);
    unpack_secret(&unpack, MESSAGE_MAX_ANSWER, &hello->answer);
    if (finish_reading(&unpack, "HELLO", fault) < 0) {
        message_clear_hello(hello);
        return -1;
    }
    return 0;
}

int
message_write_question(const struct question *question, struct secret *payload,
                       struct fault *fault)
{
    struct pack pack = {0};

    pack_u8(&pack, question->echo ? 1 : 0);
    pack_text(&pack, question->text);
    return finish_writing(&pack, payload, fault);
}

int
message_read_question(const struct secret *payload, struct question *question,
                      struct fault *fault)
{
    struct unpack unpack = begin_reading(payload);

    question->echo = unpack_bool(&unpack);
    unpack_text(&unpack, question->text, sizeof question->text);
    if (finish_reading(&unpack, "ASK", fault) < 0) {
        *question = (struct question){0};
        return -1;
    }
    return 0;
}

int
message_write_answer(const struct secret *answer, struct secret *payload,
                     struct fault *fault)
{
    struct pack pack = {0};

    pack_bytes(&pack, answer->bytes, answer->length);
    return finish_writing(&pack, payload, fault);
}

int
message_read_answer(const struct secret *payload, struct secret *answer,
                    struct fault *fault)
{
    struct unpack unpack = begin_reading(payload);

    secret_clear(answer);
    unpack_secret(&unpack, MESSAGE_MAX_ANSWER, answer);
    if (finish_reading(&unpack, "ANSWER", fault) < 0) {
        secret_clear(answer);
        return -1;
    }
    return 0;
}

int
message_write_outcome(const struct outcome *outcome, struct secret *payload,
                      struct fault *fault)
{
    struct pack pack = {0};
    int i;

    pack_text(&pack, reason_name(outcome->reason));
    pack_text(&pack, outcome->text);
    pack_text(&pack, outcome->words);
    for (i = 0; i < AUDIT_FIELD_COUNT; i++)
        pack_text(&pack, outcome->audit[i]);
    if (outcome->reason == REASON_OK) {
        pack_text(&pack, outcome->user);
        pack_text(&pack, outcome->region);
        message_pack_credentials(&pack, &outcome->credentials);
    }
    return finish_writing(&pack, payload, fault);
}

int
message_read_outcome(const struct secret *payload, struct outcome *outcome,
                     struct fault *fault)
{
    struct unpack unpack = begin_reading(payload);
    char reason[64];
    int i;

    outcome_clear(outcome);
    unpack_text(&unpack, reason, sizeof reason);
    outcome->reason = reason_named(reason);
    unpack_text(&unpack, outcome->text, sizeof outcome->text);
    unpack_text(&unpack, outcome->words, sizeof outcome->words);
    for (i = 0; i < AUDIT_FIELD_COUNT; i++)
        unpack_text(&unpack, outcome->audit[i], sizeof outcome->audit[i]);
    if (outcome->reason == REASON_OK) {
        unpack_text(&unpack, outcome->user, sizeof outcome->user);
        unpack_text(&unpack, outcome->region, sizeof outcome->region);
        message_unpack_credentials(&unpack, &outcome->credentials);
    }
    if (finish_reading(&unpack, "VERDICT", fault) < 0) {
        outcome_clear(outcome);
        return -1;
    }
    return 0;
}

void
message_clear_hello(struct hello *hello)
{
    secret_clear(&hello->answer);
    *hello = (struct hello){0};
}
