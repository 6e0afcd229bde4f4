/* Traps in words: what happened and in which functions of the guest. */
#include "runtime/engine/wasmtime_types.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static const char *trap_text(const wasm_trap_t *trap)
{
    static const char *const texts[] = {
        [WASMTIME_TRAP_CODE_STACK_OVERFLOW] = "the call stack is exhausted (endless recursion?)",
        [WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS] = "memory access out of bounds",
        [WASMTIME_TRAP_CODE_HEAP_MISALIGNED] = "unaligned atomic memory access",
        [WASMTIME_TRAP_CODE_TABLE_OUT_OF_BOUNDS] = "table access out of bounds",
        [WASMTIME_TRAP_CODE_INDIRECT_CALL_TO_NULL] = "indirect call to an uninitialized table element",
        [WASMTIME_TRAP_CODE_BAD_SIGNATURE] = "indirect call to a function of another type",
        [WASMTIME_TRAP_CODE_INTEGER_OVERFLOW] = "integer overflow",
        [WASMTIME_TRAP_CODE_INTEGER_DIVISION_BY_ZERO] = "integer division by zero",
        [WASMTIME_TRAP_CODE_BAD_CONVERSION_TO_INTEGER] = "conversion of a float that is no integer",
        [WASMTIME_TRAP_CODE_UNREACHABLE_CODE_REACHED] = "`unreachable` executed (a panic or abort of the guest)",
        [WASMTIME_TRAP_CODE_NULL_REFERENCE] = "null reference",
        [WASMTIME_TRAP_CODE_UNCAUGHT_EXCEPTION] = "an exception was thrown and not caught",
    };
    wasmtime_trap_code_t code = 0;
    if (!wasmtime_trap_code(trap, &code) || code >= ARRAY_LEN(texts))
        return NULL;
    return texts[code];
}

/* Functions named in a message, innermost first. */
enum { FRAMES_SHOWN = 4 };

static void add_frames(const wasm_trap_t *trap, struct err *e)
{
    wasm_frame_vec_t frames;
    wasm_trap_trace(trap, &frames);
    char text[ERR_TEXT_MAX / 2] = "";
    size_t used = 0;
    for (size_t i = 0, shown = 0; i < frames.size && shown < FRAMES_SHOWN; i++) {
        const wasm_name_t *name = wasmtime_frame_func_name(frames.data[i]);
        if (!name || used + name->size + 4 >= sizeof(text))
            continue;
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%.*s", shown++ ? " < " : "", (int)name->size,
                                 name->data);
    }
    wasm_frame_vec_delete(&frames);
    if (used) {
        char what[ERR_TEXT_MAX];
        memcpy(what, e->text, sizeof(what));
        err_set(e, e->kind, "%s, in %s", what, text);
    }
}

bool engine_take_trap(wasm_trap_t *trap, struct err *e)
{
    const char *text = trap_text(trap);
    if (text) {
        err_set(e, ERR_TRAP, "%s", text);
    } else {
        wasm_message_t message;
        wasm_trap_message(trap, &message);
        str line = str_trim(str_from(message.data, message.size));
        err_set(e, ERR_TRAP, "%.*s", STR_ARG(line));
        wasm_byte_vec_delete(&message);
    }
    add_frames(trap, e);
    wasm_trap_delete(trap);
    return false;
}
