/* base/options.h: every spelling of an option, and the sentence for each mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/options.h"

enum { OPTION_JOBS = 1, OPTION_FROM, OPTION_OUTPUT, OPTION_QUIET, OPTION_SEVERITY };

static const struct option_spec specs[] = {
    {OPTION_JOBS, 'j', "jobs", "N", "threads"},
    {OPTION_FROM, 0, "from", "TIME", "nothing before TIME"},
    {OPTION_OUTPUT, 'o', "output", "FILE", "where to write"},
    {OPTION_QUIET, 'q', "quiet", NULL, "say less"},
    {OPTION_SEVERITY, 0, "min-severity", "S", "what is shown"},
};
enum { SPECS = sizeof specs / sizeof *specs };

/* Writes down what it is given, as `id=value` words; stops at the operand "stop". */
static bool take(void *ctx, int id, const char *value, struct err *e)
{
    struct buf *out = ctx;
    buf_printf(out, "%s%d=%s", out->n ? " " : "", id, value ? value : "-");
    if (id == 0 && strcmp(value, "stop") == 0)
        return err_set(e, ERR_USAGE, "stopped");
    return true;
}

static bool parse(struct buf *out, struct err *e, const char *const *words)
{
    char *argv[16] = {NULL};
    char copies[16][32];
    int argc = 0;
    for (; words[argc]; argc++) {
        snprintf(copies[argc], sizeof copies[argc], "%s", words[argc]);
        argv[argc] = copies[argc];
    }
    return options_parse(argc, argv, specs, SPECS, take, out, e);
}

static void taken(void **state)
{
    static const struct {
        const char *words[10];
        const char *given;
    } rows[] = {
        {{"coldcase", NULL}, ""},
        {{"coldcase", "a", "b", NULL}, "0=a 0=b"},
        {{"coldcase", "-j4", "-j", "5", "--jobs", "6", "--jobs=7", NULL}, "1=4 1=5 1=6 1=7"},
        {{"coldcase", "-q", "a", "--quiet", "b", NULL}, "4=- 0=a 4=- 0=b"},
        {{"coldcase", "--from", "2024-01-01", "x", NULL}, "2=2024-01-01 0=x"},
        {{"coldcase", "--from=", NULL}, "2="},
        {{"coldcase", "--from=a=b", NULL}, "2=a=b"},
        {{"coldcase", "-", NULL}, "0=-"},
        {{"coldcase", "-o", "-", NULL}, "3=-"},
        {{"coldcase", "--", "-q", "--from", "--", NULL}, "0=-q 0=--from 0=--"},
        {{"coldcase", "-q", "--", NULL}, "4=-"},
        {{"coldcase", "", NULL}, "0="},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;
        struct err e = {0};
        buf_init(&out, 0);
        if (!parse(&out, &e, rows[i].words))
            fail_msg("row %zu: %s", i, e.msg);
        if (!slice_eq(buf_slice(&out), slice_str(rows[i].given)))
            fail_msg("row %zu gives %.*s", i, SLICE_ARG(buf_slice(&out)));
        buf_done(&out);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *words[6];
        const char *given, *sentence;
    } rows[] = {
        {{"coldcase", "--from", NULL}, "", "--from needs a value: --from TIME"},
        {{"coldcase", "-o", NULL}, "", "--output needs a value: --output FILE"},
        {{"coldcase", "--quiet=yes", NULL}, "", "--quiet takes no value"},
        {{"coldcase", "-qx", NULL}, "", "--quiet takes no value"},
        {{"coldcase", "-x", NULL}, "", "there is no option -x; see --help"},
        {{"coldcase", "--min-severty", "x", NULL},
         "",
         "there is no option --min-severty; did you mean --min-severity?"},
        {{"coldcase", "--zzz", NULL}, "", "there is no option --zzz; see --help"},
        {{"coldcase", "--Quiet", NULL}, "", "there is no option --Quiet; did you mean --quiet?"},
        {{"coldcase", "-q", "stop", "x", NULL}, "4=- 0=stop", "stopped"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;
        struct err e = {0};
        buf_init(&out, 0);
        assert_false(parse(&out, &e, rows[i].words));
        assert_int_equal(e.code, ERR_USAGE);
        assert_string_equal(e.msg, rows[i].sentence);
        assert_true(slice_eq(buf_slice(&out), slice_str(rows[i].given)));
        buf_done(&out);
    }
}

static void help(void **state)
{
    static const char *const lines[] = {
        "  -j, --jobs N                   threads\n",
        "      --from TIME                nothing before TIME\n",
        "  -o, --output FILE              where to write\n",
        "  -q, --quiet                    say less\n",
        "      --min-severity S           what is shown\n",
    };
    char text[128];
    (void)state;
    for (size_t i = 0; i < SPECS; i++) {
        assert_int_equal(options_help(&specs[i], text, sizeof text), strlen(lines[i]));
        assert_string_equal(text, lines[i]);
    }
    assert_int_equal(options_help(&specs[0], text, 10), 9);
    assert_string_equal(text, "  -j, --j");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(taken),
        cmocka_unit_test(refused),
        cmocka_unit_test(help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
