/*
 * io - whole reads and whole writes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "base/io.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bytes of a file that are read at once. */
#define READ_SIZE 4096

/*
 * Wait for one of the events on a descriptor. A signal does not end the wait;
 * a peer that hung up does, because the read or write says so better.
 */
static int
wait_for(int fd, short events, const struct deadline *deadline)
{
    struct pollfd pollfd = {.fd = fd, .events = events};
    int ready;

    do {
        ready =
            poll(&pollfd, 1, deadline == NULL ? -1 : deadline_left(deadline));
    } while (ready < 0 && errno == EINTR);
    if (ready == 0)
        errno = ETIMEDOUT;
    return ready > 0 ? 0 : -1;
}

int
io_send(int socket, const void *bytes, size_t length,
        const struct deadline *deadline)
{
    const char *next = bytes;
    ssize_t sent;

    while (length > 0) {
        sent = send(socket, next, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            next += sent;
            length -= (size_t) sent;
        } else if (errno == EAGAIN) {
            if (wait_for(socket, POLLOUT, deadline) < 0)
                return -1;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return 0;
}

ssize_t
io_receive(int socket, void *bytes, size_t length,
           const struct deadline *deadline)
{
    char *next = bytes;
    size_t received = 0;
    ssize_t got;

    while (received < length) {
        got = recv(socket, next + received, length - received, MSG_DONTWAIT);
        if (got == 0)
            break;
        if (got > 0) {
            received += (size_t) got;
        } else if (errno == EAGAIN) {
            if (wait_for(socket, POLLIN, deadline) < 0)
                return -1;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return (ssize_t) received;
}

int
io_read_file(int fd, size_t limit, struct secret *content)
{
    char bytes[READ_SIZE];
    size_t total = 0;
    ssize_t got;
    int result = -1;

    for (;;) {
        got = pread(fd, bytes, sizeof bytes, (off_t) total);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            goto out;
        if (got == 0)
            break;
        total += (size_t) got;
        if (total > limit) {
            errno = EFBIG;
            goto out;
        }
        if (secret_append(content, bytes, (size_t) got) < 0) {
            errno = ENOMEM;
            goto out;
        }
    }
    result = 0;

out:
    explicit_bzero(bytes, sizeof bytes);
    return result;
}
