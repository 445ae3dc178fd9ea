#include "adiabit_circuit.h"

#include <stdbool.h>
#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_crc32.h"
#include "adiabit_sha256.h"

/* One frame whose CRC held and whose payload lies inside the bitstream. */
typedef struct {
  uint8_t kind;
  uint8_t layer;
  uint32_t payload_bytes;
  const uint8_t *payload;
} frame_t;

/* Frames come in one order; this is where the reader stands in it. */
typedef enum { EXPECT_PROGRAM, EXPECT_WEIGHTS, EXPECT_CONSTANTS, EXPECT_GOLDEN, EXPECT_ANCILLARY } expectation_t;

static uint32_t words_for_bits(uint32_t bits) {
  return bits / 32u + (bits % 32u != 0u ? 1u : 0u);
}

uint32_t adiabit_input_bytes(uint32_t input_count, uint32_t input_bits) {
  return input_bits == 1u ? input_count / 8u + (input_count % 8u != 0u ? 1u : 0u) : input_count;
}

static adiabit_status_t check_header(const uint8_t *bytes, uint32_t length) {
  if (length < ADIABIT_HEADER_SIZE + ADIABIT_DIGEST_BYTES) return ADIABIT_STATUS_BAD_BITSTREAM;
  const uint32_t total = adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_TOTAL_BYTES);
  const bool good = adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_MAGIC) == ADIABIT_MAGIC &&
                    bytes[ADIABIT_HEADER_OFFSET_VERSION_MAJOR] == ADIABIT_VERSION_MAJOR &&
                    adiabit_crc32(bytes, ADIABIT_HEADER_OFFSET_CRC32) ==
                        adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_CRC32) &&
                    adiabit_read_u16(bytes + ADIABIT_HEADER_OFFSET_HEADER_BYTES) == ADIABIT_HEADER_SIZE &&
                    adiabit_read_u16(bytes + ADIABIT_HEADER_OFFSET_RESERVED) == 0u &&
                    total >= ADIABIT_HEADER_SIZE + ADIABIT_DIGEST_BYTES && total <= length && total % 4u == 0u;
  return good ? ADIABIT_STATUS_OK : ADIABIT_STATUS_BAD_BITSTREAM;
}

static bool digest_holds(const uint8_t *bytes, uint32_t total, uint8_t *file_digest) {
  uint8_t digest[ADIABIT_DIGEST_BYTES];
  adiabit_sha256_t sha;
  adiabit_sha256_start(&sha);
  adiabit_sha256_update(&sha, bytes, total - ADIABIT_DIGEST_BYTES);
  if (file_digest != NULL) {
    adiabit_sha256_t whole = sha;
    adiabit_sha256_update(&whole, bytes + total - ADIABIT_DIGEST_BYTES, ADIABIT_DIGEST_BYTES);
    adiabit_sha256_finish(&whole, file_digest);
  }
  adiabit_sha256_finish(&sha, digest);
  return memcmp(digest, bytes + total - ADIABIT_DIGEST_BYTES, sizeof digest) == 0;
}

/* Reads the frame at `*offset`, which lies below `end`, and moves `*offset` behind it. */
static bool next_frame(const uint8_t *bytes, uint32_t *offset, uint32_t end, frame_t *frame) {
  const uint32_t room = end - *offset;
  if (room < ADIABIT_FRAME_SIZE) return false;
  const uint8_t *header = bytes + *offset;
  frame->kind = header[ADIABIT_FRAME_OFFSET_KIND];
  frame->layer = header[ADIABIT_FRAME_OFFSET_LAYER];
  frame->payload_bytes = adiabit_read_u32(header + ADIABIT_FRAME_OFFSET_PAYLOAD_BYTES);
  frame->payload = header + ADIABIT_FRAME_SIZE;
  /* Room is a multiple of four, so a payload that fits also fits with its padding. */
  if (frame->payload_bytes > room - ADIABIT_FRAME_SIZE) return false;
  const uint32_t padded = (frame->payload_bytes + 3u) & ~3u;
  uint32_t crc = adiabit_crc32_update(ADIABIT_CRC32_START, header, ADIABIT_FRAME_OFFSET_CRC32);
  crc = adiabit_crc32_finish(adiabit_crc32_update(crc, frame->payload, padded));
  if (crc != adiabit_read_u32(header + ADIABIT_FRAME_OFFSET_CRC32)) return false;
  if (adiabit_read_u16(header + ADIABIT_FRAME_OFFSET_RESERVED) != 0u) return false;
  for (uint32_t index = frame->payload_bytes; index < padded; index++) {
    if (frame->payload[index] != 0u) return false;
  }
  *offset += ADIABIT_FRAME_SIZE + padded;
  return true;
}

