/*
 * Shows where model/endpoint has STS asked: for each partition, each wish, and
 * regions of which nobody has heard.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <stdlib.h>

#include "model/endpoint.h"
#include "unit.h"

/* What is wanted, beside the region. */
enum wish {
    NOTHING = 0,
    FIPS = 1,
    DUAL_STACK = 2,
    GLOBAL = 4,
};

/* The endpoint of a region with some wishes, until the next call. */
static const char *
url_of(const char *region, unsigned int wishes)
{
    static char room[ENDPOINT_URL_SIZE];
    struct endpoint endpoint = {
        .region = strdup(region),
        .fips = (wishes & FIPS) != 0,
        .dual_stack = (wishes & DUAL_STACK) != 0,
        .global = (wishes & GLOBAL) != 0,
    };
    struct fault fault = {0};
    const char *url = endpoint_resolve(&endpoint, room, &fault);

    assert_ptr_equal(url, room);
    assert_false(fault.raised);
    endpoint_clear(&endpoint);
    return url;
}

/* A region, some wishes, and where STS answers then. */
struct row {
    const char *region;
    unsigned int wishes;
    const char *url;
};

static void
expect_rows(const struct row *rows, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const char *url = url_of(rows[i].region, rows[i].wishes);

        if (strcmp(url, rows[i].url) != 0)
            fail_msg("%s, %u: %s instead of %s", rows[i].region, rows[i].wishes,
                     url, rows[i].url);
    }
}

static void
a_region_has_the_endpoint_of_its_partition(void **state)
{
    static const struct row rows[] = {
        {"eu-west-1", NOTHING, "https://sts.eu-west-1.amazonaws.com"},
        {"us-east-1", NOTHING, "https://sts.us-east-1.amazonaws.com"},
        {"il-central-1", NOTHING, "https://sts.il-central-1.amazonaws.com"},
        {"mx-central-1", NOTHING, "https://sts.mx-central-1.amazonaws.com"},
        {"cn-north-1", NOTHING, "https://sts.cn-north-1.amazonaws.com.cn"},
        {"us-gov-west-1", NOTHING, "https://sts.us-gov-west-1.amazonaws.com"},
        {"us-iso-east-1", NOTHING, "https://sts.us-iso-east-1.c2s.ic.gov"},
        {"us-isob-east-1", NOTHING, "https://sts.us-isob-east-1.sc2s.sgov.gov"},
        {"eu-isoe-west-1", NOTHING,
         "https://sts.eu-isoe-west-1.cloud.adc-e.uk"},
        {"us-isof-south-1", NOTHING,
         "https://sts.us-isof-south-1.csp.hci.ic.gov"},
        {"eusc-de-east-1", NOTHING, "https://sts.eusc-de-east-1.amazonaws.eu"},
    };

    expect_rows(rows, COUNT(rows));
}

static void
fips_has_hosts_of_its_own_but_in_us_gov(void **state)
{
    static const struct row rows[] = {
        {"eu-west-1", FIPS, "https://sts-fips.eu-west-1.amazonaws.com"},
        {"us-east-1", FIPS, "https://sts-fips.us-east-1.amazonaws.com"},
        {"cn-north-1", FIPS, "https://sts-fips.cn-north-1.amazonaws.com.cn"},
        {"us-gov-west-1", FIPS, "https://sts.us-gov-west-1.amazonaws.com"},
        {"us-gov-east-1", FIPS, "https://sts.us-gov-east-1.amazonaws.com"},
        {"us-iso-east-1", FIPS, "https://sts-fips.us-iso-east-1.c2s.ic.gov"},
        {"us-isob-east-1", FIPS,
         "https://sts-fips.us-isob-east-1.sc2s.sgov.gov"},
        {"eu-isoe-west-1", FIPS,
         "https://sts-fips.eu-isoe-west-1.cloud.adc-e.uk"},
        {"us-isof-south-1", FIPS,
         "https://sts-fips.us-isof-south-1.csp.hci.ic.gov"},
        {"eusc-de-east-1", FIPS,
         "https://sts-fips.eusc-de-east-1.amazonaws.eu"},
    };

    expect_rows(rows, COUNT(rows));
}

static void
dual_stack_has_a_suffix_of_its_own(void **state)
{
    static const struct row rows[] = {
        {"eu-west-1", DUAL_STACK, "https://sts.eu-west-1.api.aws"},
        {"cn-north-1", DUAL_STACK,
         "https://sts.cn-north-1.api.amazonwebservices.com.cn"},
        {"us-gov-west-1", DUAL_STACK, "https://sts.us-gov-west-1.api.aws"},
        {"us-iso-east-1", DUAL_STACK,
         "https://sts.us-iso-east-1.api.aws.ic.gov"},
        {"us-isob-east-1", DUAL_STACK,
         "https://sts.us-isob-east-1.api.aws.scloud"},
        {"eu-isoe-west-1", DUAL_STACK,
         "https://sts.eu-isoe-west-1.api.cloud-aws.adc-e.uk"},
        {"us-isof-south-1", DUAL_STACK,
         "https://sts.us-isof-south-1.api.aws.hci.ic.gov"},
        {"eusc-de-east-1", DUAL_STACK,
         "https://sts.eusc-de-east-1.api.amazonwebservices.eu"},
    };

    expect_rows(rows, COUNT(rows));
}

