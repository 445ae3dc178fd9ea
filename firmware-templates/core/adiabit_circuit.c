#include "adiabit_circuit.h"

#include <stdbool.h>
#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_crc32.h"
#include "adiabit_operators.h"
#include "adiabit_sha256.h"

/* One frame whose CRC held and whose payload lies inside the bitstream. */
typedef struct {
  uint8_t kind;
  uint8_t layer;
  uint32_t payload_bytes;
  adiabit_stored_t *payload;
} frame_t;

/* Frames come in one order; this is where the reader stands in it. */
typedef enum {
  EXPECT_PROGRAM,
  EXPECT_WEIGHTS,
  EXPECT_CONSTANTS,
  EXPECT_NEEDED, /* by the operators */
  EXPECT_GOLDEN,
  EXPECT_ANCILLARY
} expectation_t;

typedef struct {
  adiabit_circuit_t *circuit;
  adiabit_stored_t *header;
  expectation_t expected;
  adiabit_layer_t layer; /* whose frames come */
#if ADIABIT_HAS_OPERATORS
  adiabit_needed_position_t position;
  adiabit_needed_frame_t needed;
#endif
} reader_t;

static uint32_t words_for_bits(uint32_t bits) {
  return bits / 32u + (bits % 32u != 0u ? 1u : 0u);
}

uint32_t adiabit_input_bytes(uint32_t input_count, uint32_t input_bits) {
  return input_bits == 1u ? input_count / 8u + (input_count % 8u != 0u ? 1u : 0u) : input_count;
}

static adiabit_status_t check_header(adiabit_stored_t *bytes, uint32_t length) {
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

static bool digest_holds(adiabit_stored_t *bytes, uint32_t total, uint8_t *file_digest) {
  const uint32_t digested = total - ADIABIT_DIGEST_BYTES;
  adiabit_sha256_t sha;
  adiabit_sha256_start(&sha);
  adiabit_sha256_update(&sha, bytes, digested);
  /* The stack of a small board is short: where the hash of the file goes lies its state meanwhile, and a finished hash needs
   * no block, so the digest goes there. */
  if (file_digest != NULL) memcpy(file_digest, sha.state, sizeof sha.state);
  adiabit_sha256_finish(&sha, sha.block);
  if (!adiabit_equal_stored(adiabit_stored_at(bytes, digested), sha.block, ADIABIT_DIGEST_BYTES)) return false;
  if (file_digest == NULL) return true;
  const uint32_t whole_blocks = digested & ~UINT32_C(63);
  memcpy(sha.state, file_digest, sizeof sha.state);
  sha.total_bytes = whole_blocks;
  adiabit_sha256_update(&sha, adiabit_stored_at(bytes, whole_blocks), total - whole_blocks);
  adiabit_sha256_finish(&sha, file_digest);
  return true;
}

/* Reads the frame at `*offset`, which lies below `end`, and moves `*offset` behind it. */
static bool next_frame(adiabit_stored_t *bytes, uint32_t *offset, uint32_t end, frame_t *frame) {
  const uint32_t room = end - *offset;
  if (room < ADIABIT_FRAME_SIZE) return false;
  adiabit_stored_t *header = adiabit_stored_at(bytes, *offset);
  frame->kind = header[ADIABIT_FRAME_OFFSET_KIND];
  frame->layer = header[ADIABIT_FRAME_OFFSET_LAYER];
  frame->payload_bytes = adiabit_read_u32(header + ADIABIT_FRAME_OFFSET_PAYLOAD_BYTES);
  frame->payload = header + ADIABIT_FRAME_SIZE;
  /* Room is a multiple of four, so a payload that fits also fits with its padding. */
  if (frame->payload_bytes > room - ADIABIT_FRAME_SIZE) return false;
  const uint32_t padded = (frame->payload_bytes + 3u) & ~UINT32_C(3);
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

static adiabit_layer_t read_record(adiabit_stored_t *program, uint8_t index) {
  adiabit_stored_t *record = program + (uint32_t)index * ADIABIT_LAYER_SIZE;
  const adiabit_layer_t layer = {
      .index = index,
      .activation = record[ADIABIT_LAYER_OFFSET_ACTIVATION],
      .input_bits = record[ADIABIT_LAYER_OFFSET_INPUT_BITS],
      .shift = record[ADIABIT_LAYER_OFFSET_SHIFT],
      .inputs = adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_INPUTS),
      .outputs = adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_OUTPUTS),
      .words_per_row = adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_WORDS_PER_ROW),
      .weights = NULL,
      .constants = NULL,
  };
  return layer;
}

