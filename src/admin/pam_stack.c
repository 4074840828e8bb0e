/*
 * pam_stack - what comes of a stack, where each module says this or that.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/pam_stack.h"

#include <string.h>

/* Levels of substacks, as many as files may include one another. */
#define MAX_LEVELS 18

/* What is known of modules, by their manual pages in Linux-PAM 1.5.2. */
static const struct known {
    const char *name;
    enum pam_module_kind kind;
} known[] = {
    {PAM_SERVICE_OUR_MODULE, PAM_MODULE_OURS},
    {"pam_permit.so", PAM_MODULE_YES},
    {"pam_env.so", PAM_MODULE_YES},
    {"pam_group.so", PAM_MODULE_YES},
    {"pam_deny.so", PAM_MODULE_NO},
    {"pam_cap.so", PAM_MODULE_NOTHING},
    {"pam_echo.so", PAM_MODULE_NOTHING},
    {"pam_faildelay.so", PAM_MODULE_NOTHING},
    {"pam_gnome_keyring.so", PAM_MODULE_NOTHING},
    {"pam_warn.so", PAM_MODULE_NOTHING},
    {"pam_access.so", PAM_MODULE_GATE},
    {"pam_faillock.so", PAM_MODULE_GATE},
    {"pam_listfile.so", PAM_MODULE_GATE},
    {"pam_localuser.so", PAM_MODULE_GATE},
    {"pam_nologin.so", PAM_MODULE_GATE},
    {"pam_rhosts.so", PAM_MODULE_GATE},
    {"pam_rootok.so", PAM_MODULE_GATE},
    {"pam_securetty.so", PAM_MODULE_GATE},
    {"pam_shells.so", PAM_MODULE_GATE},
    {"pam_succeed_if.so", PAM_MODULE_GATE},
    {"pam_time.so", PAM_MODULE_GATE},
    {"pam_usertype.so", PAM_MODULE_GATE},
    {"pam_wheel.so", PAM_MODULE_GATE},
};

enum pam_module_kind
pam_stack_kind(const struct pam_service_line *line)
{
    const char *name = pam_line_module_name(line->line);
    size_t i;

    for (i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(name, known[i].name) == 0)
            return known[i].kind;
    }
    return PAM_MODULE_FACTOR;
}

/* What the modules so far have come to. */
struct impression {
    enum {
        UNDECIDED,
        POSITIVE,
        NEGATIVE
    } mood;

    bool is_success; /* what would be returned */
};

/* Somebody on his way through a stack. */
struct walker {
    const struct pam_service *service;
    size_t at;
    struct impression now;
    struct impression before[MAX_LEVELS]; /* where each substack began */
};

/* The place of the next auth line, at or behind one; the count at the end. */
static size_t
next_auth(const struct pam_service *service, size_t at)
{
    while (at < service->count
           && service->lines[at].line->type != PAM_TYPE_AUTH)
        at++;
    return at;
}

/* Leave the substack that a level is of, or the stack. */
static void
leave(struct walker *walker, int level)
{
    do {
        walker->at = next_auth(walker->service, walker->at + 1);
    } while (walker->at < walker->service->count
             && walker->service->lines[walker->at].level >= level && level > 0);
    if (level == 0)
        walker->at = walker->service->count;
}

/* Go on behind so many lines of a level. */
static void
jump(struct walker *walker, int level, int lines)
{
    const struct pam_service *service = walker->service;
    size_t next = next_auth(service, walker->at + 1);

    for (; lines > 0 && next < service->count
           && service->lines[next].level >= level;
         lines--) {
        do {
            next = next_auth(service, next + 1);
        } while (next < service->count && service->lines[next].level > level);
    }
    walker->at = next;
}

/* Count what a module said as something good. */
static void
count_good(struct walker *walker, const char *code)
{
    struct impression *now = &walker->now;
    bool is_success = strcmp(code, PAM_CODE_SUCCESS) == 0;

    if (strcmp(code, PAM_CODE_IGNORE) == 0)
        return;
    if (now->mood == UNDECIDED || (now->mood == POSITIVE && now->is_success)) {
        if (now->mood == UNDECIDED && is_success)
            now->mood = POSITIVE;
        now->is_success = is_success;
    }
}

/* Do what a control says of a code, and go on. */
static void
take(struct walker *walker, const char *code)
{
    const struct pam_service_line *line = &walker->service->lines[walker->at];
    struct pam_action action = pam_line_action(line->line, code);

    switch (action.kind) {
    case PAM_ACTION_RESET:
        walker->now = walker->before[line->level];
        break;
    case PAM_ACTION_OK:
    case PAM_ACTION_DONE:
        count_good(walker, code);
        if (action.kind == PAM_ACTION_DONE && walker->now.mood == POSITIVE) {
            leave(walker, line->level);
            return;
        }
        break;
    case PAM_ACTION_BAD:
    case PAM_ACTION_DIE:
        walker->now = (struct impression){.mood = NEGATIVE};
        if (action.kind == PAM_ACTION_DIE) {
            leave(walker, line->level);
            return;
        }
        break;
    case PAM_ACTION_JUMP:
        jump(walker, line->level, action.jump);
        return;
    case PAM_ACTION_IGNORE:
        break;
    }
    walker->at = next_auth(walker->service, walker->at + 1);
}

bool
pam_stack_lets_in(const struct pam_way *way)
{
    const struct pam_service *service = way->service;
    struct walker walker = {.service = service, .at = next_auth(service, 0)};
    const struct pam_service_line *line;

    memset(way->reached, 0, service->count * sizeof *way->reached);
    while (walker.at < service->count) {
        line = &service->lines[walker.at];
        if (pam_service_line_is_substack(line)) {
            if (line->level + 1 < MAX_LEVELS)
                walker.before[line->level + 1] = walker.now;
            walker.at = next_auth(service, walker.at + 1);
            continue;
        }
        way->reached[walker.at] = true;
        take(&walker, way->codes[walker.at]);
    }
    return walker.now.mood == POSITIVE && walker.now.is_success;
}
