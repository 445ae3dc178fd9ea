#include "adiabit_layers_gather.h"

#if ADIABIT_EVERY_LAYER

#include <string.h>

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

/* Tells whether a window has no padding, as most have. */
static bool is_inside(const adiabit_layer_t *layer, adiabit_corner_t corner) {
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

uint32_t adiabit_gather_bits(const adiabit_run_t *run, adiabit_corner_t corner) {
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

void adiabit_gather_outside(const adiabit_run_t *run, adiabit_corner_t corner, uint32_t *mask) {
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
    if (adiabit_needs_words(run)) wide[index] = value;
    else narrow[index] = (int16_t)value;
  }
}

void adiabit_gather_numbers(const adiabit_run_t *run, adiabit_corner_t corner) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t channels = layer->input.channels;
  const uint32_t number_bytes = adiabit_needs_words(run) ? 4u : 2u;
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

#else
typedef int adiabit_layers_do_not_gather; /* ISO C wants something in every file */
#endif
