/* The state of one running layer, shared by the files that run layers. */
#ifndef ADIABIT_LAYERS_RUN_H
#define ADIABIT_LAYERS_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_bytes.h"
#include "adiabit_kernel.h"
#include "adiabit_layers.h"
#include "adiabit_runner.h"
#include "adiabit_values.h"

/* A half of a word of work memory. */
#if defined(__GNUC__)
typedef int16_t adiabit_half_t __attribute__((may_alias));
#else
typedef int16_t adiabit_half_t;
#endif

#if defined(__GNUC__)
#define ADIABIT_NOT_INLINE __attribute__((noinline))
#else
#define ADIABIT_NOT_INLINE
#endif

typedef struct {
  const adiabit_layer_t *layer;
  const adiabit_kernel_t *kernel;
  uint32_t *window;
  uint32_t *spare; /* work memory that nothing else uses */
  uint32_t spare_words;
  uint32_t *tables; /* of a convolution; NULL: none */
  adiabit_values_t values;
  adiabit_stored_t *weights;
  adiabit_stored_t *constants;
  adiabit_values_writer_t writer;
  bool plain_bits; /* thresholds without flags */
} adiabit_run_t;

/* Activates the sums of neighbouring channels and stores them as the next values of the layer. */
void adiabit_run_put(adiabit_run_t *run, uint32_t channel, const uint32_t *sums, uint32_t count);

/* Runs a dense layer or a convolution. */
void adiabit_run_weights(adiabit_run_t *run);

/* Computes and stores all channels of the place in row `y` and column `x`, the next one, of a convolution. */
void adiabit_run_window(adiabit_run_t *run, uint32_t y, uint32_t x);

/* Runs a thermometer. */
void adiabit_run_thermometer(adiabit_run_t *run);

/* Runs a convolution of bits at many places at once. False, and nothing done, if it is none of that kind or too large.
 */
bool adiabit_run_lanes(adiabit_run_t *run);

static inline uint32_t adiabit_count_bits(uint32_t word) {
  word -= (word >> 1) & 0x55555555u;
  word = (word & 0x33333333u) + ((word >> 2) & 0x33333333u);
  word = (word + (word >> 4)) & 0x0F0F0F0Fu;
  return (word * 0x01010101u) >> 24;
}

#endif /* ADIABIT_LAYERS_RUN_H */
