/* The list of sources: walking folders, reading standard input, opening archives. The bytes of an archive's
 * members are held from here on; the workers read them like files. */
#include "forensics/evidence.h"

#include "base/buf.h"
#include "base/huge.h"
#include "base/parallel.h"
#include "parsers/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WALK_DEPTH_MAX = 64, READ_CHUNK = 1 << 20 };

void evidence_init(struct evidence *ev)
{
    *ev = (struct evidence){.budget = {LIMIT_HELD, LIMIT_ARCHIVE_MEMBERS}};
    arena_init(&ev->arena);
    intern_init(&ev->members);
    index_init(&ev->index);
}

void evidence_done(struct evidence *ev)
{
    for (size_t i = 0; i < ev->sources.n; i++)
        source_done(&ev->sources.v[i]);
    vec_done(&ev->sources);
    vec_done(&ev->paths);
    for (size_t i = 0; i < ev->held.n; i++)
        free(ev->held.v[i]);
    vec_done(&ev->held);
    vec_done(&ev->named);
    intern_done(&ev->members);
    signatures_free(ev->signatures);
    index_done(&ev->index);
    arena_done(&ev->arena);
}

static struct source *add_source(struct evidence *ev, const char *path)
{
    const char *copy = arena_copy(&ev->arena, slice_str(path)).p;
    struct source *s = vec_push(&ev->sources);
    source_init(s, copy, copy);
    return s;
}

/* ---- archives ---- */

static void unpack(struct evidence *ev, size_t at, unsigned depth);

struct unpacking {
    struct evidence *ev;
    const char *archive; /* path as shown */
    unsigned depth;
};

/* ARCHIVE!/MEMBER; a tar may hold a name twice, and a hostile one a name that looks like another's. */
static const char *member_path(struct unpacking *u, struct slice name)
{
    struct evidence *ev = u->ev;
    const char *path = arena_printf(&ev->arena, "%s!/%.*s", u->archive, SLICE_ARG(name));
    uint32_t first = intern_id(&ev->members, slice_str(path)), id = first;
    for (;;) {
        while (ev->named.n <= id)
            *vec_push(&ev->named) = 0;
        if (ev->named.v[id]++ == 0)
            return path;
        path = arena_printf(&ev->arena, "%s!%u/%.*s", u->archive, ev->named.v[first], SLICE_ARG(name));
        id = intern_id(&ev->members, slice_str(path));
    }
}

static void take_member(void *ctx, struct archive_member *m)
{
    struct unpacking *u = ctx;
    struct evidence *ev = u->ev;
    size_t at = ev->sources.n;
    struct source *s = vec_push(&ev->sources);
    source_init(s, member_path(u, m->path), NULL);
    if (m->damage)
        source_anomaly(s, m->anomaly, 0, m->n, m->damage);
    if (!m->bytes)
        return;
    s->memory = slice_of(m->bytes, m->n);
    s->size = m->n;
    unpack(ev, at, u->depth + 1);
    if (archive_unpacked(&ev->sources.v[at])) {
        ev->sources.v[at].memory = slice_of("", 0);
        ev->budget.held += m->n;
        free(m->bytes);
    } else {
        *vec_push(&ev->held) = m->bytes;
    }
}

/* Works on a copy of the source: the list grows meanwhile. */
static void unpack(struct evidence *ev, size_t at, unsigned depth)
{
    struct source s = ev->sources.v[at];
    struct unpacking u = {ev, s.path, depth};
    if (!archive_is(&s))
        return;
    if (depth == 0)
        ev->budget.members = LIMIT_ARCHIVE_MEMBERS;
    if (depth < LIMIT_NESTING)
        archive_unpack(&s, &ev->budget, take_member, &u);
    else
        archive_refuse(&s);
    s.size = 0; /* no work is left */
    ev->sources.v[at] = s;
}

/* ---- what cannot be read twice ---- */

static bool read_all(struct evidence *ev, int fd, struct buf *bytes, struct err *e)
{
    ssize_t n = 1;
    while (n > 0) {
        if (!buf_reserve(bytes, READ_CHUNK))
            return err_set(e, ERR_IO,
                           "standard input is larger than 2 GiB; save it to a file and name the file");
        n = read(fd, bytes->p + bytes->n, READ_CHUNK);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            bytes->n += (size_t)n;
    }
    ev->budget.held -= bytes->n;
    return n == 0 || err_set(e, ERR_IO, "cannot read standard input: %s", strerror(errno));
}

