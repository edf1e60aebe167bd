/* The time limits of functions that the evidence gives away. */
#include "forensics/limits_known.h"

#include "forensics/attempt.h"

void limits_known_init(struct limits_known *ret, const struct function *f)
{
    *ret = (struct limits_known){.rows = {NULL, 0, 0}};
    for (size_t i = 0; i < f->failed.n; i++) {
        const struct attempt *a = f->failed.v[i];
        uint32_t limit_ms = a->limit_s * 1000u;
        bool known = attempt_status(a) != ATTEMPT_TIMED_OUT || limit_ms == 0;
        for (size_t k = 0; k < ret->rows.n && !known; k++)
            known = ret->rows.v[k].version == a->version && ret->rows.v[k].limit_ms == limit_ms;
        if (!known)
            *vec_push(&ret->rows) = (struct limit_row){a->version, limit_ms};
    }
}

void limits_known_done(struct limits_known *l)
{
    vec_done(&l->rows);
}

/* The limit that all rows agree on (those of the version, or all); 0 when there is none or several. */
static uint32_t agreed(const struct limits_known *l, uint32_t version, bool all, bool *ret_any)
{
    uint32_t limit = 0;
    *ret_any = false;
    for (size_t i = 0; i < l->rows.n; i++) {
        const struct limit_row *row = &l->rows.v[i];
        if (!all && row->version != version)
            continue;
        if (*ret_any && row->limit_ms != limit)
            return 0;
        limit = row->limit_ms;
        *ret_any = true;
    }
    return limit;
}

uint32_t limits_known_of(const struct limits_known *l, uint32_t version)
{
    bool any;
    uint32_t limit = agreed(l, version, false, &any);
    return any ? limit : agreed(l, version, true, &any);
}

bool limits_known_near(const struct limits_known *l, const struct attempt *a)
{
    uint32_t limit = l->rows.n ? limits_known_of(l, a->version) : 0;
    return limit && attempt_status(a) == ATTEMPT_OK && decimal_known(a->duration) &&
           decimal_value(a->duration) >= LIMITS_NEAR_SHARE * limit;
}
