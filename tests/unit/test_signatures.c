/* The catalogue of error signatures, the user's rows, both ways to find literals, hostile input, and real
 * lines whose truth is known (SHARED names the folder with real data; without it those tests say that they
 * skip). What counts as an error and what is only a mention: test_error_shape.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/vec.h"
#include "parsers/pattern.h"
#include "parsers/signatures.h"
#include "tests/unit/error_samples.h"

enum { HITS_MAX = 16, TEXT_MAX = 4000 };

static struct signatures *make(const char *user)
{
    struct err e = {0};
    struct signatures *s = signatures_new(slice_str(user), &e);
    if (!s)
        fail_msg("%s", e.msg);
    return s;
}

static size_t index_of(const struct signatures *s, const char *name)
{
    for (size_t i = 0; i < signatures_count(s); i++)
        if (strcmp(signatures_get(s, i)->name, name) == 0)
            return i;
    fail_msg("no row %s", name);
    return 0;
}

static bool reports(const struct signatures *s, struct scanner *sc, const char *text, enum level level,
                    const char *row)
{
    struct signature_hit hits[HITS_MAX];
    size_t n = scanner_find(sc, slice_str(text), level, hits, HITS_MAX);
    for (size_t i = 0; i < n; i++)
        if (hits[i].signature == index_of(s, row))
            return true;
    return false;
}

/* ---- the catalogue ---- */

static bool is_kebab(const char *s)
{
    return *s && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s);
}

static void test_rows_sound(void **state)
{
    (void)state;
    struct signatures *s = make("");
    struct pattern_matcher m;
    pattern_matcher_init(&m);
    assert_true(signatures_count(s) >= 150);
    for (size_t i = 0; i < signatures_count(s); i++) {
        const struct signature *row = signatures_get(s, i);
        struct err e = {0};
        assert_true(is_kebab(row->name) && is_kebab(row->engine));
        assert_true(strlen(row->literal) >= SIGNATURE_LITERAL_MIN);
        assert_true(strlen(row->fix) > 20 && row->fix[strlen(row->fix) - 1] == '.');
        assert_int_equal(index_of(s, row->name), i); /* unique */
        assert_false(row->user);
        if (!row->pattern)
            continue;
        pcre2_code *code = pattern_compile(row->pattern, row->caseless ? PATTERN_CASELESS : 0, &e);
        if (!code)
            fail_msg("%s: %s", row->name, e.msg);
        pcre2_code_free(code);
    }
    pattern_matcher_done(&m);
    signatures_free(s);
}

static void test_classes(void **state)
{
    (void)state;
    assert_string_equal(signature_class_name(SIGNATURE_SRV), "SRV");
    assert_string_equal(signature_class_name(SIGNATURE_CFG), "CFG");
    struct signatures *s = make("");
    /* What must never make a connection-limit finding. */
    static const char *const harmless[] = {"mysql-connection-lost", "net-econnreset",
                                           "aurora-resuming",       "mongodb-server-selection",
                                           "redis-memory-full",     "mysql-pool-closed"};
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        assert_true(signatures_get(s, index_of(s, harmless[i]))->class > SIGNATURE_OS);
    assert_string_not_equal(signatures_get(s, index_of(s, "disk-full"))->engine, "os");
    assert_string_not_equal(signatures_get(s, index_of(s, "vpc-eni-limit"))->engine, "os");
    signatures_free(s);
}

static void put_escaped(struct buf *b, struct slice words, int levels)
{
    for (size_t i = 0; i < words.n; i++) {
        bool quote = words.p[i] == '"' || words.p[i] == '\\';
        for (int k = 0; quote && k < (1 << levels) - 1; k++)
            buf_byte(b, 0x5c);
        buf_byte(b, words.p[i]);
    }
    buf_byte(b, 0);
}

