/*
 * Layers of every kind, read in place (docs/formats/bitstream.md). Their records are read from flash each time a layer
 * runs, as those of counting layers are.
 */
#ifndef ADIABIT_LAYERS_H
#define ADIABIT_LAYERS_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_circuit.h"

/* The bound of the values of a layer and of the inputs of one window. Sizes in bytes stay below 2^31. */
#define ADIABIT_MAX_VALUES 0x0FFFFFFFu

typedef struct {
  uint32_t height;
  uint32_t width;
  uint32_t channels;
} adiabit_shape_t;

typedef struct {
  uint8_t index;
  uint8_t kind;           /* ADIABIT_LAYER_KIND_... */
  uint8_t activation;     /* ADIABIT_ACTIVATION_... */
  uint8_t weight_form;    /* ADIABIT_WEIGHT_FORM_... */
  uint8_t input_encoding; /* ADIABIT_INPUT_ENCODING_... */
  uint8_t shift;
  uint8_t pooling; /* ADIABIT_POOL_OPERATION_..., of logic the pins of a table */
  uint8_t has_flags;
  uint8_t output_form; /* ADIABIT_VALUE_FORM_... */
  uint8_t source[2];   /* ADIABIT_FROM_INPUT or a layer before */
  adiabit_shape_t input;
  adiabit_shape_t output;
  uint16_t size[2]; /* height, width */
  uint16_t stride[2];
  uint16_t padding[2];
  int32_t minimum;
  int32_t maximum;
  uint32_t arena_offset;
  uint32_t weights_offset; /* from the payload of the program */
  uint32_t constants_offset;
} adiabit_layer_t;

/* One frame that the program needs, in the order of the file. */
typedef struct {
  uint8_t kind; /* ADIABIT_FRAME_KIND_... */
  uint8_t layer;
  uint32_t rows;
  uint32_t row_bytes;
  uint32_t row_bits; /* what lies behind them in the last word of a row is zero */
  adiabit_stored_t *payload;
} adiabit_needed_frame_t;

adiabit_layer_t adiabit_layer_at(const adiabit_circuit_t *circuit, uint8_t index);

/*
 * Checks the record of a layer against those before it, the input and the arena. The last layer determines the outputs.
 * Of counting layers it checks what they have in common with dense ones.
 */
bool adiabit_layers_check(adiabit_circuit_t *circuit, uint8_t index);

/* Gives the frames that the input needs: its preparation, its zero points. False if it does not need that part. */
#define ADIABIT_INPUT_PARTS 2u
bool adiabit_layers_input(const adiabit_circuit_t *circuit, uint8_t part, adiabit_needed_frame_t *needed);

/* Gives the weights or the constants of a layer that is no counting layer. False if it has none. */
bool adiabit_layers_weights(const adiabit_circuit_t *circuit, uint8_t index, adiabit_needed_frame_t *needed);
bool adiabit_layers_constants(const adiabit_circuit_t *circuit, uint8_t index, adiabit_needed_frame_t *needed);

/* Tells whether the values of a layer are bits, whatever its constants are. */
static inline bool adiabit_layer_gives_bits(const adiabit_layer_t *layer) {
  return (ADIABIT_HAS_LOGIC && layer->kind == ADIABIT_LAYER_KIND_LOGIC) ||
         layer->activation == ADIABIT_ACTIVATION_THRESHOLD;
}

/* Inputs of one window. */
static inline uint32_t adiabit_layer_columns(const adiabit_layer_t *layer) {
  return (uint32_t)layer->size[0] * layer->size[1] * layer->input.channels;
}

/* Tells whether any window reaches beyond the picture. */
static inline bool adiabit_layer_is_padded(const adiabit_layer_t *layer) {
  const uint32_t bottom = (layer->output.height - 1u) * layer->stride[0] + layer->size[0] - layer->padding[0];
  const uint32_t right = (layer->output.width - 1u) * layer->stride[1] + layer->size[1] - layer->padding[1];
  return layer->padding[0] > 0u || layer->padding[1] > 0u || bottom > layer->input.height || right > layer->input.width;
}

/* Bytes of one row of weights. */
static inline uint32_t adiabit_layer_row_bytes(const adiabit_layer_t *layer) {
  const uint32_t columns = adiabit_layer_columns(layer);
  if (layer->weight_form == ADIABIT_WEIGHT_FORM_INTEGER) return (columns + 3u) & ~UINT32_C(3);
  return 4u * (columns / 32u + (columns % 32u != 0u ? 1u : 0u));
}

static inline uint32_t adiabit_values_in(const adiabit_shape_t *shape) {
  return shape->height * shape->width * shape->channels;
}

/* Memory for the window of one place, beside the arena. */
uint32_t adiabit_layers_window_bytes(const adiabit_circuit_t *circuit);

/*
 * Work memory beyond the needed with which layers are faster: convolutions of bits run at many places at once, and a
 * thermometer has a table of the bits of every byte, ADIABIT_CODES bytes.
 */
#define ADIABIT_CODES 256u
uint32_t adiabit_layers_spare_bytes(const adiabit_circuit_t *circuit);

#endif /* ADIABIT_LAYERS_H */
