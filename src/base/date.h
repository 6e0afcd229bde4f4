/* Dates as text: HTTP's IMF-fixdate (RFC 9110, 5.6.7) and the log's local time. */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stddef.h>
#include <stdint.h>

enum { DATE_HTTP_LEN = 29, DATE_LOG_LEN = 19 };

/* Times outside the years 0 to 9999 are written as the nearest one inside. */

/* "Tue, 12 Mar 2024 12:28:56 GMT"; writes exactly DATE_HTTP_LEN bytes, no NUL. */
void date_http(int64_t unix_s, char out[DATE_HTTP_LEN]);

/* "2026/11/23 15:45:28" in local time; writes exactly DATE_LOG_LEN bytes, no NUL. */
void date_log(int64_t unix_s, char out[DATE_LOG_LEN]);

#endif
