/*
 * Values of layers in memory: packed bits, or numbers of 8, 16 or 32 bits (docs/formats/bitstream.md).
 */
#ifndef ADIABIT_VALUES_H
#define ADIABIT_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_circuit.h"

typedef struct {
  const uint8_t *bytes;          /* aligned to four */
  uint8_t form;                  /* ADIABIT_VALUE_FORM_... */
  adiabit_stored_t *zero_points; /* of the network's input, a byte per channel; NULL: none */
  uint32_t channels;
} adiabit_values_t;

int32_t adiabit_value(const adiabit_values_t *values, uint32_t index);

static inline bool adiabit_are_bits(const adiabit_values_t *values) {
  return values->form == ADIABIT_VALUE_FORM_BITS && values->zero_points == NULL;
}

/* Writes values in order. */
typedef struct {
  uint8_t *bytes; /* aligned to four */
  uint8_t form;
  uint32_t index;
  uint32_t word; /* bits that are not stored yet */
} adiabit_values_writer_t;

/* Writes a value. The upper bits that the form cannot hold are lost; valid bitstreams have none. */
void adiabit_values_put(adiabit_values_writer_t *writer, int32_t value);

/* Writes up to 32 values of one bit; the other bits of `bits` are zero. */
void adiabit_values_put_bits(adiabit_values_writer_t *writer, uint32_t bits, uint32_t count);

/* Reads up to 32 packed bits from bit `start` on. */
uint32_t adiabit_bits_at(const uint32_t *words, uint32_t start, uint32_t count);

/* Stores the last word, if it is not full. The bits after the last value are zero. */
void adiabit_values_end(adiabit_values_writer_t *writer);

/* Gives the bytes that `count` values take, rounded up to four. */
uint32_t adiabit_values_bytes(uint8_t form, uint32_t count);

/*
 * Converts a word to a signed number. Sums are unsigned because signed overflow is undefined; unsigned sums wrap as the
 * format says.
 */
static inline int32_t adiabit_as_signed(uint32_t word) {
  return word <= 0x7FFFFFFFu ? (int32_t)word : -(int32_t)(~word) - 1;
}

#endif /* ADIABIT_VALUES_H */
