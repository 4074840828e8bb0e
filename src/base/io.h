/*
 * io - whole reads and whole writes.
 *
 * A read or write that a signal or a full buffer cut short goes on where it
 * stopped. None of them raises SIGPIPE. SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stddef.h>
#include <sys/types.h>

#include "base/deadline.h"
#include "base/secret.h"

/*
 * Send all bytes over a stream socket.
 *
 * Gives:  0, or -1 and errno: EPIPE when the peer is gone, ETIMEDOUT.
 * Waits:  until the deadline; without one (NULL) as long as it takes.
 */
int io_send(int socket, const void *bytes, size_t length,
            const struct deadline *deadline);

/*
 * Receive so many bytes from a stream socket.
 *
 * Gives:  how many arrived, fewer than asked only at end-of-file; or -1 and
 *         errno, ETIMEDOUT among others.
 * Waits:  as io_send.
 */
ssize_t io_receive(int socket, void *bytes, size_t length,
                   const struct deadline *deadline);

/*
 * Read a file from its start to its end.
 *
 * Gives:  0, and its bytes are appended to content; -1 and errno, EFBIG where
 *         it holds more than limit bytes.
 */
int io_read_file(int fd, size_t limit, struct secret *content);

#endif
