/* wasi:filesystem: no directory is preopened, so no guest has a descriptor. */
#include "runtime/wasi/absent.h"
#include "runtime/wasi/wasi_gen.h"

enum host_status
wasi_filesystem_preopens_get_directories(struct host_call *c,
                                         struct list_tuple_wasi_filesystem_types_descriptor_string *ret)
{
    (void)c;
    *ret = (struct list_tuple_wasi_filesystem_types_descriptor_string){ NULL, 0 };
    return HOST_DONE;
}

/* No stream reads or writes a file, so no error is one of the file system's. */
enum host_status
wasi_filesystem_types_filesystem_error_code(struct host_call *c,
                                            const struct wasi_filesystem_types_filesystem_error_code_args *a,
                                            struct option_wasi_filesystem_types_error_code *ret)
{
    (void)c, (void)a;
    *ret = (struct option_wasi_filesystem_types_error_code){ .some = false };
    return HOST_DONE;
}

#define FAILS(func, result)                                                                      \
    WASI_FAILS(wasi_filesystem_types_##func, result_##result##_wasi_filesystem_types_error_code, \
               WASI_FILESYSTEM_TYPES_ERROR_CODE_BAD_DESCRIPTOR)

/* clang-format off */
FAILS(descriptor_read_via_stream, wasi_io_streams_input_stream)
FAILS(descriptor_write_via_stream, wasi_io_streams_output_stream)
FAILS(descriptor_append_via_stream, wasi_io_streams_output_stream)
FAILS(descriptor_advise, void)
FAILS(descriptor_sync_data, void)
FAILS(descriptor_get_flags, wasi_filesystem_types_descriptor_flags)
FAILS(descriptor_get_type, wasi_filesystem_types_descriptor_type)
FAILS(descriptor_set_size, void)
FAILS(descriptor_set_times, void)
FAILS(descriptor_read, tuple_bytes_bool)
FAILS(descriptor_write, u64)
FAILS(descriptor_read_directory, wasi_filesystem_types_directory_entry_stream)
FAILS(descriptor_sync, void)
FAILS(descriptor_create_directory_at, void)
FAILS(descriptor_stat, wasi_filesystem_types_descriptor_stat)
FAILS(descriptor_stat_at, wasi_filesystem_types_descriptor_stat)
FAILS(descriptor_set_times_at, void)
FAILS(descriptor_link_at, void)
FAILS(descriptor_open_at, wasi_filesystem_types_descriptor)
FAILS(descriptor_readlink_at, string)
FAILS(descriptor_remove_directory_at, void)
FAILS(descriptor_rename_at, void)
FAILS(descriptor_symlink_at, void)
FAILS(descriptor_unlink_file_at, void)
WASI_TRAPS(wasi_filesystem_types_descriptor_is_same_object, bool)
FAILS(descriptor_metadata_hash, wasi_filesystem_types_metadata_hash_value)
FAILS(descriptor_metadata_hash_at, wasi_filesystem_types_metadata_hash_value)
FAILS(directory_entry_stream_read_directory_entry, option_wasi_filesystem_types_directory_entry)
/* clang-format on */

WASI_NEVER_DROPPED(wasi_filesystem_types_descriptor)
WASI_NEVER_DROPPED(wasi_filesystem_types_directory_entry_stream)
