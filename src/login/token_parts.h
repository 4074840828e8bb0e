/*
 * token_parts - asks for a token, in parts where a client sends no more at
 * once.
 *
 * ID tokens are longer than what the ssh client and terminals keep of an
 * answer. So whoever answers with exactly TOKEN_PART_LENGTH characters is asked
 * for more, until an answer has another length. Clients without such a limit
 * answer once, with all of it.
 *
 * What is asked depends on the lengths of the answers alone: it tells neither
 * who exists nor what the answers look like. SPDX-License-Identifier:
 * Apache-2.0
 */
#ifndef LOGIN_TOKEN_PARTS_H
#define LOGIN_TOKEN_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/secret.h"
#include "login/login.h"

/* Characters of a part that another one may follow; any client sends as many.
 */
#define TOKEN_PART_LENGTH 1000

/*
 * Parts at most: those of the 20,000 characters that STS takes (AWS STS API
 * Reference, AssumeRoleWithWebIdentity), and one to tell that this was all.
 */
#define TOKEN_PARTS_MAX 21

/* How the token arrived. */
struct token_arrival {
    size_t cut_at; /* a length at which clients cut answers; 0 for another */
    bool repeated; /* every question got the same answer */
    bool ended;    /* by an empty answer behind a part: perhaps too early */
};

/* Put the first question. Gives 0, or -1 and the fault. */
int token_parts_ask(const struct asker *asker, struct fault *fault);

/*
 * Wait for the answer, and ask for what may be missing.
 *
 * sshd's password method answers every question with the same text. What has
 * the length of a part is then asked for to the end; it is taken once.
 *
 * Gives 0, all that was answered appended to the empty text, and how it
 * arrived; or -1 and the fault.
 */
int token_parts_take(const struct asker *asker, struct secret *text,
                     struct token_arrival *arrival, struct fault *fault);

/* The limit of some client that an answer of this length has met; or 0. */
size_t token_parts_limit(size_t length);

/*
 * Refuse a token that is not whole: REASON_TOKEN_CUT, and words that say where
 * a client cut it, if one did, and what helps. Gives -1.
 */
int token_parts_refuse_cut(const struct token_arrival *arrival,
                           struct fault *fault);

#endif
