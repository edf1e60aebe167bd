/* Blocks of huge pages: what they hold stays theirs while pages go from one to another. */
#include "base/huge.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORDS = HUGE_PAGE / sizeof(uint64_t) };

/* Each word of [from, end) is a number of its own. */
static void put(uint64_t *v, size_t from, size_t end, uint64_t seed)
{
    for (size_t i = from; i < end; i++)
        v[i] = seed + i;
}

static void is_put(const uint64_t *v, size_t from, size_t end, uint64_t seed)
{
    for (size_t i = from; i < end; i++)
        if (v[i] != seed + i)
            fail_msg("word %zu is %llx", i, (unsigned long long)v[i]);
}

static void freed_pages_come_again(void **state)
{
    uint64_t *first = huge_alloc(3 * HUGE_PAGE);
    (void)state;
    put(first, 0, 3 * WORDS, 1);
    huge_free(first);
    uint64_t *next = huge_alloc(2 * HUGE_PAGE), *last = huge_alloc(2 * HUGE_PAGE);
    if (next[0] == 0 && last[0] == 0) {
        huge_free(next);
        huge_free(last);
        print_message("this system does not move pages\n");
        skip();
    }
    is_put(next, 0, 2 * WORDS, 1 + WORDS);
    is_put(last, 0, WORDS, 1);
    assert_true(last[WORDS] == 0 && last[2 * WORDS - 1] == 0); /* a new one */
    put(next, 0, 2 * WORDS, 7);
    is_put(last, 0, WORDS, 1);
    huge_free(next);
    huge_free(last);
}

static void small_ones_and_none_are_freed(void **state)
{
    uint64_t *v = huge_zeros(1000, sizeof *v);
    (void)state;
    assert_true(v[0] == 0 && v[1000] == 0);
    huge_free(v);
    huge_free(NULL);
    huge_drop(NULL, 0);
    v = malloc(100);
    huge_drop(v, 100);
}

/* It is no block, and none of its bytes go elsewhere. */
static void small_one_at_the_begin_of_a_page(void **state)
{
    enum { FEW = 100 };
    void *small;
    (void)state;
    huge_free(huge_alloc(2 * HUGE_PAGE)); /* which are kept */
    assert_int_equal(posix_memalign(&small, HUGE_PAGE, FEW * sizeof(uint64_t)), 0);
    put(small, 0, FEW, 1);
    huge_fill(small, 0, FEW * sizeof(uint64_t));
    huge_forget(small, 0, HUGE_PAGE);
    is_put(small, 0, FEW, 1);
    huge_free(small);
}

static void zeros_are_zeros(void **state)
{
    uint64_t *v = huge_alloc(2 * HUGE_PAGE);
    (void)state;
    put(v, 0, 2 * WORDS, 1);
    huge_free(v);
    v = huge_zeros(2 * WORDS - 1, sizeof *v);
    for (size_t i = 0; i < 2 * WORDS; i++)
        assert_true(v[i] == 0);
    huge_free(v);
}

static void moved_whole(void **state)
{
    static const size_t sizes[] = {1, WORDS - 1, WORDS, WORDS + 1, 5 * WORDS / 2};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t *from = huge_alloc(sizes[i] * sizeof *from), *to = huge_room(4 * HUGE_PAGE);
        assert_non_null(to);
        put(from, 0, sizes[i], 3);
        huge_move(to, from, sizes[i] * sizeof *from);
        is_put(to, 0, sizes[i], 3);
        put(to, sizes[i], 4 * WORDS, 3);
        is_put(to, 0, 4 * WORDS, 3);
        free(from);
        huge_drop(to, 4 * HUGE_PAGE);
    }
}

/* Kept pages come behind what was written, also when that ends in the middle of one. */
static void filled_behind_what_is_there(void **state)
{
    uint64_t *other = huge_alloc(4 * HUGE_PAGE), *v = huge_room(3 * HUGE_PAGE);
    (void)state;
    assert_non_null(v);
    put(other, 0, 4 * WORDS, 1);
    put(v, 0, WORDS + 10, 5);
    huge_forget(other, 10, 3 * HUGE_PAGE + 10); /* the first three */
    is_put(other, 3 * WORDS, 4 * WORDS, 1);
    huge_fill(v, (WORDS + 10) * sizeof *v, (2 * WORDS + 1) * sizeof *v);
    is_put(v, 0, WORDS + 10, 5);
    put(v, WORDS + 10, 3 * WORDS, 5);
    is_put(v, 0, 3 * WORDS, 5);
    is_put(other, 3 * WORDS, 4 * WORDS, 1);
    huge_free(v);
    huge_free(other);
}

