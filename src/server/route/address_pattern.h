/* Address patterns: "[!]ADDR[:PORT]" with an exact address, a range "A-B", a network "A/bits" or "*", and a port or a
 * range of ports; "unix" for any unix socket. Texts of errors are NGINX Unit's. */
#ifndef SERVER_ROUTE_ADDRESS_PATTERN_H
#define SERVER_ROUTE_ADDRESS_PATTERN_H

#include "base/arena.h"
#include "base/err.h"

struct sockaddr;

enum address_family { ADDRESS_ANY, ADDRESS_IPV4, ADDRESS_IPV6, ADDRESS_UNIX };

struct address_pattern {
    bool negated, has_port, by_mask; /* by_mask: `low` is the network and `high` its mask */
    enum address_family family;
    uint8_t low[16], high[16]; /* network byte order; 4 bytes of it for IPv4 */
    uint16_t port_low, port_high;
};

struct address_patterns {
    struct address_pattern *at;
    uint32_t len;
};

MUST_USE bool address_pattern_compile(str text, struct address_pattern *ret, struct err *e);
bool address_pattern_match(const struct address_pattern *p, const struct sockaddr *addr);

/* No negated one may hit and, if there are others, one of them must. An empty list matches nothing. */
bool address_patterns_match(const struct address_patterns *p, const struct sockaddr *addr);

#endif
