/* Accept-Encoding: which coding of a body a client prefers. RFC 9110, 12.5.3. */
#ifndef IO_HTTP_ACCEPT_H
#define IO_HTTP_ACCEPT_H

#include "io/http/message.h"

enum http_accepted {
    HTTP_ACCEPTED_IDENTITY, /* the body as it is */
    HTTP_ACCEPTED_CODING,
    HTTP_ACCEPTED_NOTHING, /* not even that */
};

/* The coding of the highest quality among those of `names`, the last that the client names among equals, as Unit
 * chooses; its index. "*" speaks for identity. Without the field: identity. */
enum http_accepted http_accept_encoding(const struct http_fields *request, const char *const *names, size_t count,
                                        size_t *ret_index);

#endif
