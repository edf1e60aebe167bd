/* What went wrong outside of the evidence: a file that cannot be opened, a full disk, a bad option. Functions
 * that may meet such a thing return false and fill a struct err; main prints it once. Bad evidence is data,
 * not an error: see parsers/source.h. Running out of memory ends the program with a clear line (err_oom). */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

enum { ERR_MESSAGE_MAX = 512 };

enum err_code { ERR_NONE, ERR_USAGE, ERR_IO };

struct err {
    enum err_code code;
    char msg[ERR_MESSAGE_MAX]; /* one sentence without a full stop, cut when too long */
};

/* Fills *e (which may be NULL) and returns false, so that a caller can `return err_set(...)`. */
bool err_set(struct err *e, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

_Noreturn void err_oom(void);

#endif