/* `outputs_before`: of the layer that feeds it; 0 for the first. */
static bool good_layer(adiabit_stored_t *record, const adiabit_layer_t *layer, uint32_t outputs_before, bool last) {
  if (record[ADIABIT_LAYER_OFFSET_KIND] != ADIABIT_LAYER_KIND_DENSE) return false;
  if (adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_RESERVED) != 0u) return false;
  if (layer->activation != (last ? ADIABIT_ACTIVATION_INTEGER : ADIABIT_ACTIVATION_THRESHOLD)) return false;
  if (layer->shift > (last ? ADIABIT_MAX_SHIFT : 0u)) return false;
  if (layer->inputs == 0u || layer->inputs > ADIABIT_MAX_INPUTS) return false;
  if (layer->outputs == 0u || layer->outputs > (last ? ADIABIT_MAX_OUTPUTS : ADIABIT_MAX_INPUTS)) return false;
  if (layer->input_bits < 1u || layer->input_bits > 8u) return false;
  /* As a quotient: the product may need more than 32 bits. */
  if (layer->inputs > (ADIABIT_MAX_ACCUMULATOR - 1u) / ((1u << layer->input_bits) - 1u)) return false;
  if (layer->words_per_row != words_for_bits(layer->inputs)) return false;
  return outputs_before == 0u || (layer->input_bits == 1u && layer->inputs == outputs_before);
}

static bool read_program(reader_t *reader, const frame_t *frame) {
  adiabit_circuit_t *circuit = reader->circuit;
  adiabit_stored_t *header = reader->header;
  circuit->layer_count = header[ADIABIT_HEADER_OFFSET_LAYER_COUNT];
  if (circuit->layer_count == 0u || circuit->layer_count > ADIABIT_MAX_LAYERS) return false;
  if (frame->payload_bytes != (uint32_t)circuit->layer_count * ADIABIT_LAYER_SIZE) return false;
  circuit->program = frame->payload;
  circuit->frames = frame->payload + frame->payload_bytes; /* 20 bytes a layer: no padding */
  for (uint8_t index = 0; index < circuit->layer_count; index++) {
    const adiabit_layer_t layer = read_record(circuit->program, index);
    const bool last = index + 1u == circuit->layer_count;
    if (!good_layer(frame->payload + index * ADIABIT_LAYER_SIZE, &layer, circuit->output_count, last)) return false;
    circuit->output_count = layer.outputs;
    if (index > 0u && layer.words_per_row > circuit->hidden_words) circuit->hidden_words = layer.words_per_row;
  }
  reader->layer = read_record(circuit->program, 0);
  circuit->input_count = reader->layer.inputs;
  circuit->input_bits = reader->layer.input_bits;
  circuit->input_bytes = adiabit_input_bytes(circuit->input_count, circuit->input_bits);
  return adiabit_read_u32(header + ADIABIT_HEADER_OFFSET_INPUT_COUNT) == circuit->input_count &&
         header[ADIABIT_HEADER_OFFSET_INPUT_BITS] == circuit->input_bits &&
         adiabit_read_u32(header + ADIABIT_HEADER_OFFSET_OUTPUT_COUNT) == circuit->output_count;
}

#if ADIABIT_HAS_OPERATORS
static void expect_next_needed(reader_t *reader) {
  const bool more = adiabit_operators_next_frame(reader->circuit, &reader->position, &reader->needed);
  reader->expected = more ? EXPECT_NEEDED : EXPECT_GOLDEN;
}

