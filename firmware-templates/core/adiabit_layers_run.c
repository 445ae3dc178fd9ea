/* Runs one layer that is no counting layer. It reads weights and constants from flash, and values from the arena. */
#include "adiabit_layers_run.h"
#include "adiabit_lanes.h"

#if ADIABIT_EVERY_LAYER

#include <stddef.h>

#include "adiabit_bytes.h"
#include "adiabit_layers_logic.h"
#include "adiabit_layers_tables.h"

static adiabit_values_t values_of(const adiabit_runner_t *runner, uint8_t source) {
  const adiabit_circuit_t *circuit = runner->circuit;
  adiabit_values_t values = {runner->input, ADIABIT_VALUE_FORM_U8, NULL, circuit->zero_point_count};
  if (source != ADIABIT_FROM_INPUT) {
    const adiabit_layer_t layer = adiabit_layer_at(circuit, source);
    values.bytes = runner->arena + layer.arena_offset;
    values.form = layer.output_form;
    return values;
  }
  if (circuit->preparation_offset != 0u) values.bytes = runner->prepared;
  if (circuit->input_bits == 1u) values.form = ADIABIT_VALUE_FORM_BITS;
  if (circuit->zero_points_offset != 0u) {
    values.zero_points = adiabit_stored_at(circuit->program, circuit->zero_points_offset);
  }
  return values;
}

static bool flag_of(const adiabit_layer_t *layer, adiabit_stored_t *flags, uint32_t channel) {
  return layer->has_flags != 0u && (((uint32_t)*adiabit_stored_at(flags, channel / 8u) >> (channel % 8u)) & 1u) != 0u;
}

static uint32_t constant(adiabit_stored_t *constants, uint32_t index) {
  return adiabit_load_word(adiabit_stored_at(constants, 4u * index));
}

/* Shifts and rounds down, for either sign. In C that is up to the compiler. */
static int32_t shifted_right(int32_t value, uint8_t shift) {
  return value < 0 ? ~(~value >> shift) : value >> shift;
}

static int32_t activated(const adiabit_run_t *run, uint32_t channel, int32_t sum) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t channels = layer->output.channels;
  const uint32_t first = constant(run->constants, channel);
  switch (layer->activation) {
    case ADIABIT_ACTIVATION_THRESHOLD: {
      const bool fires = sum >= adiabit_as_signed(first);
      return fires != flag_of(layer, adiabit_stored_at(run->constants, 4u * channels), channel);
    }
    case ADIABIT_ACTIVATION_REQUANTIZE: {
      const uint32_t offset = constant(run->constants, channels + channel);
      const int32_t scaled = shifted_right(adiabit_as_signed((uint32_t)sum * first + offset), layer->shift);
      if (scaled < layer->minimum) return layer->minimum;
      return scaled > layer->maximum ? layer->maximum : scaled;
    }
    default:
      return adiabit_as_signed(((uint32_t)sum << layer->shift) + first);
  }
}

/* Stores the bits of thresholds without flags. Most layers have no flags. */
static void put_fired(adiabit_run_t *run, uint32_t channel, const uint32_t *sums, uint32_t count) {
  adiabit_words_t thresholds = adiabit_words_at(adiabit_stored_at(run->constants, 4u * channel));
  uint32_t bits = 0;
  for (uint32_t bit = 1; count > 0u; bits = 0, bit = 1) {
    const uint32_t piece = count < 32u ? count : 32u;
    for (const uint32_t *end = sums + piece; sums != end; sums++, bit <<= 1) {
      if (adiabit_as_signed(*sums) >= adiabit_as_signed(adiabit_words_next(&thresholds))) bits |= bit;
    }
    adiabit_values_put_bits(&run->writer, bits, piece);
    count -= piece;
  }
}

