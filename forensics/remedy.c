/* Commands that several detectors give: called by them while they write a finding. */
#include "forensics/remedy.h"

#include "forensics/attempt.h"
#include "forensics/detector.h"

#include <math.h>

/* What chance explains less often than this has another reason (chosen). */
#define BLAME_CHANCE 0.001
/* So few that went well at a version's begin say nothing for it. */
enum { BLAME_FIRST = 8 };

/* "17"; $LATEST and an unknown version are none. */
static bool is_number(struct slice version)
{
    for (size_t i = 0; i < version.n; i++)
        if (version.p[i] < '0' || version.p[i] > '9')
            return false;
    return version.n > 0;
}

/* The version of the last attempt that began before `end` and tells one; with `good`, of those that went well. */
static uint32_t version_before(const struct function *fn, int64_t end, bool good)
{
    for (size_t i = end == TIME_NONE ? fn->attempts.n : dossier_lower(fn, end); i-- > 0;) {
        const struct attempt *a = fn->attempts.v[i];
        if (a->version && (!good || attempt_status(a) == ATTEMPT_OK))
            return a->version;
    }
    return 0;
}

static struct slice running(const struct dossier *d, const struct function *fn)
{
    return dossier_name(d, version_before(fn, TIME_NONE, false));
}

bool remedy_published(const struct dossier *d, const struct function *fn)
{
    return is_number(running(d, fn));
}

void remedy_configure(const struct dossier *d, const struct function *fn, const char *change,
                      struct findings *fs, struct finding *f)
{
    const char *shell = dossier_shell_name(&fs->arena, dossier_name(d, fn->name));
    bool published = remedy_published(d, fn);
    if (published)
        finding_command(
            fs, f,
            "# version %.*s cannot change: $LATEST is changed and published with the code it has now, and "
            "the alias moved to the number N that comes back",
            SLICE_ARG(running(d, fn)));
    finding_command(fs, f, "aws lambda update-function-configuration --function-name %s %s", shell, change);
    if (!published)
        return;
    finding_command(fs, f, "aws lambda wait function-updated --function-name %s", shell);
    finding_command(fs, f, "aws lambda publish-version --function-name %s", shell);
    finding_command(fs, f, "aws lambda update-alias --function-name %s --name ALIAS --function-version N",
                    shell);
}

void remedy_stop_retries(const struct dossier *d, const struct function *fn, struct findings *fs,
                         struct finding *f)
{
    const char *shell = dossier_shell_name(&fs->arena, dossier_name(d, fn->name));
    finding_command(
        fs, f,
        "# shows where failed asynchronous events go: without a destination or a dead-letter queue "
        "they are lost");
    finding_command(fs, f, "aws lambda get-function-event-invoke-config --function-name %s", shell);
    finding_command(fs, f, "# stops their two automatic retries and leaves the destinations as they are");
    finding_command(fs, f,
                    "# (put-function-event-invoke-config where the line above found no configuration)");
    finding_command(
        fs, f, "aws lambda update-function-event-invoke-config --function-name %s --maximum-retry-attempts 0",
        shell);
}

/* The one version of all the finding's attempts; 0 when they are of several, or it is unknown. */
static uint32_t version_of(const struct finding *f)
{
    uint32_t version = f->attempts.n ? f->attempts.v[0]->version : 0;
    for (size_t i = 1; i < f->attempts.n; i++)
        version = f->attempts.v[i]->version == version ? version : 0;
    return version;
}

/* Of one version of the function. */
struct record {
    size_t attempts, well, before; /* `before`: of the attempts, those begun before the onset */
};

static struct record record_of(const struct function *fn, uint32_t version, int64_t onset)
{
    struct record r = {0};
    for (size_t i = 0; i < fn->attempts.n; i++) {
        const struct attempt *a = fn->attempts.v[i];
        if (a->version != version)
            continue;
        r.attempts++;
        r.well += attempt_status(a) == ATTEMPT_OK;
        r.before += attempt_begin(a) != TIME_NONE && attempt_begin(a) < onset;
    }
    return r;
}

/* The version before that of all the finding's attempts, when the finding came with the newer one. Let p be the share of
 * the newer one's attempts that it names: chance alone explains that its first ones went well, (1 - p)^n >= BLAME_CHANCE,
 * or they are few; and it does not explain that the older one's went well. 0 when there is none. */
