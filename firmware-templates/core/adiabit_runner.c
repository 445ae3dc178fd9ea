#include "adiabit_runner.h"

#include <stddef.h>
#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_operators.h"
#include "adiabit_values.h"

static uint32_t rounded_to_words(uint32_t bytes) {
  return bytes / 4u + (bytes % 4u != 0u ? 1u : 0u);
}

static uint32_t plane_words(const adiabit_circuit_t *circuit) {
  if (circuit->input_bits == 1u) return 0;
  return (circuit->input_count / 32u + (circuit->input_count % 32u != 0u ? 1u : 0u)) * circuit->input_bits;
}

/* No part has more than 2^24 values of a byte or 2^16 of four: below 2^27 all together. */
uint32_t adiabit_runner_work_bytes(const adiabit_circuit_t *circuit) {
#if ADIABIT_HAS_OPERATORS
  if (circuit->has_operators) {
    return 4u * rounded_to_words(circuit->input_bytes) + circuit->arena_bytes + adiabit_operators_window_bytes(circuit);
  }
#endif
  return 4u * (rounded_to_words(circuit->input_bytes) + plane_words(circuit) + 2u * circuit->hidden_words +
               circuit->output_count);
}

bool adiabit_runner_start(adiabit_runner_t *runner, const adiabit_circuit_t *circuit, const adiabit_kernel_t *kernel,
                          uint32_t *work, uint32_t work_bytes) {
  const uint32_t needed = adiabit_runner_work_bytes(circuit);
  if (needed > work_bytes) return false;
  memset(work, 0, (size_t)needed);
  runner->circuit = circuit;
  runner->kernel = kernel;
  runner->input = (uint8_t *)work;
  runner->planes = work;
  work += rounded_to_words(circuit->input_bytes);
#if ADIABIT_HAS_OPERATORS
  if (circuit->has_operators) {
    runner->arena = (uint8_t *)work;
    runner->outputs = (int32_t *)(work + circuit->outputs_offset / 4u);
    runner->window = work + circuit->arena_bytes / 4u;
    runner->tables = NULL;
    return true;
  }
#endif
  if (plane_words(circuit) > 0u) runner->planes = work;
  work += plane_words(circuit);
  runner->hidden[0] = work;
  work += circuit->hidden_words;
  runner->hidden[1] = work;
  work += circuit->hidden_words;
  runner->outputs = (int32_t *)work;
  work += circuit->output_count;
  const uint32_t input_words = circuit->input_count / 32u + (circuit->input_count % 32u != 0u ? 1u : 0u);
  const bool tables = ADIABIT_HAS_SUMS && kernel->build_sums != NULL && circuit->input_bits > 1u &&
                      input_words <= (work_bytes - needed) / ADIABIT_SUMS_BYTES_PER_WORD;
  runner->tables = tables ? work : NULL;
  return true;
}

/* The input of the first layer as words. One-bit inputs travel as such words; only the tail has to be cleared. */
static void clear_tail(uint32_t *words, uint32_t bits) {
  if (bits % 32u != 0u) words[bits / 32u] &= (UINT32_C(1) << (bits % 32u)) - 1u;
}

#if ADIABIT_HAS_OPERATORS
static void clear_meaningless(const adiabit_runner_t *runner) {
  const adiabit_circuit_t *circuit = runner->circuit;
  if (circuit->input_bits == 1u) {
    clear_tail(runner->planes, circuit->input_count);
    return;
  }
  for (uint32_t index = 0; index < circuit->input_count; index++) {
    runner->input[index] &= (uint8_t)((1u << circuit->input_bits) - 1u);
  }
}
#endif

/* Turns values of several bits into bit planes: bit i of plane b is bit b of value i. */
static void split_into_planes(const adiabit_runner_t *runner, const adiabit_layer_t *first) {
  for (uint32_t word = 0; word < first->words_per_row; word++) {
    const uint32_t start = 32u * word;
    const uint32_t count = first->inputs - start < 32u ? first->inputs - start : 32u;
    uint32_t plane[8] = {0};
    for (uint32_t index = 0; index < count; index++) {
      const uint32_t value = runner->input[start + index];
      for (uint32_t bit = 0; bit < first->input_bits; bit++) plane[bit] |= ((value >> bit) & 1u) << index;
    }
    for (uint32_t bit = 0; bit < first->input_bits; bit++) runner->planes[bit * first->words_per_row + word] = plane[bit];
  }
}

/* Rows whose accumulators are found together: kernels with tables take two. */
enum { ROWS = ADIABIT_HAS_SUMS ? 2 : 1 };

/* The rows of a layer, one after the other. */
typedef struct {
  const adiabit_kernel_t *kernel;
  const uint32_t *inputs; /* planes or tables */
  adiabit_stored_t *weights;
  uint32_t words;
  uint32_t row_bytes;
  uint32_t planes;
  uint32_t largest; /* accumulator */
  bool tables;
} rows_t;

static rows_t rows_of(const adiabit_runner_t *runner, const adiabit_layer_t *layer, const uint32_t *inputs) {
  const rows_t rows = {
      .kernel = runner->kernel,
      .inputs = inputs,
      .weights = layer->weights,
      .words = layer->words_per_row,
      .row_bytes = 4u * layer->words_per_row,
      .planes = layer->input_bits,
      .largest = layer->inputs * ((1u << layer->input_bits) - 1u),
      .tables = ADIABIT_HAS_SUMS && inputs == runner->tables,
  };
  return rows;
}