static bool read_operators(reader_t *reader, const frame_t *frame) {
  adiabit_circuit_t *circuit = reader->circuit;
  adiabit_stored_t *header = reader->header;
  circuit->has_operators = true;
  circuit->file = header;
  circuit->layer_count = header[ADIABIT_HEADER_OFFSET_LAYER_COUNT];
  circuit->input_count = adiabit_read_u32(header + ADIABIT_HEADER_OFFSET_INPUT_COUNT);
  circuit->input_bits = header[ADIABIT_HEADER_OFFSET_INPUT_BITS];
  circuit->input_bytes = adiabit_input_bytes(circuit->input_count, circuit->input_bits);
  circuit->program = frame->payload;
  if (circuit->layer_count == 0u) return false;
  if (frame->payload_bytes != ADIABIT_OPERATORS_SIZE + (uint32_t)circuit->layer_count * ADIABIT_OPERATOR_SIZE) {
    return false;
  }
  if (!adiabit_operators_check(circuit)) return false;
  expect_next_needed(reader);
  return adiabit_read_u32(header + ADIABIT_HEADER_OFFSET_OUTPUT_COUNT) == circuit->output_count;
}

static bool take_needed(reader_t *reader, const frame_t *frame) {
  const adiabit_needed_frame_t needed = reader->needed;
  if (frame->kind != needed.kind || frame->layer != needed.layer) return false;
  if (frame->payload_bytes != needed.payload_bytes) return false;
  if (frame->payload != adiabit_stored_at(reader->header, needed.offset)) return false;
  expect_next_needed(reader);
  if (needed.kind == ADIABIT_FRAME_KIND_ZERO_POINTS) return true;
  const adiabit_operator_t operation = adiabit_operator_at(reader->circuit, needed.layer);
  return adiabit_operators_clean_tails(&operation, &needed, frame->payload);
}
#endif

/* Whether a frame holds `count` words. */
static bool holds_words(const frame_t *frame, uint32_t count) {
  return frame->payload_bytes % 4u == 0u && frame->payload_bytes / 4u == count;
}

/* Whether a frame holds `count` vectors of `words` words, which may be more than 32 bits can say. */
static bool holds_vectors(const frame_t *frame, uint32_t count, uint32_t words) {
  return frame->payload_bytes % 4u == 0u && frame->payload_bytes / 4u / words == count &&
         frame->payload_bytes / 4u % words == 0u;
}

/* Padding bits must be zero: the kernel counts on it (see adiabit_kernel.h). */
static bool read_weights(adiabit_layer_t *layer, const frame_t *frame) {
  if (!holds_vectors(frame, layer->outputs, layer->words_per_row)) return false;
  layer->weights = frame->payload;
  const uint8_t tail_bits = (uint8_t)(layer->inputs % 32u);
  if (tail_bits == 0u) return true;
  for (uint32_t row = 1; row <= layer->outputs; row++) {
    const uint32_t last_word = adiabit_load_word(adiabit_stored_at(frame->payload, 4u * (row * layer->words_per_row - 1u)));
    if (last_word >> tail_bits != 0u) return false;
  }
  return true;
}

static bool read_constants(adiabit_layer_t *layer, const frame_t *frame) {
  const uint32_t kind =
      layer->activation == ADIABIT_ACTIVATION_INTEGER ? ADIABIT_FRAME_KIND_OFFSETS : ADIABIT_FRAME_KIND_THRESHOLDS;
  return frame->kind == kind && holds_words(frame, layer->outputs);
}

static bool read_golden(adiabit_circuit_t *circuit, const frame_t *frame) {
  if (frame->payload_bytes < ADIABIT_GOLDEN_SIZE) return false;
  const uint32_t count = adiabit_read_u32(frame->payload + ADIABIT_GOLDEN_OFFSET_COUNT);
  if (adiabit_read_u32(frame->payload + ADIABIT_GOLDEN_OFFSET_INPUT_BYTES) != circuit->input_bytes) return false;
  const uint32_t padded_input = (circuit->input_bytes + 3u) & ~UINT32_C(3);
  const uint32_t stride = padded_input + 4u * circuit->output_count; /* both below 2^26: no overflow */
  const frame_t vectors = {.payload_bytes = frame->payload_bytes - ADIABIT_GOLDEN_SIZE};
  if (!holds_vectors(&vectors, count, stride / 4u)) return false;
  circuit->golden_count = count;
  circuit->golden_stride = stride;
  circuit->golden_outputs = padded_input;
  circuit->golden = frame->payload + ADIABIT_GOLDEN_SIZE;
  return true;
}

