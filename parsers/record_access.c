/* S3 server access logs. Source: field guide, s3-event-records 4.4.
 *     OWNER BUCKET [06/Feb/2019:00:01:57 +0000] IP REQUESTER ID REST.PUT.OBJECT KEY "PUT /b/k HTTP/1.1" 200 - - SIZE
 *      41754 28 "REFERER" "AGENT" VERSION …
 * Quotes inside the quoted fields are not escaped: the request ends where a quote, a blank and a status follow. */
#include "parsers/record_access.h"

#include "parsers/record_cloudtrail.h"

bool record_clf_time(struct slice *s, int64_t *ret)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct slice t = *s;
    unsigned day, year, hour, minute, second, zone_hours, zone_minutes;
    if (!text_digits(&t, 2, &day) || !text_char(&t, '/') || t.n < 4)
        return false;
    ptrdiff_t month = slice_find(slice_of(months, sizeof months - 1), slice_head(t, 3));
    t = slice_skip(t, 3);
    if (month < 0 || month % 3 || !text_char(&t, '/') || !text_digits(&t, 4, &year) || !text_char(&t, ':') ||
        !text_digits(&t, 2, &hour) || !text_char(&t, ':') || !text_digits(&t, 2, &minute) ||
        !text_char(&t, ':') || !text_digits(&t, 2, &second) || !text_char(&t, ' '))
        return false;
    int sign = t.n && *t.p == '-' ? -1 : 1;
    if ((!text_char(&t, '+') && !text_char(&t, '-')) || !text_digits(&t, 2, &zone_hours) ||
        !text_digits(&t, 2, &zone_minutes))
        return false;
    if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 || zone_hours > 23 ||
        zone_minutes > 59)
        return false;
    int64_t days = text_days(year, (unsigned)month / 3 + 1, day);
    int64_t minutes = (int64_t)hour * 60 + minute - sign * (int64_t)(zone_hours * 60 + zone_minutes);
    int64_t time = ((days * 1440 + minutes) * 60 + second) * 1000;
    if (!time_known(time))
        return false;
    *ret = time;
    *s = t;
    return true;
}

enum { OWNER_DIGITS = 64 };

struct line {
    struct slice rest, bucket;
    int64_t time;
};

/* The bucket owner is 64 hexadecimal digits; some tools mask it, so any word will do when the time fits. */
static bool take_head(struct slice text, struct line *ret)
{
    struct slice owner;
    if (!text_word(&text, &owner) || owner.n > OWNER_DIGITS || !text_char(&text, ' ') ||
        !text_word(&text, &ret->bucket) || !text_literal(&text, SLICE(" [")) ||
        !record_clf_time(&text, &ret->time) || !text_literal(&text, SLICE("] ")))
        return false;
    ret->rest = text;
    return true;
}

static struct slice word(struct slice *s)
{
    struct slice w = slice_cut(s, ' ');
    return slice_eq(w, SLICE("-")) ? slice_of("", 0) : w;
}

bool record_access_line(struct slice text)
{
    struct line line;
    struct slice operation;
    if (!take_head(text, &line))
        return false;
    for (int i = 0; i < 3; i++)
        (void)word(&line.rest);
    operation = word(&line.rest); /* REST.PUT.OBJECT, S3.EXPIRE.OBJECT, BATCH.DELETE.OBJECT … */
    return operation.n > 2 && memchr(operation.p, '.', operation.n) && line.rest.n;
}

/* Over a quoted field: to where a quote is followed by three digits or a dash, and a blank. */
static bool skip_request(struct slice *s)
{
    if (text_literal(s, SLICE("- "))) /* of internal requests */
        return true;
    if (!text_char(s, '"'))
        return false;
    while (s->n) {
        unsigned status;
        const char *quote = memchr(s->p, '"', s->n);
        if (!quote)
            return false;
        *s = slice_skip(*s, (size_t)(quote - s->p) + 1);
        struct slice rest = *s;
        bool blank = text_char(&rest, ' ');
        struct slice after = rest;
        if (blank && ((text_digits(&after, 3, &status) && text_char(&after, ' ')) ||
                      slice_starts(rest, SLICE("- ")))) {
            *s = rest;
            return true;
        }
    }
    return false;
}

