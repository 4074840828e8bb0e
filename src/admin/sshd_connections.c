/*
 * sshd_connections - a connection for each Match line of sshd's configuration.
 *
 * The command has one thread. NOLINTBEGIN(concurrency-mt-unsafe)
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/sshd_connections.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "parse/sshd_matches.h"

/* How deep files may include one another: sshd's limit. */
#define MAX_DEPTH 16

/* Connections that are asked about; each takes some 10 ms. */
#define MAX_CONNECTIONS 64

/* Room for a part of a connection, and the NUL. */
#define PART_SIZE 256

/* Where nothing else is asked for: addresses of RFC 5737 and a name of RFC 6761
   that no line should speak of. */
static const char *const defaults[SSHD_CRITERION_COUNT] = {
    [SSHD_HOST] = "host.invalid",
    [SSHD_ADDRESS] = "192.0.2.1",
    [SSHD_LOCAL_ADDRESS] = "192.0.2.2",
    [SSHD_LOCAL_PORT] = "22",
};

bool
sshd_patterns_match(const char *patterns, const char *word)
{
    char pattern[PART_SIZE];
    bool found = false;
    bool is_not;
    size_t length;

    while (*(patterns += strspn(patterns, ", ")) != '\0') {
        length = strcspn(patterns, ", ");
        is_not = *patterns == '!';
        snprintf(pattern, sizeof pattern, "%.*s", (int) (length - is_not),
                 patterns + is_not);
        pattern[strcspn(pattern, "@")] = '\0';
        if (fnmatch(pattern, word, FNM_NOESCAPE) == 0) {
            if (is_not)
                return false;
            found = true;
        }
        patterns += length;
    }
    return found;
}

bool
sshd_patterns_match_groups(const char *patterns, const struct passwd *entry)
{
    gid_t groups[256];
    int count = sizeof groups / sizeof groups[0];
    const struct group *group;
    int i;

    if (getgrouplist(entry->pw_name, entry->pw_gid, groups, &count) < 0)
        count = sizeof groups / sizeof groups[0];
    for (i = 0; i < count; i++) {
        group = getgrgid(groups[i]);
        if (group != NULL && sshd_patterns_match(patterns, group->gr_name))
            return true;
    }
    return false;
}

/*
 * Find a user for whom a line is meant: by name first, as the databases of some
 * hosts do not tell whom they have.
 */
static bool
find_user(const struct sshd_match *match, char user[PART_SIZE])
{
    const char *users = sshd_match_patterns(match, SSHD_USER);
    const char *groups = sshd_match_patterns(match, SSHD_GROUP);
    const struct passwd *entry;
    bool found = false;

    /* Root's own lines would hide what this one says to others. */
    if (users == NULL && groups == NULL) {
        snprintf(user, PART_SIZE, SSHD_NOBODY);
        return true;
    }
    if (users != NULL && strpbrk(users, "*?!, ") == NULL) {
        entry = getpwnam(users);
        if (entry == NULL
            || (groups != NULL && !sshd_patterns_match_groups(groups, entry)))
            return false;
        snprintf(user, PART_SIZE, "%s", users);
        return true;
    }
    setpwent();
    while (!found && (entry = getpwent()) != NULL) {
        found =
            (users == NULL || sshd_patterns_match(users, entry->pw_name))
            && (groups == NULL || sshd_patterns_match_groups(groups, entry));
        if (found)
            snprintf(user, PART_SIZE, "%s", entry->pw_name);
    }
    endpwent();
    return found;
}

/*
 * Make up something that the first pattern of a list without "!" takes: of a
 * network its address, and for "*" and "?" a character. Gives whether there is
 * such a pattern: without one the list takes nothing.
 */
static bool
make_up(const char *patterns, char part[PART_SIZE])
{
    char *to;

    patterns += strspn(patterns, ", ");
    while (*patterns == '!') {
        patterns += strcspn(patterns, ", ");
        patterns += strspn(patterns, ", ");
    }
    snprintf(part, PART_SIZE, "%.*s", (int) strcspn(patterns, ", /"), patterns);
    for (to = part; *to != '\0'; to++) {
        if (*to == '*' || *to == '?')
            *to = '1';
    }
    return part[0] != '\0';
}

/* Write a connection; few have a routing domain. Gives NULL without
   memory. */
static char *
write_connection(char parts[SSHD_CRITERION_COUNT][PART_SIZE])
{
    const char *domain = parts[SSHD_ROUTING_DOMAIN];
    char *text = NULL;

    if (asprintf(&text, "user=%s,host=%s,addr=%s,laddr=%s,lport=%s%s%s",
                 parts[SSHD_USER], parts[SSHD_HOST], parts[SSHD_ADDRESS],
                 parts[SSHD_LOCAL_ADDRESS], parts[SSHD_LOCAL_PORT],
                 domain[0] == '\0' ? "" : ",rdomain=", domain)
        < 0)
        return NULL;
    return text;
}

