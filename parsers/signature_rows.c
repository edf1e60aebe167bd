/* The rows of the signatures: the catalogue, then the user's file (--signatures). Place in the flow: read
 * once by signatures_new. One row a line, with a tab between two columns: acme-quota<TAB>quota of
 * tenant<TAB>quota of tenant \d+ is used up<TAB>SRV<TAB>acme<TAB>Ask for more. */
#include "parsers/signature_table.h"

enum column { COLUMN_NAME, COLUMN_LITERAL, COLUMN_PATTERN, COLUMN_CLASS, COLUMN_ENGINE, COLUMN_FIX, COLUMNS };

static const struct {
    const char *name;
    size_t min, max;
} columns[COLUMNS] = {
    [COLUMN_NAME] = {"name", 1, SIGNATURE_NAME_MAX},
    [COLUMN_LITERAL] = {"literal", SIGNATURE_LITERAL_MIN, SIGNATURE_LITERAL_MAX},
    [COLUMN_PATTERN] = {"pattern", 0, SIGNATURE_PATTERN_MAX},
    [COLUMN_CLASS] = {"class", 1, SIGNATURE_NAME_MAX},
    [COLUMN_ENGINE] = {"engine", 1, SIGNATURE_ENGINE_MAX},
    [COLUMN_FIX] = {"fix", 0, SIGNATURE_FIX_MAX},
};

/* Where a row stands, for the messages. */
struct row_place {
    size_t line;
    struct err *e;
};

static bool column_fail(const struct row_place *at, enum column column, const char *what)
{
    return err_set(at->e, ERR_USAGE, "signatures file, line %zu, column %d (%s): %s", at->line, column + 1,
                   columns[column].name, what);
}

static bool is_kebab(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '-')
            return false;
    return true;
}

static bool split_row(struct slice line, const struct row_place *at, struct slice ret[COLUMNS])
{
    size_t n = 1;
    for (size_t i = 0; i < line.n; i++)
        n += line.p[i] == '\t';
    if (n != COLUMNS && n != COLUMNS - 1) /* editors drop the tab before an empty fix */
        return err_set(at->e, ERR_USAGE,
                       "signatures file, line %zu has %zu columns; write 6, with a tab between two: name, "
                       "literal, pattern "
                       "(may be empty), class, engine, fix (may be empty)",
                       at->line, n);
    for (size_t i = 0; i < COLUMNS; i++)
        ret[i] = slice_cut(&line, '\t');
    return true;
}

static bool check_lengths(const struct slice cells[COLUMNS], const struct row_place *at)
{
    for (enum column c = 0; c < COLUMNS; c++) {
        if (cells[c].n < columns[c].min || cells[c].n > columns[c].max)
            return err_set(at->e, ERR_USAGE,
                           "signatures file, line %zu, column %d (%s) is %zu bytes long; write %zu to %zu",
                           at->line, c + 1, columns[c].name, cells[c].n, columns[c].min, columns[c].max);
        if (cells[c].n && memchr(cells[c].p, '\0', cells[c].n))
            return column_fail(at, c, "holds a NUL byte; the file must be UTF-8 text");
    }
    return true;
}

static bool parse_class(struct slice cell, enum signature_class *ret)
{
    for (enum signature_class c = 0; c < SIGNATURE_CLASSES; c++) {
        if (slice_eq(cell, slice_str(signature_class_name(c)))) {
            *ret = c;
            return true;
        }
    }
    return false;
}

static bool name_taken(const struct signature_rows *s, struct slice name)
{
    for (size_t i = 0; i < s->list.n; i++)
        if (slice_eq(name, slice_str(s->list.v[i].name)))
            return true;
    return false;
}

static bool check_cells(const struct signature_rows *s, const struct slice cells[COLUMNS],
                        const struct row_place *at, enum signature_class *ret_class)
{
    if (!is_kebab(cells[COLUMN_NAME]))
        return column_fail(at, COLUMN_NAME, "use only a to z, 0 to 9 and -");
    if (name_taken(s, cells[COLUMN_NAME]))
        return column_fail(at, COLUMN_NAME, "the name is taken; choose another");
    if (!parse_class(cells[COLUMN_CLASS], ret_class))
        return column_fail(at, COLUMN_CLASS, "write one of SRV POOL OS THR NET MEM CRASH CFG");
    if (!is_kebab(cells[COLUMN_ENGINE]))
        return column_fail(at, COLUMN_ENGINE, "use only a to z, 0 to 9 and -");
    return true;
}

/* The compiled pattern; NULL for an empty one. */
static bool compile_cell(struct slice cell, const struct row_place *at, pcre2_code **ret)
{
    struct err e = {0};
    char pattern[SIGNATURE_PATTERN_MAX + 1] = {0};
    *ret = NULL;
    if (cell.n == 0)
        return true;
    memcpy(pattern, cell.p, cell.n);
    *ret = pattern_compile(pattern, PATTERN_CASELESS, &e);
    return *ret || column_fail(at, COLUMN_PATTERN, e.msg);
}

static bool add_row(struct signature_rows *s, struct slice line, const struct row_place *at)
{
    struct slice cells[COLUMNS];
    enum signature_class class = SIGNATURE_CLASSES;
    pcre2_code *code;
    if (s->list.n == signature_table_rows + SIGNATURE_USER_ROWS_MAX)
        return err_set(at->e, ERR_USAGE, "signatures file, line %zu: more than %d rows; remove some",
                       at->line, SIGNATURE_USER_ROWS_MAX);
    if (!split_row(line, at, cells) || !check_lengths(cells, at) || !check_cells(s, cells, at, &class) ||
        !compile_cell(cells[COLUMN_PATTERN], at, &code))
        return false;
    const char *text[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++)
        text[i] = arena_copy(&s->strings, cells[i]).p;
    *vec_push(&s->codes) = code;
    *vec_push(&s->list) = (struct signature){
        .name = text[COLUMN_NAME],
        .literal = text[COLUMN_LITERAL],
        .pattern = code ? text[COLUMN_PATTERN] : NULL,
        .class = class,
        .engine = text[COLUMN_ENGINE],
        .fix = text[COLUMN_FIX],
        .caseless = true,
        .user = true,
    };
    return true;
}

static bool add_user_rows(struct signature_rows *s, struct slice text, struct err *e)
{
    struct row_place at = {.e = e};
    if (slice_starts(text, SLICE("\xef\xbb\xbf"))) /* Windows editors begin with a byte order mark */
        text = slice_skip(text, 3);
    while (text.n) {
        struct slice line = slice_cut(&text, '\n');
        at.line++;
        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        if (slice_trim(line).n && *line.p != '#' && !add_row(s, line, &at))
            return false;
    }
    return true;
}

bool signature_rows_init(struct signature_rows *s, struct slice user_file_text, struct err *e)
{
    *s = (struct signature_rows){0};
    arena_init(&s->strings);
    for (size_t i = 0; i < signature_table_rows; i++) {
        *vec_push(&s->list) = signature_table[i];
        *vec_push(&s->codes) = NULL;
    }
    return add_user_rows(s, user_file_text, e);
}

void signature_rows_done(struct signature_rows *s)
{
    for (size_t i = 0; i < s->codes.n; i++)
        pcre2_code_free(s->codes.v[i]);
    arena_done(&s->strings);
    vec_done(&s->codes);
    vec_done(&s->list);
}