/* One record of the program; `before` is the layer that feeds it, or NULL for the first. */
static bool read_layer(const uint8_t *record, const adiabit_layer_t *before, bool last, adiabit_layer_t *layer) {
  layer->activation = record[ADIABIT_LAYER_OFFSET_ACTIVATION];
  layer->input_bits = record[ADIABIT_LAYER_OFFSET_INPUT_BITS];
  layer->shift = record[ADIABIT_LAYER_OFFSET_SHIFT];
  layer->inputs = adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_INPUTS);
  layer->outputs = adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_OUTPUTS);
  layer->words_per_row = adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_WORDS_PER_ROW);
  layer->weights = NULL;
  layer->constants = NULL;
  if (record[ADIABIT_LAYER_OFFSET_KIND] != ADIABIT_LAYER_KIND_DENSE) return false;
  if (adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_RESERVED) != 0u) return false;
  if (layer->activation != (last ? ADIABIT_ACTIVATION_INTEGER : ADIABIT_ACTIVATION_THRESHOLD)) return false;
  if (layer->shift > (last ? ADIABIT_MAX_SHIFT : 0u)) return false;
  if (layer->inputs == 0u || layer->inputs > ADIABIT_MAX_INPUTS) return false;
  if (layer->outputs == 0u || layer->outputs > ADIABIT_MAX_INPUTS) return false;
  if (layer->input_bits < 1u || layer->input_bits > 8u) return false;
  if ((uint64_t)layer->inputs * ((1u << layer->input_bits) - 1u) >= ADIABIT_MAX_ACCUMULATOR) return false;
  if (layer->words_per_row != words_for_bits(layer->inputs)) return false;
  if (before == NULL) return true;
  return layer->input_bits == 1u && layer->inputs == before->outputs;
}

static bool read_program(adiabit_circuit_t *circuit, const uint8_t *bytes, const frame_t *frame) {
  const uint32_t layer_count = bytes[ADIABIT_HEADER_OFFSET_LAYER_COUNT];
  if (layer_count == 0u || layer_count > ADIABIT_MAX_LAYERS) return false;
  if (frame->payload_bytes != layer_count * ADIABIT_LAYER_SIZE) return false;
  for (uint32_t index = 0; index < layer_count; index++) {
    adiabit_layer_t *layer = &circuit->layers[index];
    const adiabit_layer_t *before = index == 0u ? NULL : layer - 1;
    if (!read_layer(frame->payload + index * ADIABIT_LAYER_SIZE, before, index + 1u == layer_count, layer)) return false;
  }
  const adiabit_layer_t *first = &circuit->layers[0];
  circuit->layer_count = layer_count;
  circuit->input_count = first->inputs;
  circuit->input_bytes = adiabit_input_bytes(first->inputs, first->input_bits);
  circuit->output_count = circuit->layers[layer_count - 1u].outputs;
  return adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_INPUT_COUNT) == circuit->input_count &&
         bytes[ADIABIT_HEADER_OFFSET_INPUT_BITS] == first->input_bits &&
         adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_OUTPUT_COUNT) == circuit->output_count;
}

/* Padding bits must be zero: the kernel counts on it (see adiabit_kernel.h). */
static bool read_weights(adiabit_layer_t *layer, const frame_t *frame) {
  const uint64_t needed = (uint64_t)layer->outputs * layer->words_per_row * 4u;
  if (frame->payload_bytes != needed) return false;
  layer->weights = frame->payload;
  const uint32_t tail_bits = layer->inputs % 32u;
  if (tail_bits == 0u) return true;
  for (uint32_t row = 1; row <= layer->outputs; row++) {
    const uint32_t last_word = adiabit_load_word(frame->payload + 4u * (row * layer->words_per_row - 1u));
    if (last_word >> tail_bits != 0u) return false;
  }
  return true;
}

