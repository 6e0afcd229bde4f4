/* What a server does for its connections, whichever protocol they speak. Internal to io/http. */
#ifndef IO_HTTP_SERVER_SERVER_TYPES_H
#define IO_HTTP_SERVER_SERVER_TYPES_H

#include "io/http/server/server.h"

struct http_conn;   /* io/http/server/conn.h */
struct tls_context; /* io/tls/context.h */
struct tls_scratch; /* io/tls/stream.h */
struct h2_shared;   /* io/http/server/h2_conn.h */

/* For a request that was sent before the client could know that the server stops. */
enum { HTTP_STOP_IDLE_MS = 500 };

struct loop *http_server_loop(const struct http_server *s);
const struct http_settings *http_server_settings(const struct http_server *s);
struct http_counters *http_server_count(struct http_server *s);
bool http_server_stopping(const struct http_server *s);

/* What its HTTP/2 connections have in common; made when the first of them asks. */
struct h2_shared *http_server_h2(struct http_server *s);

/* How long a connection may be without a request. */
duration http_server_idle_timeout(const struct http_server *s);

/* What new connections begin with; NULL: nothing but TCP. */
struct tls_context *http_server_tls(const struct http_server *s);
struct tls_scratch *http_server_tls_scratch(struct http_server *s);
/* Puts the body of an answer of HTTP itself into `out` and gives its media type. */
str http_server_error_body(const struct http_server *s, const struct http_failure *f, struct buf *out);

/* Hands an exchange to whoever answers, and tells of its end. */
void http_server_request(struct http_server *s, struct http_exchange *x);
void http_server_ended(struct http_server *s, struct http_exchange *x, bool complete);

/* The connection is spare again. */
void http_server_conn_closed(struct http_server *s, struct http_conn *c);

#endif
