/* What commands share: reading the evidence with progress, writing the result whole or not at all. */
#include "reports/command.h"

#include "base/buf.h"
#include "reports/escape.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- progress ---- */

struct progress {
    struct timespec begun, shown;
    bool any;
};

static double seconds_since(const struct timespec *t)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - t->tv_sec) + (double)(now.tv_nsec - t->tv_nsec) / 1e9;
}

/* One line that is written over; only on a terminal, at most ten times a second. */
static void show_progress(void *ctx, uint64_t done, uint64_t all, const char *path)
{
    struct progress *p = ctx;
    double elapsed = seconds_since(&p->begun);
    enum { NAME_SHOWN = 48 };
    if (elapsed < 0.3 || (p->any && seconds_since(&p->shown) < 0.1))
        return;
    clock_gettime(CLOCK_MONOTONIC, &p->shown);
    p->any = true;
    size_t length = strlen(path);
    const char *tail = length > NAME_SHOWN ? path + length - NAME_SHOWN : path;
    double rate = (double)done / elapsed, left = rate > 0 ? (double)(all - done) / rate : 0;
    struct buf name;
    buf_init(&name, 0);
    escape_terminal(&name, slice_str(tail));
    fprintf(stderr, "\r\033[K%.1f of %.1f MB, %.0f MB/s, %.0f s left  %.*s", (double)done / 1e6,
            (double)all / 1e6, rate / 1e6, left, (int)name.n, name.p);
    buf_done(&name);
}

static bool wants_progress(const struct settings *s)
{
    return !s->quiet && isatty(STDERR_FILENO);
}

/* ---- reading ---- */

static bool read_file(const char *path, struct buf *out, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = 1;
    if (fd < 0)
        return err_set(e, ERR_IO, "cannot open %.200s: %s", path, strerror(errno));
    while (n > 0 && buf_reserve(out, 65536)) {
        n = read(fd, out->p + out->n, 65536);
        out->n += n > 0 ? (size_t)n : 0;
    }
    int saved = errno;
    close(fd);
    return n == 0 ||
           err_set(e, ERR_IO, "cannot read %.200s: %s", path, n < 0 ? strerror(saved) : "it is too large");
}

static bool nothing_readable(const struct evidence *ev, struct err *e)
{
    if (ev->sources.n == 0)
        return err_set(e, ERR_IO, "the folder holds no file to read");
    const struct source *s = &ev->sources.v[0];
    if (ev->sources.n == 1 && s->anomalies.n && s->anomalies.v[0].kind == ANOMALY_UNREADABLE)
        return err_set(e, ERR_IO, "cannot read %.300s: %s", s->path, s->anomalies.v[0].detail);
    return err_set(e, ERR_IO,
                   "no evidence in %zu %s (first: %.200s%s%.200s); `coldcase formats` lists what can be read",
                   ev->sources.n, ev->sources.n == 1 ? "file" : "files", s->path, s->anomalies.n ? ": " : "",
                   s->anomalies.n ? s->anomalies.v[0].detail : "");
}

bool command_read(const struct settings *s, size_t first, struct evidence *ev, struct err *e)
{
    struct evidence_options options = s->evidence;
    struct progress progress = {.any = false};
    struct buf signatures;
    enum { SIGNATURES_MAX = 4 << 20 };
    if (s->operands.n <= first)
        return err_set(e, ERR_USAGE, "name a file or a folder to read, or - for standard input");
    buf_init(&signatures, SIGNATURES_MAX);
    bool ok = !s->signatures || read_file(s->signatures, &signatures, e);
    for (size_t i = first; i < s->operands.n && ok; i++)
        evidence_add(ev, s->operands.v[i]);
    clock_gettime(CLOCK_MONOTONIC, &progress.begun);
    options.signatures_text = buf_slice(&signatures);
    if (wants_progress(s)) {
        options.progress = show_progress;
        options.progress_ctx = &progress;
    }
    ok = ok && evidence_read(ev, &options, e);
    if (progress.any)
        fputs("\r\033[K", stderr);
    buf_done(&signatures);
    if (ok && evidence_empty(ev))
        ok = nothing_readable(ev, e);
    return ok;
}

/* ---- writing ---- */

