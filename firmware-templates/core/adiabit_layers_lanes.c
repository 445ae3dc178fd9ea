/*
 * Convolutions of bits with thresholds, at 32 places at once. A word holds one bit of each of 32 neighbouring places,
 * its lanes, so that one instruction works for all of them:
 *
 *     planes     the rows of the picture, taken apart into words for each channel
 *     taps       per input of a window, the word of its bits at the lanes
 *     channel    agreeing bits are counted by carry-save adders into words of ones, twos, fours ..., and the counts are
 *                compared with the threshold from the lowest bit up
 *     values     words of eight channels become bytes of places
 *
 * Of n inputs A agree. Of bipolar bits S = 2 A - n; of unsigned ones S = A - Z, where Z weights are -1
 * (docs/encoding.md). What lies outside the picture is bit 0, which counts nothing among unsigned bits; bipolar ones
 * are not padded here.
 */
#include "adiabit_lanes.h"
#include "adiabit_layers_run.h"

#if ADIABIT_HAS_LANES

#include <string.h>

#include "adiabit_transpose.h"

#define LANES 32u

/* With fewer places than this, most lanes of the last word are empty. */
#define LEAST_PLACES 16u

/* Lanes of one word: whole rows of the output, or a part of one row. */
typedef struct {
  uint32_t y;
  uint32_t x;
  uint32_t width; /* of a row, at most LANES */
  uint32_t rows;
} group_t;

typedef struct {
  const adiabit_run_t *run;
  const adiabit_layer_t *layer;
  uint32_t columns;
  uint32_t count_bits;
  uint32_t line_words;  /* of a row of one channel */
  uint32_t *planes;     /* channels x rows x line_words */
  uint32_t *taps;       /* columns */
  uint32_t *thresholds; /* of the number of agreeing bits, by channel */
} lanes_t;

static uint32_t words_for(uint32_t bits) {
  return bits / 32u + (bits % 32u != 0u ? 1u : 0u);
}

/* Takes a row of several channels apart, eight places and eight channels at a time. */
static void split_row(const lanes_t *lanes, uint32_t y) {
  const adiabit_layer_t *layer = lanes->layer;
  const uint32_t channels = layer->input.channels;
  const uint32_t width = layer->input.width;
  const uint32_t *words = (const uint32_t *)(const void *)lanes->run->values.bytes;
  const uint32_t plane_bytes = 4u * layer->input.height * lanes->line_words;
  for (uint32_t channel = 0; channel < channels; channel += 8u) {
    const uint32_t count = channels - channel < 8u ? channels - channel : 8u;
    const uint32_t mask = (1u << count) - 1u;
    uint8_t *line = (uint8_t *)lanes->planes + channel * plane_bytes + 4u * y * lanes->line_words;
    uint32_t at = y * width * channels + channel;
    for (uint32_t x = 0; x < width; x += 8u, line++) {
      const uint32_t places = width - x < 8u ? width - x : 8u;
      uint8_t eight[8] = {0};
      uint8_t turned[8];
      for (uint32_t place = 0; place < places; place++, at += channels) {
        const uint32_t *word = words + at / 32u;
        uint32_t bits = word[0] >> (at % 32u);
        if (at % 32u + count > 32u) bits |= word[1] << (32u - at % 32u);
        eight[place] = (uint8_t)(bits & mask);
      }
      adiabit_transpose(eight, turned);
      uint8_t *byte = line;
      for (uint32_t bit = 0; bit < count; bit++, byte += plane_bytes) *byte = turned[bit];
    }
  }
}

static void split_picture(const lanes_t *lanes) {
  const adiabit_shape_t *input = &lanes->layer->input;
  const uint32_t *words = (const uint32_t *)(const void *)lanes->run->values.bytes;
  memset(lanes->planes, 0, (size_t)(4u * input->channels * input->height * lanes->line_words));
  for (uint32_t y = 0; y < input->height; y++) {
    if (input->channels > 1u) {
      split_row(lanes, y);
      continue;
    }
    uint32_t *line = lanes->planes + y * lanes->line_words;
    for (uint32_t x = 0; x < input->width; x += 32u) {
      *line++ = adiabit_bits_at(words, y * input->width + x, input->width - x < 32u ? input->width - x : 32u);
    }
  }
}

