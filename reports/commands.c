/* The table of commands, the options they share, and the entry point. */
#include "reports/command.h"

#include "base/text.h"
#include "base/version.h"
#include "forensics/detector.h"
#include "parsers/container.h"
#include "reports/escape.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

extern const struct command command_report, command_timeline, command_show, command_explain,
    command_detectors, command_formats;

const struct command *const commands[] = {
    &command_report,    &command_timeline, &command_show, &command_explain,
    &command_detectors, &command_formats,  NULL,
};

enum option_id {
    OPTION_OUTPUT = 1,
    OPTION_FORMAT,
    OPTION_FORMAT_IN,
    OPTION_JOBS,
    OPTION_FROM,
    OPTION_TO,
    OPTION_FUNCTION,
    OPTION_ONLY,
    OPTION_MIN_SEVERITY,
    OPTION_FAIL_ON,
    OPTION_EXPECTED_LOOP,
    OPTION_COLOR,
    OPTION_ASSUME,
    OPTION_SIGNATURES,
    OPTION_QUIET,
    OPTION_HELP,
    OPTION_VERSION,
};

struct known_option {
    struct option_spec spec;
    unsigned takes; /* commands with this bit have it; 0: all */
};

static const struct known_option known[] = {
    {{OPTION_OUTPUT, 'o', "output", "FILE", "write to FILE, whole or not at all (default: standard output)"},
     TAKES_OUTPUT},
    {{OPTION_FORMAT, 0, "format", "NAME", "report: markdown, json; timeline: text, ndjson, csv"},
     TAKES_FORMAT},
    {{OPTION_FORMAT_IN, 0, "format-in", "NAME", "read every file as NAME (see coldcase formats)"},
     TAKES_EVIDENCE},
    {{OPTION_JOBS, 'j', "jobs", "N", "threads, 1 to 64 (default: online cores)"}, TAKES_EVIDENCE},
    {{OPTION_FROM, 0, "from", "TIME", "only what began at or after TIME, RFC 3339, UTC"}, TAKES_EVIDENCE},
    {{OPTION_TO, 0, "to", "TIME", "only what began at or before TIME"}, TAKES_EVIDENCE},
    {{OPTION_FUNCTION, 0, "function", "NAME", "only this function (repeatable)"}, TAKES_EVIDENCE},
    {{OPTION_ASSUME, 0, "assume-function", "NAME", "the function of evidence that does not name its own"},
     TAKES_EVIDENCE},
    {{OPTION_SIGNATURES, 0, "signatures", "FILE", "further error signatures, tab-separated (see the manual)"},
     TAKES_EVIDENCE},
    {{OPTION_ONLY, 0, "only", "DETECTOR", "run only this detector (repeatable)"}, TAKES_FINDINGS},
    {{OPTION_MIN_SEVERITY, 0, "min-severity", "LEVEL",
      "show findings from info, low, medium, high or critical on"},
     TAKES_FINDINGS},
    {{OPTION_FAIL_ON, 0, "fail-on", "LEVEL", "exit with 1 at a finding of LEVEL or above (default: never)"},
     TAKES_FINDINGS},
    {{OPTION_EXPECTED_LOOP, 0, "expected-loop", "BUCKET",
      "a loop through this bucket, queue, topic or function is intended and only noted (repeatable)"},
     TAKES_FINDINGS},
    {{OPTION_COLOR, 0, "color", "WHEN", "auto, always or never; NO_COLOR is respected"}, 0},
    {{OPTION_QUIET, 'q', "quiet", NULL, "no progress and no notes on standard error"}, 0},
    {{OPTION_HELP, 'h', "help", NULL, "this help"}, 0},
    {{OPTION_VERSION, 'V', "version", NULL, "the version"}, 0},
};
enum { KNOWN = sizeof known / sizeof *known };

/* ---- help ---- */

