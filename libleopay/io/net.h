/* SPDX-License-Identifier: MIT */
/* Networks in CIDR notation and the addresses to which nothing is ever sent.  Pure. */
#ifndef LP_IO_NET_H
#define LP_IO_NET_H

#include <stdbool.h>
#include <stddef.h>

#include <sys/socket.h>

struct lp_net {
    int family;
    unsigned char bytes[16];
    int bits;
};

/* "10.0.0.0/8", "2001:db8::/32", or a bare address. */
bool lp_net_parse(const char *cidr, struct lp_net *ret_net);
/*
 * Whether to connect there: never to link-local, multicast, unspecified or broadcast addresses, and
 * with nets only to one of them.  IPv4-mapped IPv6 is looked at as IPv4; what leads to IPv4 through
 * NAT64 (64:ff9b::/96) or 6to4 is looked at as both.
 */
bool lp_net_allows(const struct lp_net *nets, size_t count, const struct sockaddr *address);
/* The same for an address as text; false for one that cannot be read. */
bool lp_net_allows_text(const struct lp_net *nets, size_t count, const char *address);

#endif
