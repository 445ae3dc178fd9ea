#include "adiabit_layers_tables.h"

#if ADIABIT_EVERY_LAYER && ADIABIT_HAS_TABLES

#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_tables.h"

/* With fewer places or channels than this, tables are not worth their memory. */
#define FEWEST_PLACES 4u
#define FEWEST_CHANNELS 8u
/* Small windows are as fast at many places at once (adiabit_layers_lanes.c), unless there is a whole group. */
#define SMALL_TAPS 32u
/* Agreements and levels stay below 2^14. */
#define MAX_TAPS 4096u
#define MAX_LINES 0xFFFFu

/* A line of a window is a whole number of chunks. */
static uint32_t line_taps(const adiabit_layer_t *layer) {
  return layer->size[1] * layer->input.channels;
}

static uint32_t line_chunks(const adiabit_layer_t *layer) {
  return (line_taps(layer) + ADIABIT_CHUNK - 1u) / ADIABIT_CHUNK;
}

/* Lines of all windows of one column of places, those outside the picture included. */
static uint32_t column_lines(const adiabit_layer_t *layer) {
  return (layer->output.height - 1u) * layer->stride[0] + layer->size[0];
}

static uint32_t blocks_of(const adiabit_layer_t *layer) {
  return (layer->size[0] * line_chunks(layer) + ADIABIT_BLOCK - 1u) / ADIABIT_BLOCK;
}

static uint32_t groups_of(const adiabit_layer_t *layer) {
  return (layer->output.channels + ADIABIT_TABLE_CHANNELS - 1u) / ADIABIT_TABLE_CHANNELS;
}

/* Words of the chunks of all lines. The last window ends with a whole block. */
static uint32_t chunk_words(const adiabit_layer_t *layer) {
  return (layer->output.width * column_lines(layer) * line_chunks(layer) + ADIABIT_BLOCK + 3u) / 4u;
}

/* Words of a group: what its sums start with, and a table a chunk. */
static uint32_t group_words(const adiabit_layer_t *layer) {
  return ADIABIT_START_WORDS + blocks_of(layer) * ADIABIT_BLOCK * ADIABIT_TABLE_WORDS;
}

/* The tables of a layer that runs. */
typedef struct {
  adiabit_run_t *run;
  uint8_t *chunks;
  uint32_t line_chunks;   /* of a line */
  uint32_t column_chunks; /* of the lines of a column of places */
  uint32_t group_words;
  adiabit_groups_t groups;
  void (*fire)(const adiabit_groups_t *groups, const uint8_t *chunks, uint8_t *fired);
} tables_t;

/* Gives the chunk with this number among those of some bits. */
static inline uint8_t chunk_at(uint32_t bits, uint32_t number) {
  return (uint8_t)((ADIABIT_ENTRY_OFFSET(bits) >> (ADIABIT_CHUNK * number)) &
                   ADIABIT_ENTRY_OFFSET(ADIABIT_CHUNK_VALUES - 1u));
}

/* Gives 1 to 31 bits. It is here, not called, because it is most of what a short line takes. */
static inline uint32_t bits_at(const uint32_t *words, uint32_t start, uint32_t count) {
  const uint32_t at = start % 32u;
  uint32_t bits = words[start / 32u] >> at;
  if (at + count > 32u) bits |= words[start / 32u + 1u] << (32u - at);
  return bits & ((1u << count) - 1u);
}

uint32_t adiabit_tables_words(const adiabit_run_t *run) {
  const adiabit_layer_t *layer = run->layer;
  if (layer->kind != ADIABIT_LAYER_KIND_CONVOLUTION || layer->weight_form != ADIABIT_WEIGHT_FORM_BINARY) return 0;
  if (!adiabit_are_bits(&run->values) || !run->plain_bits) return 0;
  const uint32_t taps = adiabit_layer_columns(layer);
  if (taps > MAX_TAPS) return 0;
  if (layer->output.channels < (taps > SMALL_TAPS ? FEWEST_CHANNELS : ADIABIT_TABLE_CHANNELS)) return 0;
  if (layer->output.height * layer->output.width < FEWEST_PLACES) return 0;
  if (column_lines(layer) > MAX_LINES / layer->output.width) return 0;
  return chunk_words(layer) + groups_of(layer) * group_words(layer);
}

