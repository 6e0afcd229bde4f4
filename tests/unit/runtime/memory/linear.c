/* Tests of runtime/memory: whatever is written after the snapshot is gone after a restore, wherever it was and however
 * often; growth is undone; what the marks say is what the system says. */
#include "runtime/memory/linear.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "runtime/memory/fault.h"
#include "runtime/memory/image.h"
#include "runtime/memory/pages.h"

enum { PAGES = 300, SIZE = PAGES * PAGE_BYTES, RESERVED = 2 * SIZE };

struct fixture {
    struct memory_set set, *was;
    struct linear_memory m;
    struct memory_image *shared;
    uint8_t want[SIZE];
};

/* The handler is installed once a process; the test's frame puts its own in the place of it for each test. */
static void catch_faults(void)
{
    static struct sigaction handler;
    static bool known;
    struct err e = ERR_INIT;
    assert_true(memory_faults_catch(&e));
    assert_int_equal(sigaction(SIGSEGV, known ? &handler : NULL, known ? NULL : &handler), 0);
    known = true;
}

/* A memory with something in every third page, kept. */
static struct fixture *begin(void)
{
    struct fixture *f = mem_new(struct fixture);
    struct err e = ERR_INIT;
    catch_faults();
    assert_true(linear_memory_init(&f->m, SIZE, RESERVED, RESERVED, &e));
    memory_set_add(&f->set, &f->m);
    f->was = memory_set_enter(&f->set);
    for (size_t p = 0; p < PAGES; p += 3)
        memset(f->m.base + p * PAGE_BYTES, (int)(p % 251 + 1), PAGE_BYTES);
    memcpy(f->want, f->m.base, SIZE);
    assert_true(linear_memory_keep(&f->m, &f->shared, &e));
    return f;
}

static void end(struct fixture *f)
{
    memory_set_enter(f->was);
    linear_memory_fini(&f->m);
    assert_int_equal(f->set.count, 0);
    memory_image_unref(f->shared);
    mem_free(f);
}

static void restore(struct fixture *f)
{
    assert_true(linear_memory_restore(&f->m));
    assert_int_equal(f->m.size_bytes, SIZE);
    assert_memory_equal(f->m.base, f->want, SIZE);
}

static void writes_are_undone(void **state)
{
    (void)state;
    struct fixture *f = begin();
    assert_memory_equal(f->m.base, f->want, SIZE);
    restore(f);
    f->m.base[0] = 99;
    f->m.base[SIZE - 1] = 98;
    f->m.base[7 * PAGE_BYTES + 5] = 97; /* a page of zeros */
    restore(f);
    memset(f->m.base, 0xee, SIZE);
    restore(f);
    end(f);
}

/* Over the times at which marks are swept, with pages that come and go. */
static void again_and_again(void **state)
{
    (void)state;
    struct fixture *f = begin();
    uint32_t random = 1;
    for (int round = 0; round < 1100; round++) {
        for (int k = 0; k < 5; k++) {
            random = random * 1664525 + 1013904223;
            f->m.base[random % SIZE] ^= 0xff;
        }
        f->m.base[10 * PAGE_BYTES] = (uint8_t)round;
        if (round % 100 == 99 || round < 4)
            restore(f);
        else
            assert_true(linear_memory_restore(&f->m));
    }
    restore(f);
    end(f);
}

static void growth_is_undone(void **state)
{
    (void)state;
    struct fixture *f = begin();
    for (int round = 0; round < 3; round++) {
        assert_true(linear_memory_grow(&f->m, SIZE + 4 * PAGE_BYTES));
        for (size_t i = SIZE; i < SIZE + 4 * PAGE_BYTES; i++)
            assert_int_equal(f->m.base[i], 0);
        memset(f->m.base + SIZE, 0xdd, 4 * PAGE_BYTES);
        restore(f);
    }
    assert_false(linear_memory_grow(&f->m, RESERVED + PAGE_BYTES));
    end(f);
}

