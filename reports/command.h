/* A command of the program: a file and a row in commands.c. */
#ifndef REPORTS_COMMAND_H
#define REPORTS_COMMAND_H

#include "base/options.h"
#include "base/vec.h"
#include "forensics/evidence.h"
#include "forensics/finding.h"

enum exit_status { EXIT_DONE = 0, EXIT_FOUND = 1, EXIT_PARTLY = 2, EXIT_NOT_DONE = 3 };

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What the options say. Slices point into argv. */
struct settings {
    const char *output, *format, *signatures;
    struct evidence_options evidence;
    VEC(struct slice) functions, only, expected_loops;
    VEC(const char *) operands;
    enum severity min_severity;
    int fail_on; /* a severity, or -1 for never */
    enum color color;
    bool quiet, help, version;
};

/* Bits of the options that a command takes. */
enum command_options { TAKES_EVIDENCE = 1, TAKES_FORMAT = 2, TAKES_FINDINGS = 4, TAKES_OUTPUT = 8 };

struct command {
    const char *name, *operands; /* "PATH..." */
    const char *doc;             /* one line */
    const char *help;            /* some more lines: what it prints, examples */
    unsigned takes;
    /* Returns an exit status; 3 with *e filled. */
    int (*run)(const struct settings *s, struct err *e);
};

extern const struct command *const commands[];

/* Parses, runs and returns the exit status; prints usage, help and errors. */
int command_main(int argc, char **argv);

/* ---- shared by commands ---- */

/* Reads all PATH operands from `first` on, with progress. False with *e when nothing is readable. */
bool command_read(const struct settings *s, size_t first, struct evidence *ev, struct err *e);
/* Where a command writes to: --output, whole or not at all, or standard output. */
struct output {
    const char *path; /* as messages name it */
    int fd;
    char target[4096]; /* the file itself, also behind a link */
    char beside[4096]; /* the file that will take its place; empty without one */
};
bool output_open(struct output *o, const struct settings *s, struct err *e);
bool output_write(struct output *o, struct slice text, struct err *e);
/* Also where the others failed; without `good` nothing is left of a file. */
bool output_close(struct output *o, bool good, struct err *e);
/* All three, for one text. */
bool command_write(const struct settings *s, struct slice text, struct err *e);
/* 0 or 2, by what could be read. */
int command_status(const struct evidence *ev);
/* 0, 1 or 2: the same, and what was found. */
int command_verdict(const struct settings *s, const struct evidence *ev, const struct findings *fs);

#endif
