/*
 * Fuzzes the frame reader. A frame that it accepts must survive the writer unchanged, and every frame that the writer
 * makes of any bytes must be read back.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "adiabit_frame_reader.h"
#include "adiabit_frame_writer.h"
#include "fuzz.h"
#include "generated/adiabit_protocol.h"

#define MAX_PAYLOAD_BYTES 600u
#define MAX_WIRE_BYTES 1024u

typedef struct {
  uint8_t bytes[MAX_WIRE_BYTES];
  uint32_t length;
} wire_t;

static void keep(void *context, const uint8_t *bytes, uint32_t length) {
  wire_t *wire = context;
  if (length > MAX_WIRE_BYTES - wire->length) abort();
  memcpy(wire->bytes + wire->length, bytes, length);
  wire->length += length;
}

/* Writes a frame and reads it back. */
static void there_and_back(uint8_t type, uint16_t sequence, const uint8_t *payload, uint32_t length) {
  uint8_t block[ADIABIT_FRAME_WRITER_BLOCK_BYTES];
  uint8_t buffer[MAX_PAYLOAD_BYTES + ADIABIT_FRAME_OVERHEAD_BYTES];
  wire_t wire;
  wire.length = 0;
  adiabit_frame_writer_t writer;
  writer.block = block;
  adiabit_frame_writer_begin(&writer, keep, &wire, type, sequence);
  if (length > 0u) adiabit_frame_writer_bytes(&writer, payload, length);
  adiabit_frame_writer_end(&writer);

  adiabit_frame_reader_t reader;
  adiabit_frame_reader_start(&reader, buffer, sizeof buffer);
  for (uint32_t index = 0; index < wire.length; index++) {
    const bool last = index + 1u == wire.length;
    if ((wire.bytes[index] == 0u) != last) abort();
    if (adiabit_frame_reader_push(&reader, wire.bytes[index]) != (last ? ADIABIT_FRAME_GOOD : ADIABIT_FRAME_NONE))
      abort();
  }
  if (reader.type != type || reader.sequence != sequence || reader.payload_bytes != length) abort();
  if (length > 0u && memcmp(reader.payload, payload, length) != 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  uint8_t buffer[MAX_PAYLOAD_BYTES + ADIABIT_FRAME_OVERHEAD_BYTES];
  adiabit_frame_reader_t reader;
  adiabit_frame_reader_start(&reader, buffer, sizeof buffer);
  for (size_t index = 0; index < length; index++) {
    if (adiabit_frame_reader_push(&reader, bytes[index]) == ADIABIT_FRAME_GOOD) {
      there_and_back(reader.type, reader.sequence, reader.payload, reader.payload_bytes);
    }
  }
  if (length >= 3u && length - 3u <= MAX_PAYLOAD_BYTES) {
    there_and_back(bytes[0], (uint16_t)(bytes[1] | (bytes[2] << 8)), bytes + 3, (uint32_t)length - 3u);
  }
  return 0;
}
