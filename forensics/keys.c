/* Finding keys in lines: every key has a print, the longest run of plain bytes of its last part. A line is
 * cut into such runs; where one equals a print, the whole key is compared around it. */
#include "forensics/keys.h"

#include "forensics/index.h"

enum {
    KEY_LENGTH_MAX = 1024, /* S3's own limit, bytes of the decoded key */
    SAME_PRINT_MAX = 64,   /* data.json in a thousand folders: such prints are not looked for */
};

/* Keys by number (from 1), chained by the hash of their print and of the whole. */
struct keys {
    VEC(struct slice) list;
    uint32_t *prints, *wholes;         /* heads of the chains */
    uint32_t *next_print, *next_whole; /* by number */
    uint8_t *same;                     /* by number: how many of this print there are so far */
    size_t mask;
};

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || (unsigned char)c >= 0x80;
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

static struct slice print_of(struct slice key)
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

uint32_t keys_number(const struct keys *k, struct slice key)
{
    uint32_t number = k ? k->wholes[hash_of(key) & k->mask] : 0;
    while (number && !slice_eq(k->list.v[number - 1], key))
        number = k->next_whole[number];
    return number;
}

/* The key of that print that was added last; 0 when there is none. */
static uint32_t latest_of(const struct keys *k, struct slice print)
{
    uint32_t number = k->prints[hash_of(print) & k->mask];
    while (number && !slice_eq(print_of(k->list.v[number - 1]), print))
        number = k->next_print[number];
    return number;
}

static void link_print(struct keys *k, struct slice print, uint32_t number)
{
    uint32_t latest = latest_of(k, print), *head = &k->prints[hash_of(print) & k->mask];
    if (latest && k->same[latest] > SAME_PRINT_MAX)
        return;
    k->same[number] = (uint8_t)(latest ? k->same[latest] + 1 : 1);
    k->next_print[number] = *head;
    *head = number;
}

static void add(struct keys *k, struct slice key)
{
    struct slice print = print_of(key);
    if (key.n < KEY_LENGTH_MIN || key.n > KEY_LENGTH_MAX || print.n == 0 || keys_number(k, key))
        return;
    *vec_push(&k->list) = key;
    uint32_t number = (uint32_t)k->list.n, *head = &k->wholes[hash_of(key) & k->mask];
    k->next_whole[number] = *head;
    *head = number;
    link_print(k, print, number);
}

static uint32_t *numbers_new(size_t n)
{
    uint32_t *v = calloc(n, sizeof *v);
    if (!v)
        err_oom();
    return v;
}

struct keys *keys_new(const struct index *x)
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
    k->same = calloc(x->objects.n + 1, 1);
    if (!k->same)
        err_oom();
    for (size_t i = 0; i < x->objects.n; i++)
        add(k, object_key(&x->objects.v[i]));
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
    free(k->same);
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

/* Does the key stand in the line so that the run at `at` is its print? */
static bool key_around(struct slice line, size_t at, struct slice key)
{
    size_t offset = (size_t)(print_of(key).p - key.p);
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
    uint32_t best = 0;
    uint32_t number = latest_of(k, run);
    if (number && k->same[number] > SAME_PRINT_MAX)
        return 0;
    for (; number; number = k->next_print[number]) {
        struct slice key = k->list.v[number - 1];
        bool longer = best == 0 || key.n > k->list.v[best - 1].n;
        if (longer && slice_eq(print_of(key), run) && key_around(line, (size_t)(run.p - line.p), key))
            best = number;
    }
    return best;
}

size_t keys_find(const struct keys *k, struct slice line, uint32_t *ret, size_t max)
{
    struct slice rest = line, run;
    size_t found = 0;
    while (found < max && take_run(&rest, &run)) {
        if (run.n == 0 || k->prints[hash_of(run) & k->mask] == 0)
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
