/* Error codes of wasi:http. */
#include "runtime/wasi/http/error_code.h"

const char *wasi_error_code_name(uint32_t tag)
{
    switch ((enum wasi_http_types_error_code_tag)tag) {
#define NAME(tag_name, text) \
    case WASI_HTTP_TYPES_ERROR_CODE_##tag_name: return text;
        NAME(DNS_TIMEOUT, "DNS-timeout")
        NAME(DNS_ERROR, "DNS-error")
        NAME(DESTINATION_NOT_FOUND, "destination-not-found")
        NAME(DESTINATION_UNAVAILABLE, "destination-unavailable")
        NAME(DESTINATION_IP_PROHIBITED, "destination-IP-prohibited")
        NAME(DESTINATION_IP_UNROUTABLE, "destination-IP-unroutable")
        NAME(CONNECTION_REFUSED, "connection-refused")
        NAME(CONNECTION_TERMINATED, "connection-terminated")
        NAME(CONNECTION_TIMEOUT, "connection-timeout")
        NAME(CONNECTION_READ_TIMEOUT, "connection-read-timeout")
        NAME(CONNECTION_WRITE_TIMEOUT, "connection-write-timeout")
        NAME(CONNECTION_LIMIT_REACHED, "connection-limit-reached")
        NAME(TLS_PROTOCOL_ERROR, "TLS-protocol-error")
        NAME(TLS_CERTIFICATE_ERROR, "TLS-certificate-error")
        NAME(TLS_ALERT_RECEIVED, "TLS-alert-received")
        NAME(HTTP_REQUEST_DENIED, "HTTP-request-denied")
        NAME(HTTP_REQUEST_LENGTH_REQUIRED, "HTTP-request-length-required")
        NAME(HTTP_REQUEST_BODY_SIZE, "HTTP-request-body-size")
        NAME(HTTP_REQUEST_METHOD_INVALID, "HTTP-request-method-invalid")
        NAME(HTTP_REQUEST_URI_INVALID, "HTTP-request-URI-invalid")
        NAME(HTTP_REQUEST_URI_TOO_LONG, "HTTP-request-URI-too-long")
        NAME(HTTP_REQUEST_HEADER_SECTION_SIZE, "HTTP-request-header-section-size")
        NAME(HTTP_REQUEST_HEADER_SIZE, "HTTP-request-header-size")
        NAME(HTTP_REQUEST_TRAILER_SECTION_SIZE, "HTTP-request-trailer-section-size")
        NAME(HTTP_REQUEST_TRAILER_SIZE, "HTTP-request-trailer-size")
        NAME(HTTP_RESPONSE_INCOMPLETE, "HTTP-response-incomplete")
        NAME(HTTP_RESPONSE_HEADER_SECTION_SIZE, "HTTP-response-header-section-size")
        NAME(HTTP_RESPONSE_HEADER_SIZE, "HTTP-response-header-size")
        NAME(HTTP_RESPONSE_BODY_SIZE, "HTTP-response-body-size")
        NAME(HTTP_RESPONSE_TRAILER_SECTION_SIZE, "HTTP-response-trailer-section-size")
        NAME(HTTP_RESPONSE_TRAILER_SIZE, "HTTP-response-trailer-size")
        NAME(HTTP_RESPONSE_TRANSFER_CODING, "HTTP-response-transfer-coding")
        NAME(HTTP_RESPONSE_CONTENT_CODING, "HTTP-response-content-coding")
        NAME(HTTP_RESPONSE_TIMEOUT, "HTTP-response-timeout")
        NAME(HTTP_UPGRADE_FAILED, "HTTP-upgrade-failed")
        NAME(HTTP_PROTOCOL_ERROR, "HTTP-protocol-error")
        NAME(LOOP_DETECTED, "loop-detected")
        NAME(CONFIGURATION_ERROR, "configuration-error")
        NAME(INTERNAL_ERROR, "internal-error")
#undef NAME
    }
    __builtin_unreachable();
}

struct wasi_http_types_error_code wasi_error_code_of(const struct err *e)
{
    struct wasi_http_types_error_code code = { .tag = WASI_HTTP_TYPES_ERROR_CODE_INTERNAL_ERROR };
    switch (e->kind) {
    case ERR_LIMIT: code.tag = WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_BODY_SIZE; break;
    case ERR_TIMEOUT: code.tag = WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_READ_TIMEOUT; break;
    case ERR_CLOSED: code.tag = WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_TERMINATED; break;
    case ERR_PARSE:
    case ERR_INVALID: code.tag = WASI_HTTP_TYPES_ERROR_CODE_HTTP_PROTOCOL_ERROR; break;
    case ERR_NONE:
    case ERR_UNSUPPORTED:
    case ERR_LINK:
    case ERR_TRAP:
    case ERR_SYSTEM:
    case ERR_USAGE: break;
    }
    return code;
}

struct wasi_http_types_error_code wasi_error_code_body_size(bool response, uint64_t count)
{
    struct wasi_http_types_error_code code = { .tag = WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_BODY_SIZE };
    if (response) {
        code.tag = WASI_HTTP_TYPES_ERROR_CODE_HTTP_RESPONSE_BODY_SIZE;
        code.of.http_response_body_size = (struct option_u64){ true, count };
    } else {
        code.of.http_request_body_size = (struct option_u64){ true, count };
    }
    return code;
}