/* The number of weights of a channel that are -1. */
static int32_t negative_weights(adiabit_stored_t *row, uint32_t taps) {
  int32_t count = 0;
  for (uint32_t tap = 0; tap < taps; tap++) {
    if (((uint32_t)*adiabit_stored_at(row, tap / 8u) >> (tap % 8u) & 1u) == 0u) count++;
  }
  return count;
}

/* Half of a number, rounded up, for either sign. */
static int32_t half_up(int32_t value) {
  return value >= 0 ? value / 2 + value % 2 : -(-value / 2);
}

/* The number of agreements from which on a channel fires: 0 always does, one more than there are inputs never does. */
static uint32_t level_of(const adiabit_run_t *run, uint32_t channel, adiabit_stored_t *row) {
  const int32_t bound = (int32_t)MAX_TAPS + 1; /* no sum is as large */
  const int32_t taps = (int32_t)adiabit_layer_columns(run->layer);
  int32_t level = adiabit_as_signed(adiabit_load_word(adiabit_stored_at(run->constants, 4u * channel)));
  if (level > bound) level = bound;
  if (level < -bound) level = -bound;
  if (run->layer->input_encoding == ADIABIT_INPUT_ENCODING_BIPOLAR) level = half_up(level + taps);
  else level += negative_weights(row, (uint32_t)taps);
  if (level < 0) return 0;
  return level > taps ? (uint32_t)taps + 1u : (uint32_t)level;
}

static bool sums_in_bytes(const adiabit_layer_t *layer) {
  return adiabit_layer_columns(layer) <= ADIABIT_TAPS_IN_BYTES;
}

/*
 * Sets what the sum of a channel starts with, so that its highest bit tells that the channel fires. Sums are bytes, or
 * halves of words: channels 0 and 2 of four in one word, 1 and 3 in the next.
 */
static void start_sum(const adiabit_layer_t *layer, uint32_t *starts, uint32_t channel, uint32_t level) {
  if (sums_in_bytes(layer)) {
    starts[channel / 4u] |= (0x80u - level) << (8u * (channel % 4u));
  } else {
    starts[channel / 4u * 2u + channel % 2u] |= (0x8000u - level) << (channel % 4u < 2u ? 0u : 16u);
  }
}

/* Finds the bits of a channel in the words of an entry. */
static uint32_t shift_of(uint32_t channel) {
  return 8u * (channel % 4u) + 4u * (channel / 4u % 2u);
}

/* Fills the entries of single inputs with the weights of a channel, and those of no input with their complements. */
static void put_weights(const adiabit_layer_t *layer, uint32_t *table, adiabit_stored_t *row, uint32_t channel) {
  const uint32_t shift = shift_of(channel);
  const uint32_t taps = line_taps(layer);
  uint32_t bit = 0;
  table += channel / 8u;
  for (uint32_t line = 0; line < layer->size[0]; line++, table += line_chunks(layer) * ADIABIT_TABLE_WORDS) {
    for (uint32_t tap = 0; tap < taps; tap++, bit++) {
      const uint32_t weight = ((uint32_t)*adiabit_stored_at(row, bit / 8u) >> (bit % 8u)) & 1u;
      uint32_t *chunk = table + tap / ADIABIT_CHUNK * ADIABIT_TABLE_WORDS;
      chunk[ADIABIT_ENTRY_WORDS << (tap % ADIABIT_CHUNK)] |= weight << shift;
      chunk[0] += (1u - weight) << shift;
    }
  }
}

/*
 * Fills all entries of a table from those, one from another: with one more input that is one, what agreed was its
 * weight of -1, and what agrees is its weight of +1. `channels` has a 1 in the bits of each channel.
 */
static void fill_table(uint32_t *table, uint32_t inputs, const uint32_t *channels) {
  for (uint32_t word = 0; word < ADIABIT_ENTRY_WORDS; word++) {
    uint32_t weights[ADIABIT_CHUNK];
    for (uint32_t input = 0; input < inputs; input++) weights[input] = table[(ADIABIT_ENTRY_WORDS << input) + word];
    for (uint32_t input = 0; input < inputs; input++) {
      const uint32_t gained = 2u * weights[input] - channels[word];
      for (uint32_t entry = 0; entry < (1u << input); entry++) {
        table[(entry + (1u << input)) * ADIABIT_ENTRY_WORDS + word] =
            table[entry * ADIABIT_ENTRY_WORDS + word] + gained;
      }
    }
  }
}

