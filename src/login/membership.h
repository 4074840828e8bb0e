/*
 * membership - which groups of this host a user is in.
 *
 * Asks the host's name services (nsswitch.conf(5)), which may load libraries
 * and speak to servers: so it is done before the helper is confined.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LOGIN_MEMBERSHIP_H
#define LOGIN_MEMBERSHIP_H

#include <sys/types.h>

#include "base/fault.h"
#include "base/text_list.h"
#include "parse/configuration.h"

/*
 * Look up each group that a rule names.
 *
 * Takes:  the user and his primary group.
 * Gives:  0, and the names of those that he is in, by primary or supplementary
 *         group; -1 and the fault: REASON_CONFIG where this host has no such
 *         group, REASON_SYSTEM where that cannot be found out. Not to know is
 *         no "no": a rule that is passed over may have been the narrower one.
 * Waits:  for the name services; not at all where no rule names a group.
 */
int membership_look_up(const struct configuration *configuration,
                       const char *user, gid_t gid, struct text_list *groups,
                       struct fault *fault);

/*
 * See that this host has a group. Gives 0, or -1 and the fault, as
 * membership_look_up does.
 */
int membership_check_group(const char *name, struct fault *fault);

#endif
