/* All scenarios: one setup each, by topic in scenario_*.c, listed in scenarios.c. */
#ifndef SAMPLES_SCENARIOS_H
#define SAMPLES_SCENARIOS_H

#include "samples/world.h"

extern const struct scenario scenarios[]; /* ends with a name of NULL */

/* scenario_cold.c */
void scenario_cold_start(struct world *w);
void scenario_cold_start_storm(struct world *w);
void scenario_init_failure(struct world *w);
void scenario_init_timeout(struct world *w);
void scenario_scheduled(struct world *w);
void scenario_deployment_no_effect(struct world *w);
void scenario_provisioned(struct world *w);
void scenario_snapstart(struct world *w);
/* scenario_connections.c */
void scenario_mysql(struct world *w);
void scenario_postgres(struct world *w);
void scenario_redis(struct world *w);
void scenario_pool(struct world *w);
void scenario_descriptors(struct world *w);
void scenario_handled(struct world *w);
void scenario_connections_then_timeouts(struct world *w);
/* scenario_loop.c */
void scenario_runaway(struct world *w);
void scenario_two_functions(struct world *w);
void scenario_lineage(struct world *w);
void scenario_by_key(struct world *w);
void scenario_loop_and_connections(struct world *w);
void scenario_overnight(struct world *w);
void scenario_pipeline(struct world *w);
void scenario_prefix(struct world *w);
void scenario_by_count(struct world *w);
/* scenario_callers.c */
void scenario_polled_writer(struct world *w);
void scenario_polled_state(struct world *w);
void scenario_state_machine(struct world *w);
void scenario_one_schedule(struct world *w);
void scenario_schedule_and_uploads(struct world *w);
/* scenario_queue.c */
void scenario_loop_queue(struct world *w);
void scenario_loop_topic(struct world *w);
void scenario_loop_mixed(struct world *w);
void scenario_queue_pipeline(struct world *w);
void scenario_redrive(struct world *w);
/* scenario_failure.c */
void scenario_timeout_http(struct world *w);
void scenario_timeout_connect(struct world *w);
void scenario_timeout_silent(struct world *w);
void scenario_gateway(struct world *w);
void scenario_memory(struct world *w);
void scenario_crash(struct world *w);
void scenario_retry(struct world *w);
void scenario_throttle(struct world *w);
void scenario_two_incidents(struct world *w);
/* scenario_calm.c */
void scenario_quiet(struct world *w);
void scenario_error_words(struct world *w);
void scenario_heavy(struct world *w);
void scenario_slow(struct world *w);
void scenario_variance(struct world *w);
/* scenario_signs.c */
void scenario_leak(struct world *w);
void scenario_near_timeout(struct world *w);
void scenario_slow_dependency(struct world *w);
void scenario_error_burst(struct world *w);
void scenario_silent_gap(struct world *w);
void scenario_lost_lines(struct world *w);
void scenario_poisoned(struct world *w);
void scenario_costly(struct world *w);
/* scenario_lookalikes.c */
void scenario_cron_writer(struct world *w);
void scenario_busy_writer(struct world *w);
void scenario_own_state(struct world *w);
void scenario_role_prefix(struct world *w);
void scenario_config_dumps(struct world *w);
void scenario_retry_success(struct world *w);
void scenario_three_slow_inits(struct world *w);

/* Shared by topics. */
bool scenario_connect(struct world *w,
                      struct turn *t); /* a connection of the world's limit, kept while warm */
void scenario_refused_mysql(struct world *w, struct turn *t, uint64_t after_ms);
void scenario_uploads(struct world *w, const char *bucket, const char *form, uint64_t count);
void scenario_pipeline_beside(struct world *w, uint64_t uploads);

#endif
