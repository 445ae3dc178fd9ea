/*
 * Dense layers and convolutions. The inputs of one window are gathered once and serve all channels:
 *
 *     binary weights over bits     packed words; bits outside the picture are 0
 *       unsigned                   S = 2 * popcount(w & v) - popcount(v)
 *       bipolar, n inputs inside   S = n - 2 * popcount((w ^ v) inside)
 *     anything else                numbers; what lies outside is 0
 */
#include "adiabit_lanes.h"
#include "adiabit_layers_gather.h"

#if ADIABIT_EVERY_LAYER

#include "adiabit_bytes.h"
#include "adiabit_layers_tables.h"

/* Computes all channels at one position over packed bits. `missing` inputs lie outside the picture. */
static void weigh_bits(adiabit_run_t *run, const uint32_t *bits, uint32_t words, uint32_t missing) {
  const adiabit_layer_t *layer = run->layer;
  const bool bipolar = layer->input_encoding == ADIABIT_INPUT_ENCODING_BIPOLAR;
  const uint32_t channels = layer->output.channels;
  uint32_t sums[ADIABIT_ROWS];
  uint32_t outside[ADIABIT_ROWS];
  adiabit_rows_t rows = {run->weights, words, 0, sums};
  uint32_t ones = 0;
  for (uint32_t word = 0; word < words; word++) ones += adiabit_count_bits(bits[word]);
  const uint32_t inside = adiabit_layer_columns(layer) - missing;
  for (uint32_t channel = 0; channel < channels; channel += rows.count) {
    rows.weights = adiabit_row_at(&rows, rows.count);
    rows.count = channels - channel < ADIABIT_ROWS ? channels - channel : ADIABIT_ROWS;
    rows.sums = sums;
    if (bipolar) run->kernel->differences(&rows, bits, 1);
    else run->kernel->common(&rows, bits);
    rows.sums = outside;
    if (bipolar && missing > 0u) run->kernel->common(&rows, bits + words);
    for (uint8_t row = 0; row < (uint8_t)rows.count; row++) {
      const uint32_t different = missing > 0u && bipolar ? sums[row] - outside[row] : sums[row];
      sums[row] = bipolar ? inside - 2u * different : 2u * different - ones;
    }
    adiabit_run_put(run, channel, sums, rows.count);
  }
}

/* Computes all channels over the bits of a window. */
static void weigh_window(adiabit_run_t *run, adiabit_corner_t corner, uint32_t words) {
  const uint32_t missing = adiabit_gather_bits(run, corner);
  if (missing > 0u && run->layer->input_encoding == ADIABIT_INPUT_ENCODING_BIPOLAR) {
    adiabit_gather_outside(run, corner, run->window + words);
  }
  weigh_bits(run, run->window, words, missing);
}

/* Gives a half as a word, modulo 2^32. */
static inline uint32_t number_of(const adiabit_half_t *value) {
  const int32_t number = *value;
  return (uint32_t)number;
}

#if defined(__AVR__)
static uint32_t weigh_integers(adiabit_stored_t *row, const uint32_t *window, uint32_t columns) {
  const adiabit_half_t *values = (const adiabit_half_t *)(const void *)window;
  adiabit_cursor_t weights = adiabit_cursor_at(row);
  uint32_t sum = 0;
  for (const adiabit_half_t *end = values + columns; values != end; values++) {
    sum += (uint32_t)((int32_t)(int8_t)adiabit_cursor_next(&weights) * (int32_t)*values);
  }
  return sum;
}
#else
/* Multiplies the lowest byte of a weight by the lowest half of a value, both signed. */
static inline uint32_t product(uint32_t weight, uint32_t value) {
  return (uint32_t)((int32_t)(int8_t)weight * (int32_t)(int16_t)value);
}

/*
 * Weighs by words of four weights and of two values: loading them one by one takes longer than multiplying them. After
 * the last column the weights are zero, and the window ends with a whole word.
 */
static inline uint32_t weigh_integers(adiabit_stored_t *row, const uint32_t *window, uint32_t columns) {
  uint32_t sum = 0;
  for (const uint32_t *end = window + columns / 4u * 2u; window != end; window += 2, row += 4) {
    const uint32_t weights = adiabit_load_word(row);
    sum += product(weights, window[0]) + product(weights >> 8, window[0] >> 16);
    sum += product(weights >> 16, window[1]) + product(weights >> 24, window[1] >> 16);
  }
  if (columns % 4u > 0u) {
    const uint32_t weights = adiabit_load_word(row);
    sum += product(weights, window[0]);
    if (columns % 4u > 1u) sum += product(weights >> 8, window[0] >> 16);
    if (columns % 4u > 2u) sum += product(weights >> 16, window[1]);
  }
  return sum;
}
#endif

/* Weighs consecutive rows. It is a function of its own so that the loops have all registers. */
static ADIABIT_NOT_INLINE void weigh_rows_of_integers(adiabit_stored_t *row, const uint32_t *window, uint32_t columns,
                                                      uint32_t *sums, uint32_t count) {
  const uint32_t row_bytes = (columns + 3u) & ~UINT32_C(3);
  for (const uint32_t *end = sums + count; sums != end; sums++, row = adiabit_stored_at(row, row_bytes)) {
    *sums = weigh_integers(row, window, columns);
  }
}

