/* The body of a core function while it is being written: its code and its locals. Internal to link/.
 *
 * Spec: WebAssembly core, "Binary Format / Instructions", "Code Section". */
#ifndef RUNTIME_LINK_ADAPTER_BODY_H
#define RUNTIME_LINK_ADAPTER_BODY_H

#include "runtime/binary/writer.h"
#include "runtime/type/type.h"

enum { BLOCK_EMPTY = 0x40 };

enum {
    OP_UNREACHABLE = 0x00,
    OP_BLOCK = 0x02,
    OP_LOOP = 0x03,
    OP_IF = 0x04,
    OP_ELSE = 0x05,
    OP_END = 0x0b,
    OP_BR = 0x0c,
    OP_BR_IF = 0x0d,
    OP_BR_TABLE = 0x0e,
    OP_RETURN = 0x0f,
    OP_CALL = 0x10,
    OP_CALL_INDIRECT = 0x11,
    OP_SELECT = 0x1b,
    OP_LOCAL_GET = 0x20,
    OP_LOCAL_SET = 0x21,
    OP_LOCAL_TEE = 0x22,
    OP_GLOBAL_GET = 0x23,
    OP_GLOBAL_SET = 0x24,
    OP_I32_LOAD = 0x28,
    OP_I64_LOAD = 0x29,
    OP_F32_LOAD = 0x2a,
    OP_F64_LOAD = 0x2b,
    OP_I32_LOAD8_S = 0x2c,
    OP_I32_LOAD8_U = 0x2d,
    OP_I32_LOAD16_S = 0x2e,
    OP_I32_LOAD16_U = 0x2f,
    OP_I32_STORE = 0x36,
    OP_I64_STORE = 0x37,
    OP_F32_STORE = 0x38,
    OP_F64_STORE = 0x39,
    OP_I32_STORE8 = 0x3a,
    OP_I32_STORE16 = 0x3b,
    OP_MEMORY_SIZE = 0x3f,
    OP_I32_CONST = 0x41,
    OP_I64_CONST = 0x42,
    OP_F32_CONST = 0x43,
    OP_F64_CONST = 0x44,
    OP_I32_EQZ = 0x45,
    OP_I32_NE = 0x47,
    OP_I32_LT_U = 0x49,
    OP_I32_GT_U = 0x4b,
    OP_I32_GE_U = 0x4f,
    OP_I64_EQZ = 0x50,
    OP_I64_GT_U = 0x56,
    OP_I64_LE_U = 0x58,
    OP_F32_EQ = 0x5b,
    OP_F64_EQ = 0x61,
    OP_I32_ADD = 0x6a,
    OP_I32_SUB = 0x6b,
    OP_I32_MUL = 0x6c,
    OP_I32_AND = 0x71,
    OP_I32_OR = 0x72,
    OP_I64_ADD = 0x7c,
    OP_I64_MUL = 0x7e,
    OP_I64_AND = 0x83,
    OP_I64_SHL = 0x86,
    OP_I32_WRAP_I64 = 0xa7,
    OP_I64_EXTEND_I32_U = 0xad,
    OP_I32_REINTERPRET_F32 = 0xbc,
    OP_I64_REINTERPRET_F64 = 0xbd,
    OP_F32_REINTERPRET_I32 = 0xbe,
    OP_F64_REINTERPRET_I64 = 0xbf,
    OP_I32_EXTEND8_S = 0xc0,
    OP_I32_EXTEND16_S = 0xc1
};

struct adapter_body {
    struct buf code;
    struct buf locals; /* an enum core_type in a byte each; parameters come first */
    uint32_t param_count;
    uint32_t scratch[CORE_F64 + 1]; /* by type: a local for a value that is used at once; BODY_NO_LOCAL: none yet */
};

#define BODY_NO_LOCAL UINT32_MAX

void body_init(struct adapter_body *b, const enum core_type *params, uint32_t count);

/* Appends the body to a code section and frees it. */
void body_end(struct adapter_body *b, struct buf *out);

/* Another local, which begins as 0. */
uint32_t body_local(struct adapter_body *b, enum core_type t);
uint32_t body_scratch(struct adapter_body *b, enum core_type t);
enum core_type body_local_type(const struct adapter_body *b, uint32_t local);

/* The byte that stands for a type. */
uint8_t core_type_byte(enum core_type t);

void put_i32(struct buf *b, uint32_t v);
void put_i64(struct buf *b, uint64_t v);

/* A load or store; the address is on the stack. */
void put_access(struct buf *b, uint8_t op, uint32_t memory, uint32_t offset);

/* memory.copy; target, source and length are on the stack. */
void put_copy(struct buf *b, uint32_t to_memory, uint32_t from_memory);

#endif
