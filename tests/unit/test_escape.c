/* reports/escape.h: nothing dangerous comes out, whatever goes in: every byte, every pair of bytes, every
 * character that hides or reorders text, and a corpus of things that people put into logs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/jsonw.h"
#include "reports/escape.h"

typedef void escaper(struct buf *out, struct slice s);

static void expect(escaper *escape, struct slice s, const char *due)
{
    struct buf out;
    buf_init(&out, 0);
    escape(&out, s);
    if (!slice_eq(buf_slice(&out), slice_str(due)))
        fail_msg("%.*s becomes %.*s, not %s", SLICE_ARG(s), SLICE_ARG(buf_slice(&out)), due);
    buf_done(&out);
}

static void terminal(void **state)
{
    (void)state;
    expect(escape_terminal, SLICE("plain \xc3\xa9 \xf0\x9f\x98\x80"), "plain \xc3\xa9 \xf0\x9f\x98\x80");
    expect(escape_terminal, SLICE("a\nb\tc\rd"), "a\\nb\\tc\\rd");
    expect(escape_terminal, SLICE("\x1b[31mred\x1b[0m\x07\0\x7f"), "\\x1b[31mred\\x1b[0m\\x07\\x00\\x7f");
    expect(escape_terminal, SLICE("\xff\xc3"), "\\xff\\xc3");
    expect(escape_terminal,
           SLICE("\xc2\x9b"
                 "31m"),
           "\\u{9b}31m"); /* CSI in one character */
    expect(escape_terminal, SLICE("\xe2\x80\xae"), "\\u{202e}");
    expect(escape_terminal, SLICE(""), "");
}

static void markdown(void **state)
{
    (void)state;
    expect(escape_markdown, SLICE("plain, text."), "plain, text.");
    expect(escape_markdown, SLICE("<b>&amp;"), "&#60;b&#62;&#38;amp;");
    expect(escape_markdown, SLICE("a|b"), "a&#124;b");
    expect(escape_markdown, SLICE("@all"), "&#64;&#8203;all");
    expect(escape_markdown, SLICE("fixes #12, gh-12 and x@y"),
           "fixes &#35;&#8203;12, gh-&#8203;12 and x&#64;&#8203;y");
    expect(escape_markdown, SLICE("a @ b, eh-12, GH-x"), "a &#64; b, eh-12, GH-x");
    expect(escape_markdown, SLICE("# x\n"), "&#35; x&#92;n");
}

static void code(void **state)
{
    (void)state;
    expect(escape_code, SLICE(""), "");
    expect(escape_code, SLICE("a<b>*c*"), "`a<b>*c*`");
    expect(escape_code, SLICE("a`b"), "``a`b``");
    expect(escape_code, SLICE("`a``"), "``` `a`` ```");
    expect(escape_code, SLICE("a|b"), "`a\\|b`");
    expect(escape_code, SLICE("a\nb"), "`a\\nb`");
}

static void csv(void **state)
{
    (void)state;
    expect(escape_csv, SLICE(""), "\"\"");
    expect(escape_csv, SLICE("a,b"), "\"a,b\"");
    expect(escape_csv, SLICE("a\"b"), "\"a\"\"b\"");
    expect(escape_csv, SLICE("=1+1"), "\" =1+1\"");
    expect(escape_csv, SLICE("@x"), "\" @x\"");
    expect(escape_csv, SLICE("-1"), "\" -1\"");
    expect(escape_csv, SLICE("+1"), "\" +1\"");
    expect(escape_csv, SLICE("\t=1"), "\"\\u0009=1\"");
    expect(escape_csv, SLICE("$LATEST"), "\"$LATEST\"");
}

/* ---- properties ---- */

/* True when `out` holds no byte that a terminal obeys, no invalid UTF-8 and no hidden character. */
static bool harmless(struct slice out)
{
    while (out.n) {
        size_t n = utf8_length(out.p, out.n);
        unsigned char c = (unsigned char)*out.p;
        if (n == 0 || c < 0x20 || c == 0x7f)
            return false;
        if (n == 2 && c == 0xc2 && (unsigned char)out.p[1] < 0xa0)
            return false; /* C1 */
        if (n == 3 && (slice_starts(out, SLICE("\xe2\x80\xae")) || slice_starts(out, SLICE("\xe2\x80\x8b")) ||
                       slice_starts(out, SLICE("\xe2\x81\xa6")) || slice_starts(out, SLICE("\xef\xbb\xbf"))))
            return false;
        out = slice_skip(out, n);
    }
    return true;
}

/* Behind `at`: word bytes and a colon, as in :tada: */
static bool emoji(struct slice out, size_t at)
{
    size_t n = at + 1;
    while (n < out.n && (memchr("_+-", out.p[n], 3) || (out.p[n] >= 'a' && out.p[n] <= 'z')))
        n++;
    return n > at + 1 && n < out.n && out.p[n] == ':';
}

/* What always is markup stands in references &#NN; only; the rest may stand where it is harmless. */
static bool no_markup(struct slice out)
{
    for (size_t i = 0; i < out.n; i++) {
        struct slice rest = slice_skip(out, i);
        uint64_t c;
        if (text_literal(&rest, SLICE("&#"))) {
            if (!text_u64(&rest, &c) || !text_char(&rest, ';'))
                return false;
            bool word = rest.n && (*rest.p == 'x' || (*rest.p >= '0' && *rest.p <= '9'));
            if ((c == '@' || c == '#') && word && (c == '@' || *rest.p != 'x'))
                return false; /* GitHub would find a name or number */
            i = out.n - rest.n - 1;
            continue;
        }
        bool first = i == 0, last = i + 1 == out.n;
        if (memchr("&<>|*`[]\\@$~", *rest.p, 12) || (first && memchr("#-+=", *rest.p, 4)))
            return false;
        if ((*rest.p == '_' && (first || last)) || (*rest.p == '#' && !last && rest.p[1] != ' '))
            return false;
        if (slice_starts(rest, SLICE("://")) || slice_starts(rest, SLICE("www.")) ||
            (*rest.p == ':' && emoji(out, i)))
            return false;
    }
    return true;
}

