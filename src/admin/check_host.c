/*
 * check_host - the helper, its user, and the module.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_host.h"

#include <shadow.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/host_user.h"
#include "base/trusted_file.h"
#include "model/user_entry.h"

/*
 * Whether some password is a user's: what crypt(5) gives begins neither with
 * "!" nor with "*".
 */
static bool
has_password(const char *user)
{
    /* One thread only. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    const struct spwd *entry = getspnam(user);

    return entry != NULL && entry->sp_pwdp[0] != '!'
           && entry->sp_pwdp[0] != '*';
}

/* Look at the helper's user. */
static void
check_user(struct check *check)
{
    const struct passwd *entry = host_user_find(HELPER_USER);
    struct fault fault = {0};

    if (user_entry_check_helper(entry, &fault) < 0) {
        report_add(&check->report, REPORT_HELPER_USER_FAIL, "%s", fault.text);
        return;
    }
    report_add(&check->report, REPORT_HELPER_USER_OK, "%s: uid %lu, gid %lu",
               HELPER_USER, (unsigned long) entry->pw_uid,
               (unsigned long) entry->pw_gid);
    if (!host_user_is_no_shell(entry->pw_shell))
        report_add(&check->report, REPORT_HELPER_USER_LOGIN_WARN,
                   "%s has the shell %s", HELPER_USER, entry->pw_shell);
    else if (check->is_root && has_password(HELPER_USER))
        report_add(&check->report, REPORT_HELPER_USER_LOGIN_WARN,
                   "%s has a password", HELPER_USER);
}

/* Look at the helper's program. */
static void
check_helper(struct check *check)
{
    struct fault fault = {0};
    struct stat stat;
    int fd = trusted_file_open(HELPER_PATH, 0, TRUSTED_FILE_EXECUTE,
                               REASON_HELPER_MISSING, &fault);

    if (fd < 0) {
        report_add(&check->report, REPORT_HELPER_FAIL, "%s", fault.text);
        return;
    }
    report_add(&check->report, REPORT_HELPER_OK, "%s", HELPER_PATH);
    if (fstat(fd, &stat) == 0 && (stat.st_mode & (S_IRGRP | S_IROTH)) != 0)
        report_add(&check->report, REPORT_HELPER_MODE_WARN,
                   "%s has mode %04o: others can read it", HELPER_PATH,
                   stat.st_mode & (unsigned int) ~S_IFMT);
    close(fd);
}

/* Look at the module's file. */
static void
check_module(struct check *check)
{
    struct fault fault = {0};
    int fd = trusted_file_open(MODULE_PATH, 0, TRUSTED_FILE_READ, REASON_CONFIG,
                               &fault);

    if (fd < 0) {
        report_add(&check->report, REPORT_MODULE_FAIL, "%s", fault.text);
        return;
    }
    report_add(&check->report, REPORT_MODULE_OK, "%s", MODULE_PATH);
    close(fd);
}

void
check_host(struct check *check)
{
    if (!check->is_root)
        report_add(&check->report, REPORT_NOT_ROOT_WARN,
                   "uid %lu: files were read as this user, not as %s",
                   (unsigned long) geteuid(), HELPER_USER);
    check_user(check);
    check_helper(check);
    check_module(check);
}
