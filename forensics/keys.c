/* Finding keys in lines: every key has a print, the longest run of plain bytes of its last part. A line is
 * cut into such runs; where one equals a print, the whole key is compared around it. */
#include "forensics/keys.h"

#include "forensics/index.h"
#include "forensics/messages.h"

enum {
    KEY_LENGTH_MAX = 1024, /* S3's own limit, bytes of the decoded key */
    SAME_PRINT_MAX = 64,   /* data.json in a thousand folders: such prints are not looked for */
    ENDS = 1 << 16,        /* 8 KB: stays in the first cache */
    AHEAD = 16,            /* keys on their way through the cache while the tables grow */
};

/* All that a look at a key needs in one line of the cache: with millions of keys each look is a miss. */
struct row {
    struct slice key;
    uint32_t next_print, next_whole; /* in its chains */
    uint32_t print_tag, whole_tag;   /* 32 bits of the hashes, compared before the bytes are */
    uint16_t print_at, print_n;      /* where in the key its print stands */
    uint8_t same;                    /* how many of this print there are so far */
};

/* Keys by number (from 1), chained by the hash of their print and of the whole. */
struct keys {
    struct row *rows; /* by number */
    size_t n;
    uint32_t *prints, *wholes; /* heads of the chains */
    size_t mask;
    uint64_t ends[ENDS / 64]; /* how prints end, a bit each: most words of a line end as none of them */
};

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

static struct slice last_part(struct slice key)
{
    size_t n = key.n;
    while (n > 0 && key.p[n - 1] != '/')
        n--;
    return n < key.n ? slice_skip(key, n) : key;
}

static struct slice find_print(struct slice key)
{
    struct slice rest = last_part(key), run, best = {"", 0};
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
    uint32_t number = k->wholes[hash & k->mask];
    while (number && (k->rows[number].whole_tag != tag_of(hash) || !slice_eq(k->rows[number].key, key)))
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
    for (size_t i = 0; k && i < x->objects.n; i++)
        settle(k, &x->objects.v[i]);
    for (size_t i = 0; k && i < x->messages.n; i++)
        settle(k, &x->messages.v[i].event);
}

static bool is_print(const struct row *row, struct slice print, size_t hash)
{
    return row->print_tag == tag_of(hash) &&
           slice_eq(slice_of(row->key.p + row->print_at, row->print_n), print);
}

/* The key of that print that was added last; 0 when there is none. */
static uint32_t latest_of(const struct keys *k, struct slice print, size_t hash)
{
    uint32_t number = k->prints[hash & k->mask];
    while (number && !is_print(&k->rows[number], print, hash))
        number = k->rows[number].next_print;
    return number;
}

static void link_print(struct keys *k, struct slice print, size_t hash, uint32_t number)
{
    uint32_t latest = latest_of(k, print, hash), *head = &k->prints[hash & k->mask];
    struct row *row = &k->rows[number];
    row->print_tag = tag_of(hash);
    if (latest && k->rows[latest].same > SAME_PRINT_MAX)
        return;
    row->same = (uint8_t)(latest ? k->rows[latest].same + 1 : 1);
    row->next_print = *head;
    *head = number;
}

/* Of the last four bytes and the length: request ids and times, of which every line has some, are told from file
 * names without a look into the tables, which would be a miss of the cache. */
static inline size_t end_of(struct slice print)
{
    uint32_t last = 0;
    size_t n = print.n < sizeof last ? print.n : sizeof last;
    memcpy(&last, print.p + print.n - n, n);
    return (size_t)((last ^ (uint32_t)print.n << 24) * UINT32_C(0x9e3779b1) >> 16);
}

/* A key on its way into the tables. */
struct coming {
    struct slice key, print;
    size_t whole_hash, print_hash;
    bool wanted;
};

static void prepare(const struct keys *k, struct slice key, struct coming *ret)
{
    struct slice print = find_print(key);
    *ret = (struct coming){.key = key, .print = print};
    ret->wanted = key.n >= KEY_LENGTH_MIN && key.n <= KEY_LENGTH_MAX && print.n > 0;
    if (!ret->wanted)
        return;
    ret->whole_hash = hash_of(key);
    ret->print_hash = hash_of(print);
    __builtin_prefetch(&k->wholes[ret->whole_hash & k->mask]);
    __builtin_prefetch(&k->prints[ret->print_hash & k->mask]);
}