/* One takes what the other would have got; a restore gives it back. */
static void a_set_is_bounded(void **state)
{
    (void)state;
    struct fixture *f = begin();
    struct linear_memory other;
    struct err e = ERR_INIT;
    assert_true(linear_memory_init(&other, PAGE_BYTES, SIZE, SIZE, &e));
    memory_set_add(&f->set, &other);
    f->set.max_bytes = SIZE + 4 * PAGE_BYTES;
    assert_true(linear_memory_grow(&f->m, SIZE + 2 * PAGE_BYTES));
    assert_false(linear_memory_grow(&other, 3 * PAGE_BYTES));
    assert_true(linear_memory_grow(&other, 2 * PAGE_BYTES));
    assert_false(linear_memory_grow(&f->m, SIZE + 3 * PAGE_BYTES));
    restore(f);
    assert_true(linear_memory_grow(&other, 4 * PAGE_BYTES));
    linear_memory_fini(&other);
    assert_int_equal(f->set.bytes, SIZE);
    end(f);
}

/* A smaller memory takes the image of another, size and all, and is put back to it. */
static void an_image_is_adopted(void **state)
{
    (void)state;
    struct fixture *f = begin();
    struct linear_memory other;
    struct err e = ERR_INIT;
    assert_true(linear_memory_init(&other, PAGE_BYTES, RESERVED, RESERVED, &e));
    memory_set_add(&f->set, &other);
    assert_true(linear_memory_adopt(&other, f->m.image, &e));
    assert_int_equal(f->set.bytes, 2 * SIZE);
    assert_memory_equal(other.base, f->want, SIZE);
    assert_true(linear_memory_grow(&other, SIZE + PAGE_BYTES));
    assert_true(linear_memory_restore(&other));
    assert_memory_equal(other.base, f->want, SIZE);
    linear_memory_fini(&other);
    assert_int_equal(f->set.bytes, SIZE);
    assert_true(linear_memory_init(&other, PAGE_BYTES, SIZE / 2, SIZE / 2, &e));
    assert_false(linear_memory_adopt(&other, f->m.image, &e));
    linear_memory_fini(&other);
    end(f);
}

static void too_much_is_refused(void **state)
{
    (void)state;
    enum { LARGE = 64 << 20 };
    struct memory_set set = { 0 };
    struct linear_memory m;
    struct memory_image *shared = NULL;
    struct err e = ERR_INIT;
    catch_faults();
    assert_true(linear_memory_init(&m, LARGE, LARGE, LARGE, &e));
    memory_set_add(&set, &m);
    struct memory_set *was = memory_set_enter(&set);
    assert_true(linear_memory_keep(&m, &shared, &e));
    memset(m.base, 1, LARGE);
    assert_false(linear_memory_restore(&m));
    memory_set_enter(was);
    linear_memory_fini(&m);
    memory_image_unref(shared);
}

static size_t resident_bytes(void *at, size_t bytes)
{
    size_t n = 0;
    unsigned char *pages = mem_new_n(unsigned char, bytes / PAGE_BYTES);
    assert_int_equal(mincore(at, bytes, pages), 0);
    for (size_t p = 0; p < bytes / PAGE_BYTES; p++)
        n += (pages[p] & 1) * PAGE_BYTES;
    mem_free(pages);
    return n;
}

static void what_was_written_goes_piece_by_piece(void **state)
{
    (void)state;
    enum { WRITTEN = 10 << 20, GROWN = 20 << 20, LARGE = 32 << 20 };
    struct linear_memory m;
    struct memory_image *shared = NULL;
    struct err e = ERR_INIT;
    assert_true(linear_memory_init(&m, PAGE_BYTES, LARGE, LARGE, &e) && linear_memory_keep(&m, &shared, &e));
    assert_false(linear_memory_is_heavy(&m));
    assert_true(linear_memory_grow(&m, GROWN));
    memset(m.base + GROWN - WRITTEN, 1, WRITTEN);
    assert_true(linear_memory_is_heavy(&m) && !linear_memory_restore(&m));
    for (size_t held = WRITTEN, left; linear_memory_discard(&m); held = left) {
        left = resident_bytes(m.base, LARGE);
        assert_in_range(held - left, 0, 4 << 20);
    }
    assert_int_equal(resident_bytes(m.base, LARGE), 0);
    linear_memory_fini(&m);
    memory_image_unref(shared);
}

