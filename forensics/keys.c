/* Finding keys in lines: every key has a print, the longest run of plain bytes of its last part. A line is
 * cut into such runs; where one equals a print, the whole key is compared around it. */
#include "forensics/keys.h"

#include "base/huge.h"
#include "base/parallel.h"
#include "forensics/index.h"
#include "forensics/messages.h"

enum {
    KEY_LENGTH_MAX = 1024, /* S3's own limit, bytes of the decoded key */
    SAME_PRINT_MAX = 64,   /* data.json in a thousand folders: such prints are not looked for */
    ENDS = 1 << 16,        /* 8 KB: stays in the first cache */
    AHEAD = 16,            /* rows on their way through the cache while the tables grow */
    BLOCK = 4096,          /* rows that a thread prepares at a time */
    PRINTS_TAKEN = 60,     /* percent */
};

/* All that a look at a key needs in half a line of the cache: with millions of keys each look is a miss. */
struct row {
    const char *key;
    uint32_t next_print, next_whole; /* of the same print, in its chain; the hashes' low bits until then */
    uint32_t print_tag, whole_tag;   /* their high bits, compared before the bytes are */
    uint16_t key_n;
    uint16_t print_at, print_n; /* where in the key its print stands; no bytes: the key is not looked for */
    uint8_t same;               /* how many of this print there are so far */
};

/* A print: the key that has it and came last. Others stand behind it in place of a chain, which would lead to rows
 * that are far apart. */
struct print {
    uint32_t tag, number;
};

/* Keys by number. Objects are numbered from 1 as they stand, messages behind them; a key that comes again has the
 * number of the first. */
struct keys {
    struct row *rows; /* by number */
    size_t objects, n;
    struct print *prints; /* by hash, at most PRINTS_TAKEN of them taken */
    uint32_t *wholes;     /* by hash: heads of chains */
    size_t prints_mask, wholes_mask;
    uint64_t ends[ENDS / 64]; /* how prints end, a bit each: most words of a line end as none of them */
};

static inline struct slice key_of(const struct row *row)
{
    return slice_of(row->key, row->key_n);
}

static inline struct slice print_of(const struct row *row)
{
    return slice_of(row->key + row->print_at, row->print_n);
}

/* Bytes of which prints are made: letters, digits, - _ . and all beyond ASCII. */
static const uint8_t plain[256] = {
    ['-'] = 1, ['.'] = 1, ['0'] = 1,         ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1,
    ['7'] = 1, ['8'] = 1, ['9'] = 1,         ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1,
    ['G'] = 1, ['H'] = 1, ['I'] = 1,         ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1,
    ['P'] = 1, ['Q'] = 1, ['R'] = 1,         ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1,
    ['Y'] = 1, ['Z'] = 1, ['_'] = 1,         ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1,
    ['g'] = 1, ['h'] = 1, ['i'] = 1,         ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1,
    ['p'] = 1, ['q'] = 1, ['r'] = 1,         ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1,
    ['y'] = 1, ['z'] = 1, [128 ... 255] = 1,
};

static inline bool is_plain(char c)
{
    return plain[(uint8_t)c];
}

/* The next run of plain bytes; dots at its end belong to the sentence. */
static bool take_run(struct slice *s, struct slice *ret)
{
    size_t at = 0, n = 0;
    while (at < s->n && !is_plain(s->p[at]))
        at++;
    while (at + n < s->n && is_plain(s->p[at + n]))
        n++;
    *ret = slice_of(s->p + at, n);
    *s = slice_skip(*s, at + n);
    while (ret->n && ret->p[ret->n - 1] == '.')
        ret->n--;
    return n > 0;
}

static struct slice find_print(struct slice key)
{
    struct slice name = slice_behind(key, '/'), rest = name.n ? name : key, run, best = {"", 0};
    while (take_run(&rest, &run))
        if (run.n > best.n)
            best = run;
    return best;
}

static size_t hash_of(struct slice s)
{
    return (size_t)slice_hash(s, 0x6b65);
}

static inline uint32_t tag_of(size_t hash)
{
    return (uint32_t)(hash >> 32);
}

static uint32_t number_of(const struct keys *k, struct slice key, size_t hash)
{
    uint32_t number = k->wholes[hash & k->wholes_mask];
    while (number && (k->rows[number].whole_tag != tag_of(hash) || !slice_eq(key_of(&k->rows[number]), key)))
        number = k->rows[number].next_whole;
    return number;
}

static void settle(const struct keys *k, struct object_event *o)
{
    if (o->number == 0 && o->key_n)
        o->number = number_of(k, object_key(o), hash_of(object_key(o)));
}

void keys_settle(const struct keys *k, struct index *x)
{
    for (size_t i = k ? k->objects : 0; k && i < x->objects.n; i++)
        settle(k, &x->objects.v[i]);
    for (size_t i = k ? k->n - k->objects : 0; k && i < x->messages.n; i++)
        settle(k, &x->messages.v[i].event);
}

/* ---- making ---- */