void adiabit_run_put(adiabit_run_t *run, uint32_t channel, const uint32_t *sums, uint32_t count) {
  if (run->plain_bits) {
    put_fired(run, channel, sums, count);
    return;
  }
  for (const uint32_t *end = sums + count; sums != end; sums++, channel++) {
    adiabit_values_put(&run->writer, activated(run, channel, adiabit_as_signed(*sums)));
  }
}

static int32_t pooled(const adiabit_run_t *run, uint32_t y, uint32_t x, uint32_t channel) {
  const adiabit_layer_t *layer = run->layer;
  const bool sums = layer->pooling == ADIABIT_POOL_OPERATION_SUM;
  const bool least = flag_of(layer, run->constants, channel);
  uint32_t sum = 0;
  int32_t extreme = 0;
  for (uint32_t row = 0; row < layer->size[0]; row++) {
    uint32_t place = (y * layer->stride[0] + row) * layer->input.width + x * layer->stride[1];
    for (uint32_t column = 0; column < layer->size[1]; column++, place++) {
      const int32_t value = adiabit_value(&run->values, place * layer->input.channels + channel);
      sum += (uint32_t)value;
      if ((row == 0u && column == 0u) || (least ? value < extreme : value > extreme)) extreme = value;
    }
  }
  return sums ? adiabit_as_signed(sum) : extreme;
}

/* Gives the flags of up to 32 neighbouring channels. */
static uint32_t flags_at(const adiabit_run_t *run, uint32_t channel, uint32_t count) {
  uint32_t flags = 0;
  if (run->layer->has_flags == 0u) return 0;
  for (uint32_t bit = 0; bit < count; bit += 8u) {
    flags |= (uint32_t)*adiabit_stored_at(run->constants, (channel + bit) / 8u) << bit;
  }
  return flags;
}

/* Pools bits, 32 channels at once: the largest is their disjunction, the smallest their conjunction. */
static uint32_t pooled_bits(const adiabit_run_t *run, uint32_t first, uint32_t count, uint32_t flags) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t *words = (const uint32_t *)(const void *)run->values.bytes;
  const uint32_t channels = layer->input.channels;
  uint32_t any = 0;
  uint32_t all = 0xFFFFFFFFu;
  for (uint32_t row = 0; row < layer->size[0]; row++, first += layer->input.width * channels) {
    uint32_t start = first;
    for (uint32_t column = 0; column < layer->size[1]; column++, start += channels) {
      const uint32_t bits = adiabit_bits_at(words, start, count);
      any |= bits;
      all &= bits;
    }
  }
  return (any & ~flags) | (all & flags);
}

static void run_pool_of_bits(adiabit_run_t *run) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t channels = layer->output.channels;
  for (uint32_t y = 0; y < layer->output.height; y++) {
    for (uint32_t x = 0; x < layer->output.width; x++) {
      const uint32_t place = y * layer->stride[0] * layer->input.width + x * layer->stride[1];
      for (uint32_t channel = 0; channel < channels; channel += 32u) {
        const uint32_t count = channels - channel < 32u ? channels - channel : 32u;
        const uint32_t bits = pooled_bits(run, place * channels + channel, count, flags_at(run, channel, count));
        adiabit_values_put_bits(&run->writer, bits, count);
      }
    }
  }
}

#if ADIABIT_HAS_LANES
/* Pools bits of whole bytes of channels. */
static void run_pool_of_bytes(const adiabit_run_t *run) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t place_bytes = layer->output.channels / 8u;
  const uint32_t row_bytes = layer->input.width * place_bytes;
  uint8_t *to = run->writer.bytes;
  for (uint32_t y = 0; y < layer->output.height; y++) {
    const uint8_t *place = run->values.bytes + y * layer->stride[0] * row_bytes;
    for (uint32_t x = 0; x < layer->output.width; x++, place += layer->stride[1] * place_bytes) {
      for (uint32_t index = 0; index < place_bytes; index++) {
        const uint8_t *line = place + index;
        uint32_t any = 0;
        uint32_t all = 255;
        for (uint32_t row = layer->size[0]; row > 0u; row--, line += row_bytes) {
          const uint8_t *byte = line;
          for (uint32_t column = layer->size[1]; column > 0u; column--, byte += place_bytes) {
            any |= *byte;
            all &= *byte;
          }
        }
        const uint32_t flags = layer->has_flags == 0u ? 0u : *adiabit_stored_at(run->constants, index);
        *to++ = (uint8_t)((any & ~flags) | (all & flags));
      }
    }
  }
  while ((uintptr_t)to % 4u != 0u) *to++ = 0; /* the bits after the last value */
}
#endif

