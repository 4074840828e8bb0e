/*
 * Shows what parse/sts_response reads from what STS answers, and that it
 * refuses what no STS would say, without a word of it in the fault.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdio.h>

#include "parse/sts_response.h"
#include "unit.h"

/* Words that stand in responses and must never stand in a fault. */
#define KEY_ID  "ASIAHUNTER2EXAMPLE00"
#define SECRET  "hunter2SecretAccessKey/+="
#define SESSION "hunter2SessionToken=="

#define NAMESPACE "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\""

#define CREDENTIALS                                 \
    "<Credentials>"                                 \
    "<AccessKeyId>" KEY_ID "</AccessKeyId>"         \
    "<SecretAccessKey>" SECRET "</SecretAccessKey>" \
    "<SessionToken>" SESSION "</SessionToken>"      \
    "<Expiration>2024-02-29T12:00:00Z</Expiration>" \
    "</Credentials>"
#define ASSUMED                                                       \
    "<AssumedRoleUser><Arn>arn</Arn><AssumedRoleId>x</AssumedRoleId>" \
    "</AssumedRoleUser>"
#define FIELDS                                                           \
    "<SubjectFromWebIdentityToken>subject</SubjectFromWebIdentityToken>" \
    "<Audience>audience</Audience><Provider>provider</Provider>"         \
    "<SourceIdentity>source</SourceIdentity>"                            \
    "<PackedPolicySize>6</PackedPolicySize>"
#define METADATA \
    "<ResponseMetadata><RequestId>request</RequestId></ResponseMetadata>"
#define SUCCESS(inner, outer)                           \
    "<AssumeRoleWithWebIdentityResponse " NAMESPACE ">" \
    "<AssumeRoleWithWebIdentityResult>" inner           \
    "</AssumeRoleWithWebIdentityResult>" outer          \
    "</AssumeRoleWithWebIdentityResponse>"
#define ARN(content)                                     \
    SUCCESS(CREDENTIALS "<AssumedRoleUser><Arn>" content \
                        "</Arn></AssumedRoleUser>",      \
            "")

static int
read_bytes(const void *bytes, size_t length, struct sts_response *response,
           struct fault *fault)
{
    struct secret body = secret_of(bytes, length);
    int result = sts_response_read(&body, response, fault);

    secret_clear(&body);
    assert_int_equal(result, fault->raised ? -1 : 0);
    return result;
}

static void
assert_reads(const char *text, struct sts_response *response)
{
    struct fault fault = {0};

    if (read_bytes(text, strlen(text), response, &fault) < 0)
        fail_msg("%s: %s", fault.text, text);
}

static void
assert_refuses_bytes(const char *row, const void *bytes, size_t length)
{
    struct sts_response response;
    struct fault fault = {0};

    expect(read_bytes(bytes, length, &response, &fault) < 0, row);
    expect(fault.reason == REASON_STS_UNREADABLE, row);
    expect(strstr(fault.text, "unter2") == NULL
               && strstr(fault.text, "HUNTER2") == NULL
               && fault.words[0] == '\0',
           fault.text);
    assert_null(response.code);
    assert_null(response.subject);
    assert_null(response.credentials.access_key_id.bytes);
    assert_null(response.credentials.secret_access_key.bytes);
    assert_null(response.credentials.session_token.bytes);
}

static void
assert_refuses(const char *text)
{
    assert_refuses_bytes(text, text, strlen(text));
}

/* A response that says all it can. */
static void
assert_is_full_success(const struct sts_response *response)
{
    assert_null(response->code);
    assert_null(response->message);
    assert_string_equal(response->request_id, "request");
    assert_string_equal(secret_text(&response->credentials.access_key_id),
                        KEY_ID);
    assert_string_equal(secret_text(&response->credentials.secret_access_key),
                        SECRET);
    assert_string_equal(secret_text(&response->credentials.session_token),
                        SESSION);
    assert_int_equal(response->credentials.expiration, 1709208000);
    assert_string_equal(response->assumed_role_arn, "arn");
    assert_string_equal(response->assumed_role_id, "x");
    assert_int_equal(response->packed_policy_size, 6);
    assert_string_equal(response->subject, "subject");
    assert_string_equal(response->audience, "audience");
    assert_string_equal(response->provider, "provider");
    assert_string_equal(response->source_identity, "source");
}

