/* What an invocation said last before it timed out: the words of the application line behind which the time went. */
#include "forensics/attempt.h"
#include "forensics/call.h"
#include "forensics/host.h"
#include "forensics/scan.h"
#include "forensics/wording.h"

/* Was the line met last said by this invocation? */
static bool words_of(const struct words *words, const struct attempt *a)
{
    if (words->n == 0)
        return false;
    if (words->has_id)
        return memcmp(&words->id, &a->id, sizeof a->id) == 0;
    if (attempt_start(a) != TIME_NONE && words->time != TIME_NONE)
        return words->time >= attempt_start(a);
    if (a->flags & ATTEMPT_START)
        return !loc_before(words->loc, a->loc);
    return words->time != TIME_NONE; /* START stands in the file before */
}

/* What it said, made alike, and the host that it waited for. */
static void put_words(struct worker *w, const struct words *words, struct mark *m)
{
    char pattern[WORDING_MAX];
    struct slice said = slice_of(words->text, words->n);
    m->text = intern_id(&w->index.names, slice_of(pattern, wording_of(said, pattern)));
    bool over = call_over(said);
    m->host = over ? 0 : intern_id(&w->index.names, host_of(said));
    m->idle = over || host_only_referred(said);
}

static void mark_words(struct worker *w, const struct words *words, struct attempt *a, uint32_t stream)
{
    struct mark m = {
        .kind = MARK_WORDS, .time = words->time, .loc = words->loc, .attempt = a, .stream = stream};
    put_words(w, words, &m);
    *vec_push(&w->index.marks) = m;
}

/* An invocation that is open when its file ends may time out in the next one. (Or further down, where there are more
 * streams than turns.) */
void words_leave(struct worker *w, const struct turn *t)
{
    if (t->last && words_of(&t->words, t->last) && !(t->last->flags & (ATTEMPT_END | ATTEMPT_REPORT)))
        mark_words(w, &t->words, t->last, t->stream);
}

/* Where the newest line stands first, or pages lie in any order, the time-out is met before the words. */
static bool told_before(const struct attempt *a, int64_t time)
{
    return a && (a->flags & ATTEMPT_TIMEOUT) && time != TIME_NONE && time <= attempt_over(a) &&
           !(a->flags & ATTEMPT_START && time < attempt_start(a));
}

void words_keep(struct worker *w, const struct event *e, struct attempt *a, int64_t time, struct loc loc)
{
    struct words *words = &w->turn->words;
    struct slice said = slice_head(e->said.n ? e->said : e->text, WORDS_MAX);
    if (said.n == 0)
        return;
    a = a ? a : w->turn->last;
    bool older = told_before(a, words->time) && words_of(words, a) && words->time >= time;
    bool told = told_before(a, time) && !older;
    words->n = said.n;
    words->has_id = e->has_id;
    words->id = e->id;
    words->time = time;
    words->loc = loc;
    slice_put(said, words->text);
    if (told)
        mark_words(w, words, a, w->stream);
}

void words_timeout(struct worker *w, const struct event *e, struct attempt *a, int64_t time, struct loc loc)
{
    const struct words *words = &w->turn->words;
    struct mark m = {.kind = MARK_TIMEOUT, .time = time, .loc = loc, .attempt = a, .stream = w->stream};
    bool later = time != TIME_NONE && words->time != TIME_NONE && words->time - time > INVERSION_MS;
    bool mine = words_of(words, a) && !later;
    m.value = UINT32_MAX;
    m.level = e->level;
    if (mine && time != TIME_NONE && words->time != TIME_NONE && time >= words->time)
        m.value = time - words->time < UINT32_MAX ? (uint32_t)(time - words->time) : UINT32_MAX;
    if (mine)
        put_words(w, words, &m);
    *vec_push(&w->index.marks) = m;
}
