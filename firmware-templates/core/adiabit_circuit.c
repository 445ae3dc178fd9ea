#include "adiabit_circuit.h"

#include <stdbool.h>
#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_crc32.h"
#include "adiabit_layers.h"
#include "adiabit_layers_logic.h"
#include "adiabit_preparation.h"
#include "adiabit_sha256.h"

/* One frame whose CRC held and whose payload lies inside the bitstream. */
typedef struct {
  uint8_t kind;
  uint8_t layer;
  uint32_t payload_bytes;
  adiabit_stored_t *payload;
} frame_t;

/* The order of the frames in a bitstream: what the reader expects next. */
typedef enum { EXPECT_PROGRAM, EXPECT_NEEDED, EXPECT_GOLDEN, EXPECT_ANCILLARY } expectation_t;

/* The frames that a layer may need, in the order of the file. The input, which comes before all layers, has its own. */
enum { PART_WEIGHTS, PART_CONSTANTS, PART_COUNT };

typedef struct {
  adiabit_circuit_t *circuit;
  adiabit_stored_t *header;
  expectation_t expected;
  uint16_t layer; /* whose frames come */
  uint8_t part;   /* that is looked for next */
#if ADIABIT_EVERY_LAYER
  uint8_t input_part;
#endif
  adiabit_needed_frame_t needed;
} reader_t;

static uint32_t words_for_bits(uint32_t bits) {
  return bits / 32u + (bits % 32u != 0u ? 1u : 0u);
}

uint32_t adiabit_input_bytes(uint32_t input_count, uint32_t input_bits) {
  return input_bits == 1u ? input_count / 8u + (input_count % 8u != 0u ? 1u : 0u) : input_count;
}

/* The kinds of frames that this firmware understands, as a mask. */
#if ADIABIT_EVERY_LAYER
#define KNOWN_KINDS                                                                                      \
  ((UINT32_C(1) << ADIABIT_FRAME_KIND_PROGRAM) | (UINT32_C(1) << ADIABIT_FRAME_KIND_PREPARATION) |       \
   (UINT32_C(1) << ADIABIT_FRAME_KIND_ZERO_POINTS) | (UINT32_C(1) << ADIABIT_FRAME_KIND_WEIGHTS) |       \
   (UINT32_C(1) << ADIABIT_FRAME_KIND_INTEGER_WEIGHTS) | (UINT32_C(1) << ADIABIT_FRAME_KIND_CONSTANTS) | \
   (UINT32_C(1) << ADIABIT_FRAME_KIND_GOLDEN_VECTORS) |                                                  \
   ((ADIABIT_HAS_LOGIC ? UINT32_C(1) : UINT32_C(0)) << ADIABIT_FRAME_KIND_TABLES))
#else
#define KNOWN_KINDS                                                                            \
  ((UINT32_C(1) << ADIABIT_FRAME_KIND_PROGRAM) | (UINT32_C(1) << ADIABIT_FRAME_KIND_WEIGHTS) | \
   (UINT32_C(1) << ADIABIT_FRAME_KIND_CONSTANTS) | (UINT32_C(1) << ADIABIT_FRAME_KIND_GOLDEN_VECTORS))
#endif
ADIABIT_STATIC_ASSERT(kinds_fit_the_mask_of_read_frames, KNOWN_KINDS <= UINT16_MAX);

/* Weights and constants are read as words, so every part before them is a multiple of four. */
ADIABIT_STATIC_ASSERT(header_is_words, ADIABIT_HEADER_SIZE % 4u == 0u);
ADIABIT_STATIC_ASSERT(frame_header_is_words, ADIABIT_FRAME_SIZE % 4u == 0u);
ADIABIT_STATIC_ASSERT(program_head_is_words, ADIABIT_PROGRAM_SIZE % 4u == 0u);
ADIABIT_STATIC_ASSERT(layer_record_is_words, ADIABIT_LAYER_SIZE % 4u == 0u);
ADIABIT_STATIC_ASSERT(golden_head_is_words, ADIABIT_GOLDEN_SIZE % 4u == 0u);

ADIABIT_STATIC_ASSERT(header_bytes_follow_the_version,
                      ADIABIT_HEADER_OFFSET_HEADER_BYTES == ADIABIT_HEADER_OFFSET_VERSION_MAJOR + 2u);
