/* Dates as text. */
#include "base/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Four digits hold the years 0 to 9999; a clock outside them is wrong anyway. */
static time_t clamp(int64_t unix_s)
{
    const int64_t first = -62167219200, last = 253402300799;
    return (time_t)(unix_s < first ? first : unix_s > last ? last : unix_s);
}

void date_http(int64_t unix_s, char out[DATE_HTTP_LEN])
{
    /* strftime would use the locale's names. */
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t t = clamp(unix_s);
    struct tm tm;
    gmtime_r(&t, &tm);
    char text[64];
    snprintf(text, sizeof(text), "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * tm.tm_wday, tm.tm_mday,
             months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
    memcpy(out, text, DATE_HTTP_LEN);
}

void date_log(int64_t unix_s, char out[DATE_LOG_LEN])
{
    time_t t = clamp(unix_s);
    struct tm tm;
    localtime_r(&t, &tm);
    char text[80];
    snprintf(text, sizeof(text), "%04d/%02d/%02d %02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
             tm.tm_hour, tm.tm_min, tm.tm_sec);
    memcpy(out, text, DATE_LOG_LEN);
}
