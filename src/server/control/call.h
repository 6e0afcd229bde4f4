/* A call of the control API: a request with its body, and the answers it may get. Internal to server/control. */
#ifndef SERVER_CONTROL_CALL_H
#define SERVER_CONTROL_CALL_H

#include "base/buf.h"
#include "base/list.h"
#include "io/http/exchange.h"
#include "server/config/config.h"
#include "server/json/path.h"

struct control;

enum call_kind { CALL_GET, CALL_PUT, CALL_POST, CALL_DELETE, CALL_OTHER };

struct call {
    struct list node; /* of those that wait to change something */
    struct control *control;
    struct http_exchange *x; /* NULL when the client has left */
    struct arena arena;
    struct buf body;
    enum call_kind kind;
    struct path path;
    bool pending; /* somebody will answer it: it outlives its exchange */
    bool answered;
};

/* Each answers once, and frees the call when the client has left already. */
void call_answer(struct call *c, uint16_t status, const struct json *value);
void call_success(struct call *c, const char *text);
void call_error(struct call *c, uint16_t status, const char *text);
/* With Unit's `detail`; empty: without. */
void call_error_detail(struct call *c, uint16_t status, const char *text, str detail);
void call_invalid_json(struct call *c, const struct json_error *e);
/* A configuration that was refused, with the place and what would be right. */
void call_refused(struct call *c, const struct config_error *e);

#endif