/* Gives 32 bits of a row from column `x` on; those outside the row are 0. */
static inline uint32_t columns_at(const uint32_t *line, uint32_t words, int32_t x) {
  if (x < 0) return x > -32 ? line[0] << (uint32_t)-x : 0u;
  const uint32_t word = (uint32_t)x / 32u;
  const uint32_t at = (uint32_t)x % 32u;
  if (word >= words) return 0;
  const uint32_t bits = line[word] >> at;
  return at == 0u || word + 1u == words ? bits : bits | line[word + 1u] << (32u - at);
}

/* Puts the bits of even places together (Warren, Hacker's Delight, 2nd edition, section 7-4). */
static uint32_t even_bits(uint32_t word) {
  word &= 0x55555555u;
  word = (word | word >> 1) & 0x33333333u;
  word = (word | word >> 2) & 0x0F0F0F0Fu;
  word = (word | word >> 4) & 0x00FF00FFu;
  return (word | word >> 8) & 0xFFFFu;
}

/* A line of windows: its columns, and where its lanes go in the words of the taps. */
typedef struct {
  int32_t left; /* the first column; 31 outside the picture at most, where lines are words */
  int32_t end;
  uint32_t channels;
  uint32_t plane_words;
  uint32_t mask;
  uint32_t shift;
} line_t;

/* Gathers the taps of a line whose channels are a word each. It is a function of its own so that the loop has all
 * registers. */
static ADIABIT_NOT_INLINE void gather_words(const line_t *line, uint32_t *taps, const uint32_t *planes) {
  const uint32_t mask = line->mask;
  const uint32_t shift = line->shift;
  const uint32_t step = line->channels;
  const int32_t end = line->end < 32 ? line->end : 32;
  for (uint32_t *last = taps + step; taps != last; taps++, planes += line->plane_words) {
    const uint32_t word = *planes;
    uint32_t *tap = taps;
    for (int32_t x = line->left; x < end; x++, tap += step) {
      const uint32_t bits = x < 0 ? word << (uint32_t)-x : word >> (uint32_t)x;
      *tap |= (bits & mask) << shift;
    }
  }
}

/* Gathers the taps of a line of any length, of windows every one or two columns. */
static void gather_line(const line_t *line, uint32_t *taps, const uint32_t *planes, uint32_t words, bool every_other) {
  for (uint32_t *last = taps + line->channels; taps != last; taps++, planes += line->plane_words) {
    uint32_t *tap = taps;
    for (int32_t x = line->left; x < line->end; x++, tap += line->channels) {
      uint32_t bits = columns_at(planes, words, x);
      if (every_other) bits = even_bits(bits) | even_bits(columns_at(planes, words, x + 32)) << 16;
      *tap |= (bits & line->mask) << line->shift;
    }
  }
}

/* Gathers the taps of one row of windows, `shift` lanes from the first one on. */
static void gather_row(const lanes_t *lanes, const group_t *group, uint32_t row, uint32_t shift) {
  const adiabit_layer_t *layer = lanes->layer;
  const int32_t left = (int32_t)(group->x * layer->stride[1]) - (int32_t)layer->padding[1];
  const line_t line = {
      .left = left,
      .end = left + (int32_t)layer->size[1],
      .channels = layer->input.channels,
      .plane_words = layer->input.height * lanes->line_words,
      .mask = 0xFFFFFFFFu >> (32u - group->width),
      .shift = shift,
  };
  const bool words = lanes->line_words == 1u && layer->stride[1] == 1u && layer->size[1] <= 32u;
  int32_t y = (int32_t)((group->y + row) * layer->stride[0]) - (int32_t)layer->padding[0];
  uint32_t *taps = lanes->taps;
  for (uint32_t count = layer->size[0]; count > 0u; count--, y++, taps += layer->size[1] * line.channels) {
    if (y < 0 || y >= (int32_t)layer->input.height) continue;
    const uint32_t *planes = lanes->planes + (uint32_t)y * lanes->line_words;
    if (words) gather_words(&line, taps, planes);
    else gather_line(&line, taps, planes, lanes->line_words, layer->stride[1] == 2u);
  }
}