static bool read_constants(adiabit_layer_t *layer, const frame_t *frame) {
  const uint32_t kind =
      layer->activation == ADIABIT_ACTIVATION_INTEGER ? ADIABIT_FRAME_KIND_OFFSETS : ADIABIT_FRAME_KIND_THRESHOLDS;
  layer->constants = frame->payload;
  return frame->kind == kind && frame->payload_bytes == (uint64_t)layer->outputs * 4u;
}

static bool read_golden(adiabit_circuit_t *circuit, const frame_t *frame) {
  if (frame->payload_bytes < ADIABIT_GOLDEN_SIZE) return false;
  const uint32_t count = adiabit_read_u32(frame->payload + ADIABIT_GOLDEN_OFFSET_COUNT);
  if (adiabit_read_u32(frame->payload + ADIABIT_GOLDEN_OFFSET_INPUT_BYTES) != circuit->input_bytes) return false;
  const uint32_t padded_input = (circuit->input_bytes + 3u) & ~3u;
  const uint32_t stride = padded_input + 4u * circuit->output_count; /* both below 2^26: no overflow */
  if (frame->payload_bytes != ADIABIT_GOLDEN_SIZE + (uint64_t)count * stride) return false;
  circuit->golden_count = count;
  circuit->golden_stride = stride;
  circuit->golden_outputs = padded_input;
  circuit->golden = frame->payload + ADIABIT_GOLDEN_SIZE;
  return true;
}

/* Takes one frame that devices understand, if it is the one whose turn it is. */
static bool take_frame(adiabit_circuit_t *circuit, const uint8_t *bytes, const frame_t *frame, expectation_t *expected,
                       uint32_t *layer_index) {
  adiabit_layer_t *layer = &circuit->layers[*layer_index];
  switch (*expected) {
    case EXPECT_PROGRAM:
      *expected = EXPECT_WEIGHTS;
      return frame->kind == ADIABIT_FRAME_KIND_PROGRAM && read_program(circuit, bytes, frame);
    case EXPECT_WEIGHTS:
      *expected = EXPECT_CONSTANTS;
      return frame->kind == ADIABIT_FRAME_KIND_WEIGHTS && frame->layer == *layer_index && read_weights(layer, frame);
    case EXPECT_CONSTANTS:
      if (frame->layer != *layer_index || !read_constants(layer, frame)) return false;
      if (*layer_index + 1u < circuit->layer_count) {
        *layer_index += 1u;
        *expected = EXPECT_WEIGHTS;
      } else {
        *expected = EXPECT_GOLDEN;
      }
      return true;
    case EXPECT_GOLDEN:
      *expected = EXPECT_ANCILLARY;
      return frame->kind == ADIABIT_FRAME_KIND_GOLDEN_VECTORS && read_golden(circuit, frame);
    case EXPECT_ANCILLARY:
    default:
      return false;
  }
}

static bool read_frames(adiabit_circuit_t *circuit, const uint8_t *bytes) {
  const uint32_t end = circuit->total_bytes - ADIABIT_DIGEST_BYTES;
  const uint32_t frame_count = adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_FRAME_COUNT);
  expectation_t expected = EXPECT_PROGRAM;
  uint32_t layer_index = 0;
  uint32_t offset = ADIABIT_HEADER_SIZE;
  uint32_t frames = 0;
  while (offset < end) {
    frame_t frame;
    if (!next_frame(bytes, &offset, end, &frame)) return false;
    frames++;
    if (frame.kind >= ADIABIT_ANCILLARY_KIND && expected != EXPECT_PROGRAM) continue;
    if (!take_frame(circuit, bytes, &frame, &expected, &layer_index)) return false;
  }
  return frames == frame_count && (expected == EXPECT_GOLDEN || expected == EXPECT_ANCILLARY);
}

adiabit_status_t adiabit_circuit_read(adiabit_circuit_t *circuit, const uint8_t *bytes, uint32_t length,
                                      uint8_t *file_digest) {
  memset(circuit, 0, sizeof *circuit);
  const adiabit_status_t header = check_header(bytes, length);
  if (header != ADIABIT_STATUS_OK) return header;
  circuit->total_bytes = adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_TOTAL_BYTES);
  if (!digest_holds(bytes, circuit->total_bytes, file_digest)) return ADIABIT_STATUS_DIGEST_MISMATCH;
  return read_frames(circuit, bytes) ? ADIABIT_STATUS_OK : ADIABIT_STATUS_BAD_BITSTREAM;
}
