/* The inputs of one window of a convolution, in the memory for windows. */
#ifndef ADIABIT_LAYERS_GATHER_H
#define ADIABIT_LAYERS_GATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_layers_run.h"

/* Where the top left corner of a window lies; padding may put it outside the picture. */
typedef struct {
  int32_t y;
  int32_t x;
} adiabit_corner_t;

/* Gathers the bits of a window; those outside the picture are zero. Gives the number outside. */
uint32_t adiabit_gather_bits(const adiabit_run_t *run, adiabit_corner_t corner);

/* Gathers a mask of the inputs of a window that lie outside the picture. */
void adiabit_gather_outside(const adiabit_run_t *run, adiabit_corner_t corner, uint32_t *mask);

/* Gathers the values of a window as halves, or as words where values need those; what lies outside is 0. */
void adiabit_gather_numbers(const adiabit_run_t *run, adiabit_corner_t corner);

/* Tells whether values need 32 bits; all others fit 16. */
static inline bool adiabit_needs_words(const adiabit_run_t *run) {
  return run->values.form == ADIABIT_VALUE_FORM_I32;
}

#endif /* ADIABIT_LAYERS_GATHER_H */
