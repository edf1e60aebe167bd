/* The report as JSON: contract.md, "report --format json". Keys and their order are the contract's. */
#include "reports/report.h"

#include "base/jsonw.h"
#include "base/version.h"
#include "forensics/attempt.h"
#include "forensics/skew.h"
#include "parsers/container.h"
#include "parsers/limits.h"

/* ---- evidence ---- */

static void write_anomaly(struct jsonw *w, const struct anomaly *a)
{
    jsonw_open(w, '{');
    jsonw_put_string(w, "kind", slice_str(anomaly_name(a->kind)));
    jsonw_put_count_or_null(w, "line", a->line > 0, a->line);
    jsonw_put_count(w, "offset", a->offset);
    jsonw_put_string(w, "detail", slice_str(a->detail));
    jsonw_put_count(w, "count", a->count);
    jsonw_close(w, '}');
}

static void put_digest(struct jsonw *w, const struct source *s)
{
    static const char hex[] = "0123456789abcdef";
    char text[64];
    bool read = (s->open || s->memory.p) && !(s->anomalies.n && s->anomalies.v[0].kind == ANOMALY_UNREADABLE);
    for (size_t i = 0; i < 32; i++) {
        text[2 * i] = hex[s->sha256[i] >> 4];
        text[2 * i + 1] = hex[s->sha256[i] & 15];
    }
    jsonw_put_string_or_null(w, "sha256", slice_of(text, read ? sizeof text : 0));
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
    jsonw_put_count(w, "pairs", skew->pairs);
    jsonw_put_i64(w, "median_ms", skew->median);
    jsonw_put_i64(w, "min_ms", skew->least);
    jsonw_put_i64(w, "max_ms", skew->most);
    jsonw_close(w, '}');
}

static void write_source(struct jsonw *w, const struct source *s)
{
    jsonw_open(w, '{');
    jsonw_put_string(w, "path", slice_str(s->path));
    put_digest(w, s);
    jsonw_put_string(w, "format", slice_str(s->format));
    jsonw_put_string_or_null(w, "runner_up", slice_str(s->runner_up ? s->runner_up->name : NULL));
    jsonw_put_string(w, "container", slice_str(s->compression));
    jsonw_put_count(w, "bytes", s->bytes_read);
    jsonw_put_count(w, "lines", s->lines);
    jsonw_put_count(w, "unrecognised_lines", s->unrecognised_lines);
    jsonw_put_open(w, "anomalies", '[');
    for (size_t i = 0; i < s->anomalies.n; i++)
        write_anomaly(w, &s->anomalies.v[i]);
    jsonw_close(w, ']');
    jsonw_close(w, '}');
}

static void write_evidence(struct jsonw *w, const struct report *r)
{
    jsonw_put_open(w, "evidence", '{');
    jsonw_put_count(w, "files", r->ev->sources.n);
    jsonw_put_count(w, "bytes_read", r->bytes_read);
    jsonw_put_count(w, "bytes_decompressed", r->bytes_decompressed);
    jsonw_put_count(w, "lines", r->lines);
    jsonw_put_open(w, "events", '{');
    for (size_t i = 0; i < EVENT_KINDS; i++)
        jsonw_put_count(w, event_name((enum event_kind)i), r->ev->index.events[i]);
    jsonw_put_count(w, "s3-record", r->s3_records);
    jsonw_close(w, '}');
    jsonw_put_count(w, "unrecognised_lines", r->unrecognised_lines);
    jsonw_put_count(w, "duplicates", r->ev->index.duplicates);
    jsonw_put_open(w, "clock_skew", '{');
    for (enum skew_clock clock = 0; clock < SKEW_CLOCKS; clock++)
        write_skew(w, skew_name(clock), &r->ev->index.skew[clock]);
    jsonw_close(w, '}');
    jsonw_put_open(w, "sources", '[');
    for (size_t i = 0; i < r->ev->sources.n; i++)
        write_source(w, &r->ev->sources.v[i]);
    jsonw_close(w, ']');
    jsonw_close(w, '}');
}

