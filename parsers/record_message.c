/* Records that travel as messages of log entries: see record_message.h. */
#include "parsers/record_message.h"

#include "parsers/record_cloudtrail.h"
#include "parsers/record_front.h"
#include "parsers/record_span.h"

/* Log lines of Lambda and of programs begin with one of these keys; of records only access log lines may. */
static bool is_log_line(struct slice text)
{
    static const struct slice keys[] = {
        {"{\"time\"", 7}, {"{\"timestamp\"", 12}, {"{\"level\"", 8}, {"{\"log_level\"", 12}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (slice_starts(text, keys[i]))
            return true;
    return false;
}

bool record_message(struct slice text, int64_t time, struct loc loc, struct buf *scratch,
                    const struct sink *sink)
{
    text = slice_trim(text);
    if (text.n == 0)
        return false;
    if (*text.p != '{' || is_log_line(text))
        return record_front(text, time, loc, sink);
    buf_clear(scratch);
    if (slice_find(text, SLICE("\"startTimeUnixNano\"")) >= 0)
        return record_flat_span(text, loc, scratch, sink);
    if (slice_find(text, SLICE("\"start_time\"")) >= 0)
        return record_segment(text, loc, scratch, sink);
    if (slice_find(text, SLICE("\"eventSource\"")) >= 0)
        return record_cloudtrail(text, loc, scratch, sink);
    return record_front(text, time, loc, sink);
}
