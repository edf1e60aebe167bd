/* Reading the attempts of a frozen index. */
#include "forensics/attempt.h"

enum attempt_status attempt_status(const struct attempt *a)
{
    if (a->flags & ATTEMPT_TIMEOUT)
        return ATTEMPT_TIMED_OUT;
    if (a->flags & ATTEMPT_INIT_FAILED)
        return ATTEMPT_INIT_FAILURE;
    if (a->flags & ATTEMPT_ERROR)
        return ATTEMPT_FAILED;
    return a->flags & (ATTEMPT_REPORT | ATTEMPT_DONE) ? ATTEMPT_OK : ATTEMPT_INCOMPLETE;
}

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

bool attempt_cold(const struct attempt *a)
{
    return decimal_known(a->init) || (a->flags & (ATTEMPT_REINIT | ATTEMPT_COLD));
}

int64_t attempt_begin(const struct attempt *a)
{
    return a->start != TIME_NONE ? a->start : a->first;
}

int64_t attempt_over(const struct attempt *a)
{
    if (a->end != TIME_NONE)
        return a->end;
    if (a->report != TIME_NONE)
        return a->report;
    return attempt_begin(a);
}

struct slice attempt_function(const struct index *x, const struct attempt *a)
{
    return intern_name(&x->names, a->function);
}

const struct attempt *attempt_find(const struct index *x, const struct request_id *id)
{
    const struct attempt *a = index_find(x, id);
    while (a && (a->flags & ATTEMPT_MERGED))
        a = a->next;
    for (const struct attempt *first = a; a && a->ordinal != 1 && a->next != first;)
        a = a->next;
    return a;
}

struct slice attempt_id(const struct index *x, const struct attempt *a, char buffer[37])
{
    if (a->id_text)
        return intern_name(&x->names, a->id_text);
    text_uuid_print(a->id.bytes, buffer);
    return slice_of(buffer, 36);
}

const struct attempt *attempt_next(const struct index *x, const struct attempt *a)
{
    (void)x;
    return a->next;
}

int64_t attempt_start(const struct attempt *a)
{
    return a->start;
}

int64_t attempt_end(const struct attempt *a)
{
    return a->end;
}

int64_t attempt_report(const struct attempt *a)
{
    return a->report;
}

struct loc attempt_report_loc(const struct attempt *a)
{
    return a->report_loc.source != UINT32_MAX ? a->report_loc : a->loc;
}

struct decimal attempt_billed(const struct attempt *a)
{
    return a->billed;
}