#if ADIABIT_HAS_LOGIC
/* Numbers of up to 28 bits for 32 channels, sideways: word b has bit b of all of them. */
#define COUNT_BITS 28u

/* Counts the bits of a window, up to 32 channels at once, and stores the counts. */
static void sum_bits(adiabit_run_t *run, uint32_t first, uint32_t count) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t *words = (const uint32_t *)(const void *)run->values.bytes;
  const uint32_t channels = layer->input.channels;
  uint32_t counts[COUNT_BITS] = {0};
  for (uint32_t row = 0; row < layer->size[0]; row++, first += layer->input.width * channels) {
    uint32_t start = first;
    for (uint32_t column = layer->size[1]; column > 0u; column--, start += channels) {
      uint32_t carry = adiabit_bits_at(words, start, count);
      for (uint32_t *sum = counts; carry != 0u; sum++) {
        const uint32_t both = *sum & carry;
        *sum ^= carry;
        carry = both;
      }
    }
  }
  const uint32_t *end = counts; /* what the counts of this window need */
  for (uint32_t most = (uint32_t)layer->size[0] * layer->size[1]; most > 0u; most >>= 1) end++;
  for (uint32_t channel = 0; channel < count; channel++) {
    uint32_t sum = 0;
    for (const uint32_t *bits = end; bits != counts;) sum = 2u * sum + ((*--bits >> channel) & 1u);
    adiabit_values_put(&run->writer, adiabit_as_signed(sum));
  }
}

static void run_sums_of_bits(adiabit_run_t *run) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t channels = layer->output.channels;
  for (uint32_t y = 0; y < layer->output.height; y++) {
    for (uint32_t x = 0; x < layer->output.width; x++) {
      const uint32_t place = y * layer->stride[0] * layer->input.width + x * layer->stride[1];
      for (uint32_t channel = 0; channel < channels; channel += 32u) {
        const uint32_t left = channels - channel;
        sum_bits(run, place * channels + channel, left < 32u ? left : 32u);
      }
    }
  }
}
#endif

static void run_pool(adiabit_run_t *run) {
  const adiabit_shape_t *output = &run->layer->output;
#if ADIABIT_HAS_LOGIC
  if (adiabit_are_bits(&run->values) && run->layer->pooling == ADIABIT_POOL_OPERATION_SUM) {
    run_sums_of_bits(run);
    return;
  }
#endif
  const bool to_bits = run->layer->output_form == ADIABIT_VALUE_FORM_BITS;
  if (to_bits && adiabit_are_bits(&run->values) && run->layer->pooling == ADIABIT_POOL_OPERATION_EXTREME) {
#if ADIABIT_HAS_LANES
    if (output->channels % 8u == 0u && output->channels % 32u != 0u) {
      run_pool_of_bytes(run);
      return;
    }
#endif
    run_pool_of_bits(run);
    return;
  }
  for (uint32_t y = 0; y < output->height; y++) {
    for (uint32_t x = 0; x < output->width; x++) {
      for (uint32_t channel = 0; channel < output->channels; channel++) {
        adiabit_values_put(&run->writer, pooled(run, y, x, channel));
      }
    }
  }
}

static void run_add(adiabit_run_t *run, const adiabit_values_t *others) {
  const uint32_t count = adiabit_values_in(&run->layer->output);
  for (uint32_t index = 0; index < count; index++) {
    const uint32_t sum = (uint32_t)adiabit_value(&run->values, index) + (uint32_t)adiabit_value(others, index);
    adiabit_values_put(&run->writer, adiabit_as_signed(sum));
  }
}

