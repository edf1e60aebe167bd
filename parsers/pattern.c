/* PCRE2 with its JIT: compiling and matching. See signatures.c and error_shape.c, the users. */
#include "parsers/pattern.h"

#include <stdlib.h>

enum {
    PATTERN_JIT_START = 32 << 10,
    PATTERN_JIT_MAX = 1 << 20,
    PATTERN_PAIRS = 2,
    /* A pattern of the user may backtrack without end; a million steps are some milliseconds. */
    PATTERN_STEPS_MAX = 1000000,
};

void pattern_matcher_init(struct pattern_matcher *m)
{
    m->data = pcre2_match_data_create(PATTERN_PAIRS, NULL);
    m->context = pcre2_match_context_create(NULL);
    m->stack = pcre2_jit_stack_create(PATTERN_JIT_START, PATTERN_JIT_MAX, NULL);
    if (!m->data || !m->context || !m->stack)
        err_oom();
    pcre2_set_match_limit(m->context, PATTERN_STEPS_MAX);
    pcre2_jit_stack_assign(m->context, NULL, m->stack);
}

void pattern_matcher_done(struct pattern_matcher *m)
{
    pcre2_match_data_free(m->data);
    pcre2_match_context_free(m->context);
    pcre2_jit_stack_free(m->stack);
    *m = (struct pattern_matcher){0};
}

pcre2_code *pattern_compile(const char *pattern, unsigned flags, struct err *e)
{
    int error;
    PCRE2_SIZE offset;
    uint32_t options = PCRE2_MULTILINE | (flags & PATTERN_CASELESS ? PCRE2_CASELESS : 0);
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options, &error, &offset, NULL);
    if (!code) {
        PCRE2_UCHAR message[160];
        pcre2_get_error_message(error, message, sizeof message);
        err_set(e, ERR_USAGE, "%s at byte %zu of the pattern", (const char *)message, (size_t)offset);
        return NULL;
    }
    /* Without JIT (a build without it, no executable memory) matching falls back to the interpreter. */
    if (flags & PATTERN_JIT)
        (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    return code;
}

bool pattern_find(struct pattern_matcher *m, const pcre2_code *code, struct slice text, size_t from,
                  struct pattern_match *ret)
{
    if (from > text.n)
        return false;
    int n = pcre2_match(code, (PCRE2_SPTR)text.p, text.n, from, 0, m->data, m->context);
    if (n < 0)
        return false;
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(m->data);
    /* \K can put the start behind the end; such a match is of no use here. */
    if (at[0] > at[1])
        return false;
    bool group = n != 1 && at[2] != PCRE2_UNSET;
    *ret = (struct pattern_match){at[0], at[1], group ? at[2] : 0, group ? at[3] : 0, group};
    return true;
}
