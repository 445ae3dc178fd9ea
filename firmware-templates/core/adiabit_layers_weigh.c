/*
 * Dense layers and convolutions. The inputs of one window are gathered once and serve all channels:
 *
 *     binary weights over bits     packed words; bits outside the picture are 0
 *       unsigned                   S = 2 * popcount(w & v) - popcount(v)
 *       bipolar, n inputs inside   S = n - 2 * popcount((w ^ v) inside)
 *     anything else                numbers; what lies outside is 0
 */
#include "adiabit_lanes.h"
#include "adiabit_layers_run.h"

#if ADIABIT_EVERY_LAYER

#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_layers_tables.h"

/* One row of a window: its columns inside the picture, and the position of the first of them. */
typedef struct {
  uint32_t before; /* places of the window outside, on the left */
  uint32_t inside;
  uint32_t after;
  uint32_t place; /* in the picture */
} row_t;

/* Packs bits into words. */
typedef struct {
  uint32_t *next;
  uint32_t word;  /* not stored yet */
  uint32_t count; /* of bits in it, below 32 */
} bits_writer_t;

/* Appends 1 to 32 bits; the other bits of `bits` are zero. */
static inline void append_bits(bits_writer_t *writer, uint32_t bits, uint32_t count) {
  writer->word |= bits << writer->count;
  writer->count += count;
  if (writer->count >= 32u) {
    *writer->next++ = writer->word;
    writer->count -= 32u;
    writer->word = writer->count > 0u ? bits >> (count - writer->count) : 0u;
  }
}

static inline void end_bits(const bits_writer_t *writer) {
  if (writer->count > 0u) *writer->next = writer->word;
}

static inline void append_zeros(bits_writer_t *writer, uint32_t count) {
  writer->count += count;
  for (; writer->count >= 32u; writer->count -= 32u, writer->word = 0) *writer->next++ = writer->word;
}

static inline void append_same(bits_writer_t *writer, uint32_t bit, uint32_t count) {
  while (count > 0u) {
    const uint32_t piece = count < 32u ? count : 32u;
    append_bits(writer, bit == 0u ? 0u : 0xFFFFFFFFu >> (32u - piece), piece);
    count -= piece;
  }
}

static inline void append_copied(bits_writer_t *writer, const uint32_t *words, uint32_t start, uint32_t count) {
  const uint32_t shift = start % 32u;
  for (words += start / 32u; count > 0u; words++) {
    const uint32_t piece = count < 32u ? count : 32u;
    uint32_t bits = words[0] >> shift;
    if (shift + piece > 32u) bits |= words[1] << (32u - shift);
    append_bits(writer, bits & (0xFFFFFFFFu >> (32u - piece)), piece);
    count -= piece;
  }
}

/* Finds the row of a window whose top left corner is at (y, x). Padding may put the corner outside the picture. */
static row_t row_at(const adiabit_layer_t *layer, int32_t y, int32_t x) {
  const int32_t size = (int32_t)layer->size[1];
  const int32_t width = (int32_t)layer->input.width;
  row_t row = {(uint32_t)size, 0, 0, 0};
  if (y < 0 || y >= (int32_t)layer->input.height || x >= width || x + size <= 0) return row;
  const int32_t first = x < 0 ? 0 : x;
  const int32_t end = x + size > width ? width : x + size;
  row.before = (uint32_t)(first - x);
  row.inside = (uint32_t)(end - first);
  row.after = (uint32_t)(x + size - end);
  row.place = (uint32_t)y * layer->input.width + (uint32_t)first;
  return row;
}

typedef struct {
  int32_t y;
  int32_t x;
} corner_t;

/* Tells whether a window has no padding, as most have. */
static bool is_inside(const adiabit_layer_t *layer, corner_t corner) {
  return corner.y >= 0 && corner.x >= 0 && corner.y + (int32_t)layer->size[0] <= (int32_t)layer->input.height &&
         corner.x + (int32_t)layer->size[1] <= (int32_t)layer->input.width;
}

/* Gathers `count` bits of every line of a window, `step` apart. Most windows lie inside the picture, and most lines are
 * short. */
static ADIABIT_NOT_INLINE void gather_lines(const uint32_t *words, uint32_t start, uint32_t count, uint32_t step,
                                            uint32_t end, uint32_t *window) {
  bits_writer_t writer = {window, 0, 0};
  if (count > 32u) {
    for (; start != end; start += step) append_copied(&writer, words, start, count);
  } else {
    const uint32_t unused = 32u - count;
    for (; start != end; start += step) {
      const uint32_t shift = start % 32u;
      uint32_t bits = words[start / 32u] >> shift;
      if (shift > unused) bits |= words[start / 32u + 1u] << (32u - shift);
      append_bits(&writer, bits << unused >> unused, count);
    }
  }
  end_bits(&writer);
}

/* The part of a window that is inside the picture, in one direction. */
typedef struct {
  uint32_t before; /* outside */
  uint32_t count;
  uint32_t after; /* outside */
  uint32_t first; /* in the picture */
} inside_t;

static inside_t inside_of(int32_t corner, uint32_t size, uint32_t extent) {
  inside_t inside = {0, 0, 0, 0};
  if (corner >= 0) inside.first = (uint32_t)corner;
  else inside.before = (uint32_t)-corner;
  if (inside.before < size && inside.first < extent) {
    const uint32_t most = size - inside.before;
    inside.count = extent - inside.first < most ? extent - inside.first : most;
  } else {
    inside.before = size;
  }
  inside.after = size - inside.before - inside.count;
  return inside;
}

