/*
 * https - one request over TLS, and nothing else.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include "login/https.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

struct https {
    bool has_proxy;
    CURLM *multi;
    CURL *easy;
    char error[CURL_ERROR_SIZE];
    const struct https_request *request; /* while one is under way */
    struct https_reply *reply;
};

/* Take what arrives; stop at the limit. */
static size_t
take(char *bytes, size_t size, size_t count, void *self)
{
    struct https *https = self;
    struct secret *body = &https->reply->body;
    size_t length = size * count;

    if (length > https->request->limit - body->length
        || secret_append(body, bytes, length) < 0)
        return 0;
    return length;
}

bool
https_is_hashed(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    size_t length;
    bool hashed = false;

    if (folder == NULL)
        return false;
    /* Only this thread reads this folder. NOLINTNEXTLINE(concurrency-*) */
    while (!hashed && (entry = readdir(folder)) != NULL) {
        length = strlen(entry->d_name);
        hashed = length > 2 && strcmp(entry->d_name + length - 2, ".0") == 0;
    }
    closedir(folder);
    return hashed;
}

/*
 * Choose what is trusted: the certificates and the folder given and no others;
 * else the system's hashed folder, which is read for one name only; else its
 * bundle, which takes three times as long as the rest of the call.
 */
static CURLcode
set_trust(CURL *easy, const struct https_settings *settings)
{
    const curl_version_info_data *version = curl_version_info(CURLVERSION_NOW);
    struct curl_blob blob = {.data = settings->authorities->bytes,
                             .len = settings->authorities->length,
                             .flags = CURL_BLOB_NOCOPY};
    CURLcode code = CURLE_OK;

    if (blob.len == 0 && settings->ca_path == NULL) {
        if (version->capath != NULL && https_is_hashed(version->capath))
            code = curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
        return code;
    }
    code = curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_CAPATH, settings->ca_path);
    if (code == CURLE_OK && blob.len > 0)
        code = curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
    return code;
}

/* Set what is the same for every request. The first failure is given. */
static CURLcode
set_options(struct https *https, const struct https_settings *settings)
{
    CURL *easy = https->easy;
    CURLcode codes[] = {
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, https->error),
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L),
        /* Do not wait for a resolver's thread that nobody waits for. */
        curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L),
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https"),
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L),
        /* Another try must not meet what the last one failed at. */
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L),
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L),
        curl_easy_setopt(easy, CURLOPT_PROXY,
                         settings->proxy == NULL ? "" : settings->proxy),
        curl_easy_setopt(easy, CURLOPT_NOPROXY, ""),
        curl_easy_setopt(easy, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED),
        curl_easy_setopt(easy, CURLOPT_SSLVERSION,
                         (long) CURL_SSLVERSION_TLSv1_2),
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L),
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L),
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                         (long) CURL_HTTP_VERSION_1_1),
        curl_easy_setopt(easy, CURLOPT_USERAGENT,
                         PACKAGE_NAME "/" PACKAGE_VERSION),
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take),
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, https),
        set_trust(easy, settings),
    };
    size_t i;

    for (i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i] != CURLE_OK)
            return codes[i];
    }
    return CURLE_OK;
}

struct https *
https_begin(const struct https_settings *settings, struct fault *fault)
{
    struct https *https = NULL;
    CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);

    if (code == CURLE_OK)
        https = calloc(1, sizeof *https);
    if (https == NULL)
        goto fail;
    https->has_proxy = settings->proxy != NULL;
    https->multi = curl_multi_init();
    https->easy = curl_easy_init();
    if (https->multi == NULL || https->easy == NULL)
        goto fail;
    code = set_options(https, settings);
    if (code != CURLE_OK)
        goto fail;
    return https;

fail:
    fault_raise(fault, REASON_SYSTEM, "libcurl cannot be used: %s",
                code == CURLE_OK ? "no memory" : curl_easy_strerror(code));
    https_end(https);
    return NULL;
}

int
https_form_add(struct secret *form, const char *name, const char *value,
               struct fault *fault)
{
    char *escaped = curl_easy_escape(NULL, value, (int) strlen(value));
    int result = -1;

    if (escaped != NULL
        && (form->length == 0 || secret_append(form, "&", 1) == 0)
        && secret_append(form, name, strlen(name)) == 0
        && secret_append(form, "=", 1) == 0
        && secret_append(form, escaped, strlen(escaped)) == 0)
        result = 0;
    else
        fault_raise(fault, REASON_MEMORY, "no memory for a form");
    if (escaped != NULL)
        explicit_bzero(escaped, strlen(escaped));
    curl_free(escaped);
    return result;
}

/* What a code of libcurl means for a login. */
static enum reason
reason_of(CURLcode code)
{
    switch ((int) code) {
    case CURLE_OPERATION_TIMEDOUT:
        return REASON_STS_TIMEOUT;
    case CURLE_WRITE_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_PARTIAL_FILE:
    case CURLE_BAD_CONTENT_ENCODING:
        return REASON_STS_UNREADABLE;
    case CURLE_OUT_OF_MEMORY:
        return REASON_MEMORY;
    case CURLE_SSL_CACERT_BADFILE:
        return REASON_CONFIG;
    default:
        return REASON_STS_UNREACHABLE;
    }
}

/*
 * Whether another try may be spared a failure, as the AWS SDKs see it: one of
 * the connection may pass; a certificate, or a reply that is none, will not.
 */
static bool
may_pass(CURLcode code)
{
    switch ((int) code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
        return true;
    default:
        return false;
    }
}

