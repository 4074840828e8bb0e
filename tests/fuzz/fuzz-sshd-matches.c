/*
 * Fuzzes parse/sshd_matches: the input is an sshd_config. Every line that is
 * kept includes something, or has pairs of words, and a number of the file's.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "fuzz.h"
#include "parse/sshd_matches.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct secret text = {0};
    struct sshd_matches matches;
    int last = 0;
    size_t i;

    if (secret_append(&text, data, size) < 0)
        return 0;
    if (sshd_matches_read(&text, &matches) == 0) {
        for (i = 0; i < matches.count; i++) {
            must(matches.list[i].number > last);
            last = matches.list[i].number;
            must(matches.list[i].is_include
                     ? matches.list[i].words.count > 0
                     : matches.list[i].words.count % 2 == 0);
        }
        must((size_t) last <= size + 1);
        sshd_matches_clear(&matches);
    }
    secret_clear(&text);
    return 0;
}