/* Gives, by lane, whether as many bits agree with a row of weights as the threshold says. */
static uint32_t fires(const lanes_t *lanes, adiabit_stored_t *row, uint32_t threshold) {
  uint32_t counts[ADIABIT_LANE_COUNT_BITS];
  const uint32_t *const end = counts + lanes->count_bits;
  for (uint32_t bit = 3; bit < lanes->count_bits; bit++) counts[bit] = 0;
  adiabit_count_lanes(lanes->taps, row, counts, lanes->columns);
  uint32_t result = 0xFFFFFFFFu;
  for (const uint32_t *count = counts; count != end; count++, threshold >>= 1) {
    result = (threshold & 1u) != 0u ? result & *count : result | *count;
  }
  return result;
}

/* Finds the thresholds of the numbers of agreeing bits: 0 always fires, one more than there are columns never does. */
static void lower_thresholds(const lanes_t *lanes) {
  const adiabit_layer_t *layer = lanes->layer;
  const bool bipolar = layer->input_encoding == ADIABIT_INPUT_ENCODING_BIPOLAR;
  const int32_t columns = (int32_t)lanes->columns;
  const uint32_t row_words = words_for(lanes->columns);
  for (uint32_t channel = 0; channel < layer->output.channels; channel++) {
    adiabit_words_t words = adiabit_words_at(adiabit_stored_at(lanes->run->weights, 4u * channel * row_words));
    uint32_t ones = 0;
    for (uint32_t word = 0; word < row_words; word++) ones += adiabit_count_bits(adiabit_words_next(&words));
    adiabit_stored_t *constant = adiabit_stored_at(lanes->run->constants, 4u * channel);
    int32_t threshold = adiabit_as_signed(adiabit_load_word(constant));
    /* No sum is larger than the number of columns, of either sign. */
    if (threshold > columns) threshold = columns + 1;
    if (threshold < -columns) threshold = -columns;
    threshold += bipolar ? columns + 1 : columns - (int32_t)ones;
    if (bipolar) threshold /= 2;
    if (threshold > columns) threshold = columns + 1;
    lanes->thresholds[channel] = threshold < 0 ? 0u : (uint32_t)threshold;
  }
}

/* Gathers byte `shift` / 8 of four words. */
static inline uint32_t four_bytes(const uint32_t words[4], uint32_t shift) {
  return (words[0] >> shift & 255u) | (words[1] >> shift & 255u) << 8 | (words[2] >> shift & 255u) << 16 |
         words[3] >> shift << 24;
}

/* Stores eight channels at all places of a group. Values are zero before. */
static void put_channels(const lanes_t *lanes, uint32_t first, uint32_t places, uint32_t channel,
                         const uint32_t words[8]) {
  const uint32_t channels = lanes->layer->output.channels;
  const uint32_t count = channels - channel < 8u ? channels - channel : 8u;
  uint8_t *bytes = lanes->run->writer.bytes;
  uint32_t at = first * channels + channel;
  for (uint32_t shift = 0; shift < places; shift += 8u) {
    uint32_t low = four_bytes(words, shift);
    uint32_t high = four_bytes(words + 4, shift);
    adiabit_transpose_words(&low, &high);
    const uint32_t end = places - shift < 8u ? places - shift : 8u;
    for (uint32_t place = 0; place < end; place++, at += channels) {
      if (place == 4u) low = high;
      uint8_t *byte = bytes + at / 8u;
      const uint32_t bits = (low & 255u) << (at % 8u);
      low >>= 8;
      if (channels % 8u == 0u) {
        *byte = (uint8_t)bits;
        continue;
      }
      byte[0] = (uint8_t)(byte[0] | bits);
      if (at % 8u + count > 8u) byte[1] = (uint8_t)(byte[1] | bits >> 8);
    }
  }
}

