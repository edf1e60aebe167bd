/* Memory of many megabytes, in pages of 2 MB: a fault for each of them in place of 512. All of it is to be freed with
 * free(); never NULL where nothing else is said. */
#ifndef BASE_HUGE_H
#define BASE_HUGE_H

#include <stddef.h>

/* From so many bytes on it is worth while, although a whole page is cleared for them: on the virtual machine measured
 * the fault of a page of 4 KB took 11 us, that of one of 2 MB, with its clearing, 0.3 ms. */
enum { HUGE_PAGE = 2 << 20, HUGE_FROM = HUGE_PAGE / 4 };

/* At least `size` bytes. */
void *huge_alloc(size_t size);
/* The same, or NULL when there is not so much. */
void *huge_try(size_t size);
/* Room for `n` things of `size` bytes and one more; from malloc when that is little. */
void *huge_array(size_t n, size_t size);
void *huge_zeros(size_t n, size_t size);
/* Of an array of `size` bytes that these functions or vec.h made: gives back the whole pages of 2 MB that end in
 * [from, end), and with that what the first of them holds before `from`. What they hold is lost. */
void huge_forget(void *p, size_t from, size_t end, size_t size);

#endif
