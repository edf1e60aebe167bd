/* libarchive, loaded when the first archive, or stream that is compressed by anything but gzip, is met: it brings eight
 * other libraries, whose loading is 3 of the 15 ms that a run on a small folder takes. Its functions keep their names. */
#ifndef PARSERS_ARCHIVE_LIBRARY_H
#define PARSERS_ARCHIVE_LIBRARY_H

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>

#define ARCHIVE_LIBRARY "libarchive.so.13" /* what Debian's package libarchive13 holds */
#define ARCHIVE_MISSING                                                                                      \
    ARCHIVE_LIBRARY " cannot be loaded: install it (Debian: libarchive13), or unpack by hand"

#define ARCHIVE_FUNCTIONS(X)                                                                                 \
    X(archive_entry_filetype)                                                                                \
    X(archive_entry_hardlink)                                                                                \
    X(archive_entry_pathname)                                                                                \
    X(archive_entry_pathname_utf8)                                                                           \
    X(archive_entry_size)                                                                                    \
    X(archive_entry_size_is_set)                                                                             \
    X(archive_error_string)                                                                                  \
    X(archive_filter_bytes)                                                                                  \
    X(archive_filter_code)                                                                                   \
    X(archive_read_data_block)                                                                               \
    X(archive_read_free)                                                                                     \
    X(archive_read_header_position)                                                                          \
    X(archive_read_new)                                                                                      \
    X(archive_read_next_header)                                                                              \
    X(archive_read_open)                                                                                     \
    X(archive_read_open_filename)                                                                            \
    X(archive_read_open_memory)                                                                              \
    X(archive_read_support_filter_bzip2)                                                                     \
    X(archive_read_support_filter_lz4)                                                                       \
    X(archive_read_support_filter_xz)                                                                        \
    X(archive_read_support_filter_zstd)                                                                      \
    X(archive_read_support_format_7zip)                                                                      \
    X(archive_read_support_format_empty)                                                                     \
    X(archive_read_support_format_raw)                                                                       \
    X(archive_read_support_format_tar)                                                                       \
    X(archive_read_support_format_zip)

#define ARCHIVE_MEMBER(name) __typeof__(name) *name;
struct archive_library {
    ARCHIVE_FUNCTIONS(ARCHIVE_MEMBER)
};
#undef ARCHIVE_MEMBER

/* NULL when it is not installed. By any thread; it stays until the end. */
const struct archive_library *archive_library(void);

#endif
