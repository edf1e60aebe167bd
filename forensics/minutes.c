/* How much of something happened in each minute. */
#include "forensics/minutes.h"

#include "base/err.h"
#include "forensics/stats.h"

void minutes_begin(struct minutes *m, int64_t time, double amount)
{
    *vec_push(&m->list) = (struct minute){time / MINUTE_MS, amount};
    m->end = (time / MINUTE_MS + 1) * MINUTE_MS;
}

void minutes_done(struct minutes *m)
{
    vec_done(&m->list);
}

int64_t minutes_span(const struct minutes *m)
{
    return m->list.n ? m->list.v[m->list.n - 1].at - m->list.v[0].at + 1 : 0;
}

double minutes_quiet(const struct minutes *m)
{
    size_t span = (size_t)minutes_span(m), empty = span - m->list.n, lower = span * 2 / 3, n = 0;
    double *values, sum = 0;
    if (lower <= empty)
        return 0;
    values = malloc(m->list.n * sizeof *values);
    if (!values)
        err_oom();
    for (size_t i = 0; i < m->list.n; i++)
        values[n++] = m->list.v[i].amount;
    stats_sort(values, n);
    for (size_t i = 0; i < lower - empty; i++)
        sum += values[i];
    free(values);
    return sum / (double)lower;
}

double minutes_outside(const struct minutes *m, const struct minutes_run *run)
{
    double sum = 0;
    for (size_t i = 0; i < m->list.n; i++)
        if (m->list.v[i].at < run->from || m->list.v[i].at > run->to)
            sum += m->list.v[i].amount;
    return sum / (double)(minutes_span(m) - (run->to - run->from + 1));
}

void minutes_above(const struct minutes *m, double level, minutes_runs *ret)
{
    for (size_t i = 0; i < m->list.n; i++) {
        const struct minute *v = &m->list.v[i];
        if (v->amount < level)
            continue;
        struct minutes_run *last = ret->n ? &ret->v[ret->n - 1] : NULL;
        if (last && v->at - last->to <= 2) {
            last->to = v->at;
            last->amount += v->amount;
        } else {
            *vec_push(ret) = (struct minutes_run){v->at, v->at, v->amount};
        }
    }
}

const struct minutes_run *minutes_largest(const minutes_runs *runs)
{
    const struct minutes_run *ret = NULL;
    for (size_t i = 0; i < runs->n; i++)
        if (!ret || runs->v[i].amount > ret->amount)
            ret = &runs->v[i];
    return ret;
}
