/*
 * Shows what login/sts asks of STS, when it asks again, and after which pause.
 *
 * Linked so that https_send(), getrandom(), poll() and clock_gettime() of the
 * code under test come by here: there is no network, and no time but what the
 * tests let pass.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "login/sts.h"
#include "unit.h"

#define ROLE  "arn:aws:iam::123456789012:role/path/R"
#define TOKEN "e30.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJlLWh1bnRlcjI"

/* What STS says to one request. */
struct answer {
    long status;
    const char *body;       /* NULL where the connection fails, and then: */
    enum reason reason;     /* why */
    bool may_pass;          /* whether another try may be spared it */
    const char *request_id; /* of a header; NULL for none */
    int takes;              /* milliseconds */
};

#define MAX_REQUESTS 32

/* The world that the code under test sees. */
static struct {
    const struct answer *answers;
    int answer_count;
    int requests;
    struct secret forms[MAX_REQUESTS];
    int connect_times[MAX_REQUESTS];
    int left[MAX_REQUESTS];        /* milliseconds until the deadline */
    long long asked[MAX_REQUESTS]; /* when */
    char url[ENDPOINT_URL_SIZE];
    int watched;

    long long now;           /* milliseconds */
    bool no_random;          /* whether there is none */
    const uint32_t *randoms; /* NULL: all of them are nought */
    int pauses;
    int pause[MAX_REQUESTS];
    int interruptions; /* calls of poll() that a signal interrupts */
    int gone_at;       /* the pause at which the host goes away; 0: never */
} world;

int __wrap_https_send(struct https *https, const struct https_request *request,
                      struct https_reply *reply, struct fault *fault);
ssize_t __wrap_getrandom(void *bytes, size_t length, unsigned int flags);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

int
__wrap_https_send(struct https *https, const struct https_request *request,
                  struct https_reply *reply, struct fault *fault)
{
    const struct answer *answer = &world.answers[world.requests];
    int number = world.requests++;

    if (number >= world.answer_count || number >= MAX_REQUESTS)
        fail_msg("request %d, of which the test knows nothing", number + 1);
    assert_ptr_equal(https, &world);
    assert_int_equal(request->limit, STS_RESPONSE_MAX_SIZE);
    snprintf(world.url, sizeof world.url, "%s", request->url);
    world.watched = request->watched;
    world.forms[number] =
        secret_of(request->form->bytes, request->form->length);
    world.connect_times[number] = request->connect_time;
    world.left[number] = deadline_left(&request->deadline);
    world.asked[number] = world.now;

    *reply = (struct https_reply){.status = answer->status};
    world.now += answer->takes;
    if (answer->request_id != NULL)
        snprintf(reply->request_id, sizeof reply->request_id, "%s",
                 answer->request_id);
    if (answer->body == NULL) {
        reply->may_pass = answer->may_pass;
        fault_raise(fault, answer->reason, "the connection failed");
        return -1;
    }
    assert_int_equal(secret_append(&reply->body, answer->body,
                                   strlen(answer->body)),
                     0);
    return 0;
}

ssize_t
__wrap_getrandom(void *bytes, size_t length, unsigned int flags)
{
    uint32_t random = world.randoms == NULL ? 0 : world.randoms[world.pauses];

    if (world.no_random) {
        errno = ENOSYS;
        return -1;
    }
    assert_int_equal(length, sizeof random);
    memcpy(bytes, &random, sizeof random);
    return (ssize_t) length;
}

int
__wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
    assert_int_equal(count, 1);
    assert_int_equal(fds->events, POLLIN);
    assert_true(timeout >= 0);
    if (world.interruptions > 0) {
        world.interruptions--;
        world.now += timeout / 2;
        world.pause[world.pauses] += timeout / 2;
        errno = EINTR;
        return -1;
    }
    world.pause[world.pauses++] += timeout;
    if (world.pauses == world.gone_at) {
        assert_int_equal(fds->fd, world.watched);
        fds->revents = POLLHUP;
        return 1;
    }
    world.now += timeout;
    return 0;
}

int
__wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    assert_int_equal(clock, CLOCK_MONOTONIC);
    *time = (struct timespec){.tv_sec = world.now / 1000,
                              .tv_nsec = world.now % 1000 * 1000000};
    return 0;
}

static int
begin(void **state)
{
    memset(&world, 0, sizeof world);
    world.now = 1000000;
    return 0;
}

static int
end(void **state)
{
    int i;

    for (i = 0; i < MAX_REQUESTS; i++)
        secret_clear(&world.forms[i]);
    return 0;
}

/* A request of a test, with what is usual where the test says nothing. */
struct request {
    struct role_session session;
    struct sts_settings settings;
    const char *token;
    int watched;
};

static struct request
make_request(void)
{
    static char region[] = "eu-west-1";

    return (struct request){
        .session = {.role_arn = ROLE, .name = "alice"},
        .settings = {.endpoint = {.region = region},
                     .timeout = 10,
                     .attempts = 3},
        .token = TOKEN,
        .watched = -1,
    };
}

/* What came of a request. */
struct result {
    int status;
    struct sts_response response;
    struct outcome outcome;
    struct fault fault;
};

/* Ask in a world with these answers. */
static void
ask(const struct request *request, const struct answer *answers, int count,
    struct result *result)
{
    struct secret token = secret_from(request->token);
    struct sts sts = {.https = (struct https *) &world,
                      .settings = &request->settings,
                      .watched = request->watched,
                      .outcome = &result->outcome};
    int duration = request->session.duration;

