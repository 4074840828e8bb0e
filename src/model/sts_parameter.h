/*
 * sts_parameter - what STS may be sent.
 *
 * The one table of parameters is sts_parameters.def.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODEL_STS_PARAMETER_H
#define MODEL_STS_PARAMETER_H

#include <stddef.h>

#include "base/fault.h"

enum sts_parameter {
#define STS_PARAMETER(id, name, minimum, maximum, kind) STS_PARAMETER_##id,
#include "model/sts_parameters.def"
#undef STS_PARAMETER
};

/* The limits, as STS_ROLE_ARN_MIN, STS_ROLE_ARN_MAX, … */
enum sts_limit {
#define STS_PARAMETER(id, name, minimum, maximum, kind) \
    STS_##id##_MIN = (minimum), STS_##id##_MAX = (maximum),
#include "model/sts_parameters.def"
#undef STS_PARAMETER
};

/*
 * Policies that may be named, and characters that these and an inline one may
 * have together. Source: as the table's, PolicyArns and Policy.
 */
#define STS_POLICY_ARNS_MAX     10
#define STS_POLICIES_MAX_LENGTH 2048

/* What a RoleSessionName may hold, and the names of roles and policies too. */
#define STS_NAME_ALPHABET        \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
    "abcdefghijklmnopqrstuvwxyz0123456789_+=,.@-"

/* The parameter as STS names it, with N for the number of a list's member. */
const char *sts_parameter_name(enum sts_parameter parameter);

/*
 * Characters of a text as STS counts them for a policy: U+0009, U+000A, U+000D
 * and U+0020 to U+00FF in UTF-8. Gives -1 for a text with any other.
 */
int sts_parameter_latin_length(const char *text);

/* Characters of a text; -1 unless all of them are U+0021 to U+007E. */
int sts_parameter_visible_length(const char *text);

/*
 * Hold a value to the limits of its parameter. Gives 0, or -1 and
 * REASON_CONFIG, which names the parameter and not the value.
 */
int sts_parameter_check(enum sts_parameter parameter, const char *value,
                        struct fault *fault);

#endif
