/*
 * conversation - what the module asks and tells, through the host.
 *
 * Texts may come from the helper: all but printable ASCII and line feeds is
 * taken out before the host's terminal sees them.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODULE_CONVERSATION_H
#define MODULE_CONVERSATION_H

#include <stdbool.h>

#include <security/pam_modules.h>

#include "base/fault.h"
#include "base/secret.h"
#include "ipc/message.h"

/*
 * Put a question to the user. Gives 0 and the answer, cut to
 * MESSAGE_MAX_ANSWER bytes, empty where he gave none; or -1 and
 * REASON_CONVERSATION.
 * Waits: for the user.
 */
int conversation_ask(pam_handle_t *pamh, const struct question *question,
                     struct secret *answer, struct fault *fault);

/*
 * Tell the user a sentence, as an error or for his information. An empty one
 * is not told; a host that cannot tell it does no harm.
 */
void conversation_tell(pam_handle_t *pamh, bool error, const char *words);

#endif
