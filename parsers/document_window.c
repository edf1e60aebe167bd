/* The window on a file of documents: where the value at hand ends, and how one that is longer than the window is read.
 * Small ones are framed whole. Of a large one, whose kind takes it item by item (filter-log-events merges all pages of an
 * answer into one document), only as much is framed as has come, up to the end of an item, and the reader's call of
 * document_next gets the rest. Four answers of 76 MB took 190 MB of memory, and twice the time, while each was held whole. */
#include "parsers/document.h"

#include "parsers/json_scan.h"

#include <string.h>

/* Less is waited for. */
enum { GOES_ON_FROM = 128 * 1024 };
/* What stands before a place where a damaged document is taken up again is looked at. */
enum { LOOK_BACK = 2 };

bool document_begin(struct documents *d)
{
    d->text = d->mark = input_window(d->in).p;
    d->text_offset = d->in->offset;
    return !d->in->end || input_window(d->in).n > 0;
}

/* Does a string whose line ended go on? Behind the next quote then stands what stands behind strings; behind a line
 * that was cut that quote is one that opens. `*ret_at`: where in the window to look from, and then behind the quote. */
static bool string_goes_on(struct input *in, size_t *ret_at)
{
    size_t quote = *ret_at, next = 0;
    for (bool more = true; more; more = input_window(in).n - *ret_at < LIMIT_ENTRY && input_more(in)) {
        struct slice w = input_window(in);
        while (quote < w.n && w.p[quote] != '"')
            quote += w.p[quote] == '\\' ? 2 : 1;
        for (next = quote + 1; next < w.n && json_scan_blank(w.p[next]);)
            next++;
        if (next >= w.n)
            continue;
        *ret_at = quote + 1;
        return memchr(",:}]", w.p[next], 4) != NULL;
    }
    return false;
}

/* Behind the last byte of the value, 0 when it goes on behind the window; *ret_items: behind the last of its items that
 * ends in what was not seen before, 0 without one. */
static size_t find_end(struct documents *d, size_t *ret_items)
{
    size_t n, at;
    *ret_items = 0;
    do {
        n = json_framer_feed(&d->framer, slice_skip(input_window(d->in), d->fed));
        *ret_items = d->framer.item ? d->fed + d->framer.item : *ret_items;
        if (n == 0)
            break;
        at = d->fed += n;
        if (!d->framer.in_string)
            return d->fed;
        if (!string_goes_on(d->in, &at))
            return d->fed - 1; /* the line end is no part of it: what was cut ends before */
        json_framer_close(&d->framer);
        d->fed = at;
    } while (true);
    d->fed = input_window(d->in).n;
    return 0;
}

static bool comes_by_item(struct slice value)
{
    const struct document *kind = document_kind(value);
    return kind && (kind->ways & BY_ITEM || *slice_trim(value).p == '[');
}

/* Reads on until all of the value is framed, or as much as is worth it. */
static void frame(struct documents *d, bool all)
{
    struct input *in = d->in;
    size_t end, items, mark = (size_t)(d->mark - d->text);
    bool more = true;
    d->goes_on = false;
    while ((end = find_end(d, &items)) == 0 && more && input_window(in).n < LIMIT_DOCUMENT) {
        struct slice seen = slice_head(input_window(in), items);
        d->goes_on = !all && items > 0 && (d->items || (d->fed >= GOES_ON_FROM && comes_by_item(seen)));
        if (d->goes_on)
            break;
        more = input_more(in);
    }
    if (end == 0 && more && !d->goes_on)
        input_anomaly(in, ANOMALY_TOO_LONG, d->line, in->offset, "a document is longer than the limit");
    end = d->goes_on ? items : end;
    d->value = slice_head(input_window(in), end ? end : input_window(in).n);
    d->text = d->value.p;
    d->mark = d->text + mark;
    d->text_offset = in->offset;
}

void document_frame(struct documents *d)
{
    json_framer_init(&d->framer);
    d->fed = 0;
    d->items = NULL;
    frame(d, false);
}

bool document_takes_items(struct documents *d, const struct json *j)
{
    if (d->goes_on && !d->items) {
        d->items = j;
        d->item = j->p;
    }
    return d->goes_on && d->items == j;
}

void document_go_on(struct documents *d, struct json *j, bool all)
{
    enum { PLACES = 5 };
    const char **const places[PLACES] = {&j->p, &d->item, &j->error_at, &d->broken, &d->noted};
    const char *keep = j->error ? d->item : j->p;
    ptrdiff_t at[PLACES];
    keep = keep - d->text > LOOK_BACK ? keep - LOOK_BACK : d->text;
    for (size_t i = 0; i < PLACES; i++)
        at[i] = *places[i] ? *places[i] - keep : -1;
    d->fed -= (size_t)(keep - d->text);
    document_advance(d, (size_t)(keep - d->text));
    frame(d, all);
    for (size_t i = 0; i < PLACES; i++)
        *places[i] = at[i] >= 0 ? d->text + at[i] : NULL;
    j->end = d->value.p + d->value.n;
    d->item = j->error ? d->item : j->p;
    j->p = j->error ? j->end : j->p;
    if (j->truncated) /* brackets that close it had been framed, but not as the reader sees it */
        json_resume(j, d->item);
}

void document_advance(struct documents *d, size_t n)
{
    (void)document_loc(d, d->text + n); /* counts the lines of it */
    d->open_line = n > 0 ? d->text[n - 1] != '\n' : d->open_line;
    input_advance(d->in, n);
    d->text += n;
    d->text_offset += n;
}
