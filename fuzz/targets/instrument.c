/* Core modules from anywhere: scanning and rewriting must end, with the same answer twice; what was rewritten can be
 * read, and has the names that say so. */
#include <assert.h>

#include "base/buf.h"
#include "runtime/binary/instrument.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_INPUT = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct instrument_facts first = { 0 }, second = { 0 };
    struct instrument_result result = { 0 };
    struct err e = ERR_INIT;
    if (size > MAX_INPUT)
        return 0;
    bytes module = bytes_from(data, size);
    bool ok = instrument_scan(module, &first, &e);
    assert(ok || (e.kind != ERR_NONE && e.text[0]));
    assert(instrument_scan(module, &second, &e) == ok);
    if (!ok || instrument_obstacle(&first).ptr)
        return 0;
    struct instrument_options options = { .tables = size % 2 };
    options.start_apart = size % 4 < 2 && instrument_start_can_stand_apart(&first);
    struct buf out;
    buf_init(&out, BUF_NO_LIMIT);
    assert(instrument_foresee(module, &options, &result, &e));
    assert(instrument_module(module, &options, &out, &e));
    assert(instrument_scan(bytes_from(out.ptr, out.len), &second, &e));
    assert(second.has_our_names == (result.has_state || result.has_start || result.memory_count));
    buf_fini(&out);
    return 0;
}
