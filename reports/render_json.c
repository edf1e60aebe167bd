/* The report as JSON: contract.md, "report --format json". Keys and their order are the contract's. */
#include "reports/report.h"

#include "base/jsonw.h"
#include "base/version.h"
#include "forensics/attempt.h"
#include "forensics/skew.h"
#include "parsers/container.h"
#include "parsers/limits.h"

static void put_string(struct jsonw *w, const char *key, struct slice s)
{
    jsonw_key(w, key);
    jsonw_string(w, s);
}

static void put_number(struct jsonw *w, const char *key, uint64_t n)
{
    jsonw_key(w, key);
    jsonw_i64(w, (int64_t)n);
}

static void put_number_or_null(struct jsonw *w, const char *key, uint64_t n)
{
    jsonw_key(w, key);
    if (n)
        jsonw_i64(w, (int64_t)n);
    else
        jsonw_null(w);
}

static void put_time(struct jsonw *w, const char *key, int64_t time)
{
    jsonw_key(w, key);
    jsonw_time(w, time);
}

static void put_double(struct jsonw *w, const char *key, double v, int digits)
{
    jsonw_key(w, key);
    jsonw_double(w, v, digits);
}

/* ---- evidence ---- */

static void write_anomaly(struct jsonw *w, const struct anomaly *a)
{
    jsonw_open(w, '{');
    put_string(w, "kind", slice_str(anomaly_name(a->kind)));
    put_number_or_null(w, "line", a->line);
    put_number(w, "offset", a->offset);
    put_string(w, "detail", slice_str(a->detail));
    put_number(w, "count", a->count);
    jsonw_close(w, '}');
}

static void put_digest(struct jsonw *w, const struct source *s)
{
    static const char hex[] = "0123456789abcdef";
    char text[64];
    bool read = s->open || s->memory.p;
    for (size_t i = 0; i < 32; i++) {
        text[2 * i] = hex[s->sha256[i] >> 4];
        text[2 * i + 1] = hex[s->sha256[i] & 15];
    }
    jsonw_key(w, "sha256");
    if (read && !(s->anomalies.n && s->anomalies.v[0].kind == ANOMALY_UNREADABLE))
        jsonw_string(w, slice_of(text, sizeof text));
    else
        jsonw_null(w);
}

/* How far another clock is ahead of the log's; null without a pair. */
static void write_skew(struct jsonw *w, const char *name, const struct clock_skew *skew)
{
    jsonw_key(w, name);
    if (skew->pairs == 0) {
        jsonw_null(w);
        return;
    }
    jsonw_open(w, '{');
    put_number(w, "pairs", skew->pairs);
    jsonw_key(w, "median_ms");
    jsonw_i64(w, skew->median);
    jsonw_key(w, "min_ms");
    jsonw_i64(w, skew->least);
    jsonw_key(w, "max_ms");
    jsonw_i64(w, skew->most);
    jsonw_close(w, '}');
}

static void write_source(struct jsonw *w, const struct source *s)
{
    jsonw_open(w, '{');
    put_string(w, "path", slice_str(s->path));
    put_digest(w, s);
    put_string(w, "format", slice_str(s->format));
    jsonw_key(w, "runner_up");
    if (s->runner_up)
        jsonw_string(w, slice_str(s->runner_up->name));
    else
        jsonw_null(w);
    put_string(w, "container", slice_str(s->compression));
    put_number(w, "bytes", s->bytes_read);
    put_number(w, "lines", s->lines);
    put_number(w, "unrecognised_lines", s->unrecognised_lines);
    jsonw_key(w, "anomalies");
    jsonw_open(w, '[');
    for (size_t i = 0; i < s->anomalies.n; i++)
        write_anomaly(w, &s->anomalies.v[i]);
    jsonw_close(w, ']');
    jsonw_close(w, '}');
}

