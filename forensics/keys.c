/* Finding keys in lines: every key has a print, the longest run of plain bytes of its last part. A line is
 * cut into such runs; where one equals a print, the whole key is compared around it. */
#include "forensics/keys.h"

#include "forensics/index.h"

enum {
    KEY_LENGTH_MAX = 1024, /* S3's own limit, bytes of the decoded key */
    SAME_PRINT_MAX = 64,   /* data.json in a thousand folders: such prints are not looked for */
};

struct print;

/* Keys by number (from 1), chained by the hash of their print and of the whole. */
struct keys {
    VEC(struct slice) list;
    uint32_t *prints, *wholes;         /* heads of the chains */
    uint32_t *next_print, *next_whole; /* by number */
    uint32_t *print_tag, *whole_tag;   /* by number: 32 bits of the hashes, compared before the bytes are */
    uint8_t *same;                     /* by number: how many of this print there are so far */
    struct print *print;               /* by number: where in the key it stands */
    size_t mask;
    uint64_t lengths; /* of prints, a bit each: most words of a line have none of them */
};

struct print {
    uint16_t at, n;
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
    while (number && (k->whole_tag[number] != tag_of(hash) || !slice_eq(k->list.v[number - 1], key)))
        number = k->next_whole[number];
    return number;
}

uint32_t keys_number(const struct keys *k, struct slice key)
{
    return k ? number_of(k, key, hash_of(key)) : 0;
}

static struct slice print_of(const struct keys *k, uint32_t number)
{
    return slice_of(k->list.v[number - 1].p + k->print[number].at, k->print[number].n);
}

/* The key of that print that was added last; 0 when there is none. */
static uint32_t latest_of(const struct keys *k, struct slice print, size_t hash)
{
    uint32_t number = k->prints[hash & k->mask];
    while (number && (k->print_tag[number] != tag_of(hash) || !slice_eq(print_of(k, number), print)))
        number = k->next_print[number];
    return number;
}

static void link_print(struct keys *k, struct slice print, uint32_t number)
{
    size_t hash = hash_of(print);
    uint32_t latest = latest_of(k, print, hash), *head = &k->prints[hash & k->mask];
    k->print_tag[number] = tag_of(hash);
    if (latest && k->same[latest] > SAME_PRINT_MAX)
        return;
    k->same[number] = (uint8_t)(latest ? k->same[latest] + 1 : 1);
    k->next_print[number] = *head;
    *head = number;
}

static inline uint64_t length_bit(size_t n)
{
    return UINT64_C(1) << (n < 63 ? n : 63);
}

/* Returns the key's number, 0 for one that is not looked for. */
static uint32_t add(struct keys *k, struct slice key)
{
    struct slice print = find_print(key);
    if (key.n < KEY_LENGTH_MIN || key.n > KEY_LENGTH_MAX || print.n == 0)
        return 0;
    size_t hash = hash_of(key);
    uint32_t known = number_of(k, key, hash);
    if (known)
        return known;
    *vec_push(&k->list) = key;
    uint32_t number = (uint32_t)k->list.n, *head = &k->wholes[hash & k->mask];
    k->whole_tag[number] = tag_of(hash);
    k->next_whole[number] = *head;
    *head = number;
    k->print[number] = (struct print){(uint16_t)(print.p - key.p), (uint16_t)print.n};
    k->lengths |= length_bit(print.n);
    link_print(k, print, number);
    return number;
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
    if (x->objects.n == 0)
        return NULL;
    struct keys *k = calloc(1, sizeof *k);
    if (!k)
        err_oom();
    while (size < x->objects.n)
        size *= 2;
    k->mask = size - 1;
    k->prints = numbers_new(size);
    k->wholes = numbers_new(size);
    k->next_print = numbers_new(x->objects.n + 1);
    k->next_whole = numbers_new(x->objects.n + 1);
    k->print_tag = numbers_new(x->objects.n + 1);
    k->whole_tag = numbers_new(x->objects.n + 1);
    k->same = calloc(x->objects.n + 1, 1);
    k->print = calloc(x->objects.n + 1, sizeof *k->print);
    if (!k->same || !k->print)
        err_oom();
    for (size_t i = 0; i < x->objects.n; i++)
        x->objects.v[i].number = add(k, object_key(&x->objects.v[i]));
    return k;
}

void keys_free(struct keys *k)
{
    if (!k)
        return;
    vec_done(&k->list);
    free(k->prints);
    free(k->wholes);
    free(k->next_print);
    free(k->next_whole);
    free(k->print_tag);
    free(k->whole_tag);
    free(k->same);
    free(k->print);
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
    if (number && k->same[number] > SAME_PRINT_MAX)
        return 0;
    for (; number; number = k->next_print[number]) {
        struct slice key = k->list.v[number - 1];
        bool longer = best == 0 || key.n > k->list.v[best - 1].n;
        if (longer && k->print_tag[number] == tag_of(hash) && slice_eq(print_of(k, number), run) &&
            key_around(line, (size_t)(run.p - line.p), key, k->print[number].at))
            best = number;
    }
    return best;
}

size_t keys_find(const struct keys *k, struct slice line, uint32_t *ret, size_t max)
{
    struct slice rest = line, run;
    size_t found = 0;
    while (found < max && take_run(&rest, &run)) {
        if (!(k->lengths & length_bit(run.n)))
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
