/*
 * report - what check has found, line by line.
 *
 * Every line that can be printed is a row of checks.def.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADMIN_REPORT_H
#define ADMIN_REPORT_H

#include <stdbool.h>

#include "parse/json_writer.h"

enum report_line {
#define CHECK(id, status, name, remedy) REPORT_##id##_##status,
#include "admin/checks.def"
#undef CHECK
    REPORT_LINE_COUNT
};

struct report {
    bool as_json;
    struct json_writer json; /* of the lines so far, where it is JSON */
    int warnings;
    int failures;
};

/* Begin a report: as text, printed as it comes, or as one JSON document. */
void report_begin(struct report *report, bool as_json);

/*
 * Add a line: its row's status, name and remedy, and what was seen, with the
 * file, line, user or host that it is about.
 */
void report_add(struct report *report, enum report_line line,
                const char *format, ...) __attribute__((format(printf, 3, 4)));

/* End it. Gives COMMAND_GOOD, or COMMAND_BAD where a line is FAIL. */
int report_end(struct report *report);

#endif
