#include "adiabit_layers.h"

#if ADIABIT_EVERY_LAYER

#include "adiabit_bytes.h"
#include "adiabit_layers_logic.h"
#include "adiabit_values.h"

static adiabit_shape_t read_shape(adiabit_stored_t *field) {
  const adiabit_shape_t shape = {adiabit_read_u32(field), adiabit_read_u32(field + 4), adiabit_read_u32(field + 8)};
  return shape;
}

static void read_pair(uint16_t pair[2], adiabit_stored_t *field) {
  pair[0] = adiabit_read_u16(field);
  pair[1] = adiabit_read_u16(field + 2);
}

adiabit_layer_t adiabit_layer_at(const adiabit_circuit_t *circuit, uint8_t index) {
  adiabit_stored_t *record =
      adiabit_stored_at(circuit->program, ADIABIT_PROGRAM_SIZE + (uint32_t)index * ADIABIT_LAYER_SIZE);
  adiabit_layer_t layer = {
      .index = index,
      .kind = record[ADIABIT_LAYER_OFFSET_KIND],
      .activation = record[ADIABIT_LAYER_OFFSET_ACTIVATION],
      .weight_form = record[ADIABIT_LAYER_OFFSET_WEIGHTS],
      .input_encoding = record[ADIABIT_LAYER_OFFSET_INPUT_ENCODING],
      .shift = record[ADIABIT_LAYER_OFFSET_SHIFT],
      .pooling = record[ADIABIT_LAYER_OFFSET_OPERATION],
      .has_flags = record[ADIABIT_LAYER_OFFSET_HAS_FLAGS],
      .output_form = record[ADIABIT_LAYER_OFFSET_OUTPUT_FORM],
      .source = {record[ADIABIT_LAYER_OFFSET_SOURCE], record[ADIABIT_LAYER_OFFSET_SECOND_SOURCE]},
      .input = read_shape(record + ADIABIT_LAYER_OFFSET_INPUT_HEIGHT),
      .output = read_shape(record + ADIABIT_LAYER_OFFSET_OUTPUT_HEIGHT),
      .minimum = adiabit_as_signed(adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_MINIMUM)),
      .maximum = adiabit_as_signed(adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_MAXIMUM)),
      .arena_offset = adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_ARENA_OFFSET),
      .weights_offset = adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_WEIGHTS_OFFSET),
      .constants_offset = adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_CONSTANTS_OFFSET),
  };
  read_pair(layer.size, record + ADIABIT_LAYER_OFFSET_SIZE_HEIGHT);
  read_pair(layer.stride, record + ADIABIT_LAYER_OFFSET_STRIDE_HEIGHT);
  read_pair(layer.padding, record + ADIABIT_LAYER_OFFSET_PADDING_TOP);
  return layer;
}

static bool good_shape(const adiabit_shape_t *shape) {
  if (shape->height == 0u || shape->width == 0u || shape->channels == 0u) return false;
  if (shape->height > ADIABIT_MAX_INPUTS || shape->width > ADIABIT_MAX_INPUTS) return false;
  /* Quotients, because the product may need more than 32 bits. */
  return shape->channels <= ADIABIT_MAX_VALUES / shape->height / shape->width;
}

static bool same_shape(const adiabit_shape_t *one, const adiabit_shape_t *other) {
  return one->height == other->height && one->width == other->width && one->channels == other->channels;
}

/* Checks one axis of the windows of a convolution or a pool. No window may lie outside the picture as a whole. */
static bool good_windows(const adiabit_layer_t *layer, uint8_t axis) {
  const uint32_t size = layer->size[axis];
  const uint32_t stride = layer->stride[axis];
  const uint32_t padding = layer->padding[axis];
  const uint32_t inputs = axis == 0u ? layer->input.height : layer->input.width;
  const uint32_t outputs = axis == 0u ? layer->output.height : layer->output.width;
  if (size == 0u || stride == 0u || padding >= size) return false;
  if (layer->kind == ADIABIT_LAYER_KIND_POOL) {
    if (padding != 0u || size > inputs) return false;
    return outputs - 1u <= (inputs - size) / stride;
  }
  return outputs - 1u <= (inputs - 1u + padding) / stride;
}

static bool has_weights(const adiabit_layer_t *layer) {
  return layer->kind == ADIABIT_LAYER_KIND_DENSE || layer->kind == ADIABIT_LAYER_KIND_CONVOLUTION ||
         layer->kind == ADIABIT_LAYER_KIND_COUNTING;
}

