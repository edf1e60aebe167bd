/* The lines that tell errors. Marks hold a message made alike; what was said to the letter stands in the line alone. */
#include "forensics/told.h"

#include "base/buf.h"
#include "forensics/attempt.h"
#include "parsers/json.h"

/* ---- which line ---- */

static int by_attempt(const void *a, const void *b)
{
    const struct told *x = a, *y = b;
    return x->attempt < y->attempt ? -1 : x->attempt > y->attempt;
}

static struct told *told_of(const struct told_all *all, const struct attempt *a)
{
    if (all->list.n == 0)
        return NULL;
    return bsearch(&(struct told){a, NULL}, all->list.v, all->list.n, sizeof *all->list.v, by_attempt);
}

void told_add(struct told_all *all, const struct attempt *a)
{
    if (attempt_status(a) == ATTEMPT_FAILED)
        *vec_push(&all->list) = (struct told){a, NULL};
}

static uint32_t type_of(const struct mark *m)
{
    return m->kind == MARK_LOGGED ? m->host : m->text;
}

/* How well a line tells the error of its attempt; 0: not at all. */
static int rank(const struct mark *m)
{
    if (m->kind == MARK_ERROR)
        return 3;
    if ((m->kind != MARK_LOGGED && m->kind != MARK_SIGNATURE) || m->level < LEVEL_ERROR)
        return 0;
    if (type_of(m) && type_of(m) == m->attempt->error_type)
        return 2;
    return m->attempt->error_type == 0;
}

void told_settle(struct told_all *all, const struct dossier *d)
{
    vec_sort(&all->list, by_attempt);
    for (size_t i = 0; all->list.n && i < d->index->marks.n; i++) {
        const struct mark *m = &d->index->marks.v[i];
        struct told *told = m->attempt && rank(m) ? told_of(all, m->attempt) : NULL;
        int before = told && told->mark ? rank(told->mark) : 0;
        if (told && (rank(m) > before || (rank(m) == before && m->kind != MARK_ERROR)))
            told->mark = m;
    }
}

void told_done(struct told_all *all)
{
    vec_done(&all->list);
}

/* What the mark keeps of it, made alike; a line of the platform's stands there as it is. */
static uint32_t said(const struct mark *m)
{
    return m->kind == MARK_ERROR ? m->host : m->kind == MARK_LOGGED ? m->text : 0;
}

void told_cite(const struct told_all *all, const struct dossier *d, const struct attempt *a,
               struct findings *fs, struct finding *f)
{
    const struct told *told = told_of(all, a);
    const struct mark *m = told ? told->mark : NULL;
    if (m && f->citations.n == 0) {
        f->error_type = arena_copy(&fs->arena, dossier_name(d, a->error_type));
        f->error = arena_copy(&fs->arena, dossier_name(d, said(m)));
        f->tells_error = true;
    }
    finding_cite(f, m ? m->loc : attempt_report_loc(a), m ? m->time : attempt_report(a), a);
}

/* ---- what it says ---- */

/* Up to the end of a line, also of one that is written as an escape. */
static struct slice one_line(struct slice s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] != '\n' && s.p[n] != '\r' &&
           !(s.p[n] == '\\' && n + 1 < s.n && (s.p[n + 1] == 'n' || s.p[n + 1] == 'r')))
        n++;
    return slice_trim(slice_head(s, n));
}

static bool is_quote(char c)
{
    return c == '"' || c == '\\';
}

/* "errorMessage":"…", the quotes doubled (CSV) or escaped (JSON in JSON) or neither: what closes it looks like what opens
 * it. */
static struct slice member(struct slice line, struct arena *arena)
{
    ptrdiff_t at = slice_find(line, SLICE("errorMessage"));
    struct slice rest = at < 0 ? SLICE("") : slice_skip(line, (size_t)at + sizeof "errorMessage" - 1);
    size_t open = 0, n = 0;
    while (rest.n && (is_quote(*rest.p) || *rest.p == ':' || *rest.p == ' ')) {
        open = is_quote(*rest.p) ? open + 1 : 0;
        rest = slice_skip(rest, 1);
    }
    if (open == 0)
        return SLICE("");
    struct slice mark = slice_of(rest.p - open, open);
    while (n < rest.n && !slice_starts(slice_skip(rest, n), mark))
        n += open == 1 && rest.p[n] == '\\' && n + 1 < rest.n ? 2 : 1;
    rest = slice_head(rest, n < rest.n ? n : rest.n);
    struct buf text;
    buf_init(&text, 0);
    struct slice message = open == 1 && json_decode(rest, &text)
                               ? arena_copy(arena, one_line(buf_slice(&text)))
                               : one_line(rest);
    buf_done(&text);
    return message;
}

/* "KeyError: 's3'". */
static struct slice behind_type(struct slice line, struct slice type)
{
    struct slice rest = line;
    for (ptrdiff_t at; type.n && (at = slice_find(rest, type)) >= 0;) {
        rest = slice_skip(rest, (size_t)at + type.n);
        if (slice_starts(rest, SLICE(": ")))
            return one_line(slice_skip(rest, 2));
    }
    return SLICE("");
}

struct slice told_message(struct slice line, struct slice type, struct arena *arena)
{
    struct slice message = member(line, arena);
    return message.n ? message : behind_type(line, type);
}
