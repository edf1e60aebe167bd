/* Command-line options from one table. */
#include "base/options.h"

#include <stdio.h>

static const struct option_spec *by_name(const struct option_spec *specs, size_t n, struct slice name)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(slice_str(specs[i].name), name))
            return &specs[i];
    return NULL;
}

static const struct option_spec *by_letter(const struct option_spec *specs, size_t n, char letter)
{
    for (size_t i = 0; i < n; i++)
        if (specs[i].letter && specs[i].letter == letter)
            return &specs[i];
    return NULL;
}

/* Letters that two words share at the front and at the end: enough for a helpful guess. */
static size_t likeness(struct slice a, struct slice b)
{
    size_t front = 0, back = 0;
    while (front < a.n && front < b.n && a.p[front] == b.p[front])
        front++;
    while (back + front < a.n && back + front < b.n && a.p[a.n - 1 - back] == b.p[b.n - 1 - back])
        back++;
    return front + back;
}

static bool unknown(const struct option_spec *specs, size_t n, struct slice name, struct err *e)
{
    const struct option_spec *best = NULL;
    size_t best_score = 2;
    for (size_t i = 0; i < n; i++) {
        size_t score = likeness(slice_str(specs[i].name), name);
        if (score > best_score) {
            best_score = score;
            best = &specs[i];
        }
    }
    if (best)
        return err_set(e, ERR_USAGE, "there is no option --%.*s; did you mean --%s?",
                       SLICE_ARG(slice_head(name, 64)), best->name);
    return err_set(e, ERR_USAGE, "there is no option --%.*s; see --help", SLICE_ARG(slice_head(name, 64)));
}

struct walk {
    int argc, at;
    char **argv;
    const struct option_spec *specs;
    size_t n;
    bool (*take)(void *ctx, int id, const char *value, struct err *e);
    void *ctx;
};

/* The value may stand in the same word or in the next. */
static bool give(struct walk *w, const struct option_spec *spec, const char *attached, struct err *e)
{
    if (!spec->value)
        return attached ? err_set(e, ERR_USAGE, "--%s takes no value", spec->name)
                        : w->take(w->ctx, spec->id, NULL, e);
    if (!attached && w->at + 1 < w->argc)
        attached = w->argv[++w->at];
    if (!attached)
        return err_set(e, ERR_USAGE, "--%s needs a value: --%s %s", spec->name, spec->name, spec->value);
    return w->take(w->ctx, spec->id, attached, e);
}

static bool take_long(struct walk *w, const char *word, struct err *e)
{
    struct slice rest = slice_str(word + 2), name = slice_cut(&rest, '=');
    const struct option_spec *spec = by_name(w->specs, w->n, name);
    if (!spec)
        return unknown(w->specs, w->n, name, e);
    return give(w, spec, word[2 + name.n] == '=' ? word + 3 + name.n : NULL, e);
}

static bool take_letter(struct walk *w, const char *word, struct err *e)
{
    const struct option_spec *spec = by_letter(w->specs, w->n, word[1]);
    if (!spec)
        return err_set(e, ERR_USAGE, "there is no option -%c; see --help", word[1]);
    return give(w, spec, word[2] ? word + 2 : NULL, e);
}

bool options_parse(int argc, char **argv, const struct option_spec *specs, size_t n,
                   bool (*take)(void *ctx, int id, const char *value, struct err *e), void *ctx,
                   struct err *e)
{
    struct walk w = {argc, 1, argv, specs, n, take, ctx};
    bool options = true;
    for (; w.at < argc; w.at++) {
        const char *word = argv[w.at];
        bool ok;
        if (options && strcmp(word, "--") == 0) {
            options = false;
            continue;
        }
        if (options && word[0] == '-' && word[1] == '-')
            ok = take_long(&w, word, e);
        else if (options && word[0] == '-' && word[1])
            ok = take_letter(&w, word, e);
        else
            ok = take(ctx, 0, word, e);
        if (!ok)
            return false;
    }
    return true;
}

size_t options_help(const struct option_spec *spec, char *ret, size_t size)
{
    char left[48];
    char letter[8] = "    ";
    if (spec->letter)
        snprintf(letter, sizeof letter, "-%c, ", spec->letter);
    snprintf(left, sizeof left, "%s--%s%s%s", letter, spec->name, spec->value ? " " : "",
             spec->value ? spec->value : "");
    int n = snprintf(ret, size, "  %-30s %s\n", left, spec->doc);
    return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}
