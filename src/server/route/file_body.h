/* Responses whose body is a part of a file, sent as the client takes it and never held whole. */
#ifndef SERVER_ROUTE_FILE_BODY_H
#define SERVER_ROUTE_FILE_BODY_H

#include <stdint.h>

struct http_exchange; /* io/http/exchange.h */
struct http_response; /* io/http/message.h */

/* Becomes the exchange's consumer and answers with the file's bytes from `first` on, as many as the response's content
 * length says; none when the request is for a head. Takes over the descriptor. When the file turns out to be shorter,
 * the response is aborted. */
void file_respond(struct http_exchange *x, int fd, const struct http_response *response, uint64_t first);

#endif
