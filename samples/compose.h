/* Text under construction: a growing buffer and formatters made by hand, for printf costs more per line than
 * all else that the generator does. */
#ifndef SAMPLES_COMPOSE_H
#define SAMPLES_COMPOSE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct compose {
    char *p;
    size_t n, size;
};

void compose_done(struct compose *c);
void compose_bytes(struct compose *c, const char *p, size_t n);
/* Copies `format`; the directives take these arguments:
 *     %s  const char *      %b  const char *, size_t (bytes)     %j  the same, escaped for a JSON string
 *     %u  uint64_t          %h  uint64_t, hundredths: 1234 is 12.34
 *     %t  int64_t, ms since 1970: 2026-03-02T04:05:06.789Z       %T  the same without milliseconds
 *     %i  const uint8_t[16], a UUID      %x  uint64_t, int (digits) in lower-case hex      %X  upper-case
 *     %0  uint64_t, int (digits), zeros in front      %%  a percent sign */
void compose_put(struct compose *c, const char *format, ...);
void compose_vput(struct compose *c, const char *format, va_list arguments);
/* A copy with an ending NUL, for paths; free() it. */
char *compose_string(const char *format, ...);

#endif
