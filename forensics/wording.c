/* Lines made alike. */
#include "forensics/wording.h"

#include "base/text.h"

static bool is_word(char c)
{
    return text_is_alnum(c) || c == '_' || c == '-' || c == '.' || (unsigned char)c >= 0x80;
}

/* A run of word bytes: an id when it mixes many digits with letters, a number when it is one, else a word. */
static struct slice placeholder(struct slice word)
{
    size_t digits = 0, dots = 0, letters = 0, hex = 0;
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        digits += text_is_digit(c);
        dots += c == '.';
        letters += text_is_letter(c);
        hex += text_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-';
    }
    if (digits == 0)
        return word;
    if (letters == 0 && dots == 3)
        return SLICE("<ip>");
    if (word.n >= 16 && hex == word.n)
        return SLICE("<id>");
    if (letters == 0 || (letters <= 2 && text_is_digit(*word.p)))
        return SLICE("<n>");
    return word.n >= 12 && digits * 3 >= word.n ? SLICE("<id>") : word;
}

struct out {
    char *p;
    size_t n;
};

static void put(struct out *o, struct slice s)
{
    size_t room = WORDING_MAX - o->n;
    size_t n = s.n < room ? s.n : room;
    memcpy(o->p + o->n, s.p, n);
    o->n += n;
}

/* Letters keep their numbers apart: order-17 becomes order-<n>. */
static void put_word(struct out *o, struct slice word)
{
    struct slice whole = placeholder(word);
    if (whole.p != word.p) {
        put(o, whole);
        return;
    }
    while (word.n) {
        size_t n = 0;
        while (n < word.n && text_is_digit(word.p[n]))
            n++;
        if (n) {
            put(o, SLICE("<n>"));
        } else {
            while (n < word.n && !text_is_digit(word.p[n]))
                n++;
            put(o, slice_head(word, n));
        }
        word = slice_skip(word, n);
    }
}

/* Without a character that the cut has torn. */
static size_t whole_characters(const char *p, size_t n)
{
    size_t begin = n;
    while (begin > 0 && n - begin < 4 && ((unsigned char)p[begin - 1] & 0xc0) == 0x80)
        begin--;
    if (begin == 0 || (unsigned char)p[begin - 1] < 0xc0)
        return n;
    unsigned char lead = (unsigned char)p[begin - 1];
    size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    return n - (begin - 1) < length ? begin - 1 : n;
}

size_t wording_of(struct slice text, char ret[WORDING_MAX])
{
    struct out o = {ret, 0};
    struct slice line = {"", 0};
    int64_t time;
    text = slice_trim(text);
    (void)text_line(&text, &line);
    line = slice_head(slice_trim(line), (size_t)4 * WORDING_MAX);
    while (line.n && o.n < WORDING_MAX) {
        struct slice rest = line;
        if (text_is_digit(*line.p) && text_time(&rest, &time)) {
            put(&o, SLICE("<time>"));
            line = rest;
            continue;
        }
        size_t n = 0;
        while (n < line.n && is_word(line.p[n]))
            n++;
        if (n)
            put_word(&o, slice_head(line, n));
        else
            put(&o, slice_head(line, n = 1));
        line = slice_skip(line, n);
    }
    return o.n == WORDING_MAX ? whole_characters(ret, o.n) : o.n;
}

struct slice wording_head(struct slice text)
{
    struct slice line = {"", 0};
    text = slice_trim(text);
    (void)text_line(&text, &line);
    line = slice_trim(line);
    return line.n > WORDING_MAX ? slice_head(line, whole_characters(line.p, WORDING_MAX)) : line;
}