static uint32_t next_difference(rows_t *rows) {
  adiabit_stored_t *row = rows->weights;
  rows->weights = adiabit_stored_at(row, rows->row_bytes);
  return rows->largest - rows->kernel->differences(row, rows->inputs, rows->words, rows->planes);
}

static void sum_in_tables(rows_t *rows, uint32_t count, uint32_t sums[ROWS]) {
  const adiabit_kernel_t *kernel = rows->kernel;
  adiabit_stored_t *row = rows->weights;
  rows->weights = adiabit_stored_at(row, count * rows->row_bytes);
  if (count > 1u && kernel->sum_two_rows != NULL) {
    kernel->sum_two_rows(rows->inputs, row, rows->words, sums);
    return;
  }
  for (uint32_t index = 0; index < count; index++) {
    sums[index] = kernel->sum_row(rows->inputs, adiabit_stored_at(row, index * rows->row_bytes), rows->words);
  }
}

/* The accumulators of so many rows, at most ROWS. */
static inline void accumulate(rows_t *rows, uint32_t count, uint32_t sums[ROWS]) {
  if (ADIABIT_HAS_SUMS && rows->tables) {
    sum_in_tables(rows, count, sums);
    return;
  }
  sums[0] = next_difference(rows);
  if (count > 1u) sums[ROWS - 1] = next_difference(rows);
}

static uint32_t constant_of(const adiabit_layer_t *layer, uint32_t row) {
  return adiabit_load_word(adiabit_stored_at(layer->constants, 4u * row));
}

/* Bits behind the last neuron stay zero: the next layer counts on it. */
static void run_threshold_layer(const adiabit_runner_t *runner, const adiabit_layer_t *layer, const uint32_t *inputs,
                                uint32_t *outputs) {
  rows_t rows = rows_of(runner, layer, inputs);
  uint32_t word = 0;
  uint32_t bit = 1;
  for (uint32_t row = 0; row < layer->outputs; row += ROWS) {
    uint32_t sums[ROWS];
    const uint32_t count = layer->outputs - row < ROWS ? 1u : ROWS;
    accumulate(&rows, count, sums);
    for (uint32_t index = 0; index < count; index++, bit <<= 1) {
      if (sums[index] >= constant_of(layer, row + index)) word |= bit;
    }
    if (bit == 0u || row + ROWS >= layer->outputs) {
      *outputs++ = word;
      word = 0;
      bit = 1;
    }
  }
}

static void run_integer_layer(const adiabit_runner_t *runner, const adiabit_layer_t *layer, const uint32_t *inputs) {
  rows_t rows = rows_of(runner, layer, inputs);
  for (uint32_t row = 0; row < layer->outputs; row += ROWS) {
    uint32_t sums[ROWS];
    const uint32_t count = layer->outputs - row < ROWS ? 1u : ROWS;
    accumulate(&rows, count, sums);
    for (uint32_t index = 0; index < count; index++) {
      const uint32_t offset = constant_of(layer, row + index);
      runner->outputs[row + index] = adiabit_as_signed((sums[index] << layer->shift) + offset);
    }
  }
}

void adiabit_runner_run(adiabit_runner_t *runner) {
  const adiabit_circuit_t *circuit = runner->circuit;
#if ADIABIT_HAS_OPERATORS
  if (circuit->has_operators) {
    clear_meaningless(runner);
    adiabit_operators_run(runner);
    return;
  }
#endif
  adiabit_layer_t layer = adiabit_circuit_layer(circuit, NULL);
  const uint32_t *inputs = runner->planes;
  if (ADIABIT_HAS_SUMS && runner->tables != NULL) {
    runner->kernel->build_sums(runner->tables, runner->input, layer.inputs, layer.input_bits);
    inputs = runner->tables;
  } else if (layer.input_bits > 1u) {
    split_into_planes(runner, &layer);
  } else {
    clear_tail(runner->planes, circuit->input_count);
  }
  while (layer.activation == ADIABIT_ACTIVATION_THRESHOLD) {
    uint32_t *outputs = runner->hidden[layer.index % 2u];
    run_threshold_layer(runner, &layer, inputs, outputs);
    inputs = outputs;
    layer = adiabit_circuit_layer(circuit, &layer);
  }
  run_integer_layer(runner, &layer, inputs);
}

uint32_t adiabit_runner_class(const adiabit_runner_t *runner) {
  uint32_t best = 0;
  for (uint32_t index = 1; index < runner->circuit->output_count; index++) {
    if (runner->outputs[index] > runner->outputs[best]) best = index;
  }
  return best;
}

uint32_t adiabit_runner_self_test(adiabit_runner_t *runner) {
  const adiabit_circuit_t *circuit = runner->circuit;
  uint32_t mismatches = 0;
  for (uint32_t index = 0; index < circuit->golden_count; index++) {
    adiabit_stored_t *vector = adiabit_stored_at(circuit->golden, index * circuit->golden_stride);
    adiabit_copy_stored(runner->input, vector, circuit->input_bytes);
    adiabit_runner_run(runner);
    const bool same = adiabit_equal_stored(adiabit_stored_at(vector, circuit->golden_outputs), runner->outputs, 4u * circuit->output_count);
    if (!same) mismatches++;
  }
  memset(runner->input, 0, (size_t)circuit->input_bytes);
  return mismatches;
}
