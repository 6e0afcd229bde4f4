/* Files of snapshots: what is read must lie in the file, and be what is written again. */
#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "runtime/binary/snapshot_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snapshot_record first, second;
    struct err e = ERR_INIT;
    uint8_t *file = mem_new_n(uint8_t, size + 1); /* aligned, as a mapped file is */
    if (size)
        memcpy(file, data, size);
    if (snapshot_record_read(bytes_from(file, size), &first, &e)) {
        struct buf out;
        uint64_t end = first.memory_offset;
        for (uint32_t i = 0; i < first.memory_count; i++)
            end += first.memory_bytes[i];
        assert(end <= size);
        first.memory_count = 0; /* their content is not there to be written */
        buf_init(&out, BUF_NO_LIMIT);
        snapshot_record_put(&first, &out);
        assert(snapshot_record_read(bytes_from(out.ptr, out.len), &second, &e));
        assert(second.memory_limit == first.memory_limit && second.global_count == first.global_count);
        assert(!first.global_count ||
               memcmp(second.globals, first.globals, first.global_count * sizeof(*first.globals)) == 0);
        buf_fini(&out);
    } else {
        assert(e.kind != ERR_NONE && e.text[0]);
    }
    mem_free(file);
    return 0;
}
