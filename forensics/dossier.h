/* The frozen index seen by function: what detectors and reports read. */
#ifndef FORENSICS_DOSSIER_H
#define FORENSICS_DOSSIER_H

#include "forensics/evidence.h"
#include "forensics/freeze.h"
#include "forensics/minutes.h"

struct quantiles {
    double p50, p90, p99, max;
    bool known;
};

/* One function and all that ran of it. */
struct function {
    uint32_t name;
    VEC(const struct attempt *) attempts; /* by start */
    VEC(const struct attempt *) failed;   /* of them: those with an error, a time-out or a failed init */
    VEC(const struct attempt *) inits;    /* of them: those that tell an init or restore */
    VEC(uint32_t) streams;                /* its environments */
    size_t peak_concurrency;              /* most attempts at one time */
    uint64_t errors, timeouts, cold, incomplete;
    uint64_t started, ended; /* that have their START, their END */
    uint64_t reported;       /* that have their REPORT, or are known to have ended well */
    uint64_t logged;         /* that have their START and ended well */
    uint64_t used;           /* whose REPORT tells the memory used */
    struct quantiles duration, init;
    uint32_t memory_mb, max_memory_mb;
    uint32_t least_used_mb; /* the lowest that a REPORT shows as used, UINT32_MAX when none does */
    double gb_seconds, cost_usd;
    bool billed; /* some report tells it */
};

struct dossier {
    const struct evidence *ev;
    const struct index *index;
    VEC(struct function) functions; /* by name */
    int64_t start, end;             /* first and last time in the evidence, TIME_NONE when there is none */
    uint64_t environments, cold, timeouts, errors, incomplete;
    uint64_t begun, timed, charged;      /* attempts with a begin, a duration, a price */
    struct minutes gb_seconds, requests; /* of all functions, by the attempts' begin */
    const struct slice
        *expected_loops; /* buckets whose loops are intended; set by the caller, may be empty */
    size_t expected_loops_n;
    struct arena arena;
};

void dossier_init(struct dossier *d, const struct evidence *ev);
void dossier_done(struct dossier *d);
/* How many attempts tell how they ended. */
uint64_t dossier_ended(const struct dossier *d);
const struct function *dossier_function(const struct dossier *d, uint32_t name);
struct slice dossier_name(const struct dossier *d, uint32_t name);
/* Environments of a function whose life (first to last line) holds the time. A frozen environment keeps its
 * sockets, so idle ones count. */
size_t dossier_alive(const struct dossier *d, const struct function *f, int64_t time);
/* The same at its highest between two times. */
size_t dossier_alive_peak(const struct dossier *d, const struct function *f, int64_t from, int64_t to);
/* The runtime of an environment, as its INIT_START names it; 0 unknown. */
uint32_t dossier_runtime(const struct dossier *d, uint32_t stream);
/* Attempts of the function that began in [from, to). */
size_t dossier_begun(const struct function *f, int64_t from, int64_t to);
/* Where the first attempt with start >= time stands in f->attempts. */
size_t dossier_lower(const struct function *f, int64_t time);
/* The same for one that is known to stand behind the i-th: the nearer it is, the fewer are looked at. */
size_t dossier_lower_behind(const struct function *f, size_t i, int64_t time);
/* A name of AWS that can stand in a shell command, in quotes where it needs them; "NAME" for what cannot be one. */
const char *dossier_shell_name(struct arena *arena, struct slice name);

#endif
