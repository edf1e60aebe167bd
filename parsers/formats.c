/* The table of containers and the choice among them. */
#include "parsers/container.h"

const struct container *const containers[] = {
    &container_export, &container_json, &container_csv,  &container_sam,
    &container_awslogs, &container_tail, &container_bare, NULL,
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
