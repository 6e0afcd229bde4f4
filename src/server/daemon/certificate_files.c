/* Certificates in the state directory: see certificate_files.h. */
#include "server/daemon/certificate_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "io/tls/bundle.h"
#include "server/certificate/certificates.h"
#include "server/daemon/state_dir.h"

enum { PATH_BYTES = 4096 };

void certificate_record_put(struct buf *out, str name, str pem)
{
    buf_put_str(out, name);
    buf_put_u8(out, 0);
    buf_printf(out, "%zu", pem.len);
    buf_put_u8(out, 0);
    buf_put_str(out, pem);
}

bool certificate_record_take(str *rest, str *ret_name, str *ret_pem)
{
    str after_name, after_length;
    uint64_t length;
    *ret_name = str_split(*rest, '\0', &after_name);
    if (!after_name.ptr || !num_parse_u64(str_split(after_name, '\0', &after_length), &length) || !after_length.ptr ||
        length > after_length.len || !certificate_name_valid(*ret_name))
        return false;
    *ret_pem = str_slice(after_length, 0, (size_t)length);
    *rest = str_slice(after_length, (size_t)length, after_length.len);
    return true;
}

static void folder_of(const char *state_dir, char ret[PATH_BYTES])
{
    snprintf(ret, PATH_BYTES, "%s/certs", state_dir);
}

/* What is larger than a bundle may be is none. */
static void add_file(struct buf *out, int folder, const char *name, char *text)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    if (fd < 0)
        return;
    ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, text, TLS_BUNDLE_BYTES_MAX + 1) : -1;
    if (n >= 0)
        certificate_record_put(out, str_of(name), str_from(text, (size_t)n));
    close(fd);
}

static void add_files(struct buf *out, DIR *folder)
{
    char *text = mem_alloc(TLS_BUNDLE_BYTES_MAX + 1, 1);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (certificate_name_valid(str_of(entry->d_name)))
            add_file(out, dirfd(folder), entry->d_name, text);
    explicit_bzero(text, TLS_BUNDLE_BYTES_MAX + 1); /* private keys */
    mem_free(text);
}

int certificate_files_read(const char *state_dir, struct err *e)
{
    char path[PATH_BYTES];
    struct buf records;
    folder_of(state_dir, path);
    DIR *folder = opendir(path);
    if (!folder && errno != ENOENT) {
        err_system(e, errno, "open '%s'", path);
        return -1;
    }
    buf_init(&records, BUF_NO_LIMIT);
    if (folder) {
        add_files(&records, folder);
        closedir(folder);
    }
    int fd = memfd_create("certificates", MFD_CLOEXEC);
    if (fd < 0 || !write_whole(fd, buf_str(&records))) {
        err_system(e, errno, "make a memory file");
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    if (records.len)
        explicit_bzero(records.ptr, records.len);
    buf_fini(&records);
    return fd;
}

static bool fill(void *ctx, int fd)
{
    const str *pem = ctx;
    return write_whole(fd, *pem);
}

bool certificate_file_store(const char *state_dir, str record, struct err *e)
{
    char path[PATH_BYTES], file[CERTIFICATE_NAME_MAX + 1] = "";
    str name, pem;
    if (!certificate_record_take(&record, &name, &pem))
        return err_set(e, ERR_INVALID, "no certificate's record");
    memcpy(file, name.ptr, name.len);
    folder_of(state_dir, path);
    return directory_make(path, 0700, e) && file_replace(path, file, fill, &pem, e);
}

bool certificate_file_delete(const char *state_dir, str name, struct err *e)
{
    char path[PATH_BYTES + CERTIFICATE_NAME_MAX];
    if (!certificate_name_valid(name))
        return err_set(e, ERR_INVALID, "no certificate's name");
    snprintf(path, sizeof(path), "%s/certs/%.*s", state_dir, STR_ARG(name));
    return unlink(path) == 0 || errno == ENOENT || err_system(e, errno, "delete '%s'", path);
}
