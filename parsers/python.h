/* What Python prints of a dict or a list, as JSON: print(event) is how most functions show what invoked them. */
#ifndef PARSERS_PYTHON_H
#define PARSERS_PYTHON_H

#include "base/buf.h"

/* Brackets within brackets. No event of AWS has a tenth of it. */
enum { PYTHON_DEPTH_MAX = 128 };

/* Appends to `out`, as JSON, the literal that `text` begins with: dict, list, tuple (as a list), string, number, True,
 * False, None, with the prefixes u and b of strings. What follows it is not looked at. False where the text is or goes on
 * as something else, is cut, is too deep or finds no room in `out`, which then holds what stands before. */
bool python_json(struct slice text, struct buf *out);

#endif
