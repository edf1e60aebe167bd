/* The label of a case: what must be found in it, what may be, and how much there is. */
#ifndef SAMPLES_TRUTH_H
#define SAMPLES_TRUTH_H

#include <stddef.h>
#include <stdint.h>

enum { TRUTH_CLAIMS_MAX = 16, TRUTH_IDS_MAX = 1000 }; /* ids: as many as a finding carries (contract.md) */

struct truth_claim {
    const char *detector, *function; /* function "": it concerns several */
    const char *severity;            /* the least at which it counts as found; NULL: medium */
    uint64_t count;                  /* attempts concerned; a request id may have several */
    size_t ids_n;
    uint8_t (*ids)[16];
};

struct truth {
    struct truth_claim expected[TRUTH_CLAIMS_MAX], allowed[TRUTH_CLAIMS_MAX];
    size_t expected_n, allowed_n;
    uint64_t invocations, cold_starts, timeouts, s3_records;
};

/* One attempt more that belongs to the finding. The strings must outlive the truth. */
void truth_expect(struct truth *t, const char *detector, const char *function, const uint8_t id[16]);
/* The same for what is worth less than medium. */
void truth_expect_at(struct truth *t, const char *severity, const char *detector, const char *function,
                     const uint8_t id[16]);
/* The finding is due, and no attempt belongs to it. */
void truth_expect_bare(struct truth *t, const char *severity, const char *detector, const char *function);
/* A consequence or context: it may appear without being wrong. */
void truth_allow(struct truth *t, const char *detector, const char *function);
void truth_write(const struct truth *t, const char *path, const char *scenario, const char *kind,
                 uint64_t seed);
void truth_done(struct truth *t);

#endif