static void run_activation(adiabit_run_t *run) {
  const uint32_t places = run->layer->output.height * run->layer->output.width;
  const uint32_t channels = run->layer->output.channels;
  uint32_t index = 0;
  for (uint32_t place = 0; place < places; place++) {
    for (uint32_t channel = 0; channel < channels; channel++) {
      const uint32_t value = (uint32_t)adiabit_value(&run->values, index++);
      adiabit_run_put(run, channel, &value, 1);
    }
  }
}

static adiabit_run_t run_of(const adiabit_runner_t *runner, const adiabit_layer_t *layer) {
  const adiabit_circuit_t *circuit = runner->circuit;
  return (adiabit_run_t){
      .layer = layer,
      .kernel = runner->kernel,
      .window = runner->window,
      .tables = NULL,
      .spare = runner->spare,
      .spare_words = runner->spare_words,
      .values = values_of(runner, layer->source[0]),
      .weights = adiabit_stored_at(circuit->program, layer->weights_offset),
      .constants = adiabit_stored_at(circuit->program, layer->constants_offset),
      .writer = {runner->arena + layer->arena_offset, layer->output_form, 0, 0},
      .plain_bits = layer->activation == ADIABIT_ACTIVATION_THRESHOLD && layer->has_flags == 0u,
  };
}

/* Finds the tables of a layer, which lie in the order of layers as far as there is room. */
static void find_tables(adiabit_runner_t *runner, adiabit_run_t *run) {
#if ADIABIT_HAS_TABLES
#if ADIABIT_HAS_LOGIC
  const bool logic = run->layer->kind == ADIABIT_LAYER_KIND_LOGIC;
  const uint32_t words = logic ? adiabit_logic_words(run->layer) : adiabit_tables_words(run);
#else
  const uint32_t words = adiabit_tables_words(run);
#endif
  if (words == 0u || words > (uint32_t)(runner->room_end - runner->next_tables)) return;
  run->tables = runner->next_tables;
  runner->next_tables += words;
#else
  (void)runner;
  (void)run;
#endif
}

void adiabit_layers_start(adiabit_runner_t *runner, uint8_t index) {
  const adiabit_layer_t layer = adiabit_layer_at(runner->circuit, index);
  adiabit_run_t run = run_of(runner, &layer);
  find_tables(runner, &run);
#if ADIABIT_HAS_TABLES
  if (run.tables == NULL) return;
#if ADIABIT_HAS_LOGIC
  if (layer.kind == ADIABIT_LAYER_KIND_LOGIC) {
    adiabit_logic_build(&run);
    return;
  }
#endif
  adiabit_tables_build(&run);
#endif
}

void adiabit_layers_run(adiabit_runner_t *runner, uint8_t index) {
  const adiabit_layer_t layer = adiabit_layer_at(runner->circuit, index);
  adiabit_run_t run = run_of(runner, &layer);
  find_tables(runner, &run);
  switch (layer.kind) {
    case ADIABIT_LAYER_KIND_POOL:
      run_pool(&run);
      break;
    case ADIABIT_LAYER_KIND_ADD: {
      const adiabit_values_t others = values_of(runner, layer.source[1]);
      run_add(&run, &others);
      break;
    }
    case ADIABIT_LAYER_KIND_ACTIVATION:
      run_activation(&run);
      break;
    case ADIABIT_LAYER_KIND_THERMOMETER:
      adiabit_run_thermometer(&run);
      break;
#if ADIABIT_HAS_LOGIC
    case ADIABIT_LAYER_KIND_LOGIC:
      adiabit_run_logic(&run);
      break;
#endif
    default:
      adiabit_run_weights(&run);
      break;
  }
  adiabit_values_end(&run.writer);
}

#else
typedef int adiabit_layers_do_not_run; /* ISO C wants something in every file */
#endif