/* A code span: n backticks, text without a run of n, n backticks; no bar but \|. */
static bool one_span(struct slice out)
{
    size_t ticks = 0, run = 0;
    while (ticks < out.n && out.p[ticks] == '`')
        ticks++;
    if (ticks == 0 || out.n < 2 * ticks + 1)
        return false;
    struct slice inner = slice_of(out.p + ticks, out.n - 2 * ticks);
    for (size_t i = 0; i < inner.n; i++) {
        run = inner.p[i] == '`' ? run + 1 : 0;
        if (run == ticks || (inner.p[i] == '|' && (i == 0 || inner.p[i - 1] != '\\')))
            return false;
    }
    for (size_t i = 0; i < ticks; i++)
        if (out.p[out.n - 1 - i] != '`')
            return false;
    return inner.p[0] != '`' && inner.p[inner.n - 1] != '`';
}

static bool no_mermaid(struct slice out)
{
    for (size_t i = 0; i < out.n; i++)
        if (memchr("\"#:;,<>[](){}|`\\%&$", out.p[i], 19))
            return false;
    return true;
}

/* One field: quotes round it, each inside doubled, and no formula. */
static bool one_field(struct slice out)
{
    if (out.n < 2 || out.p[0] != '"' || out.p[out.n - 1] != '"')
        return false;
    for (size_t i = 1; i + 1 < out.n; i++)
        if (out.p[i] == '"' && (i + 2 >= out.n || out.p[++i] != '"'))
            return false;
    return out.n == 2 || !memchr("=+-@\t\r", out.p[1], 6);
}

static void check_all(struct slice s)
{
    static const struct {
        const char *name;
        escaper *escape;
        bool (*safe)(struct slice out);
        bool raw; /* CSV is data: its bytes stay */
    } rows[] = {
        {"terminal", escape_terminal, harmless, false}, {"markdown", escape_markdown, no_markup, false},
        {"code", escape_code, one_span, false},         {"mermaid", escape_mermaid, no_mermaid, false},
        {"csv", escape_csv, one_field, true},
    };
    struct buf out;
    buf_init(&out, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&out);
        rows[i].escape(&out, s);
        if (!rows[i].safe(buf_slice(&out)) || (!rows[i].raw && !harmless(buf_slice(&out))))
            fail_msg("%s: %zu bytes, the first %02x %02x, come out as %.*s", rows[i].name, s.n,
                     s.n > 0 ? (unsigned char)s.p[0] : 0, s.n > 1 ? (unsigned char)s.p[1] : 0,
                     SLICE_ARG(buf_slice(&out)));
    }
    buf_done(&out);
}

static void all_bytes(void **state)
{
    (void)state;
    for (unsigned pair = 0; pair < 65536; pair++) {
        char bytes[5] = {(char)(pair >> 8), (char)(pair & 255), 'x', (char)(pair & 255), (char)(pair >> 8)};
        check_all(slice_of(bytes, 1));
        check_all(slice_of(bytes, 2));
        check_all(slice_of(bytes, 5));
    }
}

/* Pseudo-random runs out of the bytes that matter most. */
static void mixtures(void **state)
{
    static const char alphabet[] = "`|\\\"&<>[]()#*_\n\r\t\x1b\xc2\x9b\xe2\x80\xae\xff =+-@;:%{}$ax";
    uint32_t seed = 12345;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        char bytes[24];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        check_all(slice_of(bytes, 1 + (seed >> 8) % sizeof bytes));
    }
}

/* Every character that Unicode uses to hide, reorder or break text is written out as \u{…}. */
static void hidden(void **state)
{
    static const uint32_t ranges[][2] = {
        {0x80, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},     {0x180e, 0x180e},
        {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x2064},   {0x2066, 0x206f},
        {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0001, 0xe0001}, {0xe0020, 0xe007f},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        for (uint32_t c = ranges[i][0]; c <= ranges[i][1]; c++) {
            char bytes[4], due[16];
            size_t n = text_utf8_put(bytes, c);
            snprintf(due, sizeof due, "\\u{%x}", c);
            expect(escape_terminal, slice_of(bytes, n), due);
            check_all(slice_of(bytes, n));
        }
    }
}

static void corpus(void **state)
{
    static const char *const rows[] = {
        "<script>alert(1)</script>",
        "<img src=x onerror=y>",
        "[x](javascript:alert(1))",
        "![x](http://e/x.png)",
        "```\n# heading\n```",
        "| a | b |\n|---|---|",
        "@octocat fixes #1",
        "https://example.com www.example.com",
        "</details><details open>",
        "<!-- -->",
        "&lt;b&gt;",
        "\\`",
        "x\\",
        "\x1b]8;;http://e\x1b\\x\x1b]8;;\x1b\\",
        "\x1b]0;title\x07",
        "click A \"javascript:alert(1)\"",
        "A-->B",
        "end",
        "=HYPERLINK(\"http://e\")",
        "$\\alpha$",
        "``` mermaid\ngraph LR",
        "%%{init: {}}%%",
        "   ",
        " `",
        "|",
        "\\|",
        "\\",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_all(slice_str(rows[i]));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminal), cmocka_unit_test(markdown),  cmocka_unit_test(code),
        cmocka_unit_test(csv),      cmocka_unit_test(all_bytes), cmocka_unit_test(mixtures),
        cmocka_unit_test(hidden),   cmocka_unit_test(corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