    *result = (struct result){0};
    world.answers = answers;
    world.answer_count = count;
    result->status = sts_assume_role(&sts, &request->session, &token,
                                     &result->response, &result->fault);
    assert_int_equal(result->status, result->fault.raised ? -1 : 0);
    assert_int_equal(request->session.duration, duration);
    assert_null(strstr(result->fault.text, "hunter2"));
    assert_null(strstr(result->fault.text, TOKEN));
    if (result->status < 0) {
        assert_null(result->response.code);
        assert_null(result->response.subject);
        assert_null(result->response.credentials.session_token.bytes);
    }
    secret_clear(&token);
}

static void
clear(struct result *result)
{
    sts_response_clear(&result->response);
    outcome_clear(&result->outcome);
}

/* Whether a field of the audit line says this. */
static void
assert_audit(const struct result *result, enum audit_field field,
             const char *value)
{
    assert_string_equal(result->outcome.audit[field], value);
}

/* Answers. */

#define SUCCESS                                                            \
    "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>" \
    "<Credentials><AccessKeyId>ASIA234567890123</AccessKeyId>"             \
    "<SecretAccessKey>secret-of-the-key</SecretAccessKey>"                 \
    "<SessionToken>session-token-as-it-is</SessionToken>"                  \
    "<Expiration>2024-02-29T12:00:00Z</Expiration></Credentials>"          \
    "<SubjectFromWebIdentityToken>subject</SubjectFromWebIdentityToken>"   \
    "</AssumeRoleWithWebIdentityResult>"                                   \
    "<ResponseMetadata><RequestId>last</RequestId></ResponseMetadata>"     \
    "</AssumeRoleWithWebIdentityResponse>"
#define ERROR(code, message)                                       \
    "<ErrorResponse><Error><Code>" code "</Code><Message>" message \
    "</Message></Error><RequestId>id-of-" code "</RequestId></ErrorResponse>"
#define BARE_ERROR(code) "<Error><Code>" code "</Code><Message/></Error>"

#define NO_KEY                    \
    ERROR("InvalidIdentityToken", \
          "Couldn't retrieve verification key from your provider")
#define TOO_LONG                                                          \
    ERROR("ValidationError", "The requested DurationSeconds exceeds the " \
                             "MaxSessionDuration set for this role.")

static const struct answer good = {.status = 200, .body = SUCCESS};
static const struct answer throttled = {.status = 400,
                                        .body = ERROR("Throttling", "slowly")};
static const struct answer denied = {.status = 403,
                                     .body = ERROR("AccessDenied", "no")};
static const struct answer no_key = {.status = 400, .body = NO_KEY};
static const struct answer too_long = {.status = 400, .body = TOO_LONG};
static const struct answer reset = {.reason = REASON_STS_UNREACHABLE,
                                    .may_pass = true};

/* The form. */

#define FORM                                                       \
    "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"          \
    "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fpath%2FR" \
    "&RoleSessionName=alice&WebIdentityToken=" TOKEN

static void
a_request_has_the_parameters_of_a_login_in_its_body(void **state)
{
    struct request request = make_request();
    struct result result;

    ask(&request, &good, 1, &result);
    assert_int_equal(result.status, 0);
    assert_int_equal(world.requests, 1);
    assert_string_equal(world.url, "https://sts.eu-west-1.amazonaws.com");
    assert_string_equal(secret_text(&world.forms[0]), FORM);
    assert_string_equal(result.response.subject, "subject");
    assert_audit(&result, AUDIT_ATTEMPTS, "");
    assert_audit(&result, AUDIT_STS_CODE, "");
    assert_audit(&result, AUDIT_REQUEST_ID, "last");
    assert_audit(&result, AUDIT_WARNING, "");
    clear(&result);
}

static void
what_is_configured_is_asked_for_too(void **state)
{
    struct request request = make_request();
    struct text_list arns = {0};
    struct result result;

    assert_int_equal(text_list_add(&arns,
                                   "arn:aws:iam::aws:policy/ReadOnlyAccess"),
                     0);
    assert_int_equal(text_list_add(&arns,
                                   "arn:aws:iam::123456789012:policy/p/M=1"),
                     0);
    request.session.name = "al+ice@x=y";
    request.session.provider_id = "www.amazon.com";
    request.session.policy_arns = &arns;
    request.session.policy = "{\"a\": \"\xc3\xa9 & 100%\"}\n";
    request.session.duration = 900;
    request.token = "Atza|IwEBIJ+/=&%";
    ask(&request, &good, 1, &result);
    assert_int_equal(result.status, 0);
    assert_string_equal(
        secret_text(&world.forms[0]),
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
        "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fpath%2FR"
        "&RoleSessionName=al%2Bice%40x%3Dy"
        "&WebIdentityToken=Atza%7CIwEBIJ%2B%2F%3D%26%25"
        "&ProviderId=www.amazon.com"
        "&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%"
        "2FReadOnlyAc"
        "cess"
        "&PolicyArns.member.2.arn=arn%3Aaws%3Aiam%3A%3A123456789012%3Apolicy%"
        "2Fp"
        "%2FM%3D1"
        "&Policy=%7B%22a%22%3A%20%22%C3%A9%20%26%20100%25%22%7D%0A"
        "&DurationSeconds=900");
    clear(&result);
    text_list_clear(&arns);
}