ADIABIT_STATIC_ASSERT(reserved_follows_the_input_bits,
                      ADIABIT_HEADER_OFFSET_RESERVED == ADIABIT_HEADER_OFFSET_INPUT_BITS + 2u);

/* Tells whether a header is whole and one that this firmware takes. The halves of words are what is above 16 bits. */
static bool header_holds(adiabit_stored_t *bytes) {
  return adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_MAGIC) == ADIABIT_MAGIC &&
         bytes[ADIABIT_HEADER_OFFSET_VERSION_MAJOR] == ADIABIT_VERSION_MAJOR &&
         (adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_REQUIRED_KINDS) & ~KNOWN_KINDS) == 0u &&
         adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_VERSION_MAJOR) >> 16 == ADIABIT_HEADER_SIZE &&
         adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_INPUT_BITS) >> 16 == 0u && /* reserved */
         adiabit_crc32(bytes, ADIABIT_HEADER_OFFSET_CRC32) == adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_CRC32);
}

bool adiabit_circuit_starts(adiabit_stored_t *header, uint32_t total_bytes) {
  return adiabit_read_u32(header + ADIABIT_HEADER_OFFSET_TOTAL_BYTES) == total_bytes && header_holds(header);
}

static bool digest_holds(adiabit_stored_t *bytes, uint32_t total, uint8_t *file_digest) {
  const uint32_t digested = total - ADIABIT_DIGEST_BYTES;
  adiabit_sha256_t sha;
  adiabit_sha256_start(&sha);
  adiabit_sha256_update(&sha, bytes, digested);
  /*
   * The stack of a small board is short, so the state of the file's hash is kept where the digest will go. Finishing a
   * hash needs no block, so the digest may overwrite the state.
   */
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

static adiabit_stored_t *record_at(const adiabit_circuit_t *circuit, uint8_t index) {
  return adiabit_stored_at(circuit->program, ADIABIT_PROGRAM_SIZE + (uint32_t)index * ADIABIT_LAYER_SIZE);
}

bool adiabit_circuit_counts(const adiabit_circuit_t *circuit, uint8_t index) {
  return record_at(circuit, index)[ADIABIT_LAYER_OFFSET_KIND] == ADIABIT_LAYER_KIND_COUNTING;
}

uint32_t adiabit_circuit_arena_offset(const adiabit_circuit_t *circuit, uint8_t index) {
  return adiabit_read_u32(record_at(circuit, index) + ADIABIT_LAYER_OFFSET_ARENA_OFFSET);
}

adiabit_counting_t adiabit_circuit_counting(const adiabit_circuit_t *circuit, uint8_t index) {
  adiabit_stored_t *record = record_at(circuit, index);
  const uint8_t source = record[ADIABIT_LAYER_OFFSET_SOURCE];
  const uint32_t inputs = adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_INPUT_CHANNELS);
  const adiabit_counting_t layer = {
      .index = index,
      .activation = record[ADIABIT_LAYER_OFFSET_ACTIVATION],
      .input_bits = source == ADIABIT_FROM_INPUT ? circuit->input_bits : (uint8_t)1u,
      .shift = record[ADIABIT_LAYER_OFFSET_SHIFT],
      .source = source,
      .inputs = inputs,
      .outputs = adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_OUTPUT_CHANNELS),
      .words_per_row = words_for_bits(inputs),
      .arena_offset = adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_ARENA_OFFSET),
      .weights = adiabit_stored_at(circuit->program, adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_WEIGHTS_OFFSET)),
      .constants =
          adiabit_stored_at(circuit->program, adiabit_read_u32(record + ADIABIT_LAYER_OFFSET_CONSTANTS_OFFSET)),
  };
  return layer;
}

/* Tells whether the values of a layer, words of 32 bits or packed bits, lie inside the arena. */
static bool lies_in_arena(const adiabit_circuit_t *circuit, const adiabit_counting_t *layer, uint32_t words) {
  const uint32_t bytes = 4u * words;
  return (uint8_t)layer->arena_offset % 4u == 0u && bytes <= circuit->arena_bytes &&
         layer->arena_offset <= circuit->arena_bytes - bytes;
}

