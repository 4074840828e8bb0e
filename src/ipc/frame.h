/*
 * frame - one message on the socket between module and helper.
 *
 * Four bytes with the length of the payload, big-endian; one with the version
 * of the protocol; one with the label; the payload. docs/protocol.md has it
 * byte by byte. SPDX-License-Identifier: Apache-2.0
 */
#ifndef IPC_FRAME_H
#define IPC_FRAME_H

#include "base/deadline.h"
#include "base/fault.h"
#include "base/secret.h"

#define FRAME_VERSION 2

enum frame_label {
    FRAME_HELLO = 1, /* module to helper: who logs in */
    FRAME_ASK,       /* helper to module: a question for the user */
    FRAME_ANSWER,    /* module to helper: what he answered */
    FRAME_VERDICT,   /* helper to module: what the attempt came to */
};

/* How a wait for a frame ended. */
enum frame_arrival {
    FRAME_FAILED = -1, /* the fault says why */
    FRAME_ENDED = 0,   /* end-of-file, where a frame might have begun */
    FRAME_ARRIVED = 1,
};

/*
 * Send one frame. Gives 0, or -1 and REASON_SYSTEM.
 * Waits: until the deadline, NULL for as long as it takes.
 */
int frame_send(int socket, enum frame_label label, const struct secret *payload,
               const struct deadline *deadline, struct fault *fault);

struct frame {
    enum frame_label label;
    struct secret payload;
};

/*
 * Receive one frame; what it held before is wiped. An unknown version or label
 * is refused, and so is a payload longer than its label allows, before any of
 * it is read. Whether it is this frame's turn is for the caller to say.
 *
 * Waits: as frame_send.
 */
enum frame_arrival frame_receive(int socket, struct frame *frame,
                                 const struct deadline *deadline,
                                 struct fault *fault);

/* Raise the fault of a frame that came out of turn. */
void frame_refuse_turn(const struct frame *frame, struct fault *fault);

/* Wipe and free. */
void frame_clear(struct frame *frame);

#endif
