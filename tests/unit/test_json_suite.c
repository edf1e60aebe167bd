/* parsers/json.h against nst's JSONTestSuite (../shared/real, skipped when absent): what must be accepted is,
 * what must be refused is, and where the suite leaves it open (i_) the verdict is compared with jansson's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "parsers/json.h"

/* <jansson.h> names its types and one function like parsers/json.h does: these are all that is needed of it.
 */
struct json_t *json_loadb(const char *text, size_t n, size_t flags, void *error);
void json_delete(struct json_t *value);
enum { JANSSON_DECODE_ANY = 4, JANSSON_ALLOW_NUL = 16 };

#define NUMBER    "a number of any size is JSON; it is kept as text"
#define SURROGATE "RFC 8259 allows the escape; a lone surrogate comes out as U+FFFD"
#define UTF8      "evidence is shown, not judged, by its encoding"

/* What we take and jansson refuses, on purpose. */
static const struct {
    const char *name, *why;
} differences[] = {
    {"i_number_neg_int_huge_exp.json", NUMBER},
    {"i_number_real_neg_overflow.json", NUMBER},
    {"i_number_too_big_pos_int.json", NUMBER},
    {"i_object_key_lone_2nd_surrogate.json", SURROGATE},
    {"i_string_1st_valid_surrogate_2nd_invalid.json", SURROGATE},
    {"i_string_incomplete_surrogate_and_escape_valid.json", SURROGATE},
    {"i_string_incomplete_surrogates_escape_valid.json", SURROGATE},
    {"i_string_invalid_surrogate.json", SURROGATE},
    {"i_string_inverted_surrogates_U+1D11E.json", SURROGATE},
    {"i_string_lone_second_surrogate.json", SURROGATE},
    {"i_string_UTF-8_invalid_sequence.json", UTF8},
    {"i_string_not_in_unicode_range.json", UTF8},
    {"i_string_overlong_sequence_6_bytes.json", UTF8},
    {"i_string_truncated-utf-8.json", UTF8},
};

static bool we_accept(struct slice text)
{
    struct json j;
    json_init(&j, text);
    return json_skip(&j) && json_at_end(&j) && !j.odd;
}

static bool jansson_accepts(struct slice text)
{
    struct json_t *value = json_loadb(text.p, text.n, JANSSON_DECODE_ANY | JANSSON_ALLOW_NUL, NULL);
    if (value)
        json_delete(value);
    return value != NULL;
}

static struct buf read_file(const char *path)
{
    struct buf b;
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    buf_init(&b, 0);
    assert_true(buf_reserve(&b, 1 << 20));
    b.n = fread(b.p, 1, b.cap, f);
    assert_true(feof(f));
    fclose(f);
    return b;
}

/* Calls `check` for each file of the suite whose name begins with `prefix`; returns how many there were. */
static size_t each_file(const char *prefix, void (*check)(const char *name, struct slice text))
{
    const char *shared = getenv("SHARED");
    char folder[1024], path[2048];
    if (!shared || !*shared)
        skip();
    snprintf(folder, sizeof folder, "%s/real/nst+JSONTestSuite/test_parsing", shared);
    DIR *dir = opendir(folder);
    if (!dir)
        skip();
    size_t n = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        struct buf text = read_file(path);
        check(entry->d_name, buf_slice(&text));
        buf_done(&text);
        n++;
    }
    closedir(dir);
    return n;
}

static void must_accept(const char *name, struct slice text)
{
    if (!we_accept(text))
        fail_msg("refused: %s", name);
}

static void must_refuse(const char *name, struct slice text)
{
    if (we_accept(text))
        fail_msg("accepted: %s", name);
}

static void must_be_pinned(const char *name, struct slice text)
{
    bool ours = we_accept(text), theirs = jansson_accepts(text);
    const char *why = NULL;
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++)
        if (strcmp(differences[i].name, name) == 0)
            why = differences[i].why;
    if (why ? !ours || theirs : ours != theirs)
        fail_msg("%s: we %s it, jansson %s it", name, ours ? "take" : "refuse", theirs ? "takes" : "refuses");
    if (why)
        print_message("taken, not by jansson: %s: %s\n", name, why);
}

static void valid(void **state)
{
    (void)state;
    assert_true(each_file("y_", must_accept) >= 40);
}

static void invalid(void **state)
{
    (void)state;
    assert_true(each_file("n_", must_refuse) >= 80);
}

static void open_cases(void **state)
{
    (void)state;
    assert_true(each_file("i_", must_be_pinned) >= 15);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid),
        cmocka_unit_test(invalid),
        cmocka_unit_test(open_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
