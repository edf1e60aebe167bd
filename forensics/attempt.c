/* Reading the attempts of a frozen index. */
#include "forensics/attempt.h"

#include "base/order.h"

const struct attempt attempt_none = {
    .first = TIME_NONE,
    .start_after = AFTER_NONE,
    .end_after = AFTER_NONE,
    .report_after = AFTER_NONE,
    .billed_ms = BILLED_NONE,
    .duration = {0, DECIMAL_NONE},
    .init = {0, DECIMAL_NONE},
};

const char *attempt_status_name(enum attempt_status status)
{
    static const char *const names[] = {
        [ATTEMPT_OK] = "ok",
        [ATTEMPT_TIMED_OUT] = "timeout",
        [ATTEMPT_FAILED] = "error",
        [ATTEMPT_INCOMPLETE] = "incomplete",
        [ATTEMPT_INIT_FAILURE] = "init-failed",
    };
    return names[status];
}

struct loc attempt_report_loc(const struct attempt *a)
{
    return (struct loc){a->loc.source, a->loc.line + a->report_lines, a->loc.offset + a->report_bytes};
}

size_t attempt_lower(const struct index *x, int64_t time)
{
    return order_lower(0, x->attempts.n, i, attempt_began_before(x->attempts.v[i], time));
}

const struct attempt *attempt_find(const struct index *x, const struct request_id *id)
{
    for (size_t i = 0; i < x->attempts.n; i++)
        if (x->attempts.v[i]->ordinal == 1 && memcmp(&x->attempts.v[i]->id, id, sizeof *id) == 0)
            return x->attempts.v[i];
    return NULL;
}

int attempt_order(const struct attempt *a, const struct attempt *b)
{
    int64_t s = attempt_begin(a), t = attempt_begin(b);
    if (s != t)
        return s == TIME_NONE || (t != TIME_NONE && t < s) ? 1 : -1;
    return loc_before(a->loc, b->loc) ? -1 : loc_before(b->loc, a->loc);
}

/* Where the first stands whose id is not below this one, or above it. */
static size_t family_bound(const struct index *x, const struct request_id *id, bool above)
{
    return order_lower(0, x->families.n, i, memcmp(&x->families.v[i]->id, id, sizeof *id) < (above ? 1 : 0));
}

struct family attempt_family(const struct index *x, const struct request_id *id)
{
    size_t from = family_bound(x, id, false);
    return (struct family){x->families.v + from, family_bound(x, id, true) - from};
}

/* Where it stands in its family, whose length when it is not there. Those with the last ordinal are found by their
 * order. */
static size_t family_at(const struct family *f, const struct attempt *a)
{
    size_t at = a->ordinal - 1u;
    if (a->ordinal == ORDINAL_MAX)
        at = order_lower(at, f->n, i, attempt_order(f->v[i], a) < 0);
    while (at < f->n && f->v[at] != a && attempt_order(f->v[at], a) == 0)
        at++;
    return at < f->n && f->v[at] == a ? at : f->n;
}

const struct attempt *attempt_next(const struct index *x, const struct attempt *a)
{
    struct family f = attempt_family(x, &a->id);
    size_t at = family_at(&f, a);
    return at == f.n ? a : f.v[at + 1 < f.n ? at + 1 : 0];
}

size_t attempt_number(const struct index *x, const struct attempt *a)
{
    if (a->ordinal < ORDINAL_MAX)
        return a->ordinal;
    struct family f = attempt_family(x, &a->id);
    return family_at(&f, a) + 1;
}

bool attempt_same_trace(const struct index *x, const struct attempt *a, const struct attempt *b)
{
    return a->trace && b->trace &&
           memcmp(&x->traces.v[a->trace - 1], &x->traces.v[b->trace - 1], sizeof(struct trace_id)) == 0;
}

struct slice attempt_trace(const struct index *x, const struct attempt *a, char buffer[TRACE_TEXT_SIZE])
{
    static const char hex[] = "0123456789abcdef";
    char *o = buffer;
    if (a->trace == 0)
        return slice_of("", 0);
    const struct trace_id *t = &x->traces.v[a->trace - 1];
    if (trace_is_text(t)) {
        uint32_t name;
        memcpy(&name, t->bytes + 4, sizeof name);
        return intern_name(&x->names, name);
    }
    *o++ = '1';
    *o++ = '-';
    for (size_t i = 0; i < sizeof t->bytes; i++) {
        if (i == 4)
            *o++ = '-';
        *o++ = hex[t->bytes[i] >> 4];
        *o++ = hex[t->bytes[i] & 15];
    }
    return slice_of(buffer, (size_t)(o - buffer));
}

struct slice attempt_id(const struct index *x, const struct attempt *a, char buffer[37])
{
    if (a->id_text)
        return intern_name(&x->names, a->id_text);
    text_uuid_print(a->id.bytes, buffer);
    return slice_of(buffer, 36);
}