/* Every row of the catalogue reports its error, however the program wraps it. */
static void test_every_row(void **state)
{
    (void)state;
    struct signatures *s = make("");
    struct scanner *sc = scanner_new(s);
    size_t wrong = 0, rows = sizeof samples / sizeof *samples;
    assert_int_equal(rows, signatures_count(s));
    for (size_t i = 0; i < rows; i++) {
        assert_string_equal(samples[i].row, signatures_get(s, i)->name);
        for (size_t w = 0; w < sizeof wrappers / sizeof *wrappers; w++) {
            char text[TEXT_MAX];
            struct buf words;
            buf_init(&words, TEXT_MAX);
            put_escaped(&words, slice_str(samples[i].words), wrappers[w].escape);
            snprintf(text, sizeof text, "%s%s%s", wrappers[w].before, words.p, wrappers[w].after);
            buf_done(&words);
            if (reports(s, sc, text, wrappers[w].level, samples[i].row))
                continue;
            wrong++;
            print_message("%s does not count in: %s\n", samples[i].row, text);
        }
        wrong += reports(s, sc, samples[i].words, LEVEL_DEBUG, samples[i].row);
    }
    assert_int_equal(wrong, 0);
    scanner_free(sc);
    signatures_free(s);
}

/* One error gives one hit, at the words. */
static void test_one_hit(void **state)
{
    (void)state;
    struct signatures *s = make("");
    struct scanner *sc = scanner_new(s);
    struct signature_hit hits[HITS_MAX];
    struct slice text =
        SLICE("Error: Too many connections\n    at x {\n  code: 'ER_CON_COUNT_ERROR',\n  errno: 1040\n}");
    assert_int_equal(scanner_find(sc, text, LEVEL_ERROR, hits, HITS_MAX), 1);
    assert_int_equal(hits[0].offset, 7);
    assert_int_equal(hits[0].length, 20);
    text = SLICE("SequelizeConnectionError: sorry, too many clients already");
    assert_int_equal(scanner_find(sc, text, LEVEL_ERROR, hits, HITS_MAX), 1);
    assert_int_equal(hits[0].signature, index_of(s, "postgres-too-many-clients"));
    /* The decoy first: a later place counts. */
    text = SLICE("title: \"Too many connections\"\nError: Too many connections");
    assert_int_equal(scanner_find(sc, text, LEVEL_ERROR, hits, HITS_MAX), 1);
    assert_int_equal(hits[0].offset, 37);
    /* Room for none. */
    assert_int_equal(scanner_find(sc, text, LEVEL_ERROR, hits, 0), 0);
    assert_int_equal(scanner_find(sc, text, LEVEL_ERROR, hits, 1), 1);
    assert_int_equal(scanner_find(sc, SLICE(""), LEVEL_NONE, hits, HITS_MAX), 0);
    scanner_free(sc);
    signatures_free(s);
}

/* ---- the user's rows ---- */

static void test_user_rows(void **state)
{
    (void)state;
    struct signatures *s = make(
        "\xef\xbb\xbf# comment\n\nacme-quota\tQuota of tenant\tquota of tenant (\\d+)\tSRV\tacme\tAsk.\r\n"
        "acme-plain\tboom box\t\tNET\tacme\t\n"
        "acme-short\tboomerang\t\tCFG\tacme"); /* the last tab was dropped */
    struct scanner *sc = scanner_new(s);
    size_t i = index_of(s, "acme-quota");
    assert_int_equal(i, sizeof samples / sizeof *samples); /* behind the catalogue, in the file's order */
    assert_string_equal(signatures_get(s, i)->fix, "Ask.");
    assert_true(signatures_get(s, i)->user);
    assert_int_equal(signatures_get(s, i + 1)->class, SIGNATURE_NET);
    assert_null(signatures_get(s, i + 1)->pattern);
    /* Taken at its word, in prose and at INFO; with its pattern; not at DEBUG. */
    assert_true(reports(s, sc, "we hit the QUOTA of tenant 12 today", LEVEL_INFO, "acme-quota"));
    assert_false(reports(s, sc, "the quota of tenant x", LEVEL_INFO, "acme-quota"));
    assert_true(reports(s, sc, "a Boom Box", LEVEL_NONE, "acme-plain"));
    assert_false(reports(s, sc, "a boom box", LEVEL_DEBUG, "acme-plain"));
    assert_false(reports(s, sc, "[DEBUG] a boom box", LEVEL_NONE, "acme-plain"));
    assert_false(reports(s, sc, "{\"level\":\"trace\",\"m\":\"a boom box\"}", LEVEL_NONE, "acme-plain"));
    scanner_free(sc);
    signatures_free(s);
}

