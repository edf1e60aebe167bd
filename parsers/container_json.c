/* Files of JSON documents: one or many, one after the other with nothing, blanks or lines between, pretty or
 * one a line. Each value is framed (document_window.c), then its kind is found by its top-level keys. */
#include "parsers/container.h"
#include "parsers/document.h"

#include "parsers/json_scan.h"

#include <assert.h>

struct loc document_loc(struct documents *d, const char *p)
{
    if (d->depth > 0)
        return d->outer;
    if (d->mark < p) {
        d->line += text_line_count(slice_of(d->mark, (size_t)(p - d->mark)));
        d->mark = p;
    }
    return input_loc(d->in, d->line, d->text_offset + (uint64_t)(p - d->text));
}

void document_anomaly(struct documents *d, enum anomaly_kind kind, struct loc loc, const char *detail)
{
    struct source *s = d->source;
    for (size_t i = 0; i < d->in->pieces.n; i++)
        s = d->in->pieces.v[i].source->index == loc.source ? d->in->pieces.v[i].source : s;
    source_anomaly(s, kind, loc.line, loc.offset, detail);
}

/* A value is read by more than one reader: what is wrong with it counts once. */
static void note(struct documents *d, enum anomaly_kind kind, const char *at, const char *sentence)
{
    if (at != d->noted)
        document_anomaly(d, kind, document_loc(d, at), sentence);
    d->noted = at;
}

void document_check(struct documents *d, struct json *j)
{
    if (j->odd && !j->error)
        note(d, ANOMALY_JSON_ODD, j->odd_at, j->odd);
    j->odd = NULL;
    if (!j->error)
        return;
    d->broken = d->depth == 0 && !d->broken ? j->error_at : d->broken;
    note(d, j->truncated ? ANOMALY_JSON_TRUNCATED : ANOMALY_JSON_DAMAGED, j->error_at, j->error);
}

void document_entry(struct documents *d, struct entry *e)
{
    d->source->entries++;
    d->sink->entry(d->sink->ctx, e);
}

static void index_kinds(struct document_index *x)
{
    size_t n = 0;
    memset(x, 0, sizeof *x);
    while (documents[n].name)
        n++;
    assert(n <= DOCUMENTS_MAX);
    for (; n > 0; n--) {
        const char *key = documents[n - 1].key;
        if (!key)
            continue;
        x->next[n - 1] = x->first[(uint8_t)*key];
        x->first[(uint8_t)*key] = (uint8_t)n;
    }
}

static const struct document *kind_of_key(const struct document_index *x, struct slice key,
                                          enum json_type type)
{
    for (size_t n = key.n ? x->first[(uint8_t)*key.p] : 0; n > 0; n = x->next[n - 1]) {
        const struct document *k = &documents[n - 1];
        struct slice name = slice_str(k->key);
        bool fits = k->ways & KEY_BEGINS ? slice_starts(key, name) : slice_eq(key, name);
        if (fits && (k->type == JSON_END || k->type == type))
            return k;
    }
    return NULL;
}

/* The kind that stands first in the table among the keys of the object; a container of many entries ends the
 * search, so that a document of 1 GB is not read twice. `j` is the reader that looks. */
static const struct document *kind_of(const struct document_index *x, struct slice value, struct json *j)
{
    struct slice key;
    const struct document *best = NULL;
    json_init(j, value);
    if (json_peek(j) != JSON_OBJECT)
        return NULL;
    (void)json_enter_object(j);
    while (json_next_key(j, &key)) {
        const struct document *kind = kind_of_key(x, key, json_peek(j));
        if (kind && (!best || kind < best))
            best = kind;
        if (kind && kind->type == JSON_ARRAY)
            break;
        (void)json_skip(j);
    }
    return best;
}

static bool is_own_document(const struct documents *d, const char *p, const char *end)
{
    struct json j;
    const struct document *kind = kind_of(&d->kinds, slice_of(p, (size_t)(end - p)), &j);
    return kind && kind->type == JSON_ARRAY;
}

static const char *skip_back(const char *begin, const char *p)
{
    while (p > begin && json_scan_blank(p[-1]))
        p--;
    return p;
}