static void write_totals(struct jsonw *w, const struct report *r)
{
    const struct dossier *d = r->dossier;
    jsonw_put_open(w, "window", '{');
    jsonw_put_time(w, "start", d->start);
    jsonw_put_time(w, "end", d->end);
    jsonw_close(w, '}');
    jsonw_put_open(w, "totals", '{');
    jsonw_put_count(w, "functions", d->functions.n);
    jsonw_put_count(w, "environments", d->environments);
    jsonw_put_count(w, "invocations", r->ev->index.attempts.n);
    jsonw_put_count(w, "cold_starts", d->cold);
    jsonw_put_count(w, "timeouts", d->timeouts);
    jsonw_put_count(w, "errors", d->errors);
    jsonw_put_count(w, "s3_records", r->s3_records);
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
    jsonw_put_double(w, "p50", q->p50, 3);
    jsonw_put_double(w, "p90", q->p90, 3);
    jsonw_put_double(w, "p99", q->p99, 3);
    jsonw_put_double(w, "max", q->max, 3);
    jsonw_close(w, '}');
}

static void write_function(struct jsonw *w, const struct report *r, const struct function *f)
{
    jsonw_open(w, '{');
    jsonw_put_string(w, "name", dossier_name(r->dossier, f->name));
    jsonw_put_count(w, "invocations", f->attempts.n);
    jsonw_put_count(w, "environments", f->streams.n);
    jsonw_put_count(w, "peak_concurrency", f->peak_concurrency);
    jsonw_put_count(w, "errors", f->errors);
    jsonw_put_count(w, "timeouts", f->timeouts);
    jsonw_put_count(w, "cold_starts", f->cold);
    put_quantiles(w, "duration_ms", &f->duration);
    put_quantiles(w, "init_ms", &f->init);
    jsonw_put_count_or_null(w, "memory_mb", f->memory_mb > 0, f->memory_mb);
    jsonw_put_count_or_null(w, "max_memory_mb", f->max_memory_mb > 0, f->max_memory_mb);
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
    jsonw_put_string(w, "detector", slice_str(c->detector->name));
    jsonw_put_string(w, "verdict", slice_str(verdicts[c->verdict]));
    jsonw_put_string(w, "why", slice_str(c->why));
    jsonw_put_count(w, "examined", c->examined);
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
    jsonw_put_string(w, "file", slice_str(r->ev->sources.v[c->loc.source].path));
    jsonw_put_count(w, "line", c->loc.line);
    jsonw_put_count(w, "offset", c->loc.offset);
    jsonw_put_time(w, "timestamp", c->time);
    jsonw_key(w, "request_id");
    if (c->attempt)
        put_id(w, r, c->attempt);
    else
        jsonw_null(w);
    jsonw_put_string(w, "text", c->text);
    jsonw_close(w, '}');
}

static void write_lists(struct jsonw *w, const struct report *r, const struct finding *f)
{
    jsonw_put_open(w, "request_ids", '[');
    for (size_t i = 0; i < f->attempts.n && i < LIMIT_REQUEST_IDS; i++)
        put_id(w, r, f->attempts.v[i]);
    jsonw_close(w, ']');
    jsonw_put_open(w, "evidence", '[');
    for (size_t i = 0; i < f->citations.n; i++)
        write_citation(w, r, &f->citations.v[i]);
    jsonw_close(w, ']');
    jsonw_put_count(w, "evidence_total", f->evidence_total);
}

static void write_finding(struct jsonw *w, const struct report *r, const struct finding *f)
{
    jsonw_open(w, '{');
    jsonw_put_string(w, "id", slice_str(f->id));
    jsonw_put_string(w, "detector", slice_str(f->detector->name));
    jsonw_put_string(w, "severity", slice_str(severity_name(f->severity)));
    jsonw_put_string_or_null(w, "function", dossier_name(r->dossier, f->function));
    jsonw_put_string(w, "title", slice_str(f->title));
    jsonw_put_time(w, "first_seen", f->first_seen);
    jsonw_put_time(w, "last_seen", f->last_seen);
    jsonw_put_count(w, "count", f->count);
    write_lists(w, r, f);
    jsonw_put_string_or_null(w, "caused_by", slice_str(f->caused_by));
    jsonw_key(w, "detail");
    jsonw_raw(w, slice_str(f->detail));
    jsonw_close(w, '}');
}

/* ---- the incident ---- */