/* Checks what holds for counting layers only. `record` has the shape of a dense layer. */
static bool good_counting(const adiabit_circuit_t *circuit, adiabit_stored_t *record, const adiabit_counting_t *layer) {
  const bool last = layer->index + 1u == circuit->layer_count;
  if (layer->activation != (last ? ADIABIT_ACTIVATION_INTEGER : ADIABIT_ACTIVATION_THRESHOLD)) return false;
  if (layer->shift > (last ? ADIABIT_MAX_SHIFT : 0u)) return false;
  if (record[ADIABIT_LAYER_OFFSET_WEIGHTS] != ADIABIT_WEIGHT_FORM_BINARY) return false;
  if (record[ADIABIT_LAYER_OFFSET_INPUT_ENCODING] != 0u || record[ADIABIT_LAYER_OFFSET_HAS_FLAGS] != 0u) return false;
  if (record[ADIABIT_LAYER_OFFSET_OUTPUT_FORM] != (last ? ADIABIT_VALUE_FORM_I32 : ADIABIT_VALUE_FORM_BITS))
    return false;
  if (layer->inputs == 0u || layer->inputs > ADIABIT_MAX_INPUTS) return false;
  if (layer->outputs == 0u || layer->outputs > (last ? ADIABIT_MAX_OUTPUTS : ADIABIT_MAX_INPUTS)) return false;
  /* A quotient, because the product may need more than 32 bits. */
  if (layer->inputs > (ADIABIT_MAX_ACCUMULATOR - 1u) / ((1u << layer->input_bits) - 1u)) return false;
  return lies_in_arena(circuit, layer, last ? layer->outputs : words_for_bits(layer->outputs));
}

/* A counting layer reads bits, or the plain input. */
static bool good_counting_source(const adiabit_circuit_t *circuit, const adiabit_counting_t *layer) {
#if ADIABIT_EVERY_LAYER
  if (layer->source == ADIABIT_FROM_INPUT) {
    return circuit->preparation_offset == 0u && circuit->zero_points_offset == 0u;
  }
  const adiabit_layer_t before = adiabit_layer_at(circuit, layer->source);
  return adiabit_layer_gives_bits(&before);
#else
  if (layer->index == 0u) return layer->source == ADIABIT_FROM_INPUT && layer->inputs == circuit->input_count;
  if (layer->source != layer->index - 1u) return false;
  return layer->inputs == adiabit_read_u32(record_at(circuit, layer->source) + ADIABIT_LAYER_OFFSET_OUTPUT_CHANNELS);
#endif
}

static bool good_layer(adiabit_circuit_t *circuit, uint8_t index) {
#if ADIABIT_EVERY_LAYER
  if (!adiabit_layers_check(circuit, index)) return false;
  if (!adiabit_circuit_counts(circuit, index)) return true;
#else
  if (!adiabit_circuit_counts(circuit, index)) return false;
#endif
  const adiabit_counting_t layer = adiabit_circuit_counting(circuit, index);
  if (!good_counting(circuit, record_at(circuit, index), &layer) || !good_counting_source(circuit, &layer))
    return false;
  if (layer.input_bits > 1u) circuit->plane_words = layer.words_per_row * layer.input_bits;
  circuit->output_count = layer.outputs;
  circuit->outputs_offset = layer.arena_offset;
  return true;
}