static bool is_single(const uint16_t pair[2]) {
  return pair[0] == 1u && pair[1] == 1u;
}

/* Tells whether a layer makes as many bits of every value, at the same places. */
static bool has_levels(const adiabit_layer_t *layer) {
  return layer->input.height == layer->output.height && layer->input.width == layer->output.width &&
         layer->output.channels % layer->input.channels == 0u;
}

/* Checks that shapes and windows are those of the layer's kind. */
static bool good_geometry(const adiabit_layer_t *layer) {
  if (!good_shape(&layer->input) || !good_shape(&layer->output)) return false;
  switch (layer->kind) {
    case ADIABIT_LAYER_KIND_DENSE:
    case ADIABIT_LAYER_KIND_COUNTING:
      if (layer->input.height != 1u || layer->input.width != 1u) return false;
      if (layer->output.height != 1u || layer->output.width != 1u) return false;
      break;
    case ADIABIT_LAYER_KIND_CONVOLUTION:
      /* A quotient. A window may be larger than its picture, but its size is bounded. */
      if (layer->size[0] == 0u || layer->size[1] == 0u) return false;
      if (layer->input.channels > ADIABIT_MAX_INPUTS / layer->size[0] / layer->size[1]) return false;
      return good_windows(layer, 0) && good_windows(layer, 1);
    case ADIABIT_LAYER_KIND_POOL:
      return good_windows(layer, 0) && good_windows(layer, 1) && layer->input.channels == layer->output.channels;
    case ADIABIT_LAYER_KIND_ADD:
    case ADIABIT_LAYER_KIND_ACTIVATION:
      if (!same_shape(&layer->input, &layer->output)) return false;
      break;
    case ADIABIT_LAYER_KIND_THERMOMETER:
      if (!has_levels(layer)) return false;
      break;
#if ADIABIT_HAS_LOGIC
    case ADIABIT_LAYER_KIND_LOGIC:
      /* Positions have 24 bits, and the records of all tables fewer bytes than 2^32. */
      if (layer->pooling < ADIABIT_LEAST_PINS || layer->pooling > ADIABIT_MOST_PINS) return false;
      if (adiabit_values_in(&layer->input) > ADIABIT_MAX_INPUTS) return false;
      break;
#endif
    default:
      return false;
  }
  return is_single(layer->size) && is_single(layer->stride) && layer->padding[0] == 0u && layer->padding[1] == 0u;
}

static bool good_weights(const adiabit_layer_t *layer) {
  if (!has_weights(layer)) return layer->weight_form == ADIABIT_WEIGHT_FORM_NONE;
  if (layer->weight_form != ADIABIT_WEIGHT_FORM_BINARY && layer->weight_form != ADIABIT_WEIGHT_FORM_INTEGER) {
    return false;
  }
  if (adiabit_layer_columns(layer) > ADIABIT_MAX_INPUTS) return false;
  return layer->output.channels <= ADIABIT_MAX_VALUES / adiabit_layer_row_bytes(layer) &&
         layer->input_encoding <= ADIABIT_INPUT_ENCODING_BIPOLAR;
}

static bool good_activation(const adiabit_layer_t *layer) {
  const bool none = layer->kind == ADIABIT_LAYER_KIND_POOL || layer->kind == ADIABIT_LAYER_KIND_ADD;
  if (ADIABIT_HAS_LOGIC && layer->kind == ADIABIT_LAYER_KIND_LOGIC) {
    return layer->activation == ADIABIT_ACTIVATION_NONE && layer->output_form == ADIABIT_VALUE_FORM_BITS;
  }
  if (layer->kind == ADIABIT_LAYER_KIND_COUNTING) return true; /* checked with the rest of what it promises */
  switch (layer->activation) {
    case ADIABIT_ACTIVATION_NONE:
      return none && layer->pooling <= ADIABIT_POOL_OPERATION_EXTREME;
    case ADIABIT_ACTIVATION_THRESHOLD:
      return !none && layer->output_form == ADIABIT_VALUE_FORM_BITS;
    case ADIABIT_ACTIVATION_INTEGER:
      return !none && layer->shift < ADIABIT_MAX_SHIFT;
    case ADIABIT_ACTIVATION_REQUANTIZE:
      return !none && layer->shift < 32u && layer->minimum <= layer->maximum;
    default:
      return false;
  }
}

