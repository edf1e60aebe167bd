/* Bytes that no text has: NUL, and what is no UTF-8 (RFC 3629: no overlong form, no surrogate, nothing beyond
 * U+10FFFF). Lines that hold them still count; the source says where and how many. */
#ifndef PARSERS_TEXT_CHECK_H
#define PARSERS_TEXT_CHECK_H

#include "parsers/source.h"

/* All zero at the start of a source. */
struct text_check {
    uint64_t offset; /* of the next byte, in the source's text */
    uint64_t nul, nul_at, bad, bad_at;
    uint64_t begun;    /* where the sequence at hand begins */
    unsigned due;      /* continuation bytes that it still needs */
    uint8_t low, high; /* bounds of the next one */
};

/* Among the TEXT_CHECK_BLOCK bytes at p none is zero and none has the high bit. */
bool text_check_plain(const char *p);
/* The same, eight bytes at a time: for processors without SSE2, and to test the fast one against. */
bool text_check_plain_words(const char *p);
enum { TEXT_CHECK_BLOCK = 64 };

void text_check_add(struct text_check *c, struct slice bytes);
/* Notes what was found in the source. */
void text_check_end(struct text_check *c, struct source *source);

#endif
