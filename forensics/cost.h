/* Prices, us-east-1, USD, without free tier: one table with its date. Source: field guide,
 * limits-and-prices 8.3 (compute and requests from the sources named there; those of S3, SQS and SNS unconfirmed). */
#ifndef FORENSICS_COST_H
#define FORENSICS_COST_H

#include "forensics/index.h"

#define COST_DATE              "2026-11"
#define COST_PER_REQUEST       0.20e-6
#define COST_PER_GB_SECOND     0.0000166667 /* x86, first tier; logs do not tell the architecture */
#define COST_PER_GB_SECOND_ARM 0.0000133334
#define COST_PER_S3_PUT        5.0e-6
#define COST_PER_SQS_REQUEST   0.40e-6 /* standard queue; to send, to receive and to delete are one each */
#define COST_PER_FIFO_REQUEST  0.50e-6 /* the same of a queue whose name ends with .fifo */
#define COST_PER_SNS_PUBLISH   0.50e-6 /* deliveries to a function are free */

/* Whether the report tells what was billed. */
bool cost_known(const struct attempt *a);
/* Memory in GB (1,024 MB) times billed seconds; 0 when the report says neither. */
double cost_gb_seconds(const struct attempt *a);
double cost_usd(double gb_seconds, double requests);

#endif
