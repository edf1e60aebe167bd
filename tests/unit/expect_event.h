/* What one message must be read as: a row of a table, with the fields left out that the message does not say.
 * For the tests of parsers/message.h, which all compare every field of struct event. */
#ifndef TESTS_UNIT_EXPECT_EVENT_H
#define TESTS_UNIT_EXPECT_EVENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/jsonw.h"
#include "parsers/event.h"

struct expected {
    const char *message;
    enum event_kind kind;
    const char *id; /* NULL: has none */
    const char *version, *function, *runtime, *error_type, *trace;
    const char *duration, *billed, *init; /* with their decimals */
    uint64_t memory_mb, max_memory_mb, limit_ms;
    enum event_status status;
    enum event_phase phase;
    enum level level;
    bool in_init, unhandled, restored;
    const char *time; /* as text_time_print writes it; NULL: has none */
    const char *text; /* compared for application text and where it is given */
};

static inline void expect_slice(const struct expected *x, const char *name, struct slice got, const char *due)
{
    if (!slice_eq(got, slice_str(due ? due : "")))
        fail_msg("\"%s\": %s is \"%.*s\", not \"%s\"", x->message, name, SLICE_ARG(got), due ? due : "");
}

static inline void expect_number(const struct expected *x, const char *name, uint64_t got, uint64_t due)
{
    if (got != due)
        fail_msg("\"%s\": %s is %llu, not %llu", x->message, name, (unsigned long long)got,
                 (unsigned long long)due);
}

static inline void expect_decimal(const struct expected *x, const char *name, struct decimal got,
                                  const char *due)
{
    char text[DECIMAL_TEXT_MAX];
    expect_slice(x, name, decimal_known(got) ? slice_of(text, decimal_print(got, text)) : slice_of("", 0),
                 due);
}

static inline void expect_id(const struct expected *x, const struct event *e)
{
    struct request_id id = {{0}};
    expect_number(x, "has_id", e->has_id, x->id != NULL);
    expect_slice(x, "id_text", e->id_text, x->id);
    if (x->id) {
        assert_true(request_id_parse(slice_str(x->id), &id));
        assert_memory_equal(e->id.bytes, id.bytes, sizeof id.bytes);
    }
}

static inline void expect_event(const struct expected *x, const struct event *e)
{
    char time[TEXT_TIME_SIZE] = "";
    if (e->time != TIME_NONE)
        text_time_print(e->time, time);
    expect_slice(x, "kind", slice_str(event_name(e->kind)), event_name(x->kind));
    expect_id(x, e);
    expect_slice(x, "version", e->version, x->version);
    expect_slice(x, "function", e->function, x->function);
    expect_slice(x, "runtime", e->runtime, x->runtime);
    expect_slice(x, "error_type", e->error_type, x->error_type);
    expect_slice(x, "trace", e->trace, x->trace);
    expect_decimal(x, "duration", e->duration, x->duration);
    expect_decimal(x, "billed", e->billed, x->billed);
    expect_decimal(x, "init", e->init, x->init);
    expect_number(x, "memory_mb", e->memory_mb, x->memory_mb);
    expect_number(x, "max_memory_mb", e->max_memory_mb, x->max_memory_mb);
    expect_number(x, "limit_ms", e->limit_ms, x->limit_ms);
    expect_number(x, "status", e->status, x->status);
    expect_number(x, "phase", e->phase, x->phase);
    expect_number(x, "level", e->level, x->level);
    expect_number(x, "in_init", e->in_init, x->in_init);
    expect_number(x, "unhandled", e->unhandled, x->unhandled);
    expect_number(x, "restored", e->restored, x->restored);
    expect_slice(x, "time", slice_str(time), x->time);
    if (x->text || x->kind == EVENT_APP)
        expect_slice(x, "text", e->text, x->text);
}

static inline void expect_all(const struct expected *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct event e;
        message_parse(slice_str(rows[i].message), &e);
        expect_event(&rows[i], &e);
    }
}

#endif