static void
each_option_is_asked_for_by_itself(void **state)
{
    struct request request = make_request();
    struct text_list arns = {0};
    struct text_list none = {0};
    struct result result;
    char name[64];
    int i;

    request.session.duration = 43200;
    ask(&request, &good, 1, &result);
    assert_string_equal(secret_text(&world.forms[0]),
                        FORM "&DurationSeconds=43200");
    clear(&result);
    end(state);
    begin(state);

    request = make_request();
    request.session.policy = "{}";
    ask(&request, &good, 1, &result);
    assert_string_equal(secret_text(&world.forms[0]), FORM "&Policy=%7B%7D");
    clear(&result);
    end(state);
    begin(state);

    request = make_request();
    request.session.policy_arns = &none;
    ask(&request, &good, 1, &result);
    assert_string_equal(secret_text(&world.forms[0]), FORM);
    clear(&result);
    end(state);
    begin(state);

    for (i = 0; i < 10; i++)
        assert_int_equal(text_list_add(&arns,
                                       "arn:aws:iam::aws:policy/Billing"),
                         0);
    request.session.policy_arns = &arns;
    ask(&request, &good, 1, &result);
    for (i = 1; i <= 10; i++) {
        snprintf(name, sizeof name, "&PolicyArns.member.%d.arn=arn%%3A", i);
        expect(strstr(secret_text(&world.forms[0]), name) != NULL, name);
    }
    assert_null(strstr(secret_text(&world.forms[0]), "member.0"));
    assert_null(strstr(secret_text(&world.forms[0]), "member.11"));
    clear(&result);
    text_list_clear(&arns);
}

static void
the_endpoint_that_is_configured_is_asked(void **state)
{
    struct request request = make_request();
    struct result result;

    request.settings.endpoint.url = TEXT("https://sts.example:8443/x");
    request.watched = 7;
    ask(&request, &good, 1, &result);
    assert_string_equal(world.url, "https://sts.example:8443/x");
    assert_int_equal(world.watched, 7);
    clear(&result);
    end(state);
    begin(state);
    request = make_request();
    request.settings.endpoint.fips = true;
    request.settings.endpoint.dual_stack = true;
    ask(&request, &good, 1, &result);
    assert_string_equal(world.url, "https://sts-fips.eu-west-1.api.aws");
    clear(&result);
}

static void
what_is_outside_a_limit_is_not_sent(void **state)
{
    char long_token[20002];
    struct text_list arns = {0};
    struct request requests[8];
    struct result result;
    size_t i;

    memset(long_token, 'x', sizeof long_token - 1);
    long_token[sizeof long_token - 1] = '\0';
    assert_int_equal(text_list_add(&arns, "arn"), 0);
    for (i = 0; i < COUNT(requests); i++)
        requests[i] = make_request();
    requests[0].token = long_token;
    requests[1].token = "e30";
    requests[2].token = "";
    requests[3].session.name = "a b";
    requests[4].session.duration = 899;
    requests[5].session.policy = "\xe2\x82\xac";
    requests[6].session.policy_arns = &arns;
    requests[7].settings.endpoint.region = NULL;
    for (i = 0; i < COUNT(requests); i++) {
        ask(&requests[i], NULL, 0, &result);
        assert_int_equal(result.status, -1);
        assert_int_equal(result.fault.reason, REASON_CONFIG);
        clear(&result);
    }
    assert_int_equal(world.requests, 0);
    text_list_clear(&arns);
}

/* Retries. */

/* What is given to a request whose every answer is the same. */
static void
ask_again_and_again(const struct request *request, const struct answer *answer,
                    struct result *result)
{
    struct answer answers[MAX_REQUESTS];
    size_t i;

    for (i = 0; i < COUNT(answers); i++)
        answers[i] = *answer;
    end(NULL);
    begin(NULL);
    ask(request, answers, MAX_REQUESTS, result);
    assert_int_equal(result->status, -1);
}

static void
what_may_pass_is_tried_as_often_as_there_are_attempts(void **state)
{
    static const struct {
        struct answer answer;
        enum reason reason;
    } rows[] = {
        {{.reason = REASON_STS_UNREACHABLE, .may_pass = true},
         REASON_STS_UNREACHABLE},
        {{.reason = REASON_STS_TIMEOUT, .may_pass = true}, REASON_STS_TIMEOUT},
        {{.reason = REASON_STS_UNREADABLE, .may_pass = true},
         REASON_STS_UNREADABLE},
        {{.status = 400, .body = ERROR("Throttling", "")},
         REASON_STS_THROTTLED},
        {{.status = 429, .body = ERROR("ThrottlingException", "")},
         REASON_STS_THROTTLED},
        {{.status = 400, .body = ERROR("RequestLimitExceeded", "")},
         REASON_STS_THROTTLED},
        {{.status = 400, .body = ERROR("IDPCommunicationError", "")},
         REASON_STS_IDP_UNREACHABLE},
        {{.status = 500, .body = ERROR("InternalFailure", "")},
         REASON_STS_UNAVAILABLE},
        {{.status = 503, .body = ERROR("ServiceUnavailable", "")},
         REASON_STS_UNAVAILABLE},
        {{.status = 400, .body = BARE_ERROR("Throttling")},
         REASON_STS_THROTTLED},
        {{.status = 503, .body = BARE_ERROR("SlowDown")},
         REASON_STS_UNAVAILABLE},
        {{.status = 429, .body = ERROR("Unheard", "")}, REASON_STS_THROTTLED},
        {{.status = 500, .body = ERROR("Unheard", "")}, REASON_STS_UNAVAILABLE},
        {{.status = 502, .body = "<html/>"}, REASON_STS_UNAVAILABLE},
        {{.status = 503, .body = "Sorry."}, REASON_STS_UNAVAILABLE},
        {{.status = 504, .body = ""}, REASON_STS_UNAVAILABLE},
        {{.status = 429, .body = ""}, REASON_STS_THROTTLED},
        {{.status = 200, .body = ""}, REASON_STS_UNREADABLE},
    };
    struct request request = make_request();
    struct result result;
    char attempts[16];
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        for (request.settings.attempts = 1; request.settings.attempts <= 10;
             request.settings.attempts++) {
            ask_again_and_again(&request, &rows[i].answer, &result);
            if (world.requests != request.settings.attempts)
                fail_msg("row %zu: %d requests instead of %d", i,
                         world.requests, request.settings.attempts);
            assert_int_equal(world.pauses, world.requests - 1);
            assert_int_equal(result.fault.reason, rows[i].reason);
            snprintf(attempts, sizeof attempts, "%d", world.requests);
            assert_audit(&result, AUDIT_ATTEMPTS,
                         world.requests == 1 ? "" : attempts);
            clear(&result);
        }
    }
}

