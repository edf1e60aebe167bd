/* The label of a case. */
#include "samples/truth.h"

#include "samples/compose.h"
#include "samples/gzip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct truth_claim *claim_of(struct truth_claim *v, size_t *n, const char *detector,
                                    const char *function)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(v[i].detector, detector) == 0 && strcmp(v[i].function, function) == 0)
            return &v[i];
    if (*n == TRUTH_CLAIMS_MAX)
        abort();
    v[*n] = (struct truth_claim){.detector = detector, .function = function};
    return &v[(*n)++];
}

void truth_allow(struct truth *t, const char *detector, const char *function)
{
    (void)claim_of(t->allowed, &t->allowed_n, detector, function);
}

void truth_expect_bare(struct truth *t, const char *severity, const char *detector, const char *function)
{
    claim_of(t->expected, &t->expected_n, detector, function)->severity = severity;
}

void truth_expect(struct truth *t, const char *detector, const char *function, const uint8_t id[16])
{
    truth_expect_at(t, NULL, detector, function, id);
}

void truth_expect_at(struct truth *t, const char *severity, const char *detector, const char *function,
                     const uint8_t id[16])
{
    struct truth_claim *c = claim_of(t->expected, &t->expected_n, detector, function);
    c->severity = severity;
    c->count++;
    if (c->ids_n == TRUTH_IDS_MAX)
        return;
    for (size_t i = 0; i < c->ids_n; i++)
        if (memcmp(c->ids[i], id, 16) == 0)
            return;
    if (!c->ids)
        c->ids = malloc(TRUTH_IDS_MAX * sizeof *c->ids);
    if (!c->ids)
        abort();
    memcpy(c->ids[c->ids_n++], id, 16);
}

static void put_expected(struct compose *c, const struct truth_claim *e)
{
    compose_put(c, "    {\"detector\": \"%s\", \"function\": \"%s\", ", e->detector, e->function);
    if (e->severity)
        compose_put(c, "\"severity\": \"%s\", ", e->severity);
    compose_put(c, "\"count\": %u, \"request_ids\": [", e->count);
    for (size_t i = 0; i < e->ids_n; i++)
        compose_put(c, "%s\n      \"%i\"", i ? "," : "", e->ids[i]);
    compose_put(c, "]}");
}

void truth_write(const struct truth *t, const char *path, const char *scenario, const char *kind,
                 uint64_t seed)
{
    struct compose c = {0};
    compose_put(&c, "{\n  \"scenario\": \"%s\",\n  \"kind\": \"%s\",\n  \"seed\": %u,\n  \"expected\": [",
                scenario, kind, seed);
    for (size_t i = 0; i < t->expected_n; i++) {
        compose_put(&c, i ? ",\n" : "\n");
        put_expected(&c, &t->expected[i]);
    }
    compose_put(&c, "],\n  \"allowed\": [");
    for (size_t i = 0; i < t->allowed_n; i++)
        compose_put(&c, "%s\n    {\"detector\": \"%s\", \"function\": \"%s\"}", i ? "," : "",
                    t->allowed[i].detector, t->allowed[i].function);
    compose_put(&c,
                "],\n  \"totals\": {\"invocations\": %u, \"cold_starts\": %u, \"timeouts\": %u, "
                "\"s3_records\": %u}\n}\n",
                t->invocations, t->cold_starts, t->timeouts, t->s3_records);
    (void)remove(path);
    gzip_append_plain(path, c.p, c.n);
    compose_done(&c);
}

void truth_done(struct truth *t)
{
    for (size_t i = 0; i < t->expected_n; i++)
        free(t->expected[i].ids);
}
