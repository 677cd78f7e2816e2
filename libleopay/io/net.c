/* SPDX-License-Identifier: MIT */
/* Networks and refused addresses.  Pure: it looks at bytes and resolves no name. */
#include "io/net.h"

#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/parse.h"

/* Nothing that a billing could be reached at lies here; 169.254.169.254 gives out a cloud machine's
 * credentials. */
static const struct lp_net refused[] = {
    {AF_INET, {0}, 8},                   /* 0.0.0.0/8: unspecified */
    {AF_INET, {169, 254}, 16},           /* link-local */
    {AF_INET, {224}, 4},                 /* multicast */
    {AF_INET, {255, 255, 255, 255}, 32}, /* broadcast */
    {AF_INET6, {0}, 128},                /* ::, unspecified */
    {AF_INET6, {0xfe, 0x80}, 10},        /* link-local */
    {AF_INET6, {0xff}, 8},               /* multicast */
};

#define REFUSED_COUNT (sizeof(refused) / sizeof(*refused))

/* IPv6 networks behind which IPv4 lies: the address there follows the network's bits. */
static const struct lp_net gateways[] = {
    {AF_INET6, {0, 0x64, 0xff, 0x9b}, 96}, /* 64:ff9b::/96, NAT64 */
    {AF_INET6, {0x20, 0x02}, 16},          /* 2002::/16, 6to4 */
};

/* The first 96 bits of an IPv4-mapped address. */
static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool contains(const struct lp_net *net, int family, const unsigned char *bytes)
{
    int whole = net->bits / 8;
    int rest = net->bits % 8;

    if (net->family != family || memcmp(net->bytes, bytes, (size_t)whole) != 0)
        return false;
    return rest == 0 || (net->bytes[whole] ^ bytes[whole]) >> (8 - rest) == 0;
}

static bool is_in(const struct lp_net *nets, size_t count, int family, const unsigned char *bytes)
{
    for (size_t i = 0; i < count; i++)
        if (contains(&nets[i], family, bytes))
            return true;
    return false;
}

/* The IPv4 address where what is sent to an IPv6 address comes out; NULL: nowhere. */
static const unsigned char *way_out(int family, const unsigned char *bytes)
{
    for (size_t i = 0; i < sizeof(gateways) / sizeof(*gateways); i++)
        if (contains(&gateways[i], family, bytes))
            return bytes + gateways[i].bits / 8;
    return NULL;
}

static bool allows(const struct lp_net *nets, size_t count, int family, const unsigned char *bytes)
{
    const unsigned char *out;

    if (family == AF_INET6 && memcmp(bytes, mapped, sizeof(mapped)) == 0) {
        family = AF_INET;
        bytes += sizeof(mapped);
    }
    out = way_out(family, bytes);
    if (is_in(refused, REFUSED_COUNT, family, bytes) ||
        (out && is_in(refused, REFUSED_COUNT, AF_INET, out)))
        return false;
    return count == 0 || is_in(nets, count, family, bytes) ||
           (out && is_in(nets, count, AF_INET, out));
}

/* Clears the bits behind the prefix; a mapped network is kept as the IPv4 network that it is. */
static void normalize(struct lp_net *net)
{
    if (net->family == AF_INET6 && net->bits >= 96 &&
        memcmp(net->bytes, mapped, sizeof(mapped)) == 0) {
        memmove(net->bytes, net->bytes + sizeof(mapped), 4);
        net->family = AF_INET;
        net->bits -= 96;
    }
    for (int bit = net->bits; bit < 128; bit++)
        net->bytes[bit / 8] &= (unsigned char)~(0x80 >> bit % 8);
}

static int parse_address(const char *text, unsigned char bytes[16])
{
    if (inet_pton(AF_INET, text, bytes) == 1)
        return AF_INET;
    if (inet_pton(AF_INET6, text, bytes) == 1)
        return AF_INET6;
    return AF_UNSPEC;
}

bool lp_net_parse(const char *cidr, struct lp_net *ret_net)
{
    struct lp_net net = {0};
    char address[INET6_ADDRSTRLEN];
    size_t len = strcspn(cidr, "/");

    if (len >= sizeof(address))
        return false;
    memcpy(address, cidr, len);
    address[len] = '\0';
    net.family = parse_address(address, net.bytes);
    if (net.family == AF_UNSPEC)
        return false;

    int64_t bits = net.family == AF_INET ? 32 : 128;

    if (cidr[len] && !lp_parse_digits(cidr + len + 1, strlen(cidr + len + 1), bits, &bits))
        return false;
    net.bits = (int)bits;
    normalize(&net);
    *ret_net = net;
    return true;
}

bool lp_net_allows(const struct lp_net *nets, size_t count, const struct sockaddr *address)
{
    unsigned char bytes[16];

    /* Copied member by member, because a sockaddr need not be aligned as what it is in truth. */
    if (address->sa_family == AF_INET) {
        memcpy(bytes, (const char *)address + offsetof(struct sockaddr_in, sin_addr), 4);
        return allows(nets, count, AF_INET, bytes);
    }
    if (address->sa_family == AF_INET6) {
        memcpy(bytes, (const char *)address + offsetof(struct sockaddr_in6, sin6_addr), 16);
        return allows(nets, count, AF_INET6, bytes);
    }
    return false;
}

bool lp_net_allows_text(const struct lp_net *nets, size_t count, const char *address)
{
    unsigned char bytes[16];
    int family = parse_address(address, bytes);

    return family != AF_UNSPEC && allows(nets, count, family, bytes);
}
