/* Log levels: one scale for the words of every runtime and logging library. */
#ifndef PARSERS_LEVEL_H
#define PARSERS_LEVEL_H

#include "base/slice.h"

enum level { LEVEL_NONE, LEVEL_TRACE, LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARN, LEVEL_ERROR, LEVEL_FATAL };

/* The level that a word names, in any case and without its brackets: WARNING, Critical, fail, dbug, 50 (pino
 * and bunyan write numbers). LEVEL_NONE when the word names none; the word must be the whole slice. Source:
 * field-guide/lambda-json-logs.md 2.3; .NET's console logger (trce dbug info warn fail crit). */
enum level level_parse(struct slice word);

#endif
