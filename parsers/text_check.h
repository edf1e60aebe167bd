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

/* How many bytes in front, in whole blocks, have neither a zero nor the high bit in any of them. */
enum { TEXT_CHECK_BLOCK = 64 };
size_t text_check_front(struct slice s);
/* The same, eight bytes at a time, for other processors and to test the fast ones against; and for x86-64 without
 * AVX2. */
size_t text_check_front_plain(struct slice s);
#ifdef __SSE2__
size_t text_check_front_by_16(struct slice s);
#endif

void text_check_add(struct text_check *c, struct slice bytes);
/* Notes what was found in the source. */
void text_check_end(struct text_check *c, struct source *source);

#endif