static void
what_will_not_pass_is_not_tried_again(void **state)
{
    static const struct {
        struct answer answer;
        enum reason reason;
    } rows[] = {
        {{.reason = REASON_STS_UNREACHABLE}, REASON_STS_UNREACHABLE},
        {{.reason = REASON_STS_UNREADABLE}, REASON_STS_UNREADABLE},
        {{.reason = REASON_SYSTEM}, REASON_SYSTEM},
        {{.status = 403, .body = ERROR("AccessDenied", "no")},
         REASON_STS_DENIED},
        {{.status = 403, .body = BARE_ERROR("AccessDenied")},
         REASON_STS_DENIED},
        {{.status = 503, .body = BARE_ERROR("AccessDenied")},
         REASON_STS_DENIED},
        {{.status = 400, .body = ERROR("ExpiredTokenException", "")},
         REASON_STS_EXPIRED_TOKEN},
        {{.status = 400, .body = ERROR("InvalidIdentityToken", "wrong")},
         REASON_STS_INVALID_TOKEN},
        {{.status = 403, .body = ERROR("IDPRejectedClaim", "")},
         REASON_STS_REJECTED_CLAIM},
        {{.status = 400, .body = ERROR("MalformedPolicyDocument", "")},
         REASON_STS_REQUEST},
        {{.status = 400, .body = ERROR("PackedPolicyTooLarge", "")},
         REASON_STS_REQUEST},
        {{.status = 403, .body = ERROR("RegionDisabledException", "")},
         REASON_STS_REGION_DISABLED},
        {{.status = 400, .body = ERROR("ValidationError", "no")},
         REASON_STS_REQUEST},
        {{.status = 400, .body = ERROR("Unheard", "")}, REASON_STS_REQUEST},
        {{.status = 403, .body = ERROR("Unheard", "")}, REASON_STS_DENIED},
        {{.status = 501, .body = ERROR("Unheard", "")}, REASON_STS_UNAVAILABLE},
        {{.status = 200, .body = "<html/>"}, REASON_STS_UNREADABLE},
        {{.status = 200, .body = " "}, REASON_STS_UNREADABLE},
        {{.status = 204, .body = ""}, REASON_STS_UNREADABLE},
        {{.status = 400, .body = ""}, REASON_STS_UNREADABLE},
        {{.status = 301, .body = ""}, REASON_STS_UNREADABLE},
        {{.status = 404, .body = "<html/>"}, REASON_STS_UNREADABLE},
        {{.status = 403, .body = SUCCESS}, REASON_STS_UNREADABLE},
        {{.status = 503, .body = SUCCESS}, REASON_STS_UNREADABLE},
        {{.status = 201, .body = SUCCESS}, REASON_STS_UNREADABLE},
    };
    struct request request = make_request();
    struct result result;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        ask_again_and_again(&request, &rows[i].answer, &result);
        if (world.requests != 1 || result.fault.reason != rows[i].reason)
            fail_msg("row %zu: %d requests, %s", i, world.requests,
                     reason_name(result.fault.reason));
        assert_int_equal(world.pauses, 0);
        assert_audit(&result, AUDIT_ATTEMPTS, "");
        clear(&result);
    }
}

static void
the_last_answer_is_what_counts(void **state)
{
    const struct answer answers[] = {throttled, reset, good};
    const struct answer refusing[] = {throttled, reset, denied};
    const struct answer failing[] = {throttled, throttled, reset};
    struct request request = make_request();
    struct result result;

    ask(&request, answers, 3, &result);
    assert_int_equal(result.status, 0);
    assert_int_equal(world.requests, 3);
    assert_audit(&result, AUDIT_ATTEMPTS, "3");
    assert_audit(&result, AUDIT_STS_CODE, "");
    assert_audit(&result, AUDIT_REQUEST_ID, "last");
    clear(&result);
    end(state);
    begin(state);

    ask(&request, refusing, 3, &result);
    assert_int_equal(world.requests, 3);
    assert_true(fault_is(&result.fault, REASON_STS_DENIED,
                         "STS answers 403 AccessDenied: no"));
    assert_audit(&result, AUDIT_STS_CODE, "AccessDenied");
    assert_audit(&result, AUDIT_REQUEST_ID, "id-of-AccessDenied");
    clear(&result);
    end(state);
    begin(state);

    ask(&request, failing, 3, &result);
    assert_int_equal(world.requests, 3);
    assert_true(
        fault_is(&result.fault, REASON_STS_UNREACHABLE, "connection failed"));
    assert_audit(&result, AUDIT_STS_CODE, "");
    assert_audit(&result, AUDIT_REQUEST_ID, "");
    clear(&result);
}

static void
every_request_says_the_same(void **state)
{
    const struct answer answers[] = {throttled, reset, good};
    struct request request = make_request();
    struct result result;

    request.session.duration = 3600;
    ask(&request, answers, 3, &result);
    assert_string_equal(secret_text(&world.forms[0]),
                        FORM "&DurationSeconds=3600");
    assert_string_equal(secret_text(&world.forms[1]),
                        secret_text(&world.forms[0]));
    assert_string_equal(secret_text(&world.forms[2]),
                        secret_text(&world.forms[0]));
    clear(&result);
}

