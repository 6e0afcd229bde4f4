/* Codings and the pool of their coders: see coding.h. */
#include "io/coding/coding.h"

#include "io/coding/coder_types.h"

/* Coders of a thread that wait: what a busy moment left behind is not kept. */
enum { POOL_MAX = 16 };

static const struct coding_row {
    const char *name;
    struct coding_levels levels;
    const struct coder_ops *ops;
} rows[] = {
    [CODING_GZIP] = { "gzip", { 1, 9, 6 }, &zlib_coder_ops },
    [CODING_DEFLATE] = { "deflate", { 1, 9, 6 }, &zlib_coder_ops },
    [CODING_BR] = { "br", { 0, 11, 4 }, &brotli_coder_ops }, /* the library's own default, 11, is for files */
    [CODING_ZSTD] = { "zstd", { -7, 22, 3 }, &zstd_coder_ops },
};

const char *coding_name(enum coding c)
{
    return rows[c].name;
}

bool coding_parse(str name, enum coding *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!str_eq_nocase(name, str_of(rows[i].name)))
            continue;
        *ret = (enum coding)i;
        return true;
    }
    return false;
}

struct coding_levels coding_levels(enum coding c)
{
    return rows[c].levels;
}

struct coder *coder_new(enum coding coding, int level)
{
    struct coder *c = rows[coding].ops->create(coding, level);
    list_init(&c->node);
    c->ops = rows[coding].ops;
    c->coding = coding;
    c->level = level;
    return c;
}

void coder_free(struct coder *c)
{
    if (c)
        c->ops->destroy(c);
}

void coder_reset(struct coder *c)
{
    c->ops->reset(c);
}

void coder_write(struct coder *c, bytes data, enum coder_flush flush, struct buf *out)
{
    c->ops->write(c, data, flush, out);
}

/* --- The pool --- */

void coder_pool_init(struct coder_pool *p)
{
    list_init(&p->spare);
    p->count = 0;
}

static struct coder *pool_remove(struct coder_pool *p, struct coder *c)
{
    list_remove(&c->node);
    p->count--;
    return c;
}

void coder_pool_fini(struct coder_pool *p)
{
    while (!list_empty(&p->spare))
        coder_free(pool_remove(p, list_first(&p->spare, struct coder, node)));
}

struct coder *coder_pool_take(struct coder_pool *p, enum coding coding, int level)
{
    for (struct list *n = p->spare.next; n != &p->spare; n = n->next) {
        struct coder *c = CONTAINER_OF(n, struct coder, node);
        if (c->coding == coding && c->level == level)
            return pool_remove(p, c);
    }
    return coder_new(coding, level);
}

void coder_pool_give(struct coder_pool *p, struct coder *c)
{
    if (p->count == POOL_MAX) /* the oldest is of a coding that is asked for the least */
        coder_free(pool_remove(p, list_first(&p->spare, struct coder, node)));
    coder_reset(c);
    list_push(&p->spare, &c->node);
    p->count++;
}
