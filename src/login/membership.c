/*
 * membership - which groups of this host a user is in.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "login/membership.h"

#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Groups that a user may be in: as many as the kernel takes (NGROUPS_MAX). */
#define FIRST_GROUPS 64
#define MAX_GROUPS   65536

/* Bytes of a group's entry, with the names of all its members. */
#define FIRST_ENTRY_SIZE 4096
#define MAX_ENTRY_SIZE   16777216

/* A user, and the groups that he is in. */
struct member {
    const char *user;
    gid_t *gids;
    int count;
};

/* Read the groups of a user. Whatever happens, the caller frees the list. */
static int
read_gids(struct member *member, gid_t gid, struct fault *fault)
{
    size_t size;
    gid_t *larger;
    int count;

    for (size = FIRST_GROUPS; size <= MAX_GROUPS; size *= 4) {
        larger = realloc(member->gids, size * sizeof *larger);
        if (larger == NULL) {
            fault_raise(fault, REASON_MEMORY, "no memory for groups");
            return -1;
        }
        member->gids = larger;
        count = (int) size;
        if (getgrouplist(member->user, gid, larger, &count) >= 0) {
            member->count = count;
            return 0;
        }
    }
    fault_raise(fault, REASON_SYSTEM, "the user is in too many groups");
    return -1;
}

/* Whether a number is among a user's groups. */
static bool
has_gid(const struct member *member, gid_t gid)
{
    int i;

    for (i = 0; i < member->count; i++) {
        if (member->gids[i] == gid)
            return true;
    }
    return false;
}

/* Whether a group's own entry lists a user. */
static bool
is_listed(const struct group *entry, const char *user)
{
    char *const *member;

    for (member = entry->gr_mem; *member != NULL; member++) {
        if (strcmp(*member, user) == 0)
            return true;
    }
    return false;
}

/*
 * Find out whether a user is in a group: by the groups that he is in, or by the
 * group's entry. The name services need not agree, and where one of them cannot
 * be asked it is not said.
 */
static int
find_group(const char *name, const struct member *member, bool *is_in,
           struct fault *fault)
{
    struct group entry;
    struct group *found = NULL;
    char *buffer = NULL;
    char *larger;
    size_t size;
    int error = ERANGE;

    for (size = FIRST_ENTRY_SIZE; error == ERANGE && size <= MAX_ENTRY_SIZE;
         size *= 4) {
        larger = realloc(buffer, size);
        if (larger == NULL) {
            error = ENOMEM;
            break;
        }
        buffer = larger;
        error = getgrnam_r(name, &entry, buffer, size, &found);
    }
    if (found != NULL)
        *is_in =
            has_gid(member, entry.gr_gid) || is_listed(&entry, member->user);
    free(buffer);
    if (found != NULL)
        return 0;
    /* getgrnam_r(3) lists what "there is none" may look like. */
    if (error == 0 || error == ENOENT || error == ESRCH)
        fault_raise(fault, REASON_CONFIG,
                    "a rule names the group \"%.64s\", which this host does not"
                    " have",
                    name);
    else
        fault_raise(fault, REASON_SYSTEM, "the group \"%.64s\": %s", name,
                    strerrordesc_np(error));
    return -1;
}

/* Add the group to the list if the user is in it. */
static int
add_group(const char *name, const struct member *member,
          struct text_list *groups, struct fault *fault)
{
    bool is_in = false;

    if (text_list_has(groups, name))
        return 0;
    if (find_group(name, member, &is_in, fault) < 0)
        return -1;
    if (is_in && text_list_add(groups, name) < 0) {
        fault_raise(fault, REASON_MEMORY, "no memory for groups");
        return -1;
    }
    return 0;
}

/* Add all groups of a rule. */
static int
add_groups_of(const struct rule *rule, const struct member *member,
              struct text_list *groups, struct fault *fault)
{
    size_t i;

    for (i = 0; i < rule->groups.count; i++) {
        if (add_group(rule->groups.texts[i], member, groups, fault) < 0)
            return -1;
    }
    return 0;
}

int
membership_look_up(const struct configuration *configuration, const char *user,
                   gid_t gid, struct text_list *groups, struct fault *fault)
{
    struct member member = {.user = user};
    size_t i;
    int result = -1;

    for (i = 0; i < configuration->rule_count; i++) {
        if (configuration->rules[i].groups.count == 0)
            continue;
        if (member.gids == NULL && read_gids(&member, gid, fault) < 0)
            goto out;
        if (add_groups_of(&configuration->rules[i], &member, groups, fault) < 0)
            goto out;
    }
    result = 0;

out:
    free(member.gids);
    return result;
}

int
membership_check_group(const char *name, struct fault *fault)
{
    static const struct member nobody = {.user = ""};
    bool ignored = false;

    return find_group(name, &nobody, &ignored, fault);
}