/* Behind `},` or `],` the next item begins; NULL when none does. */
static const char *next_item(const char *begin, const char *p, const char *end, char open)
{
    for (; (p = memchr(p, open, (size_t)(end - p))); p++) {
        const char *comma = skip_back(begin, p);
        const char *close = comma > begin && comma[-1] == ',' ? skip_back(begin, comma - 1) : begin;
        if (close > begin && close[-1] == (open == '{' ? '}' : ']'))
            return p;
    }
    return NULL;
}

/* Behind an error: the reader stands before the next item. */
static bool resume(struct documents *d, struct json *j, char open)
{
    const char *at = j->error_at;
    if (!j->error || j->truncated)
        return false;
    document_check(d, j);
    if (at[-1] == '"' && at[-2] == '{') /* the text before it begins with the array's bracket */
        at -= 2;
    if (*at == '{' && is_own_document(d, at, j->end))
        return false;
    const char *item = next_item(j->error_at, j->error_at, j->end, open);
    if (!item || is_own_document(d, item, j->end))
        return false;
    d->broken = NULL;
    json_resume(j, item);
    return true;
}

/* document_next within what is framed. */
static bool next_framed(struct documents *d, struct json *j, char open)
{
    return json_next_item(j) || (resume(d, j, open) && json_next_item(j));
}

bool document_next(struct documents *d, struct json *j, char open)
{
    if (j->odd)
        document_check(d, j);
    if (!document_takes_items(d, j))
        return next_framed(d, j, open);
    if (json_at_end(j))
        document_go_on(d, j, false);
    if (!j->error && json_next_item(j)) {
        d->item = j->p;
        return true;
    }
    /* Behind the array, or the damage, the document is read as if it had come whole. */
    bool closed = !j->error;
    if (d->goes_on)
        document_go_on(d, j, true);
    return !closed && next_framed(d, j, open);
}

static bool read_array(struct documents *d, struct slice value)
{
    struct json j;
    struct slice item, head = slice_trim(slice_skip(slice_trim(value), 1));
    char open = head.n && *head.p == '[' ? '[' : '{';
    bool any = false;
    json_init(&j, value);
    (void)json_enter_array(&j);
    while (document_next(d, &j, open))
        if (json_raw(&j, &item))
            any |= *item.p == '[' ? document_insights_row(d, item) : document_read(d, item);
    document_check(d, &j);
    return any;
}

static bool is_string(struct slice text)
{
    return text.n > 0 && *text.p == '"';
}

bool document_read(struct documents *d, struct slice value)
{
    struct slice head = slice_trim(value);
    value = slice_skip(value, (size_t)(head.p - value.p)); /* its place is that of its first sign */
    if (head.n && *head.p == '[')
        return read_array(d, value);
    if (is_string(head) && d->depth == 0) {
        bool found = document_string(d, head);
        d->format = found && !d->format ? "log-strings" : d->format;
        return found;
    }
    struct json j;
    const struct document *kind = kind_of(&d->kinds, value, &j);
    const char *before = d->format;
    if (j.odd && !j.error)
        document_check(d, &j);
    if (!kind)
        return false;
    d->format = before ? before : kind->name;
    if (kind->read(d, value))
        return true;
    d->format = before;
    return false;
}

/* ---- wrapped documents ---- */

/* How much more gzip inside of gzip may come to, in all values of the source. */
static uint64_t rewrapped_left(const struct source *s)
{
    uint64_t most = LIMIT_RATIO_FREE + s->size * LIMIT_RATIO;
    return s->rewrapped < most ? most - s->rewrapped : 0;
}

static bool unwrap_base64(struct source *s, struct slice raw, struct buf *out)
{
    struct buf bytes;
    uint64_t before = rewrapped_left(s), left = before;
    bool ok = false;
    size_t n;
    buf_init(&bytes, LIMIT_WRAPPED);
    if (buf_reserve(&bytes, raw.n + 1) && text_base64(raw, bytes.p, &n)) {
        bytes.n = n;
        ok = input_inflate(buf_slice(&bytes), out, &left);
    }
    buf_done(&bytes);
    s->rewrapped += before - left;
    return ok;
}

