/* Archives by libarchive. A tar is a stream: it comes through the layers of parsers/input.c, so that a .tar.gz is
 * our gunzip below and tar above. zip and 7z have their table of contents at the end and need to seek: they are
 * opened as the file or the memory that they are, after inflating when they are wrapped. Formats are switched
 * on one by one, since libarchive's "all" also starts external programs. */
#include "parsers/archive.h"

#include "parsers/archive_library.h"
#include "parsers/input.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOOK_BYTES = 1024, FILE_BLOCK = 256 * 1024, NAME_MAX_BYTES = 4096 };

/* POSIX.1-2017, pax: "ustar Header Block". */
enum { TAR_BLOCK = 512, TAR_MAGIC_AT = 257, TAR_SUM_AT = 148, TAR_SUM_BYTES = 8 };

enum archive_kind { ARCHIVE_NONE, ARCHIVE_TAR, ARCHIVE_ZIP, ARCHIVE_7Z };

const char archive_source_format[] = "archive";

static const char too_long[] = "larger than LIMIT_HELD allows; unpack the archive and name the folder";
static const char bomb[] = "inflates to more than LIMIT_RATIO times its size; the rest is not read";

struct unpacker {
    struct source *source;
    struct archive_budget *budget;
    archive_sink *sink;
    void *ctx;
    struct input in; /* the archive's own bytes, for the digest and for tar */
    enum archive_kind kind;
    const struct archive_library *lib;
    struct archive *archive;
    size_t lent;               /* of the input's window to libarchive */
    struct buf all;            /* a wrapped zip or 7z, inflated */
    uint64_t stored, unpacked; /* bytes of all */
    uint64_t taken;            /* from the budget, for `all` */
    /* Where the member at hand began: in what is stored, in the inflated bytes of a tar. */
    uint64_t stored_at, text_at;
    bool stopped;
};

/* ---- what it is ---- */

/* The sum over the header, its own field counted as blanks: a text with "ustar" at that place has no such. */
static bool tar_sum_fits(struct slice block)
{
    unsigned long sum = 0, due = 0;
    for (size_t i = 0; i < TAR_BLOCK; i++) {
        bool own = i >= TAR_SUM_AT && i < TAR_SUM_AT + TAR_SUM_BYTES;
        sum += own ? ' ' : (unsigned char)block.p[i];
    }
    struct slice field = slice_trim(slice_of(block.p + TAR_SUM_AT, TAR_SUM_BYTES));
    for (size_t i = 0; i < field.n && field.p[i] >= '0' && field.p[i] <= '7'; i++)
        due = due * 8 + (unsigned long)(field.p[i] - '0');
    return sum == due;
}

static enum archive_kind kind_of(struct slice head)
{
    if (slice_starts(head, SLICE("PK\3\4")) || slice_starts(head, SLICE("PK\5\6")))
        return ARCHIVE_ZIP;
    if (slice_starts(head, SLICE("7z\xbc\xaf\x27\x1c")))
        return ARCHIVE_7Z;
    bool tar = head.n >= TAR_BLOCK && slice_starts(slice_skip(head, TAR_MAGIC_AT), SLICE("ustar"));
    return tar && tar_sum_fits(head) ? ARCHIVE_TAR : ARCHIVE_NONE;
}

