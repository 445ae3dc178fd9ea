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

/* Takes values one after the other. */
typedef struct {
  uint8_t *bytes; /* aligned to four */
  uint8_t form;
  uint32_t index;
  uint32_t word; /* bits that are not stored yet */
} adiabit_values_writer_t;

/* What a form cannot hold loses its upper bits; a writer of bitstreams sees to it that nothing does. */
void adiabit_values_put(adiabit_values_writer_t *writer, int32_t value);

/* Up to 32 bits at a time, to a writer of bits; the others of `bits` are zero. */
void adiabit_values_put_bits(adiabit_values_writer_t *writer, uint32_t bits, uint32_t count);

/* Up to 32 packed bits from a place on. */
uint32_t adiabit_bits_at(const uint32_t *words, uint32_t start, uint32_t count);

/* Stores what is left of the last word; bits behind the last value are zero. */
void adiabit_values_end(adiabit_values_writer_t *writer);

/* Bytes of so many values, rounded up to four. */
uint32_t adiabit_values_bytes(uint8_t form, uint32_t count);

/* Signed arithmetic would overflow into undefined behaviour; unsigned wraps as the format says. */
static inline int32_t adiabit_as_signed(uint32_t word) {
  return word <= 0x7FFFFFFFu ? (int32_t)word : -(int32_t)(~word) - 1;
}

#endif /* ADIABIT_VALUES_H */
