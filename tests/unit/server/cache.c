/* Tests of server/cache.c, in a directory of their own. */
#include "server/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "server/log.h"

struct fixture {
    char root[64]; /* temporary directory */
    char dir[96];  /* the cache in it */
    int log_read;
    struct log log;
    char logged[8192];
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    const char *base = getenv("TMPDIR");
    snprintf(f->root, sizeof(f->root), "%s/berth-cache-XXXXXX", base ? base : P_tmpdir);
    assert_non_null(mkdtemp(f->root));
    snprintf(f->dir, sizeof(f->dir), "%s/a/b", f->root);
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    f->log_read = fds[0];
    f->log = (struct log){ .fd = fds[1], .level = LOG_INFO };
    *state = f;
    return 0;
}

/* Removes a tree two directories deep. */
static void remove_tree(const char *path)
{
    DIR *d = opendir(path);
    if (!d) {
        unlink(path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        char inner[600];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
        if (unlink(inner) != 0)
            remove_tree(inner);
    }
    closedir(d);
    rmdir(path);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    remove_tree(f->root);
    close(f->log_read);
    close(f->log.fd);
    free(f);
    return 0;
}

static const char *logged(struct fixture *f)
{
    ssize_t n = read(f->log_read, f->logged, sizeof(f->logged) - 1);
    f->logged[n > 0 ? n : 0] = '\0';
    return f->logged;
}

static void open_ok(struct fixture *f, struct cache *c, uint64_t limit)
{
    struct err e = ERR_INIT;
    if (!cache_open(c, str_of(f->dir), limit, &f->log, &e))
        fail_msg("%s", e.text);
}

static void store(struct cache *c, const char *key, const char *code)
{
    c->ops.store(&c->ops, str_of(key), bytes_of_str(str_of(code)));
}

static bool find(struct cache *c, const char *key, char path[600])
{
    return c->ops.find(&c->ops, str_of(key), path, 600);
}

static void default_dir(void **state)
{
    (void)state;
    static const struct {
        str xdg, home;
        const char *want;
    } cases[] = {
        { STR_INIT("/x"), STR_INIT("/h"), "/x/berth" },
        { STR_INIT("relative"), STR_INIT("/h"), "/h/.cache/berth" },
        { { NULL, 0 }, STR_INIT("/h"), "/h/.cache/berth" },
        { STR_INIT(""), STR_INIT(""), "" },
        { { NULL, 0 }, { NULL, 0 }, "" },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str got = cache_default_dir(&a, cases[i].xdg, cases[i].home);
        if (!str_eq(got, str_of(cases[i].want)))
            fail_msg("case %zu: want '%s', got '%.*s'", i, cases[i].want, STR_ARG(got));
    }
    arena_fini(&a);
}

static void keeps_and_finds(void **state)
{
    struct fixture *f = *state;
    struct cache c;
    char path[600], content[16] = "";
    open_ok(f, &c, 1 << 20);
    struct stat s;
    assert_int_equal(stat(f->dir, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0700);
    assert_false(find(&c, "k", path));
    store(&c, "k", "code");
    store(&c, "other", "else");
    assert_true(find(&c, "k", path));
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
    int fd = open(path, O_RDONLY);
    assert_int_equal(read(fd, content, 4), 4);
    close(fd);
    assert_string_equal(content, "code");
    cache_close(&c);
    open_ok(f, &c, 1 << 20); /* the next process finds it, too */
    assert_true(find(&c, "k", path));
    cache_close(&c);
    assert_string_equal(logged(f), "");
}

/* Of a file whose code is four bytes. */
enum { WHOLE = -1, TRAILER_BYTES = 96, FILE_BYTES = 4 + TRAILER_BYTES };

/* What is done to the file of "k", and what the log says about it afterwards. */
static void distrusts_files(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *name;
        mode_t mode;
        off_t cut;       /* bytes taken from the end */
        off_t overwrite; /* this byte, unless WHOLE */
        bool link;       /* replaced by a symbolic link */
        const char *why;
    } cases[] = {
        { "writable by the group", 0620, 0, WHOLE, false, "why=\"writable by others\"" },
        { "writable by all", 0602, 0, WHOLE, false, "why=\"writable by others\"" },
        { "truncated by one", 0600, 1, WHOLE, false, "why=damaged" },
        { "truncated to nothing", 0600, FILE_BYTES, WHOLE, false, "why=damaged" },
        { "truncated to its trailer", 0600, FILE_BYTES - TRAILER_BYTES, WHOLE, false, "why=damaged" },
        { "length changed", 0600, 0, FILE_BYTES - 1, false, "why=damaged" },
        { "checksum changed", 0600, 0, FILE_BYTES - 9, false, "why=damaged" },
        { "code changed", 0600, 0, 0, false, "why=damaged" },
        { "symbolic link", 0600, 0, WHOLE, true, "why=\"Too many levels of symbolic links\"" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct cache c;
        char path[600], other[600];
        open_ok(f, &c, 1 << 20);
        store(&c, "k", "code");
        assert_true(find(&c, "k", path));
        struct stat s;
        assert_int_equal(stat(path, &s), 0);
        assert_int_equal(s.st_size, FILE_BYTES);
        assert_int_equal(chmod(path, cases[i].mode), 0);
        assert_int_equal(truncate(path, s.st_size - cases[i].cut), 0);
        if (cases[i].overwrite != WHOLE) {
            int fd = open(path, O_RDWR);
            char byte = 0;
            assert_int_equal(pread(fd, &byte, 1, cases[i].overwrite), 1);
            byte ^= 1;
            assert_int_equal(pwrite(fd, &byte, 1, cases[i].overwrite), 1);
            close(fd);
        }
        if (cases[i].link) {
            snprintf(other, sizeof(other), "%s/kept", f->root);
            assert_int_equal(rename(path, other), 0);
            assert_int_equal(symlink(other, path), 0);
        }
        logged(f);
        if (find(&c, "k", other))
            fail_msg("%s: found", cases[i].name);
        if (!strstr(logged(f), cases[i].why))
            fail_msg("%s: want a line with %s, got '%s'", cases[i].name, cases[i].why, f->logged);
        store(&c, "k", "code"); /* compiled anew: it is well again */
        if (!find(&c, "k", path))
            fail_msg("%s: not recovered", cases[i].name);
        cache_close(&c);
    }
}

static void refuses_directories(void **state)
{
    struct fixture *f = *state;
    struct cache c;
    struct err e = ERR_INIT;
    char path[200];
    static const struct {
        const char *name;
        mode_t mode;
        const char *want;
    } modes[] = {
        { "group", 0770, "is writable by other users" },
        { "world", 0707, "is writable by other users" },
    };
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        snprintf(path, sizeof(path), "%s/%s", f->root, modes[i].name);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_int_equal(chmod(path, modes[i].mode), 0);
        assert_false(cache_open(&c, str_of(path), 1, &f->log, &e));
        if (!strstr(e.text, modes[i].want))
            fail_msg("%s: want '%s', got '%s'", modes[i].name, modes[i].want, e.text);
        cache_close(&c);
    }
    snprintf(path, sizeof(path), "%s/link/", f->root);
    char target[200];
    snprintf(target, sizeof(target), "%s/link", f->root);
    assert_int_equal(symlink(f->root, target), 0);
    assert_false(cache_open(&c, str_of(path), 1, &f->log, &e)); /* also with a slash behind it */
    assert_non_null(strstr(e.text, "is a symbolic link"));
    cache_close(&c);
    snprintf(path, sizeof(path), "%s/file", f->root);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    assert_false(cache_open(&c, str_of(path), 1, &f->log, &e));
    assert_non_null(strstr(e.text, "is not a directory"));
    cache_close(&c);
    assert_false(cache_open(&c, STR("a\0b"), 1, &f->log, &e));
    assert_non_null(strstr(e.text, "holds a NUL character"));
    cache_close(&c);
    snprintf(path, sizeof(path), "%s/file/below", f->root);
    assert_false(cache_open(&c, str_of(path), 1, &f->log, &e));
    assert_non_null(strstr(e.text, "create directory"));
    cache_close(&c);
}

static void owner_of_directory(void **state)
{
    struct fixture *f = *state;
    struct cache c;
    struct err e = ERR_INIT;
    char path[600];
    if (geteuid() != 0)
        skip();
    snprintf(path, sizeof(path), "%s/theirs", f->root);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(chown(path, 1234, 1234), 0);
    assert_false(cache_open(&c, str_of(path), 1, &f->log, &e));
    assert_non_null(strstr(e.text, "is owned by another user"));
    cache_close(&c);
    open_ok(f, &c, 1 << 20);
    store(&c, "k", "code");
    assert_true(find(&c, "k", path));
    assert_int_equal(chown(path, 1234, 1234), 0);
    assert_false(find(&c, "k", path));
    assert_non_null(strstr(logged(f), "why=\"owned by another user\""));
    cache_close(&c);
}

static void set_age(const char *path, time_t seconds)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct timespec times[2] = { { now.tv_sec - seconds, 0 }, { now.tv_sec - seconds, 0 } };
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void drops_the_least_recently_used(void **state)
{
    struct fixture *f = *state;
    struct cache c;
    char a[600], b[600], left[600];
    open_ok(f, &c, 3 * FILE_BYTES + 1);
    store(&c, "a", "aaaa");
    store(&c, "b", "bbbb");
    assert_true(find(&c, "a", a) && find(&c, "b", b));
    set_age(a, 100);
    set_age(b, 50);
    assert_true(find(&c, "a", a)); /* now b is the oldest */
    store(&c, "c", "cccc");
    store(&c, "d", "dddd");
    assert_true(find(&c, "a", left));
    assert_false(find(&c, "b", left));
    assert_true(find(&c, "c", left));
    assert_true(find(&c, "d", left));
    cache_close(&c);
    open_ok(f, &c, 1); /* what was just stored stays even if it is too large */
    store(&c, "e", "eeee");
    assert_true(find(&c, "e", left));
    assert_false(find(&c, "a", left));
    cache_close(&c);
}

static void clears_old_temporary_files(void **state)
{
    struct fixture *f = *state;
    struct cache c;
    char old[200], fresh[200], foreign[200];
    open_ok(f, &c, 1);
    snprintf(old, sizeof(old), "%s/x.tmp", f->dir);
    snprintf(fresh, sizeof(fresh), "%s/y.tmp", f->dir);
    snprintf(foreign, sizeof(foreign), "%s/notes.code", f->dir);
    close(open(old, O_CREAT | O_WRONLY, 0600));
    close(open(fresh, O_CREAT | O_WRONLY, 0600));
    close(open(foreign, O_CREAT | O_WRONLY, 0600));
    set_age(old, 7200);
    set_age(foreign, 7200);
    store(&c, "k", "code");
    assert_int_equal(access(old, F_OK), -1);
    assert_int_equal(access(fresh, F_OK), 0);
    assert_int_equal(access(foreign, F_OK), 0); /* not a name of ours */
    cache_close(&c);
}

static void tells_when_it_cannot_store(void **state)
{
    struct fixture *f = *state;
    struct cache c;
    open_ok(f, &c, 1 << 20);
    assert_int_equal(rmdir(f->dir), 0);
    store(&c, "k", "code");
    assert_non_null(strstr(logged(f), "compiled code is not cached"));
    store(&c, "other", "code");
    assert_string_equal(logged(f), ""); /* once is enough */
    cache_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_dir),
        cmocka_unit_test_setup_teardown(keeps_and_finds, setup, teardown),
        cmocka_unit_test_setup_teardown(distrusts_files, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_directories, setup, teardown),
        cmocka_unit_test_setup_teardown(owner_of_directory, setup, teardown),
        cmocka_unit_test_setup_teardown(drops_the_least_recently_used, setup, teardown),
        cmocka_unit_test_setup_teardown(clears_old_temporary_files, setup, teardown),
        cmocka_unit_test_setup_teardown(tells_when_it_cannot_store, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