static void fill_tables(const adiabit_layer_t *layer, uint32_t *table, const uint32_t *channels) {
  for (uint32_t line = 0; line < layer->size[0]; line++) {
    for (uint32_t left = line_taps(layer), inputs = 0; left > 0u; left -= inputs, table += ADIABIT_TABLE_WORDS) {
      inputs = left < ADIABIT_CHUNK ? left : ADIABIT_CHUNK;
      fill_table(table, inputs, channels);
    }
  }
}

void adiabit_tables_build(const adiabit_run_t *run) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t row_bytes = adiabit_layer_row_bytes(layer);
  uint32_t *group = run->tables + chunk_words(layer);
  memset(run->tables, 0, (size_t)(4u * adiabit_tables_words(run)));
  for (uint32_t first = 0; first < layer->output.channels; first += ADIABIT_TABLE_CHANNELS) {
    uint32_t channels[ADIABIT_ENTRY_WORDS] = {0};
    for (uint32_t channel = 0; channel < ADIABIT_TABLE_CHANNELS && first + channel < layer->output.channels;
         channel++) {
      adiabit_stored_t *row = adiabit_stored_at(run->weights, (first + channel) * row_bytes);
      start_sum(layer, group, channel, level_of(run, first + channel, row));
      put_weights(layer, group + ADIABIT_START_WORDS, row, channel);
      channels[channel / 8u] |= UINT32_C(1) << shift_of(channel);
    }
    fill_tables(layer, group + ADIABIT_START_WORDS, channels);
    group += group_words(layer);
  }
}

/* Lines of windows, one below the other, all with the same columns of the picture. */
typedef struct {
  const uint32_t *words; /* of the picture */
  uint32_t start;        /* bit of the first line */
  uint32_t step;         /* bits from line to line */
  uint32_t lines;
  uint32_t count;      /* bits of a line that are inside the picture */
  uint32_t before;     /* bits in the first chunk that are outside */
  uint32_t chunk_step; /* chunks from line to line */
} strip_t;

#define PIECE (5u * ADIABIT_CHUNK)

/* Stores a line as chunks. */
static inline void put_line(const uint32_t *words, uint32_t at, uint32_t left, uint32_t before, uint8_t *chunk) {
  uint32_t bits = 0;
  for (; left >= PIECE; left -= PIECE, at += PIECE, chunk += 5) {
    bits |= bits_at(words, at, PIECE) << before;
    chunk[0] = chunk_at(bits, 0);
    chunk[1] = chunk_at(bits, 1);
    chunk[2] = chunk_at(bits, 2);
    chunk[3] = chunk_at(bits, 3);
    chunk[4] = chunk_at(bits, 4);
    bits >>= PIECE;
  }
  if (left > 0u) bits |= bits_at(words, at, left) << before;
  for (left += before; left > ADIABIT_CHUNK; left -= ADIABIT_CHUNK, bits >>= ADIABIT_CHUNK)
    *chunk++ = chunk_at(bits, 0);
  if (left > 0u) *chunk = chunk_at(bits, 0);
}

/* Stores lines as chunks. Chunks are zero before. It is a function of its own so that the loop has all registers. */
static ADIABIT_NOT_INLINE void put_strip(const strip_t *strip, uint8_t *chunks) {
  const strip_t of = *strip;
  uint32_t start = of.start;
  if (of.count + of.before <= ADIABIT_CHUNK) {
    for (uint32_t lines = of.lines; lines > 0u; lines--, start += of.step, chunks += of.chunk_step) {
      *chunks = chunk_at(bits_at(of.words, start, of.count) << of.before, 0);
    }
    return;
  }
  for (uint32_t lines = of.lines; lines > 0u; lines--, start += of.step, chunks += of.chunk_step) {
    put_line(of.words, start, of.count, of.before, chunks);
  }
}

