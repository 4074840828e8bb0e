/*
 * authorized_keys - the files with the public keys by which a user gets in.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/authorized_keys.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

/* Bytes of a file that are looked at. */
#define MAX_KEYS 1048576

/* Whether a text has a line that says something. */
static bool
has_line(const struct secret *text)
{
    const char *line = secret_text(text);

    while (*line != '\0') {
        line += strspn(line, " \t\r");
        if (*line != '#' && *line != '\n' && *line != '\0')
            return true;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return false;
}

/* Whether a file has a key. */
static bool
file_has_key(const char *path)
{
    struct secret text = {0};
    struct stat stat;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool result = fd >= 0 && fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode)
                  && io_read_file(fd, MAX_KEYS, &text) == 0 && has_line(&text);

    secret_clear(&text);
    if (fd >= 0)
        close(fd);
    return result;
}

/* Whether only root and a user can write to a file or a folder. */
static bool
is_safe(const char *path, uid_t uid)
{
    struct stat found;

    return stat(path, &found) == 0 && (found.st_uid == 0 || found.st_uid == uid)
           && (found.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/*
 * Whether a file, and the folders above it up to the home, are as StrictModes
 * wants them. Source: OpenSSH 9.2, misc.c, safe_path. Debian's sshd also lets a
 * group write that nobody but the user is in; others do not, so it counts here
 * as not safe.
 */
static bool
is_safe_to_home(const char *path, const struct passwd *entry)
{
    char *part = realpath(path, NULL);
    char *home = realpath(entry->pw_dir, NULL);
    bool result = part != NULL && is_safe(part, entry->pw_uid);
    char *slash;

    while (result && strcmp(part, "/") != 0
           && (home == NULL || strcmp(part, home) != 0)) {
        slash = strrchr(part, '/');
        slash[slash == part] = '\0'; /* the root's own "/" stays */
        result = is_safe(part, entry->pw_uid);
    }
    free(part);
    free(home);
    return result;
}

/* Put a text behind a path. Gives whether it has room. */
static bool
append(char path[AUTHORIZED_KEYS_PATH_SIZE], const char *text)
{
    size_t length = strlen(path);

    return snprintf(path + length, AUTHORIZED_KEYS_PATH_SIZE - length, "%s",
                    text)
           < (int) (AUTHORIZED_KEYS_PATH_SIZE - length);
}

/*
 * Write a file of AuthorizedKeysFile for a user, with %%, %h, %u and %U; what
 * is no absolute path lies in his home.
 */
static bool
expand(const char *pattern, size_t length, const struct passwd *entry,
       char path[AUTHORIZED_KEYS_PATH_SIZE])
{
    char uid[24];
    char letter[2] = "";
    const char *next;
    size_t i;

    path[0] = '\0';
    snprintf(uid, sizeof uid, "%lu", (unsigned long) entry->pw_uid);
    if (pattern[0] != '/' && strncmp(pattern, "%h", 2) != 0
        && (!append(path, entry->pw_dir) || !append(path, "/")))
        return false;
    for (i = 0; i < length; i++) {
        letter[0] = pattern[i];
        next = letter;
        if (pattern[i] == '%' && i + 1 < length) {
            letter[0] = pattern[++i];
            if (letter[0] == 'h')
                next = entry->pw_dir;
            if (letter[0] == 'u')
                next = entry->pw_name;
            if (letter[0] == 'U')
                next = uid;
        }
        if (!append(path, next))
            return false;
    }
    return true;
}

bool
authorized_keys_find(const char *files, const struct passwd *entry, bool strict,
                     char path[AUTHORIZED_KEYS_PATH_SIZE])
{
    size_t length;

    if (files == NULL || strcmp(files, "none") == 0)
        return false;
    for (; *files != '\0'; files += length) {
        files += strspn(files, " ");
        length = strcspn(files, " ");
        if (length > 0 && expand(files, length, entry, path)
            && file_has_key(path) && (!strict || is_safe_to_home(path, entry)))
            return true;
    }
    return false;
}
