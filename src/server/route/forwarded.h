/* Proxies in front: which of them a listener believes about the client's address and scheme. */
#ifndef SERVER_ROUTE_FORWARDED_H
#define SERVER_ROUTE_FORWARDED_H

#include "server/json/json.h"
#include "server/route/address_pattern.h"

struct request; /* server/route/request.h */

struct forwarded {
    struct address_patterns source; /* peers that are believed */
    str client_ip;                  /* name of the field with the client's address; STR_NONE: none */
    str protocol;                   /* … with the scheme */
    bool recursive;                 /* entries of `client_ip` that are in `source` are proxies, too */
};

/* A listener's `forwarded`, or its old form `client_ip` (`source`, `header`, `recursive`). Its shape was checked. */
MUST_USE bool forwarded_compile(struct arena *a, const struct json *object, struct forwarded *ret, struct err *e);

/* Sets the request's source and scheme to what its fields say, when its peer is believed. */
void forwarded_apply(const struct forwarded *f, struct request *r);

#endif
