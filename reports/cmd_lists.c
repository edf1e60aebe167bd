/* coldcase detectors, coldcase formats: printed from the tables that the code runs on. */
#include "reports/command.h"

#include "forensics/detector.h"
#include "parsers/container.h"
#include "parsers/document.h"

static int detectors_list(const struct settings *s, struct err *e)
{
    struct buf out;
    buf_init(&out, 0);
    for (size_t i = 0; detectors[i]; i++)
        buf_printf(&out, "%-18s %s\n", detectors[i]->name, detectors[i]->doc);
    bool ok = command_write(s, buf_slice(&out), e);
    buf_done(&out);
    return ok ? EXIT_DONE : EXIT_NOT_DONE;
}

static int formats_list(const struct settings *s, struct err *e)
{
    struct buf out;
    buf_init(&out, 0);
    for (size_t i = 0; containers[i]; i++)
        buf_printf(&out, "%-18s %s\n", containers[i]->name, containers[i]->doc);
    for (const struct document *d = documents; d->name; d++)
        if (d->doc)
            buf_printf(&out, "  %-16s %s\n", d->name, d->doc);
    bool ok = command_write(s, buf_slice(&out), e);
    buf_done(&out);
    return ok ? EXIT_DONE : EXIT_NOT_DONE;
}

const struct command command_detectors = {
    .name = "detectors",
    .operands = "",
    .doc = "What it can find, one line each",
    .help = "",
    .takes = TAKES_OUTPUT,
    .run = detectors_list,
};

const struct command command_formats = {
    .name = "formats",
    .operands = "",
    .doc = "What it can read, one line each",
    .help = "The indented ones are kinds of JSON documents; --format-in takes the others.\n",
    .takes = TAKES_OUTPUT,
    .run = formats_list,
};
