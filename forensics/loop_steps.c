/* Steps by their three names: there may be as many of them as of hand-overs, so each is looked up by hash. */
#include "forensics/loop_steps.h"

void loop_steps_init(struct loop_steps *s)
{
    *s = (struct loop_steps){.last = 0};
    intern_init(&s->keys);
}

void loop_steps_done(struct loop_steps *s)
{
    vec_done(&s->list);
    intern_done(&s->keys);
}

void loop_steps_add(struct loop_steps *s, uint32_t writer, uint32_t bucket, uint32_t reader)
{
    const struct loop_edge *e = s->list.n ? &s->list.v[s->last] : NULL;
    if (!e || e->writer != writer || e->bucket != bucket || e->reader != reader) {
        const uint32_t key[] = {writer, bucket, reader};
        s->last = intern_id(&s->keys, slice_of((const char *)key, sizeof key)) - 1;
        if (s->last == s->list.n)
            *vec_push(&s->list) = (struct loop_edge){writer, bucket, reader, 0};
    }
    s->list.v[s->last].count++;
}
