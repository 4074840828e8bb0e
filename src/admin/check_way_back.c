/*
 * check_way_back - whether anybody who can mend the host still gets in when no
 * token does.
 *
 * The command has one thread. NOLINTBEGIN(concurrency-mt-unsafe)
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/check_way_back.h"

#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "admin/authorized_keys.h"
#include "admin/check_stack.h"
#include "admin/host_user.h"
#include "admin/pam_service.h"
#include "admin/sshd.h"
#include "admin/sshd_connections.h"

/* Groups whose members may become root, by the habits of distributions. */
static const char *const groups_of_administrators[] = {"sudo", "wheel",
                                                       "admin"};

/* The services by which somebody comes over the network, and at the console. */
#define SSHD    "sshd"
#define CONSOLE "login"

/* Room for what a way back is called, and the NUL. */
#define WAY_SIZE 512

/* What shadow(5) counts by. */
#define SECONDS_OF_A_DAY 86400

/* What the ways go by. */
struct search {
    bool passes_sshd;    /* its stack lets in who has a password */
    bool passes_console; /* the console's does */
    char way[WAY_SIZE];  /* what was found */
};

/* Whether a service lets in by a password while AWS is away. */
static bool
passes(const char *name)
{
    struct pam_service service = {0};
    struct fault fault = {0};
    bool result =
        pam_service_read(PAM_SERVICE_FOLDER, name, &service, &fault) == 0
        && check_stack_passes_without_us(&service);

    pam_service_clear(&service);
    return result;
}

/* Whether a user has a password that can be typed. */
static bool
has_password(const char *user)
{
    const struct spwd *entry = getspnam(user);

    return entry != NULL && entry->sp_pwdp != NULL && entry->sp_pwdp[0] != '\0'
           && strchr("!*", entry->sp_pwdp[0]) == NULL;
}

/* Whether a user's account has expired, which pam_unix refuses. */
static bool
has_expired(const char *user)
{
    const struct spwd *entry = getspnam(user);

    return entry != NULL && entry->sp_expire >= 0
           && time(NULL) / SECONDS_OF_A_DAY >= entry->sp_expire;
}

/* Whether a user gets a shell: sshd refuses who has one that is not there. */
static bool
has_shell(const struct passwd *entry)
{
    const char *shell =
        entry->pw_shell[0] == '\0' ? "/bin/sh" : entry->pw_shell;

    return !host_user_is_no_shell(shell) && access(shell, X_OK) == 0;
}

/* Whether a setting is there, and not "none". */
static bool
is_set(const struct sshd_settings *settings, const char *keyword)
{
    const char *value = sshd_setting(settings, keyword, 0);

    return value != NULL && value[0] != '\0' && strcmp(value, "none") != 0;
}

/* Whether a setting has a value. */
static bool
is(const struct sshd_settings *settings, const char *keyword, const char *value)
{
    const char *found = sshd_setting(settings, keyword, 0);

    return found != NULL && strcmp(found, value) == 0;
}

/* Whether one of a keyword's lists of patterns names a user. */
static bool
names_user(const struct sshd_settings *settings, const char *keyword,
           const char *user)
{
    const char *patterns;
    size_t i;

    for (i = 0; (patterns = sshd_setting(settings, keyword, i)) != NULL; i++) {
        if (sshd_patterns_match(patterns, user))
            return true;
    }
    return false;
}

/* Whether one of a keyword's lists of patterns names a group of a user's. */
static bool
names_group(const struct sshd_settings *settings, const char *keyword,
            const struct passwd *entry)
{
    const char *patterns;
    size_t i;

    for (i = 0; (patterns = sshd_setting(settings, keyword, i)) != NULL; i++) {
        if (sshd_patterns_match_groups(patterns, entry))
            return true;
    }
    return false;
}

/* Whether sshd takes a user at all. */
static bool
takes_user(const struct sshd_settings *settings, const struct passwd *entry)
{
    const char *user = entry->pw_name;

    if (names_user(settings, "denyusers", user)
        || names_group(settings, "denygroups", entry))
        return false;
    if (sshd_setting(settings, "allowusers", 0) != NULL
        && !names_user(settings, "allowusers", user))
        return false;
    return sshd_setting(settings, "allowgroups", 0) == NULL
           || names_group(settings, "allowgroups", entry);
}

/* Whether a method lets in by itself: "METHOD", or "METHOD:DEVICE". */
static bool
is_enough(const struct sshd_settings *settings, const char *method)
{
    const char *ways = sshd_setting(settings, "authenticationmethods", 0);
    size_t size = strlen(method);
    size_t length;

    if (ways == NULL || ways[0] == '\0' || strcmp(ways, "any") == 0)
        return true;
    for (; *ways != '\0'; ways += length) {
        ways += strspn(ways, " ");
        length = strcspn(ways, " ");
        if (length >= size && strncmp(ways, method, size) == 0
            && (length == size || ways[size] == ':')
            && memchr(ways, ',', length) == NULL)
            return true;
    }
    return false;
}