/* Takes the lines of the picture apart. Those of a column of places follow each other, so those of a window do. */
static void put_lines(const tables_t *tables) {
  const adiabit_layer_t *layer = tables->run->layer;
  const uint32_t channels = layer->input.channels;
  const uint32_t top = layer->padding[0];
  const uint32_t lines = column_lines(layer);
  strip_t strip = {
      .words = (const uint32_t *)(const void *)tables->run->values.bytes,
      .step = layer->input.width * channels,
      .lines = lines - top < layer->input.height ? lines - top : layer->input.height,
      .chunk_step = tables->line_chunks,
  };
  uint8_t *chunks = tables->chunks + top * tables->line_chunks;
  for (uint32_t x = 0; x < layer->output.width; x++, chunks += tables->column_chunks) {
    const uint32_t left = x * layer->stride[1];
    const uint32_t outside = left < layer->padding[1] ? layer->padding[1] - left : 0u;
    const uint32_t first = left + outside - layer->padding[1];
    const uint32_t most = layer->size[1] - outside;
    const uint32_t inside = layer->input.width - first < most ? layer->input.width - first : most;
    strip.start = first * channels;
    strip.count = inside * channels;
    strip.before = outside * channels % ADIABIT_CHUNK;
    put_strip(&strip, chunks + outside * channels / ADIABIT_CHUNK);
  }
}

/* Computes and stores all channels of a place, group by group. */
static void put_place(const tables_t *tables, const uint8_t *chunks) {
  const uint32_t words = tables->group_words;
  adiabit_groups_t one = tables->groups;
  for (uint32_t left = tables->run->layer->output.channels, count = 0; left > 0u; left -= count, one.first += words) {
    uint16_t fired = 0;
    one.end = one.first + words;
    tables->fire(&one, chunks, (uint8_t *)&fired);
    count = left < ADIABIT_TABLE_CHANNELS ? left : ADIABIT_TABLE_CHANNELS;
    adiabit_values_put_bits(&tables->run->writer, fired & (0xFFFFu >> (ADIABIT_TABLE_CHANNELS - count)), count);
  }
}

/* Tells whether a window has padding. */
static bool is_outside(const adiabit_layer_t *layer, uint32_t y, uint32_t x) {
  const uint32_t top = y * layer->stride[0];
  const uint32_t left = x * layer->stride[1];
  return top < layer->padding[0] || left < layer->padding[1] ||
         top + layer->size[0] - layer->padding[0] > layer->input.height ||
         left + layer->size[1] - layer->padding[1] > layer->input.width;
}

void adiabit_run_tables(adiabit_run_t *run) {
  const adiabit_layer_t *layer = run->layer;
  tables_t tables = {
      .run = run,
      .line_chunks = line_chunks(layer),
      .column_chunks = column_lines(layer) * line_chunks(layer),
      .chunks = (uint8_t *)run->tables,
      .group_words = group_words(layer),
      .groups = {.first = run->tables + chunk_words(layer), .blocks = blocks_of(layer)},
      .fire = sums_in_bytes(layer) ? adiabit_fire_in_bytes : adiabit_fire_in_halves,
  };
  tables.groups.end = tables.groups.first + groups_of(layer) * tables.group_words;
  put_lines(&tables);
  /* A bipolar input outside the picture is neither of a bit's values. */
  const bool only_inside = layer->input_encoding == ADIABIT_INPUT_ENCODING_BIPOLAR && adiabit_layer_is_padded(layer);
  const bool whole_groups = layer->output.channels % ADIABIT_TABLE_CHANNELS == 0u && !only_inside;
  const uint32_t place_bytes = layer->output.channels / 8u;
  uint8_t *to = run->writer.bytes;
  for (uint32_t y = 0; y < layer->output.height; y++) {
    const uint8_t *chunks = tables.chunks + y * layer->stride[0] * tables.line_chunks;
    for (uint32_t x = 0; x < layer->output.width; x++, chunks += tables.column_chunks, to += place_bytes) {
      if (whole_groups) tables.fire(&tables.groups, chunks, to);
      else if (only_inside && is_outside(layer, y, x)) adiabit_run_window(run, y, x);
      else put_place(&tables, chunks);
    }
  }
  while (whole_groups && (uintptr_t)to % 4u != 0u) *to++ = 0; /* the bits after the last value */
}

#else
typedef int adiabit_layers_have_no_tables; /* ISO C wants something in every file */
#endif
