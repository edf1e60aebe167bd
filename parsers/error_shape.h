/* The shape rule of the error signatures: do these words stand where a program puts an error, or does the
 * text only talk about it? The rule itself is written down in signatures.h, sections 1, 3 and 4. */
#ifndef PARSERS_ERROR_SHAPE_H
#define PARSERS_ERROR_SHAPE_H

#include "base/slice.h"
#include "parsers/level.h"

#include <stdbool.h>

/* One thread's compiled rule. */
struct error_shape;

/* The words in question: bytes [start, end) of a text. */
struct error_words {
    size_t start, end;
    bool coded; /* they hold the driver's error code: rule 3e */
};

struct error_shape *error_shape_new(void);
void error_shape_free(struct error_shape *shape); /* takes NULL */
/* `level` when it is known, else what the line of offset `at`, or the first line, begins with. */
enum level error_shape_level(struct error_shape *shape, struct slice text, enum level level, size_t at);
/* Whether the words report an error. `level` is from error_shape_level. Looks at 64 KiB before the words and
 * behind them at most, so that the cost of one question has a bound. */
bool error_shape_counts(struct error_shape *shape, struct slice text, enum level level,
                        struct error_words words);

#endif
