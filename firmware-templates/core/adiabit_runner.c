#include "adiabit_runner.h"

#include <stddef.h>
#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_layers.h"
#include "adiabit_preparation.h"
#include "adiabit_transpose.h"
#include "adiabit_values.h"

/* Rounds up to words; `bytes` is at most 2^28. */
static uint32_t words_for(uint32_t bytes) {
  return (bytes + 3u) / 4u;
}

#if ADIABIT_EVERY_LAYER
static uint32_t prepared_words(const adiabit_circuit_t *circuit) {
  return circuit->preparation_offset == 0u ? 0u : words_for(circuit->input_count);
}
#endif

/*
 * The input has at most 2^28 bytes, and so do its planes. The arena and the window have fewer. Together they stay below
 * 2^31.
 */
uint32_t adiabit_runner_work_bytes(const adiabit_circuit_t *circuit) {
  uint32_t bytes = 4u * (words_for(circuit->input_bytes) + circuit->plane_words) + circuit->arena_bytes;
#if ADIABIT_EVERY_LAYER
  bytes += 4u * prepared_words(circuit) + adiabit_layers_window_bytes(circuit);
#endif
  return bytes;
}

bool adiabit_runner_start(adiabit_runner_t *runner, const adiabit_circuit_t *circuit, const adiabit_kernel_t *kernel,
                          uint32_t *work, uint32_t work_bytes) {
  const uint32_t needed = adiabit_runner_work_bytes(circuit);
  if (needed > work_bytes) return false;
  memset(work, 0, (size_t)needed);
  uint32_t *tables = work + needed / 4u;
  runner->circuit = circuit;
  runner->kernel = kernel;
  runner->input = (uint8_t *)work;
  runner->planes = work;
  work += words_for(circuit->input_bytes);
  if (circuit->plane_words > 0u) runner->planes = work;
  work += circuit->plane_words;
  runner->arena = (uint8_t *)work;
  runner->outputs = (int32_t *)(work + circuit->outputs_offset / 4u);
  work += circuit->arena_bytes / 4u;
#if ADIABIT_EVERY_LAYER
  runner->prepared = (uint8_t *)work;
  work += prepared_words(circuit);
  runner->window = work;
#endif
  const bool fits = ADIABIT_HAS_SUMS && kernel->build_sums != NULL && circuit->plane_words > 0u &&
                    circuit->plane_words / circuit->input_bits <= (work_bytes - needed) / ADIABIT_SUMS_BYTES_PER_WORD;
  runner->tables = fits ? tables : NULL;
#if ADIABIT_EVERY_LAYER
  runner->room = tables;
  if (fits) runner->room += circuit->plane_words / circuit->input_bits * (ADIABIT_SUMS_BYTES_PER_WORD / 4u);
  runner->room_end = tables + (work_bytes - needed) / 4u;
  runner->next_tables = runner->room;
  for (uint8_t index = 0; index < circuit->layer_count; index++) {
    if (!adiabit_circuit_counts(circuit, index)) adiabit_layers_start(runner, index);
  }
  runner->spare = runner->next_tables;
  runner->spare_words = (uint32_t)(runner->room_end - runner->spare);
#endif
  return true;
}

/*
 * Clears the bits after the input of the first layer. One-bit inputs travel as the words that the layer reads, so
 * nothing else has to be done.
 */
static void clear_tail(uint32_t *words, uint32_t bits) {
  if (bits % 32u != 0u) words[bits / 32u] &= (UINT32_C(1) << (bits % 32u)) - 1u;
}

/* Clears the bits of values above the input's width, which the kernels would count. */
static void clear_meaningless(const adiabit_runner_t *runner) {
  const adiabit_circuit_t *circuit = runner->circuit;
  if (circuit->input_bits == 1u) {
    clear_tail(runner->planes, circuit->input_count);
    return;
  }
#if ADIABIT_EVERY_LAYER
  if (circuit->input_bits == 8u) return;
  for (uint32_t index = 0; index < circuit->input_count; index++) {
    runner->input[index] &= (uint8_t)((1u << circuit->input_bits) - 1u);
  }
#endif
}