/* Note the id by which AWS, or a server like it, knows the request. */
static void
note_request_id(CURL *easy, struct https_reply *reply)
{
    static const char *const names[] = {"x-amzn-RequestId", "x-amz-request-id"};
    struct curl_header *header;
    size_t length;
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (curl_easy_header(easy, names[i], 0, CURLH_HEADER, -1, &header)
            != CURLHE_OK)
            continue;
        /* libcurl 7.88 leaves the line's end to a header without a value. */
        length = strcspn(header->value, "\r\n");
        if (length == 0 || length >= sizeof reply->request_id)
            continue;
        memcpy(reply->request_id, header->value, length);
        reply->request_id[length] = '\0';
        return;
    }
}

/* Whether libcurl has come to a point of the transfer, as it takes the time. */
static bool
came_to(CURL *easy, CURLINFO time)
{
    curl_off_t microseconds = 0;

    return curl_easy_getinfo(easy, time, &microseconds) == CURLE_OK
           && microseconds > 0;
}

/* Whether a code is about TLS or a certificate. */
static bool
is_of_tls(CURLcode code)
{
    switch ((int) code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return true;
    default:
        return false;
    }
}

/* How far the request came. */
static enum https_stage
find_stage(const struct https *https, CURLcode code)
{
    long tunnel = 0;

    if (came_to(https->easy, CURLINFO_APPCONNECT_TIME_T))
        return HTTPS_STAGE_REPLY;
    if (is_of_tls(code))
        return HTTPS_STAGE_TLS;
    if (code == CURLE_COULDNT_RESOLVE_HOST)
        return HTTPS_STAGE_NAME;
    curl_easy_getinfo(https->easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
    return https->has_proxy && tunnel != HTTPS_STATUS_OK ? HTTPS_STAGE_PROXY
                                                         : HTTPS_STAGE_CONNECT;
}

/* Note what the transfer tells of the server. */
static void
note_server(const struct https *https, CURLcode code, struct https_reply *reply)
{
    struct curl_header *header;
    const char *address = NULL;
    time_t date;

    reply->stage = find_stage(https, code);
    if (curl_easy_getinfo(https->easy, CURLINFO_PRIMARY_IP, &address)
            == CURLE_OK
        && address != NULL)
        snprintf(reply->address, sizeof reply->address, "%s", address);
    if (curl_easy_header(https->easy, "Date", 0, CURLH_HEADER, -1, &header)
        != CURLHE_OK)
        return;
    date = curl_getdate(header->value, NULL);
    if (date > 0)
        reply->date = date;
}

/*
 * Let the transfer go on until it has ended. Gives its code; or an impossible
 * one, CURL_LAST, when the watched descriptor spoke up.
 */
static CURLcode
carry_out(const struct https *https)
{
    struct curl_waitfd watched = {.fd = https->request->watched,
                                  .events = CURL_WAIT_POLLIN};
    unsigned int watch = https->request->watched < 0 ? 0 : 1;
    const CURLMsg *message;
    int running = 1;
    int queued;

    for (;;) {
        if (curl_multi_perform(https->multi, &running) != CURLM_OK)
            return CURLE_OUT_OF_MEMORY;
        if (running == 0)
            break;
        watched.revents = 0;
        if (curl_multi_poll(https->multi, &watched, watch,
                            deadline_left(&https->request->deadline), NULL)
            != CURLM_OK)
            return CURLE_OUT_OF_MEMORY;
        if (watched.revents != 0)
            return CURL_LAST;
    }
    message = curl_multi_info_read(https->multi, &queued);
    return message == NULL ? CURLE_OUT_OF_MEMORY : message->data.result;
}

/* Choose the method: a POST of a form, or a GET. */
static CURLcode
set_body(CURL *easy, const struct secret *form)
{
    CURLcode code;

    if (form == NULL)
        return curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    code = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, secret_text(form));
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                                (curl_off_t) form->length);
    return code;
}

int
https_send(struct https *https, const struct https_request *request,
           struct https_reply *reply, struct fault *fault)
{
    CURL *easy = https->easy;
    long left = deadline_left(&request->deadline);
    CURLcode code;

    *reply = (struct https_reply){0};
    https->request = request;
    https->reply = reply;
    https->error[0] = '\0';
    if (left == 0) {
        fault_raise(fault, REASON_STS_TIMEOUT, "%s: the time was up",
                    request->url);
        return -1;
    }
    if (curl_easy_setopt(easy, CURLOPT_URL, request->url) != CURLE_OK
        || set_body(easy, request->form) != CURLE_OK
        || curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, left) != CURLE_OK
        || curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                            (long) request->connect_time)
               != CURLE_OK
        || curl_multi_add_handle(https->multi, easy) != CURLM_OK) {
        fault_raise(fault, REASON_MEMORY, "no memory for a request");
        return -1;
    }
    code = carry_out(https);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply->status);
    note_request_id(easy, reply);
    note_server(https, code, reply);
    curl_multi_remove_handle(https->multi, easy);
    if (code == CURLE_OK)
        return 0;
    if (code == CURL_LAST)
        fault_raise(fault, REASON_SYSTEM,
                    "the host went away during the request");
    else
        fault_raise(fault, reason_of(code), "%s: %s", request->url,
                    https->error[0] == '\0' ? curl_easy_strerror(code)
                                            : https->error);
    reply->may_pass = may_pass(code);
    secret_clear(&reply->body);
    return -1;
}

void
https_end(struct https *https)
{
    if (https == NULL)
        return;
    curl_easy_cleanup(https->easy);
    curl_multi_cleanup(https->multi);
    free(https);
    curl_global_cleanup();
}

const char *
https_version(void)
{
    return curl_version_info(CURLVERSION_NOW)->version;
}

const char *
https_tls_version(void)
{
    return curl_version_info(CURLVERSION_NOW)->ssl_version;
}