/* Gathers the bits of a window; those outside the picture are zero. Gives the number outside. */
static uint32_t gather_bits(const adiabit_run_t *run, corner_t corner) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t channels = layer->input.channels;
  const uint32_t *words = (const uint32_t *)(const void *)run->values.bytes;
  const uint32_t step = layer->input.width * channels;
  const uint32_t width = layer->size[1] * channels;
  if (is_inside(layer, corner)) {
    const uint32_t start = (uint32_t)corner.y * step + (uint32_t)corner.x * channels;
    gather_lines(words, start, width, step, start + layer->size[0] * step, run->window);
    return 0;
  }
  const inside_t rows = inside_of(corner.y, layer->size[0], layer->input.height);
  const inside_t columns = inside_of(corner.x, layer->size[1], layer->input.width);
  const uint32_t count = columns.count * channels;
  bits_writer_t writer = {run->window, 0, 0};
  append_zeros(&writer, rows.before * width);
  uint32_t start = rows.first * step + columns.first * channels;
  for (uint32_t row = 0; row < rows.count; row++, start += step) {
    append_zeros(&writer, columns.before * channels);
    append_copied(&writer, words, start, count);
    append_zeros(&writer, columns.after * channels);
  }
  append_zeros(&writer, rows.after * width);
  end_bits(&writer);
  return layer->size[0] * width - rows.count * count;
}

/* Gathers a mask of the inputs of a window that lie outside the picture. */
static void gather_outside(const adiabit_run_t *run, corner_t corner, uint32_t *mask) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t channels = layer->input.channels;
  bits_writer_t writer = {mask, 0, 0};
  for (uint32_t line = 0; line < layer->size[0]; line++) {
    const row_t row = row_at(layer, corner.y + (int32_t)line, corner.x);
    append_same(&writer, 1, row.before * channels);
    append_same(&writer, 0, row.inside * channels);
    append_same(&writer, 1, row.after * channels);
  }
  end_bits(&writer);
}

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
static void weigh_window(adiabit_run_t *run, corner_t corner, uint32_t words) {
  const uint32_t missing = gather_bits(run, corner);
  if (missing > 0u && run->layer->input_encoding == ADIABIT_INPUT_ENCODING_BIPOLAR) {
    gather_outside(run, corner, run->window + words);
  }
  weigh_bits(run, run->window, words, missing);
}

/* Tells whether values need 32 bits; all others fit 16. */
static bool needs_words(const adiabit_run_t *run) {
  return run->values.form == ADIABIT_VALUE_FORM_I32;
}

/* Copies `count` neighbouring values as numbers. Bytes of the input, the most frequent case, take the short way. */
static void copy_numbers(const adiabit_run_t *run, uint32_t first, uint32_t count, uint32_t at) {
  const adiabit_values_t *values = &run->values;
  const bool bipolar = run->layer->input_encoding == ADIABIT_INPUT_ENCODING_BIPOLAR;
  int32_t *wide = (int32_t *)run->window + at;
  adiabit_half_t *narrow = (adiabit_half_t *)(void *)run->window + at;
  if (values->form == ADIABIT_VALUE_FORM_U8 && values->zero_points == NULL && !bipolar) {
    for (uint32_t index = 0; index < count; index++) narrow[index] = values->bytes[first + index];
    return;
  }
  for (uint32_t index = 0; index < count; index++) {
    int32_t value = adiabit_value(values, first + index);
    if (bipolar) value = value != 0 ? 1 : -1;
    if (needs_words(run)) wide[index] = value;
    else narrow[index] = (int16_t)value;
  }
}

static void gather_numbers(const adiabit_run_t *run, corner_t corner) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t channels = layer->input.channels;
  const uint32_t number_bytes = needs_words(run) ? 4u : 2u;
  uint8_t *window = (uint8_t *)run->window;
  uint32_t index = 0;
  if (is_inside(layer, corner)) {
    uint32_t start = ((uint32_t)corner.y * layer->input.width + (uint32_t)corner.x) * channels;
    const uint32_t count = layer->size[1] * channels;
    for (uint32_t line = 0; line < layer->size[0]; line++, start += layer->input.width * channels, index += count) {
      copy_numbers(run, start, count, index);
    }
    return;
  }
  for (uint32_t line = 0; line < layer->size[0]; line++) {
    const row_t row = row_at(layer, corner.y + (int32_t)line, corner.x);
    const uint32_t first = index + row.before * channels;
    const uint32_t end = first + row.inside * channels;
    const uint32_t behind = end + row.after * channels;
    if (first > index) memset(window + number_bytes * index, 0, (size_t)(number_bytes * (first - index)));
    copy_numbers(run, row.place * channels, end - first, first);
    if (behind > end) memset(window + number_bytes * end, 0, (size_t)(number_bytes * (behind - end)));
    index = behind;
  }
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
  const bool wide = needs_words(run);
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
  const corner_t corner = {
      (int32_t)(y * layer->stride[0]) - (int32_t)layer->padding[0],
      (int32_t)(x * layer->stride[1]) - (int32_t)layer->padding[1],
  };
  if (adiabit_are_bits(&run->values) && layer->weight_form == ADIABIT_WEIGHT_FORM_BINARY) {
    weigh_window(run, corner, adiabit_layer_row_bytes(layer) / 4u);
    return;
  }
  gather_numbers(run, corner);
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