/* Transposes values of several bits into bit planes: bit i of plane b is bit b of value i. */
static void split_into_planes(const adiabit_runner_t *runner) {
  const adiabit_circuit_t *circuit = runner->circuit;
  const uint32_t plane_bytes = 4u * (circuit->plane_words / circuit->input_bits);
  const uint8_t *values = runner->input;
  uint8_t *next = (uint8_t *)runner->planes;
  for (uint32_t left = circuit->input_count; left > 0u; values += 8, next++) {
    const uint8_t count = left < 8u ? (uint8_t)left : 8u;
    uint8_t eight[8] = {0};
    uint8_t turned[8];
    memcpy(eight, values, count);
    adiabit_transpose(eight, turned);
    uint8_t *plane = next;
    for (uint8_t bit = 0; bit < circuit->input_bits; bit++, plane += plane_bytes) *plane = turned[bit];
    left -= count;
  }
}

/* A word for the output bits of the rows that are counted together. */
#if defined(__AVR__)
typedef uint8_t fired_t;
#else
typedef uint32_t fired_t;
#endif
#define LAST_FIRED ((fired_t)(UINT32_C(1) << (ADIABIT_ROWS - 1u)))

/* The next rows of a layer: the counts of differing bits, and their constants. */
typedef struct {
  adiabit_rows_t rows;
  adiabit_stored_t *constants;
  uint32_t left;
  uint32_t sums[ADIABIT_ROWS];
} block_t;

static void start_blocks(block_t *block, const adiabit_counting_t *layer) {
  block->rows.weights = layer->weights;
  block->rows.words = layer->words_per_row;
  block->rows.count = 0;
  block->rows.sums = block->sums;
  block->constants = layer->constants;
  block->left = layer->outputs;
}

static bool next_block(block_t *block, const adiabit_runner_t *runner, const adiabit_counting_t *layer,
                       const uint32_t *inputs) {
  adiabit_rows_t *rows = &block->rows;
  if (block->left == 0u) return false;
  if (rows->count > 0u) {
    rows->weights = adiabit_row_at(rows, rows->count);
    block->constants = adiabit_stored_at(block->constants, 4u * rows->count);
  }
  rows->count = block->left < ADIABIT_ROWS ? block->left : ADIABIT_ROWS;
  block->left -= rows->count;
  if (ADIABIT_HAS_SUMS && inputs == runner->tables) runner->kernel->differences_in_sums(rows, inputs);
  else runner->kernel->differences(rows, inputs, layer->input_bits);
  return true;
}

/* Gives the sum of the differing and the agreeing bits of a row. */
static uint32_t largest_sum(const adiabit_counting_t *layer) {
  return layer->inputs * ((1u << layer->input_bits) - 1u);
}

/* Runs a layer of thresholds. The bits after the last neuron stay zero: the next layer relies on it. */
static void run_threshold_layer(const adiabit_runner_t *runner, const adiabit_counting_t *layer, const uint32_t *inputs,
                                uint32_t *outputs) {
  const uint32_t largest = largest_sum(layer);
  fired_t *next = (fired_t *)outputs;
  block_t block;
  outputs[(layer->outputs - 1u) / 32u] = 0;
  start_blocks(&block, layer);
  while (next_block(&block, runner, layer, inputs)) {
    const uint8_t count = (uint8_t)block.rows.count;
    adiabit_words_t constants = adiabit_words_at(block.constants);
    fired_t fired = 0;
    for (uint8_t row = 0; row < count; row++) {
      fired = (fired_t)(fired >> 1);
      if (largest - block.sums[row] >= adiabit_words_next(&constants)) fired |= LAST_FIRED;
    }
    *next++ = (fired_t)(fired >> (ADIABIT_ROWS - count));
  }
}