static struct slice stored_head(const struct source *s, char *buffer)
{
    if (s->memory.p)
        return slice_head(s->memory, LOOK_BYTES);
    int fd = open(s->open, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t n = fd < 0 ? 0 : read(fd, buffer, LOOK_BYTES);
    if (fd >= 0)
        close(fd);
    return slice_of(buffer, n > 0 ? (size_t)n : 0);
}

/* Most files of an export are gzip: a block of text from the bytes at hand settles it. */
static bool is_gzipped_text(struct slice head)
{
    char text[TAR_BLOCK];
    struct gunzip g;
    size_t total = 0, n = 0;
    enum gunzip_status status = GUNZIP_MEMBER_END;
    if (!slice_starts(head, SLICE("\x1f\x8b")))
        return false;
    gunzip_init(&g, inflate_default);
    while (total < sizeof text && (status == GUNZIP_MEMBER_END || status == GUNZIP_MORE_ROOM)) {
        status = gunzip_run(&g, &head, text + total, sizeof text - total, &n);
        total += n;
    }
    gunzip_done(&g);
    struct slice begin = slice_of(text, total);
    return total == sizeof text && !input_wrapped(begin) && kind_of(begin) == ARCHIVE_NONE;
}

static enum archive_kind inflated_kind(struct input *in)
{
    while (input_window(in).n < TAR_BLOCK && input_more(in))
        ;
    return kind_of(input_window(in));
}

bool archive_is(struct source *source)
{
    char buffer[LOOK_BYTES];
    struct input in;
    struct slice head = stored_head(source, buffer);
    if (kind_of(head) != ARCHIVE_NONE)
        return true;
    if (!input_wrapped(head) || is_gzipped_text(head))
        return false;
    bool is = input_open(&in, source, false) && inflated_kind(&in) != ARCHIVE_NONE;
    input_done(&in);
    return is;
}

/* ---- its bytes ---- */

static bool is_absurd(uint64_t inflated, uint64_t stored)
{
    return inflated > LIMIT_RATIO_FREE && inflated / LIMIT_RATIO > stored;
}

static uint64_t stored_so_far(const struct unpacker *u)
{
    la_int64_t n =
        u->kind == ARCHIVE_TAR ? (la_int64_t)u->in.raw : u->lib->archive_filter_bytes(u->archive, -1);
    return n > 0 ? (uint64_t)n : 0;
}

/* Of the member at hand; a block of stored bytes may have been read ahead of it. */
static bool is_bomb(const struct unpacker *u, uint64_t inflated)
{
    uint64_t now = stored_so_far(u), read = now > u->stored_at ? now - u->stored_at : 0;
    return is_absurd(inflated, read + FILE_BLOCK) || is_absurd(u->unpacked + inflated, u->stored);
}

/* At the header of the member at hand. */
static void complain(struct unpacker *u, const char *why)
{
    la_int64_t at = u->lib->archive_read_header_position(u->archive);
    source_anomaly(u->source, ANOMALY_ARCHIVE, 0, at > 0 ? (uint64_t)at : 0, why);
}

static void stop(struct unpacker *u, const char *why)
{
    if (!u->stopped)
        complain(u, why);
    u->stopped = true;
}

static la_ssize_t lend_window(struct archive *a, void *ctx, const void **ret)
{
    struct unpacker *u = ctx;
    (void)a;
    input_advance(&u->in, u->lent);
    u->lent = 0;
    if (is_bomb(u, u->in.offset - u->text_at)) {
        stop(u, bomb);
        return 0;
    }
    while (input_window(&u->in).n == 0 && input_more(&u->in))
        ;
    u->lent = input_window(&u->in).n;
    *ret = input_window(&u->in).p;
    return (la_ssize_t)u->lent;
}

/* Inflates what has to be sought in; it is held as long as it is read. */
static bool hold_all(struct unpacker *u)
{
    u->all.max = (size_t)u->budget->held + 1;
    do {
        struct slice window = input_window(&u->in);
        if (is_absurd(u->in.offset + window.n, u->stored) || !buf_append(&u->all, window)) {
            stop(u, "inflates to more than LIMIT_HELD or LIMIT_RATIO allow; it is not read");
            return false;
        }
        input_advance(&u->in, window.n);
    } while (input_more(&u->in));
    u->taken = u->all.n < u->budget->held ? u->all.n : u->budget->held;
    u->budget->held -= u->taken;
    return true;
}

static int open_archive(struct unpacker *u)
{
    const struct source *s = u->source;
    if (u->kind == ARCHIVE_TAR)
        return u->lib->archive_read_open(u->archive, u, NULL, lend_window, NULL);
    if (u->in.depth > 0)
        return hold_all(u) ? u->lib->archive_read_open_memory(u->archive, u->all.p, u->all.n) : ARCHIVE_FATAL;
    if (s->memory.p)
        return u->lib->archive_read_open_memory(u->archive, s->memory.p, s->memory.n);
    return u->lib->archive_read_open_filename(u->archive, s->open, FILE_BLOCK);
}

static void enable(struct unpacker *u)
{
    if (u->kind == ARCHIVE_TAR)
        (void)u->lib->archive_read_support_format_tar(u->archive);
    if (u->kind == ARCHIVE_ZIP)
        (void)u->lib->archive_read_support_format_zip(u->archive);
    if (u->kind == ARCHIVE_7Z)
        (void)u->lib->archive_read_support_format_7zip(u->archive);
}

static const char *complaint(const struct unpacker *u)
{
    const char *text = u->lib->archive_error_string(u->archive);
    return text ? text : "damaged";
}

/* ---- one member ---- */

/* The raw bytes where libarchive has them: names need no particular encoding to be labels. */
static struct slice name_of(const struct archive_library *lib, struct archive_entry *entry)
{
    const char *name = lib->archive_entry_pathname(entry);
    if (!name)
        name = lib->archive_entry_pathname_utf8(entry);
    struct slice s = slice_head(slice_str(name ? name : "?"), NAME_MAX_BYTES);
    while (slice_starts(s, SLICE("./")))
        s = slice_skip(s, 2);
    return s;
}

static bool is_hidden(struct slice name)
{
    while (name.n) {
        struct slice part = slice_cut(&name, '/');
        bool dots = slice_eq(part, SLICE(".")) || slice_eq(part, SLICE(".."));
        if (slice_starts(part, SLICE(".")) && !dots)
            return true;
    }
    return false;
}

/* Links name another member, or nothing that could be read. */
static bool is_wanted(const struct archive_library *lib, struct archive_entry *entry, struct slice name)
{
    return lib->archive_entry_filetype(entry) == AE_IFREG && !lib->archive_entry_hardlink(entry) &&
           !is_hidden(name);
}

static void spoil(struct archive_member *m, enum anomaly_kind kind, const char *why)
{
    if (m->damage)
        return;
    m->anomaly = kind;
    m->damage = why;
}

/* Takes one block; `at` lies behind the end where the archive left out zeros. False: no further block. */
static bool take_block(struct unpacker *u, struct archive_member *m, struct buf *out, struct slice block,
                       uint64_t at)
{
    uint64_t gap = at > out->n ? at - out->n : 0;
    if (is_bomb(u, out->n + gap + block.n)) {
        spoil(m, ANOMALY_ARCHIVE, bomb);
        stop(u, bomb);
        return false;
    }
    if (gap > out->max || !buf_reserve(out, (size_t)gap + block.n)) {
        spoil(m, ANOMALY_TOO_LONG, too_long);
        return false;
    }
    if (gap)
        memset(out->p + out->n, 0, (size_t)gap);
    out->n += (size_t)gap;
    return buf_append(out, block);
}

static void read_blocks(struct unpacker *u, struct archive_member *m, struct buf *out)
{
    int r = ARCHIVE_OK;
    bool more = true;
    while (more) {
        const void *p = NULL;
        size_t n = 0;
        la_int64_t at = 0;
        r = u->lib->archive_read_data_block(u->archive, &p, &n, &at);
        if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
            break;
        if (r == ARCHIVE_WARN)
            spoil(m, ANOMALY_ARCHIVE, complaint(u)); /* zip: a wrong checksum */
        more =
            n == 0 ? r == ARCHIVE_OK : take_block(u, m, out, slice_of(p, n), at > 0 ? (uint64_t)at : out->n);
    }
    if (more && r != ARCHIVE_EOF && r != ARCHIVE_WARN)
        spoil(m, ANOMALY_ARCHIVE, complaint(u));
    if (r == ARCHIVE_FATAL)
        stop(u, complaint(u));
}

/* What the archive says of the size only ever refuses; what it holds is counted while it is read. */
static bool fits(struct unpacker *u, struct archive_entry *entry)
{
    const struct archive_library *lib = u->lib;
    la_int64_t size = lib->archive_entry_size_is_set(entry) ? lib->archive_entry_size(entry) : 0;
    return size < 0 || (uint64_t)size <= u->budget->held;
}

/* What was not read at all has no content, and no digest of nothing. */
static void keep_bytes(struct unpacker *u, struct archive_member *m, struct buf *out)
{
    u->unpacked += out->n;
    u->budget->held -= out->n;
    m->n = out->n;
    if (m->damage && out->n == 0) {
        buf_done(out);
        return;
    }
    m->bytes = realloc(out->p, out->n + 1);
    if (!m->bytes)
        err_oom();
}

static void give_member(struct unpacker *u, struct archive_entry *entry, struct slice name)
{
    struct archive_member m = {.path = name};
    struct buf out;
    uint64_t cost = ARCHIVE_MEMBER_COST + name.n;
    if (u->budget->held <= cost) {
        stop(u, "more than LIMIT_HELD; unpack the archive and name the folder");
        return;
    }
    u->budget->held -= cost;
    buf_init(&out, (size_t)u->budget->held);
    if (fits(u, entry))
        read_blocks(u, &m, &out);
    else
        spoil(&m, ANOMALY_TOO_LONG, too_long);
    /* To pass it by, all of it would be inflated. */
    if (m.damage == too_long && u->kind == ARCHIVE_7Z)
        stop(u, "a member is larger than LIMIT_HELD allows; the rest is not read");
    keep_bytes(u, &m, &out);
    u->sink(u->ctx, &m);
}

/* ---- all of them ---- */

static bool next_header(struct unpacker *u, struct archive_entry **ret)
{
    int r = u->lib->archive_read_next_header(u->archive, ret);
    if (r == ARCHIVE_OK || r == ARCHIVE_WARN || r == ARCHIVE_EOF)
        return r != ARCHIVE_EOF;
    if (r == ARCHIVE_FATAL)
        stop(u, complaint(u));
    else
        complain(u, complaint(u));
    *ret = NULL;
    return r != ARCHIVE_FATAL;
}

static void give_members(struct unpacker *u)
{
    struct archive_entry *entry;
    while (!u->stopped && next_header(u, &entry)) {
        if (u->budget->members-- == 0) {
            u->budget->members = 0;
            stop(u, "more members than LIMIT_ARCHIVE_MEMBERS; the rest is not read");
            return;
        }
        u->stored_at = stored_so_far(u);
        u->text_at = u->in.offset;
        struct slice name = entry ? name_of(u->lib, entry) : slice_of("", 0);
        if (entry && is_wanted(u->lib, entry, name))
            give_member(u, entry, name);
    }
}

static void read_archive(struct unpacker *u)
{
    u->lib = archive_library();
    if (!u->lib) {
        source_anomaly(u->source, ANOMALY_ARCHIVE, 0, 0, ARCHIVE_MISSING);
        return;
    }
    u->archive = u->lib->archive_read_new();
    if (!u->archive)
        err_oom();
    enable(u);
    if (open_archive(u) == ARCHIVE_OK)
        give_members(u);
    else
        stop(u, complaint(u));
    u->lib->archive_read_free(u->archive);
    u->budget->held += u->taken;
    buf_done(&u->all);
}

static void unpack(struct unpacker *u)
{
    static const char *const names[] = {"none", "tar", "zip", "7z"};
    struct source *s = u->source;
    const char *wrap = NULL;
    buf_init(&u->all, 0);
    u->stored = s->memory.p ? s->memory.n : s->size;
    if (input_open(&u->in, s, true)) {
        u->in.is_binary = true;
        u->kind = inflated_kind(&u->in);
        wrap = u->in.depth ? s->compression : NULL;
        if (u->sink)
            read_archive(u);
    }
    input_done(&u->in);
    s->compression = wrap ? arena_printf(&s->arena, "%s, %s", wrap, names[u->kind]) : names[u->kind];
    s->format = archive_source_format;
    s->bytes_decompressed = 0; /* they are counted with the members */
}

void archive_unpack(struct source *source, struct archive_budget *budget, archive_sink *sink, void *ctx)
{
    struct unpacker u = {.source = source, .budget = budget, .sink = sink, .ctx = ctx};
    unpack(&u);
}

void archive_refuse(struct source *source)
{
    struct unpacker u = {.source = source};
    source_anomaly(source, ANOMALY_NESTED_TOO_DEEP, 0, 0,
                   "an archive inside more archives than LIMIT_NESTING; it is not read");
    unpack(&u);
}