static bool read_program(reader_t *reader, const frame_t *frame) {
  adiabit_circuit_t *circuit = reader->circuit;
  adiabit_stored_t *header = reader->header;
  circuit->layer_count = header[ADIABIT_HEADER_OFFSET_LAYER_COUNT];
  circuit->input_count = adiabit_read_u32(header + ADIABIT_HEADER_OFFSET_INPUT_COUNT);
  circuit->input_bits = header[ADIABIT_HEADER_OFFSET_INPUT_BITS];
  circuit->program = frame->payload;
  if (circuit->layer_count == 0u) return false;
  if (frame->payload_bytes != ADIABIT_PROGRAM_SIZE + (uint32_t)circuit->layer_count * ADIABIT_LAYER_SIZE) return false;
  if (circuit->input_count == 0u || circuit->input_count > ADIABIT_MAX_VALUES) return false;
  if (circuit->input_bits < 1u || circuit->input_bits > 8u) return false;
  circuit->input_bytes = adiabit_input_bytes(circuit->input_count, circuit->input_bits);
  circuit->arena_bytes = adiabit_read_u32(circuit->program + ADIABIT_PROGRAM_OFFSET_ARENA_BYTES);
  if ((uint8_t)circuit->arena_bytes % 4u != 0u || circuit->arena_bytes > ADIABIT_MAX_VALUES) return false;
#if ADIABIT_EVERY_LAYER
  circuit->preparation_offset = adiabit_read_u32(circuit->program + ADIABIT_PROGRAM_OFFSET_PREPARATION_OFFSET);
  circuit->zero_points_offset = adiabit_read_u32(circuit->program + ADIABIT_PROGRAM_OFFSET_ZERO_POINTS_OFFSET);
#endif
  for (uint16_t index = 0; index < circuit->layer_count; index++) {
    if (!good_layer(circuit, (uint8_t)index)) return false;
  }
  return adiabit_read_u32(header + ADIABIT_HEADER_OFFSET_OUTPUT_COUNT) == circuit->output_count &&
         circuit->output_count <= ADIABIT_MAX_OUTPUTS;
}

/* Gives part `part` of the frames that a counting layer needs; false if it does not need that part. */
static bool needed_by_counting(const adiabit_circuit_t *circuit, uint8_t index, uint8_t part,
                               adiabit_needed_frame_t *needed) {
  const adiabit_counting_t layer = adiabit_circuit_counting(circuit, index);
  needed->kind = ADIABIT_FRAME_KIND_CONSTANTS;
  needed->rows = layer.outputs;
  needed->row_bytes = 4;
  needed->row_bits = 0;
  needed->payload = layer.constants;
  if (part != PART_WEIGHTS) return true;
  needed->kind = ADIABIT_FRAME_KIND_WEIGHTS;
  needed->row_bytes = 4u * layer.words_per_row;
  needed->row_bits = layer.inputs;
  needed->payload = layer.weights;
  return true;
}

static bool needed_by_layer(const adiabit_circuit_t *circuit, uint8_t index, uint8_t part,
                            adiabit_needed_frame_t *needed) {
#if ADIABIT_EVERY_LAYER
  if (!adiabit_circuit_counts(circuit, index)) {
    return part == PART_WEIGHTS ? adiabit_layers_weights(circuit, index, needed)
                                : adiabit_layers_constants(circuit, index, needed);
  }
#endif
  return needed_by_counting(circuit, index, part, needed);
}

/* Moves on to the next frame that the program needs. After the last one, golden vectors are expected. */
static void expect_next(reader_t *reader) {
  const adiabit_circuit_t *circuit = reader->circuit;
  reader->expected = EXPECT_NEEDED;
  reader->needed.layer = 0;
#if ADIABIT_EVERY_LAYER
  while (reader->input_part < ADIABIT_INPUT_PARTS) {
    if (adiabit_layers_input(circuit, reader->input_part++, &reader->needed)) return;
  }
#endif
  while (reader->layer < circuit->layer_count) {
    const uint8_t layer = (uint8_t)reader->layer;
    const uint8_t part = reader->part++;
    if (reader->part == PART_COUNT) {
      reader->part = 0;
      reader->layer++;
    }
    reader->needed.layer = layer;
    if (needed_by_layer(circuit, layer, part, &reader->needed)) return;
  }
  reader->expected = EXPECT_GOLDEN;
}

/*
 * Checks that the bits after the end of each row, and after the last flag, are zero. The kernels rely on it
 * (adiabit_kernel.h).
 */
static bool clean_tails(const adiabit_needed_frame_t *needed) {
  const uint8_t tail_bits = (uint8_t)(needed->row_bits % 32u);
  if (tail_bits == 0u) return true;
  for (uint32_t row = 1; row <= needed->rows; row++) {
    const uint32_t last_word = adiabit_load_word(adiabit_stored_at(needed->payload, row * needed->row_bytes - 4u));
    if (last_word >> tail_bits != 0u) return false;
  }
  return true;
}

/* Tells whether the payload of a frame is exactly `rows` rows. Their size may need more than 32 bits. */
static bool holds_rows(const frame_t *frame, uint32_t rows, uint32_t row_bytes) {
  return frame->payload_bytes / row_bytes == rows && frame->payload_bytes % row_bytes == 0u;
}