/* Of pages that came from three blocks, and go to one and back. */
static void put_together_and_moved(void **state)
{
    uint64_t *parts[3];
    (void)state;
    for (size_t i = 0; i < 3; i++)
        put(parts[i] = huge_alloc((i + 1) * HUGE_PAGE), 0, (i + 1) * WORDS, i);
    for (size_t i = 0; i < 3; i++)
        huge_free(parts[i]);
    uint64_t *whole = huge_alloc(6 * HUGE_PAGE), *to = huge_room(7 * HUGE_PAGE);
    assert_non_null(to);
    put(whole, 0, 6 * WORDS, 11);
    huge_move(to, whole, 6 * HUGE_PAGE);
    is_put(to, 0, 6 * WORDS, 11);
    free(whole);
    huge_forget(to, 0, HUGE_PAGE);
    is_put(to, WORDS, 6 * WORDS, 11);
    huge_drop(to, 6 * HUGE_PAGE);
}

/* As a sandbox does. */
static bool refuse_mremap(unsigned error)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mremap, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Prints nothing and returns: it runs in a process of its own. */
static int work_without_moves(void)
{
    uint64_t *from = huge_alloc(3 * HUGE_PAGE), *to = huge_room(4 * HUGE_PAGE);
    if (!to)
        return 1;
    for (size_t i = 0; i < 3 * WORDS; i++)
        from[i] = i;
    huge_move(to, from, 3 * HUGE_PAGE - 8);
    huge_forget(from, 0, 2 * HUGE_PAGE);
    huge_fill(to, 3 * HUGE_PAGE, 4 * HUGE_PAGE);
    huge_free(from);
    for (size_t i = 0; i < 3 * WORDS - 1; i++)
        if (to[i] != i)
            return 2;
    huge_drop(to, 3 * HUGE_PAGE);
    to = huge_zeros(2 * WORDS, sizeof *to);
    return to[0] || to[2 * WORDS] ? 3 : 0;
}

/* To give memory back must not need any. */
static int free_without_memory(void)
{
    for (size_t i = 0; i < 3; i++) {
        uint64_t *p = huge_room(2 * HUGE_PAGE);
        if (!p)
            return 1;
        p[0] = p[WORDS] = i;
        huge_free(p);
    }
    uint64_t *zeros = huge_zeros(2 * WORDS, sizeof *zeros);
    return zeros[0] || zeros[WORDS] ? 2 : 0;
}

static void works_where_refused(unsigned error, int (*work)(void))
{
    enum { NO_FILTER = 77 };
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(refuse_mremap(error) ? work() : NO_FILTER);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == NO_FILTER) {
        print_message("this system takes no filter of calls\n");
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void refused_moves_are_copied(void **state)
{
    (void)state;
    works_where_refused(EPERM, work_without_moves);
}

static void freed_without_memory(void **state)
{
    (void)state;
    works_where_refused(ENOMEM, free_without_memory);
}

/* More than is kept: the rest goes to the system. */
static void many_are_freed(void **state)
{
    uint64_t *all[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        all[i] = huge_room((size_t)HUGE_KEPT / 2 * HUGE_PAGE);
        assert_non_null(all[i]);
        all[i][0] = i;
    }
    for (size_t i = 0; i < 3; i++)
        huge_free(all[i]);
    uint64_t *v = huge_alloc((size_t)HUGE_KEPT * HUGE_PAGE);
    v[0] = v[(size_t)HUGE_KEPT * WORDS - 1] = 1;
    huge_drop(v, 1);
}

static void *take_and_free(void *arg)
{
    uint64_t seed = (uint64_t)(uintptr_t)arg << 32;
    for (size_t i = 0; i < 20; i++) {
        size_t n = (1 + i % 3) * WORDS;
        uint64_t *v = huge_array(n, sizeof *v);
        put(v, 0, n, seed);
        is_put(v, 0, n, seed);
        huge_free(v);
    }
    return NULL;
}

static void threads_share_no_page(void **state)
{
    pthread_t threads[4];
    (void)state;
    for (uintptr_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_free, (void *)(i + 1)), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(freed_pages_come_again),
                                       cmocka_unit_test(small_ones_and_none_are_freed),
                                       cmocka_unit_test(small_one_at_the_begin_of_a_page),
                                       cmocka_unit_test(zeros_are_zeros),
                                       cmocka_unit_test(moved_whole),
                                       cmocka_unit_test(filled_behind_what_is_there),
                                       cmocka_unit_test(put_together_and_moved),
                                       cmocka_unit_test(refused_moves_are_copied),
                                       cmocka_unit_test(freed_without_memory),
                                       cmocka_unit_test(many_are_freed),
                                       cmocka_unit_test(threads_share_no_page)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
