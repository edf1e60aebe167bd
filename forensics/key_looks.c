/* Lines wait as copies, since what they were read from moves on; keys.c has the tables. */
#include "forensics/key_looks.h"

enum { WAITING_MAX = 32, NAMED_MAX = 4, TEXT_MAX = 512 };

struct waiting {
    struct look look;
    struct key_hint hint;
    char text[TEXT_MAX];
};

void key_looks_done(struct key_looks *l)
{
    free(l->v);
    *l = (struct key_looks){0};
}

static bool full(const struct look *look)
{
    return look->attempt && !look->backward && look->attempt->keys[1];
}

static void find(const struct keys *k, struct index *x, const struct look *look, const struct key_hint *hint)
{
    uint32_t numbers[NAMED_MAX];
    size_t n = full(look) ? 0 : keys_find(k, look->line, hint, numbers, NAMED_MAX);
    for (size_t i = 0; i < n; i++) {
        if (look->attempt && !look->backward)
            attempt_names(look->attempt, numbers[i]);
        else
            *vec_push(&x->marks) = (struct mark){.kind = MARK_KEY,
                                                 .time = look->time,
                                                 .attempt = look->attempt,
                                                 .loc = look->loc,
                                                 .stream = look->stream,
                                                 .value = numbers[i]};
    }
}

void key_looks_settle(struct key_looks *l, const struct keys *k, struct index *x)
{
    for (enum keys_step step = KEYS_SLOT; step <= KEYS_BYTES; step++)
        for (size_t i = 0; i < l->n; i++)
            keys_fetch(k, l->v[i].hint.hash, step);
    for (size_t i = 0; i < l->n; i++)
        find(k, x, &l->v[i].look, &l->v[i].hint);
    l->n = 0;
}

static void keep(struct key_looks *l, const struct look *look, const struct key_hint *hint)
{
    if (!l->v && !(l->v = calloc(WAITING_MAX, sizeof *l->v)))
        err_oom();
    struct waiting *w = &l->v[l->n++];
    w->look = *look;
    w->hint = *hint;
    memcpy(w->text, look->line.p, look->line.n);
    w->look.line.p = w->text;
}

void key_looks_add(struct key_looks *l, const struct keys *k, struct index *x, const struct look *look)
{
    struct key_hint hint;
    if (full(look) || !keys_may_stand(k, look->line, &hint))
        return;
    bool fits = look->line.n <= TEXT_MAX;
    if (fits)
        keep(l, look, &hint);
    if (!fits || l->n == WAITING_MAX)
        key_looks_settle(l, k, x);
    if (!fits)
        find(k, x, look, &hint);
}