static bool take_needed(reader_t *reader, const frame_t *frame) {
  const adiabit_needed_frame_t *needed = &reader->needed;
  if (frame->kind != needed->kind || frame->layer != needed->layer || frame->payload != needed->payload) return false;
  if (!holds_rows(frame, needed->rows, needed->row_bytes) || !clean_tails(needed)) return false;
#if ADIABIT_EVERY_LAYER
  if (needed->kind == ADIABIT_FRAME_KIND_PREPARATION && !adiabit_preparation_check(reader->circuit)) return false;
#if ADIABIT_HAS_LOGIC
  if (needed->kind == ADIABIT_FRAME_KIND_TABLES) {
    const adiabit_layer_t layer = adiabit_layer_at(reader->circuit, needed->layer);
    if (!adiabit_logic_check(&layer, needed->payload)) return false;
  }
#endif
#endif
  expect_next(reader);
  return true;
}

static bool read_golden(adiabit_circuit_t *circuit, const frame_t *frame) {
  if (frame->payload_bytes < ADIABIT_GOLDEN_SIZE) return false;
  const uint32_t count = adiabit_read_u32(frame->payload + ADIABIT_GOLDEN_OFFSET_COUNT);
  if (adiabit_read_u32(frame->payload + ADIABIT_GOLDEN_OFFSET_INPUT_BYTES) != circuit->input_bytes) return false;
  const uint32_t padded_input = (circuit->input_bytes + 3u) & ~UINT32_C(3);
  const uint32_t stride = padded_input + 4u * circuit->output_count; /* both below 2^26: no overflow */
  const frame_t vectors = {.payload_bytes = frame->payload_bytes - ADIABIT_GOLDEN_SIZE};
  if (!holds_rows(&vectors, count, stride)) return false;
  circuit->golden_count = count;
  circuit->golden_stride = stride;
  circuit->golden_outputs = padded_input;
  circuit->golden = frame->payload + ADIABIT_GOLDEN_SIZE;
  return true;
}

/* Takes a frame of a kind that devices understand. False if another frame is expected here. */
static bool take_frame(reader_t *reader, const frame_t *frame) {
  switch (reader->expected) {
    case EXPECT_PROGRAM:
      if (frame->kind != ADIABIT_FRAME_KIND_PROGRAM || !read_program(reader, frame)) return false;
      expect_next(reader);
      return true;
    case EXPECT_NEEDED:
      return take_needed(reader, frame);
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
  uint16_t kinds = 0;
  while (offset < end) {
    frame_t frame;
    if (!next_frame(bytes, &offset, end, &frame)) return false;
    frames++;
    if (frame.kind >= ADIABIT_ANCILLARY_KIND && reader.expected != EXPECT_PROGRAM) continue;
    if (!take_frame(&reader, &frame)) return false;
    kinds |= (uint16_t)(1u << frame.kind); /* a known kind: the mask holds it */
  }
  if (kinds != adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_REQUIRED_KINDS)) return false;
  return frames == frame_count && (reader.expected == EXPECT_GOLDEN || reader.expected == EXPECT_ANCILLARY);
}

adiabit_status_t adiabit_circuit_read(adiabit_circuit_t *circuit, adiabit_stored_t *bytes, uint32_t length,
                                      uint8_t *file_digest) {
  memset(circuit, 0, sizeof *circuit);
  const uint32_t least = ADIABIT_HEADER_SIZE + ADIABIT_DIGEST_BYTES;
  if (length < least) return ADIABIT_STATUS_BAD_BITSTREAM;
  const uint32_t total = adiabit_read_u32(bytes + ADIABIT_HEADER_OFFSET_TOTAL_BYTES);
  if (total < least || total > length || total % 4u != 0u || !header_holds(bytes)) return ADIABIT_STATUS_BAD_BITSTREAM;
  circuit->total_bytes = total;
  if (!digest_holds(bytes, total, file_digest)) return ADIABIT_STATUS_DIGEST_MISMATCH;
  return read_frames(circuit, bytes) ? ADIABIT_STATUS_OK : ADIABIT_STATUS_BAD_BITSTREAM;
}
