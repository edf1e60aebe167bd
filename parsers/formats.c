/* The table of containers and the choice among them. */
#include "parsers/container.h"
#include "parsers/document.h"

/* The first FORMATS_STRONG are those that may score above BEYOND_DOUBT: where it is reached, none behind them can
 * win, and their looks at the text are spared. Ten thousand small files spend more time on that than on reading. */
enum { FORMATS_STRONG = 3, BEYOND_DOUBT = 90 };

const struct container *const containers[] = {
    &container_export,     &container_json,
    &container_csv,        &container_sam,
    &container_awslogs,    &container_cw,
    &container_cli,        &container_tail,
    &container_serverless, &container_bare,
    &container_table,      &container_s3_access,
    &container_front,      NULL,
};

const struct container *container_by_name(struct slice name)
{
    for (size_t i = 0; containers[i]; i++)
        if (slice_eq(name, slice_str(containers[i]->name)))
            return containers[i];
    return NULL;
}

const struct container *container_choose(struct slice head, const struct container **ret_runner_up)
{
    const struct container *best = NULL, *second = NULL;
    int best_score = 0, second_score = 0;
    for (size_t i = 0; containers[i]; i++) {
        if (i >= FORMATS_STRONG && best_score >= BEYOND_DOUBT)
            break;
        int score = containers[i]->score(head);
        if (score > best_score) {
            second = best;
            second_score = best_score;
            best = containers[i];
            best_score = score;
        } else if (score > second_score) {
            second = containers[i];
            second_score = score;
        }
    }
    *ret_runner_up = second;
    return best;
}

/* Words that stand near the front of every file of S3 records, whatever wraps them. */
static bool holds_records(struct slice head)
{
    static const struct slice words[] = {{"aws:s3", 6}, {"aws.s3", 6}, {"s3.amazonaws.com", 16}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_find(head, words[i]) >= 0)
            return true;
    return false;
}

void container_survey(struct source *source, struct slice head)
{
    source->looks_like = container_choose(head, &source->runner_up);
    source->kind = source->looks_like == &container_json ? document_kind(head) : NULL;
    source->records_first = source->looks_like == &container_json && holds_records(head);
}

/* Only documents and CSV need it: lines tell by themselves where an entry begins. */
bool container_continues(const struct source *before, const struct source *source)
{
    const struct container *one = before->looks_like, *two = source->looks_like;
    bool weak = two == NULL || two == &container_bare;
    if (one == &container_csv)
        return weak || two == &container_json;
    return one == &container_json && (weak || (two == one && before->kind != source->kind));
}
