/* Reading the attempts of a frozen index. */
#include "forensics/attempt.h"

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
    size_t low = 0, high = x->attempts.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int64_t begin = attempt_begin(x->attempts.v[mid]);
        if (begin != TIME_NONE && begin < time)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const struct attempt *attempt_find(const struct index *x, const struct request_id *id)
{
    for (size_t i = 0; i < x->attempts.n; i++)
        if (x->attempts.v[i]->ordinal == 1 && memcmp(&x->attempts.v[i]->id, id, sizeof *id) == 0)
            return x->attempts.v[i];
    return NULL;
}

/* Where the attempt stands in the list of families; its length when it has none. */
static size_t family_at(const struct index *x, const struct attempt *a)
{
    size_t low = 0, high = x->families.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const struct attempt *m = x->families.v[mid];
        int c = memcmp(&m->id, &a->id, sizeof a->id);
        if (c < 0 || (c == 0 && m->ordinal < a->ordinal))
            low = mid + 1;
        else
            high = mid;
    }
    return low < x->families.n && x->families.v[low] == a ? low : x->families.n;
}

const struct attempt *attempt_next(const struct index *x, const struct attempt *a)
{
    size_t at = family_at(x, a);
    if (at == x->families.n)
        return a;
    if (at + 1 < x->families.n && memcmp(&x->families.v[at + 1]->id, &a->id, sizeof a->id) == 0)
        return x->families.v[at + 1];
    return x->families.v[at - (size_t)(a->ordinal - 1)];
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
