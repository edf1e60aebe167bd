/* What a file's path says of its content. */
#include "forensics/place.h"

#include "base/text.h"

enum { DATE_BYTES = 11, HEX_BYTES = 32, UUID_BYTES = 36 };

/* The last part of a path; *path becomes what stands before it. */
static struct slice take_last(struct slice *path)
{
    size_t n = path->n;
    while (n > 0 && path->p[n - 1] != '/')
        n--;
    struct slice last = slice_of(path->p + n, path->n - n);
    path->n = n > 0 ? n - 1 : 0;
    return last;
}

struct slice place_folder(struct slice path)
{
    (void)take_last(&path);
    return path;
}

static bool is_hex32(struct slice s)
{
    uint8_t bytes[HEX_BYTES / 2];
    return s.n == HEX_BYTES && text_hex(&s, HEX_BYTES, bytes);
}

bool place_stream_parts(struct slice stream, struct slice *ret_function, struct slice *ret_version)
{
    if (stream.n < DATE_BYTES + 2 + HEX_BYTES ||
        !is_hex32(slice_of(stream.p + stream.n - HEX_BYTES, HEX_BYTES)))
        return false;
    struct slice middle = slice_of(stream.p + DATE_BYTES, stream.n - DATE_BYTES - HEX_BYTES);
    if (middle.n < 2 || middle.p[middle.n - 1] != ']')
        return false;
    size_t open = middle.n - 1;
    while (open > 0 && middle.p[open] != '[')
        open--;
    if (middle.p[open] != '[')
        return false;
    *ret_function = slice_head(middle, open);
    *ret_version = slice_of(middle.p + open + 1, middle.n - open - 2);
    return true;
}

/* 2024-01-09-[$LATEST]HEX back to 2024/01/09/[$LATEST]HEX. */
static struct slice folder_stream(struct slice folder, struct arena *arena)
{
    struct slice rest = folder, function, version, none = {"", 0};
    unsigned n;
    if (!text_digits(&rest, 4, &n) || !text_char(&rest, '-') || !text_digits(&rest, 2, &n) ||
        !text_char(&rest, '-') || !text_digits(&rest, 2, &n) || !text_char(&rest, '-') ||
        !place_stream_parts(folder, &function, &version))
        return none;
    struct slice copy = arena_copy(arena, folder);
    char *p = arena_alloc(arena, copy.n + 1);
    memcpy(p, copy.p, copy.n);
    p[4] = p[7] = p[10] = '/';
    return slice_of(p, copy.n);
}

static bool is_uuid(struct slice s)
{
    uint8_t id[16];
    return s.n == UUID_BYTES && text_uuid(&s, id);
}

static struct slice without_ending(struct slice name)
{
    static const struct slice endings[] = {{".gz", 3},    {".zst", 4},  {".bz2", 4},    {".xz", 3},
                                           {".lz4", 4},   {".json", 5}, {".ndjson", 7}, {".log", 4},
                                           {".jsonl", 6}, {".txt", 4},  {".csv", 4}};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (name.n > endings[i].n && slice_ends(name, endings[i])) {
            name.n -= endings[i].n;
            return without_ending(name);
        }
    }
    return name;
}

/* Lambda@Edge groups are /aws/lambda/us-east-1.NAME: the name is kept as it stands. */
static struct slice path_function(struct slice path)
{
    ptrdiff_t at = slice_find(path, SLICE("aws/lambda/"));
    if (at < 0 || (at > 0 && path.p[at - 1] != '/'))
        return slice_of("", 0);
    struct slice rest = slice_skip(path, (size_t)at + sizeof "aws/lambda/" - 1);
    bool is_file = !memchr(rest.p, '/', rest.n);
    struct slice name = slice_cut(&rest, '/');
    return is_file ? without_ending(name) : name;
}

static struct slice path_group(struct slice path, struct arena *arena)
{
    ptrdiff_t at = slice_find(path, SLICE("API-Gateway-Execution-Logs_"));
    struct slice none = {"", 0};
    if (at < 0)
        return none;
    struct slice rest = slice_skip(path, (size_t)at);
    struct slice api = slice_cut(&rest, '/');
    struct slice stage = slice_cut(&rest, '/');
    if (rest.n == 0 || is_uuid(stage))
        return without_ending(api);
    return slice_str(arena_printf(arena, "%.*s/%.*s", SLICE_ARG(api), SLICE_ARG(stage)));
}

/* bundle.tar! and bundle.tar!2 are how members name their archive. */
static struct slice archive_name(struct slice folder)
{
    size_t n = folder.n;
    while (n > 0 && folder.p[n - 1] >= '0' && folder.p[n - 1] <= '9')
        n--;
    return n > 0 && folder.p[n - 1] == '!' ? slice_head(folder, n - 1) : folder;
}

void place_of(struct slice path, struct arena *arena, struct place *ret)
{
    struct slice rest = path;
    *ret = (struct place){.function = path_function(path), .group = path_group(path, arena)};
    (void)take_last(&rest);
    struct slice folder = take_last(&rest);
    ret->stream = folder_stream(folder, arena);
    if (ret->stream.n) {
        folder = take_last(&rest);
        if (is_uuid(folder))
            folder = take_last(&rest);
    }
    folder = archive_name(folder);
    ret->folder = folder.n ? folder : SLICE(".");
}

/* Both have a number at the place where they first differ; the rest is equal. */
static bool number_follows(struct slice a, struct slice b)
{
    size_t at = 0;
    while (at < a.n && at < b.n && a.p[at] == b.p[at])
        at++;
    while (at > 0 && a.p[at - 1] >= '0' && a.p[at - 1] <= '9')
        at--;
    struct slice x = slice_skip(a, at), y = slice_skip(b, at);
    uint64_t m, n;
    return text_u64(&x, &m) && text_u64(&y, &n) && n == m + 1 && slice_eq(x, y);
}

/* split(1): the same stem and two letters, the last one higher. */
static bool letters_follow(struct slice a, struct slice b)
{
    if (a.n != b.n || a.n < 3 || memcmp(a.p, b.p, a.n - 2) != 0)
        return false;
    const char *x = a.p + a.n - 2, *y = b.p + b.n - 2;
    bool letters = x[0] >= 'a' && x[0] <= 'z' && x[1] >= 'a' && x[1] <= 'z' && y[0] >= 'a' && y[0] <= 'z' &&
                   y[1] >= 'a' && y[1] <= 'z';
    int m = (x[0] - 'a') * 26 + x[1], n = (y[0] - 'a') * 26 + y[1];
    return letters && n == m + 1;
}

bool place_follows(struct slice a, struct slice b)
{
    struct slice x = a, y = b;
    struct slice name_a = take_last(&x), name_b = take_last(&y);
    return slice_eq(x, y) && (number_follows(name_a, name_b) || letters_follow(name_a, name_b));
}