/* Pauses. */

static void
a_pause_is_at_most_1_2_4_8_16_20_seconds(void **state)
{
    static const int longest[] = {1000, 2000, 4000, 8000, 16000, 20000};
    static const uint32_t randoms[] = {1000,  2000,  4000, 8000,
                                       16000, 20000, 20000};
    struct request request = make_request();
    struct result result;
    int i;
    int run;

    request.settings.attempts = 10;
    request.settings.timeout = 60;
    /* With the largest random numbers, and without any. */
    for (run = 0; run < 2; run++) {
        struct answer answers[MAX_REQUESTS];

        for (i = 0; i < MAX_REQUESTS; i++)
            answers[i] = throttled;
        end(state);
        begin(state);
        world.randoms = randoms;
        world.no_random = run == 1;
        ask(&request, answers, MAX_REQUESTS, &result);
        /* The sixth pause ends after 51 seconds, a seventh would after 71. */
        assert_int_equal(world.pauses, 6);
        assert_int_equal(world.requests, 7);
        for (i = 0; i < 6; i++)
            assert_int_equal(world.pause[i], longest[i]);
        clear(&result);
    }
}

static void
a_pause_is_a_random_part_of_its_longest(void **state)
{
    static const uint32_t numbers[] = {0,    1,          500,        999,
                                       1000, 1001,       1234567890, 4294967294,
                                       2001, 2147483648, 4294967295};
    const struct answer answers[] = {throttled, throttled, good};
    struct request request = make_request();
    struct result result;
    size_t i;

    for (i = 0; i < COUNT(numbers); i++) {
        uint32_t randoms[2] = {numbers[i], numbers[i]};

        end(state);
        begin(state);
        world.randoms = randoms;
        ask(&request, answers, 3, &result);
        assert_int_equal(result.status, 0);
        assert_int_equal(world.pauses, 2);
        assert_int_equal(world.pause[0], numbers[i] % 1001);
        assert_int_equal(world.pause[1], numbers[i] % 2001);
        clear(&result);
    }
}

static void
a_signal_does_not_end_a_pause(void **state)
{
    static const uint32_t randoms[] = {1000, 0};
    const struct answer answers[] = {throttled, good};
    struct request request = make_request();
    struct result result;

    world.randoms = randoms;
    world.interruptions = 3;
    ask(&request, answers, 2, &result);
    assert_int_equal(result.status, 0);
    assert_int_equal(world.interruptions, 0);
    assert_int_equal(world.asked[1] - world.asked[0], 1000);
    clear(&result);
}

static void
a_host_that_goes_away_in_a_pause_is_not_served(void **state)
{
    const struct answer answers[] = {throttled, throttled, good};
    struct request request = make_request();
    struct result result;

    request.watched = 7;
    world.gone_at = 2;
    ask(&request, answers, 3, &result);
    assert_int_equal(result.status, -1);
    assert_int_equal(world.requests, 2);
    assert_true(fault_is(&result.fault, REASON_SYSTEM, "the host went away"));
    clear(&result);
}

/* The deadline. */

static void
a_pause_that_would_outlast_the_deadline_is_not_begun(void **state)
{
    static const uint32_t randoms[] = {1000, 2000, 0};
    const struct answer slow = {.status = 400,
                                .body = ERROR("Throttling", "slowly"),
                                .takes = 4000};
    const struct answer answers[] = {slow, slow, good};
    struct request request = make_request();
    struct result result;

    /* 4 s, 1 s, 4 s: a pause of 2 s would end behind the tenth. */
    world.randoms = randoms;
    ask(&request, answers, 3, &result);
    assert_int_equal(result.status, -1);
    assert_int_equal(world.requests, 2);
    assert_int_equal(world.pauses, 1);
    assert_true(fault_is(&result.fault, REASON_STS_THROTTLED, "slowly"));
    assert_audit(&result, AUDIT_ATTEMPTS, "2");
    clear(&result);
    end(state);
    begin(state);

    /* A second more, and it would end at the deadline; two, and before it. */
    request.settings.timeout = 11;
    world.randoms = randoms;
    ask(&request, answers, 3, &result);
    assert_int_equal(world.requests, 2);
    clear(&result);
    end(state);
    begin(state);
    request.settings.timeout = 12;
    world.randoms = randoms;
    ask(&request, answers, 3, &result);
    assert_int_equal(result.status, 0);
    assert_int_equal(world.requests, 3);
    clear(&result);
}

static void
all_requests_have_one_deadline(void **state)
{
    static const uint32_t randoms[] = {500, 1500, 0};
    const struct answer slow = {.status = 503, .body = "", .takes = 2000};
    const struct answer answers[] = {slow, slow, good};
    struct request request = make_request();
    struct result result;

    world.randoms = randoms;
    ask(&request, answers, 3, &result);
    assert_int_equal(result.status, 0);
    assert_int_equal(world.left[0], 10000);
    assert_int_equal(world.left[1], 7500);
    assert_int_equal(world.left[2], 4000);
    clear(&result);
}

static void
a_connection_takes_no_more_than_its_attempts_share(void **state)
{
    static const uint32_t randoms[] = {500, 1500, 0};
    const struct answer slow = {.reason = REASON_STS_TIMEOUT,
                                .may_pass = true,
                                .takes = 2000};
    const struct answer answers[] = {slow, slow, good};
    struct request request = make_request();
    struct result result;

    world.randoms = randoms;
    ask(&request, answers, 3, &result);
    assert_in_range(world.connect_times[0], 1, 10000 / 3 + 1);
    assert_in_range(world.connect_times[1], 1, 7500 / 2 + 1);
    /* The last has all that is left. */
    assert_in_range(world.connect_times[2], 4000, 4001);
    clear(&result);
    end(state);
    begin(state);
    request.settings.attempts = 1;
    ask(&request, &good, 1, &result);
    assert_in_range(world.connect_times[0], 10000, 10001);
    clear(&result);
}

