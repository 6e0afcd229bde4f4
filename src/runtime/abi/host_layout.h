/* How a WIT value looks as a C object, for host functions written in C. The same rules serve `witc`, which prints
 * the structs, and the layout programs, which fill them; the generated code asserts that both agree.
 *
 *   bool            bool
 *   s8 … u64        int8_t … uint64_t
 *   f32, f64        float, double
 *   char            uint32_t (a Unicode scalar value)
 *   string          str
 *   list<u8>        bytes
 *   list<T>         struct { const T *ptr; size_t len; }
 *   list<T, N>      the N elements in a row: struct { T at[N]; }
 *   map<K, V>       as list<tuple<K, V>>
 *   record, tuple   struct of the fields in order (a tuple's are f0, f1, …)
 *   variant         struct { uint32_t tag; union { one member a case with payload } of; }
 *   enum            uint32_t (generated enumerators name the values)
 *   flags           uint32_t, bit i is the i-th flag
 *   option<T>       struct { bool some; T value; }
 *   result<T, E>    struct { bool is_err; union { T ok; E err; } of; }  (no union when neither has a payload)
 *   own<R>, borrow<R>   struct R *: the host's own object (never NULL in arguments)
 *
 * Parameters of a function form one struct of the parameters in order. Sizes and alignments are those
 * of the C compiler for x86-64 and AArch64 (natural alignment). */
#ifndef RUNTIME_ABI_HOST_LAYOUT_H
#define RUNTIME_ABI_HOST_LAYOUT_H

#include "runtime/type/type.h"

struct host_layout {
    size_t size, align;
};

struct host_layout host_layout_of(const struct type *t);

/* Of a struct with these members in order; `ret_offsets` (may be NULL) gets each member's offset. */
struct host_layout host_layout_of_items(const struct named_type *items, uint32_t len, size_t *ret_offsets);

/* Offset of `value`, `of` behind `some`, `is_err` or `tag`. */
size_t host_layout_payload_offset(const struct type *t);

#endif