static void images_are_shared_only_when_equal(void **state)
{
    (void)state;
    struct fixture *f = begin();
    struct err e = ERR_INIT;
    struct linear_memory same, other;
    assert_true(linear_memory_init(&same, SIZE, RESERVED, RESERVED, &e));
    assert_true(linear_memory_init(&other, SIZE, RESERVED, RESERVED, &e));
    memcpy(same.base, f->want, SIZE);
    memcpy(other.base, f->want, SIZE);
    other.base[123456] ^= 1;
    assert_true(linear_memory_keep(&same, &f->shared, &e));
    assert_true(linear_memory_keep(&other, &f->shared, &e));
    assert_ptr_equal(same.image, f->m.image);
    assert_ptr_not_equal(other.image, f->m.image);
    assert_int_equal(other.base[123456], f->want[123456] ^ 1);
    linear_memory_fini(&same);
    linear_memory_fini(&other);
    end(f);
}

/* A memory like the fixture's but for pages `first` to the one before `end`, kept. */
static void keep_different(struct fixture *f, struct linear_memory *ret, size_t first, size_t end_, uint8_t *ret_want)
{
    struct err e = ERR_INIT;
    assert_true(linear_memory_init(ret, SIZE, RESERVED, RESERVED, &e));
    memory_set_add(&f->set, ret);
    memcpy(ret->base, f->want, SIZE);
    for (size_t p = first; p < end_; p++) /* among them zeros where the other has content, and the other way round */
        memset(ret->base + p * PAGE_BYTES, p % 3 ? 7 : 0, PAGE_BYTES);
    memcpy(ret_want, ret->base, SIZE);
    assert_true(linear_memory_keep(ret, &f->shared, &e));
    assert_memory_equal(ret->base, ret_want, SIZE);
}

/* Pages that differ from the first memory's are a memory's own, in all of its rounds: also once they have been written
 * to, and are not any more. */
static void pages_that_differ_are_own(void **state)
{
    (void)state;
    static uint8_t want[SIZE];
    struct fixture *f = begin();
    struct linear_memory other, third;
    struct err e = ERR_INIT;
    keep_different(f, &other, 40, 50, want);
    assert_ptr_equal(other.image->base, f->m.image);
    assert_int_equal(memory_image_used_bytes(other.image), ((PAGES + 2) / 3 - 3 + 7) * PAGE_BYTES);
    for (int round = 0; round < 1100; round++) {
        if (round == 0 || round == 20)
            memset(other.base, 0xee, SIZE);
        other.base[round % SIZE] ^= 1;
        assert_true(linear_memory_restore(&other));
        if (round % 100 == 99 || round < 20)
            assert_memory_equal(other.base, want, SIZE);
    }
    assert_true(linear_memory_init(&third, 0, RESERVED, RESERVED, &e));
    memory_set_add(&f->set, &third);
    assert_true(linear_memory_adopt(&third, other.image, &e));
    linear_memory_fini(&other);
    assert_memory_equal(third.base, want, SIZE);
    memset(third.base, 0xee, SIZE);
    assert_true(linear_memory_restore(&third));
    assert_memory_equal(third.base, want, SIZE);
    linear_memory_fini(&third);
    restore(f);
    end(f);
}

static void memories_that_differ_much_share_nothing(void **state)
{
    (void)state;
    static uint8_t want[SIZE];
    struct fixture *f = begin();
    struct linear_memory other;
    keep_different(f, &other, 0, PAGES, want);
    assert_null(other.image->base);
    memset(other.base, 0xee, SIZE);
    assert_true(linear_memory_restore(&other));
    assert_memory_equal(other.base, want, SIZE);
    linear_memory_fini(&other);
    end(f);
}

struct witness {
    const struct linear_memory *m;
    size_t pages;
};

static void found(void *ctx, uint8_t *at, size_t bytes_)
{
    struct witness *w = ctx;
    size_t first = (size_t)(at - w->m->base) / PAGE_BYTES;
    for (size_t p = first; p < first + bytes_ / PAGE_BYTES; p++) {
        assert_true(w->m->marks[p / 64] >> p % 64 & 1);
        w->pages++;
    }
}

