/* Files of evidence. Compression is level 1, for the generator must not be slower than what reads its output;
 * the small portable cases take zlib's best. */
#include "samples/gzip.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>
#ifndef INFLATE_ZLIB
#include <isa-l/igzip_lib.h>
#endif

enum {
    LEVEL = 1,
    LEVEL_PORTABLE = 9,
    GZIP_WINDOW = 15 + 16,
    MEMORY_LEVEL = 8,
    BOUND_EXTRA = 1024,
    EXIT_IMPOSSIBLE = 3
};

/* Reused by all members; the program has one thread. */
static unsigned char *packed;
static size_t packed_size;

static void refuse(const char *path)
{
    fprintf(stderr, "generate: %s: %s\n", path, strerror(errno));
    exit(EXIT_IMPOSSIBLE);
}

void gzip_folders(const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        refuse(path);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            refuse(copy);
        *slash = '/';
    }
    free(copy);
}

void gzip_append_plain(const char *path, const char *p, size_t n)
{
    FILE *file = fopen(path, "ab");
    if (!file || fwrite(p, 1, n, file) != n || fclose(file) != 0)
        refuse(path);
}

static void grow(size_t n)
{
    size_t need = n + n / 8 + BOUND_EXTRA; /* beyond the bound of stored blocks */
    if (need <= packed_size)
        return;
    packed = realloc(packed, need);
    packed_size = need;
    if (!packed)
        refuse("memory");
}

/* The header that zlib writes has no time; its OS byte is Unix wherever this is built. */
static size_t pack_zlib(const char *p, size_t n, int level)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)p,
                  .avail_in = (uInt)n,
                  .next_out = packed,
                  .avail_out = (uInt)packed_size};
    if (deflateInit2(&z, level, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&z, Z_FINISH) != Z_STREAM_END)
        refuse("deflate");
    size_t ret = z.total_out;
    deflateEnd(&z);
    return ret;
}

#ifndef INFLATE_ZLIB
static size_t pack(const char *p, size_t n)
{
    static struct isal_zstream z;
    static uint8_t level_buffer[ISAL_DEF_LVL1_DEFAULT];
    isal_deflate_init(&z);
    z.level = LEVEL;
    z.level_buf = level_buffer;
    z.level_buf_size = sizeof level_buffer;
    z.gzip_flag = IGZIP_GZIP;
    z.end_of_stream = 1;
    z.next_in = (uint8_t *)(uintptr_t)p;
    z.avail_in = (uint32_t)n;
    z.next_out = packed;
    z.avail_out = (uint32_t)packed_size;
    do
        if (isal_deflate(&z) != COMP_OK || z.avail_out == 0)
            refuse("deflate");
    while (z.internal_state.state != ZSTATE_END);
    return z.total_out;
}
#else
static size_t pack(const char *p, size_t n)
{
    return pack_zlib(p, n, LEVEL);
}
#endif

void gzip_append(const char *path, const char *p, size_t n, bool portable)
{
    grow(n);
    size_t size = portable ? pack_zlib(p, n, LEVEL_PORTABLE) : pack(p, n);
    gzip_append_plain(path, (const char *)packed, size);
}
