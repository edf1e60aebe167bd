/* Compressed streams by libarchive's filters, with its "raw" format: one nameless member that is the text.
 * The first bytes of each kind are from its specification: RFC 8878 (zstd), the .xz file format 1.2, LZ4 frame
 * format 1.6; bzip2 has none, its first block begins with the digits of pi. */
#include "parsers/filter.h"

#include "base/err.h"
#include "parsers/archive_library.h"

#include <stdio.h>
#include <stdlib.h>

struct filter {
    const char *name;
    const struct archive_library *lib;
    struct archive *archive;
    struct slice (*more)(void *ctx);
    void *ctx;
    struct slice block; /* inflated and not yet given out; libarchive's */
    bool open, stopped;
    bool starved; /* more bytes were wanted than there are */
    char damage[160];
};

const char *filter_name(struct slice head)
{
    static const struct {
        const char *name;
        struct slice magic;
    } kinds[] = {
        {"zstd", {"\x28\xb5\x2f\xfd", 4}},
        {"xz", {"\xfd\x37zXZ\0", 6}},
        {"lz4", {"\x04\x22\x4d\x18", 4}},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (slice_starts(head, kinds[i].magic))
            return kinds[i].name;
    /* Text may begin with BZh. Behind the size stands the first block or, for no text, the end. */
    if (head.n < FILTER_MAGIC_BYTES || !slice_starts(head, SLICE("BZh")) || head.p[3] < '1' ||
        head.p[3] > '9')
        return NULL;
    struct slice block = slice_skip(head, 4);
    bool bzip2 = slice_starts(block, SLICE("1AY&SY")) || slice_starts(block, SLICE("\x17rE8P\x90"));
    return bzip2 ? "bzip2" : NULL;
}

/* ARCHIVE_OK means that the library at hand has it built in; a warning that it would start a program. */
static bool enable(struct filter *f)
{
    int (*support)(struct archive *) = f->lib->archive_read_support_filter_zstd;
    if (strcmp(f->name, "bzip2") == 0)
        support = f->lib->archive_read_support_filter_bzip2;
    if (strcmp(f->name, "xz") == 0)
        support = f->lib->archive_read_support_filter_xz;
    if (strcmp(f->name, "lz4") == 0)
        support = f->lib->archive_read_support_filter_lz4;
    return support(f->archive) == ARCHIVE_OK;
}

struct filter *filter_new(const char *name, struct slice (*more)(void *ctx), void *ctx)
{
    struct filter *f = calloc(1, sizeof *f);
    if (!f)
        err_oom();
    *f = (struct filter){.name = name, .more = more, .ctx = ctx, .lib = archive_library()};
    f->archive = f->lib ? f->lib->archive_read_new() : NULL;
    if (f->lib && !f->archive)
        err_oom();
    return f;
}

void filter_free(struct filter *f)
{
    if (!f)
        return;
    if (f->lib)
        f->lib->archive_read_free(f->archive);
    free(f);
}

static la_ssize_t bring(struct archive *a, void *ctx, const void **ret)
{
    struct filter *f = ctx;
    struct slice s = f->more(f->ctx);
    (void)a;
    f->starved = s.n == 0;
    *ret = s.p;
    return (la_ssize_t)s.n;
}

static void stop(struct filter *f, const char *why)
{
    f->stopped = true;
    if (why)
        (void)snprintf(f->damage, sizeof f->damage, "%s: %s; what follows is lost", f->name, why);
}

static const char *complaint(const struct filter *f)
{
    const char *text = f->lib->archive_error_string(f->archive);
    return text ? text : "damaged";
}

/* A stream of no bytes has no member either: "empty" takes it, and says so too when the first block of text
 * could not be made, but then with a complaint. */
static void begin(struct filter *f)
{
    struct archive_entry *entry;
    f->open = true;
    if (!f->lib) {
        stop(f, ARCHIVE_MISSING);
        return;
    }
    if (!enable(f)) {
        stop(f, "the libarchive at hand cannot read it");
        return;
    }
    (void)f->lib->archive_read_support_format_raw(f->archive);
    (void)f->lib->archive_read_support_format_empty(f->archive);
    int r = f->lib->archive_read_open(f->archive, f, NULL, bring, NULL);
    if (r == ARCHIVE_OK && f->lib->archive_filter_code(f->archive, 0) == ARCHIVE_FILTER_NONE) {
        stop(f, "damaged at its beginning"); /* else the stored bytes would pass for text */
        return;
    }
    if (r == ARCHIVE_OK)
        r = f->lib->archive_read_next_header(f->archive, &entry);
    if (r == ARCHIVE_EOF)
        stop(f, f->lib->archive_error_string(f->archive));
    else if (r < ARCHIVE_WARN)
        stop(f, complaint(f));
}

static void next_block(struct filter *f)
{
    const void *p = NULL;
    size_t n = 0;
    la_int64_t at;
    int r = f->lib->archive_read_data_block(f->archive, &p, &n, &at);
    if (r == ARCHIVE_EOF)
        stop(f, NULL);
    else if (r < ARCHIVE_WARN)
        stop(f, complaint(f));
    else
        f->block = slice_of(p, n);
}

size_t filter_read(struct filter *f, char *out, size_t room)
{
    size_t total = 0;
    if (!f->open)
        begin(f);
    while (total < room) {
        while (f->block.n == 0 && !f->stopped)
            next_block(f);
        size_t n = f->block.n < room - total ? f->block.n : room - total;
        if (n == 0)
            break;
        memcpy(out + total, f->block.p, n);
        f->block = slice_skip(f->block, n);
        total += n;
    }
    return total;
}

const char *filter_damage(const struct filter *f)
{
    return f->damage[0] ? f->damage : NULL;
}

bool filter_truncated(const struct filter *f)
{
    return f->damage[0] && f->starved;
}
