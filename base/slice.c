/* Borrowed bytes: comparing, finding, trimming, hashing. */
#include "base/slice.h"

#include <stdint.h>

int slice_cmp(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c != 0)
        return c;
    return (a.n > b.n) - (a.n < b.n);
}

ptrdiff_t slice_find(struct slice s, struct slice needle)
{
    if (needle.n == 0)
        return 0;
    if (s.n < needle.n)
        return -1;
    const char *hit = memmem(s.p, s.n, needle.p, needle.n);
    return hit ? hit - s.p : -1;
}

struct slice slice_behind(struct slice s, char mark)
{
    const char *last = s.n ? memrchr(s.p, mark, s.n) : NULL;
    return last ? slice_skip(s, (size_t)(last - s.p) + 1) : s;
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

bool slice_eq_nocase(struct slice a, struct slice b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

ptrdiff_t slice_find_nocase(struct slice s, struct slice needle)
{
    if (needle.n == 0)
        return 0;
    for (size_t i = 0; i + needle.n <= s.n; i++)
        if (lower(s.p[i]) == lower(*needle.p) && slice_eq_nocase(slice_of(s.p + i, needle.n), needle))
            return (ptrdiff_t)i;
    return -1;
}

void slice_put(struct slice s, char *to)
{
    if (s.n)
        memcpy(to, s.p, s.n);
}

struct slice slice_cut(struct slice *rest, char c)
{
    const char *hit = rest->n ? memchr(rest->p, c, rest->n) : NULL;
    struct slice head = *rest;
    if (!hit) {
        *rest = slice_of(rest->p + rest->n, 0);
        return head;
    }
    head.n = (size_t)(hit - rest->p);
    *rest = slice_skip(*rest, head.n + 1);
    return head;
}

/* Multiply and fold, eight bytes a step. Not for secrets; the seed keeps hostile keys from lining up. */
unsigned long long slice_hash(struct slice s, unsigned long long seed)
{
    const uint64_t k0 = 0x9e3779b97f4a7c15u, k1 = 0xd6e8feb86659fd93u;
    uint64_t h = seed ^ hash_fold(s.n ^ k0, k1);
    while (s.n >= 8) {
        uint64_t w;
        memcpy(&w, s.p, 8);
        h = hash_fold(h ^ w ^ k0, k1);
        s = slice_skip(s, 8);
    }
    uint64_t w = 0;
    if (s.n)
        memcpy(&w, s.p, s.n);
    return hash_fold(h ^ w ^ k1, k0 ^ (uint64_t)s.n);
}
