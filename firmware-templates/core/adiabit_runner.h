/*
 * Runs a circuit on one input vector. Weights and constants are read straight from flash; everything that changes
 * lives in one piece of work memory that the caller owns.
 */
#ifndef ADIABIT_RUNNER_H
#define ADIABIT_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_circuit.h"
#include "adiabit_kernel.h"

typedef struct {
  const adiabit_circuit_t *circuit;
  const adiabit_kernel_t *kernel;
  uint8_t *input;   /* one input vector as it travels: the caller writes it */
  uint32_t *planes; /* its bit planes; the same memory as `input` when values have one bit */
  uint8_t *arena;   /* values of all layers */
  int32_t *outputs;
#if ADIABIT_EVERY_LAYER
  uint8_t *prepared; /* the input after its preparation */
  uint32_t *window;  /* inputs of one place */
#endif
  uint32_t *tables; /* of the kernel, behind everything else; NULL without them or without room for them */
} adiabit_runner_t;

/* Work memory the circuit needs, in bytes (docs/formats/bitstream.md, Memory). More of it lets a kernel build its tables. */
uint32_t adiabit_runner_work_bytes(const adiabit_circuit_t *circuit);

/* Divides the work memory and zeroes what it uses; false when it is too small. `circuit` must outlive the runner. */
bool adiabit_runner_start(adiabit_runner_t *runner, const adiabit_circuit_t *circuit, const adiabit_kernel_t *kernel,
                          uint32_t *work, uint32_t work_bytes);

/* From `input` to `outputs`. Bits of the input that mean nothing are ignored, and cleared. */
void adiabit_runner_run(adiabit_runner_t *runner);

/* Position of the largest output, the lowest on a tie. */
uint32_t adiabit_runner_class(const adiabit_runner_t *runner);

#if ADIABIT_EVERY_LAYER
/* One layer that does not count; for adiabit_runner_run alone. */
void adiabit_layers_run(adiabit_runner_t *runner, uint8_t index);
#endif

/* Runs every golden vector; how many gave other outputs than recorded. The input buffer is zero afterwards. */
uint32_t adiabit_runner_self_test(adiabit_runner_t *runner);

#endif /* ADIABIT_RUNNER_H */
