/* Socket addresses as text: "127.0.0.1:8080", "[::1]:8080", "*:8080" (every IPv4 address), "unix:/path", "unix:@name"
 * (abstract); for commands also ":8080" and "localhost:8080". */
#ifndef IO_NET_ADDRESS_H
#define IO_NET_ADDRESS_H

#include <sys/socket.h>

#include "base/err.h"
#include "base/str.h"

struct address {
    struct sockaddr_storage storage;
    socklen_t len; /* as the system wants it: an abstract name ends there */
};

/* A unix path with its prefix and a NUL; "[ffff:…:ffff%scope]:65535" is shorter. */
enum { ADDRESS_TEXT_MAX = 120 };

/* Of a command line: port 0 is allowed and names are looked up (blocking). ERR_USAGE says which part is wrong. */
MUST_USE bool address_parse(str text, struct address *ret, struct err *e);

/* Of a configuration: no names, a port from 1 to 65535. False when it is no such address. */
MUST_USE bool address_parse_literal(str text, struct address *ret);

/* An IP address with or without port, as proxies name clients: "1.2.3.4", "1.2.3.4:80", "::1", "[::1]", "[::1]:80". The
 * port is 0 when there is none. False when it is none of these. */
MUST_USE bool address_parse_ip(str text, struct address *ret);

/* "127.0.0.1:8080"; sockets without a name are "unix:". */
void address_print(const struct sockaddr *addr, char out[ADDRESS_TEXT_MAX]);

/* The host alone, "127.0.0.1", "::1", or "unix:". */
void address_print_host(const struct sockaddr *addr, char out[ADDRESS_TEXT_MAX]);

static inline const struct sockaddr *address_of(const struct address *a)
{
    return (const struct sockaddr *)&a->storage;
}

#endif
