/* Commands that several detectors give: called by them while they write a finding. */
#include "forensics/remedy.h"

#include "forensics/attempt.h"

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
    finding_command(
        fs, f,
        "# stops their two automatic retries and leaves the destinations; when the line above found "
        "no configuration, put-function-event-invoke-config makes it");
    finding_command(
        fs, f, "aws lambda update-function-event-invoke-config --function-name %s --maximum-retry-attempts 0",
        shell);
}

void remedy_roll_back(const struct dossier *d, const struct function *fn, int64_t onset, struct findings *fs,
                      struct finding *f)
{
    const char *shell = dossier_shell_name(&fs->arena, dossier_name(d, fn->name));
    size_t at = onset == TIME_NONE ? fn->attempts.n : dossier_lower(fn, onset);
    uint32_t last = at < fn->attempts.n ? version_before(fn, onset, true) : 0;
    struct slice before = dossier_name(d, last);
    if (is_number(before) && last != fn->attempts.v[at]->version) {
        finding_command(fs, f, "# goes back to version %.*s, the last to run well before", SLICE_ARG(before));
        finding_command(fs, f,
                        "aws lambda update-alias --function-name %s --name ALIAS --function-version %.*s",
                        shell, SLICE_ARG(before));
        return;
    }
    finding_command(
        fs, f, "# the evidence knows no earlier version to go back to; shows when the function was changed");
    finding_command(fs, f, "aws lambda get-function-configuration --function-name %s --query LastModified",
                    shell);
}