static void print_usage(FILE *out)
{
    fputs("usage: coldcase COMMAND [OPTIONS] PATH...\n\n"
          "Offline forensics on AWS Lambda logs and traces. PATH is a file, a folder (walked) or - for\n"
          "standard input; formats and compression are recognised from content.\n\ncommands:\n",
          out);
    for (size_t i = 0; commands[i]; i++)
        fprintf(out, "  %-10s %-20s %s\n", commands[i]->name, commands[i]->operands, commands[i]->doc);
    fputs("\n  coldcase report evidence/                 the incident report, as Markdown\n"
          "  coldcase COMMAND --help                   options and examples of one command\n"
          "  man coldcase                              formats, detectors, thresholds, limits\n",
          out);
}

static void print_version(void)
{
    puts("coldcase " PROGRAM_VERSION);
}

static bool has_option(const struct command *c, const struct known_option *o)
{
    return o->takes == 0 || (c->takes & o->takes);
}

static void print_help(const struct command *c)
{
    char line[256];
    printf("usage: coldcase %s [OPTIONS]%s%s\n\n%s.\n\n%s%soptions:\n", c->name, *c->operands ? " " : "",
           c->operands, c->doc, c->help, *c->help ? "\n" : "");
    for (size_t i = 0; i < KNOWN; i++) {
        if (!has_option(c, &known[i]))
            continue;
        options_help(&known[i].spec, line, sizeof line);
        fputs(line, stdout);
    }
    fputs("\nexit status: 0 done, 1 a finding at --fail-on, 2 some evidence could not be read whole, 3 not "
          "done\n",
          stdout);
}

/* ---- options ---- */

static bool take_time(const char *value, int64_t *ret, const char *name, struct err *e)
{
    struct slice rest = slice_str(value);
    if (text_time(&rest, ret) && rest.n == 0)
        return true;
    return err_set(e, ERR_USAGE, "--%s %.64s is no time; write it like 2026-11-20T06:14:58Z", name, value);
}

static bool take_jobs(struct settings *s, const char *value, struct err *e)
{
    struct slice rest = slice_str(value);
    uint64_t n;
    enum { JOBS_MAX = 64 };
    if (!text_u64(&rest, &n) || rest.n || n < 1 || n > JOBS_MAX)
        return err_set(e, ERR_USAGE, "-j takes a whole number from 1 to %d, not %.64s", JOBS_MAX, value);
    s->evidence.threads = (unsigned)n;
    return true;
}

static bool take_format_in(struct settings *s, const char *value, struct err *e)
{
    s->evidence.format_in = container_by_name(slice_str(value));
    return s->evidence.format_in ||
           err_set(e, ERR_USAGE, "there is no format %.64s; `coldcase formats` lists them", value);
}

static bool take_only(struct settings *s, const char *value, struct err *e)
{
    if (!detector_by_name(slice_str(value)))
        return err_set(e, ERR_USAGE, "there is no detector %.64s; `coldcase detectors` lists them", value);
    *vec_push(&s->only) = slice_str(value);
    return true;
}

static bool take_severity(const char *value, enum severity *ret, struct err *e)
{
    return severity_parse(slice_str(value), ret) ||
           err_set(e, ERR_USAGE, "%.64s is no severity; use info, low, medium, high or critical", value);
}

static bool take_fail_on(struct settings *s, const char *value, struct err *e)
{
    enum severity severity;
    if (strcmp(value, "never") == 0) {
        s->fail_on = -1;
        return true;
    }
    if (!take_severity(value, &severity, e))
        return false;
    s->fail_on = (int)severity;
    return true;
}

static bool take_color(struct settings *s, const char *value, struct err *e)
{
    static const char *const words[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(value, words[i]) == 0) {
            s->color = (enum color)i;
            return true;
        }
    }
    return err_set(e, ERR_USAGE, "--color takes auto, always or never, not %.64s", value);
}