/* Standard input and pipes are held in memory. */
static bool add_stream(struct evidence *ev, const char *path, int fd, struct err *e)
{
    struct buf bytes;
    buf_init(&bytes, (size_t)ev->budget.held);
    if (!read_all(ev, fd, &bytes, e)) {
        buf_done(&bytes);
        return false;
    }
    size_t at = ev->sources.n;
    struct source *s = add_source(ev, path);
    s->open = NULL;
    s->memory = buf_slice(&bytes);
    s->size = s->memory.n;
    *vec_push(&ev->held) = bytes.p;
    unpack(ev, at, 0);
    return true;
}

static bool add_stdin(struct evidence *ev, struct err *e)
{
    if (ev->from_stdin)
        return true;
    ev->from_stdin = true;
    return add_stream(ev, "-", STDIN_FILENO, e);
}

/* A shell's <(...) gives such a path. */
static void add_pipe(struct evidence *ev, const char *path)
{
    struct err e;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || !add_stream(ev, path, fd, &e))
        source_anomaly(add_source(ev, path), ANOMALY_UNREADABLE, 0, 0, fd < 0 ? strerror(errno) : e.msg);
    if (fd >= 0)
        close(fd);
}

/* ---- folders ---- */

static void walk(struct evidence *ev, const char *path, unsigned depth);

/* Empty names and dot files are no evidence: editors and file managers leave them. */
static int wanted(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static void walk_folder(struct evidence *ev, const char *path, unsigned depth)
{
    struct dirent **names = NULL;
    int n = scandir(path, &names, wanted, alphasort);
    if (n < 0) {
        source_anomaly(add_source(ev, path), ANOMALY_UNREADABLE, 0, 0, strerror(errno));
        return;
    }
    size_t length = strlen(path);
    bool slash = length > 0 && path[length - 1] == '/';
    for (int i = 0; i < n; i++) {
        const char *child = arena_printf(&ev->arena, "%s%s%s", path, slash ? "" : "/", names[i]->d_name);
        walk(ev, child, depth + 1);
        free(names[i]);
    }
    free(names);
}

static void walk(struct evidence *ev, const char *path, unsigned depth)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        source_anomaly(add_source(ev, path), ANOMALY_UNREADABLE, 0, 0, strerror(errno));
        return;
    }
    if (S_ISDIR(st.st_mode)) {
        if (depth >= WALK_DEPTH_MAX)
            source_anomaly(add_source(ev, path), ANOMALY_UNREADABLE, 0, 0,
                           "folders nested deeper than the limit");
        else
            walk_folder(ev, path, depth);
        return;
    }
    if (!S_ISREG(st.st_mode)) {
        add_pipe(ev, path);
        return;
    }
    add_source(ev, path)->size = (uint64_t)(st.st_size > 0 ? st.st_size : 0);
}

bool evidence_add(struct evidence *ev, const char *path, struct err *e)
{
    if (strcmp(path, "-") == 0)
        return add_stdin(ev, e);
    walk(ev, path, 0);
    return true;
}

/* ---- archives among the files ---- */

struct look {
    const struct evidence *ev;
    bool *is; /* one a source */
};

static void look_at(void *ctx, unsigned thread, size_t i)
{
    struct look *look = ctx;
    struct source s = look->ev->sources.v[i];
    (void)thread;
    look->is[i] = s.open && archive_is(&s);
}

void evidence_unpack(struct evidence *ev, unsigned threads)
{
    size_t n = ev->sources.n;
    struct look look = {ev, huge_zeros(n, sizeof *look.is)};
    parallel_run(threads, n, look_at, &look);
    for (size_t i = 0; i < n; i++)
        if (look.is[i])
            unpack(ev, i, 0);
    huge_free(look.is);
}

bool evidence_empty(const struct evidence *ev)
{
    for (size_t i = 0; i < ev->sources.n; i++) {
        const struct source *s = &ev->sources.v[i];
        if (s->entries > 0 || s->records > 0)
            return false;
    }
    return true;
}