static void
a_success_is_read_in_any_order_and_dress(void **state)
{
    static const char *const texts[] = {
        SUCCESS(CREDENTIALS ASSUMED FIELDS, METADATA),
        SUCCESS(FIELDS ASSUMED CREDENTIALS, METADATA),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" SUCCESS(
            CREDENTIALS ASSUMED FIELDS, METADATA) "\n",
        "<!-- x -->" SUCCESS("\n  " CREDENTIALS "\n  <!-- y -->" ASSUMED
                             "<!-- z -->" FIELDS "<!-- <Audience/> -->",
                             "\n" METADATA "<?pi?>") "<!-- end -->",
        "<x:AssumeRoleWithWebIdentityResponse xmlns:x=\"https://x\">" METADATA
        "<x:AssumeRoleWithWebIdentityResult>" CREDENTIALS ASSUMED FIELDS
        "</x:AssumeRoleWithWebIdentityResult>"
        "</x:AssumeRoleWithWebIdentityResponse>",
        SUCCESS("<Unheard><Audience>of</Audience></Unheard>" CREDENTIALS ASSUMED
                    FIELDS,
                METADATA "<Unheard/>"),
        "<AssumeRoleWithWebIdentityResponse>" METADATA
        "<AssumeRoleWithWebIdentityResult>" CREDENTIALS ASSUMED FIELDS
        "</AssumeRoleWithWebIdentityResult>"
        "</AssumeRoleWithWebIdentityResponse>",
    };
    struct sts_response response;
    size_t i;

    for (i = 0; i < COUNT(texts); i++) {
        assert_reads(texts[i], &response);
        assert_is_full_success(&response);
        sts_response_clear(&response);
        assert_null(response.credentials.session_token.bytes);
    }
}

static void
what_is_missing_is_left_for_the_caller_to_see(void **state)
{
    struct sts_response response;

    assert_reads("<AssumeRoleWithWebIdentityResponse/>", &response);
    assert_null(response.code);
    assert_null(response.subject);
    assert_null(response.audience);
    assert_null(response.provider);
    assert_null(response.source_identity);
    assert_null(response.assumed_role_arn);
    assert_null(response.assumed_role_id);
    assert_null(response.request_id);
    assert_int_equal(response.packed_policy_size, -1);
    assert_int_equal(response.credentials.access_key_id.length, 0);
    assert_int_equal(response.credentials.expiration, 0);
    sts_response_clear(&response);

    /* Elsewhere it does not count. */
    assert_reads(SUCCESS("<Arn>arn</Arn><AccessKeyId>x</AccessKeyId>",
                         FIELDS CREDENTIALS ASSUMED),
                 &response);
    assert_null(response.assumed_role_arn);
    assert_null(response.subject);
    assert_int_equal(response.credentials.access_key_id.length, 0);
    sts_response_clear(&response);

    /* What stands beside the result is no field of it. */
    assert_reads(SUCCESS(CREDENTIALS, "<PackedPolicySize>6</PackedPolicySize>"
                                      "<RequestId>request</RequestId>" ASSUMED),
                 &response);
    assert_int_equal(response.packed_policy_size, -1);
    assert_null(response.request_id);
    assert_null(response.assumed_role_id);
    sts_response_clear(&response);

    assert_reads(SUCCESS("<Audience/><Provider></Provider>", ""), &response);
    assert_string_equal(response.audience, "");
    assert_string_equal(response.provider, "");
    sts_response_clear(&response);
}

static void
an_error_is_read(void **state)
{
    struct sts_response response;

    assert_reads(
        "<ErrorResponse " NAMESPACE "><Error><Type>Sender</Type>"
        "<Code>ExpiredTokenException</Code><Message>Token expired</Message>"
        "</Error><RequestId>request</RequestId></ErrorResponse>",
        &response);
    assert_string_equal(response.code, "ExpiredTokenException");
    assert_string_equal(response.message, "Token expired");
    assert_string_equal(response.request_id, "request");
    sts_response_clear(&response);

    assert_reads("<ErrorResponse><Error><Code>X</Code></Error></ErrorResponse>",
                 &response);
    assert_string_equal(response.code, "X");
    assert_null(response.message);
    assert_null(response.request_id);
    sts_response_clear(&response);
}

