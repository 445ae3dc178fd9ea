/*
 * A bitstream read in place: where things lie in flash, after every check of docs/formats/bitstream.md. The bytes are
 * never trusted and never copied. Layers are looked up when they run: sixteen of them would not fit every RAM.
 */
#ifndef ADIABIT_CIRCUIT_H
#define ADIABIT_CIRCUIT_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_stored.h"

#include "generated/adiabit_layout.h"
#include "generated/adiabit_protocol.h"

/* Limits of the format: inputs and outputs of a layer, and the bound that its accumulators stay below. */
#define ADIABIT_MAX_INPUTS 0x00FFFFFFu
#define ADIABIT_MAX_ACCUMULATOR 0x7FFFFFFFu

/* No bitstream is shorter: a header, a program with one layer, and the digest. */
#define ADIABIT_MIN_TOTAL_BYTES \
  (ADIABIT_HEADER_SIZE + ADIABIT_FRAME_SIZE + ADIABIT_PROGRAM_SIZE + ADIABIT_LAYER_SIZE + ADIABIT_DIGEST_BYTES)

/* A counting layer: dense, of binary weights over bits, or over the bit planes of the input. */
typedef struct {
  uint8_t index;
  uint8_t activation; /* ADIABIT_ACTIVATION_THRESHOLD or _INTEGER */
  uint8_t input_bits;
  uint8_t shift;
  uint8_t source; /* ADIABIT_FROM_INPUT or a layer before */
  uint32_t inputs;
  uint32_t outputs;
  uint32_t words_per_row;
  uint32_t arena_offset;       /* of its values */
  adiabit_stored_t *weights;   /* outputs x words_per_row words, aligned to four */
  adiabit_stored_t *constants; /* thresholds or offsets: outputs words, aligned to four */
} adiabit_counting_t;

/*
 * Layers of other kinds take flash. Boards without room leave them out and run chains of counting layers only, and so
 * do AVRs whose flash ends at 64 KiB, where nothing else is said.
 */
#if !defined(ADIABIT_EVERY_LAYER)
#if defined(__AVR__) && !defined(__AVR_HAVE_ELPM__)
#define ADIABIT_EVERY_LAYER 0
#else
#define ADIABIT_EVERY_LAYER 1
#endif
#endif

/* Layers of logic are one kind of the others, which a board with hardly room for those can leave out. */
#if !defined(ADIABIT_HAS_LOGIC)
#define ADIABIT_HAS_LOGIC ADIABIT_EVERY_LAYER
#endif

typedef struct {
  uint32_t total_bytes;
  uint32_t input_count;
  uint32_t input_bytes; /* of one input vector as it travels */
  uint32_t output_count;
  uint32_t arena_bytes;    /* for the values of all layers */
  uint32_t outputs_offset; /* in the arena */
  uint32_t plane_words;    /* of the bit planes of the input, where a counting layer reads several bits; else 0 */
  uint8_t input_bits;
  uint8_t layer_count;
#if ADIABIT_EVERY_LAYER
  uint32_t preparation_offset; /* of their payloads behind `program`, or 0 */
  uint32_t zero_points_offset;
  uint32_t zero_point_count;
#endif
  adiabit_stored_t *program; /* its payload, from which offsets count */
  uint32_t golden_count;
  uint32_t golden_stride;   /* bytes from one golden vector to the next */
  uint32_t golden_outputs;  /* offset of the outputs in a golden vector */
  adiabit_stored_t *golden; /* first golden vector */
} adiabit_circuit_t;

/*
 * Checks `length` bytes at `bytes` (aligned to four) and fills `circuit`, which points into them. Bytes behind the
 * total length of the header are not part of the bitstream and are not looked at. Answers OK, DIGEST_MISMATCH or
 * BAD_BITSTREAM; `circuit` is only meaningful after OK. `file_digest` (or NULL) then is the SHA-256 of the whole file,
 * its own digest included: it costs next to nothing beside the check, and slots are recorded by it.
 */
adiabit_status_t adiabit_circuit_read(adiabit_circuit_t *circuit, adiabit_stored_t *bytes, uint32_t length,
                                      uint8_t *file_digest);

/*
 * Tells whether the header (ADIABIT_HEADER_SIZE bytes) of a bitstream of `total_bytes` is whole, and of a version and
 * with frames that this firmware reads.
 */
bool adiabit_circuit_starts(adiabit_stored_t *header, uint32_t total_bytes);

/* Tells whether a layer is a counting layer. */
bool adiabit_circuit_counts(const adiabit_circuit_t *circuit, uint8_t index);

/* Gives the offset of a layer's values in the arena. */
uint32_t adiabit_circuit_arena_offset(const adiabit_circuit_t *circuit, uint8_t index);

/* Reads the record of a counting layer. The program of the circuit has been read before. */
adiabit_counting_t adiabit_circuit_counting(const adiabit_circuit_t *circuit, uint8_t index);

/* Gives the bytes of one input vector on the line. */
uint32_t adiabit_input_bytes(uint32_t input_count, uint32_t input_bits);

#endif /* ADIABIT_CIRCUIT_H */