static uint32_t version_to_blame(const struct function *fn, const struct finding *f, uint32_t *ret_older)
{
    uint32_t newer = version_of(f);
    int64_t begin = f->attempts.n ? attempt_begin(f->attempts.v[0]) : TIME_NONE;
    *ret_older = 0;
    for (size_t i = begin == TIME_NONE || !newer ? 0 : dossier_lower(fn, begin); i-- > 0 && !*ret_older;)
        if (fn->attempts.v[i]->version != newer && attempt_status(fn->attempts.v[i]) == ATTEMPT_OK)
            *ret_older = fn->attempts.v[i]->version;
    if (!*ret_older)
        return 0;
    struct record now = record_of(fn, newer, begin), then = record_of(fn, *ret_older, begin);
    double share = fmin((double)f->attempts.n / (double)now.attempts, 1 - 1e-9);
    bool early = now.before < BLAME_FIRST || exp((double)now.before * log1p(-share)) >= BLAME_CHANCE;
    return early && exp((double)then.well * log1p(-share)) < BLAME_CHANCE ? newer : 0;
}

static void write_roll_back(struct findings *fs, struct finding *f, const char *shell, const char *why,
                            struct slice to)
{
    finding_command(fs, f, "# goes back to version %.*s, %s", SLICE_ARG(to), why);
    finding_command(fs, f, "aws lambda update-alias --function-name %s --name ALIAS --function-version %.*s",
                    shell, SLICE_ARG(to));
}

void remedy_roll_back(const struct dossier *d, const struct function *fn, int64_t onset, struct findings *fs,
                      struct finding *f)
{
    const char *shell = dossier_shell_name(&fs->arena, dossier_name(d, fn->name));
    size_t at = onset == TIME_NONE ? fn->attempts.n : dossier_lower(fn, onset);
    uint32_t last = at < fn->attempts.n ? version_before(fn, onset, true) : 0, older = 0;
    struct slice before = dossier_name(d, last);
    if (is_number(before) && last != fn->attempts.v[at]->version) {
        write_roll_back(fs, f, shell, "the last to run well before", before);
        return;
    }
    uint32_t blamed = version_to_blame(fn, f, &older);
    before = dossier_name(d, older);
    if (blamed && is_number(before)) {
        struct record then = record_of(fn, older, TIME_NONE);
        write_roll_back(
            fs, f, shell,
            arena_printf(&fs->arena,
                         "of which %s of %s invocations ended well; the finding's are all of %.*s",
                         detector_count(&fs->arena, then.well), detector_count(&fs->arena, then.attempts),
                         SLICE_ARG(dossier_name(d, blamed))),
            before);
        return;
    }
    finding_command(fs, f, "# %s; shows when the function was changed",
                    is_number(before) ? "the evidence does not tell that an earlier version would be better"
                                      : "the evidence knows no earlier version to go back to");
    finding_command(fs, f, "aws lambda get-function-configuration --function-name %s --query LastModified",
                    shell);
}

/* ---- commands that would undo each other ---- */

/* A command that sets the reserved concurrency of a function. */
struct cap {
    struct slice of; /* the command without its last word, the number */
    size_t finding, command;
    const struct finding *root; /* where the finding's causes begin */
};
typedef VEC(struct cap) caps;

static int by_cap(const void *a, const void *b)
{
    const struct cap *x = a, *y = b;
    if (x->root != y->root)
        return x->root < y->root ? -1 : 1;
    int c = slice_cmp(x->of, y->of);
    return c ? c : x->finding < y->finding ? -1 : x->finding > y->finding;
}

static void find_caps(const struct findings *fs, caps *ret)
{
    for (size_t i = 0; i < fs->list.n; i++) {
        const struct finding *f = fs->list.v[i], *root = f;
        while (root->cause)
            root = root->cause;
        for (size_t k = 0; k < f->commands.n; k++) {
            struct slice of = slice_str(f->commands.v[k]);
            if (!slice_starts(of, SLICE("aws lambda put-function-concurrency ")))
                continue;
            while (of.n && of.p[of.n - 1] != ' ')
                of.n--;
            *vec_push(ret) = (struct cap){of, i, k, root};
        }
    }
}

/* The command, and the words before it, give way to where the number stands. */
static void refer(struct findings *fs, const struct cap *cap, const struct finding *to)
{
    struct finding *f = fs->list.v[cap->finding];
    size_t at = cap->command;
    f->commands.v[at] = arena_printf(
        &fs->arena, "# see %s, which sets this function's reserved concurrency: it can have but one", to->id);
    if (at == 0 || f->commands.v[at - 1][0] != '#')
        return;
    f->commands.n--;
    for (size_t i = at - 1; i < f->commands.n; i++)
        f->commands.v[i] = f->commands.v[i + 1];
}

void remedy_settle(struct findings *fs)
{
    caps all = {0};
    find_caps(fs, &all);
    vec_sort(&all, by_cap);
    for (size_t i = 0, first = 0; i < all.n; i++) {
        if (all.v[i].root != all.v[first].root || !slice_eq(all.v[i].of, all.v[first].of))
            first = i;
        if (all.v[i].finding != all.v[first].finding)
            refer(fs, &all.v[i], fs->list.v[all.v[first].finding]);
    }
    vec_done(&all);
}