static void
an_error_is_read_with_and_without_a_response_around_it(void **state)
{
    static const struct {
        const char *text;
        const char *code;
        const char *message;
        const char *request_id;
    } rows[] = {
        {"<Error><Code>X</Code></Error>", "X", NULL, NULL},
        {"<Error><Code>AccessDenied</Code><Message></Message></Error>",
         "AccessDenied", "", NULL},
        {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>"
         "<Message>m</Message><Code>X</Code><Resource>/</Resource>"
         "<RequestId>request</RequestId><HostId>h</HostId></Error>\n",
         "X", "m", "request"},
        {"<Error " NAMESPACE "><Type>Sender</Type><Code>X</Code></Error>", "X",
         NULL, NULL},
        {"<x:Error xmlns:x=\"y\"><x:Code>X</x:Code></x:Error>", "X", NULL,
         NULL},
        {"<ErrorResponse><RequestId>request</RequestId><Error><Message>m"
         "</Message><Code>X</Code></Error></ErrorResponse>",
         "X", "m", "request"},
        {"<ErrorResponse><Error><Code>X</Code><RequestId>request</RequestId>"
         "</Error></ErrorResponse>",
         "X", NULL, "request"},
        {"<ErrorResponse><Error><RequestId>inner</RequestId><Code>X</Code>"
         "</Error><RequestId>outer</RequestId></ErrorResponse>",
         "X", NULL, "outer"},
        {"<ErrorResponse><!-- a --><Error><!-- b --><Code>X</Code><!-- c -->"
         "</Error><!-- d --></ErrorResponse><!-- e -->",
         "X", NULL, NULL},
        {"<ErrorResponse><Error><Code><![CDATA[X]]></Code><Message>"
         "<![CDATA[<b>&amp;]]> m</Message></Error></ErrorResponse>",
         "X", "<b>&amp; m", NULL},
        {"<Error><Code>X</Code><Message>&lt;caf&#233;&gt;</Message></Error>",
         "X", "<caf\xc3\xa9>", NULL},
        {"<Error><Code>X</Code><Error><Code>Y</Code></Error></Error>", "X",
         NULL, NULL},
        {"<ErrorResponse><Code>Y</Code><Error><Code>X</Code></Error>"
         "</ErrorResponse>",
         "X", NULL, NULL},
    };
    struct sts_response response;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        assert_reads(rows[i].text, &response);
        assert_string_equal(response.code, rows[i].code);
        if (rows[i].message == NULL)
            expect(response.message == NULL, rows[i].text);
        else
            assert_string_equal(response.message, rows[i].message);
        if (rows[i].request_id == NULL)
            expect(response.request_id == NULL, rows[i].text);
        else if (response.request_id == NULL
                 || strcmp(response.request_id, rows[i].request_id) != 0)
            fail_msg("%s: no request id %s", rows[i].text, rows[i].request_id);
        assert_int_equal(response.packed_policy_size, -1);
        sts_response_clear(&response);
    }
}

static void
an_empty_id_of_the_request_is_none(void **state)
{
#define METADATA_ID(element) \
    SUCCESS(CREDENTIALS, "<ResponseMetadata>" element "</ResponseMetadata>")

    static const struct {
        const char *text;
        const char *request_id; /* NULL for none */
    } rows[] = {
        {"<Error><Code>X</Code><RequestId/></Error>", NULL},
        {"<Error><Code>X</Code><RequestId></RequestId></Error>", NULL},
        {"<Error><Code>X</Code><RequestId><![CDATA[]]></RequestId></Error>",
         NULL},
        {"<ErrorResponse><RequestId/><Error><Code>X</Code></Error>"
         "</ErrorResponse>",
         NULL},
        {"<ErrorResponse><Error><Code>X</Code><RequestId/></Error>"
         "<RequestId/></ErrorResponse>",
         NULL},
        {"<ErrorResponse><RequestId/><Error><Code>X</Code>"
         "<RequestId>inner</RequestId></Error></ErrorResponse>",
         "inner"},
        {"<ErrorResponse><RequestId>outer</RequestId><Error><Code>X</Code>"
         "<RequestId/></Error></ErrorResponse>",
         "outer"},
        {"<ErrorResponse><RequestId> </RequestId><Error><Code>X</Code>"
         "<RequestId>inner</RequestId></Error></ErrorResponse>",
         " "},
        {METADATA_ID("<RequestId/>"), NULL},
        {METADATA_ID("<RequestId></RequestId>"), NULL},
        {METADATA_ID("<RequestId>r</RequestId>"), "r"},
        {METADATA_ID(""), NULL},
    };
    struct sts_response response;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        assert_reads(rows[i].text, &response);
        if (rows[i].request_id == NULL)
            expect(response.request_id == NULL, rows[i].text);
        else
            expect(response.request_id != NULL
                       && strcmp(response.request_id, rows[i].request_id) == 0,
                   rows[i].text);
        sts_response_clear(&response);
    }
}

