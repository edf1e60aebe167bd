/* Quotes around the words of an error: which are open where the words begin, and what opened each. A program
 * quotes an error as the value of a key ("errorMessage":"…"), in a list of frames or as an argument of an
 * error class; people quote titles. Used by error_shape.c. */
#ifndef PARSERS_ERROR_QUOTE_H
#define PARSERS_ERROR_QUOTE_H

#include "base/slice.h"

#include <stdbool.h>

enum {
    ERROR_QUOTES_MAX = 8
}; /* deeper nesting: the innermost ones are forgotten, and the words do not count */

struct error_quote {
    size_t at;      /* of the quote's first byte, its backslashes included */
    size_t inside;  /* behind the quote */
    size_t escapes; /* backslashes before it: "\"" and "\\\"" do not close each other */
    char mark;      /* one of " ' ` or, for a typographic one, L */
};

struct error_quotes {
    struct error_quote v[ERROR_QUOTES_MAX]; /* outermost first */
    size_t n;
    size_t line; /* where the last line begins */
    bool deep;   /* more than ERROR_QUOTES_MAX were open */
};

/* What a key says of its value: nothing, anything (message, msg …), or an error (errorMessage, stack …). */
enum error_key { ERROR_KEY_OTHER, ERROR_KEY_WEAK, ERROR_KEY_STRONG };

/* The quotes of the last line that are open at its end. An apostrophe inside a word is none. */
void error_quotes_open(struct slice before, struct error_quotes *ret);
/* The weakest of what all open quotes say; STRONG when none is open, OTHER when one is a title's. */
enum error_key error_quotes_key(struct slice before, const struct error_quotes *quotes);
/* What the key that ends at `end` says: "errorMessage": and err= and sqlMessage =>. OTHER when there is none.
 */
enum error_key error_quote_key(struct slice text, size_t end);

#endif