/* Whether root may come by something that is no password, or by one. */
static bool
takes_root(const struct sshd_settings *settings, bool by_password)
{
    return is(settings, "permitrootlogin", "yes")
           || (!by_password
               && (is(settings, "permitrootlogin", "without-password")
                   || is(settings, "permitrootlogin", "prohibit-password")));
}

/* Find a way by a public key. */
static bool
find_way_by_key(struct search *search, const struct sshd_settings *settings,
                const struct passwd *entry)
{
    char path[AUTHORIZED_KEYS_PATH_SIZE];

    if (!is(settings, "pubkeyauthentication", "yes")
        || !is_enough(settings, "publickey")
        || (entry->pw_uid == 0 && !takes_root(settings, false)))
        return false;
    if (authorized_keys_find(sshd_setting(settings, "authorizedkeysfile", 0),
                             entry, is(settings, "strictmodes", "yes"), path))
        snprintf(search->way, WAY_SIZE, "%s by ssh, with a key of %.300s",
                 entry->pw_name, path);
    else if (is_set(settings, "authorizedkeyscommand"))
        snprintf(
            search->way, WAY_SIZE,
            "%s by ssh, with a key of AuthorizedKeysCommand, if it has one",
            entry->pw_name);
    else if (is_set(settings, "trustedusercakeys"))
        snprintf(search->way, WAY_SIZE,
                 "%s by ssh, with a certificate of TrustedUserCAKeys, if he has"
                 " one",
                 entry->pw_name);
    else
        return false;
    return true;
}

/* Find a way by a password. */
static bool
find_way_by_password(struct search *search,
                     const struct sshd_settings *settings,
                     const struct passwd *entry)
{
    if (!search->passes_sshd || !has_password(entry->pw_name)
        || (entry->pw_uid == 0 && !takes_root(settings, true))
        || !((is(settings, "kbdinteractiveauthentication", "yes")
              && is_enough(settings, "keyboard-interactive"))
             || (is(settings, "passwordauthentication", "yes")
                 && is_enough(settings, "password"))))
        return false;
    snprintf(search->way, WAY_SIZE, "%s by ssh, with a password",
             entry->pw_name);
    return true;
}

/* Find a way over the network. */
static bool
find_way_by_ssh(struct search *search, const struct passwd *entry)
{
    struct sshd_settings settings;
    struct fault fault = {0};
    char *connection = sshd_connection_of(entry->pw_name);
    bool found = false;

    if (connection != NULL && sshd_ask(connection, &settings, &fault) == 0) {
        found = takes_user(&settings, entry)
                && (find_way_by_key(search, &settings, entry)
                    || find_way_by_password(search, &settings, entry));
        sshd_settings_clear(&settings);
    }
    free(connection);
    return found;
}

/* Find a way for a user. */
static bool
find_way_of(struct search *search, const char *user)
{
    const struct passwd *found = has_expired(user) ? NULL : getpwnam(user);
    struct passwd entry;
    bool result;

    if (found == NULL || !has_shell(found))
        return false;
    /* What is looked up on the way takes the place of the entry. */
    entry = *found;
    entry.pw_name = strdup(found->pw_name);
    entry.pw_dir = strdup(found->pw_dir);
    result = entry.pw_name != NULL && entry.pw_dir != NULL
             && find_way_by_ssh(search, &entry);
    if (!result && entry.pw_name != NULL && search->passes_console
        && has_password(entry.pw_name)) {
        snprintf(search->way, WAY_SIZE, "%s at the console, with a password",
                 entry.pw_name);
        result = true;
    }
    free(entry.pw_name);
    free(entry.pw_dir);
    return result;
}

/* List a group's members: those it names, and those whose first group it is. */
static void
list_members(const struct group *group, struct text_list *users)
{
    const struct passwd *entry;
    size_t i;

    for (i = 0; group->gr_mem[i] != NULL; i++)
        (void) text_list_add(users, group->gr_mem[i]);
    setpwent();
    while ((entry = getpwent()) != NULL) {
        if (entry->pw_gid == group->gr_gid)
            (void) text_list_add(users, entry->pw_name);
    }
    endpwent();
}

/* Find a way for somebody who can become root. */
static bool
find_way(struct search *search)
{
    struct text_list users = {0};
    const struct group *group;
    bool found = find_way_of(search, "root");
    size_t i;

    for (i = 0; i < sizeof groups_of_administrators
                        / sizeof groups_of_administrators[0]
                && !found;
         i++) {
        group = getgrnam(groups_of_administrators[i]);
        if (group != NULL)
            list_members(group, &users);
    }
    for (i = 0; i < users.count && !found; i++)
        found = find_way_of(search, users.texts[i]);
    text_list_clear(&users);
    return found;
}

/* NOLINTEND(concurrency-mt-unsafe) */

void
check_way_back(struct check *check)
{
    struct search search = {0};

    if (!check->is_root || check->asking == 0)
        return;
    search.passes_sshd = passes(SSHD);
    search.passes_console = passes(CONSOLE);
    if (find_way(&search))
        report_add(&check->report, REPORT_WAY_BACK_OK, "%s", search.way);
    else
        report_add(
            &check->report, REPORT_WAY_BACK_FAIL,
            "neither root nor a member of sudo, wheel or admin gets in by"
            " ssh or at the console when no token does");
}
