/*
 * message - what the frames between module and helper say.
 *
 * One pair of functions for each label: write the payload, read it. Whatever
 * is read is hostile until it was read to its end without a failure.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef IPC_MESSAGE_H
#define IPC_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/secret.h"
#include "ipc/pack.h"
#include "model/credentials.h"
#include "model/outcome.h"
#include "model/role_session.h"

/* Bytes of a question, with the NUL. */
#define MESSAGE_QUESTION_SIZE 2048

/*
 * Bytes of an answer. One more than a token may have, so that a longer one,
 * cut to this, is still seen to be too long.
 */
#define MESSAGE_MAX_ANSWER 20001

/* Bytes of the configuration's path, with the NUL; a longer one is cut. */
#define MESSAGE_PATH_SIZE 256

/* Who logs in. */
struct hello {
    /* "" for a user whom the module refuses whatever the helper finds */
    char user[STS_ROLE_SESSION_NAME_MAX + 1];
    uint32_t uid; /* of that user; 0 without one */
    uint32_t gid; /* of his primary group; 0 without one */
    /* the path of the configuration, for messages */
    char configuration[MESSAGE_PATH_SIZE];
    bool may_ask;         /* whether there may be questions for the user */
    struct secret answer; /* what he presented to a module before; may be "" */
};

/* A question for the user. */
struct question {
    bool echo; /* whether he sees what he types */
    char text[MESSAGE_QUESTION_SIZE];
};

/*
 * Write a payload; what it held before is wiped. Gives 0, or -1 and the fault.
 */
int message_write_hello(const struct hello *hello, struct secret *payload,
                        struct fault *fault);
int message_write_question(const struct question *question,
                           struct secret *payload, struct fault *fault);
int message_write_answer(const struct secret *answer, struct secret *payload,
                         struct fault *fault);
int message_write_outcome(const struct outcome *outcome, struct secret *payload,
                          struct fault *fault);

/*
 * Read a payload. Gives 0; or -1, and what it filled is cleared and
 * REASON_SYSTEM raised.
 */
int message_read_hello(const struct secret *payload, struct hello *hello,
                       struct fault *fault);
int message_read_question(const struct secret *payload,
                          struct question *question, struct fault *fault);
int message_read_answer(const struct secret *payload, struct secret *answer,
                        struct fault *fault);
int message_read_outcome(const struct secret *payload, struct outcome *outcome,
                         struct fault *fault);

/*
 * Credentials as part of something larger: of VERDICT, and of the hand-off.
 * What they are, beyond their limits, is for credentials_check to say.
 */
void message_pack_credentials(struct pack *pack,
                              const struct credentials *credentials);
void message_unpack_credentials(struct unpack *unpack,
                                struct credentials *credentials);

/* Wipe and free what a hello owns. */
void message_clear_hello(struct hello *hello);

#endif
