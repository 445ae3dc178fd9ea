#include "adiabit_frame_writer.h"

#include "adiabit_bytes.h"
#include "adiabit_crc32.h"

static void flush_block(adiabit_frame_writer_t *writer) {
  writer->block[0] = (uint8_t)(writer->used + 1u);
  writer->send(writer->context, writer->block, (uint32_t)writer->used + 1u);
  writer->used = 0;
}

/* Adds a byte to the COBS block. A full block of 254 bytes is not followed by a zero. */
static void stuff(adiabit_frame_writer_t *writer, uint8_t byte) {
  if (byte == 0u) {
    flush_block(writer);
    return;
  }
  writer->used++;
  writer->block[writer->used] = byte;
  if (writer->used == 254u) flush_block(writer);
}

void adiabit_frame_writer_bytes(adiabit_frame_writer_t *writer, const uint8_t *bytes, uint32_t length) {
  writer->crc = adiabit_crc32_update(writer->crc, bytes, length);
  for (uint32_t index = 0; index < length; index++) stuff(writer, bytes[index]);
}

void adiabit_frame_writer_u8(adiabit_frame_writer_t *writer, uint8_t value) {
  adiabit_frame_writer_bytes(writer, &value, 1);
}

void adiabit_frame_writer_u16(adiabit_frame_writer_t *writer, uint16_t value) {
  uint8_t bytes[2];
  adiabit_write_u16(bytes, value);
  adiabit_frame_writer_bytes(writer, bytes, 2);
}

void adiabit_frame_writer_u32(adiabit_frame_writer_t *writer, uint32_t value) {
  uint8_t bytes[4];
  adiabit_write_u32(bytes, value);
  adiabit_frame_writer_bytes(writer, bytes, 4);
}

void adiabit_frame_writer_begin(adiabit_frame_writer_t *writer, adiabit_send_t send, void *context, uint8_t type,
                                uint16_t sequence) {
  writer->send = send;
  writer->context = context;
  writer->crc = ADIABIT_CRC32_START;
  writer->used = 0;
  adiabit_frame_writer_u8(writer, type);
  adiabit_frame_writer_u16(writer, sequence);
}

void adiabit_frame_writer_end(adiabit_frame_writer_t *writer) {
  adiabit_frame_writer_u32(writer, adiabit_crc32_finish(writer->crc));
  /* An empty last block is needed: it says that the zero before it ended in this frame. Behind a full block of 254 it
   * is superfluous but valid, and saves remembering how the last block ended. */
  const uint8_t length = (uint8_t)(writer->used + 1u);
  writer->block[0] = length;
  writer->block[length] = 0;
  writer->send(writer->context, writer->block, (uint32_t)length + 1u);
  writer->used = 0;
}