/* Begin with what no line speaks of. */
static void
set_defaults(char parts[SSHD_CRITERION_COUNT][PART_SIZE])
{
    int i;

    for (i = 0; i < SSHD_CRITERION_COUNT; i++)
        snprintf(parts[i], PART_SIZE, "%s",
                 defaults[i] == NULL ? "" : defaults[i]);
}

char *
sshd_connection_of(const char *user)
{
    char parts[SSHD_CRITERION_COUNT][PART_SIZE];

    set_defaults(parts);
    snprintf(parts[SSHD_USER], PART_SIZE, "%s", user);
    return write_connection(parts);
}

/* Add a connection that a line is meant for. Gives 0, or -1 without memory. */
static int
add_connection(const struct sshd_match *match, struct text_list *connections)
{
    char parts[SSHD_CRITERION_COUNT][PART_SIZE];
    const char *patterns;
    char *text;
    int result = 0;
    int i;

    set_defaults(parts);
    if (connections->count == MAX_CONNECTIONS
        || !find_user(match, parts[SSHD_USER]))
        return 0;
    for (i = SSHD_HOST; i < SSHD_CRITERION_COUNT; i++) {
        patterns = sshd_match_patterns(match, (enum sshd_criterion) i);
        if (patterns != NULL && !make_up(patterns, parts[i]))
            return 0;
    }
    text = write_connection(parts);
    if (text == NULL)
        return -1;
    if (!text_list_has(connections, text))
        result = text_list_add(connections, text);
    free(text);
    return result;
}

/* Read the lines of a file. Gives 0, or -1 and the fault. */
static int
read_lines(const char *path, struct sshd_matches *matches, struct fault *fault)
{
    struct secret text = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int result = -1;

    *matches = (struct sshd_matches){0};
    if (fd < 0 || io_read_file(fd, SSHD_MATCHES_MAX_SIZE, &text) < 0)
        fault_raise(fault, REASON_CONFIG, "%s: %s", path,
                    strerrordesc_np(errno));
    else if (sshd_matches_read(&text, matches) < 0)
        fault_raise(fault, REASON_MEMORY, "no memory");
    else
        result = 0;
    secret_clear(&text);
    if (fd >= 0)
        close(fd);
    return result;
}

/* The files include one another no deeper than MAX_DEPTH.
   NOLINTBEGIN(misc-no-recursion) */

static int add_file(const char *path, int depth, struct text_list *connections,
                    struct fault *fault);

/* Add the lines of the files that a pattern names. */
static int
add_included(const char *pattern, int depth, struct text_list *connections,
             struct fault *fault)
{
    char *whole = NULL;
    glob_t found = {0};
    int result = 0;
    size_t i;

    if (asprintf(&whole, "%s%s", pattern[0] == '/' ? "" : SSHD_FOLDER "/",
                 pattern)
        < 0) {
        fault_raise(fault, REASON_MEMORY, "no memory");
        return -1;
    }
    if (glob(whole, 0, NULL, &found) == 0) {
        for (i = 0; i < found.gl_pathc && result == 0; i++)
            result = add_file(found.gl_pathv[i], depth, connections, fault);
    }
    globfree(&found);
    free(whole);
    return result;
}

/* Add the connections of a file. */
static int
add_file(const char *path, int depth, struct text_list *connections,
         struct fault *fault)
{
    struct sshd_matches matches;
    const struct sshd_match *match;
    int result = 0;
    size_t i;
    size_t j;

    if (depth > MAX_DEPTH)
        return 0; /* sshd says so itself */
    if (read_lines(path, &matches, fault) < 0)
        return -1;
    for (i = 0; i < matches.count && result == 0; i++) {
        match = &matches.list[i];
        for (j = 0; match->is_include && j < match->words.count && result == 0;
             j++)
            result = add_included(match->words.texts[j], depth + 1, connections,
                                  fault);
        if (!match->is_include && add_connection(match, connections) < 0) {
            fault_raise(fault, REASON_MEMORY, "no memory");
            result = -1;
        }
    }
    sshd_matches_clear(&matches);
    return result;
}

/* NOLINTEND(misc-no-recursion) */
/* NOLINTEND(concurrency-mt-unsafe) */

int
sshd_connections_list(struct text_list *connections, struct fault *fault)
{
    return add_file(SSHD_CONFIGURATION, 0, connections, fault);
}
