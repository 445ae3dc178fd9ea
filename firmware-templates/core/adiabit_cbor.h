/*
 * The part of CBOR (RFC 8949) that SMP needs: unsigned integers up to 32 bits, byte strings, texts, booleans, null, and
 * the heads of maps and arrays, all of definite length. The reader refuses everything else and never reads beyond its
 * end; the writer never writes beyond its own.
 */
#ifndef ADIABIT_CBOR_H
#define ADIABIT_CBOR_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  ADIABIT_CBOR_NONE, /* nothing that can be read */
  ADIABIT_CBOR_UNSIGNED,
  ADIABIT_CBOR_BYTES,
  ADIABIT_CBOR_TEXT,
  ADIABIT_CBOR_MAP,
  ADIABIT_CBOR_BOOLEAN,
  ADIABIT_CBOR_NULL,
} adiabit_cbor_kind_t;

typedef struct {
  adiabit_cbor_kind_t kind;
  uint32_t number; /* the value; of bytes and texts how many follow, of a map how many pairs, of a boolean 0 or 1 */
  uint8_t *bytes;  /* of bytes and texts, where they lie; else NULL */
} adiabit_cbor_item_t;

typedef struct {
  uint8_t *bytes;
  uint32_t left;
} adiabit_cbor_reader_t;

/* Reads one item. Behind one of kind ADIABIT_CBOR_NONE nothing can be read any more. */
adiabit_cbor_item_t adiabit_cbor_read(adiabit_cbor_reader_t *reader);

/* Tells whether an item is this text. */
bool adiabit_cbor_is(const adiabit_cbor_item_t *item, const char *text);

typedef struct {
  uint8_t *bytes;
  uint32_t capacity;
  uint32_t length;
  bool overflow; /* something did not fit */
} adiabit_cbor_writer_t;

void adiabit_cbor_write_unsigned(adiabit_cbor_writer_t *writer, uint32_t value);
void adiabit_cbor_write_bytes(adiabit_cbor_writer_t *writer, const uint8_t *bytes, uint32_t length);
void adiabit_cbor_write_text(adiabit_cbor_writer_t *writer, const char *text);
/* Writes a text that may hold zeros. */
void adiabit_cbor_write_text_bytes(adiabit_cbor_writer_t *writer, const uint8_t *bytes, uint32_t length);
void adiabit_cbor_write_boolean(adiabit_cbor_writer_t *writer, bool value);
void adiabit_cbor_write_array(adiabit_cbor_writer_t *writer, uint32_t count);
void adiabit_cbor_write_map(adiabit_cbor_writer_t *writer, uint32_t pairs);

#endif /* ADIABIT_CBOR_H */
