#include "adiabit_cbor.h"

#include <string.h>

/* RFC 8949 section 3: the major type is in the three highest bits of the first byte. */
#define MAJOR_UNSIGNED 0u
#define MAJOR_BYTES 2u
#define MAJOR_TEXT 3u
#define MAJOR_ARRAY 4u
#define MAJOR_MAP 5u
#define MAJOR_SIMPLE 7u
#define SIMPLE_FALSE 20u
#define SIMPLE_TRUE 21u
#define SIMPLE_NULL 22u
/* Numbers up to here are in the first byte; behind them come those that say how many bytes follow. */
#define LARGEST_SHORT 23u
#define ONE_BYTE 24u
#define TWO_BYTES 25u
#define FOUR_BYTES 26u

static uint32_t take_number(adiabit_cbor_reader_t *reader, uint32_t bytes) {
  uint32_t number = 0;
  for (; bytes > 0u; bytes--, reader->left--) number = number << 8 | *reader->bytes++;
  return number;
}

/* Reads the number in or behind the first byte. */
static bool take_argument(adiabit_cbor_reader_t *reader, uint32_t information, uint32_t *number) {
  *number = information;
  if (information <= LARGEST_SHORT) return true;
  if (information > FOUR_BYTES) return false;
  const uint32_t bytes = 1u << (information - ONE_BYTE);
  if (bytes > reader->left) return false;
  *number = take_number(reader, bytes);
  return true;
}

static adiabit_cbor_kind_t simple_kind(uint32_t information) {
  if (information == SIMPLE_NULL) return ADIABIT_CBOR_NULL;
  return information == SIMPLE_FALSE || information == SIMPLE_TRUE ? ADIABIT_CBOR_BOOLEAN : ADIABIT_CBOR_NONE;
}

static adiabit_cbor_kind_t kind_of(uint32_t major, uint32_t information) {
  switch (major) {
    case MAJOR_UNSIGNED:
      return ADIABIT_CBOR_UNSIGNED;
    case MAJOR_BYTES:
      return ADIABIT_CBOR_BYTES;
    case MAJOR_TEXT:
      return ADIABIT_CBOR_TEXT;
    case MAJOR_MAP:
      return ADIABIT_CBOR_MAP;
    case MAJOR_SIMPLE:
      return simple_kind(information);
    default:
      return ADIABIT_CBOR_NONE;
  }
}

static bool take_item(adiabit_cbor_reader_t *reader, adiabit_cbor_item_t *item) {
  if (reader->left == 0u) return false;
  const uint32_t first = take_number(reader, 1);
  const uint32_t information = first & 0x1Fu;
  item->kind = kind_of(first >> 5, information);
  if (item->kind == ADIABIT_CBOR_NONE || !take_argument(reader, information, &item->number)) return false;
  if (item->kind == ADIABIT_CBOR_BOOLEAN) item->number = information == SIMPLE_TRUE;
  if (item->kind == ADIABIT_CBOR_BYTES || item->kind == ADIABIT_CBOR_TEXT) {
    if (item->number > reader->left) return false;
    item->bytes = reader->bytes;
    reader->bytes += item->number;
    reader->left -= item->number;
  }
  return true;
}

adiabit_cbor_item_t adiabit_cbor_read(adiabit_cbor_reader_t *reader) {
  adiabit_cbor_item_t item = {ADIABIT_CBOR_NONE, 0, NULL};
  if (!take_item(reader, &item)) {
    item.kind = ADIABIT_CBOR_NONE;
    reader->left = 0;
  }
  return item;
}

bool adiabit_cbor_is(const adiabit_cbor_item_t *item, const char *text) {
  return item->kind == ADIABIT_CBOR_TEXT && item->number == (uint32_t)strlen(text) &&
         memcmp(item->bytes, text, (size_t)item->number) == 0;
}

static void append(adiabit_cbor_writer_t *writer, const uint8_t *bytes, uint32_t length) {
  if (length > writer->capacity - writer->length) {
    writer->overflow = true;
    return;
  }
  memcpy(writer->bytes + writer->length, bytes, (size_t)length);
  writer->length += length;
}

/* Writes a first byte and its number in as few bytes as it needs. */
static void write_head(adiabit_cbor_writer_t *writer, uint32_t major, uint32_t number) {
  const uint32_t information =
      number <= LARGEST_SHORT ? number : (number <= 0xFFu ? ONE_BYTE : (number <= 0xFFFFu ? TWO_BYTES : FOUR_BYTES));
  uint8_t head[5] = {(uint8_t)(major << 5 | information)};
  uint32_t length = 1;
  if (number > LARGEST_SHORT) {
    for (uint32_t left = 1u << (information - ONE_BYTE); left > 0u; left--) {
      head[length++] = (uint8_t)(number >> (8u * (left - 1u)));
    }
  }
  append(writer, head, length);
}

void adiabit_cbor_write_unsigned(adiabit_cbor_writer_t *writer, uint32_t value) {
  write_head(writer, MAJOR_UNSIGNED, value);
}

void adiabit_cbor_write_bytes(adiabit_cbor_writer_t *writer, const uint8_t *bytes, uint32_t length) {
  write_head(writer, MAJOR_BYTES, length);
  append(writer, bytes, length);
}

void adiabit_cbor_write_text_bytes(adiabit_cbor_writer_t *writer, const uint8_t *bytes, uint32_t length) {
  write_head(writer, MAJOR_TEXT, length);
  append(writer, bytes, length);
}

void adiabit_cbor_write_text(adiabit_cbor_writer_t *writer, const char *text) {
  adiabit_cbor_write_text_bytes(writer, (const uint8_t *)text, (uint32_t)strlen(text));
}

void adiabit_cbor_write_boolean(adiabit_cbor_writer_t *writer, bool value) {
  write_head(writer, MAJOR_SIMPLE, value ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void adiabit_cbor_write_array(adiabit_cbor_writer_t *writer, uint32_t count) {
  write_head(writer, MAJOR_ARRAY, count);
}

void adiabit_cbor_write_map(adiabit_cbor_writer_t *writer, uint32_t pairs) {
  write_head(writer, MAJOR_MAP, pairs);
}
