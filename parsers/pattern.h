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

enum pattern_flags {
    PATTERN_CASELESS = 1,
    /* Machine code, for our own patterns. Never for a user's: JIT counts its steps anew at each byte of the
     * subject, so that the limit of pattern_find bounds nothing there (measured: 27 s on 1 MB). */
    PATTERN_JIT = 2,
};

/* PCRE2_MULTILINE always; `flags` is a union of enum pattern_flags. NULL and *e (ERR_USAGE: PCRE2's message
 * and the offset in the pattern) when it does not compile. The caller frees it with pcre2_code_free. */
pcre2_code *pattern_compile(const char *pattern, unsigned flags, struct err *e);
/* The first match at or behind `from`. False also when the pattern gives up (match limit): no match is the
 * harmless answer. */
bool pattern_find(struct pattern_matcher *m, const pcre2_code *code, struct slice text, size_t from,
                  struct pattern_match *ret);

#endif