static void run_group(const lanes_t *lanes, const group_t *group) {
  const adiabit_layer_t *layer = lanes->layer;
  const uint32_t channels = layer->output.channels;
  const uint32_t row_bytes = adiabit_layer_row_bytes(layer);
  memset(lanes->taps, 0, (size_t)(4u * lanes->columns));
  for (uint32_t row = 0; row < group->rows; row++) gather_row(lanes, group, row, row * group->width);
  adiabit_stored_t *weights = lanes->run->weights;
  uint32_t words[8] = {0};
  for (uint32_t channel = 0; channel < channels; channel++, weights = adiabit_stored_at(weights, row_bytes)) {
    const uint32_t threshold = lanes->thresholds[channel];
    words[channel % 8u] = threshold > lanes->columns ? 0u : fires(lanes, weights, threshold);
    if (channel % 8u < 7u && channel + 1u < channels) continue;
    for (uint32_t rest = channel % 8u + 1u; rest < 8u; rest++) words[rest] = 0;
    put_channels(lanes, group->y * layer->output.width + group->x, group->rows * group->width, channel & ~UINT32_C(7),
                 words);
  }
}

static uint32_t plane_words(const adiabit_layer_t *layer) {
  return layer->input.channels * layer->input.height * words_for(layer->input.width);
}

/* Tells whether a layer over bits can run on lanes, and has places enough. */
static bool has_lanes(const adiabit_layer_t *layer) {
  const bool bipolar = layer->input_encoding == ADIABIT_INPUT_ENCODING_BIPOLAR;
  return layer->kind == ADIABIT_LAYER_KIND_CONVOLUTION && layer->weight_form == ADIABIT_WEIGHT_FORM_BINARY &&
         layer->activation == ADIABIT_ACTIVATION_THRESHOLD && layer->has_flags == 0u && layer->stride[1] <= 2u &&
         adiabit_layer_columns(layer) <= ADIABIT_LANE_COLUMNS && !(bipolar && adiabit_layer_is_padded(layer)) &&
         layer->output.height * layer->output.width >= LEAST_PLACES;
}

/* Values have fewer than 2^27 bytes, so the sum stays below 2^32. */
static uint32_t words_needed(const adiabit_layer_t *layer) {
  return plane_words(layer) + adiabit_layer_columns(layer) + layer->output.channels;
}

uint32_t adiabit_layers_spare_bytes(const adiabit_circuit_t *circuit) {
  uint32_t largest = 0;
  for (uint16_t index = 0; index < circuit->layer_count; index++) {
    const adiabit_layer_t layer = adiabit_layer_at(circuit, (uint8_t)index);
    uint32_t bytes = has_lanes(&layer) ? 4u * words_needed(&layer) : 0u;
    if (layer.kind == ADIABIT_LAYER_KIND_THERMOMETER && bytes < ADIABIT_CODES) bytes = ADIABIT_CODES;
    if (bytes > largest) largest = bytes;
  }
  return largest;
}

bool adiabit_run_lanes(adiabit_run_t *run) {
  const adiabit_layer_t *layer = run->layer;
  if (!has_lanes(layer) || words_needed(layer) > run->spare_words) return false;
  lanes_t lanes = {
      .run = run,
      .layer = layer,
      .columns = adiabit_layer_columns(layer),
      .count_bits = 1,
      .line_words = words_for(layer->input.width),
  };
  while (lanes.columns >> lanes.count_bits != 0u) lanes.count_bits++;
  const uint32_t places = layer->output.height * layer->output.width;
  lanes.planes = run->spare;
  lanes.taps = lanes.planes + plane_words(layer);
  lanes.thresholds = lanes.taps + lanes.columns;
  memset(run->writer.bytes, 0, (size_t)adiabit_values_bytes(layer->output_form, places * layer->output.channels));
  split_picture(&lanes);
  lower_thresholds(&lanes);
  const uint32_t width = layer->output.width;
  const uint32_t together = width <= LANES / 2u ? LANES / width : 1u;
  for (uint32_t y = 0; y < layer->output.height; y += together) {
    const uint32_t rows = layer->output.height - y < together ? layer->output.height - y : together;
    for (uint32_t x = 0; x < width; x += LANES) {
      const group_t group = {y, x, width - x < LANES ? width - x : LANES, rows};
      run_group(&lanes, &group);
    }
  }
  return true;
}

#else
typedef int adiabit_layers_have_no_lanes; /* ISO C wants something in every file */
#endif
