/* Reads and checks files and says for each, on one line: "FILE ok", or "FILE <kind of error> <offset> <text>". For the
 * specification's tests. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/check/check.h"

static bool read_file(const char *path, bytes *ret)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    long size = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    uint8_t *data = size >= 0 && fseek(f, 0, SEEK_SET) == 0 ? mem_alloc((size_t)size, 1) : NULL;
    bool ok = data && fread(data, 1, (size_t)size, f) == (size_t)size;
    fclose(f);
    if (!ok) {
        mem_free(data);
        return false;
    }
    *ret = bytes_from(data, (size_t)size);
    return true;
}

static void check_file(const char *path, bytes wasm)
{
    struct arena arena;
    struct err e = ERR_INIT;
    struct component *c = NULL;
    arena_init(&arena);
    if (component_read(&arena, wasm, &c, &e) && component_check(&arena, c, &e))
        printf("%s ok\n", path);
    else
        printf("%s %s %" PRId64 " %s\n", path, err_kind_name(e.kind),
               e.offset == ERR_NO_OFFSET ? -1 : (int64_t)e.offset, e.text);
    arena_fini(&arena);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        bytes wasm = { 0 };
        if (!read_file(argv[i], &wasm)) {
            fprintf(stderr, "%s: cannot be read\n", argv[i]);
            return 2;
        }
        check_file(argv[i], wasm);
        mem_free((void *)(uintptr_t)wasm.ptr);
    }
    return 0;
}