/* Another memory begins with what the first one's image has, and with the pages writable that the first one wrote to.
 */
static void adopted_images_are_expected_to_be_written_to(void **state)
{
    (void)state;
    struct fixture *f = begin();
    struct err e = ERR_INIT;
    struct linear_memory other;
    f->m.base[5 * PAGE_BYTES] = f->m.base[6 * PAGE_BYTES] = f->m.base[9 * PAGE_BYTES] = 77;
    assert_true(linear_memory_restore(&f->m));
    assert_true(linear_memory_init(&other, 0, RESERVED, RESERVED, &e));
    memory_set_add(&f->set, &other);
    assert_true(linear_memory_adopt(&other, f->m.image, &e));
    assert_int_equal(other.size_bytes, SIZE);
    assert_int_equal(linear_memory_own_bytes(&other), 3 * PAGE_BYTES);
    assert_memory_equal(other.base, f->want, SIZE);
    memset(other.base, 78, SIZE / 2);
    assert_memory_equal(f->m.base, f->want, SIZE);
    assert_true(linear_memory_restore(&other));
    assert_memory_equal(other.base, f->want, SIZE);
    linear_memory_fini(&other);
    end(f);
}

static void images_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    struct fixture *f = begin();
    struct err e = ERR_INIT;
    struct linear_memory small, large;
    assert_true(linear_memory_init(&small, 0, SIZE - PAGE_BYTES, RESERVED, &e));
    assert_true(linear_memory_init(&large, SIZE + PAGE_BYTES, RESERVED, RESERVED, &e));
    assert_false(linear_memory_adopt(&small, f->m.image, &e));
    assert_false(linear_memory_adopt(&large, f->m.image, &e));
    linear_memory_fini(&small);
    linear_memory_fini(&large);
    end(f);
}

/* Of a file, from a page of it on. */
static void images_of_files(void **state)
{
    (void)state;
    struct fixture *f = begin();
    struct err e = ERR_INIT;
    struct memory_image *image = NULL;
    struct linear_memory other;
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_int_equal(ftruncate(fd, PAGE_BYTES), 0);
    assert_int_equal(pwrite(fd, f->want, SIZE, PAGE_BYTES), SIZE);
    assert_true(memory_image_open(fd, PAGE_BYTES, SIZE, &image, &e));
    close(fd);
    assert_int_equal(memory_image_used_bytes(image), (PAGES + 2) / 3 * PAGE_BYTES);
    assert_true(linear_memory_init(&other, 0, RESERVED, RESERVED, &e));
    memory_set_add(&f->set, &other);
    assert_true(linear_memory_adopt(&other, image, &e));
    assert_memory_equal(other.base, f->want, SIZE);
    memset(other.base, 78, SIZE);
    assert_true(linear_memory_restore(&other));
    assert_memory_equal(other.base, f->want, SIZE);
    linear_memory_fini(&other);
    memory_image_unref(image);
    end(f);
}

/* The system's own account of pages written to holds none that is not marked. */
static void the_system_agrees(void **state)
{
    (void)state;
    struct fixture *f = begin();
    struct witness w = { &f->m, 0 };
    for (size_t p = 0; p < PAGES; p += 7)
        f->m.base[p * PAGE_BYTES + 9] = 1;
    bool can_tell = pages_scan_written(f->m.base, SIZE, found, &w);
    if (can_tell)
        assert_int_equal(w.pages, (PAGES + 6) / 7);
    end(f);
    if (!can_tell)
        skip(); /* Linux before 6.7 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_are_undone),
        cmocka_unit_test(again_and_again),
        cmocka_unit_test(growth_is_undone),
        cmocka_unit_test(a_set_is_bounded),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(what_was_written_goes_piece_by_piece),
        cmocka_unit_test(images_are_shared_only_when_equal),
        cmocka_unit_test(pages_that_differ_are_own),
        cmocka_unit_test(memories_that_differ_much_share_nothing),
        cmocka_unit_test(the_system_agrees),
        cmocka_unit_test(an_image_is_adopted),
        cmocka_unit_test(adopted_images_are_expected_to_be_written_to),
        cmocka_unit_test(images_that_do_not_fit_are_refused),
        cmocka_unit_test(images_of_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
