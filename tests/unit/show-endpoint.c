/*
 * Prints the endpoint of STS for each line of its input: a region, and what is
 * wanted beside (fips, dual_stack, use_global_endpoint), words with one blank
 * between them. Where there is none it prints "error: " and why.
 *
 * tests/unit/test_endpoints.py asks it what the AWS SDK is asked.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/endpoint.h"

/* Read what is wanted. Gives false for a word that is none of these. */
static bool
read_wishes(char *words, struct endpoint *endpoint)
{
    char *rest = words;
    const char *word;

    while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
        if (strcmp(word, "fips") == 0)
            endpoint->fips = true;
        else if (strcmp(word, "dual_stack") == 0)
            endpoint->dual_stack = true;
        else if (strcmp(word, "use_global_endpoint") == 0)
            endpoint->global = true;
        else
            return false;
    }
    return true;
}

int
main(void)
{
    char line[256];

    while (fgets(line, sizeof line, stdin) != NULL) {
        struct endpoint endpoint = {.region = line};
        struct fault fault = {0};
        char room[ENDPOINT_URL_SIZE];
        const char *url;
        char *blank;

        line[strcspn(line, "\n")] = '\0';
        blank = strchr(line, ' ');
        if (blank != NULL)
            *blank = '\0';
        if (blank != NULL && !read_wishes(blank + 1, &endpoint)) {
            fprintf(stderr, "an unknown word behind %s\n", line);
            return EXIT_FAILURE;
        }
        if (!endpoint_region_is_valid(endpoint.region)) {
            puts("error: is no region");
            continue;
        }
        url = endpoint_resolve(&endpoint, room, &fault);
        if (url != NULL)
            puts(url);
        else
            printf("error: %s\n", fault.text);
    }
    return EXIT_SUCCESS;
}