/* Checks that the source of a layer exists and has the size of the layer's input. */
static bool good_source(const adiabit_circuit_t *circuit, const adiabit_layer_t *layer, uint8_t source) {
  const uint32_t takes = adiabit_values_in(&layer->input);
  if (source == ADIABIT_FROM_INPUT) {
    if (takes != circuit->input_count) return false;
    if (circuit->zero_points_offset == 0u) return true;
    const uint32_t channels = layer->kind == ADIABIT_LAYER_KIND_DENSE ? 1u : layer->input.channels;
    if (circuit->zero_point_count == 0u || circuit->zero_point_count == channels) return true;
    return false;
  }
  if (source >= layer->index) return false;
  const adiabit_layer_t before = adiabit_layer_at(circuit, source);
  return takes == adiabit_values_in(&before.output);
}

/* A thermometer is the first layer, of plain thresholds over values as they come. */
static bool good_thermometer(const adiabit_circuit_t *circuit, const adiabit_layer_t *layer) {
  if (layer->kind != ADIABIT_LAYER_KIND_THERMOMETER) return true;
  return layer->index == 0u && layer->activation == ADIABIT_ACTIVATION_THRESHOLD && layer->has_flags == 0u &&
         circuit->zero_points_offset == 0u;
}

#if ADIABIT_HAS_LOGIC
/* Logic takes bits that lie packed. */
static bool takes_bits(const adiabit_circuit_t *circuit, const adiabit_layer_t *layer) {
  if (layer->source[0] == ADIABIT_FROM_INPUT) {
    return circuit->input_bits == 1u && circuit->preparation_offset == 0u && circuit->zero_points_offset == 0u;
  }
  const adiabit_layer_t before = adiabit_layer_at(circuit, layer->source[0]);
  return adiabit_layer_gives_bits(&before);
}
#endif

static bool good_record(const adiabit_circuit_t *circuit, const adiabit_layer_t *layer) {
  if (!good_geometry(layer) || !good_weights(layer) || !good_activation(layer)) return false;
  if (layer->output_form > ADIABIT_VALUE_FORM_I32 || layer->has_flags > 1u) return false;
  if (!good_thermometer(circuit, layer)) return false;
  if (!good_source(circuit, layer, layer->source[0])) return false;
  if (layer->kind == ADIABIT_LAYER_KIND_ADD && !good_source(circuit, layer, layer->source[1])) {
    return false;
  }
#if ADIABIT_HAS_LOGIC
  if (layer->kind == ADIABIT_LAYER_KIND_LOGIC && !takes_bits(circuit, layer)) return false;
#endif
  const uint32_t count = adiabit_values_in(&layer->output);
  if (count > ADIABIT_MAX_VALUES / 4u) return false;
  const uint32_t bytes = adiabit_values_bytes(layer->output_form, count);
  return layer->arena_offset % 4u == 0u && bytes <= circuit->arena_bytes &&
         layer->arena_offset <= circuit->arena_bytes - bytes;
}

bool adiabit_layers_check(adiabit_circuit_t *circuit, uint8_t index) {
  const adiabit_layer_t layer = adiabit_layer_at(circuit, index);
  if (!good_record(circuit, &layer)) return false;
  /* The first layer that reads the input determines its number of channels. */
  if (circuit->zero_points_offset != 0u && circuit->zero_point_count == 0u) {
    circuit->zero_point_count = layer.kind == ADIABIT_LAYER_KIND_DENSE ? 1u : layer.input.channels;
  }
  if (index + 1u < circuit->layer_count) return true;
  if (layer.activation != ADIABIT_ACTIVATION_INTEGER || layer.output_form != ADIABIT_VALUE_FORM_I32) return false;
  circuit->output_count = adiabit_values_in(&layer.output);
  circuit->outputs_offset = layer.arena_offset;
  return true;
}

static uint32_t flag_words(const adiabit_layer_t *layer) {
  if (layer->has_flags == 0u) return 0;
  return layer->output.channels / 32u + (layer->output.channels % 32u != 0u ? 1u : 0u);
}

static uint32_t constant_words(const adiabit_layer_t *layer) {
  switch (layer->activation) {
    case ADIABIT_ACTIVATION_NONE:
      return flag_words(layer);
    case ADIABIT_ACTIVATION_THRESHOLD:
      return layer->output.channels + flag_words(layer);
    case ADIABIT_ACTIVATION_REQUANTIZE:
      return 2u * layer->output.channels;
    default:
      return layer->output.channels;
  }
}

