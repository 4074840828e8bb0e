/*
 * trusted_file - open a file that only its trusted owner can have written.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "base/trusted_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A walk from / to the file. */
struct walk {
    char path[PATH_MAX]; /* ends behind the part that is looked at */
    uid_t owner;         /* who may own a part, beside root */
    enum trusted_file_use use;
    enum reason reason; /* of every fault */
    struct fault *fault;
};

/* Raise the fault of the part that is looked at. */
static void
refuse(const struct walk *walk, const char *why)
{
    fault_raise(walk->fault, walk->reason, "%s: %s", walk->path, why);
}

/* Check what the descriptor of a part refers to. */
static int
check_part(const struct walk *walk, int fd, mode_t type)
{
    struct stat stat;

    if (fstat(fd, &stat) < 0) {
        refuse(walk, strerrordesc_np(errno));
        return -1;
    }
    if (S_ISLNK(stat.st_mode)) {
        refuse(walk, "is a symbolic link");
        return -1;
    }
    if ((stat.st_mode & S_IFMT) != type) {
        refuse(walk,
               type == S_IFDIR ? "is not a folder" : "is not a regular file");
        return -1;
    }
    if (stat.st_uid != 0 && stat.st_uid != walk->owner) {
        refuse(walk, "does not belong to root; use chown to give it to root");
        return -1;
    }
    if ((stat.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        refuse(walk, "others may write to it; use chmod go-w");
        return -1;
    }
    if (type == S_IFREG && walk->use == TRUSTED_FILE_EXECUTE
        && (stat.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) {
        refuse(walk, "is not executable; use chmod 0711");
        return -1;
    }
    return 0;
}

/* Raise the fault of a part that could not be opened, as errno says. */
static void
refuse_opening(const struct walk *walk)
{
    char why[128];

    if (errno == ELOOP || errno == ENOTDIR) {
        refuse(walk, "is a symbolic link, or not a folder");
        return;
    }
    if (errno != EACCES) {
        refuse(walk, strerrordesc_np(errno));
        return;
    }
    snprintf(why, sizeof why,
             "Permission denied; uid %lu must be able to read it, and to enter "
             "the folders above",
             (unsigned long) geteuid());
    refuse(walk, why);
}

/*
 * Open the next part of the path below the folder dirfd, and close that. Gives
 * the part's descriptor, or -1.
 *
 * O_NONBLOCK because a FIFO must not make a login wait; it means nothing to a
 * regular file.
 */
static int
step_into(const struct walk *walk, int dirfd, const char *part, int flags)
{
    mode_t type = (flags & O_DIRECTORY) != 0 ? S_IFDIR : S_IFREG;
    int fd = -1;

    if (strcmp(part, "") == 0 || strcmp(part, ".") == 0
        || strcmp(part, "..") == 0) {
        refuse(walk, "is not the plain absolute path of a file");
        goto out;
    }
    fd = openat(dirfd, part, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        refuse_opening(walk);
        goto out;
    }
    if (check_part(walk, fd, type) < 0) {
        close(fd);
        fd = -1;
    }

out:
    close(dirfd);
    return fd;
}

int
trusted_file_open(const char *path, uid_t owner, enum trusted_file_use use,
                  enum reason reason, struct fault *fault)
{
    static const int flags[] = {
        [TRUSTED_FILE_READ] = O_RDONLY,
        [TRUSTED_FILE_EXECUTE] = O_PATH,
        [TRUSTED_FILE_FOLDER] = O_RDONLY | O_DIRECTORY,
    };
    struct walk walk = {.path = "/",
                        .owner = owner,
                        .use = use,
                        .reason = reason,
                        .fault = fault};
    char *part;
    char *slash;
    int fd;

    if (path[0] != '/' || strlen(path) >= sizeof walk.path) {
        fault_raise(fault, reason, "%s: is not an absolute path", path);
        return -1;
    }
    fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        refuse(&walk, strerrordesc_np(errno));
        return -1;
    }
    if (check_part(&walk, fd, S_IFDIR) < 0) {
        close(fd);
        return -1;
    }
    memcpy(walk.path, path, strlen(path) + 1);
    for (part = walk.path + 1; fd >= 0 && (slash = strchr(part, '/')) != NULL;
         part = slash + 1) {
        *slash = '\0';
        fd = step_into(&walk, fd, part, O_PATH | O_DIRECTORY);
        *slash = '/';
    }
    if (fd >= 0)
        fd = step_into(&walk, fd, part, flags[use]);
    if (fd >= 0 && use == TRUSTED_FILE_FOLDER
        && faccessat(fd, ".", X_OK, AT_EACCESS) < 0) {
        refuse_opening(&walk);
        close(fd);
        fd = -1;
    }
    return fd;
}
