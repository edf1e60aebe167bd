/* The list of files: walking folders, reading standard input, order. */
#include "forensics/evidence.h"

#include "base/buf.h"
#include "parsers/limits.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WALK_DEPTH_MAX = 64, READ_CHUNK = 1 << 20 };

void evidence_init(struct evidence *ev)
{
    *ev = (struct evidence){.signatures = NULL};
    arena_init(&ev->arena);
    index_init(&ev->index);
}

void evidence_done(struct evidence *ev)
{
    for (size_t i = 0; i < ev->sources.n; i++)
        source_done(&ev->sources.v[i]);
    vec_done(&ev->sources);
    vec_done(&ev->paths);
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
    struct source *s = add_source(ev, path);
    s->size = (uint64_t)(st.st_size > 0 ? st.st_size : 0);
}

static bool read_stdin(struct evidence *ev, struct err *e)
{
    struct buf bytes;
    ssize_t n = 1;
    if (ev->from_stdin)
        return true;
    ev->from_stdin = true;
    buf_init(&bytes, LIMIT_HELD);
    while (n > 0) {
        if (!buf_reserve(&bytes, READ_CHUNK)) {
            buf_done(&bytes);
            return err_set(e, ERR_IO,
                           "standard input is larger than 2 GiB; save it to a file and name the file");
        }
        n = read(STDIN_FILENO, bytes.p + bytes.n, READ_CHUNK);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            bytes.n += (size_t)n;
    }
    if (n < 0) {
        buf_done(&bytes);
        return err_set(e, ERR_IO, "cannot read standard input: %s", strerror(errno));
    }
    struct source *s = add_source(ev, "-");
    s->open = NULL;
    s->memory = arena_copy(&ev->arena, buf_slice(&bytes));
    s->size = s->memory.n;
    buf_done(&bytes);
    return true;
}

bool evidence_add(struct evidence *ev, const char *path, struct err *e)
{
    if (strcmp(path, "-") == 0)
        return read_stdin(ev, e);
    walk(ev, path, 0);
    return true;
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