static void
fips_and_dual_stack_go_together_in_us_gov_too(void **state)
{
    static const struct row rows[] = {
        {"eu-west-1", FIPS | DUAL_STACK, "https://sts-fips.eu-west-1.api.aws"},
        {"cn-north-1", FIPS | DUAL_STACK,
         "https://sts-fips.cn-north-1.api.amazonwebservices.com.cn"},
        {"us-gov-west-1", FIPS | DUAL_STACK,
         "https://sts-fips.us-gov-west-1.api.aws"},
        {"us-iso-east-1", FIPS | DUAL_STACK,
         "https://sts-fips.us-iso-east-1.api.aws.ic.gov"},
        {"us-isob-east-1", FIPS | DUAL_STACK,
         "https://sts-fips.us-isob-east-1.api.aws.scloud"},
        {"eu-isoe-west-1", FIPS | DUAL_STACK,
         "https://sts-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk"},
        {"us-isof-south-1", FIPS | DUAL_STACK,
         "https://sts-fips.us-isof-south-1.api.aws.hci.ic.gov"},
        {"eusc-de-east-1", FIPS | DUAL_STACK,
         "https://sts-fips.eusc-de-east-1.api.amazonwebservices.eu"},
    };

    expect_rows(rows, COUNT(rows));
}

static void
a_pseudo_region_is_of_its_partition(void **state)
{
    static const struct row rows[] = {
        {"aws-global", NOTHING, "https://sts.amazonaws.com"},
        {"aws-global", GLOBAL, "https://sts.amazonaws.com"},
        {"aws-global", FIPS, "https://sts-fips.aws-global.amazonaws.com"},
        {"aws-global", DUAL_STACK, "https://sts.aws-global.api.aws"},
        {"aws-global", FIPS | DUAL_STACK,
         "https://sts-fips.aws-global.api.aws"},
        {"aws-cn-global", NOTHING,
         "https://sts.aws-cn-global.amazonaws.com.cn"},
        {"aws-us-gov-global", NOTHING,
         "https://sts.aws-us-gov-global.amazonaws.com"},
        {"aws-us-gov-global", FIPS,
         "https://sts.aws-us-gov-global.amazonaws.com"},
        {"aws-iso-global", NOTHING, "https://sts.aws-iso-global.c2s.ic.gov"},
        {"aws-iso-b-global", NOTHING,
         "https://sts.aws-iso-b-global.sc2s.sgov.gov"},
        {"aws-iso-e-global", FIPS,
         "https://sts-fips.aws-iso-e-global.cloud.adc-e.uk"},
        {"aws-iso-f-global", DUAL_STACK,
         "https://sts.aws-iso-f-global.api.aws.hci.ic.gov"},
    };

    expect_rows(rows, COUNT(rows));
}

static void
a_region_of_no_known_partition_is_one_of_aws(void **state)
{
    static const struct row rows[] = {
        {"mars-1", NOTHING, "https://sts.mars-1.amazonaws.com"},
        {"mars-north-1", FIPS, "https://sts-fips.mars-north-1.amazonaws.com"},
        {"x", DUAL_STACK, "https://sts.x.api.aws"},
        {"us-isoz-east-1", NOTHING, "https://sts.us-isoz-east-1.amazonaws.com"},
        {"us-iso", NOTHING, "https://sts.us-iso.amazonaws.com"},
        {"us-iso--1", NOTHING, "https://sts.us-iso--1.amazonaws.com"},
        {"us-iso-1", NOTHING, "https://sts.us-iso-1.amazonaws.com"},
        {"us-iso-a-b-1", NOTHING, "https://sts.us-iso-a-b-1.amazonaws.com"},
        {"us-iso-east-1a", NOTHING, "https://sts.us-iso-east-1a.amazonaws.com"},
        {"xus-iso-east-1", NOTHING, "https://sts.xus-iso-east-1.amazonaws.com"},
        {"us-gov-x", FIPS, "https://sts-fips.us-gov-x.amazonaws.com"},
        {"us-gov-west-x", FIPS, "https://sts-fips.us-gov-west-x.amazonaws.com"},
        {"cn-1", NOTHING, "https://sts.cn-1.amazonaws.com"},
        {"cn-north", NOTHING, "https://sts.cn-north.amazonaws.com"},
        {"eusc-fr-east-1", NOTHING, "https://sts.eusc-fr-east-1.amazonaws.com"},
        {"aws-eusc-global", NOTHING,
         "https://sts.aws-eusc-global.amazonaws.com"},
        {"aws-cn-global-1", NOTHING,
         "https://sts.aws-cn-global-1.amazonaws.com"},
        {"us-gov-2x-10", FIPS, "https://sts.us-gov-2x-10.amazonaws.com"},
    };

    expect_rows(rows, COUNT(rows));
}

