/* Finding and confirming error signatures. Place in the flow: signatures.h. Two ways to find the literals:
 *   - libhs: 2.6 GB/s over blocks, 64 ns for a line of 100 bytes, but its database of 190 literals takes 9 ms
 *     to compile (22 ms on a busy machine), which is most of a run over a small log;
 *   - a table of the last four bytes of each literal (the tails): ready in 0.1 ms, 0.6 GB/s.
 * So a scanner starts with the tails and changes to libhs behind TAILS_BYTES of text; both give the same
 * candidates in the same order of ends. PCRE2 patterns are compiled at their first candidate. */
#include "parsers/signatures.h"

#include "base/vec.h"
#include "parsers/error_shape.h"
#include "parsers/pattern.h"
#include "parsers/signature_table.h"

#include <assert.h>
#include <hs.h>
#include <pthread.h>
#include <stdlib.h>

enum {
    /* Where the time that libhs saves (1.2 ns a byte) has paid for its compilation. */
    TAILS_BYTES = 8 << 20,
    /* libhs takes 50 ns to begin; up to here the tails are as fast. */
    TAILS_TEXT = 64,
    TAIL = 4, /* bytes; SIGNATURE_LITERAL_MIN is longer */
    TAIL_BUCKETS = 1024,
    TAIL_FILTER_BITS = 1 << 15, /* 4 KiB: stays in the first cache; 190 rows fill 0.6 % */
    /* Places of one row that are judged in one text. Each may cost a look at 128 KiB. */
    PLACES_MAX = 32,
    NO_ROW = UINT16_MAX,
};

/* ---- the database of libhs, made at first use ---- */

struct engine {
    pthread_mutex_t lock;
    hs_database_t *database;
    bool tried; /* without a database then: this processor lacks what libhs needs, and the tails serve */
};

struct tails {
    uint64_t filter[TAIL_FILTER_BITS / 64];
    uint16_t first[TAIL_BUCKETS];
    uint16_t *next; /* a row: the next one of its bucket */
};

struct signatures {
    struct signature_rows rows;
    struct tails tails;
    struct engine *engine; /* apart, since it changes behind a const struct */
};

struct scanner {
    const struct signatures *signatures;
    struct error_shape *shape;
    struct pattern_matcher matcher;
    pcre2_code **codes; /* of the catalogue, compiled at first use */
    hs_scratch_t *scratch;
    bool tails_only;
    size_t scanned; /* bytes, up to TAILS_BYTES */
    bool *seen;     /* rows with a candidate in the current text */
    VEC(uint16_t) candidates;
};

static void compile_database(struct engine *engine, const struct signature *rows, size_t n)
{
    const char **texts = calloc(n, sizeof *texts);
    unsigned *flags = calloc(n, sizeof *flags), *ids = calloc(n, sizeof *ids);
    size_t *lengths = calloc(n, sizeof *lengths);
    hs_compile_error_t *error = NULL;
    if (!texts || !flags || !ids || !lengths)
        err_oom();
    for (size_t i = 0; i < n; i++) {
        texts[i] = rows[i].literal;
        lengths[i] = strlen(rows[i].literal);
        flags[i] = rows[i].caseless ? HS_FLAG_CASELESS : 0;
        ids[i] = (unsigned)i;
    }
    if (hs_compile_lit_multi(texts, flags, ids, lengths, (unsigned)n, HS_MODE_BLOCK, NULL, &engine->database,
                             &error) != HS_SUCCESS)
        engine->database = NULL;
    hs_free_compile_error(error);
    free(texts);
    free(flags);
    free(ids);
    free(lengths);
}

/* Whether libhs is to be used; then the scanner has its scratch. */
static bool engine_ready(struct scanner *sc)
{
    if (sc->scratch || sc->tails_only)
        return sc->scratch != NULL;
    const struct signatures *s = sc->signatures;
    struct engine *engine = s->engine;
    pthread_mutex_lock(&engine->lock);
    if (!engine->tried)
        compile_database(engine, s->rows.list.v, s->rows.list.n);
    engine->tried = true;
    if (!engine->database || hs_alloc_scratch(engine->database, &sc->scratch) != HS_SUCCESS)
        sc->tails_only = true;
    pthread_mutex_unlock(&engine->lock);
    return !sc->tails_only;
}

/* ---- the tails ---- */

/* Bit 5 set in each byte: letters lose their case. Other bytes fall together too, the comparison decides. */
static inline uint32_t tail_hash(const char *end)
{
    uint32_t bytes;
    memcpy(&bytes, end - TAIL, sizeof bytes);
    return (bytes | UINT32_C(0x20202020)) * UINT32_C(2654435761); /* Knuth: 2^32 over the golden ratio */
}