static bool take_option(void *ctx, int id, const char *value, struct err *e)
{
    struct settings *s = ctx;
    switch (id) {
    case 0: *vec_push(&s->operands) = value; return true;
    case OPTION_OUTPUT: s->output = value; return true;
    case OPTION_FORMAT: s->format = value; return true;
    case OPTION_FORMAT_IN: return take_format_in(s, value, e);
    case OPTION_JOBS: return take_jobs(s, value, e);
    case OPTION_FROM: return take_time(value, &s->evidence.from, "from", e);
    case OPTION_TO: return take_time(value, &s->evidence.to, "to", e);
    case OPTION_FUNCTION: *vec_push(&s->functions) = slice_str(value); return true;
    case OPTION_ONLY: return take_only(s, value, e);
    case OPTION_MIN_SEVERITY: return take_severity(value, &s->min_severity, e);
    case OPTION_FAIL_ON: return take_fail_on(s, value, e);
    case OPTION_EXPECTED_LOOP: *vec_push(&s->expected_loops) = slice_str(value); return true;
    case OPTION_COLOR: return take_color(s, value, e);
    case OPTION_ASSUME: s->evidence.assume_function = slice_str(value); return true;
    case OPTION_SIGNATURES: s->signatures = value; return true;
    case OPTION_QUIET: s->quiet = true; return true;
    case OPTION_HELP: s->help = true; return true;
    case OPTION_VERSION: s->version = true; return true;
    default: return true;
    }
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static bool parse(const struct command *c, int argc, char **argv, struct settings *s, struct err *e)
{
    struct option_spec specs[KNOWN];
    size_t n = 0;
    for (size_t i = 0; i < KNOWN; i++)
        if (has_option(c, &known[i]))
            specs[n++] = known[i].spec;
    if (!options_parse(argc, argv, specs, n, take_option, s, e))
        return false;
    if (s->evidence.from != TIME_NONE && s->evidence.to != TIME_NONE && s->evidence.from > s->evidence.to)
        return err_set(e, ERR_USAGE, "--from is later than --to, so nothing lies between; exchange them");
    s->evidence.functions = s->functions.v;
    s->evidence.functions_n = s->functions.n;
    return true;
}

/* It may name a file that evidence has named. */
static void print_error(const struct command *c, const struct err *e)
{
    struct buf shown;
    buf_init(&shown, 0);
    escape_terminal(&shown, slice_str(e->msg));
    fprintf(stderr, "coldcase %s: %.*s\n", c->name, SLICE_ARG(buf_slice(&shown)));
    buf_done(&shown);
    if (e->code == ERR_USAGE)
        fprintf(stderr, "try `coldcase %s --help`\n", c->name);
}

/* EXIT_DONE when what was printed has gone out. */
static int printed(void)
{
    if (fflush(stdout) == 0)
        return EXIT_DONE;
    fprintf(stderr, "coldcase: cannot write to standard output: %s\n", strerror(errno));
    return EXIT_NOT_DONE;
}

static bool takes_operands(const struct command *c, const struct settings *s, struct err *e)
{
    return *c->operands || s->operands.n == 0 ||
           err_set(e, ERR_USAGE, "it reads nothing: leave out %.64s", s->operands.v[0]);
}

static int run(const struct command *c, int argc, char **argv)
{
    struct settings s = {.fail_on = -1, .min_severity = SEVERITY_INFO};
    struct err e = {ERR_NONE, ""};
    s.evidence.from = s.evidence.to = TIME_NONE;
    int status = EXIT_NOT_DONE;
    if (parse(c, argc, argv, &s, &e) && takes_operands(c, &s, &e)) {
        if (s.help || s.version) {
            s.help ? print_help(c) : print_version();
            status = printed();
        } else {
            status = c->run(&s, &e);
        }
    }
    if (e.code != ERR_NONE)
        print_error(c, &e);
    vec_done(&s.functions);
    vec_done(&s.only);
    vec_done(&s.operands);
    vec_done(&s.expected_loops);
    return status;
}

int command_main(int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : "";
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0) {
        print_version();
        return printed();
    }
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 || strcmp(first, "help") == 0) {
        print_usage(stdout);
        return printed();
    }
    const struct command *c = find_command(first);
    if (c)
        return run(c, argc - 1, argv + 1);
    if (*first)
        fprintf(stderr, "coldcase: there is no command %.64s\n", first);
    print_usage(stderr);
    return EXIT_NOT_DONE;
}