static void
the_global_endpoint_is_for_the_regions_of_former_days(void **state)
{
    static const char *const former[] = {
        "ap-northeast-1", "ap-south-1",   "ap-southeast-1", "ap-southeast-2",
        "aws-global",     "ca-central-1", "eu-central-1",   "eu-north-1",
        "eu-west-1",      "eu-west-2",    "eu-west-3",      "sa-east-1",
        "us-east-1",      "us-east-2",    "us-west-1",      "us-west-2"};

    static const struct row others[] = {
        {"ap-northeast-2", GLOBAL, "https://sts.ap-northeast-2.amazonaws.com"},
        {"ap-northeast-3", GLOBAL, "https://sts.ap-northeast-3.amazonaws.com"},
        {"ap-southeast-3", GLOBAL, "https://sts.ap-southeast-3.amazonaws.com"},
        {"eu-south-1", GLOBAL, "https://sts.eu-south-1.amazonaws.com"},
        {"us-east-11", GLOBAL, "https://sts.us-east-11.amazonaws.com"},
        {"us-east", GLOBAL, "https://sts.us-east.amazonaws.com"},
        {"cn-north-1", GLOBAL, "https://sts.cn-north-1.amazonaws.com.cn"},
        {"us-gov-west-1", GLOBAL, "https://sts.us-gov-west-1.amazonaws.com"},
        {"aws-cn-global", GLOBAL, "https://sts.aws-cn-global.amazonaws.com.cn"},
    };
    size_t i;

    for (i = 0; i < COUNT(former); i++)
        expect(strcmp(url_of(former[i], GLOBAL), "https://sts.amazonaws.com")
                   == 0,
               former[i]);
    expect_rows(others, COUNT(others));
}

static void
fips_and_dual_stack_are_never_global(void **state)
{
    static const struct row rows[] = {
        {"us-east-1", GLOBAL | FIPS,
         "https://sts-fips.us-east-1.amazonaws.com"},
        {"us-east-1", GLOBAL | DUAL_STACK, "https://sts.us-east-1.api.aws"},
        {"us-east-1", GLOBAL | FIPS | DUAL_STACK,
         "https://sts-fips.us-east-1.api.aws"},
        {"aws-global", GLOBAL | FIPS,
         "https://sts-fips.aws-global.amazonaws.com"},
        {"aws-global", GLOBAL | DUAL_STACK, "https://sts.aws-global.api.aws"},
    };

    expect_rows(rows, COUNT(rows));
}

static void
a_region_is_a_label_of_a_host_name(void **state)
{
    static const char *const bad[] = {"",          "-",       "-eu",
                                      "eu-",       "cn-",     "EU-west-1",
                                      "eu.west",   "eu_west", "eu/x",
                                      "eu west",   "eu:1",    "eu-west-1\n",
                                      "e\xc3\xa9", "eu@x",    "eu-west-1#"};
    size_t i;

    assert_true(endpoint_region_is_valid("eu-west-1"));
    assert_true(endpoint_region_is_valid("x"));
    assert_true(endpoint_region_is_valid(repeat('a', 63)));
    assert_false(endpoint_region_is_valid(repeat('a', 64)));
    for (i = 0; i < COUNT(bad); i++)
        expect(!endpoint_region_is_valid(bad[i]), bad[i]);
}

static void
the_longest_region_of_every_partition_fits(void **state)
{
    static const struct {
        const char *prefix;
        const char *end; /* of the longest of its URLs */
    } rows[] = {
        {"cn-", "-1.api.amazonwebservices.com.cn"},
        {"us-gov-", "-1.api.aws"},
        {"us-iso-", "-1.api.aws.ic.gov"},
        {"us-isob-", "-1.api.aws.scloud"},
        {"eu-isoe-", "-1.api.cloud-aws.adc-e.uk"},
        {"us-isof-", "-1.api.aws.hci.ic.gov"},
        {"eusc-de-", "-1.api.amazonwebservices.eu"},
        {"", "-1.api.aws"},
    };

    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        size_t word = ENDPOINT_MAX_REGION - strlen(rows[i].prefix) - 2;
        const char *region =
            join(rows[i].prefix, join(repeat('a', word), "-1"));
        const char *url;

        assert_int_equal(strlen(region), ENDPOINT_MAX_REGION);
        assert_true(endpoint_region_is_valid(region));
        url = url_of(region, FIPS | DUAL_STACK);
        assert_memory_equal(url, "https://sts-fips.", 17);
        assert_string_equal(url + 17 + ENDPOINT_MAX_REGION - 2, rows[i].end);
    }
}

