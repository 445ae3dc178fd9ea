/*
 * The console framing of SMP (docs/formats/smp.md): a message is its length u16 and itself and its CRC u16, big-endian,
 * as base64 in lines of text. The first line begins with the bytes 6 and 9, every other one with 4 and 20.
 */
#ifndef ADIABIT_SMP_LINE_H
#define ADIABIT_SMP_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_frame_writer.h"

/* What a message takes with its length and CRC; hosts ask for it (mcumgr parameters). */
#define ADIABIT_SMP_BUFFER_BYTES 512u
#define ADIABIT_SMP_LENGTH_BYTES 2u
#define ADIABIT_SMP_CRC_BYTES 2u

typedef enum {
  ADIABIT_SMP_LINE_NONE,    /* the byte belongs to a line, perhaps */
  ADIABIT_SMP_LINE_ENDED,   /* a line ended: its bytes were none of a frame */
  ADIABIT_SMP_LINE_MESSAGE, /* a line ended, and with it a message, which is valid until the next byte */
} adiabit_smp_line_event_t;

typedef struct {
  uint8_t place;      /* within a line */
  uint8_t group_used; /* characters of a group of four that are there */
  uint8_t padding;    /* '=' so far */
  bool first;         /* the line is the first one of a message */
  uint32_t group;     /* bits of the group */
  uint32_t line_from; /* bytes that were there before this line */
  uint32_t used;      /* decoded bytes; 0 when no message has begun */
  uint8_t bytes[ADIABIT_SMP_BUFFER_BYTES];
  uint8_t *message;
  uint32_t message_bytes;
} adiabit_smp_line_t;

void adiabit_smp_line_start(adiabit_smp_line_t *line);

/* Takes a byte. `free` says that the line carries no frame at the moment, so a newline may be followed by a line. */
adiabit_smp_line_event_t adiabit_smp_line_push(adiabit_smp_line_t *line, uint8_t byte, bool free);

/*
 * Sends a message as lines. It lies in `bytes` from ADIABIT_SMP_LENGTH_BYTES on; behind it is room for the CRC.
 */
void adiabit_smp_line_send(uint8_t *bytes, uint32_t message_bytes, adiabit_send_t send, void *context);

#endif /* ADIABIT_SMP_LINE_H */