static void
a_request_that_uses_up_the_time_is_the_last(void **state)
{
    const struct answer slow = {.reason = REASON_STS_TIMEOUT,
                                .may_pass = true,
                                .takes = 10000};
    struct request request = make_request();
    struct result result;

    ask(&request, &slow, 1, &result);
    assert_int_equal(world.requests, 1);
    assert_int_equal(world.pauses, 0);
    assert_true(fault_is(&result.fault, REASON_STS_TIMEOUT, ""));
    clear(&result);
}

/* The key of the identity provider. */

static void
a_key_that_was_not_retrieved_is_waited_for_once(void **state)
{
    const struct answer passing[] = {no_key, good};
    const struct answer lasting[] = {no_key, no_key, good};
    struct request request = make_request();
    struct result result;

    request.settings.attempts = 10;
    ask(&request, passing, 2, &result);
    assert_int_equal(result.status, 0);
    assert_int_equal(world.pauses, 1);
    assert_audit(&result, AUDIT_ATTEMPTS, "2");
    clear(&result);
    end(state);
    begin(state);

    ask(&request, lasting, 3, &result);
    assert_int_equal(result.status, -1);
    assert_int_equal(world.requests, 2);
    assert_true(fault_is(&result.fault, REASON_STS_INVALID_TOKEN, "key"));
    assert_audit(&result, AUDIT_STS_CODE, "InvalidIdentityToken");
    clear(&result);
}

static void
a_key_is_waited_for_once_whatever_happens_between(void **state)
{
    const struct answer answers[] = {no_key, throttled, reset, no_key, good};
    struct request request = make_request();
    struct result result;

    request.settings.attempts = 10;
    ask(&request, answers, 5, &result);
    assert_int_equal(result.status, -1);
    assert_int_equal(world.requests, 4);
    assert_int_equal(result.fault.reason, REASON_STS_INVALID_TOKEN);
    clear(&result);
}

static void
waiting_for_a_key_is_one_of_the_attempts(void **state)
{
    const struct answer answers[] = {throttled, no_key, good};
    struct request request = make_request();
    struct result result;

    request.settings.attempts = 2;
    ask(&request, answers, 3, &result);
    assert_int_equal(result.status, -1);
    assert_int_equal(world.requests, 2);
    clear(&result);
    end(state);
    begin(state);
    request.settings.attempts = 1;
    ask(&request, &no_key, 1, &result);
    assert_int_equal(result.status, -1);
    assert_int_equal(world.requests, 1);
    clear(&result);
}

/* The duration. */

static void
a_duration_that_the_role_does_not_allow_is_left_to_sts(void **state)
{
    const struct answer answers[] = {too_long, good};
    struct request request = make_request();
    struct result result;

    request.session.duration = 7200;
    for (request.settings.attempts = 1; request.settings.attempts <= 3;
         request.settings.attempts++) {
        end(state);
        begin(state);
        ask(&request, answers, 2, &result);
        assert_int_equal(result.status, 0);
        assert_int_equal(world.requests, 2);
        assert_int_equal(world.pauses, 0);
        assert_string_equal(secret_text(&world.forms[0]),
                            FORM "&DurationSeconds=7200");
        assert_string_equal(secret_text(&world.forms[1]), FORM);
        assert_audit(&result, AUDIT_ATTEMPTS, "2");
        assert_audit(&result, AUDIT_STS_CODE, "");
        assert_non_null(strstr(result.outcome.audit[AUDIT_WARNING], "7200"));
        clear(&result);
    }
}

static void
no_session_becomes_longer_than_it_was_to_be(void **state)
{
    static const struct {
        int duration;
        int requests;
    } rows[] = {{900, 1},  {901, 1},  {3599, 1}, {3600, 1},
                {3601, 2}, {3602, 2}, {43200, 2}};

    const struct answer answers[] = {too_long, good};
    struct request request = make_request();
    struct result result;
    char seconds[16];
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        end(state);
        begin(state);
        request.session.duration = rows[i].duration;
        ask(&request, answers, rows[i].requests, &result);
        snprintf(seconds, sizeof seconds, "%d", rows[i].duration);
        expect(world.requests == rows[i].requests, seconds);
        expect(result.status == (rows[i].requests == 2 ? 0 : -1), seconds);
        if (rows[i].requests == 2) {
            assert_non_null(
                strstr(result.outcome.audit[AUDIT_WARNING], seconds));
        } else {
            assert_true(fault_is(&result.fault, REASON_STS_REQUEST,
                                 "exceeds the MaxSessionDuration"));
            assert_audit(&result, AUDIT_WARNING, "");
            assert_audit(&result, AUDIT_STS_CODE, "ValidationError");
            assert_audit(&result, AUDIT_ATTEMPTS, "");
        }
        clear(&result);
    }
}

static void
the_request_without_a_duration_is_made_if_time_is_left(void **state)
{
    const struct answer early = {.status = 400,
                                 .body = TOO_LONG,
                                 .takes = 9999};
    const struct answer late = {.status = 400,
                                .body = TOO_LONG,
                                .takes = 10000};
    const struct answer in_time[] = {early, good};
    const struct answer too_late[] = {late, good};
    struct request request = make_request();
    struct result result;

    request.session.duration = 7200;
    ask(&request, in_time, 2, &result);
    assert_int_equal(result.status, 0);
    assert_int_equal(world.left[1], 1);
    clear(&result);
    end(state);
    begin(state);
    ask(&request, too_late, 2, &result);
    assert_int_equal(result.status, -1);
    assert_int_equal(world.requests, 1);
    assert_true(fault_is(&result.fault, REASON_STS_REQUEST,
                         "exceeds the MaxSessionDuration"));
    assert_audit(&result, AUDIT_ATTEMPTS, "");
    clear(&result);
}

