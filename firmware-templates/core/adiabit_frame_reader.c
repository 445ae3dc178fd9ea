#include "adiabit_frame_reader.h"

#include "adiabit_bytes.h"
#include "adiabit_crc32.h"
#include "generated/adiabit_protocol.h"

/*
 * Consistent Overhead Byte Stuffing (Cheshire and Baker, IEEE/ACM Transactions on Networking, 1999): a code byte n
 * says that n - 1 bytes follow that are not zero, and then a zero, unless n is 255 or the frame ends. The zero is
 * therefore only appended when another block follows.
 */

static void forget(adiabit_frame_reader_t *reader) {
  reader->length = 0;
  reader->block_left = 0;
  reader->zero_after = false;
  reader->anything = false;
  reader->damaged = false;
}

void adiabit_frame_reader_start(adiabit_frame_reader_t *reader, uint8_t *buffer, uint32_t capacity) {
  reader->buffer = buffer;
  reader->capacity = capacity;
  reader->type = 0;
  reader->sequence = 0;
  reader->payload = buffer;
  reader->payload_bytes = 0;
  forget(reader);
}

static void append(adiabit_frame_reader_t *reader, uint8_t byte) {
  if (reader->length < reader->capacity) {
    reader->buffer[reader->length++] = byte;
  } else {
    reader->damaged = true;
  }
}

static adiabit_frame_event_t end_of_frame(adiabit_frame_reader_t *reader) {
  const uint32_t length = reader->length;
  const bool anything = reader->anything;
  const bool whole = !reader->damaged && reader->block_left == 0u && length >= ADIABIT_FRAME_OVERHEAD_BYTES;
  forget(reader);
  if (!anything) return ADIABIT_FRAME_NONE;
  if (!whole) return ADIABIT_FRAME_BAD;
  const uint8_t *body = reader->buffer;
  if (adiabit_crc32(body, length - 4u) != adiabit_read_u32(body + length - 4u)) return ADIABIT_FRAME_BAD;
  reader->type = body[0];
  reader->sequence = adiabit_read_u16(body + 1);
  reader->payload = body + 3;
  reader->payload_bytes = length - ADIABIT_FRAME_OVERHEAD_BYTES;
  return ADIABIT_FRAME_GOOD;
}

adiabit_frame_event_t adiabit_frame_reader_push(adiabit_frame_reader_t *reader, uint8_t byte) {
  if (byte == 0u) return end_of_frame(reader);
  reader->anything = true;
  if (reader->block_left > 0u) {
    reader->block_left--;
    append(reader, byte);
    return ADIABIT_FRAME_NONE;
  }
  if (reader->zero_after) append(reader, 0);
  reader->block_left = (uint8_t)(byte - 1u);
  reader->zero_after = byte != 0xFFu;
  return ADIABIT_FRAME_NONE;
}