static void test_user_errors(void **state)
{
    (void)state;
    static const struct {
        const char *file, *message;
    } bad[] = {
        {"a b c\n", "signatures file, line 1 has 1 columns; write 6, with a tab between two: name, literal, "
                    "pattern (may be empty), class, engine, fix (may be empty)"},
        {"#\nA-b\tliteral\t\tSRV\tx\t\n",
         "signatures file, line 2, column 1 (name): use only a to z, 0 to 9 and -"},
        {"\tliteral\t\tSRV\tx\t\n",
         "signatures file, line 1, column 1 (name) is 0 bytes long; write 1 to 64"},
        {"net-epipe\tliteral\t\tSRV\tx\t\n",
         "signatures file, line 1, column 1 (name): the name is taken; choose another"},
        {"a\tlite\t\tSRV\tx\t\n",
         "signatures file, line 1, column 2 (literal) is 4 bytes long; write 5 to 200"},
        {"a\tliteral\t(a\tSRV\tx\t\n",
         "signatures file, line 1, column 3 (pattern): missing closing parenthesis at byte 2 of the pattern"},
        {"a\tliteral\t\tDB\tx\t\n",
         "signatures file, line 1, column 4 (class): write one of SRV POOL OS THR NET MEM CRASH CFG"},
        {"a\tliteral\t\tSRV\tMy SQL\t\n",
         "signatures file, line 1, column 5 (engine): use only a to z, 0 to 9 and -"},
        {"a\tliteral\t\tSRV\tx\t\na\tliteral\t\tSRV\tx\t\n",
         "signatures file, line 2, column 1 (name): the name is taken; choose another"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = {0};
        assert_null(signatures_new(slice_str(bad[i].file), &e));
        assert_int_equal(e.code, ERR_USAGE);
        assert_string_equal(e.msg, bad[i].message);
    }
    struct err e = {0};
    assert_null(signatures_new(SLICE("a\tlit\0ral\t\tSRV\tx\t\n"), &e));
    assert_string_equal(
        e.msg, "signatures file, line 1, column 2 (literal): holds a NUL byte; the file must be UTF-8 text");
    signatures_free(NULL);
    scanner_free(NULL);
}

static void test_user_limit(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < SIGNATURE_USER_ROWS_MAX; i++)
        buf_printf(&b, "row-%d\tliteral %d\t\tNET\tx\t\n", i, i);
    struct signatures *s = signatures_new(buf_slice(&b), NULL);
    assert_non_null(s);
    signatures_free(s);
    buf_printf(&b, "one-more\tliteral\t\tNET\tx\t\n");
    struct err e = {0};
    assert_null(signatures_new(buf_slice(&b), &e));
    assert_string_equal(e.msg, "signatures file, line 1001: more than 1000 rows; remove some");
    buf_done(&b);
}

/* ---- finding: the table of tails at first, libhs behind 8 MiB ---- */

struct places {
    VEC(uint64_t) v; /* end offset and row in one number */
    size_t last;
    bool ordered;
};