static void
the_request_without_a_duration_is_beyond_the_attempts(void **state)
{
    const struct answer answers[] = {throttled, too_long, throttled, throttled,
                                     good};
    struct request request = make_request();
    struct result result;

    request.session.duration = 7200;
    ask(&request, answers, 5, &result);
    assert_int_equal(result.status, -1);
    assert_int_equal(world.requests, 4);
    assert_int_equal(result.fault.reason, REASON_STS_THROTTLED);
    assert_string_equal(secret_text(&world.forms[2]), FORM);
    assert_string_equal(secret_text(&world.forms[3]), FORM);
    assert_audit(&result, AUDIT_ATTEMPTS, "4");
    clear(&result);
}

static void
without_a_duration_there_is_none_to_leave_out(void **state)
{
    const struct answer answers[] = {too_long, too_long, good};
    struct request request = make_request();
    struct result result;

    request.session.duration = 7200;
    ask(&request, answers, 3, &result);
    assert_int_equal(result.status, -1);
    assert_int_equal(world.requests, 2);
    assert_int_equal(result.fault.reason, REASON_STS_REQUEST);
    clear(&result);
    end(state);
    begin(state);
    request.session.duration = 0;
    ask(&request, answers, 3, &result);
    assert_int_equal(result.status, -1);
    assert_int_equal(world.requests, 1);
    assert_audit(&result, AUDIT_WARNING, "");
    clear(&result);
}

/* What is noted, and what is not. */

static void
the_id_of_a_request_comes_from_the_answer_or_else_its_header(void **state)
{
#define WITHOUT_ID "<Error><Code>AccessDenied</Code></Error>"
#define WITH_ID(id) \
    "<Error><Code>AccessDenied</Code><RequestId>" id "</RequestId></Error>"

    static const struct {
        struct answer answer;
        const char *id;
    } rows[] = {
        {{.status = 403, .body = WITHOUT_ID}, ""},
        {{.status = 403, .body = WITHOUT_ID, .request_id = "header"}, "header"},
        {{.status = 403, .body = WITH_ID("body")}, "body"},
        {{.status = 403, .body = WITH_ID("body"), .request_id = "header"},
         "body"},
        {{.status = 404, .body = "<html/>", .request_id = "header"}, "header"},
        {{.status = 404, .body = "<html/>"}, ""},
        /* Nothing of the token is noted, wherever it comes from. */
        {{.status = 403, .body = WITHOUT_ID, .request_id = "x" TOKEN}, ""},
        {{.status = 403,
          .body = WITHOUT_ID,
          .request_id = "c2lnbmF0dXJlLWh1bnRlcjI"},
         ""},
        {{.status = 403,
          .body = WITHOUT_ID,
          .request_id = "id-mF0dXJlLWh1bnRlc"},
         ""},
        {{.status = 403,
          .body = WITHOUT_ID,
          .request_id = "id-F0dXJlLWh1bnRlc"},
         "id-F0dXJlLWh1bnRlc"},
    };
    struct request request = make_request();
    struct result result;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        end(state);
        begin(state);
        ask(&request, &rows[i].answer, 1, &result);
        assert_int_equal(result.status, -1);
        if (strcmp(result.outcome.audit[AUDIT_REQUEST_ID], rows[i].id) != 0)
            fail_msg("row %zu: \"%s\" instead of \"%s\"", i,
                     result.outcome.audit[AUDIT_REQUEST_ID], rows[i].id);
        clear(&result);
    }
}

static void
an_empty_id_in_the_answer_leaves_that_of_the_header(void **state)
{
    static const char *const bodies[] = {
        WITH_ID(""),
        "<ErrorResponse><Error><Code>X</Code></Error><RequestId/>"
        "</ErrorResponse>",
        "<ErrorResponse><Error><Code>X</Code><RequestId/></Error><RequestId/>"
        "</ErrorResponse>",
        "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult/>"
        "<ResponseMetadata><RequestId/></ResponseMetadata>"
        "</AssumeRoleWithWebIdentityResponse>",
    };
    struct request request = make_request();
    struct result result;
    size_t i;

    for (i = 0; i < COUNT(bodies); i++) {
        struct answer answer = {.status = 200,
                                .body = bodies[i],
                                .request_id = "header"};

        end(state);
        begin(state);
        ask(&request, &answer, 1, &result);
        assert_audit(&result, AUDIT_REQUEST_ID, "header");
        clear(&result);
        end(state);
        begin(state);
        answer.request_id = NULL;
        ask(&request, &answer, 1, &result);
        assert_audit(&result, AUDIT_REQUEST_ID, "");
        clear(&result);
    }
}

