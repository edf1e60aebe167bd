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

/* NULL, or what is wrong. */
static const char *read_all(struct evidence *ev, int fd, struct buf *bytes)
{
    ssize_t n = 1;
    while (n > 0) {
        if (!buf_reserve(bytes, READ_CHUNK))
            return "a stream of more than 2 GiB; save it to a file and name the file";
        n = read(fd, bytes->p + bytes->n, READ_CHUNK);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            bytes->n += (size_t)n;
    }
    ev->budget.held -= bytes->n;
    return n == 0 ? NULL : strerror(errno);
}

static void lose(struct evidence *ev, const char *path, const char *why)
{
    struct source *s = add_source(ev, path);
    s->open = NULL;
    source_anomaly(s, ANOMALY_UNREADABLE, 0, 0, why);
}

/* Standard input and pipes are held in memory. */
static void add_stream(struct evidence *ev, const char *path, int fd)
{
    struct buf bytes;
    buf_init(&bytes, (size_t)ev->budget.held);
    const char *wrong = read_all(ev, fd, &bytes);
    if (wrong) {
        lose(ev, path, wrong);
        buf_done(&bytes);
        return;
    }
    size_t at = ev->sources.n;
    struct source *s = add_source(ev, path);
    s->open = NULL;
    s->memory = buf_slice(&bytes);
    s->size = s->memory.n;
    *vec_push(&ev->held) = bytes.p;
    unpack(ev, at, 0);
}

static void add_stdin(struct evidence *ev)
{
    if (!ev->from_stdin)
        add_stream(ev, "-", STDIN_FILENO);
    ev->from_stdin = true;
}

/* A shell's <(...) gives such a path. */
static void add_pipe(struct evidence *ev, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        lose(ev, path, strerror(errno));
        return;
    }
    add_stream(ev, path, fd);
    close(fd);
}

/* ---- folders ---- */

/* The folders on the way down to a path. */
struct way {
    struct {
        dev_t dev;
        ino_t ino;
    } folders[WALK_DEPTH_MAX];
    unsigned depth;
};

static void walk(struct evidence *ev, struct way *way, const char *path);

/* Empty names and dot files are no evidence: editors and file managers leave them. */
static int wanted(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static void walk_names(struct evidence *ev, struct way *way, const char *path)
{
    struct dirent **names = NULL;
    int n = scandir(path, &names, wanted, alphasort);
    if (n < 0) {
        lose(ev, path, strerror(errno));
        return;
    }
    size_t length = strlen(path);
    bool slash = length > 0 && path[length - 1] == '/';
    for (int i = 0; i < n; i++) {
        walk(ev, way, arena_printf(&ev->arena, "%s%s%s", path, slash ? "" : "/", names[i]->d_name));
        free(names[i]);
    }
    free(names);
}

/* A link to a folder on the way leads to what is being read already. */
static bool leads_back(const struct way *way, const struct stat *st)
{
    for (unsigned i = 0; i < way->depth; i++)
        if (way->folders[i].dev == st->st_dev && way->folders[i].ino == st->st_ino)
            return true;
    return false;
}

static void walk_folder(struct evidence *ev, struct way *way, const char *path, const struct stat *st)
{
    if (leads_back(way, st))
        return;
    if (way->depth == WALK_DEPTH_MAX) {
        lose(ev, path, "folders nested deeper than the limit");
        return;
    }
    way->folders[way->depth].dev = st->st_dev;
    way->folders[way->depth].ino = st->st_ino;
    way->depth++;
    walk_names(ev, way, path);
    way->depth--;
}

/* A pipe in a folder may have nobody who writes to it: only one that was named is waited for. */
static void walk(struct evidence *ev, struct way *way, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        lose(ev, path, strerror(errno));
    else if (S_ISDIR(st.st_mode))
        walk_folder(ev, way, path, &st);
    else if (S_ISREG(st.st_mode))
        add_source(ev, path)->size = (uint64_t)(st.st_size > 0 ? st.st_size : 0);
    else if (way->depth == 0)
        add_pipe(ev, path);
    else
        lose(ev, path, "no file; name a pipe itself to have it read");
}

void evidence_add(struct evidence *ev, const char *path)
{
    struct way way = {.depth = 0};
    if (strcmp(path, "-") == 0)
        add_stdin(ev);
    else
        walk(ev, &way, path);
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
