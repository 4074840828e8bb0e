/*
 * report - what check has found, line by line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "admin/report.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "admin/command.h"
#include "admin/output.h"

/* Bytes of what was seen; more is cut. */
#define SEEN_SIZE 1024

enum status {
    OK,
    WARN,
    FAIL
};

static const char *const status_names[] = {"OK", "WARN", "FAIL"};

static const struct row {
    enum status status;
    const char *name;
    const char *remedy; /* what to do; "" where nothing is wrong */
} rows[] = {

#define CHECK(id, status, name, remedy) {status, name, remedy},
#include "admin/checks.def"
#undef CHECK
};

void
report_begin(struct report *report, bool as_json)
{
    *report = (struct report){.as_json = as_json};
    if (!as_json)
        return;
    json_writer_begin_object(&report->json, NULL);
    json_writer_number(&report->json, "version", 1);
    json_writer_begin_array(&report->json, "checks");
}

/* Print a line for people. */
static void
print(const struct row *row, const char *seen)
{
    output_line(stdout, "%-4s  %-30s  %s", status_names[row->status], row->name,
                seen);
    if (row->remedy[0] != '\0')
        output_line(stdout, "      %-30s  To do: %s", "", row->remedy);
    fflush(stdout);
}

/* Add a line for programs. */
static void
write_json(struct json_writer *json, const struct row *row, const char *seen)
{
    json_writer_begin_object(json, NULL);
    json_writer_text(json, "check", row->name);
    json_writer_text(json, "status", status_names[row->status]);
    json_writer_text(json, "seen", seen);
    if (row->remedy[0] != '\0')
        json_writer_text(json, "remedy", row->remedy);
    json_writer_end(json);
}

void
report_add(struct report *report, enum report_line line, const char *format,
           ...)
{
    const struct row *row = &rows[line];
    char seen[SEEN_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(seen, sizeof seen, format, args);
    va_end(args);
    if (row->status == WARN)
        report->warnings++;
    if (row->status == FAIL)
        report->failures++;
    if (report->as_json)
        write_json(&report->json, row, seen);
    else
        print(row, seen);
}

int
report_end(struct report *report)
{
    int status = report->failures == 0 ? COMMAND_GOOD : COMMAND_BAD;

    if (report->as_json) {
        json_writer_end(&report->json);
        json_writer_number(&report->json, "warnings", report->warnings);
        json_writer_number(&report->json, "failures", report->failures);
        json_writer_end(&report->json);
        return output_json(&report->json) == 0 ? status : COMMAND_BAD;
    }
    output_line(stdout, "WARN %d, FAIL %d", report->warnings, report->failures);
    return status;
}
