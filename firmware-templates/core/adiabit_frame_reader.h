/* Turns bytes of the line into frames: COBS and CRC-32, one byte at a time. See docs/formats/link.md. */
#ifndef ADIABIT_FRAME_READER_H
#define ADIABIT_FRAME_READER_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  ADIABIT_FRAME_NONE, /* the byte ended nothing */
  ADIABIT_FRAME_GOOD, /* a frame is complete: its fields are valid until the next byte */
  ADIABIT_FRAME_BAD,  /* a frame ended that cannot be read */
} adiabit_frame_event_t;

typedef struct {
  uint8_t *buffer; /* decoded body; the caller owns it */
  uint32_t capacity;
  uint32_t length;    /* decoded bytes so far */
  uint8_t block_left; /* bytes until the next COBS code byte; 0 when the next byte is one */
  bool zero_after;    /* the block now running stands for a zero behind it */
  bool anything;      /* a byte came since the last delimiter */
  bool damaged;       /* too long: only the delimiter can help */
  uint8_t type;       /* of the frame that was good last */
  uint16_t sequence;
  const uint8_t *payload;
  uint32_t payload_bytes;
} adiabit_frame_reader_t;

/* `capacity` is the largest payload plus ADIABIT_FRAME_OVERHEAD_BYTES. */
void adiabit_frame_reader_start(adiabit_frame_reader_t *reader, uint8_t *buffer, uint32_t capacity);

adiabit_frame_event_t adiabit_frame_reader_push(adiabit_frame_reader_t *reader, uint8_t byte);

#endif /* ADIABIT_FRAME_READER_H */