static void write_evidence(struct jsonw *w, const struct report *r)
{
    jsonw_key(w, "evidence");
    jsonw_open(w, '{');
    put_number(w, "files", r->ev->sources.n);
    put_number(w, "bytes_read", r->bytes_read);
    put_number(w, "bytes_decompressed", r->bytes_decompressed);
    put_number(w, "lines", r->lines);
    jsonw_key(w, "events");
    jsonw_open(w, '{');
    for (size_t i = 0; i < EVENT_KINDS; i++)
        put_number(w, event_name((enum event_kind)i), r->ev->index.events[i]);
    put_number(w, "s3-record", r->s3_records);
    jsonw_close(w, '}');
    put_number(w, "unrecognised_lines", r->unrecognised_lines);
    put_number(w, "duplicates", r->ev->index.duplicates);
    jsonw_key(w, "clock_skew");
    jsonw_open(w, '{');
    for (enum skew_clock clock = 0; clock < SKEW_CLOCKS; clock++)
        write_skew(w, skew_name(clock), &r->ev->index.skew[clock]);
    jsonw_close(w, '}');
    jsonw_key(w, "sources");
    jsonw_open(w, '[');
    for (size_t i = 0; i < r->ev->sources.n; i++)
        write_source(w, &r->ev->sources.v[i]);
    jsonw_close(w, ']');
    jsonw_close(w, '}');
}

static void write_totals(struct jsonw *w, const struct report *r)
{
    const struct dossier *d = r->dossier;
    jsonw_key(w, "window");
    jsonw_open(w, '{');
    put_time(w, "start", d->start);
    put_time(w, "end", d->end);
    jsonw_close(w, '}');
    jsonw_key(w, "totals");
    jsonw_open(w, '{');
    put_number(w, "functions", d->functions.n);
    put_number(w, "environments", d->environments);
    put_number(w, "invocations", r->ev->index.attempts.n);
    put_number(w, "cold_starts", d->cold);
    put_number(w, "timeouts", d->timeouts);
    put_number(w, "errors", d->errors);
    put_number(w, "s3_records", r->s3_records);
    jsonw_close(w, '}');
}

/* ---- functions ---- */

static void put_known(struct jsonw *w, const char *key, bool known, double v)
{
    jsonw_key(w, key);
    if (known)
        jsonw_double(w, v, 6);
    else
        jsonw_null(w);
}

static void put_quantiles(struct jsonw *w, const char *key, const struct quantiles *q)
{
    jsonw_key(w, key);
    if (!q->known) {
        jsonw_null(w);
        return;
    }
    jsonw_open(w, '{');
    put_double(w, "p50", q->p50, 3);
    put_double(w, "p90", q->p90, 3);
    put_double(w, "p99", q->p99, 3);
    put_double(w, "max", q->max, 3);
    jsonw_close(w, '}');
}

static void write_function(struct jsonw *w, const struct report *r, const struct function *f)
{
    jsonw_open(w, '{');
    put_string(w, "name", dossier_name(r->dossier, f->name));
    put_number(w, "invocations", f->attempts.n);
    put_number(w, "environments", f->streams.n);
    put_number(w, "peak_concurrency", f->peak_concurrency);
    put_number(w, "errors", f->errors);
    put_number(w, "timeouts", f->timeouts);
    put_number(w, "cold_starts", f->cold);
    put_quantiles(w, "duration_ms", &f->duration);
    put_quantiles(w, "init_ms", &f->init);
    put_number_or_null(w, "memory_mb", f->memory_mb);
    put_number_or_null(w, "max_memory_mb", f->max_memory_mb);
    put_known(w, "gb_seconds", f->billed, f->gb_seconds);
    put_known(w, "cost_usd", f->billed, f->cost_usd);
    jsonw_close(w, '}');
}

/* ---- checks and findings ---- */

static void write_check(struct jsonw *w, const struct check *c)
{
    static const char *const verdicts[] = {
        [VERDICT_CLEAN] = "clean", [VERDICT_FOUND] = "found", [VERDICT_NOT_RUN] = "not-run"};
    jsonw_open(w, '{');
    put_string(w, "detector", slice_str(c->detector->name));
    put_string(w, "verdict", slice_str(verdicts[c->verdict]));
    put_string(w, "why", slice_str(c->why));
    put_number(w, "examined", c->examined);
    jsonw_close(w, '}');
}