bool adiabit_layers_input(const adiabit_circuit_t *circuit, uint8_t part, adiabit_needed_frame_t *needed) {
  const bool preparation = part == 0u;
  const uint32_t offset = preparation ? circuit->preparation_offset : circuit->zero_points_offset;
  needed->kind = preparation ? ADIABIT_FRAME_KIND_PREPARATION : ADIABIT_FRAME_KIND_ZERO_POINTS;
  needed->rows = 1;
  needed->row_bytes = preparation ? ADIABIT_PREPARATION_SIZE : circuit->zero_point_count;
  needed->row_bits = 0;
  needed->payload = adiabit_stored_at(circuit->program, offset);
  return offset != 0u;
}

bool adiabit_layers_weights(const adiabit_circuit_t *circuit, uint8_t index, adiabit_needed_frame_t *needed) {
  const adiabit_layer_t layer = adiabit_layer_at(circuit, index);
  const bool integer = layer.weight_form == ADIABIT_WEIGHT_FORM_INTEGER;
  const uint32_t columns = adiabit_layer_columns(&layer);
#if ADIABIT_HAS_LOGIC
  if (layer.kind == ADIABIT_LAYER_KIND_LOGIC) {
    needed->kind = ADIABIT_FRAME_KIND_TABLES;
    needed->rows = adiabit_values_in(&layer.output);
    needed->row_bytes = adiabit_logic_record_bytes(&layer);
    needed->row_bits = 0;
    needed->payload = adiabit_stored_at(circuit->program, layer.weights_offset);
    return true;
  }
#endif
  if (layer.weight_form == ADIABIT_WEIGHT_FORM_NONE) return false;
  needed->kind = integer ? ADIABIT_FRAME_KIND_INTEGER_WEIGHTS : ADIABIT_FRAME_KIND_WEIGHTS;
  needed->rows = layer.output.channels;
  needed->row_bytes = adiabit_layer_row_bytes(&layer);
  needed->row_bits = integer ? 8u * columns : columns;
  needed->payload = adiabit_stored_at(circuit->program, layer.weights_offset);
  return true;
}

bool adiabit_layers_constants(const adiabit_circuit_t *circuit, uint8_t index, adiabit_needed_frame_t *needed) {
  const adiabit_layer_t layer = adiabit_layer_at(circuit, index);
  needed->kind = ADIABIT_FRAME_KIND_CONSTANTS;
  needed->rows = 1;
  needed->row_bytes = 4u * constant_words(&layer);
  needed->row_bits = flag_words(&layer) == 0u ? 0u : layer.output.channels;
  needed->payload = adiabit_stored_at(circuit->program, layer.constants_offset);
  return needed->row_bytes > 0u;
}

/* Numbers of 16 bits hold everything but values of 32. */
static uint32_t window_bytes(const adiabit_circuit_t *circuit, const adiabit_layer_t *layer) {
  if (!has_weights(layer) || layer->kind == ADIABIT_LAYER_KIND_COUNTING) return 0;
  uint8_t form = ADIABIT_VALUE_FORM_U8;
  if (layer->source[0] != ADIABIT_FROM_INPUT) {
    form = adiabit_layer_at(circuit, layer->source[0]).output_form;
  } else if (circuit->input_bits == 1u && circuit->zero_points_offset == 0u) {
    form = ADIABIT_VALUE_FORM_BITS;
  }
  const uint32_t columns = adiabit_layer_columns(layer);
  if (form == ADIABIT_VALUE_FORM_BITS && layer->weight_form == ADIABIT_WEIGHT_FORM_BINARY) {
    return layer->kind == ADIABIT_LAYER_KIND_DENSE ? 0u : 2u * adiabit_layer_row_bytes(layer);
  }
  return (columns * (form == ADIABIT_VALUE_FORM_I32 ? 4u : 2u) + 3u) & ~UINT32_C(3);
}

uint32_t adiabit_layers_window_bytes(const adiabit_circuit_t *circuit) {
  uint32_t largest = 0;
  for (uint16_t index = 0; index < circuit->layer_count; index++) {
    const adiabit_layer_t layer = adiabit_layer_at(circuit, (uint8_t)index);
    const uint32_t bytes = window_bytes(circuit, &layer);
    if (bytes > largest) largest = bytes;
  }
  return largest;
}

#else
typedef int adiabit_layers_are_left_out; /* ISO C wants something in every file */
#endif