/* Half-way: the heads of the chains are there, their rows are fetched. */
static void approach(const struct keys *k, const struct coming *c)
{
    __builtin_prefetch(&k->rows[k->wholes[c->whole_hash & k->mask]]);
    __builtin_prefetch(&k->rows[k->prints[c->print_hash & k->mask]]);
}

/* Returns the key's number, 0 for one that is not looked for. */
static uint32_t add(struct keys *k, const struct coming *c)
{
    if (!c->wanted)
        return 0;
    uint32_t known = number_of(k, c->key, c->whole_hash);
    if (known)
        return known;
    uint32_t number = (uint32_t)++k->n, *head = &k->wholes[c->whole_hash & k->mask];
    struct row *row = &k->rows[number];
    row->key = c->key;
    row->whole_tag = tag_of(c->whole_hash);
    row->next_whole = *head;
    *head = number;
    row->print_at = (uint16_t)(c->print.p - c->key.p);
    row->print_n = (uint16_t)c->print.n;
    k->ends[end_of(c->print) / 64] |= UINT64_C(1) << end_of(c->print) % 64;
    link_print(k, c->print, c->print_hash, number);
    return number;
}

static void add_all(struct keys *k, struct index *x)
{
    struct coming on_way[AHEAD];
    size_t n = x->objects.n;
    for (size_t i = 0; i < n + AHEAD; i++) {
        struct coming *c = &on_way[i % AHEAD];
        if (i >= AHEAD)
            x->objects.v[i - AHEAD].number = add(k, c);
        if (i < n)
            prepare(k, object_key(&x->objects.v[i]), c);
        if (i >= AHEAD / 2 && i < n + AHEAD / 2)
            approach(k, &on_way[(i - AHEAD / 2) % AHEAD]);
    }
}

static uint32_t *numbers_new(size_t n)
{
    uint32_t *v = calloc(n, sizeof *v);
    if (!v)
        err_oom();
    return v;
}

struct keys *keys_new(struct index *x)
{
    size_t size = 16;
    size_t all = x->objects.n + x->messages.n;
    if (all == 0)
        return NULL;
    struct keys *k = calloc(1, sizeof *k);
    if (!k)
        err_oom();
    while (size < all)
        size *= 2;
    k->mask = size - 1;
    k->prints = numbers_new(size);
    k->wholes = numbers_new(size);
    k->rows = calloc(all + 1, sizeof *k->rows);
    if (!k->rows)
        err_oom();
    add_all(k, x);
    for (size_t i = 0; i < x->messages.n; i++) {
        if (message_invoke(intern_name(&x->names, x->messages.v[i].event.bucket)))
            continue; /* every line of the invocation has its id */
        struct coming c;
        prepare(k, object_key(&x->messages.v[i].event), &c);
        x->messages.v[i].event.number = add(k, &c);
    }
    return k;
}

void keys_free(struct keys *k)
{
    if (!k)
        return;
    free(k->rows);
    free(k->prints);
    free(k->wholes);
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
static uint32_t find_around(const struct keys *k, struct slice line, struct slice run, size_t hash)
{
    uint32_t best = 0;
    uint32_t number = latest_of(k, run, hash);
    if (number && k->rows[number].same > SAME_PRINT_MAX)
        return 0;
    for (; number; number = k->rows[number].next_print) {
        const struct row *row = &k->rows[number];
        bool longer = best == 0 || row->key.n > k->rows[best].key.n;
        if (longer && is_print(row, run, hash) &&
            key_around(line, (size_t)(run.p - line.p), row->key, row->print_at))
            best = number;
    }
    return best;
}

size_t keys_find(const struct keys *k, struct slice line, uint32_t *ret, size_t max)
{
    struct slice rest = line, run;
    size_t found = 0;
    while (found < max && take_run(&rest, &run)) {
        if (run.n == 0 || !(k->ends[end_of(run) / 64] >> end_of(run) % 64 & 1))
            continue;
        size_t hash = hash_of(run);
        uint32_t number = k->prints[hash & k->mask] ? find_around(k, line, run, hash) : 0;
        bool again = false;
        for (size_t i = 0; i < found; i++)
            again |= ret[i] == number;
        if (number && !again)
            ret[found++] = number;
    }
    return found;
}
