/* Command-line options from one table: parsing, usage and help derive from it. */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include "base/err.h"
#include "base/slice.h"

struct option_spec {
    int id;
    char letter;       /* 0: long form only */
    const char *name;  /* without the dashes, lower case */
    const char *value; /* name of its value in the help; NULL for a flag */
    const char *doc;
};

/* Goes through argv[1..]. `take` gets each option with its value (NULL for a flag) and, with id 0, each
 * operand; it returns false with *e filled to stop. Options and operands mix; `--` ends the options; a lone
 * `-` is an operand;
 * --name=value, --name value, -jN and -j N are all taken. An unknown option names its nearest neighbour. */
bool options_parse(int argc, char **argv, const struct option_spec *specs, size_t n,
                   bool (*take)(void *ctx, int id, const char *value, struct err *e), void *ctx,
                   struct err *e);

/* One option as help text: `  -j, --jobs N     what it does`. Returns the length written to ret. */
size_t options_help(const struct option_spec *spec, char *ret, size_t size);

#endif