static void write_link(struct jsonw *w, const struct finding *f)
{
    jsonw_open(w, '{');
    jsonw_put_string(w, "finding", slice_str(f->id));
    jsonw_put_string_or_null(w, "caused_by", slice_str(f->caused_by));
    jsonw_put_count_or_null(w, "supported_by", f->caused_by, f->cause_support);
    jsonw_put_count_or_null(w, "of", f->caused_by, f->cause_of);
    jsonw_put_string_or_null(w, "rule", slice_str(f->caused_by ? f->cause_rule->name : NULL));
    jsonw_close(w, '}');
}

static void write_radius(struct jsonw *w, const struct report *r, const struct incident_function *m)
{
    jsonw_open(w, '{');
    jsonw_put_string(w, "function", dossier_name(r->dossier, m->function->name));
    jsonw_put_count(w, "invocations", m->invocations);
    jsonw_put_count(w, "errors", m->errors);
    jsonw_put_count(w, "timeouts", m->timeouts);
    jsonw_put_count(w, "concerned", m->concerned);
    jsonw_put_count(w, "before", m->before);
    jsonw_put_count(w, "failed_before", m->before_failed);
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
    jsonw_put_time(w, "minute", in->peak);
    jsonw_put_count(w, "failures", in->peak_failed);
    jsonw_put_count(w, "concerned", in->peak_concerned);
    jsonw_close(w, '}');
}

static void write_sides(struct jsonw *w, const struct report *r)
{
    const struct incident *in = &r->incident;
    jsonw_put_open(w, "hurt", '[');
    for (size_t i = 0; i < in->hurt.n; i++)
        write_radius(w, r, &in->hurt.v[i]);
    jsonw_close(w, ']');
    jsonw_put_open(w, "healthy", '[');
    for (size_t i = 0; i < in->healthy.n; i++)
        write_radius(w, r, &in->healthy.v[i]);
    jsonw_close(w, ']');
    jsonw_put_open(w, "chain", '[');
    for (size_t i = 0; i < in->chain.n; i++)
        write_link(w, in->chain.v[i]);
    jsonw_close(w, ']');
    jsonw_put_open(w, "idle", '[');
    for (size_t i = 0; i < in->idle.n; i++)
        jsonw_string(w, dossier_name(r->dossier, in->idle.v[i]->name));
    jsonw_close(w, ']');
    jsonw_put_open(w, "apart", '[');
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
    jsonw_put_time(w, "onset", in->onset);
    jsonw_put_time(w, "first_sign", in->sign->first_seen);
    jsonw_put_time(w, "first_error", in->first_error ? attempt_over(in->first_error) : TIME_NONE);
    write_peak(w, in);
    jsonw_put_time(w, "end", in->end);
    jsonw_put_bool(w, "live", in->live);
    write_sides(w, r);
    jsonw_close(w, '}');
}

static void json_render(struct report *r, struct buf *out)
{
    struct jsonw w = {out, false};
    jsonw_open(&w, '{');
    jsonw_put_string(&w, "schema", SLICE("coldcase.report/1"));
    jsonw_put_open(&w, "tool", '{');
    jsonw_put_string(&w, "name", SLICE("coldcase"));
    jsonw_put_string(&w, "version", SLICE(PROGRAM_VERSION));
    jsonw_close(&w, '}');
    write_evidence(&w, r);
    write_totals(&w, r);
    jsonw_put_open(&w, "functions", '[');
    for (size_t i = 0; i < r->dossier->functions.n; i++)
        write_function(&w, r, &r->dossier->functions.v[i]);
    jsonw_close(&w, ']');
    jsonw_put_open(&w, "checks", '[');
    for (size_t i = 0; i < r->findings->checks.n; i++)
        write_check(&w, &r->findings->checks.v[i]);
    jsonw_close(&w, ']');
    jsonw_put_open(&w, "findings", '[');
    for (size_t i = 0; i < r->findings->list.n; i++)
        if (report_shows(r, r->findings->list.v[i]))
            write_finding(&w, r, r->findings->list.v[i]);
    jsonw_close(&w, ']');
    write_incident(&w, r);
    jsonw_close(&w, '}');
    buf_byte(out, '\n');
}

const struct renderer renderer_json = {.name = "json", .render = json_render};
