/* A checksum that notices damage: bytes that a crash, a full disk or a failing one has changed. It is no defence
 * against somebody who chooses the bytes; io/tls/digest.h has one. */
#ifndef BASE_CHECKSUM_H
#define BASE_CHECKSUM_H

#include "base/str.h"

/* XXH3, 64 bits. Source: xxHash's specification, "XXH3 Algorithm Overview". */
uint64_t checksum(bytes data);

#endif
