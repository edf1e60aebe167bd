/* Memory of many megabytes, in pages of 2 MB: a fault for each of them in place of 512. */
#ifndef BASE_HUGE_H
#define BASE_HUGE_H

#include <stddef.h>

/* From so many bytes on it is worth while. */
enum { HUGE_FROM = 2 << 20 };
/* From so many on realloc moves the pages of a block and copies nothing. */
enum { HUGE_MAPPED = 32 << 20 };

/* At least `size` bytes, to be freed with free(). Never NULL. */
void *huge_alloc(size_t size);

#endif
