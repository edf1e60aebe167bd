/* Memory of many megabytes, in pages of 2 MB: a fault for each of them in place of 512. Pages that one user is done with
 * are kept for the next, up to HUGE_KEPT of them: to clear a page takes 0.1 ms, and on a virtual machine whose host takes
 * back what is free 4 ms were seen, so that the overnight bill of 5 M invocations spent a fifth of its time on it.
 * Under a limit of address space nothing is kept.
 *
 * Any thread may call these functions; memory that holds nothing yet has whatever its pages held before. Never NULL where
 * nothing else is said. */
#ifndef BASE_HUGE_H
#define BASE_HUGE_H

#include <stddef.h>

/* From so many bytes on it is worth while, although a whole page is cleared for them: on the virtual machine measured
 * the fault of a page of 4 KB took 11 us, that of one of 2 MB, with its clearing, 0.3 ms. */
enum { HUGE_PAGE = 2 << 20, HUGE_FROM = HUGE_PAGE / 4, HUGE_KEPT = 256 };

/* At least `size` bytes, most of which will be written to: kept pages are given first. */
void *huge_alloc(size_t size);
/* Room for `n` things of `size` bytes and one more; from malloc when that is little. */
void *huge_array(size_t n, size_t size);
void *huge_zeros(size_t n, size_t size);
/* Of any of these, of malloc, or NULL. Its pages are kept. */
void huge_free(void *p);

/* ---- for memory that grows ---- */

/* Room of which much may never be written to; NULL when there is not so much. */
void *huge_room(size_t size);
/* Moves `n` bytes to where nothing was written yet; what `from` holds is lost. Between blocks of the above their pages
 * change hands, which takes 20 us each. */
void huge_move(void *to, void *from, size_t n);
/* Keeps the whole pages that end in [from, end) of a block, or gives them back to the system: what they hold is lost, and
 * with that what the first of them holds before `from`. */
void huge_forget(void *p, size_t from, size_t end);
/* Puts kept pages where [from, end) of a block has no memory yet, as far as there are any: what it has is lost. */
void huge_fill(void *p, size_t from, size_t end);
/* huge_free for a block of which the first `used` bytes alone were written to. */
void huge_drop(void *p, size_t used);

#endif