static inline uint32_t tail_bit(uint32_t hash)
{
    return hash / (UINT32_C(1) << 17); /* the upper 15 bits: TAIL_FILTER_BITS */
}

static inline uint32_t tail_bucket(uint32_t hash)
{
    return hash / (UINT32_C(1) << 22); /* the upper 10 bits: TAIL_BUCKETS */
}

static void tails_init(struct tails *t, const struct signature *rows, size_t n)
{
    t->next = calloc(n, sizeof *t->next);
    if (!t->next)
        err_oom();
    for (size_t i = 0; i < TAIL_BUCKETS; i++)
        t->first[i] = NO_ROW;
    for (size_t i = n; i-- > 0;) {
        uint32_t hash = tail_hash(rows[i].literal + strlen(rows[i].literal));
        t->filter[tail_bit(hash) / 64] |= UINT64_C(1) << tail_bit(hash) % 64;
        t->next[i] = t->first[tail_bucket(hash)];
        t->first[tail_bucket(hash)] = (uint16_t)i;
    }
}

static bool ends_in_literal(struct slice text, const struct signature *row)
{
    struct slice literal = slice_str(row->literal);
    if (text.n < literal.n)
        return false;
    struct slice end = slice_skip(text, text.n - literal.n);
    return row->caseless ? slice_eq_nocase(end, literal) : slice_eq(end, literal);
}

typedef void candidate_fn(void *ctx, size_t end_offset, uint16_t signature);

static void tails_scan(const struct signatures *s, struct slice text, candidate_fn *candidate, void *ctx)
{
    const struct tails *t = &s->tails;
    for (size_t end = TAIL; end <= text.n; end++) {
        uint32_t hash = tail_hash(text.p + end);
        if (!(t->filter[tail_bit(hash) / 64] >> tail_bit(hash) % 64 & 1))
            continue;
        for (uint16_t i = t->first[tail_bucket(hash)]; i != NO_ROW; i = t->next[i])
            if (ends_in_literal(slice_head(text, end), &s->rows.list.v[i]))
                candidate(ctx, end, i);
    }
}

/* ---- the compiled rows ---- */

const char *signature_class_name(enum signature_class class)
{
    static const char *const names[SIGNATURE_CLASSES] = {
        [SIGNATURE_SRV] = "SRV",     [SIGNATURE_POOL] = "POOL", [SIGNATURE_OS] = "OS",
        [SIGNATURE_THR] = "THR",     [SIGNATURE_NET] = "NET",   [SIGNATURE_MEM] = "MEM",
        [SIGNATURE_CRASH] = "CRASH", [SIGNATURE_CFG] = "CFG",
    };
    assert(class < SIGNATURE_CLASSES);
    return names[class];
}

struct signatures *signatures_new(struct slice user_file_text, struct err *e)
{
    struct signatures *s = calloc(1, sizeof *s);
    if (!s)
        err_oom();
    s->engine = calloc(1, sizeof *s->engine);
    if (!s->engine || pthread_mutex_init(&s->engine->lock, NULL) != 0)
        err_oom();
    if (!signature_rows_init(&s->rows, user_file_text, e)) {
        signatures_free(s);
        return NULL;
    }
    tails_init(&s->tails, s->rows.list.v, s->rows.list.n);
    return s;
}

void signatures_free(struct signatures *s)
{
    if (!s)
        return;
    signature_rows_done(&s->rows);
    hs_free_database(s->engine->database);
    pthread_mutex_destroy(&s->engine->lock);
    free(s->engine);
    free(s->tails.next);
    free(s);
}

size_t signatures_count(const struct signatures *s)
{
    return s->rows.list.n;
}

const struct signature *signatures_get(const struct signatures *s, size_t index)
{
    assert(index < s->rows.list.n);
    return &s->rows.list.v[index];
}

/* ---- one thread's scanner ---- */

struct scanner *scanner_new(const struct signatures *s)
{
    struct scanner *sc = calloc(1, sizeof *sc);
    if (!sc)
        err_oom();
    sc->signatures = s;
    sc->codes = calloc(s->rows.list.n, sizeof(pcre2_code *));
    sc->seen = calloc(s->rows.list.n, sizeof *sc->seen);
    if (!sc->codes || !sc->seen)
        err_oom();
    sc->shape = error_shape_new();
    pattern_matcher_init(&sc->matcher);
    return sc;
}

void scanner_free(struct scanner *sc)
{
    if (!sc)
        return;
    for (size_t i = 0; i < sc->signatures->rows.list.n; i++)
        pcre2_code_free(sc->codes[i]);
    hs_free_scratch(sc->scratch);
    pattern_matcher_done(&sc->matcher);
    error_shape_free(sc->shape);
    vec_done(&sc->candidates);
    free(sc->codes);
    free(sc->seen);
    free(sc);
}

