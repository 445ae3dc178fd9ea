#include "adiabit_smp_line.h"

#include <stddef.h>

/* Where a byte stands in a line. */
enum {
  PLACE_START,  /* a line may begin here */
  PLACE_SECOND, /* behind the first byte of a line */
  PLACE_TEXT,   /* in the base64 */
  PLACE_OUTSIDE /* in something else */
};

#define FIRST_LINE_0 0x06u
#define FIRST_LINE_1 0x09u
#define NEXT_LINE_0 0x04u
#define NEXT_LINE_1 0x14u
#define NEWLINE 0x0Au
#define FRAME_DELIMITER 0x00u
#define NO_DIGIT 64u
/* 93 bytes are 124 characters: with what stands around them 127, the usual longest line. */
#define BYTES_A_LINE 93u
#define CHARACTERS_A_LINE (BYTES_A_LINE / 3u * 4u)

void adiabit_smp_line_start(adiabit_smp_line_t *line) {
  line->place = PLACE_START;
  line->used = 0;
}

/* CRC-16/XMODEM: polynomial 0x1021, start 0. */
static uint16_t crc16(const uint8_t *bytes, uint32_t length) {
  uint32_t crc = 0;
  for (uint32_t index = 0; index < length; index++) {
    crc ^= (uint32_t)bytes[index] << 8;
    for (uint8_t bit = 0; bit < 8u; bit++) crc = (crc << 1) ^ ((crc & 0x8000u) != 0u ? 0x1021u : 0u);
  }
  return (uint16_t)crc;
}

static uint32_t read_big_u16(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 8 | bytes[1];
}

static void write_big_u16(uint8_t *bytes, uint32_t value) {
  bytes[0] = (uint8_t)(value >> 8);
  bytes[1] = (uint8_t)value;
}

/* Gives the six bits of a character (RFC 4648 section 4). */
static uint32_t digit_of(uint8_t character) {
  if (character >= 'A' && character <= 'Z') return (uint32_t)(character - 'A');
  if (character >= 'a' && character <= 'z') return (uint32_t)(character - 'a') + 26u;
  if (character >= '0' && character <= '9') return (uint32_t)(character - '0') + 52u;
  if (character == '+') return 62;
  return character == '/' ? 63u : NO_DIGIT;
}

static char character_of(uint32_t digit) {
  return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[digit & 63u];
}

/* Forgets the message. What comes until the next place where a line may begin belongs to something else. */
static void leave(adiabit_smp_line_t *line) {
  line->used = 0;
  line->place = PLACE_OUTSIDE;
}

static void begin_text(adiabit_smp_line_t *line, bool first) {
  line->first = first;
  line->place = PLACE_TEXT;
  line->group = 0;
  line->group_used = 0;
  line->padding = 0;
  if (first) line->used = 0;
  line->line_from = line->used;
}

/* Takes a character of base64. False if it is none. */
static bool take_character(adiabit_smp_line_t *line, uint8_t character) {
  const uint32_t digit = character == '=' ? 0u : digit_of(character);
  if (character == '=') line->padding++;
  if (digit == NO_DIGIT || line->padding > 2u || (line->padding > 0u && character != '=')) return false;
  line->group = line->group << 6 | digit;
  if (++line->group_used < 4u) return true;
  const uint32_t count = 3u - line->padding;
  if (count > ADIABIT_SMP_BUFFER_BYTES - line->used) return false;
  for (uint32_t index = 0; index < count; index++) {
    line->bytes[line->used++] = (uint8_t)(line->group >> (16u - 8u * index));
  }
  line->group = 0;
  line->group_used = 0;
  return true;
}