static void
an_error_has_nothing_of_a_success(void **state)
{
    static const char *const texts[] = {
        "<Error><Code>X</Code>" CREDENTIALS ASSUMED FIELDS "</Error>",
        "<ErrorResponse><Error><Code>X</Code></Error>" CREDENTIALS ASSUMED
            FIELDS "</ErrorResponse>",
        "<ErrorResponse><Error><Code>X</Code></Error>"
        "<AssumeRoleWithWebIdentityResult>" CREDENTIALS ASSUMED FIELDS
        "</AssumeRoleWithWebIdentityResult></ErrorResponse>",
    };
    struct sts_response response;
    size_t i;

    for (i = 0; i < COUNT(texts); i++) {
        assert_reads(texts[i], &response);
        assert_string_equal(response.code, "X");
        assert_int_equal(response.credentials.access_key_id.length, 0);
        assert_int_equal(response.credentials.secret_access_key.length, 0);
        assert_null(response.subject);
        assert_null(response.assumed_role_arn);
        assert_null(response.assumed_role_id);
        sts_response_clear(&response);
    }
    /* And a success has no code. */
    assert_reads(SUCCESS(CREDENTIALS, "<Error><Code>X</Code></Error>"),
                 &response);
    assert_null(response.code);
    assert_string_equal(secret_text(&response.credentials.access_key_id),
                        KEY_ID);
    sts_response_clear(&response);
}

static void
the_id_of_the_assumed_role_has_two_names(void **state)
{
#define IDS(ids) \
    SUCCESS("<AssumedRoleUser><Arn>arn</Arn>" ids "</AssumedRoleUser>", "")
    struct sts_response response;

    assert_reads(IDS("<AssumedRoleId>AROA:alice</AssumedRoleId>"), &response);
    assert_string_equal(response.assumed_role_id, "AROA:alice");
    sts_response_clear(&response);
    assert_reads(IDS("<AssumeRoleId>AROA:alice</AssumeRoleId>"), &response);
    assert_string_equal(response.assumed_role_id, "AROA:alice");
    sts_response_clear(&response);
    assert_reads(IDS("<AssumeRoleId>other</AssumeRoleId>"
                     "<AssumedRoleId>AROA:alice</AssumedRoleId>"),
                 &response);
    assert_string_equal(response.assumed_role_id, "AROA:alice");
    sts_response_clear(&response);
    assert_reads(IDS("<AssumedRoleId/>"), &response);
    assert_string_equal(response.assumed_role_id, "");
    sts_response_clear(&response);
    assert_reads(IDS(""), &response);
    assert_null(response.assumed_role_id);
    sts_response_clear(&response);
    assert_refuses(IDS("<AssumedRoleId>a</AssumedRoleId>"
                       "<AssumedRoleId>a</AssumedRoleId>"));
    assert_refuses(IDS("<AssumeRoleId>a</AssumeRoleId>"
                       "<AssumeRoleId>a</AssumeRoleId>"));
    assert_refuses(IDS("<AssumedRoleId><b/></AssumedRoleId>"));
}

static void
a_packed_policy_size_is_a_number_or_not_there(void **state)
{
#define SIZE(text) SUCCESS("<PackedPolicySize>" text "</PackedPolicySize>", "")

    static const struct {
        const char *text;
        int size;
    } rows[] = {
        {SIZE("0"), 0},
        {SIZE("6"), 6},
        {SIZE("100"), 100},
        {SIZE("007"), 7},
        {SIZE("999999"), 999999},
        {SIZE("<![CDATA[6]]>"), 6},
        {SIZE("&#54;"), 6},
        {SIZE(""), -1},
        {SUCCESS("<PackedPolicySize/>", ""), -1},
        {SUCCESS("", ""), -1},
    };

    static const char *const refused[] = {
        SIZE("-1"),
        SIZE("+6"),
        SIZE("6%"),
        SIZE("6.0"),
        SIZE("0x6"),
        SIZE(" 6"),
        SIZE("6 "),
        SIZE("\n6\n"),
        SIZE("six"),
        SIZE("hunter2"),
        SIZE("1000000"),
        SIZE("4294967302"),
        SIZE("99999999999999999999999999999999"),
        SIZE("<b>6</b>"),
        SIZE("\xd9\xa6"),
        SUCCESS("<PackedPolicySize>6</PackedPolicySize>"
                "<PackedPolicySize>6</PackedPolicySize>",
                ""),
    };
    struct sts_response response;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        assert_reads(rows[i].text, &response);
        expect(response.packed_policy_size == rows[i].size, rows[i].text);
        sts_response_clear(&response);
    }
    for (i = 0; i < COUNT(refused); i++)
        assert_refuses(refused[i]);
}