struct relay {
    candidate_fn *candidate;
    void *ctx;
};

static int relay_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
    struct relay *r = ctx;
    (void)from;
    (void)flags;
    r->candidate(r->ctx, (size_t)to, (uint16_t)id);
    return 0;
}

void scanner_scan_block(struct scanner *sc, struct slice block, candidate_fn *candidate, void *ctx)
{
    assert(block.n <= UINT32_MAX);
    bool tails = block.n < TAILS_TEXT;
    if (!tails && sc->scanned < TAILS_BYTES) {
        tails = block.n < TAILS_BYTES - sc->scanned;
        sc->scanned += block.n;
    }
    if (tails || !engine_ready(sc)) {
        tails_scan(sc->signatures, block, candidate, ctx);
        return;
    }
    struct relay r = {candidate, ctx};
    hs_error_t done = hs_scan(sc->signatures->engine->database, block.p, (unsigned)block.n, 0, sc->scratch,
                              relay_match, &r);
    assert(done == HS_SUCCESS);
}

static const pcre2_code *scanner_code(struct scanner *sc, uint16_t signature)
{
    const struct signature *row = &sc->signatures->rows.list.v[signature];
    if (row->user)
        return sc->signatures->rows.codes.v[signature];
    if (!sc->codes[signature]) {
        struct err e = {0};
        unsigned flags = PATTERN_JIT | (row->caseless ? PATTERN_CASELESS : 0);
        sc->codes[signature] = pattern_compile(row->pattern, flags, &e);
        assert(sc->codes[signature]); /* our own pattern: the unit tests compile each */
    }
    return sc->codes[signature];
}

/* The next place of the row's words at or behind `from`. */
static bool words_find(struct scanner *sc, uint16_t signature, struct slice text, size_t from,
                       struct pattern_match *ret)
{
    const struct signature *row = &sc->signatures->rows.list.v[signature];
    if (row->pattern)
        return pattern_find(&sc->matcher, scanner_code(sc, signature), text, from, ret);
    struct slice rest = slice_skip(text, from), literal = slice_str(row->literal);
    ptrdiff_t at = row->caseless ? slice_find_nocase(rest, literal) : slice_find(rest, literal);
    if (at < 0)
        return false;
    *ret = (struct pattern_match){.start = from + (size_t)at, .end = from + (size_t)at + literal.n};
    return true;
}

static bool words_count(struct scanner *sc, const struct signature *row, struct slice text, enum level level,
                        const struct pattern_match *m)
{
    level = error_shape_level(sc->shape, text, level, m->start);
    if (row->user)
        return level != LEVEL_TRACE && level != LEVEL_DEBUG;
    return error_shape_counts(sc->shape, text, level, (struct error_words){m->start, m->end, m->group});
}

bool scanner_confirm(struct scanner *sc, uint16_t signature, struct slice text, enum level level,
                     struct signature_hit *ret)
{
    const struct signature *row = signatures_get(sc->signatures, signature);
    struct pattern_match m = {0};
    if (text.n > UINT32_MAX || (row->user && slice_find_nocase(text, slice_str(row->literal)) < 0))
        return false;
    for (size_t place = 0, from = 0; place < PLACES_MAX; place++) {
        if (!words_find(sc, signature, text, from, &m))
            return false;
        if (words_count(sc, row, text, level, &m)) {
            *ret = (struct signature_hit){signature, (uint32_t)m.start, (uint32_t)(m.end - m.start)};
            return true;
        }
        from = m.end > m.start ? m.end : m.end + 1;
    }
    return false;
}

static void note_candidate(void *ctx, size_t end_offset, uint16_t signature)
{
    struct scanner *sc = ctx;
    (void)end_offset;
    if (sc->seen[signature])
        return;
    sc->seen[signature] = true;
    *vec_push(&sc->candidates) = signature;
}

static int by_index(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

size_t scanner_find(struct scanner *sc, struct slice text, enum level level, struct signature_hit *ret,
                    size_t max)
{
    size_t n = 0;
    if (level == LEVEL_TRACE || level == LEVEL_DEBUG || text.n > UINT32_MAX)
        return 0;
    scanner_scan_block(sc, text, note_candidate, sc);
    if (sc->candidates.n == 0)
        return 0;
    vec_sort(&sc->candidates, by_index);
    for (size_t i = 0; i < sc->candidates.n; i++) {
        uint16_t signature = sc->candidates.v[i];
        sc->seen[signature] = false;
        if (n < max && scanner_confirm(sc, signature, text, level, &ret[n]))
            n++;
    }
    vec_clear(&sc->candidates);
    return n;
}
