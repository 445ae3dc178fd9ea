#include "adiabit_operators.h"

#if ADIABIT_HAS_OPERATORS

#include "adiabit_bytes.h"
#include "adiabit_values.h"

static adiabit_shape_t read_shape(adiabit_stored_t *field) {
  const adiabit_shape_t shape = {adiabit_read_u32(field), adiabit_read_u32(field + 4), adiabit_read_u32(field + 8)};
  return shape;
}

static void read_pair(uint16_t pair[2], adiabit_stored_t *field) {
  pair[0] = adiabit_read_u16(field);
  pair[1] = adiabit_read_u16(field + 2);
}

adiabit_operator_t adiabit_operator_at(const adiabit_circuit_t *circuit, uint8_t index) {
  adiabit_stored_t *record =
      adiabit_stored_at(circuit->program, ADIABIT_PROGRAM_SIZE + (uint32_t)index * ADIABIT_LAYER_SIZE);
  adiabit_operator_t operation = {
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
  read_pair(operation.size, record + ADIABIT_LAYER_OFFSET_SIZE_HEIGHT);
  read_pair(operation.stride, record + ADIABIT_LAYER_OFFSET_STRIDE_HEIGHT);
  read_pair(operation.padding, record + ADIABIT_LAYER_OFFSET_PADDING_TOP);
  return operation;
}

static bool good_shape(const adiabit_shape_t *shape) {
  if (shape->height == 0u || shape->width == 0u || shape->channels == 0u) return false;
  if (shape->height > ADIABIT_MAX_INPUTS || shape->width > ADIABIT_MAX_INPUTS) return false;
  /* As quotients: the product may need more than 32 bits. */
  return shape->channels <= ADIABIT_MAX_VALUES / shape->height / shape->width;
}

static bool same_shape(const adiabit_shape_t *one, const adiabit_shape_t *other) {
  return one->height == other->height && one->width == other->width && one->channels == other->channels;
}

/* One axis of the windows of a convolution or a pool, which must not lie outside the picture. */
static bool good_windows(const adiabit_operator_t *operation, uint8_t axis) {
  const uint32_t size = operation->size[axis];
  const uint32_t stride = operation->stride[axis];
  const uint32_t padding = operation->padding[axis];
  const uint32_t inputs = axis == 0u ? operation->input.height : operation->input.width;
  const uint32_t outputs = axis == 0u ? operation->output.height : operation->output.width;
  if (size == 0u || stride == 0u || padding >= size) return false;
  if (operation->kind == ADIABIT_LAYER_KIND_POOL) {
    if (padding != 0u || size > inputs) return false;
    return outputs - 1u <= (inputs - size) / stride;
  }
  return outputs - 1u <= (inputs - 1u + padding) / stride;
}

static bool has_weights(const adiabit_operator_t *operation) {
  return operation->kind == ADIABIT_LAYER_KIND_DENSE || operation->kind == ADIABIT_LAYER_KIND_CONVOLUTION ||
         operation->kind == ADIABIT_LAYER_KIND_COUNTING;
}

static bool is_single(const uint16_t pair[2]) {
  return pair[0] == 1u && pair[1] == 1u;
}

/* What the shapes and windows of each kind have to be. */
static bool good_geometry(const adiabit_operator_t *operation) {
  if (!good_shape(&operation->input) || !good_shape(&operation->output)) return false;
  switch (operation->kind) {
    case ADIABIT_LAYER_KIND_DENSE:
    case ADIABIT_LAYER_KIND_COUNTING:
      if (operation->input.height != 1u || operation->input.width != 1u) return false;
      if (operation->output.height != 1u || operation->output.width != 1u) return false;
      break;
    case ADIABIT_LAYER_KIND_CONVOLUTION:
      /* As a quotient; a window may be larger than its picture, but not endlessly so. */
      if (operation->size[0] == 0u || operation->size[1] == 0u) return false;
      if (operation->input.channels > ADIABIT_MAX_INPUTS / operation->size[0] / operation->size[1]) return false;
      return good_windows(operation, 0) && good_windows(operation, 1);
    case ADIABIT_LAYER_KIND_POOL:
      return good_windows(operation, 0) && good_windows(operation, 1) &&
             operation->input.channels == operation->output.channels;
    case ADIABIT_LAYER_KIND_ADD:
    case ADIABIT_LAYER_KIND_ACTIVATION:
      if (!same_shape(&operation->input, &operation->output)) return false;
      break;
    default:
      return false;
  }
  return is_single(operation->size) && is_single(operation->stride) && operation->padding[0] == 0u &&
         operation->padding[1] == 0u;
}

static bool good_weights(const adiabit_operator_t *operation) {
  if (!has_weights(operation)) return operation->weight_form == ADIABIT_WEIGHT_FORM_NONE;
  if (operation->weight_form != ADIABIT_WEIGHT_FORM_BINARY && operation->weight_form != ADIABIT_WEIGHT_FORM_INTEGER) {
    return false;
  }
  if (adiabit_operator_columns(operation) > ADIABIT_MAX_INPUTS) return false;
  return operation->output.channels <= ADIABIT_MAX_VALUES / adiabit_operator_row_bytes(operation) &&
         operation->input_encoding <= ADIABIT_INPUT_ENCODING_BIPOLAR;
}

static bool good_activation(const adiabit_operator_t *operation) {
  const bool none =
      operation->kind == ADIABIT_LAYER_KIND_POOL || operation->kind == ADIABIT_LAYER_KIND_ADD;
  if (operation->kind == ADIABIT_LAYER_KIND_COUNTING) return true; /* checked with the rest of what it promises */
  switch (operation->activation) {
    case ADIABIT_ACTIVATION_NONE:
      return none && operation->pooling <= ADIABIT_POOL_OPERATION_EXTREME;
    case ADIABIT_ACTIVATION_THRESHOLD:
      return !none && operation->output_form == ADIABIT_VALUE_FORM_BITS;
    case ADIABIT_ACTIVATION_INTEGER:
      return !none && operation->shift < ADIABIT_MAX_SHIFT;
    case ADIABIT_ACTIVATION_REQUANTIZE:
      return !none && operation->shift < 32u && operation->minimum <= operation->maximum;
    default:
      return false;
  }
}

/* Whether what an operator reads is there and has the size of its input. */
static bool good_source(const adiabit_circuit_t *circuit, const adiabit_operator_t *operation, uint8_t source) {
  const uint32_t takes = adiabit_values_in(&operation->input);
  if (source == ADIABIT_FROM_INPUT) {
    if (takes != circuit->input_count) return false;
    if (circuit->zero_points_offset == 0u) return true;
    const uint32_t channels = operation->kind == ADIABIT_LAYER_KIND_DENSE ? 1u : operation->input.channels;
    if (circuit->zero_point_count == 0u || circuit->zero_point_count == channels) return true;
    return false;
  }
  if (source >= operation->index) return false;
  const adiabit_operator_t before = adiabit_operator_at(circuit, source);
  return takes == adiabit_values_in(&before.output);
}

static bool good_operator(const adiabit_circuit_t *circuit, const adiabit_operator_t *operation) {
  if (!good_geometry(operation) || !good_weights(operation) || !good_activation(operation)) return false;
  if (operation->output_form > ADIABIT_VALUE_FORM_I32 || operation->has_flags > 1u) return false;
  if (!good_source(circuit, operation, operation->source[0])) return false;
  if (operation->kind == ADIABIT_LAYER_KIND_ADD && !good_source(circuit, operation, operation->source[1])) {
    return false;
  }
  const uint32_t count = adiabit_values_in(&operation->output);
  if (count > ADIABIT_MAX_VALUES / 4u) return false;
  const uint32_t bytes = adiabit_values_bytes(operation->output_form, count);
  return operation->arena_offset % 4u == 0u && bytes <= circuit->arena_bytes &&
         operation->arena_offset <= circuit->arena_bytes - bytes;
}

bool adiabit_operators_check(adiabit_circuit_t *circuit, uint8_t index) {
  const adiabit_operator_t operation = adiabit_operator_at(circuit, index);
  if (!good_operator(circuit, &operation)) return false;
  /* The first to read the input says how many channels it has. */
  if (circuit->zero_points_offset != 0u && circuit->zero_point_count == 0u) {
    circuit->zero_point_count = operation.kind == ADIABIT_LAYER_KIND_DENSE ? 1u : operation.input.channels;
  }
  if (index + 1u < circuit->layer_count) return true;
  if (operation.activation != ADIABIT_ACTIVATION_INTEGER || operation.output_form != ADIABIT_VALUE_FORM_I32) return false;
  circuit->output_count = adiabit_values_in(&operation.output);
  circuit->outputs_offset = operation.arena_offset;
  return true;
}

static uint32_t flag_words(const adiabit_operator_t *operation) {
  if (operation->has_flags == 0u) return 0;
  return operation->output.channels / 32u + (operation->output.channels % 32u != 0u ? 1u : 0u);
}

static uint32_t constant_words(const adiabit_operator_t *operation) {
  switch (operation->activation) {
    case ADIABIT_ACTIVATION_NONE:
      return flag_words(operation);
    case ADIABIT_ACTIVATION_THRESHOLD:
      return operation->output.channels + flag_words(operation);
    case ADIABIT_ACTIVATION_REQUANTIZE:
      return 2u * operation->output.channels;
    default:
      return operation->output.channels;
  }
}

bool adiabit_operators_input(const adiabit_circuit_t *circuit, uint8_t part, adiabit_needed_frame_t *needed) {
  const bool preparation = part == 0u;
  const uint32_t offset = preparation ? circuit->preparation_offset : circuit->zero_points_offset;
  needed->kind = preparation ? ADIABIT_FRAME_KIND_PREPARATION : ADIABIT_FRAME_KIND_ZERO_POINTS;
  needed->rows = 1;
  needed->row_bytes = preparation ? ADIABIT_PREPARATION_SIZE : circuit->zero_point_count;
  needed->row_bits = 0;
  needed->payload = adiabit_stored_at(circuit->program, offset);
  return offset != 0u;
}

bool adiabit_operators_weights(const adiabit_circuit_t *circuit, uint8_t index, adiabit_needed_frame_t *needed) {
  const adiabit_operator_t operation = adiabit_operator_at(circuit, index);
  const bool integer = operation.weight_form == ADIABIT_WEIGHT_FORM_INTEGER;
  const uint32_t columns = adiabit_operator_columns(&operation);
  if (operation.weight_form == ADIABIT_WEIGHT_FORM_NONE) return false;
  needed->kind = integer ? ADIABIT_FRAME_KIND_INTEGER_WEIGHTS : ADIABIT_FRAME_KIND_WEIGHTS;
  needed->rows = operation.output.channels;
  needed->row_bytes = adiabit_operator_row_bytes(&operation);
  needed->row_bits = integer ? 8u * columns : columns;
  needed->payload = adiabit_stored_at(circuit->program, operation.weights_offset);
  return true;
}

bool adiabit_operators_constants(const adiabit_circuit_t *circuit, uint8_t index, adiabit_needed_frame_t *needed) {
  const adiabit_operator_t operation = adiabit_operator_at(circuit, index);
  needed->kind = ADIABIT_FRAME_KIND_CONSTANTS;
  needed->rows = 1;
  needed->row_bytes = 4u * constant_words(&operation);
  needed->row_bits = flag_words(&operation) == 0u ? 0u : operation.output.channels;
  needed->payload = adiabit_stored_at(circuit->program, operation.constants_offset);
  return needed->row_bytes > 0u;
}

/* Numbers of 16 bits hold everything but values of 32. */
static uint32_t window_bytes(const adiabit_circuit_t *circuit, const adiabit_operator_t *operation) {
  if (!has_weights(operation) || operation->kind == ADIABIT_LAYER_KIND_COUNTING) return 0;
  uint8_t form = ADIABIT_VALUE_FORM_U8;
  if (operation->source[0] != ADIABIT_FROM_INPUT) {
    form = adiabit_operator_at(circuit, operation->source[0]).output_form;
  } else if (circuit->input_bits == 1u && circuit->zero_points_offset == 0u) {
    form = ADIABIT_VALUE_FORM_BITS;
  }
  const uint32_t columns = adiabit_operator_columns(operation);
  if (form == ADIABIT_VALUE_FORM_BITS && operation->weight_form == ADIABIT_WEIGHT_FORM_BINARY) {
    return operation->kind == ADIABIT_LAYER_KIND_DENSE ? 0u : 2u * adiabit_operator_row_bytes(operation);
  }
  return (columns * (form == ADIABIT_VALUE_FORM_I32 ? 4u : 2u) + 3u) & ~UINT32_C(3);
}

uint32_t adiabit_operators_window_bytes(const adiabit_circuit_t *circuit) {
  uint32_t largest = 0;
  for (uint16_t index = 0; index < circuit->layer_count; index++) {
    const adiabit_operator_t operation = adiabit_operator_at(circuit, (uint8_t)index);
    const uint32_t bytes = window_bytes(circuit, &operation);
    if (bytes > largest) largest = bytes;
  }
  return largest;
}

#else
typedef int adiabit_operators_are_left_out; /* ISO C wants something in every file */
#endif
