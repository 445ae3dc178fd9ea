#include "adiabit_runner.h"

#include <stddef.h>
#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_operators.h"

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

static uint32_t accumulate(const adiabit_runner_t *runner, const adiabit_layer_t *layer, const uint32_t *inputs,
                           uint32_t row) {
  adiabit_stored_t *weights = adiabit_stored_at(layer->weights, 4u * row * layer->words_per_row);
  if (ADIABIT_HAS_SUMS && inputs == runner->tables) return runner->kernel->sum_row(inputs, weights, layer->words_per_row);
  const uint32_t largest = layer->inputs * ((1u << layer->input_bits) - 1u);
  return largest - runner->kernel->differences(weights, inputs, layer->words_per_row, layer->input_bits);
}

static void run_threshold_layer(const adiabit_runner_t *runner, const adiabit_layer_t *layer, const uint32_t *inputs,
                                uint32_t *outputs) {
  uint32_t word = 0;
  for (uint32_t row = 0; row < layer->outputs; row++) {
    const uint32_t threshold = adiabit_load_word(adiabit_stored_at(layer->constants, 4u * row));
    if (accumulate(runner, layer, inputs, row) >= threshold) word |= UINT32_C(1) << (row % 32u);
    if (row % 32u == 31u || row + 1u == layer->outputs) {
      outputs[row / 32u] = word; /* bits behind the last neuron stay zero: the next layer counts on it */
      word = 0;
    }
  }
}

/* Signed arithmetic would overflow into undefined behaviour; unsigned wraps as the format says. */
static int32_t as_signed(uint32_t word) {
  int32_t value;
  memcpy(&value, &word, sizeof value);
  return value;
}

static void run_integer_layer(const adiabit_runner_t *runner, const adiabit_layer_t *layer, const uint32_t *inputs) {
  for (uint32_t row = 0; row < layer->outputs; row++) {
    const uint32_t offset = adiabit_load_word(adiabit_stored_at(layer->constants, 4u * row));
    runner->outputs[row] = as_signed((accumulate(runner, layer, inputs, row) << layer->shift) + offset);
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