static bool write_all(int fd, struct slice text)
{
    while (text.n) {
        ssize_t n = write(fd, text.p, text.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text = slice_skip(text, (size_t)n);
    }
    return true;
}

/* Devices and pipes are written as they are: renaming over /dev/null would be a mischief. */
static bool is_special(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static bool cannot_write(const struct output *o, struct err *e)
{
    return err_set(e, ERR_IO, "cannot write %.300s: %s", o->path, strerror(errno));
}

/* What stands half written beside another file, for one who is interrupted; empty without one. */
static char unfinished[sizeof((struct output *)NULL)->beside];

static void interrupted(int signal)
{
    (void)unlink(unfinished);
    (void)raise(signal); /* as if nobody had caught it, when this returns */
}

/* A limit on the size of files becomes an error of the write. */
static void watch(const struct output *o)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGTERM};
    const struct sigaction catch = {.sa_handler = interrupted, .sa_flags = SA_RESETHAND};
    struct sigaction was;
    memcpy(unfinished, o->beside, sizeof unfinished);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], NULL, &was) == 0 && was.sa_handler != SIG_IGN)
            (void)sigaction(signals[i], &catch, NULL);
    (void)signal(SIGXFSZ, SIG_IGN);
}

static bool name_files(struct output *o)
{
    char *real = realpath(o->path, NULL);
    int n = snprintf(o->target, sizeof o->target, "%s", real ? real : o->path);
    int beside = snprintf(o->beside, sizeof o->beside, "%s.XXXXXX", real ? real : o->path);
    free(real);
    return n < (int)sizeof o->target && beside < (int)sizeof o->beside;
}

/* A file is written beside the one that it replaces. */
static bool open_file(struct output *o, struct err *e)
{
    bool fits = name_files(o);
    if (fits)
        o->fd = mkstemp(o->beside);
    if (o->fd >= 0)
        watch(o);
    else
        o->beside[0] = '\0'; /* it is no file of ours */
    if (!fits)
        return err_set(e, ERR_IO, "the name of the output file is too long");
    return o->fd >= 0 || cannot_write(o, e);
}

bool output_open(struct output *o, const struct settings *s, struct err *e)
{
    *o = (struct output){.path = s->output, .fd = -1};
    if (!s->output || strcmp(s->output, "-") == 0) {
        o->path = "to standard output";
        o->fd = dup(STDOUT_FILENO);
    } else if (is_special(s->output)) {
        o->fd = open(s->output, O_WRONLY | O_CLOEXEC);
    } else {
        return open_file(o, e);
    }
    return o->fd >= 0 || cannot_write(o, e);
}

bool output_write(struct output *o, struct slice text, struct err *e)
{
    return write_all(o->fd, text) || cannot_write(o, e);
}

/* As the file that it replaces has it, else as a new one. */
static mode_t mode_of(const char *path)
{
    struct stat st;
    mode_t mask = umask(0);
    umask(mask);
    return stat(path, &st) == 0 ? st.st_mode & 07777 : 0666 & ~mask;
}

/* Synced and renamed. */
static bool replace_file(struct output *o)
{
    bool ok = fchmod(o->fd, mode_of(o->target)) == 0 && fsync(o->fd) == 0;
    ok = close(o->fd) == 0 && ok;
    o->fd = -1;
    ok = ok && rename(o->beside, o->target) == 0;
    if (ok)
        o->beside[0] = '\0';
    return ok;
}

bool output_close(struct output *o, bool good, struct err *e)
{
    if (good && o->beside[0])
        good = replace_file(o) || cannot_write(o, e);
    if (o->fd >= 0)
        close(o->fd);
    if (o->beside[0])
        unlink(o->beside);
    unfinished[0] = '\0';
    return good;
}

bool command_write(const struct settings *s, struct slice text, struct err *e)
{
    struct output o;
    bool ok = output_open(&o, s, e) && output_write(&o, text, e);
    return output_close(&o, ok, e);
}

int command_status(const struct evidence *ev)
{
    for (size_t i = 0; i < ev->sources.n; i++)
        if (source_lost(&ev->sources.v[i]))
            return EXIT_PARTLY;
    return EXIT_DONE;
}

static bool fails(const struct settings *s, const struct findings *fs)
{
    return s->fail_on >= 0 && fs->list.n && (int)fs->list.v[0]->severity >= s->fail_on;
}

int command_verdict(const struct settings *s, const struct evidence *ev, const struct findings *fs)
{
    int status = command_status(ev);
    return status == EXIT_DONE && fails(s, fs) ? EXIT_FOUND : status;
}