static void note_place(void *ctx, size_t end_offset, uint16_t signature)
{
    struct places *p = ctx;
    p->ordered = p->ordered && end_offset >= p->last;
    p->last = end_offset;
    *vec_push(&p->v) = (uint64_t)end_offset << 16 | signature;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static struct places scan(struct scanner *sc, struct slice block)
{
    struct places p = {.ordered = true};
    scanner_scan_block(sc, block, note_place, &p);
    assert_true(p.ordered);
    vec_sort(&p.v, by_number);
    return p;
}

/* Feeds a scanner until it has changed to libhs. */
static void warm_up(struct scanner *sc)
{
    size_t n = (size_t)17 << 20;
    char *blanks = malloc(n);
    memset(blanks, ' ', n);
    struct places p = scan(sc, slice_of(blanks, n));
    assert_int_equal(p.v.n, 0);
    free(blanks);
}

static void test_both_ways_agree(void **state)
{
    (void)state;
    struct signatures *s = make("acme-a\tquota of tenant\t\tSRV\tacme\t\nacme-b\t\xc3\x9c"
                                "berlast im Netz\t\tNET\tacme\t\n");
    struct scanner *first = scanner_new(s), *later = scanner_new(s);
    struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < signatures_count(s); i++) {
        buf_printf(&b, "%zu %s|", i, signatures_get(s, i)->literal);
        for (const char *c = signatures_get(s, i)->literal; *c; c++) /* the other case */
            buf_byte(&b, (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c >= 'A' && *c <= 'Z' ? *c + 32 : *c));
        buf_append(&b, SLICE("\0\xff\n"));
    }
    warm_up(later);
    struct places x = scan(first, buf_slice(&b)), y = scan(later, buf_slice(&b));
    assert_true(x.v.n > signatures_count(s));
    assert_int_equal(x.v.n, y.v.n);
    assert_memory_equal(x.v.v, y.v.v, x.v.n * sizeof *x.v.v);
    vec_done(&x.v);
    vec_done(&y.v);
    buf_done(&b);
    scanner_free(first);
    scanner_free(later);
    signatures_free(s);
}

static void test_block(void **state)
{
    (void)state;
    struct signatures *s = make("");
    struct scanner *sc = scanner_new(s);
    struct slice block = SLICE("a\nError: socket hang up\nb\nNJS-040: x");
    struct places p = scan(sc, block);
    assert_int_equal(p.v.n, 2);
    assert_int_equal(p.v.v[0] >> 16, 23);
    assert_int_equal(p.v.v[0] & UINT16_MAX, index_of(s, "net-socket-hang-up"));
    assert_int_equal(p.v.v[1] >> 16, 35);
    struct signature_hit hit;
    uint16_t row = (uint16_t)index_of(s, "net-socket-hang-up");
    assert_true(scanner_confirm(sc, row, SLICE("Error: socket hang up"), LEVEL_NONE, &hit));
    assert_int_equal(hit.offset, 7);
    assert_int_equal(hit.length, 14);
    assert_int_equal(hit.signature, row);
    assert_false(scanner_confirm(sc, row, SLICE("no such words"), LEVEL_ERROR, &hit));
    vec_done(&p.v);
    scanner_free(sc);
    signatures_free(s);
}

/* ---- hostile input ---- */

static void test_hostile_bytes(void **state)
{
    (void)state;
    struct signatures *s = make("");
    struct scanner *sc = scanner_new(s);
    struct signature_hit hits[HITS_MAX];
    struct slice text = SLICE("\0\xff\xfe\0Error: Too many connections\0\x80");
    (void)scanner_find(sc, text, LEVEL_NONE, hits, HITS_MAX);
    text = SLICE("\xff\xc3(\n\0Error: \xed\xa0\x80\nError: Too many connections\0\0");
    assert_int_equal(scanner_find(sc, text, LEVEL_ERROR, hits, HITS_MAX), 1);
    /* All lengths, so that a read behind the end shows under a sanitizer. */
    struct slice whole =
        SLICE("\\\"'`Error: (1040, \"Too many connections\", code: 'ECONNRESET' read ECONNRESET\xe2\x80");
    for (size_t n = 0; n <= whole.n; n++) {
        char *copy = malloc(n ? n : 1);
        memcpy(copy, whole.p, n);
        (void)scanner_find(sc, slice_of(copy, n), LEVEL_NONE, hits, HITS_MAX);
        free(copy);
    }
    scanner_free(sc);
    signatures_free(s);
}

static struct buf repeat(const char *unit, size_t bytes, const char *end)
{
    struct buf b;
    buf_init(&b, 0);
    while (b.n < bytes)
        buf_append(&b, slice_str(unit));
    buf_append(&b, slice_str(end));
    return b;
}

