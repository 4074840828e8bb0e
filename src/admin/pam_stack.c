/*
 * pam_stack - what comes of a stack, where each module says this or that.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/pam_stack.h"

#include <string.h>

/* What is known of modules, by their manual pages in Linux-PAM 1.5.2. */
static const struct known {
    const char *name;
    const char *argument; /* with which alone it is so, or NULL */
    enum pam_module_kind kind;
} known[] = {
    {PAM_SERVICE_OUR_MODULE, NULL, PAM_MODULE_OURS},
    {"pam_permit.so", NULL, PAM_MODULE_YES},
    {"pam_cap.so", NULL, PAM_MODULE_YES}, /* of libcap: "none *" is its line */
    {"pam_echo.so", NULL, PAM_MODULE_YES},
    {"pam_gnome_keyring.so", NULL, PAM_MODULE_YES},
    {"pam_deny.so", NULL, PAM_MODULE_NO},
    {"pam_env.so", NULL, PAM_MODULE_NOTHING},
    {"pam_faildelay.so", NULL, PAM_MODULE_NOTHING},
    {"pam_group.so", NULL, PAM_MODULE_NOTHING},
    {"pam_issue.so", NULL, PAM_MODULE_NOTHING},
    {"pam_keyinit.so", NULL, PAM_MODULE_NOTHING},
    {"pam_mail.so", NULL, PAM_MODULE_NOTHING},
    {"pam_warn.so", NULL, PAM_MODULE_NOTHING},
    {"pam_faillock.so", "authfail", PAM_MODULE_VETO},
    {"pam_faillock.so", NULL, PAM_MODULE_OPEN},
    {"pam_lastlog.so", NULL, PAM_MODULE_OPEN},
    {"pam_exec.so", "expose_authtok", PAM_MODULE_FACTOR},
    {"pam_exec.so", NULL, PAM_MODULE_GATE},
    {"pam_access.so", NULL, PAM_MODULE_GATE},
    {"pam_debug.so", NULL, PAM_MODULE_GATE},
    {"pam_listfile.so", NULL, PAM_MODULE_GATE},
    {"pam_localuser.so", NULL, PAM_MODULE_GATE},
    {"pam_nologin.so", "successok", PAM_MODULE_OPEN},
    {"pam_nologin.so", NULL, PAM_MODULE_VETO},
    {"pam_rhosts.so", NULL, PAM_MODULE_GATE},
    {"pam_rootok.so", NULL, PAM_MODULE_GATE},
    {"pam_securetty.so", NULL, PAM_MODULE_GATE},
    {"pam_sepermit.so", NULL, PAM_MODULE_GATE},
    {"pam_shells.so", NULL, PAM_MODULE_GATE},
    {"pam_succeed_if.so", NULL, PAM_MODULE_GATE},
    {"pam_time.so", NULL, PAM_MODULE_GATE},
    {"pam_timestamp.so", NULL, PAM_MODULE_GATE},
    {"pam_usertype.so", NULL, PAM_MODULE_GATE},
    {"pam_wheel.so", NULL, PAM_MODULE_GATE},
};

enum pam_module_kind
pam_stack_kind(const struct pam_service_line *line)
{
    const char *name = pam_line_module_name(line->line);
    size_t i;

    for (i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(name, known[i].name) == 0
            && (known[i].argument == NULL
                || text_list_has(&line->line->arguments, known[i].argument)))
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
    const struct pam_way *way;
    size_t at;
    struct impression now;
    struct impression
        before[PAM_SERVICE_LEVELS]; /* where each substack began */
};

/* The next line of the way's type, at or behind one; the count at the end. */
static size_t
next_line(const struct pam_way *way, size_t at)
{
    while (at < way->service->count
           && way->service->lines[at].type != way->type)
        at++;
    return at;
}

/* The level of a line; below all others behind the end. */
static int
level_of(const struct pam_way *way, size_t at)
{
    return at < way->service->count ? way->service->lines[at].level : -1;
}

/* Pass over what is left of the substack, or the stack, of a level. */
static void
leave(struct walker *walker, int level)
{
    while (level_of(walker->way, walker->at) >= level)
        walker->at = next_line(walker->way, walker->at + 1);
}

/*
 * Pass over so many lines of a level; a substack goes with its own line. Where
 * there are not so many, libpam takes the control for a mistake, and refuses.
 */
static void
jump(struct walker *walker, int level, int lines)
{
    for (; lines > 0 && level_of(walker->way, walker->at) >= level; lines--) {
        do {
            walker->at = next_line(walker->way, walker->at + 1);
        } while (level_of(walker->way, walker->at) > level);
    }
    if (lines > 0)
        walker->now = (struct impression){.mood = NEGATIVE};
}

/* Count what a module said as something good. */
static void
count_good(struct impression *now, enum pam_code code)
{
    if (now->mood == UNDECIDED || (now->mood == POSITIVE && now->is_success))
        *now = (struct impression){
            .mood = POSITIVE,
            .is_success = code == CODE_PAM_SUCCESS,
        };
}

/* Do what a line's control says of a code, and go on. */
static void
take(struct walker *walker, const struct pam_service_line *line,
     enum pam_code code)
{
    struct pam_action action = line->line->actions[code];

    walker->at = next_line(walker->way, walker->at + 1);
    switch (action.kind) {
    case PAM_ACTION_RESET:
        walker->now = walker->before[line->level];
        break;
    case PAM_ACTION_OK:
    case PAM_ACTION_DONE:
        count_good(&walker->now, code);
        if (action.kind == PAM_ACTION_DONE && walker->now.mood == POSITIVE)
            leave(walker, line->level);
        break;
    case PAM_ACTION_BAD:
    case PAM_ACTION_DIE:
        walker->now = (struct impression){.mood = NEGATIVE};
        if (action.kind == PAM_ACTION_DIE)
            leave(walker, line->level);
        break;
    case PAM_ACTION_JUMP:
        jump(walker, line->level, action.jump);
        break;
    case PAM_ACTION_IGNORE:
        break;
    }
}

bool
pam_stack_succeeds(const struct pam_way *way)
{
    struct walker walker = {.way = way, .at = next_line(way, 0)};
    const struct pam_service_line *line;
    int level = 0;

    memset(way->reached, 0, way->service->count * sizeof *way->reached);
    while (walker.at < way->service->count) {
        line = &way->service->lines[walker.at];
        if (line->level > level)
            walker.before[line->level] = walker.now;
        level = line->level;
        if (line->kind == PAM_LINE_SUBSTACK) {
            walker.at = next_line(way, walker.at + 1);
            continue;
        }
        way->reached[walker.at] = true;
        take(&walker, line,
             line->kind == PAM_LINE_REFUSES ? CODE_PAM_PERM_DENIED
                                            : way->codes[walker.at]);
    }
    return walker.now.mood == POSITIVE && walker.now.is_success;
}