static void put_id(struct jsonw *w, const struct report *r, const struct attempt *a)
{
    char buffer[37];
    jsonw_string(w, attempt_id(&r->ev->index, a, buffer));
}

static void write_citation(struct jsonw *w, const struct report *r, const struct citation *c)
{
    jsonw_open(w, '{');
    put_string(w, "file", slice_str(r->ev->sources.v[c->loc.source].path));
    put_number(w, "line", c->loc.line);
    put_number(w, "offset", c->loc.offset);
    put_time(w, "timestamp", c->time);
    jsonw_key(w, "request_id");
    if (c->attempt)
        put_id(w, r, c->attempt);
    else
        jsonw_null(w);
    put_string(w, "text", c->text);
    jsonw_close(w, '}');
}

static void write_lists(struct jsonw *w, const struct report *r, const struct finding *f)
{
    jsonw_key(w, "request_ids");
    jsonw_open(w, '[');
    for (size_t i = 0; i < f->attempts.n && i < LIMIT_REQUEST_IDS; i++)
        put_id(w, r, f->attempts.v[i]);
    jsonw_close(w, ']');
    jsonw_key(w, "evidence");
    jsonw_open(w, '[');
    for (size_t i = 0; i < f->citations.n; i++)
        write_citation(w, r, &f->citations.v[i]);
    jsonw_close(w, ']');
    put_number(w, "evidence_total", f->evidence_total);
}

static void write_finding(struct jsonw *w, const struct report *r, const struct finding *f)
{
    jsonw_open(w, '{');
    put_string(w, "id", slice_str(f->id));
    put_string(w, "detector", slice_str(f->detector->name));
    put_string(w, "severity", slice_str(severity_name(f->severity)));
    jsonw_key(w, "function");
    if (f->function)
        jsonw_string(w, dossier_name(r->dossier, f->function));
    else
        jsonw_null(w);
    put_string(w, "title", slice_str(f->title));
    put_time(w, "first_seen", f->first_seen);
    put_time(w, "last_seen", f->last_seen);
    put_number(w, "count", f->count);
    write_lists(w, r, f);
    jsonw_key(w, "caused_by");
    if (f->caused_by)
        jsonw_string(w, slice_str(f->caused_by));
    else
        jsonw_null(w);
    jsonw_key(w, "detail");
    jsonw_raw(w, slice_str(f->detail));
    jsonw_close(w, '}');
}

/* ---- the incident ---- */

static void put_count_or_null(struct jsonw *w, const char *key, uint64_t n, bool known)
{
    jsonw_key(w, key);
    if (known)
        jsonw_i64(w, (int64_t)n);
    else
        jsonw_null(w);
}

static void write_link(struct jsonw *w, const struct finding *f)
{
    jsonw_open(w, '{');
    put_string(w, "finding", slice_str(f->id));
    jsonw_key(w, "caused_by");
    if (f->caused_by)
        jsonw_string(w, slice_str(f->caused_by));
    else
        jsonw_null(w);
    put_count_or_null(w, "supported_by", f->cause_support, f->caused_by);
    put_count_or_null(w, "of", f->cause_of, f->caused_by);
    jsonw_key(w, "rule");
    if (f->caused_by)
        jsonw_string(w, slice_str(f->cause_rule->name));
    else
        jsonw_null(w);
    jsonw_close(w, '}');
}

static void write_radius(struct jsonw *w, const struct report *r, const struct incident_function *m)
{
    jsonw_open(w, '{');
    put_string(w, "function", dossier_name(r->dossier, m->function->name));
    put_number(w, "invocations", m->invocations);
    put_number(w, "errors", m->errors);
    put_number(w, "timeouts", m->timeouts);
    put_number(w, "concerned", m->concerned);
    put_number(w, "before", m->before);
    put_number(w, "failed_before", m->before_failed);
    jsonw_close(w, '}');
}

