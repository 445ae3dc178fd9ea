/*
 * An int8 network in plain C, INPUTS-HIDDEN-OUTPUTS, built into a board's firmware for a benchmark: the linker puts it in
 * place of adiabit_runner_run (`--wrap`). Its weights are the bytes of the stored circuit's first layer, WRAP rows of them
 * again and again, so that it fits boards whose slots are too small for one byte a weight; what it costs does not
 * depend on them. Optimised for speed on every board, whatever the rest of its image is.
 */
#pragma GCC optimize("O2")
#pragma GCC optimize("inline-small-functions")

#include "adiabit_runner.h"

#include <stddef.h>

void __wrap_adiabit_runner_run(adiabit_runner_t *runner, uint8_t layers);

static int32_t weigh(adiabit_stored_t *row, const int8_t *values, uint16_t count) {
  adiabit_cursor_t weights = adiabit_cursor_at(row);
  int32_t sum = 0;
  for (const int8_t *end = values + count; values != end; values++) {
    sum += (int16_t)((int8_t)adiabit_cursor_next(&weights) * *values);
  }
  return sum;
}

void __wrap_adiabit_runner_run(adiabit_runner_t *runner, uint8_t layers) {
  (void)layers;
  int8_t *hidden = (int8_t *)runner->planes; /* which nobody fills here */
  adiabit_stored_t *first = adiabit_circuit_counting(runner->circuit, 0).weights;
  for (uint16_t row = 0; row < HIDDEN; row++) {
    const uint16_t place = (uint16_t)((row % WRAP) * INPUTS);
    const int32_t scaled = weigh(adiabit_stored_at(first, place), (const int8_t *)runner->input, INPUTS) / 4096;
    hidden[row] = (int8_t)(scaled < 0 ? 0 : scaled > 127 ? 127 : scaled);
  }
  for (uint16_t row = 0; row < OUTPUTS; row++) {
    runner->outputs[row] = weigh(adiabit_stored_at(first, (uint16_t)(row * HIDDEN)), hidden, HIDDEN);
  }
}