static void
an_error_without_a_code_is_refused(void **state)
{
    assert_refuses("<Error/>");
    assert_refuses("<Error><Code/></Error>");
    assert_refuses("<Error><Code></Code><Message>hunter2</Message></Error>");
    assert_refuses("<Error><Message>hunter2</Message></Error>");
    assert_refuses("<Error><code>X</code></Error>");
    assert_refuses("<Error><Error><Code>X</Code></Error></Error>");
    assert_refuses("<ErrorResponse><Error><Error><Code>X</Code></Error>"
                   "</Error></ErrorResponse>");
    assert_refuses("<ErrorResponse><Errors><Error><Code>X</Code></Error>"
                   "</Errors></ErrorResponse>");
    assert_refuses("<ErrorResponse/>");
    assert_refuses("<ErrorResponse><Error/></ErrorResponse>");
    assert_refuses("<ErrorResponse><Error><Code/></Error></ErrorResponse>");
    assert_refuses("<ErrorResponse><Code>X</Code></ErrorResponse>");
    assert_refuses("<ErrorResponse>" CREDENTIALS "</ErrorResponse>");
}

static void
an_element_that_stands_twice_is_refused(void **state)
{
    static const char *const texts[] = {
        SUCCESS(CREDENTIALS CREDENTIALS, ""),
        SUCCESS("<Audience>a</Audience>" FIELDS, ""),
        SUCCESS(FIELDS "<Provider>p</Provider>", ""),
        SUCCESS(FIELDS "<SourceIdentity/>", ""),
        SUCCESS(FIELDS "<x:Audience xmlns:x=\"y\">a</x:Audience>", ""),
        SUCCESS(FIELDS "<SubjectFromWebIdentityToken/>", ""),
        SUCCESS(ASSUMED ASSUMED, ""),
        SUCCESS("<AssumedRoleUser><Arn>a</Arn><Arn>a</Arn></AssumedRoleUser>",
                ""),
        SUCCESS("<Credentials><AccessKeyId>" KEY_ID "</AccessKeyId>"
                "<SecretAccessKey>" SECRET "</SecretAccessKey>"
                "<SecretAccessKey>" SECRET "</SecretAccessKey></Credentials>",
                ""),
        SUCCESS("<Credentials><AccessKeyId/><AccessKeyId/></Credentials>", ""),
        SUCCESS("<Credentials><SessionToken/><SessionToken/></Credentials>",
                ""),
        SUCCESS("<Credentials><Expiration>2024-02-29T12:00:00Z</Expiration>"
                "<Expiration>2024-02-29T12:00:00Z</Expiration></Credentials>",
                ""),
        SUCCESS("", METADATA METADATA),
        SUCCESS("", "<AssumeRoleWithWebIdentityResult/>"),
        SUCCESS("", "<ResponseMetadata><RequestId/><RequestId/>"
                    "</ResponseMetadata>"),
        "<ErrorResponse><Error><Code>X</Code></Error><Error/></ErrorResponse>",
        "<ErrorResponse><Error><Code>X</Code><Code>X</Code></Error>"
        "</ErrorResponse>",
        "<ErrorResponse><Error><Code>X</Code><Message/><Message/></Error>"
        "</ErrorResponse>",
        "<ErrorResponse><Error><Code>X</Code></Error><RequestId>a</RequestId>"
        "<RequestId>b</RequestId></ErrorResponse>",
        "<ErrorResponse><Error><Code>X</Code><RequestId>a</RequestId>"
        "<RequestId>b</RequestId></Error></ErrorResponse>",
        "<Error><Code>X</Code><Code>X</Code></Error>",
        "<Error><Code>X</Code><Message>a</Message><Message>b</Message></Error>",
        "<Error><Code>X</Code><RequestId>a</RequestId><RequestId>b</RequestId>"
        "</Error>",
        "<Error><Code>X</Code><y:Code xmlns:y=\"y\">X</y:Code></Error>",
    };
    size_t i;

    for (i = 0; i < COUNT(texts); i++)
        assert_refuses(texts[i]);
}

static void
where_text_belongs_nothing_else_may_stand(void **state)
{
    struct sts_response response;

    assert_refuses(ARN("<b>arn</b>"));
    assert_refuses(ARN("a<b/>rn"));
    assert_refuses(ARN("a<!-- hunter2 -->rn"));
    assert_refuses(ARN("a<?pi?>rn"));
    assert_refuses(SUCCESS("<Credentials><AccessKeyId>" KEY_ID
                           "<b/></AccessKeyId></Credentials>",
                           ""));
    assert_refuses(SUCCESS("<Credentials><SessionToken><b>" SESSION
                           "</b></SessionToken></Credentials>",
                           ""));
    assert_refuses(SUCCESS("<Credentials><Expiration><b/></Expiration>"
                           "</Credentials>",
                           ""));
    assert_refuses("<Error><Code>X<b/></Code></Error>");
    assert_refuses("<Error><Code>X</Code><Message>m<br/></Message></Error>");
    assert_refuses("<Error><Code>X</Code><RequestId><b>r</b></RequestId>"
                   "</Error>");
    assert_refuses(SUCCESS("<Credentials><SecretAccessKey>" SECRET
                           "<b/></SecretAccessKey></Credentials>",
                           ""));

    assert_reads(ARN("<![CDATA[a<b>]]>rn"), &response);
    assert_string_equal(response.assumed_role_arn, "a<b>rn");
    sts_response_clear(&response);
    assert_reads(ARN("<![CDATA[]]>"), &response);
    assert_string_equal(response.assumed_role_arn, "");
    sts_response_clear(&response);
    assert_reads(ARN("&lt;&amp;&#65;&#x42;&quot;"), &response);
    assert_string_equal(response.assumed_role_arn, "<&AB\"");
    sts_response_clear(&response);
    assert_reads(ARN(" \n arn "), &response);
    assert_string_equal(response.assumed_role_arn, " \n arn ");
    sts_response_clear(&response);
}

