/* The pieces of the Markdown report. */
#include "reports/markdown.h"

#include "reports/escape.h"

void markdown_put(struct buf *out, const char *text)
{
    (void)buf_append(out, slice_str(text));
}

void markdown_text(struct buf *out, const char *text)
{
    escape_markdown(out, slice_str(text));
}

void markdown_code(struct buf *out, const char *text)
{
    escape_code(out, slice_str(text));
}

void markdown_clock(struct buf *out, int64_t time, bool with_date)
{
    char text[TEXT_TIME_SIZE];
    if (time == TIME_NONE)
        return;
    text_time_print(time, text);
    text[10] = ' ';
    (void)buf_append(out, with_date ? slice_of(text, 19) : slice_of(text + 11, 12));
}

/* Does the whole evidence lie on one UTC day? Then times need no date. */
static bool one_day(const struct report *r)
{
    enum { DAY_MS = 86400000 };
    return r->dossier->start != TIME_NONE && r->dossier->start / DAY_MS == r->dossier->end / DAY_MS;
}

void markdown_moment(struct buf *out, const struct report *r, int64_t time)
{
    char text[TEXT_TIME_SIZE];
    if (one_day(r)) {
        markdown_clock(out, time, false);
        return;
    }
    if (time == TIME_NONE)
        return;
    text_time_print(time, text);
    text[10] = ' ';
    (void)buf_append(out, slice_of(text, 23));
}

/* A table's columns: a '#' in front of a name sets it to the right. */
void markdown_header(struct buf *out, const char *const *columns, size_t n)
{
    markdown_put(out, "|");
    for (size_t i = 0; i < n; i++) {
        buf_byte(out, ' ');
        markdown_text(out, columns[i] + (*columns[i] == '#'));
        markdown_put(out, " |");
    }
    markdown_put(out, "\n|");
    for (size_t i = 0; i < n; i++)
        markdown_put(out, *columns[i] == '#' ? " ---: |" : " --- |");
    buf_byte(out, '\n');
}

void markdown_note(struct buf *out, uint64_t left_out, const char *what)
{
    if (left_out)
        buf_printf(out, "\n%llu more %s.\n", (unsigned long long)left_out, what);
}