static adiabit_smp_line_event_t end_line(adiabit_smp_line_t *line) {
  line->place = PLACE_START;
  /* A line that goes on with nothing is dropped; so is a message that is longer than it says. */
  if (!line->first && line->line_from == 0u) line->used = 0;
  if (line->used < ADIABIT_SMP_LENGTH_BYTES) return ADIABIT_SMP_LINE_ENDED;
  const uint32_t wanted = read_big_u16(line->bytes);
  const uint32_t there = line->used - ADIABIT_SMP_LENGTH_BYTES;
  if (there < wanted) return ADIABIT_SMP_LINE_ENDED;
  line->used = 0;
  if (there != wanted || wanted < ADIABIT_SMP_CRC_BYTES) return ADIABIT_SMP_LINE_ENDED;
  line->message = line->bytes + ADIABIT_SMP_LENGTH_BYTES;
  line->message_bytes = wanted - ADIABIT_SMP_CRC_BYTES;
  const bool whole = crc16(line->message, line->message_bytes) == read_big_u16(line->message + line->message_bytes);
  return whole ? ADIABIT_SMP_LINE_MESSAGE : ADIABIT_SMP_LINE_ENDED;
}

adiabit_smp_line_event_t adiabit_smp_line_push(adiabit_smp_line_t *line, uint8_t byte, bool free) {
  if (byte == FRAME_DELIMITER) {
    adiabit_smp_line_start(line);
    return ADIABIT_SMP_LINE_NONE;
  }
  switch (line->place) {
    case PLACE_START:
      if (byte == FIRST_LINE_0 || byte == NEXT_LINE_0) {
        line->first = byte == FIRST_LINE_0;
        line->place = PLACE_SECOND;
      } else if (byte != NEWLINE) {
        leave(line);
      }
      break;
    case PLACE_SECOND:
      if (byte == (line->first ? FIRST_LINE_1 : NEXT_LINE_1)) {
        begin_text(line, line->first);
      } else {
        leave(line);
      }
      break;
    case PLACE_TEXT:
      if (byte == NEWLINE && line->group_used == 0u && line->used > line->line_from) return end_line(line);
      if (!take_character(line, byte)) leave(line);
      break;
    default:
      break;
  }
  if (byte == NEWLINE && free && line->place == PLACE_OUTSIDE) line->place = PLACE_START;
  return ADIABIT_SMP_LINE_NONE;
}

/* Writes three bytes, or what is left of them, as four characters. */
static void encode_group(const uint8_t *bytes, uint32_t length, char text[4]) {
  const uint32_t bits =
      (uint32_t)bytes[0] << 16 | (length > 1u ? (uint32_t)bytes[1] << 8 : 0u) | (length > 2u ? (uint32_t)bytes[2] : 0u);
  text[0] = character_of(bits >> 18);
  text[1] = character_of(bits >> 12);
  text[2] = length > 1u ? character_of(bits >> 6) : '=';
  text[3] = length > 2u ? character_of(bits) : '=';
}

void adiabit_smp_line_send(uint8_t *bytes, uint32_t message_bytes, adiabit_send_t send, void *context) {
  uint8_t *message = bytes + ADIABIT_SMP_LENGTH_BYTES;
  write_big_u16(bytes, message_bytes + ADIABIT_SMP_CRC_BYTES);
  write_big_u16(message + message_bytes, crc16(message, message_bytes));
  const uint32_t total = ADIABIT_SMP_LENGTH_BYTES + message_bytes + ADIABIT_SMP_CRC_BYTES;
  for (uint32_t at = 0; at < total; at += BYTES_A_LINE) {
    char text[2u + CHARACTERS_A_LINE + 1u];
    const uint32_t left = total - at < BYTES_A_LINE ? total - at : BYTES_A_LINE;
    uint32_t used = 0;
    text[used++] = (char)(at == 0u ? FIRST_LINE_0 : NEXT_LINE_0);
    text[used++] = (char)(at == 0u ? FIRST_LINE_1 : NEXT_LINE_1);
    for (uint32_t group = 0; group < left; group += 3u, used += 4u) {
      encode_group(bytes + at + group, left - group, text + used);
    }
    text[used++] = (char)NEWLINE;
    send(context, (const uint8_t *)text, used);
  }
}
