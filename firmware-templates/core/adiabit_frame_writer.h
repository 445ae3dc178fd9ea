/*
 * Turns a reply into bytes of the line. A reply may be longer than any buffer that a small board has room for, so it is
 * encoded while it is written: COBS has to look at most 254 bytes ahead.
 */
#ifndef ADIABIT_FRAME_WRITER_H
#define ADIABIT_FRAME_WRITER_H

#include <stdint.h>

/* A COBS block: code byte, up to 254 bytes, room for the delimiter. */
#define ADIABIT_FRAME_WRITER_BLOCK_BYTES 256u

/* Puts bytes on the line; returns when they are taken. */
typedef void (*adiabit_send_t)(void *context, const uint8_t *bytes, uint32_t length);

typedef struct {
  adiabit_send_t send;
  void *context;
  uint32_t crc;
  uint8_t *block; /* ADIABIT_FRAME_WRITER_BLOCK_BYTES */
  uint8_t used;   /* bytes of the block behind its code byte */
} adiabit_frame_writer_t;

/* `writer` has its block already. */
void adiabit_frame_writer_begin(adiabit_frame_writer_t *writer, adiabit_send_t send, void *context, uint8_t type,
                                uint16_t sequence);
void adiabit_frame_writer_bytes(adiabit_frame_writer_t *writer, const uint8_t *bytes, uint32_t length);
void adiabit_frame_writer_u8(adiabit_frame_writer_t *writer, uint8_t value);
void adiabit_frame_writer_u16(adiabit_frame_writer_t *writer, uint16_t value);
void adiabit_frame_writer_u32(adiabit_frame_writer_t *writer, uint32_t value);
/* Appends the CRC and the delimiter and sends what is left. */
void adiabit_frame_writer_end(adiabit_frame_writer_t *writer);

#endif /* ADIABIT_FRAME_WRITER_H */
