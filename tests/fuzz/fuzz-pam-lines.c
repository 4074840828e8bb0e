/*
 * Fuzzes parse/pam_lines: the input is a file of /etc/pam.d. Every line has a
 * number of the file's, none lower than that before it, and goes somewhere for
 * every code.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "fuzz.h"
#include "parse/pam_lines.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct secret text = {0};
    struct pam_lines lines;
    int last = 0;
    size_t i;
    int code;

    if (secret_append(&text, data, size) < 0)
        return 0;
    if (pam_lines_read(&text, &lines) == 0) {
        for (i = 0; i < lines.count; i++) {
            must(lines.list[i].number >= last);
            last = lines.list[i].number;
            for (code = 0; code < PAM_CODE_COUNT; code++) {
                must(lines.list[i].kind == PAM_LINE_BREAKS
                     || (lines.list[i].actions[code].kind == PAM_ACTION_JUMP)
                            == (lines.list[i].actions[code].jump > 0));
            }
            must(pam_line_module_name(&lines.list[i]) != NULL);
        }
        must((size_t) last <= size + 1);
        pam_lines_clear(&lines);
    }
    secret_clear(&text);
    return 0;
}