/* Weighs by +1 and -1: twice the values of weight +1, less the sum of all values. */
static uint32_t weigh_signs(adiabit_stored_t *row, const adiabit_half_t *values, uint32_t columns, uint32_t all) {
  uint32_t positive = 0;
  for (; columns >= 32u; columns -= 32u, row = adiabit_stored_at(row, 4)) {
    uint32_t word = adiabit_load_word(row);
    for (uint8_t bit = 0; bit < 32u; bit++, word >>= 1) positive += (0u - (word & 1u)) & number_of(values++);
  }
  uint32_t word = columns > 0u ? adiabit_load_word(row) : 0u;
  for (; columns > 0u; columns--, word >>= 1) positive += (0u - (word & 1u)) & number_of(values++);
  return 2u * positive - all;
}

static int32_t weight_at(const adiabit_layer_t *layer, adiabit_stored_t *row, uint32_t column) {
  if (layer->weight_form == ADIABIT_WEIGHT_FORM_INTEGER) {
    return (int8_t)*adiabit_stored_at(row, column);
  }
  return (((uint32_t)*adiabit_stored_at(row, column / 8u) >> (column % 8u)) & 1u) != 0u ? 1 : -1;
}

/* Weighs values of 32 bits, which are rare. */
static uint32_t weigh_words(const adiabit_run_t *run, adiabit_stored_t *row, uint32_t columns) {
  const uint32_t *values = run->window;
  uint32_t sum = 0;
  for (uint32_t column = 0; column < columns; column++) {
    sum += (uint32_t)weight_at(run->layer, row, column) * values[column];
  }
  return sum;
}

/* Computes all channels at one position over numbers. */
static void weigh_numbers(adiabit_run_t *run) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t columns = adiabit_layer_columns(layer);
  const uint32_t row_bytes = adiabit_layer_row_bytes(layer);
  const adiabit_half_t *values = (const adiabit_half_t *)(const void *)run->window;
  const bool wide = adiabit_needs_words(run);
  const bool integers = layer->weight_form == ADIABIT_WEIGHT_FORM_INTEGER;
  uint32_t all = 0;
  if (!wide && !integers) {
    for (uint32_t column = 0; column < columns; column++) all += number_of(values + column);
  }
  adiabit_stored_t *row = run->weights;
  uint32_t sums[ADIABIT_ROWS];
  const uint32_t channels = layer->output.channels;
  for (uint32_t channel = 0, count = 0; channel < channels; channel += count) {
    count = channels - channel < ADIABIT_ROWS ? channels - channel : ADIABIT_ROWS;
    if (integers && !wide) {
      weigh_rows_of_integers(row, run->window, columns, sums, count);
      row = adiabit_stored_at(row, count * row_bytes);
    } else {
      for (uint32_t index = 0; index < count; index++, row = adiabit_stored_at(row, row_bytes)) {
        sums[index] = wide ? weigh_words(run, row, columns) : weigh_signs(row, values, columns, all);
      }
    }
    adiabit_run_put(run, channel, sums, count);
  }
}

void adiabit_run_window(adiabit_run_t *run, uint32_t y, uint32_t x) {
  const adiabit_layer_t *layer = run->layer;
  const adiabit_corner_t corner = {
      (int32_t)(y * layer->stride[0]) - (int32_t)layer->padding[0],
      (int32_t)(x * layer->stride[1]) - (int32_t)layer->padding[1],
  };
  if (adiabit_are_bits(&run->values) && layer->weight_form == ADIABIT_WEIGHT_FORM_BINARY) {
    weigh_window(run, corner, adiabit_layer_row_bytes(layer) / 4u);
    return;
  }
  adiabit_gather_numbers(run, corner);
  weigh_numbers(run);
}

void adiabit_run_weights(adiabit_run_t *run) {
  const adiabit_layer_t *layer = run->layer;
  const bool bits = adiabit_are_bits(&run->values) && layer->weight_form == ADIABIT_WEIGHT_FORM_BINARY;
  const uint32_t words = adiabit_layer_row_bytes(layer) / 4u;
  if (bits && layer->kind == ADIABIT_LAYER_KIND_DENSE) {
    weigh_bits(run, (const uint32_t *)(const void *)run->values.bytes, words, 0);
    return;
  }
#if ADIABIT_HAS_TABLES
  if (run->tables != NULL) {
    adiabit_run_tables(run);
    return;
  }
#endif
#if ADIABIT_HAS_LANES
  if (bits && adiabit_run_lanes(run)) return;
#endif
  for (uint32_t y = 0; y < layer->output.height; y++) {
    for (uint32_t x = 0; x < layer->output.width; x++) adiabit_run_window(run, y, x);
  }
}

#else
typedef int adiabit_layers_do_not_weigh; /* ISO C wants something in every file */
#endif
