/* The table behind level_parse: read by the message parsers for every application line. */
#include "parsers/level.h"

static const struct level_word {
    const char *word;
    enum level level;
} level_words[] = {
    {"TRACE", LEVEL_TRACE},     {"TRCE", LEVEL_TRACE},     {"VERBOSE", LEVEL_TRACE},
    {"FINEST", LEVEL_TRACE},    {"SILLY", LEVEL_TRACE},    {"10", LEVEL_TRACE},
    {"DEBUG", LEVEL_DEBUG},     {"DBUG", LEVEL_DEBUG},     {"FINE", LEVEL_DEBUG},
    {"FINER", LEVEL_DEBUG},     {"20", LEVEL_DEBUG},       {"INFO", LEVEL_INFO},
    {"NOTICE", LEVEL_INFO},     {"LOG", LEVEL_INFO},       {"INFORMATION", LEVEL_INFO},
    {"30", LEVEL_INFO},         {"WARN", LEVEL_WARN},      {"WARNING", LEVEL_WARN},
    {"40", LEVEL_WARN},         {"ERROR", LEVEL_ERROR},    {"FAIL", LEVEL_ERROR},
    {"ERR", LEVEL_ERROR},       {"SEVERE", LEVEL_ERROR},   {"50", LEVEL_ERROR},
    {"FATAL", LEVEL_FATAL},     {"CRITICAL", LEVEL_FATAL}, {"CRIT", LEVEL_FATAL},
    {"EMERGENCY", LEVEL_FATAL}, {"ALERT", LEVEL_FATAL},    {"PANIC", LEVEL_FATAL},
    {"60", LEVEL_FATAL},
};

enum { LEVEL_WORD_MAX = 11 };

enum level level_parse(struct slice word)
{
    if (word.n < 2 || word.n > LEVEL_WORD_MAX)
        return LEVEL_NONE;
    if (slice_eq(word, SLICE("INFO"))) /* most lines */
        return LEVEL_INFO;
    for (size_t i = 0; i < sizeof level_words / sizeof *level_words; i++)
        if (slice_eq_nocase(word, slice_str(level_words[i].word)))
            return level_words[i].level;
    return LEVEL_NONE;
}