static struct slice notification_name(struct slice operation)
{
    static const struct {
        const char *operation, *name;
    } table[] = {
        {"REST.PUT.OBJECT", "ObjectCreated:Put"},
        {"REST.POST.OBJECT", "ObjectCreated:Post"},
        {"REST.COPY.OBJECT", "ObjectCreated:Copy"},
        {"REST.POST.UPLOAD", "ObjectCreated:CompleteMultipartUpload"},
        {"REST.COMPLETE.UPLOAD", "ObjectCreated:CompleteMultipartUpload"},
        {"REST.DELETE.OBJECT", "ObjectRemoved:Delete"},
        {"BATCH.DELETE.OBJECT", "ObjectRemoved:Delete"},
        {"S3.EXPIRE.OBJECT", "LifecycleExpiration:Delete"},
        {"S3.CREATE.DELETEMARKER", "LifecycleExpiration:DeleteMarkerCreated"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (slice_eq(operation, slice_str(table[i].operation)))
            return slice_str(table[i].name);
    return slice_of("", 0);
}

/* Keys are URL-encoded twice: a blank is %2520. What is encoded once comes out right as well, unless the key
 * itself holds a percent sign and two digits. */
static struct slice decode_key(struct slice key, struct buf *scratch)
{
    buf_clear(scratch);
    if (!buf_reserve(scratch, key.n + 1))
        return key;
    size_t n = text_url_decode(key, false, scratch->p);
    n = text_url_decode(slice_of(scratch->p, n), false, scratch->p);
    return slice_of(scratch->p, n);
}

/* A second "quoted" "quoted" pair stands before the version id; neither holds what is wanted. */
static struct slice version_of(struct slice rest)
{
    const char *quote = NULL;
    for (size_t i = rest.n; i > 0 && !quote; i--)
        quote = rest.p[i - 1] == '"' ? rest.p + i : NULL;
    if (!quote)
        return slice_of("", 0);
    struct slice after = slice_of(quote, (size_t)(rest.p + rest.n - quote));
    return text_char(&after, ' ') ? word(&after) : slice_of("", 0);
}

/* Behind the request: status, error code, bytes sent, object size. */
static bool take_result(struct slice rest, struct s3_record *r)
{
    enum { STATUS_OK_FIRST = 200, STATUS_OK_LAST = 299 };
    struct slice status = word(&rest);
    uint64_t code = STATUS_OK_FIRST; /* internal requests have none */
    if (status.n)
        (void)text_u64(&status, &code);
    (void)word(&rest);
    (void)word(&rest);
    (void)word(&rest);
    r->version_id = version_of(rest);
    return code >= STATUS_OK_FIRST && code <= STATUS_OK_LAST;
}

bool record_access(struct slice text, struct loc loc, struct buf *scratch, const struct sink *sink)
{
    struct line line;
    struct s3_record r = {.via = SLICE("access-log"), .loc = loc};
    if (!record_access_line(text) || !take_head(text, &line))
        return false;
    (void)word(&line.rest);
    r.principal = word(&line.rest);
    r.request_id = word(&line.rest);
    r.event_name = notification_name(word(&line.rest));
    struct slice key = word(&line.rest);
    if (r.event_name.n == 0 || key.n == 0 || !skip_request(&line.rest) || !take_result(line.rest, &r))
        return true;
    r.time = line.time;
    r.bucket = line.bucket;
    r.session = record_arn_session(r.principal);
    r.key = decode_key(key, scratch);
    if (sink->s3)
        sink->s3(sink->ctx, &r);
    return true;
}
