/* Errors that end a piece of work: one code and one sentence. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool err_set(struct err *e, enum err_code code, const char *format, ...)
{
    if (!e)
        return false;
    va_list args;
    va_start(args, format);
    e->code = code;
    vsnprintf(e->msg, sizeof e->msg, format, args);
    va_end(args);
    return false;
}

void err_oom(void)
{
    static const char line[] = "coldcase: out of memory; name fewer files, or narrow with --from and --to\n";
    ssize_t ignored = write(STDERR_FILENO, line, sizeof line - 1);
    (void)ignored;
    _exit(3);
}
