/*
 * Runs a circuit on one input vector. Weights and constants are read straight from flash. Everything that changes is in
 * one block of work memory, which the caller owns.
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
  uint32_t *room; /* for tables of layers, behind everything else; a layer has its own after those of earlier layers */
  uint32_t *room_end;
  uint32_t *next_tables; /* those of the layer that runs next */
  uint32_t *spare;       /* what is left behind them: layers run faster with it */
  uint32_t spare_words;
#endif
  uint32_t *tables; /* of the kernel, behind everything else; NULL without them or without room for them */
} adiabit_runner_t;

/*
 * Gives the work memory that a circuit needs, in bytes (docs/formats/bitstream.md, Memory). With more, a kernel can
 * build its tables.
 */
uint32_t adiabit_runner_work_bytes(const adiabit_circuit_t *circuit);

/* Divides the work memory and zeroes what it uses. False if it is too small. `circuit` must outlive the runner. */
bool adiabit_runner_start(adiabit_runner_t *runner, const adiabit_circuit_t *circuit, const adiabit_kernel_t *kernel,
                          uint32_t *work, uint32_t work_bytes);

/*
 * Runs the first `layers` layers on `input`; all of them compute `outputs`. Bits of the input beyond its values are
 * ignored, and cleared.
 */
void adiabit_runner_run(adiabit_runner_t *runner, uint8_t layers);

/*
 * Gives where the values of the last of the first `layers` layers lie, which have just run; of none, the input as the
 * first layer takes it, before zero points are subtracted. `room` gets the bytes of that memory. How the values lie
 * there is in the record of the layer.
 */
const uint8_t *adiabit_runner_values(const adiabit_runner_t *runner, uint8_t layers, uint32_t *room);

/* Gives the position of the largest output, the lowest position on a tie. */
uint32_t adiabit_runner_class(const adiabit_runner_t *runner);

#if ADIABIT_EVERY_LAYER
/* Builds the tables of a layer that is no counting layer, after those of the layers before. Only adiabit_runner_start
 * calls it. */
void adiabit_layers_start(adiabit_runner_t *runner, uint8_t index);

/* Runs one layer that is no counting layer. Only adiabit_runner_run calls it. */
void adiabit_layers_run(adiabit_runner_t *runner, uint8_t index);
#endif

/*
 * Runs every golden vector. Gives the number of vectors whose outputs differ from the recorded ones. The input buffer
 * is zero afterwards.
 */
uint32_t adiabit_runner_self_test(adiabit_runner_t *runner);

#endif /* ADIABIT_RUNNER_H */
