/* One escape function for each place where text from evidence may go. */
#include "reports/escape.h"

#include "base/jsonw.h"
#include "base/text.h"

#include <stdint.h>

static uint32_t decode(const char *p, size_t len)
{
    const unsigned char *u = (const unsigned char *)p;
    if (len == 1)
        return u[0];
    if (len == 2)
        return (uint32_t)(u[0] & 31) << 6 | (u[1] & 63);
    if (len == 3)
        return (uint32_t)(u[0] & 15) << 12 | (uint32_t)(u[1] & 63) << 6 | (u[2] & 63);
    return (uint32_t)(u[0] & 7) << 18 | (uint32_t)(u[1] & 63) << 12 | (uint32_t)(u[2] & 63) << 6 |
           (u[3] & 63);
}

/* Characters that reorder, hide or break what stands around them: bidi controls, zero-width, separators, BOM,
 * C1 controls, tags. */
static bool is_hidden(uint32_t c)
{
    return (c >= 0x80 && c < 0xa0) || c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f) || c == 0x180e;
}

/* Takes one character from *s. True when it may stand as it is; else what stands for it goes to `out`. */
static bool take_plain(struct buf *out, struct slice *s, struct slice *ret)
{
    size_t len = utf8_length(s->p, s->n);
    unsigned char c = (unsigned char)*s->p;
    *ret = slice_head(*s, len ? len : 1);
    *s = slice_skip(*s, ret->n);
    if (len == 0) {
        buf_printf(out, "\\x%02x", c);
        return false;
    }
    uint32_t code = decode(ret->p, len);
    if (len == 1 && (c < 0x20 || c == 0x7f)) {
        if (c == '\n')
            buf_append(out, SLICE("\\n"));
        else if (c == '\t')
            buf_append(out, SLICE("\\t"));
        else if (c == '\r')
            buf_append(out, SLICE("\\r"));
        else
            buf_printf(out, "\\x%02x", c);
        return false;
    }
    if (len > 1 && is_hidden(code)) {
        buf_printf(out, "\\u{%x}", code);
        return false;
    }
    return true;
}

void escape_terminal(struct buf *out, struct slice s)
{
    struct slice c;
    while (s.n)
        if (take_plain(out, &s, &c))
            buf_append(out, c);
}

static bool is_alnum(char c)
{
    return text_is_alnum(c) || (unsigned char)c >= 0x80;
}

/* `:tada:` and `http:` but not the colons of a clock or of nodejs:20. */
static bool colon_acts(struct slice s, size_t at)
{
    size_t n = 1;
    if (at + 1 < s.n && s.p[at + 1] == '/')
        return true;
    while (at + n < s.n && (is_alnum(s.p[at + n]) || memchr("_+-", s.p[at + n], 3)))
        n++;
    bool clock = n == 3 && s.p[at + 1] >= '0' && s.p[at + 1] <= '9';
    return n > 1 && at + n < s.n && s.p[at + n] == ':' && !clock;
}

/* `1.` and `1)` begin a list only at the start of a line. */
static bool numbers_list(struct slice s, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return at > 0;
}

/* Would CommonMark, GitHub or HTML read the byte as markup where it stands? What is put between may begin a
 * line. */
static bool acts(struct slice s, size_t at)
{
    char c = s.p[at], before = at ? s.p[at - 1] : ' ', after = at + 1 < s.n ? s.p[at + 1] : ' ';
    switch (c) {
    case '&':
    case '<':
    case '>':
    case '|':
    case '*':
    case '`':
    case '[':
    case ']':
    case '\\':
    case '@':
    case '$':
    case '~': return true;
    case '_': return !(is_alnum(before) && is_alnum(after));
    case '#': return at == 0 || after != ' ';
    case ':': return colon_acts(s, at);
    case '-':
    case '+':
    case '=': return at == 0;
    case '.':
    case ')': return after == ' ' && numbers_list(s, at);
    default: return false;
    }
}

/* @name, #12 and GH-12: GitHub looks for them in the page, where references have become characters again. What
 * dependabot and renovate do stops it: a space without width before the name or number. */
static bool refers(struct slice s, size_t at)
{
    char c = s.p[at], after = at + 1 < s.n ? s.p[at + 1] : ' ';
    bool digit = after >= '0' && after <= '9';
    if (c == '-')
        return digit && at >= 2 && slice_eq_nocase(slice_of(s.p + at - 2, 2), SLICE("gh"));
    return (c == '@' && is_alnum(after)) || (c == '#' && digit);
}

/* As character references: they hold in tables, where a backslash would not keep a bar. A bare www. or an
 * address is linked by GitHub: its first dot goes. */
void escape_markdown(struct buf *out, struct slice s)
{
    struct buf shown;
    buf_init(&shown, 0);
    escape_terminal(&shown, s);
    struct slice text = buf_slice(&shown);
    for (size_t i = 0; i < text.n; i++) {
        bool www = text.p[i] == '.' && i >= 3 && slice_eq_nocase(slice_of(text.p + i - 3, 3), SLICE("www"));
        if (www || acts(text, i))
            buf_printf(out, "&#%d;", text.p[i]);
        else
            buf_byte(out, text.p[i]);
        if (refers(text, i))
            buf_append(out, SLICE("&#8203;"));
    }
    buf_done(&shown);
}

/* Inside a code span nothing is markup but the backticks; in a table the bar must be escaped even there. */
void escape_code(struct buf *out, struct slice s)
{
    struct slice c;
    if (s.n == 0)
        return;
    struct buf shown;
    buf_init(&shown, 0);
    while (s.n)
        if (take_plain(&shown, &s, &c))
            buf_append(&shown, c);
    size_t run = 0, longest = 0;
    for (size_t i = 0; i < shown.n; i++) {
        run = shown.p[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    for (size_t i = 0; i <= longest; i++)
        buf_byte(out, '`');
    bool pad = shown.p[0] == '`' || shown.p[shown.n - 1] == '`' || shown.p[0] == ' ';
    if (pad)
        buf_byte(out, ' ');
    for (size_t i = 0; i < shown.n; i++) {
        if (shown.p[i] == '|')
            buf_byte(out, '\\');
        buf_byte(out, shown.p[i]);
    }
    if (pad)
        buf_byte(out, ' ');
    for (size_t i = 0; i <= longest; i++)
        buf_byte(out, '`');
    buf_done(&shown);
}

void escape_mermaid(struct buf *out, struct slice s)
{
    struct slice c, plain;
    struct buf shown;
    buf_init(&shown, 0);
    escape_terminal(&shown, s);
    plain = buf_slice(&shown);
    for (; plain.n; plain = slice_skip(plain, 1)) {
        c = slice_head(plain, 1);
        if (memchr("\"#:;,<>[](){}|`\\%&$", *c.p, 19))
            buf_byte(out, ' ');
        else
            buf_append(out, c);
    }
    buf_done(&shown);
}

void escape_csv(struct buf *out, struct slice s)
{
    buf_byte(out, '"');
    if (s.n && memchr("=+-@", *s.p, 4))
        buf_byte(out, ' ');
    for (struct slice c; s.n;) {
        unsigned char first = (unsigned char)*s.p;
        if (first < 0x20 || first == 0x7f) {
            buf_printf(out, "\\u%04x", first);
            s = slice_skip(s, 1);
        } else if (take_plain(out, &s, &c)) {
            if (first == '"')
                buf_byte(out, '"');
            buf_append(out, c);
        }
    }
    buf_byte(out, '"');
}