static void write_peak(struct jsonw *w, const struct incident *in)
{
    jsonw_key(w, "peak");
    if (in->peak == TIME_NONE) {
        jsonw_null(w);
        return;
    }
    jsonw_open(w, '{');
    put_time(w, "minute", in->peak);
    put_number(w, "failures", in->peak_failed);
    put_number(w, "concerned", in->peak_concerned);
    jsonw_close(w, '}');
}

static void write_sides(struct jsonw *w, const struct report *r)
{
    const struct incident *in = &r->incident;
    jsonw_key(w, "hurt");
    jsonw_open(w, '[');
    for (size_t i = 0; i < in->hurt.n; i++)
        write_radius(w, r, &in->hurt.v[i]);
    jsonw_close(w, ']');
    jsonw_key(w, "healthy");
    jsonw_open(w, '[');
    for (size_t i = 0; i < in->healthy.n; i++)
        write_radius(w, r, &in->healthy.v[i]);
    jsonw_close(w, ']');
    jsonw_key(w, "chain");
    jsonw_open(w, '[');
    for (size_t i = 0; i < in->chain.n; i++)
        write_link(w, in->chain.v[i]);
    jsonw_close(w, ']');
    jsonw_key(w, "idle");
    jsonw_open(w, '[');
    for (size_t i = 0; i < in->idle.n; i++)
        jsonw_string(w, dossier_name(r->dossier, in->idle.v[i]->name));
    jsonw_close(w, ']');
    jsonw_key(w, "apart");
    jsonw_open(w, '[');
    for (size_t i = 0; i < in->apart.n; i++)
        jsonw_string(w, slice_str(in->apart.v[i]->id));
    jsonw_close(w, ']');
}

static void write_incident(struct jsonw *w, const struct report *r)
{
    const struct incident *in = &r->incident;
    jsonw_key(w, "incident");
    if (!in->found) {
        jsonw_null(w);
        return;
    }
    jsonw_open(w, '{');
    put_time(w, "onset", in->onset);
    put_time(w, "first_sign", in->sign->first_seen);
    put_time(w, "first_error", in->first_error ? attempt_over(in->first_error) : TIME_NONE);
    write_peak(w, in);
    put_time(w, "end", in->end);
    jsonw_key(w, "live");
    jsonw_bool(w, in->live);
    write_sides(w, r);
    jsonw_close(w, '}');
}

static void json_render(struct report *r, struct buf *out)
{
    struct jsonw w = {out, false};
    jsonw_open(&w, '{');
    put_string(&w, "schema", SLICE("coldcase.report/1"));
    jsonw_key(&w, "tool");
    jsonw_open(&w, '{');
    put_string(&w, "name", SLICE("coldcase"));
    put_string(&w, "version", SLICE(PROGRAM_VERSION));
    jsonw_close(&w, '}');
    write_evidence(&w, r);
    write_totals(&w, r);
    jsonw_key(&w, "functions");
    jsonw_open(&w, '[');
    for (size_t i = 0; i < r->dossier->functions.n; i++)
        write_function(&w, r, &r->dossier->functions.v[i]);
    jsonw_close(&w, ']');
    jsonw_key(&w, "checks");
    jsonw_open(&w, '[');
    for (size_t i = 0; i < r->findings->checks.n; i++)
        write_check(&w, &r->findings->checks.v[i]);
    jsonw_close(&w, ']');
    jsonw_key(&w, "findings");
    jsonw_open(&w, '[');
    for (size_t i = 0; i < r->findings->list.n; i++)
        if (report_shows(r, r->findings->list.v[i]))
            write_finding(&w, r, r->findings->list.v[i]);
    jsonw_close(&w, ']');
    write_incident(&w, r);
    jsonw_close(&w, '}');
    buf_byte(out, '\n');
}

const struct renderer renderer_json = {.name = "json", .render = json_render};