/* Of the last four bytes and the length: request ids and times, of which every line has some, are told from file
 * names without a look into the tables, which would be a miss of the cache. */
static inline size_t end_of(struct slice print)
{
    uint32_t last = 0;
    size_t n = print.n < sizeof last ? print.n : sizeof last;
    memcpy(&last, print.p + print.n - n, n);
    return (size_t)((last ^ (uint32_t)print.n << 24) * UINT32_C(0x9e3779b1) >> 16);
}

/* Tables on the way. */
struct making {
    struct keys *k;
    struct index *x;
};

static struct object_event *event_of(const struct making *m, size_t i)
{
    return i < m->k->objects ? &m->x->objects.v[i] : &m->x->messages.v[i - m->k->objects].event;
}

/* Of an invocation that was asked for directly every line has the id. */
static void prepare(const struct making *m, size_t i)
{
    struct row *row = &m->k->rows[i + 1];
    const struct object_event *o = event_of(m, i);
    struct slice key = object_key(o), print;
    if (i >= m->k->objects && message_invoke(intern_name(&m->x->names, o->bucket)))
        return;
    if (key.n < KEY_LENGTH_MIN || key.n > KEY_LENGTH_MAX || (print = find_print(key)).n == 0)
        return;
    size_t whole = hash_of(key), hash = hash_of(print);
    *row = (struct row){.key = key.p,
                        .key_n = (uint16_t)key.n,
                        .print_at = (uint16_t)(print.p - key.p),
                        .print_n = (uint16_t)print.n,
                        .next_whole = (uint32_t)whole,
                        .whole_tag = tag_of(whole),
                        .next_print = (uint32_t)hash,
                        .print_tag = tag_of(hash)};
}

static void prepare_block(void *ctx, unsigned thread, size_t block)
{
    const struct making *m = ctx;
    size_t end = (block + 1) * BLOCK < m->k->n ? (block + 1) * BLOCK : m->k->n;
    (void)thread;
    for (size_t i = block * BLOCK; i < end; i++)
        prepare(m, i);
}

/* Gives row `number`, whose slot is still its hash, its place in the chain of whole keys; returns the number of the
 * first of that key. */
static uint32_t link_whole(struct keys *k, uint32_t number)
{
    struct row *row = &k->rows[number];
    uint32_t *head = &k->wholes[row->next_whole & k->wholes_mask];
    for (uint32_t i = *head; i; i = k->rows[i].next_whole)
        if (k->rows[i].whole_tag == row->whole_tag && slice_eq(key_of(&k->rows[i]), key_of(row)))
            return i;
    row->next_whole = *head;
    return *head = number;
}

/* Where the print stands or would stand. */
static struct print *place_of_print(const struct keys *k, struct slice print, uint32_t hash, uint32_t tag)
{
    for (size_t at = hash & k->prints_mask;; at = (at + 1) & k->prints_mask) {
        struct print *p = &k->prints[at];
        if (p->number == 0 || (p->tag == tag && slice_eq(print_of(&k->rows[p->number]), print)))
            return p;
    }
}

static void link_print(struct keys *k, uint32_t number)
{
    struct row *row = &k->rows[number];
    struct print *p = place_of_print(k, print_of(row), row->next_print, row->print_tag);
    unsigned same = k->rows[p->number].same;
    if (same > SAME_PRINT_MAX)
        return;
    for (uint32_t i = p->number; i; i = k->rows[i].next_print)
        if (k->rows[i].whole_tag == row->whole_tag && slice_eq(key_of(&k->rows[i]), key_of(row)))
            return;
    size_t end = end_of(print_of(row));
    k->ends[end / 64] |= UINT64_C(1) << end % 64;
    row->same = (uint8_t)(same + 1);
    row->next_print = p->number;
    *p = (struct print){row->print_tag, number};
}

/* Two tables, which share nothing: each has its thread. Their slots are fetched ahead. */
static void link_rows(void *ctx, unsigned thread, size_t prints)
{
    const struct making *m = ctx;
    struct keys *k = m->k;
    (void)thread;
    for (size_t number = 1; number <= k->n; number++) {
        const struct row *coming = &k->rows[number + AHEAD];
        if (prints)
            __builtin_prefetch(&k->prints[coming->next_print & k->prints_mask]);
        else
            __builtin_prefetch(&k->wholes[coming->next_whole & k->wholes_mask]);
        if (k->rows[number].print_n == 0)
            continue;
        if (prints)
            link_print(k, (uint32_t)number);
        else
            event_of(m, number - 1)->number = link_whole(k, (uint32_t)number);
    }
}