static void
an_expiration_that_is_no_moment_is_refused(void **state)
{
#define EXPIRATION(moment)                                                    \
    SUCCESS("<Credentials><Expiration>" moment "</Expiration></Credentials>", \
            "")
    struct sts_response response;

    assert_refuses(EXPIRATION(""));
    assert_refuses(EXPIRATION("1709208000"));
    assert_refuses(EXPIRATION("2024-02-30T12:00:00Z"));
    assert_refuses(EXPIRATION("2024-02-29T12:00:00+01:00"));
    assert_refuses(EXPIRATION(" 2024-02-29T12:00:00Z"));
    assert_reads(EXPIRATION("2024-02-29T12:00:00.123456789Z"), &response);
    assert_int_equal(response.credentials.expiration, 1709208000);
    sts_response_clear(&response);
}

static void
a_dtd_is_refused(void **state)
{
#define ROOT "AssumeRoleWithWebIdentityResponse"
    assert_refuses("<!DOCTYPE " ROOT "><" ROOT "/>");
    assert_refuses("<!DOCTYPE " ROOT " []><" ROOT "/>");
    assert_refuses("<!DOCTYPE " ROOT " SYSTEM \"file:///etc/passwd\"><" ROOT
                   "/>");
    assert_refuses("<!DOCTYPE " ROOT
                   " PUBLIC \"x\" \"http://127.0.0.1:9/\"><" ROOT "/>");
    assert_refuses("<!DOCTYPE " ROOT " [<!ENTITY e \"arn\">]>" ARN("&e;"));
    assert_refuses("<!DOCTYPE " ROOT
                   " [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" ARN("&e;"));
    assert_refuses("<!DOCTYPE " ROOT " [<!ENTITY % e SYSTEM "
                   "\"file:///etc/passwd\"> %e;]>" ARN("x"));
    assert_refuses(ARN("&undeclared;"));
}

static void
a_billion_laughs_are_refused(void **state)
{
    struct secret text = secret_from("<!DOCTYPE x [<!ENTITY l0 \"ha\">");
    char entity[256];
    int i;
    int j;

    for (i = 1; i <= 30; i++) {
        snprintf(entity, sizeof entity, "<!ENTITY l%d \"", i);
        secret_append(&text, entity, strlen(entity));
        for (j = 0; j < 10; j++) {
            snprintf(entity, sizeof entity, "&l%d;", i - 1);
            secret_append(&text, entity, strlen(entity));
        }
        secret_append(&text, "\">", 2);
    }
    secret_append(&text, "]><x a=\"&l30;\">&l30;</x>", 24);
    assert_refuses_bytes("a billion laughs", text.bytes, text.length);
    secret_clear(&text);
}

static void
xml_of_another_kind_is_refused(void **state)
{
    static const char *const texts[] = {
        "<html><body>hunter2</body></html>",
        "<AssumeRoleResponse/>",
        "<AssumeRoleWithWebIdentityResult/>",
        "<assumeRoleWithWebIdentityResponse/>",
        "<error><Code>X</Code></error>",
        "<Errors><Error><Code>X</Code></Error></Errors>",
        "<Response><Errors><Error><Code>X</Code></Error></Errors></Response>",
        "<x>" SUCCESS(CREDENTIALS, "") "</x>",
    };
    size_t i;

    for (i = 0; i < COUNT(texts); i++)
        assert_refuses(texts[i]);
}

