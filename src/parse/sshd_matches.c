/*
 * sshd_matches - the Match and Include lines of an sshd_config.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "parse/sshd_matches.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\f"

/* The words for the criteria. */
static const char *const criteria[] = {
    [SSHD_USER] = "user",
    [SSHD_GROUP] = "group",
    [SSHD_HOST] = "host",
    [SSHD_ADDRESS] = "address",
    [SSHD_LOCAL_ADDRESS] = "localaddress",
    [SSHD_LOCAL_PORT] = "localport",
    [SSHD_ROUTING_DOMAIN] = "rdomain",
};

/*
 * Take the next word off a line, which may be quoted; "=" may stand in front of
 * it, and a comment ends the line. Gives NULL at the end.
 */
static char *
take_word(char **rest)
{
    char *word = *rest + strspn(*rest, BLANKS);
    char *end;

    if (*word == '=')
        word += 1 + strspn(word + 1, BLANKS);
    if (*word == '\0' || *word == '#')
        return NULL;
    if (*word == '"') {
        word++;
        end = word + strcspn(word, "\"");
    } else {
        end = word + strcspn(word, BLANKS "=");
    }
    /* An "=" stays: it stands in front of the next word. */
    if (*end == '=') {
        *rest = end + 1;
    } else {
        *rest = *end == '\0' ? end : end + 1;
    }
    *end = '\0';
    return word;
}

/* Find a criterion. Gives -1 where it is not known. */
static int
find_criterion(const char *word)
{
    int i;

    for (i = 0; i < SSHD_CRITERION_COUNT; i++) {
        if (strcasecmp(word, criteria[i]) == 0)
            return i;
    }
    return -1;
}

/* What came of a line. */
enum reading {
    READ_MATCH,   /* it is one of those that are wanted */
    READ_NOTHING, /* it is another, or not known here */
    READ_FAILED,  /* memory is short */
};

/* Read what stands behind "Match". */
static enum reading
read_match(char *rest, struct sshd_match *match)
{
    const char *word;
    const char *patterns;
    int criterion;

    while ((word = take_word(&rest)) != NULL) {
        if (strcasecmp(word, "all") == 0)
            continue;
        criterion = find_criterion(word);
        patterns = take_word(&rest);
        if (criterion < 0 || patterns == NULL
            || sshd_match_patterns(match, (enum sshd_criterion) criterion)
                   != NULL)
            return READ_NOTHING;
        if (text_list_add(&match->words, criteria[criterion]) < 0
            || text_list_add(&match->words, patterns) < 0)
            return READ_FAILED;
    }
    return READ_MATCH;
}

/* Read what stands behind "Include". */
static enum reading
read_include(char *rest, struct sshd_match *match)
{
    const char *word;

    match->is_include = true;
    while ((word = take_word(&rest)) != NULL) {
        if (text_list_add(&match->words, word) < 0)
            return READ_FAILED;
    }
    return match->words.count == 0 ? READ_NOTHING : READ_MATCH;
}

/* Read a line. */
static enum reading
read_line(char *line, struct sshd_match *match)
{
    const char *keyword = take_word(&line);

    if (keyword != NULL && strcasecmp(keyword, "match") == 0)
        return read_match(line, match);
    if (keyword != NULL && strcasecmp(keyword, "include") == 0)
        return read_include(line, match);
    return READ_NOTHING;
}

/* Add a line. Gives whether there was memory for it. */
static bool
add(struct sshd_matches *matches, const struct sshd_match *match)
{
    struct sshd_match *larger =
        reallocarray(matches->list, matches->count + 1, sizeof *larger);

    if (larger == NULL)
        return false;
    matches->list = larger;
    larger[matches->count++] = *match;
    return true;
}

int
sshd_matches_read(const struct secret *text, struct sshd_matches *matches)
{
    char *copy = strdup(secret_text(text));
    char *next = copy;
    char *line;
    struct sshd_match match;
    enum reading reading = copy == NULL ? READ_FAILED : READ_NOTHING;
    int number = 0;

    *matches = (struct sshd_matches){0};
    while (reading != READ_FAILED && (line = strsep(&next, "\n")) != NULL) {
        number++;
        match = (struct sshd_match){.number = number};
        reading = read_line(line, &match);
        if (reading == READ_MATCH && !add(matches, &match))
            reading = READ_FAILED;
        if (reading != READ_MATCH)
            text_list_clear(&match.words);
    }
    free(copy);
    if (reading != READ_FAILED)
        return 0;
    sshd_matches_clear(matches);
    return -1;
}

const char *
sshd_match_patterns(const struct sshd_match *match,
                    enum sshd_criterion criterion)
{
    size_t i;

    for (i = 0; !match->is_include && i + 1 < match->words.count; i += 2) {
        if (strcmp(match->words.texts[i], criteria[criterion]) == 0)
            return match->words.texts[i + 1];
    }
    return NULL;
}

void
sshd_matches_clear(struct sshd_matches *matches)
{
    size_t i;

    for (i = 0; i < matches->count; i++)
        text_list_clear(&matches->list[i].words);
    free(matches->list);
    *matches = (struct sshd_matches){0};
}
