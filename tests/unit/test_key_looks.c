/* forensics/key_looks.c: lines that wait find what a look at each alone would find, in the order of the lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "forensics/key_looks.h"

enum { KEYS = 50, LINES = 5 * KEYS, LONG = 700 };

static void add_keys(struct index *x)
{
    char key[32];
    for (int i = 1; i <= KEYS; i++) {
        (void)snprintf(key, sizeof key, "in/photo-%03d.jpg", i);
        index_object(x, &(struct s3_record){.key = slice_str(key), .time = i}, UINT32_MAX);
    }
}

/* Some lines are longer than what waits, some name two keys, one the key of no object. */
static struct slice line_of(int i, char text[LONG + 1])
{
    int n = i % KEYS + 1;
    memset(text, ' ', LONG);
    text[LONG] = '\0';
    size_t at = i % 7 == 0 ? LONG - 100 : 5;
    int wrote = i % 3 == 0
                    ? snprintf(text + at, 90, "of in/photo-%03d.jpg made in/photo-%03d.jpg", n, KEYS + 1 - n)
                    : snprintf(text + at, 90, "of in/photo-%03d.jpg%s", n, i % 5 == 4 ? "x" : "");
    return slice_of(text, at + (size_t)wrote);
}

static void same_as_one_by_one(void **state)
{
    static struct attempt attempts[2][LINES / 2];
    struct index x;
    struct key_looks looks = {0};
    char text[LONG + 1];
    size_t marks = 0;
    (void)state;
    index_init(&x);
    add_keys(&x);
    struct keys *k = keys_new(&x, 1);
    for (int i = 0; i < LINES; i++) {
        struct slice line = line_of(i, text);
        struct key_hint hint;
        uint32_t numbers[4];
        bool written = i % 4 != 1; /* else no invocation is known */
        size_t n = keys_may_stand(k, line, &hint) ? keys_find(k, line, &hint, numbers, 4) : 0;
        assert_int_equal(n, i % 3 == 0 ? 2 : i % 5 != 4);
        bool has_two = attempts[0][i / 2].keys[1];
        for (size_t f = 0; written && !has_two && f < n; f++)
            attempt_names(&attempts[0][i / 2], numbers[f]);
        marks += written ? 0 : n;
        key_looks_add(
            &looks, k, &x,
            &(struct look){
                .line = line, .attempt = written ? &attempts[1][i / 2] : NULL, .time = i, .stream = 3});
    }
    key_looks_settle(&looks, k, &x);
    assert_memory_equal(attempts[0], attempts[1], sizeof attempts[0]);
    assert_int_equal(x.marks.n, marks);
    for (size_t i = 1; i < marks; i++)
        assert_true(x.marks.v[i - 1].time <= x.marks.v[i].time);
    assert_int_equal(x.marks.v[0].kind, MARK_KEY);
    key_looks_done(&looks);
    keys_free(k);
    index_done(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_one_by_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