/* Takes one frame that devices understand, if it is the one whose turn it is. */
static bool take_frame(reader_t *reader, const frame_t *frame) {
  adiabit_layer_t *layer = &reader->layer;
  switch (reader->expected) {
    case EXPECT_PROGRAM:
#if ADIABIT_HAS_OPERATORS
      if (frame->kind == ADIABIT_FRAME_KIND_OPERATORS) return read_operators(reader, frame);
#endif
      reader->expected = EXPECT_WEIGHTS;
      return frame->kind == ADIABIT_FRAME_KIND_PROGRAM && read_program(reader, frame);
    case EXPECT_WEIGHTS:
      reader->expected = EXPECT_CONSTANTS;
      return frame->kind == ADIABIT_FRAME_KIND_WEIGHTS && frame->layer == layer->index && read_weights(layer, frame);
    case EXPECT_CONSTANTS:
      if (frame->layer != layer->index || !read_constants(layer, frame)) return false;
      if (layer->index + 1u < reader->circuit->layer_count) {
        *layer = read_record(reader->circuit->program, (uint8_t)(layer->index + 1u));
        reader->expected = EXPECT_WEIGHTS;
      } else {
        reader->expected = EXPECT_GOLDEN;
      }
      return true;
    case EXPECT_NEEDED:
#if ADIABIT_HAS_OPERATORS
      return take_needed(reader, frame);
#else
      return false;
#endif
    case EXPECT_GOLDEN:
      reader->expected = EXPECT_ANCILLARY;
      return frame->kind == ADIABIT_FRAME_KIND_GOLDEN_VECTORS && read_golden(reader->circuit, frame);
    case EXPECT_ANCILLARY:
    default:
      return false;
  }
}

static bool read_frames(adiabit_circuit_t *circuit, adiabit_stored_t *bytes) {
  const uint32_t end = circuit->total_bytes - ADIABIT_DIGEST_BYTES;
  const uint32_t frame_count = adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_FRAME_COUNT);
  reader_t reader = {.circuit = circuit, .header = bytes, .expected = EXPECT_PROGRAM};
  uint32_t offset = ADIABIT_HEADER_SIZE;
  uint32_t frames = 0;
  while (offset < end) {
    frame_t frame;
    if (!next_frame(bytes, &offset, end, &frame)) return false;
    frames++;
    if (frame.kind >= ADIABIT_ANCILLARY_KIND && reader.expected != EXPECT_PROGRAM) continue;
    if (!take_frame(&reader, &frame)) return false;
  }
  return frames == frame_count && (reader.expected == EXPECT_GOLDEN || reader.expected == EXPECT_ANCILLARY);
}

/* The payload of the next frame that devices understand; `*at` moves behind it. */
static adiabit_stored_t *next_payload(adiabit_stored_t **at) {
  for (;;) {
    adiabit_stored_t *frame = *at;
    const uint32_t payload_bytes = adiabit_read_u32(frame + ADIABIT_FRAME_OFFSET_PAYLOAD_BYTES);
    *at = adiabit_stored_at(frame, ADIABIT_FRAME_SIZE + ((payload_bytes + 3u) & ~UINT32_C(3)));
    if (frame[ADIABIT_FRAME_OFFSET_KIND] < ADIABIT_ANCILLARY_KIND) return frame + ADIABIT_FRAME_SIZE;
  }
}

adiabit_layer_t adiabit_circuit_layer(const adiabit_circuit_t *circuit, const adiabit_layer_t *before) {
  adiabit_stored_t *at = before == NULL ? circuit->frames : adiabit_stored_at(before->constants, 4u * before->outputs);
  adiabit_layer_t layer = read_record(circuit->program, (uint8_t)(before == NULL ? 0u : before->index + 1u));
  layer.weights = next_payload(&at);
  layer.constants = next_payload(&at);
  return layer;
}

adiabit_status_t adiabit_circuit_read(adiabit_circuit_t *circuit, adiabit_stored_t *bytes, uint32_t length,
                                      uint8_t *file_digest) {
  memset(circuit, 0, sizeof *circuit);
  const adiabit_status_t header = check_header(bytes, length);
  if (header != ADIABIT_STATUS_OK) return header;
  circuit->total_bytes = adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_TOTAL_BYTES);
  if (!digest_holds(bytes, circuit->total_bytes, file_digest)) return ADIABIT_STATUS_DIGEST_MISMATCH;
  return read_frames(circuit, bytes) ? ADIABIT_STATUS_OK : ADIABIT_STATUS_BAD_BITSTREAM;
}
