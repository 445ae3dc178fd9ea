/* Reads and writes little-endian fields in byte buffers, and aligned words in memory-mapped flash. */
#ifndef ADIABIT_BYTES_H
#define ADIABIT_BYTES_H

#include <stdint.h>

#include "adiabit_stored.h"

#if defined(__BYTE_ORDER__) && (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
#error "The bitstream is run in place: the core needs a little-endian machine."
#endif

/*
 * Stops the compiler if a constant condition does not hold. C99 has no _Static_assert, but it refuses arrays of
 * negative size. `name` completes the name of the type, which has to be unique in its file.
 */
#define ADIABIT_STATIC_ASSERT(name, condition) typedef char adiabit_assert_##name[(condition) ? 1 : -1]

static inline uint16_t adiabit_read_u16(adiabit_stored_t *bytes) {
  return (uint16_t)((uint32_t)bytes[0] | ((uint32_t)bytes[1] << 8));
}

static inline uint32_t adiabit_read_u32(adiabit_stored_t *bytes) {
#if defined(__AVR__) /* no alignment there */
  typedef const ADIABIT_STORED uint32_t stored_word_t __attribute__((may_alias));
  return *(stored_word_t *)bytes;
#else
  return (uint32_t)bytes[0] | ((uint32_t)bytes[1] << 8) | ((uint32_t)bytes[2] << 16) | ((uint32_t)bytes[3] << 24);
#endif
}

static inline void adiabit_write_u16(uint8_t *bytes, uint16_t value) {
  bytes[0] = (uint8_t)value;
  bytes[1] = (uint8_t)(value >> 8);
}

static inline void adiabit_write_u32(uint8_t *bytes, uint32_t value) {
  bytes[0] = (uint8_t)value;
  bytes[1] = (uint8_t)(value >> 8);
  bytes[2] = (uint8_t)(value >> 16);
  bytes[3] = (uint8_t)(value >> 24);
}

/*
 * Loads one word from an address that is a multiple of four. To the language, flash is an array of bytes, so a plain
 * cast would break its aliasing rules. A copy of fixed size from a known alignment compiles to one load instruction.
 */
static inline uint32_t adiabit_load_word(adiabit_stored_t *aligned) {
#if defined(__GNUC__) && !defined(__AVR__)
  uint32_t word;
  __builtin_memcpy(&word, __builtin_assume_aligned(aligned, 4), sizeof word);
  return word;
#else
  return adiabit_read_u32(aligned);
#endif
}

/*
 * Reads stored words in order; the first one is at a multiple of four. On an AVR this is a cursor: nothing else stored
 * may be read between two words.
 */
#if defined(__AVR__)
typedef adiabit_cursor_t adiabit_words_t;

static inline adiabit_words_t adiabit_words_at(adiabit_stored_t *aligned) {
  return adiabit_cursor_at(aligned);
}

static inline uint32_t adiabit_words_next(adiabit_words_t *words) {
  const uint8_t first = adiabit_cursor_next(words);
  const uint8_t second = adiabit_cursor_next(words);
  const uint8_t third = adiabit_cursor_next(words);
  return first | (uint16_t)(second << 8) | ((uint32_t)third << 16) | ((uint32_t)adiabit_cursor_next(words) << 24);
}
#else
typedef adiabit_stored_t *adiabit_words_t;

static inline adiabit_words_t adiabit_words_at(adiabit_stored_t *aligned) {
  return aligned;
}

static inline uint32_t adiabit_words_next(adiabit_words_t *words) {
  adiabit_stored_t *word = *words;
  *words += 4;
  return adiabit_load_word(word);
}
#endif

/* Loads half a word from an even address in RAM. */
static inline uint32_t adiabit_load_half(const uint8_t *aligned) {
#if defined(__GNUC__)
  uint16_t half;
  __builtin_memcpy(&half, __builtin_assume_aligned(aligned, 2), sizeof half);
  return half;
#else
  return adiabit_read_u16(aligned);
#endif
}

#endif /* ADIABIT_BYTES_H */