static void run_integer_layer(const adiabit_runner_t *runner, const adiabit_counting_t *layer, const uint32_t *inputs) {
  const uint32_t largest = largest_sum(layer);
  int32_t *outputs = runner->outputs;
  block_t block;
  start_blocks(&block, layer);
  while (next_block(&block, runner, layer, inputs)) {
    adiabit_words_t offsets = adiabit_words_at(block.constants);
    for (uint8_t row = 0; row < (uint8_t)block.rows.count; row++) {
      const uint32_t scaled = (largest - block.sums[row]) << layer->shift;
      *outputs++ = adiabit_as_signed(scaled + adiabit_words_next(&offsets));
    }
  }
}

/* Gives what a counting layer reads: the tables or the bit planes of the input, or the bits of a layer. */
static const uint32_t *inputs_of(const adiabit_runner_t *runner, const adiabit_counting_t *layer) {
  if (layer->source == ADIABIT_FROM_INPUT) {
    return ADIABIT_HAS_SUMS && runner->tables != NULL ? runner->tables : runner->planes;
  }
  return (const uint32_t *)(const void *)(runner->arena + adiabit_circuit_arena_offset(runner->circuit, layer->source));
}

static void run_counting(const adiabit_runner_t *runner, uint8_t index) {
  const adiabit_counting_t layer = adiabit_circuit_counting(runner->circuit, index);
  const uint32_t *inputs = inputs_of(runner, &layer);
  if (layer.activation == ADIABIT_ACTIVATION_INTEGER) {
    run_integer_layer(runner, &layer, inputs);
  } else {
    run_threshold_layer(runner, &layer, inputs, (uint32_t *)(void *)(runner->arena + layer.arena_offset));
  }
}

static void prepare_input(const adiabit_runner_t *runner) {
  const adiabit_circuit_t *circuit = runner->circuit;
  clear_meaningless(runner);
#if ADIABIT_EVERY_LAYER
  if (circuit->preparation_offset != 0u) adiabit_prepare(circuit, runner->input, runner->prepared);
#endif
  if (ADIABIT_HAS_SUMS && runner->tables != NULL) {
    runner->kernel->build_sums(runner->tables, runner->input, circuit->input_count, circuit->input_bits);
  } else if (circuit->plane_words > 0u) {
    split_into_planes(runner);
  }
}

void adiabit_runner_run(adiabit_runner_t *runner, uint8_t layers) {
  prepare_input(runner);
#if ADIABIT_EVERY_LAYER
  runner->next_tables = runner->room;
#endif
  for (uint8_t index = 0; index < layers; index++) {
#if ADIABIT_EVERY_LAYER
    if (!adiabit_circuit_counts(runner->circuit, index)) {
      adiabit_layers_run(runner, index);
      continue;
    }
#endif
    run_counting(runner, index);
  }
}

const uint8_t *adiabit_runner_values(const adiabit_runner_t *runner, uint8_t layers, uint32_t *room) {
  const adiabit_circuit_t *circuit = runner->circuit;
  if (layers > 0u) {
    const uint32_t offset = adiabit_circuit_arena_offset(circuit, (uint8_t)(layers - 1u));
    *room = circuit->arena_bytes - offset;
    return runner->arena + offset;
  }
  *room = circuit->input_bytes;
#if ADIABIT_EVERY_LAYER
  if (circuit->preparation_offset != 0u) return runner->prepared;
#endif
  return runner->input;
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
    adiabit_runner_run(runner, circuit->layer_count);
    const bool same = adiabit_equal_stored(adiabit_stored_at(vector, circuit->golden_outputs), runner->outputs,
                                           4u * circuit->output_count);
    if (!same) mismatches++;
  }
  memset(runner->input, 0, (size_t)circuit->input_bytes);
  return mismatches;
}
