/* parsers/level.h: the words of every runtime and logging library on one scale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/level.h"

static void words(void **state)
{
    static const struct {
        const char *word;
        enum level level;
    } rows[] = {
        {"TRACE", LEVEL_TRACE},    {"trace", LEVEL_TRACE},  {"trce", LEVEL_TRACE},
        {"10", LEVEL_TRACE},       {"DEBUG", LEVEL_DEBUG},  {"Debug", LEVEL_DEBUG},
        {"dbug", LEVEL_DEBUG},     {"20", LEVEL_DEBUG},     {"FINE", LEVEL_DEBUG},
        {"INFO", LEVEL_INFO},      {"info", LEVEL_INFO},    {"Information", LEVEL_INFO},
        {"30", LEVEL_INFO},        {"notice", LEVEL_INFO},  {"WARN", LEVEL_WARN},
        {"WARNING", LEVEL_WARN},   {"Warning", LEVEL_WARN}, {"warn", LEVEL_WARN},
        {"40", LEVEL_WARN},        {"ERROR", LEVEL_ERROR},  {"fail", LEVEL_ERROR},
        {"SEVERE", LEVEL_ERROR},   {"50", LEVEL_ERROR},     {"FATAL", LEVEL_FATAL},
        {"CRITICAL", LEVEL_FATAL}, {"crit", LEVEL_FATAL},   {"60", LEVEL_FATAL},
        {"panic", LEVEL_FATAL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (level_parse(slice_str(rows[i].word)) != rows[i].level)
            fail_msg("%s is %d", rows[i].word, level_parse(slice_str(rows[i].word)));
}

static void no_words(void **state)
{
    static const char *const rows[] = {"",       "E",         "[ERROR]",      "ERROR:", " ERROR",
                                       "ERRORS", "UNDEFINED", "error ",       "70",     "3",
                                       "030",    "Errno",     "information!", "OFF"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (level_parse(slice_str(rows[i])) != LEVEL_NONE)
            fail_msg("%s is taken for a level", rows[i]);
}

/* Comparisons like `level >= LEVEL_ERROR` rest on the order. */
static void order(void **state)
{
    (void)state;
    assert_true(LEVEL_NONE < LEVEL_TRACE && LEVEL_TRACE < LEVEL_DEBUG && LEVEL_DEBUG < LEVEL_INFO);
    assert_true(LEVEL_INFO < LEVEL_WARN && LEVEL_WARN < LEVEL_ERROR && LEVEL_ERROR < LEVEL_FATAL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(no_words),
        cmocka_unit_test(order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