static void test_long_lines(void **state)
{
    (void)state;
    static const char *const units[] = {
        "x",
        "\"",
        "\\",
        "'Too many connections' ",
        "{\"Records\":[",
        "}",
        "[",
        "\n- Too many connections",
        "Too many connections: 0, ",
        "error: ",
        "1040 (",
        "Get \"http://",
        "dial tcp ",
        "retry: \n- ",
        "a.",
        "ER_CON_COUNT_ERROR ",
    };
    struct signatures *s = make("user-slow\ttoo many connections\t(x+x+)+y\tNET\tx\t\nuser-nest\ttoo "
                                "many\t(\\w+\\s?)+$!\tNET\tx\t\n");
    struct scanner *sc = scanner_new(s);
    struct signature_hit hits[HITS_MAX];
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        struct buf b = repeat(units[i], 1 << 20, "\nError: Too many connections");
        (void)scanner_find(sc, buf_slice(&b), LEVEL_ERROR, hits, HITS_MAX);
        buf_done(&b);
    }
    struct buf b = repeat("x", 1 << 20, "\nError: Too many connections");
    assert_true(scanner_find(sc, buf_slice(&b), LEVEL_ERROR, hits, HITS_MAX) == 1);
    buf_done(&b);
    scanner_free(sc);
    signatures_free(s);
}

/* ---- real lines ---- */

static bool load(const char *name, struct buf *ret)
{
    char path[1000];
    const char *shared = getenv("SHARED");
    snprintf(path, sizeof path, "%s/real/issues/%s", shared ? shared : "../shared", name);
    FILE *f = fopen(path, "rb");
    buf_init(ret, 1 << 20);
    if (!f)
        return false;
    for (int c; (c = fgetc(f)) != EOF;)
        buf_byte(ret, (char)c);
    fclose(f);
    return true;
}

/* The pasted lines, behind the four lines of the headerand `skip` more. */
static struct slice pasted(const struct buf *b, int skip)
{
    struct slice text = buf_slice(b);
    for (int i = 0; i < 4 + skip; i++)
        (void)slice_cut(&text, '\n');
    return text;
}

static size_t limit_errors(const struct signatures *s, struct scanner *sc, struct slice text)
{
    struct signature_hit hits[HITS_MAX];
    size_t n = scanner_find(sc, text, LEVEL_NONE, hits, HITS_MAX), limits = 0;
    for (size_t i = 0; i < n; i++)
        limits += signatures_get(s, hits[i].signature)->class <= SIGNATURE_POOL;
    return limits;
}

/* The truth is the one of real/SOURCES.md. */
static void test_real(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        bool by_line; /* else all lines are one message */
        int skip;     /* lines of the platform before it */
        size_t truth;
    } real[] = {
        {"mysql2-1915.txt", false, 1, 1},        {"poduptime-20.txt", false, 0, 1},
        {"texera-3525.txt", true, 0, 2},         {"mariadb-nodejs-43.txt", true, 0, 1},
        {"serverless-mysql-93.txt", true, 0, 0}, {"serverless-mysql-93.txt", false, 0, 0},
    };
    struct signatures *s = make("");
    struct scanner *sc = scanner_new(s);
    for (size_t i = 0; i < sizeof real / sizeof *real; i++) {
        struct buf b;
        if (!load(real[i].file, &b)) {
            print_message("SKIPPED: %s is absent; set SHARED to the folder with real data\n", real[i].file);
            buf_done(&b);
            continue;
        }
        struct slice text = pasted(&b, real[i].skip);
        size_t found = 0;
        while (text.n) {
            struct slice message = real[i].by_line ? slice_cut(&text, '\n') : text;
            found += limit_errors(s, sc, message);
            if (!real[i].by_line)
                break;
        }
        if (found != real[i].truth)
            print_message("%s: %zu, truth %zu\n", real[i].file, found, real[i].truth);
        assert_int_equal(found, real[i].truth);
        buf_done(&b);
    }
    scanner_free(sc);
    signatures_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_sound), cmocka_unit_test(test_classes),
        cmocka_unit_test(test_every_row),  cmocka_unit_test(test_one_hit),
        cmocka_unit_test(test_user_rows),  cmocka_unit_test(test_user_errors),
        cmocka_unit_test(test_user_limit), cmocka_unit_test(test_both_ways_agree),
        cmocka_unit_test(test_block),      cmocka_unit_test(test_hostile_bytes),
        cmocka_unit_test(test_long_lines), cmocka_unit_test(test_real),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