static bool unwrap_bytes(struct source *s, struct slice raw, bool escaped, enum wrapping how,
                         struct buf *plain, struct buf *out)
{
    if (escaped) {
        (void)json_decode(raw, plain);
        raw = buf_slice(plain);
    }
    return how == WRAPPED_JSON ? buf_append(out, raw) : unwrap_base64(s, raw, out);
}

static void note_damage(struct source *s, struct loc loc)
{
    if (rewrapped_left(s) == 0)
        source_anomaly(s, ANOMALY_ARCHIVE, loc.line, loc.offset,
                       "inflates to more than LIMIT_RATIO times its size; what follows is not read");
    else
        source_anomaly(s, ANOMALY_BAD_BASE64, loc.line, loc.offset, "a wrapped value is damaged");
}

static void decoded_init(struct documents *d, size_t most)
{
    buf_init(&d->message, most);
    buf_init(&d->record, most);
    for (size_t i = 0; i < DECODED_NAMES; i++)
        buf_init(&d->decoded[i], most);
}

static void decoded_done(struct documents *d)
{
    buf_done(&d->message);
    buf_done(&d->record);
    for (size_t i = 0; i < DECODED_NAMES; i++)
        buf_done(&d->decoded[i]);
}

bool document_unwrap(struct documents *d, struct slice raw, bool escaped, enum wrapping how, struct slice via)
{
    struct loc loc = document_loc(d, raw.p);
    struct buf plain, text;
    if (d->depth >= LIMIT_NESTING) {
        source_anomaly(d->source, ANOMALY_NESTED_TOO_DEEP, loc.line, loc.offset,
                       "wrapped deeper than the limit");
        return false;
    }
    buf_init(&plain, LIMIT_WRAPPED);
    buf_init(&text, LIMIT_WRAPPED);
    if (!unwrap_bytes(d->source, raw, escaped, how, &plain, &text))
        note_damage(d->source, loc);
    d->source->wrapped |= how == WRAPPED_BASE64;
    struct documents inner = *d;
    decoded_init(&inner, LIMIT_WRAPPED);
    inner.depth++;
    inner.outer = loc;
    inner.via = via;
    bool found = text.n && document_read(&inner, buf_slice(&text));
    decoded_done(&inner);
    buf_done(&plain);
    buf_done(&text);
    return found;
}

/* ---- values ---- */

/* Behind a value that broke off, the next one may begin right there: `…"message":"abc{"messageType":…`, or
 * with a later line. Returns how much of the text to drop. */
static size_t resume_at(struct documents *d, struct slice value)
{
    size_t at = (size_t)(d->broken - value.p);
    if (at < value.n && at > 0 && value.p[at] == '{')
        return at;
    if (at < value.n && at > 2 && value.p[at - 1] == '"' && value.p[at - 2] == '{')
        return at - 2;
    struct slice rest = slice_skip(value, at);
    do
        (void)slice_cut(&rest, '\n');
    while (rest.n && *rest.p != '{' && *rest.p != '[');
    return value.n - rest.n;
}

/* Text between the documents: a saved log mixes the platform's lines with a program's JSON. Only what the
 * platform writes, or names its request, tells itself from a heading or half a document. */
static bool take_text(struct documents *d, struct slice value)
{
    struct entry e = {.time = TIME_NONE, .text = slice_rtrim(value)};
    if (*value.p == '{' || *value.p == '[' || is_string(value) || !document_is_lambda(e.text))
        return false;
    e.loc = document_loc(d, e.text.p);
    document_entry(d, &e);
    return true;
}

/* A prompt or a comment before the first document is no damage to any; half a document, which has keys, is. */
static bool is_preface(const struct documents *d, struct slice value)
{
    return !d->format && *value.p != '{' && *value.p != '[' && slice_find(value, SLICE("\":")) < 0;
}

/* Nothing could be made of it. */
static void lose_value(struct documents *d)
{
    struct slice first = slice_trim(d->value), line = {"", 0};
    struct loc loc = document_loc(d, first.p);
    struct json j;
    json_init(&j, d->value);
    if (!is_preface(d, first) && !json_skip(&j))
        document_check(d, &j);
    (void)text_line(&first, &line);
    source_unrecognised(d->source, loc, line);
}

