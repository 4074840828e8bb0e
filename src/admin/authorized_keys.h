/*
 * authorized_keys - the files with the public keys by which a user gets in.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_AUTHORIZED_KEYS_H
#define ADMIN_AUTHORIZED_KEYS_H

#include <pwd.h>
#include <stdbool.h>

/* Room for the path of a file, and the NUL. */
#define AUTHORIZED_KEYS_PATH_SIZE 4096

/*
 * Find a file that has a key: one of those that AuthorizedKeysFile names for a
 * user, with blanks between them. If strict, others must not be able to write
 * to it, as StrictModes has it. Whether sshd takes the key is not looked at.
 * What lies in a user's home is opened as root: of those alone who can become
 * it.
 *
 * Gives whether there is one, and its path.
 */
bool authorized_keys_find(const char *files, const struct passwd *entry,
                          bool strict, char path[AUTHORIZED_KEYS_PATH_SIZE]);

#endif
