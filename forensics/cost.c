/* What invocations cost. */
#include "forensics/cost.h"

#include "forensics/attempt.h"

bool cost_known(const struct attempt *a)
{
    return a->billed_ms != BILLED_NONE && a->memory_mb > 0;
}

double cost_gb_seconds(const struct attempt *a)
{
    if (!cost_known(a))
        return 0;
    return a->memory_mb / 1024.0 * a->billed_ms / 1000.0;
}

double cost_usd(double gb_seconds, double requests)
{
    return gb_seconds * COST_PER_GB_SECOND + requests * COST_PER_REQUEST;
}
