/* HTTP messages, the same for every version of the protocol. RFC 9110.
 * Everything is slices: of a connection's head buffer or of the exchange's arena. */
#ifndef IO_HTTP_MESSAGE_H
#define IO_HTTP_MESSAGE_H

#include "base/arena.h"
#include "base/str.h"

enum http_version { HTTP_1_0, HTTP_1_1, HTTP_2 };

/* A field line; names keep the case they came in (comparison ignores it), values are trimmed. */
struct http_field {
    str name, value;
};

/* Field lines in order, as a growing array in an arena. */
struct http_fields {
    struct http_field *at;
    uint32_t len, cap;
};

void http_fields_add(struct http_fields *f, struct arena *a, str name, str value);

/* First value of a name; STR_NONE when absent. */
str http_fields_get(const struct http_fields *f, str name);

/* How many lines have this name. */
uint32_t http_fields_count(const struct http_fields *f, str name);

/* Whether the comma-separated list that all fields of a name make together has this word; case makes no difference. */
bool http_fields_list_has(const struct http_fields *f, str name, str word);

/* Whether a field concerns one connection only, so that a proxy does not pass it on: by its name, or because a field
 * Connection lists it. RFC 9110, 7.6.1. */
bool http_field_is_hop_by_hop(const struct http_fields *f, str name);

/* Without the white space around it that a field value or a list's element may have: OWS of RFC 9110, 5.6.3. */
str http_trim(str s);

/* token and field-value of RFC 9110, 5.1 and 5.5 (no CR, LF, NUL or other control characters but tab). */
bool http_name_valid(str name);
bool http_value_valid(str value);

/* Reason phrase of a status code, "" when it has none. */
str http_reason(uint16_t status);

/* Whether the final response to a request of this method has no body, whatever its head announces. RFC 9110, 6.4.1. */
bool http_response_bodiless(str method, uint16_t status);

struct http_request {
    str method;    /* "GET", … case-sensitive */
    str scheme;    /* "http" or "https": what the connection is */
    str authority; /* Host or :authority; may be empty for HTTP/1.0 */
    str target;    /* path with query as sent, begins with '/', or "*" */
    str line;      /* HTTP/1: the first line, as sent; as soon as it is there, also when it is a bad one */
    enum http_version version;
    struct http_fields fields;
    bool has_body;
    uint64_t content_length; /* HTTP_LENGTH_UNKNOWN: chunked */
};

#define HTTP_LENGTH_UNKNOWN UINT64_MAX

/* The request line as it came; for HTTP/2, which has none, as it would have been. Empty before the method is known. */
str http_request_line(const struct http_request *r, struct arena *a);

/* Why a request is refused: the status to answer with and a sentence for the client. */
struct http_failure {
    uint16_t status; /* 0: it is not */
    const char *text;
};

struct http_response {
    uint16_t status;
    /* Without Connection, Transfer-Encoding, Server: the connection adds them, and Date and Content-Length where these
     * are not given (a Content-Length that is given is that of `content_length`). */
    struct http_fields fields;
    uint64_t content_length; /* HTTP_LENGTH_UNKNOWN: chunked (or until close for HTTP/1.0) */
};

#endif