struct keys *keys_new(struct index *x, unsigned threads)
{
    size_t size = 16, n = x->objects.n + x->messages.n;
    if (n == 0)
        return NULL;
    struct keys *k = calloc(1, sizeof *k);
    struct making m = {k, x};
    if (!k)
        err_oom();
    k->objects = x->objects.n;
    k->n = n;
    while (size < n)
        size *= 2;
    k->wholes_mask = size - 1;
    k->wholes = huge_zeros(size, sizeof *k->wholes);
    size *= n * 100 > size * PRINTS_TAKEN ? 2 : 1;
    k->prints_mask = size - 1;
    k->prints = huge_zeros(size, sizeof *k->prints);
    k->rows = huge_zeros(n + AHEAD, sizeof *k->rows);
    parallel_run(threads, (n + BLOCK - 1) / BLOCK, prepare_block, &m);
    parallel_run(threads, 2, link_rows, &m);
    return k;
}

void keys_free(struct keys *k)
{
    if (!k)
        return;
    huge_free(k->rows);
    huge_free(k->prints);
    huge_free(k->wholes);
    free(k);
}

/* ---- lines ---- */

/* Is `c` what S3 writes for the byte `key` in an encoded key? Advances *s over it. */
static bool same_byte(struct slice *s, char key)
{
    static const char hex[] = "0123456789ABCDEF";
    unsigned char byte = (unsigned char)key;
    if (s->n && (*s->p == key || (key == ' ' && *s->p == '+'))) {
        *s = slice_skip(*s, 1);
        return true;
    }
    if (s->n < 3 || *s->p != '%' || (s->p[1] & ~32) != (hex[byte >> 4] & ~32) ||
        (s->p[2] & ~32) != (hex[byte & 15] & ~32))
        return false;
    *s = slice_skip(*s, 3);
    return true;
}

/* How many bytes the key takes at the front of s; 0 when it does not stand there. */
static size_t key_at(struct slice s, struct slice key)
{
    struct slice rest = s;
    for (size_t i = 0; i < key.n; i++)
        if (!same_byte(&rest, key.p[i]))
            return 0;
    return s.n - rest.n;
}

/* A key ends where its line, a quote or a blank ends it: cat.jpg is not in cat.jpg2. */
static bool stands_alone(struct slice line, size_t from, size_t n)
{
    bool before = from == 0 || !is_plain(line.p[from - 1]);
    struct slice after = slice_skip(line, from + n);
    while (after.n && *after.p == '.')
        after = slice_skip(after, 1);
    return before && (after.n == 0 || !is_plain(*after.p));
}

/* Does the key stand in the line so that the run at `at` is its print, which has `offset` bytes before it? */
static bool key_around(struct slice line, size_t at, struct slice key, size_t offset)
{
    /* Encoding makes what stands before the print longer, at most three times. */
    for (size_t back = offset; back <= 3 * offset && back <= at; back++) {
        size_t n = key_at(slice_skip(line, at - back), key);
        if (n > back && stands_alone(line, at - back, n))
            return true;
    }
    return false;
}

/* The longest key of the print `run` that stands around it: a/x.jpg is not x.jpg. 0 when there is none. */
static uint32_t find_around(const struct keys *k, struct slice line, struct slice run)
{
    size_t hash = hash_of(run);
    uint32_t best = 0, number = place_of_print(k, run, (uint32_t)hash, tag_of(hash))->number;
    if (k->rows[number].same > SAME_PRINT_MAX)
        return 0;
    for (; number; number = k->rows[number].next_print) {
        const struct row *row = &k->rows[number];
        bool longer = best == 0 || row->key_n > k->rows[best].key_n;
        if (longer && key_around(line, (size_t)(run.p - line.p), key_of(row), row->print_at))
            best = number;
    }
    return best;
}

/* Request ids and times, of which every line has some, end as no print does. */
static inline bool may_be_print(const struct keys *k, struct slice run)
{
    return run.n > 0 && (k->ends[end_of(run) / 64] >> end_of(run) % 64 & 1);
}

bool keys_may_stand(const struct keys *k, struct slice line, struct key_hint *ret)
{
    struct slice rest = line, run;
    while (take_run(&rest, &run)) {
        if (!may_be_print(k, run))
            continue;
        *ret = (struct key_hint){(size_t)(run.p - line.p), hash_of(run)};
        return true;
    }
    return false;
}

void keys_fetch(const struct keys *k, uint64_t hash, enum keys_step step)
{
    const struct print *p = &k->prints[hash & k->prints_mask];
    const struct row *row = step == KEYS_SLOT ? NULL : &k->rows[p->number];
    switch (step) {
    case KEYS_SLOT: __builtin_prefetch(p); break;
    case KEYS_ROW: __builtin_prefetch(row); break;
    case KEYS_BYTES: __builtin_prefetch(row->key); break;
    }
}

size_t keys_find(const struct keys *k, struct slice line, const struct key_hint *hint, uint32_t *ret,
                 size_t max)
{
    struct slice rest = slice_skip(line, hint->at), run;
    size_t found = 0;
    while (found < max && take_run(&rest, &run)) {
        if (!may_be_print(k, run))
            continue;
        uint32_t number = find_around(k, line, run);
        bool again = false;
        for (size_t i = 0; i < found; i++)
            again |= ret[i] == number;
        if (number && !again)
            ret[found++] = number;
    }
    return found;
}