/* One that is read item by item. How it begins is gone when nothing could be made of any. */
static void take_large(struct documents *d)
{
    char kept[SOURCE_FIRST_LINE_MAX];
    struct slice first = slice_trim(d->value), line;
    struct loc loc = document_loc(d, first.p);
    (void)text_line(&first, &line);
    line = slice_head(line, sizeof kept);
    slice_put(line, kept);
    if (!document_read(d, d->value))
        source_unrecognised(d->source, loc, slice_of(kept, line.n));
}

/* Returns how many bytes of the window are done with. */
static size_t take_value(struct documents *d)
{
    d->broken = d->noted = NULL;
    if (d->goes_on)
        take_large(d);
    else if (slice_trim(d->value).n > 0 && !document_read(d, d->value) && !take_text(d, slice_trim(d->value)))
        lose_value(d);
    return d->broken ? resume_at(d, d->value) : d->value.n;
}

static void json_parse(struct input *in, const struct sink *sink)
{
    struct json_shapes shapes = {.tried = 0};
    struct documents d = {.in = in, .source = in->source, .sink = sink, .shapes = &shapes, .line = 1};
    decoded_init(&d, LIMIT_DOCUMENT);
    index_kinds(&d.kinds);
    while (document_begin(&d)) {
        size_t length = document_records_alike(&d, input_window(in));
        if (length == 0) {
            document_frame(&d);
            length = take_value(&d);
        }
        document_advance(&d, length);
    }
    input_lines(in, d.line - 1 + d.open_line);
    in->source->format = d.format ? d.format : in->source->format;
    json_shapes_done(&shapes);
    decoded_done(&d);
}

const struct document *document_kind(struct slice head)
{
    struct slice text = slice_trim(head);
    struct document_index kinds;
    struct json j;
    if (text.n && *text.p == '[')
        text = slice_trim(slice_skip(text, 1));
    if (text.n == 0 || *text.p != '{')
        return NULL;
    index_kinds(&kinds);
    return kind_of(&kinds, text, &j);
}

/* A prompt, a comment or half a line may stand before the first document of a pasted file. */
static struct slice skip_preface(struct slice head)
{
    enum { PREFACE_LINES = 8 };
    struct slice rest = head, line;
    for (size_t i = 0; i < PREFACE_LINES && rest.n; i++) {
        struct slice at = slice_trim(rest);
        if (at.n && (*at.p == '{' || *at.p == '['))
            return at;
        (void)text_line(&rest, &line);
    }
    return slice_of("", 0);
}

/* A JSON string that holds a platform line. */
static bool string_head(struct slice line, struct entry *ret)
{
    struct json j;
    bool escaped;
    json_init(&j, line);
    if (!json_string(&j, &ret->text, &escaped) || !json_at_end(&j))
        return false;
    if (slice_ends(ret->text, SLICE("\\n")))
        ret->text.n -= 2;
    return container_is_platform(ret->text);
}

static int strings_score(struct slice text)
{
    size_t heads, lines;
    container_sample(text, string_head, &heads, &lines);
    return heads > 0 ? 80 : 0;
}

/* Lambda's JSON lines among lines of text are read as text, line by line: see container_bare.c. */
static int kind_score(struct slice head, struct slice text, int sure)
{
    const struct document *kind = document_kind(text);
    if (!kind)
        return 0;
    bool line = kind->read == document_log_line || kind->read == document_timed_line;
    return line && container_naked(head) > 0 ? 30 : sure;
}

static int json_score(struct slice head)
{
    struct slice text = slice_trim(head);
    if (text.n < 2)
        return 0;
    if (is_string(text) && strings_score(text))
        return strings_score(text);
    if (*text.p != '{' && *text.p != '[')
        return kind_score(head, skip_preface(text), 70);
    if (*text.p == '[') {
        struct slice next = slice_trim(slice_skip(text, 1));
        if (next.n == 0 || !memchr("{[\"]", *next.p, 4))
            return 0;
        if (*next.p == '[')
            return 75;
    }
    int score = kind_score(head, text, 95);
    return score ? score : 30;
}

const struct container container_json = {
    .name = "json",
    .doc = "JSON documents: one or many, pretty, one a line, or back to back",
    .score = json_score,
    .parse = json_parse,
};
