/* Lines and fields of HTTP/1.x, which requests, responses and trailers have in common. Internal to io/http. RFC 9112.
 */
#ifndef IO_HTTP_H1_H1_LINES_H
#define IO_HTTP_H1_H1_LINES_H

#include "io/http/h1/h1_parse.h"

/* Sets the failure. */
enum h1_result h1_fail(struct http_failure *f, uint16_t status, const char *text);

/* The line that begins at `from`, without its CRLF; `*ret_next` is behind it. `scanned` remembers how far it was
 * searched. H1_MORE, H1_DONE or H1_ERROR. */
enum h1_result h1_take_line(str data, size_t from, size_t *scanned, str *ret_line, size_t *ret_next,
                            struct http_failure *f);

/* A field line that is not empty. H1_DONE or H1_ERROR. */
enum h1_result h1_parse_field(str line, str *ret_name, str *ret_value, struct http_failure *f);

#endif
