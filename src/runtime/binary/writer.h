/* Wasm bytes that are made here, piece by piece. Each function appends to a buffer that no foreign input can fill. */
#ifndef RUNTIME_BINARY_WRITER_H
#define RUNTIME_BINARY_WRITER_H

#include "base/buf.h"

void put_leb(struct buf *b, uint64_t v);
void put_leb_signed(struct buf *b, int64_t v);

/* A length and that many bytes. */
void put_name(struct buf *b, str name);

/* An instruction, or the kind of an export, with one index. */
void put_op(struct buf *b, uint8_t op, uint32_t index);

/* A length and that many bytes: a section behind its id, the body of a function. */
void put_sized(struct buf *b, const struct buf *content);

/* These bytes. */
#define PUT(b, ...) buf_put((b), (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

#endif
