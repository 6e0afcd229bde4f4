/* Addresses to listen on: "127.0.0.1:8080", "[::1]:8080", ":8080" and "*:8080" (every IPv4 address), "localhost:8080".
 */
#ifndef IO_NET_ADDRESS_H
#define IO_NET_ADDRESS_H

#include <sys/socket.h>

#include "base/err.h"
#include "base/str.h"

struct address {
    struct sockaddr_storage storage;
};

/* "[ffff:…:ffff%scope]:65535" and a NUL */
enum { ADDRESS_TEXT_MAX = 80 };

/* Names are looked up (blocking; only at the start). ERR_USAGE says which part is wrong. */
MUST_USE bool address_parse(str text, struct address *ret, struct err *e);

/* "127.0.0.1:8080" */
void address_print(const struct sockaddr *addr, char out[ADDRESS_TEXT_MAX]);

socklen_t address_len(const struct sockaddr *addr);

#endif