/* Servers of one's own. */

#define OWN "https://sts.example.internal:8443/path"

static void
a_server_of_ones_own_is_asked_as_it_is_given(void **state)
{
    struct endpoint endpoint = {.url = TEXT(OWN)};
    char room[ENDPOINT_URL_SIZE] = "untouched";
    struct fault fault = {0};

    assert_ptr_equal(endpoint_resolve(&endpoint, room, &fault), endpoint.url);
    endpoint.region = TEXT("eu-west-1");
    assert_ptr_equal(endpoint_resolve(&endpoint, room, &fault), endpoint.url);
    endpoint.global = true;
    assert_ptr_equal(endpoint_resolve(&endpoint, room, &fault), endpoint.url);
    endpoint.region = TEXT("aws-global");
    assert_ptr_equal(endpoint_resolve(&endpoint, room, &fault), endpoint.url);
    assert_string_equal(room, "untouched");
    assert_false(fault.raised);
}

static void
a_server_of_ones_own_has_no_fips_and_no_dual_stack(void **state)
{
    static const unsigned int wishes[] = {FIPS, DUAL_STACK, FIPS | DUAL_STACK,
                                          FIPS | GLOBAL, DUAL_STACK | GLOBAL};
    char *const regions[] = {NULL, TEXT("eu-west-1")};
    size_t i;
    size_t j;

    for (i = 0; i < COUNT(wishes); i++) {
        for (j = 0; j < COUNT(regions); j++) {
            struct endpoint endpoint = {
                .region = regions[j],
                .url = TEXT(OWN),
                .fips = (wishes[i] & FIPS) != 0,
                .dual_stack = (wishes[i] & DUAL_STACK) != 0,
                .global = (wishes[i] & GLOBAL) != 0,
            };
            char room[ENDPOINT_URL_SIZE];
            struct fault fault = {0};

            assert_null(endpoint_resolve(&endpoint, room, &fault));
            expect(fault_is(&fault, REASON_CONFIG, "fips and dual_stack"),
                   fault.text);
        }
    }
}

static void
without_region_and_server_there_is_no_endpoint(void **state)
{
    static const unsigned int wishes[] = {NOTHING, FIPS, DUAL_STACK, GLOBAL};
    size_t i;

    for (i = 0; i < COUNT(wishes); i++) {
        struct endpoint endpoint = {
            .fips = (wishes[i] & FIPS) != 0,
            .dual_stack = (wishes[i] & DUAL_STACK) != 0,
            .global = (wishes[i] & GLOBAL) != 0,
        };
        char room[ENDPOINT_URL_SIZE];
        struct fault fault = {0};

        assert_null(endpoint_resolve(&endpoint, room, &fault));
        expect(fault_is(&fault, REASON_CONFIG, "needs a region or an endpoint"),
               fault.text);
    }
}

static void
an_endpoint_that_is_cleared_wants_nothing(void **state)
{
    struct endpoint endpoint = {.region = strdup("eu-west-1"),
                                .url = strdup(OWN),
                                .fips = true,
                                .dual_stack = true,
                                .global = true};

    endpoint_clear(&endpoint);
    assert_null(endpoint.region);
    assert_null(endpoint.url);
    assert_false(endpoint.fips || endpoint.dual_stack || endpoint.global);
    endpoint_clear(&endpoint);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_region_has_the_endpoint_of_its_partition),
        cmocka_unit_test(fips_has_hosts_of_its_own_but_in_us_gov),
        cmocka_unit_test(dual_stack_has_a_suffix_of_its_own),
        cmocka_unit_test(fips_and_dual_stack_go_together_in_us_gov_too),
        cmocka_unit_test(a_pseudo_region_is_of_its_partition),
        cmocka_unit_test(a_region_of_no_known_partition_is_one_of_aws),
        cmocka_unit_test(the_global_endpoint_is_for_the_regions_of_former_days),
        cmocka_unit_test(fips_and_dual_stack_are_never_global),
        cmocka_unit_test(a_region_is_a_label_of_a_host_name),
        cmocka_unit_test(the_longest_region_of_every_partition_fits),
        cmocka_unit_test(a_server_of_ones_own_is_asked_as_it_is_given),
        cmocka_unit_test(a_server_of_ones_own_has_no_fips_and_no_dual_stack),
        cmocka_unit_test(without_region_and_server_there_is_no_endpoint),
        cmocka_unit_test(an_endpoint_that_is_cleared_wants_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