static void
an_answer_that_quotes_the_token_is_not_noted(void **state)
{
    static const struct {
        struct answer answer;
        enum reason reason;
    } rows[] = {
        {{.status = 403, .body = ERROR("AccessDenied", "for " TOKEN)},
         REASON_STS_DENIED},
        {{.status = 403,
          .body = ERROR("AccessDenied", "eyJzdWIiOiJodW50ZXIyIn0")},
         REASON_STS_DENIED},
        {{.status = 403,
          .body = ERROR("AccessDenied", "x zdWIiOiJodW50ZXIy x")},
         REASON_STS_DENIED},
        {{.status = 403, .body = ERROR("AccessDenied", "0.eyJzdWIiOiJodW50")},
         REASON_STS_DENIED},
        {{.status = 403, .body = ERROR("XdWIiOiJodW50ZXIyI", "no")},
         REASON_RESPONSE_MISMATCH},
        {{.status = 403, .body = "<Error><Code>" TOKEN "</Code></Error>"},
         REASON_RESPONSE_MISMATCH},
        {{.status = 403,
          .body = "<Error><Code>AccessDenied</Code><RequestId>" TOKEN
                  "</RequestId></Error>"},
         REASON_RESPONSE_MISMATCH},
        {{.status = 200,
          .body = "<AssumeRoleWithWebIdentityResponse>"
                  "<AssumeRoleWithWebIdentityResult><SourceIdentity>" TOKEN
                  "</SourceIdentity></AssumeRoleWithWebIdentityResult>"
                  "</AssumeRoleWithWebIdentityResponse>"},
         REASON_RESPONSE_MISMATCH},
    };
    struct request request = make_request();
    struct result result;
    size_t i;
    int j;

    for (i = 0; i < COUNT(rows); i++) {
        end(state);
        begin(state);
        ask(&request, &rows[i].answer, 1, &result);
        assert_int_equal(result.status, -1);
        assert_int_equal(result.fault.reason, rows[i].reason);
        assert_null(strstr(result.fault.text, "OiJodW50"));
        for (j = 0; j < AUDIT_FIELD_COUNT; j++)
            assert_null(strstr(result.outcome.audit[j], "OiJodW50"));
        clear(&result);
    }
}

static void
what_is_no_quote_is_noted(void **state)
{
    /* Fifteen characters of the token, which any two texts may share. */
    static const struct answer answer = {
        .status = 403,
        .body = ERROR("AccessDenied", "e30.eyJzdWIiOiJ is not it")};
    struct request request = make_request();
    struct result result;

    ask(&request, &answer, 1, &result);
    assert_true(fault_is(&result.fault, REASON_STS_DENIED,
                         "AccessDenied: e30.eyJzdWIiOiJ is not it"));
    clear(&result);
}

static void
an_access_token_shorter_than_any_quote_is_not_noted(void **state)
{
    static const struct answer answer = {.status = 400,
                                         .body = ERROR("InvalidIdentityToken",
                                                       "What is EAA7 for?")};
    struct request request = make_request();
    struct result result;

    request.token = "EAA7";
    ask(&request, &answer, 1, &result);
    assert_int_equal(result.fault.reason, REASON_STS_INVALID_TOKEN);
    assert_null(strstr(result.fault.text, "EAA7"));
    clear(&result);
}

static void
an_access_token_is_not_noted_either(void **state)
{
    static const struct answer answer = {
        .status = 400,
        .body = ERROR("InvalidIdentityToken",
                      "The token Atza|IwEBIJ-hunter2-and-more is not valid")};
    struct request request = make_request();
    struct result result;

    request.token = "Atza|IwEBIJ-hunter2-and-more";
    request.session.provider_id = "www.amazon.com";
    ask(&request, &answer, 1, &result);
    assert_int_equal(result.fault.reason, REASON_STS_INVALID_TOKEN);
    assert_null(strstr(result.fault.text, "IwEBIJ"));
    clear(&result);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_request_has_the_parameters_of_a_login_in_its_body),
        IN_WORLD(what_is_configured_is_asked_for_too),
        IN_WORLD(each_option_is_asked_for_by_itself),
        IN_WORLD(the_endpoint_that_is_configured_is_asked),
        IN_WORLD(what_is_outside_a_limit_is_not_sent),
        IN_WORLD(what_may_pass_is_tried_as_often_as_there_are_attempts),
        IN_WORLD(what_will_not_pass_is_not_tried_again),
        IN_WORLD(the_last_answer_is_what_counts),
        IN_WORLD(every_request_says_the_same),
        IN_WORLD(a_pause_is_at_most_1_2_4_8_16_20_seconds),
        IN_WORLD(a_pause_is_a_random_part_of_its_longest),
        IN_WORLD(a_signal_does_not_end_a_pause),
        IN_WORLD(a_host_that_goes_away_in_a_pause_is_not_served),
        IN_WORLD(a_pause_that_would_outlast_the_deadline_is_not_begun),
        IN_WORLD(all_requests_have_one_deadline),
        IN_WORLD(a_connection_takes_no_more_than_its_attempts_share),
        IN_WORLD(a_request_that_uses_up_the_time_is_the_last),
        IN_WORLD(a_key_that_was_not_retrieved_is_waited_for_once),
        IN_WORLD(a_key_is_waited_for_once_whatever_happens_between),
        IN_WORLD(waiting_for_a_key_is_one_of_the_attempts),
        IN_WORLD(a_duration_that_the_role_does_not_allow_is_left_to_sts),
        IN_WORLD(no_session_becomes_longer_than_it_was_to_be),
        IN_WORLD(the_request_without_a_duration_is_made_if_time_is_left),
        IN_WORLD(the_request_without_a_duration_is_beyond_the_attempts),
        IN_WORLD(without_a_duration_there_is_none_to_leave_out),
        IN_WORLD(the_id_of_a_request_comes_from_the_answer_or_else_its_header),
        IN_WORLD(an_empty_id_in_the_answer_leaves_that_of_the_header),
        IN_WORLD(an_answer_that_quotes_the_token_is_not_noted),
        IN_WORLD(what_is_no_quote_is_noted),
        IN_WORLD(an_access_token_shorter_than_any_quote_is_not_noted),
        IN_WORLD(an_access_token_is_not_noted_either),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