static void
what_is_no_xml_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "hunter2",
        "{\"Error\":{\"Code\":\"hunter2\"}}",
        "<",
        "<ErrorResponse>",
        "<ErrorResponse></Errorresponse>",
        "<ErrorResponse/><ErrorResponse/>",
        "<ErrorResponse/>hunter2",
        "hunter2<ErrorResponse/>",
        "<x:ErrorResponse><Error><Code>X</Code></Error></ErrorResponse>",
        "<AssumeRoleWithWebIdentityResponse a=1/>",
        ARN("\x01"),
        ARN("&#0;"),
        ARN("\xff\xfe"),
        ARN("\xc0\x80"),
        ARN("]]>"),
    };
    size_t i;

    for (i = 0; i < COUNT(texts); i++)
        assert_refuses(texts[i]);
    assert_refuses_bytes("a NUL byte", ARN("a\0n"), sizeof ARN("a\0n") - 1);
    assert_refuses_bytes("NUL bytes", "\0\0\0\0", 4);
}

static void
a_response_is_refused_wherever_it_is_cut(void **state)
{
    static const char text[] = SUCCESS(CREDENTIALS ASSUMED FIELDS, METADATA);
    size_t length;

    for (length = 0; length < sizeof text - 1; length++)
        assert_refuses_bytes("a part", text, length);
}

/* See that an ASCII text is refused when its characters are so many bytes. */
static void
assert_refuses_wide(const char *text, const char *mark, size_t mark_length,
                    size_t width, bool big_endian)
{
    struct secret wide = secret_of(mark, mark_length);
    size_t i;

    for (i = 0; i < strlen(text); i++) {
        char bytes[4] = {0};

        bytes[big_endian ? width - 1 : 0] = text[i];
        assert_int_equal(secret_append(&wide, bytes, width), 0);
    }
    assert_refuses_bytes("a wide encoding", wide.bytes, wide.length);
    secret_clear(&wide);
}

static void
an_encoding_of_wide_characters_is_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        size_t width;
        bool big_endian;
    } marks[] = {
        {"\xff\xfe", 2, 2, false},
        {"\xfe\xff", 2, 2, true},
        {"", 0, 2, false},
        {"", 0, 2, true},
        {"\xff\xfe\0\0", 4, 4, false},
        {"\0\0\xfe\xff", 4, 4, true},
        {"", 0, 4, false},
        {"", 0, 4, true},
    };

    static const char *const texts[] = {
        SUCCESS(CREDENTIALS ASSUMED FIELDS, METADATA),
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" SUCCESS(CREDENTIALS,
                                                              METADATA),
        "<Error><Code>X</Code></Error>",
    };
    size_t i;
    size_t j;

    for (i = 0; i < COUNT(marks); i++) {
        for (j = 0; j < COUNT(texts); j++)
            assert_refuses_wide(texts[j], marks[i].bytes, marks[i].length,
                                marks[i].width, marks[i].big_endian);
    }
}

static void
ebcdic_is_refused(void **state)
{
    /* <?xml version="1.0" encoding="EBCDIC-CP-US"?><Error/> */
    static const char text[] =
        "\x4c\x6f\xa7\x94\x93\x40\xa5\x85\x99\xa2\x89\x96\x95\x7e\x7f\xf1"
        "\x4b\xf0\x7f\x40\x85\x95\x83\x96\x84\x89\x95\x87\x7e\x7f\xc5\xc2"
        "\xc3\xc4\xc9\xc3\x60\xc3\xd7\x60\xe4\xe2\x7f\x6f\x6e\x4c\xc5\x99"
        "\x99\x96\x99\x61\x6e";

    assert_refuses(text);
}

static void
a_response_is_utf_8_whatever_it_says(void **state)
{
#define DECLARED(encoding, content) \
    "<?xml version=\"1.0\" encoding=\"" encoding "\"?>" ARN(content)

    static const char *const good[] = {
        ARN("caf\xc3\xa9"),
        DECLARED("UTF-8", "caf\xc3\xa9"),
        DECLARED("ISO-8859-1", "caf\xc3\xa9"),
        DECLARED("US-ASCII", "caf\xc3\xa9"),
        DECLARED("UTF-16", "caf\xc3\xa9"),
        DECLARED("UTF-7", "caf\xc3\xa9"),
        DECLARED("EBCDIC-CP-US", "caf\xc3\xa9"),
        DECLARED("unheard-of", "caf\xc3\xa9"),
        /* A mark of the byte order, of UTF-8. */
        "\xef\xbb\xbf" ARN("caf\xc3\xa9"),
        "\xef\xbb\xbf" DECLARED("UTF-8", "caf\xc3\xa9"),
    };
    static const char *const bad[] = {
        ARN("caf\xe9"),
        DECLARED("UTF-8", "caf\xe9"),
        DECLARED("ISO-8859-1", "caf\xe9"),
        DECLARED("iso-8859-1", "caf\xe9"),
        DECLARED("windows-1252", "caf\x80"),
        DECLARED("Shift_JIS", "\x83\x65"),
        "\xef\xbb\xbf" DECLARED("ISO-8859-1", "caf\xe9"),
        "\xef\xbb\xbf\xef\xbb\xbf" ARN("x"),
        "\xff\xfe" ARN("x"),
        "\xfe\xff" ARN("x"),
    };
    struct sts_response response;
    size_t i;

    for (i = 0; i < COUNT(good); i++) {
        assert_reads(good[i], &response);
        assert_string_equal(response.assumed_role_arn, "caf\xc3\xa9");
        sts_response_clear(&response);
    }
    for (i = 0; i < COUNT(bad); i++)
        assert_refuses(bad[i]);
    /* UTF-7 would make this <Arn>. */
    assert_reads(DECLARED("UTF-7", "+ADw-Arn+AD4-"), &response);
    assert_string_equal(response.assumed_role_arn, "+ADw-Arn+AD4-");
    sts_response_clear(&response);
}

