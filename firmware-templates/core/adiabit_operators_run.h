/*
 * One operator at work: what the files that run operators share.
 */
#ifndef ADIABIT_OPERATORS_RUN_H
#define ADIABIT_OPERATORS_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_kernel.h"
#include "adiabit_operators.h"
#include "adiabit_runner.h"
#include "adiabit_values.h"

/* Halves of the words of work memory. */
#if defined(__GNUC__)
typedef int16_t adiabit_half_t __attribute__((may_alias));
#else
typedef int16_t adiabit_half_t;
#endif

typedef struct {
  const adiabit_operator_t *operation;
  const adiabit_kernel_t *kernel;
  uint32_t *window;
  adiabit_values_t values;
  adiabit_stored_t *weights;
  adiabit_stored_t *constants;
  adiabit_values_writer_t writer;
  bool plain_bits; /* thresholds without flags */
} adiabit_run_t;

/* The next value of the operator: what its activation makes of a sum. */
void adiabit_run_put_activated(adiabit_run_t *run, uint32_t channel, int32_t sum);

/* The same; thresholds, of which there are most, without a call. */
static inline void adiabit_run_put(adiabit_run_t *run, uint32_t channel, int32_t sum) {
  adiabit_values_writer_t *writer = &run->writer;
  if (!run->plain_bits) {
    adiabit_run_put_activated(run, channel, sum);
    return;
  }
  const uint32_t threshold = adiabit_load_word(adiabit_stored_at(run->constants, 4u * channel));
  const uint32_t bit = writer->index % 32u;
  if (sum >= adiabit_as_signed(threshold)) writer->word |= UINT32_C(1) << bit;
  writer->index++;
  if (bit == 31u) {
    memcpy(writer->bytes + writer->index / 8u - 4u, &writer->word, 4);
    writer->word = 0;
  }
}

/* Dense operators and convolutions. */
void adiabit_run_weights(adiabit_run_t *run);

#endif /* ADIABIT_OPERATORS_RUN_H */
