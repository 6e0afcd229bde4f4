/* A cache of compiled code, and of what else a start would find out again, which the embedder keeps. Compiling takes
 * about a second for each MB of code. */
#ifndef BERTH_CODE_CACHE_H
#define BERTH_CODE_CACHE_H

#include <stdbool.h>

#include "berth/string.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where compiled code is looked up before compiling, and put afterwards. Embedded in the embedder's. */
struct berth_code_cache {
    /* Path of a file with the code of `key` (short text, unique for what is kept), NUL-terminated in `ret_path`
     * (`size` bytes); false when there is none. What it holds will be run: it has to be what was stored, in a file that
     * nobody else may write. */
    bool (*find)(struct berth_code_cache *c, berth_string key, char *ret_path, size_t size);
    /* Keeps `code`; failures are the cache's own affair. Any thread, also one of the library's, and several at one
     * time. */
    void (*store)(struct berth_code_cache *c, berth_string key, berth_bytes code);
};

#ifdef __cplusplus
}
#endif

#endif