static void
a_response_that_is_too_deep_is_refused(void **state)
{
    struct secret text = {0};
    int i;

    for (i = 0; i < 20000; i++)
        secret_append(&text, "<a>", 3);
    for (i = 0; i < 20000; i++)
        secret_append(&text, "</a>", 4);
    assert_refuses_bytes("20,000 levels", text.bytes, text.length);
    secret_clear(&text);
}

static void
a_response_may_have_262144_bytes(void **state)
{
    static const char text[] = SUCCESS(CREDENTIALS ASSUMED FIELDS, METADATA);
    struct secret body = secret_from(text);
    struct sts_response response;
    struct fault fault = {0};

    while (body.length < STS_RESPONSE_MAX_SIZE)
        secret_append(&body, "\n", 1);
    assert_int_equal(read_bytes(body.bytes, body.length, &response, &fault), 0);
    assert_is_full_success(&response);
    sts_response_clear(&response);
    secret_append(&body, "\n", 1);
    assert_refuses_bytes("a byte more", body.bytes, body.length);
    secret_clear(&body);
}

static void
a_long_text_is_kept_whole(void **state)
{
    struct secret body = secret_from(
        "<AssumeRoleWithWebIdentityResponse>"
        "<AssumeRoleWithWebIdentityResult><Credentials><SessionToken>");
    struct sts_response response;
    struct fault fault = {0};
    int i;

    for (i = 0; i < 100000; i++)
        secret_append(&body, i % 1000 == 0 ? "&amp;" : "x",
                      i % 1000 == 0 ? 5 : 1);
    secret_append(&body, "</SessionToken></Credentials>", 29);
    secret_append(&body, "</AssumeRoleWithWebIdentityResult>", 34);
    secret_append(&body, "</AssumeRoleWithWebIdentityResponse>", 36);
    assert_int_equal(read_bytes(body.bytes, body.length, &response, &fault), 0);
    assert_int_equal(response.credentials.session_token.length, 100000);
    sts_response_clear(&response);
    secret_clear(&body);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_success_is_read_in_any_order_and_dress),
        cmocka_unit_test(what_is_missing_is_left_for_the_caller_to_see),
        cmocka_unit_test(an_error_is_read),
        cmocka_unit_test(
            an_error_is_read_with_and_without_a_response_around_it),
        cmocka_unit_test(an_empty_id_of_the_request_is_none),
        cmocka_unit_test(an_error_has_nothing_of_a_success),
        cmocka_unit_test(the_id_of_the_assumed_role_has_two_names),
        cmocka_unit_test(a_packed_policy_size_is_a_number_or_not_there),
        cmocka_unit_test(an_error_without_a_code_is_refused),
        cmocka_unit_test(an_element_that_stands_twice_is_refused),
        cmocka_unit_test(where_text_belongs_nothing_else_may_stand),
        cmocka_unit_test(an_expiration_that_is_no_moment_is_refused),
        cmocka_unit_test(a_dtd_is_refused),
        cmocka_unit_test(a_billion_laughs_are_refused),
        cmocka_unit_test(xml_of_another_kind_is_refused),
        cmocka_unit_test(what_is_no_xml_is_refused),
        cmocka_unit_test(a_response_is_refused_wherever_it_is_cut),
        cmocka_unit_test(an_encoding_of_wide_characters_is_refused),
        cmocka_unit_test(ebcdic_is_refused),
        cmocka_unit_test(a_response_is_utf_8_whatever_it_says),
        cmocka_unit_test(a_response_that_is_too_deep_is_refused),
        cmocka_unit_test(a_response_may_have_262144_bytes),
        cmocka_unit_test(a_long_text_is_kept_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
