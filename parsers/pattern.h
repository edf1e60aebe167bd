/* PCRE2 with its JIT, as the signatures use it: patterns over bytes (no UTF: evidence may hold anything),
 * matched with one match block and one JIT stack a thread. */
#ifndef PARSERS_PATTERN_H
#define PARSERS_PATTERN_H

#include "base/err.h"
#include "base/slice.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* One thread's state for matching. */
struct pattern_matcher {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

/* Where a pattern matched: byte offsets into the subject. */
struct pattern_match {
    size_t start, end;
    size_t group_start, group_end; /* of group 1; equal to each other when it took no part or is empty */
    bool group;                    /* group 1 took part */
};

void pattern_matcher_init(struct pattern_matcher *m);
void pattern_matcher_done(struct pattern_matcher *m); /* takes a zeroed one */

/* PCRE2_MULTILINE always; PCRE2_CASELESS when asked. NULL and *e (ERR_USAGE: PCRE2's message and the offset
 * in the pattern) when it does not compile. The caller frees it with pcre2_code_free. */
pcre2_code *pattern_compile(const char *pattern, bool caseless, struct err *e);
/* The first match at or behind `from`. False also when the pattern gives up (match limit): no match is the
 * harmless answer. */
bool pattern_find(struct pattern_matcher *m, const pcre2_code *code, struct slice text, size_t from,
                  struct pattern_match *ret);

#endif
