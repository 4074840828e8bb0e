/*
 * frame - one message on the socket between module and helper.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "ipc/frame.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/io.h"
#include "ipc/pack.h"

/* Length, version and label. */
#define HEADER_SIZE 6

/* The longest payload of each label, in bytes. */
static const size_t payload_limit[] = {
    [FRAME_HELLO] = 32768,
    [FRAME_ASK] = 4096,
    [FRAME_ANSWER] = 32768,
    [FRAME_VERDICT] = 65536,
};

#define LABEL_COUNT (sizeof payload_limit / sizeof payload_limit[0])

int
frame_send(int socket, enum frame_label label, const struct secret *payload,
           const struct deadline *deadline, struct fault *fault)
{
    struct pack frame = {0};
    int result = -1;

    if (payload->length > payload_limit[label]) {
        fault_raise(fault, REASON_SYSTEM,
                    "a frame %d of %zu bytes is too long to be sent",
                    (int) label, payload->length);
        goto out;
    }
    pack_u32(&frame, (uint32_t) payload->length);
    pack_u8(&frame, FRAME_VERSION);
    pack_u8(&frame, (uint8_t) label);
    if (frame.failed
        || secret_append(&frame.bytes, payload->bytes, payload->length) < 0) {
        fault_raise(fault, REASON_MEMORY, "no memory for a frame");
        goto out;
    }
    if (io_send(socket, frame.bytes.bytes, frame.bytes.length, deadline) < 0) {
        fault_raise(fault, REASON_SYSTEM, "a frame %d could not be sent: %s",
                    (int) label, strerrordesc_np(errno));
        goto out;
    }
    result = 0;

out:
    pack_clear(&frame);
    return result;
}

/* Receive the payload whose length the header gave. */
static int
receive_payload(int socket, struct secret *payload, size_t length,
                const struct deadline *deadline)
{
    char bytes[1024];
    size_t part;
    ssize_t got;
    int result = -1;

    while (length > 0) {
        part = length < sizeof bytes ? length : sizeof bytes;
        got = io_receive(socket, bytes, part, deadline);
        if (got != (ssize_t) part) {
            if (got >= 0)
                errno = ENODATA;
            goto out;
        }
        if (secret_append(payload, bytes, part) < 0) {
            errno = ENOMEM;
            goto out;
        }
        length -= part;
    }
    result = 0;

out:
    explicit_bzero(bytes, sizeof bytes);
    return result;
}

/*
 * Look at a header. Gives 0 and the frame's label and length, or -1 and the
 * fault.
 */
static int
read_header(const unsigned char *header, enum frame_label *label,
            size_t *length, struct fault *fault)
{
    struct unpack unpack = unpack_begin(header, HEADER_SIZE);
    uint8_t version;
    uint8_t number;

    *length = unpack_u32(&unpack);
    version = unpack_u8(&unpack);
    number = unpack_u8(&unpack);
    if (version != FRAME_VERSION) {
        fault_raise(fault, REASON_SYSTEM,
                    "a frame of version %d instead of %d arrived", version,
                    FRAME_VERSION);
        return -1;
    }
    if (number < FRAME_HELLO || number >= LABEL_COUNT) {
        fault_raise(fault, REASON_SYSTEM, "a frame of unknown label %d arrived",
                    number);
        return -1;
    }
    if (*length > payload_limit[number]) {
        fault_raise(fault, REASON_SYSTEM,
                    "a frame %d of %zu bytes is longer than the allowed %zu",
                    number, *length, payload_limit[number]);
        return -1;
    }
    *label = (enum frame_label) number;
    return 0;
}

enum frame_arrival
frame_receive(int socket, struct frame *frame, const struct deadline *deadline,
              struct fault *fault)
{
    unsigned char header[HEADER_SIZE];
    size_t length;
    ssize_t got;

    frame_clear(frame);
    got = io_receive(socket, header, sizeof header, deadline);
    if (got == 0)
        return FRAME_ENDED;
    if (got < 0) {
        fault_raise(fault, REASON_SYSTEM, "no frame arrived: %s",
                    strerrordesc_np(errno));
        return FRAME_FAILED;
    }
    if ((size_t) got < sizeof header) {
        fault_raise(fault, REASON_SYSTEM, "the peer ended within a frame");
        return FRAME_FAILED;
    }
    if (read_header(header, &frame->label, &length, fault) < 0)
        return FRAME_FAILED;
    if (receive_payload(socket, &frame->payload, length, deadline) < 0) {
        fault_raise(fault, REASON_SYSTEM,
                    errno == ENODATA ? "the peer ended within a frame %d"
                                     : "a frame %d did not arrive whole",
                    (int) frame->label);
        return FRAME_FAILED;
    }
    return FRAME_ARRIVED;
}

void
frame_refuse_turn(const struct frame *frame, struct fault *fault)
{
    fault_raise(fault, REASON_SYSTEM, "a frame %d arrived out of turn",
                (int) frame->label);
}

void
frame_clear(struct frame *frame)
{
    secret_clear(&frame->payload);
}
