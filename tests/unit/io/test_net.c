/* SPDX-License-Identifier: MIT */
/* Which addresses are never connected to, and what a billing's networks allow. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "io/net.h"
#include "support/unit.h"

static const struct {
    const char *address;
    bool allowed;
} addresses[] = {
    {"0.0.0.0", false},
    {"0.255.255.255", false},
    {"1.0.0.0", true},
    {"10.0.0.1", true},
    {"127.0.0.1", true},
    {"169.253.255.255", true},
    {"169.254.0.0", false},
    {"169.254.169.254", false},
    {"169.254.255.255", false},
    {"169.255.0.0", true},
    {"192.168.1.1", true},
    {"223.255.255.255", true},
    {"224.0.0.0", false},
    {"224.0.0.1", false},
    {"239.255.255.255", false},
    {"240.0.0.1", true},
    {"255.255.255.254", true},
    {"255.255.255.255", false},
    {"::", false},
    {"::1", true},
    {"2001:db8::1", true},
    {"fd00::1", true},
    {"fe7f:ffff::1", true},
    {"fe80::", false},
    {"fe80::1", false},
    {"febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false},
    {"fec0::1", true},
    {"feff::1", true},
    {"ff00::", false},
    {"ff02::1", false},
    {"ffff::", false},
    {"::ffff:0.0.0.0", false},
    {"::ffff:10.0.0.1", true},
    {"::ffff:127.0.0.1", true},
    {"::ffff:169.254.169.254", false},
    {"::ffff:a9fe:a9fe", false},
    {"::ffff:224.0.0.1", false},
    {"::ffff:255.255.255.255", false},
    /* Through NAT64. */
    {"64:ff9b::169.254.169.254", false},
    {"64:ff9b::a9fe:a9fe", false},
    {"64:ff9b::", false},
    {"64:ff9b::224.0.0.1", false},
    {"64:ff9b::255.255.255.255", false},
    {"64:ff9b::10.0.0.1", true},
    {"64:ff9b::8.8.8.8", true},
    {"64:ff9b::1:a9fe:a9fe", true},
    {"64:ff9c::a9fe:a9fe", true},
    /* Through 6to4. */
    {"2002:a9fe:a9fe::1", false},
    {"2002:0:1::1", false},
    {"2002:e000:1::1", false},
    {"2002:ffff:ffff::1", false},
    {"2002:0a00:1::1", true},
    {"2003:a9fe:a9fe::1", true},
    {"", false},
    {"localhost", false},
    {"1.2.3", false},
    {"010.0.0.1", false},
    {"0x7f.0.0.1", false},
    {"2130706433", false},
    {"fe80::1%lo", false},
    {" 10.0.0.1", false},
};

static bool allows_socket_address(const struct lp_net *nets, size_t count, const char *text)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(443)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(443)};

    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        return lp_net_allows(nets, count, (struct sockaddr *)&four);
    if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
        return lp_net_allows(nets, count, (struct sockaddr *)&six);
    return false;
}

static void refuses_special_addresses(void)
{
    for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
        bool allowed = lp_net_allows_text(NULL, 0, addresses[i].address);

        if (allowed != addresses[i].allowed)
            fprintf(stderr, "%s\n", addresses[i].address);
        CU_ASSERT_EQUAL(allowed, addresses[i].allowed);
        CU_ASSERT_EQUAL(allows_socket_address(NULL, 0, addresses[i].address), allowed);
    }
}

static void refuses_other_families(void)
{
    struct sockaddr other = {.sa_family = AF_UNIX};

    CU_ASSERT_FALSE(lp_net_allows(NULL, 0, &other));
}

static const struct {
    const char *cidr;
    const char *inside; /* NULL: it cannot be parsed */
    const char *outside;
} nets[] = {
    {"10.0.0.0/8", "10.255.255.255", "11.0.0.0"},
    {"10.1.2.3/8", "10.9.9.9", "9.255.255.255"},
    {"192.168.1.0/25", "192.168.1.127", "192.168.1.128"},
    {"192.168.1.7", "192.168.1.7", "192.168.1.6"},
    {"192.168.1.7/32", "::ffff:192.168.1.7", "192.168.1.8"},
    {"0.0.0.0/0", "8.8.8.8", "2001:db8::1"},
    {"0.0.0.0/0", "8.8.8.8", "169.254.169.254"},
    {"169.254.0.0/16", "", "169.254.1.1"},
    {"2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"},
    {"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::"},
    {"2001:db8::1", "2001:db8::1", "2001:db8::2"},
    {"::/0", "2001:db8::1", "10.0.0.1"},
    {"::ffff:10.0.0.0/104", "10.2.3.4", "11.0.0.1"},
    {"fe80::/10", "", "fe80::1"},
    {"192.0.2.0/24", "64:ff9b::192.0.2.7", "64:ff9b::192.0.3.7"},
    {"192.0.2.0/24", "2002:c000:207::1", "2002:c000:307::1"},
    {"64:ff9b::/96", "64:ff9b::192.0.2.7", "192.0.2.7"},
    {"64:ff9b::/96", "", "64:ff9b::169.254.1.1"},
    {"2002::/16", "2002:c000:207::1", "2002:a9fe:101::1"},
    {"10.0.0.0/33", NULL, NULL},
    {"10.0.0.0/", NULL, NULL},
    {"10.0.0.0/-1", NULL, NULL},
    {"10.0.0.0/8x", NULL, NULL},
    {"10.0.0.0/ 8", NULL, NULL},
    {"10.0.0/8", NULL, NULL},
    {"2001:db8::/129", NULL, NULL},
    {"/8", NULL, NULL},
    {"", NULL, NULL},
    {"example.org/8", NULL, NULL},
    {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/8", NULL, NULL},
};

static void keeps_to_the_nets(void)
{
    for (size_t i = 0; i < sizeof(nets) / sizeof(*nets); i++) {
        struct lp_net net;
        bool parsed = lp_net_parse(nets[i].cidr, &net);

        CU_ASSERT_EQUAL(parsed, nets[i].inside != NULL);
        if (!parsed || !nets[i].inside)
            continue;
        if (*nets[i].inside)
            CU_ASSERT_TRUE(lp_net_allows_text(&net, 1, nets[i].inside));
        CU_ASSERT_FALSE(lp_net_allows_text(&net, 1, nets[i].outside));
        CU_ASSERT_FALSE(allows_socket_address(&net, 1, nets[i].outside));
    }
}

static void any_of_several_nets_will_do(void)
{
    struct lp_net two[2];

    CU_ASSERT_TRUE(lp_net_parse("10.0.0.0/8", &two[0]));
    CU_ASSERT_TRUE(lp_net_parse("2001:db8::/32", &two[1]));
    CU_ASSERT_TRUE(lp_net_allows_text(two, 2, "10.1.1.1"));
    CU_ASSERT_TRUE(lp_net_allows_text(two, 2, "2001:db8::5"));
    CU_ASSERT_FALSE(lp_net_allows_text(two, 2, "192.168.0.1"));
}

LP_TEST_MAIN("io/net", LP_TEST(refuses_special_addresses), LP_TEST(refuses_other_families),
             LP_TEST(keeps_to_the_nets), LP_TEST(any_of_several_nets_will_do))
