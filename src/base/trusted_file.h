/*
 * trusted_file - open a file that only its trusted owner can have written.
 *
 * For the helper's program, the configuration, and the files it names. Opened
 * once, checked by descriptor, and used through that descriptor: what was
 * checked is what is read. SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_TRUSTED_FILE_H
#define BASE_TRUSTED_FILE_H

#include <sys/types.h>

#include "base/fault.h"

enum trusted_file_use {
    TRUSTED_FILE_READ,
    TRUSTED_FILE_EXECUTE, /* for fexecve() only; needs no right to read */
    TRUSTED_FILE_FOLDER,  /* is a folder; what is in it is not looked at */
};

/*
 * Open a regular file, or a folder, by its absolute path.
 *
 * Every folder from / down to the file, and the file itself, must belong to
 * root or to the owner given, and must not be writable by group or others; no
 * part of the path may be a symbolic link, "." or "..".
 *
 * Gives:  a descriptor, close-on-exec, which the caller closes; or -1, and the
 *         fault, of the reason given, names the path and the remedy.
 */
int trusted_file_open(const char *path, uid_t owner, enum trusted_file_use use,
                      enum reason reason, struct fault *fault);

#endif
