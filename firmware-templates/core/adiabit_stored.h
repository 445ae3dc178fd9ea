/*
 * Bytes in flash. Where flash is part of the address space, they are ordinary constant bytes. On an AVR it is not:
 * __memx pointers have 24 bits and reach both flash and RAM, so a pointer to RAM converts to one implicitly (GCC
 * manual, "Named Address Spaces").
 */
#ifndef ADIABIT_STORED_H
#define ADIABIT_STORED_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVR__)
#define ADIABIT_STORED __memx
#define ADIABIT_TABLE __flash /* for constant tables, which would take RAM otherwise */
#else
#define ADIABIT_STORED
#define ADIABIT_TABLE
#endif

typedef const ADIABIT_STORED uint8_t adiabit_stored_t;

#if defined(__AVR__)
adiabit_stored_t *adiabit_stored_at(adiabit_stored_t *start, uint32_t offset);
void adiabit_copy_stored(void *target, adiabit_stored_t *source, uint32_t length);
bool adiabit_equal_stored(adiabit_stored_t *stored, const void *expected, uint32_t length);
#else
static inline adiabit_stored_t *adiabit_stored_at(adiabit_stored_t *start, uint32_t offset) {
  return start + offset;
}

static inline void adiabit_copy_stored(void *target, adiabit_stored_t *source, uint32_t length) {
  memcpy(target, source, length);
}

static inline bool adiabit_equal_stored(adiabit_stored_t *stored, const void *expected, uint32_t length) {
  return memcmp(stored, expected, length) == 0;
}
#endif

/*
 * Reads stored bytes in order, as fast as the core can. On an AVR that is LPM, which reads through a 16-bit pointer and
 * moves it. The upper bits of the address are in RAMPZ, which nothing between two reads may change.
 */
#if defined(__AVR__)
typedef uint16_t adiabit_cursor_t;

static inline adiabit_cursor_t adiabit_cursor_at(adiabit_stored_t *start) {
  const __uint24 address = (__uint24)start;
#if defined(__AVR_HAVE_ELPM__)
  *(volatile uint8_t *)0x5B = (uint8_t)(address >> 16); /* RAMPZ */
#endif
  return (uint16_t)address;
}

static inline uint8_t adiabit_cursor_next(adiabit_cursor_t *cursor) {
  uint8_t byte;
#if defined(__AVR_HAVE_ELPM__)
  __asm__ volatile("elpm %0, Z+" : "=r"(byte), "+z"(*cursor));
#else
  __asm__ volatile("lpm %0, Z+" : "=r"(byte), "+z"(*cursor));
#endif
  return byte;
}
#else
typedef adiabit_stored_t *adiabit_cursor_t;

static inline adiabit_cursor_t adiabit_cursor_at(adiabit_stored_t *start) {
  return start;
}

static inline uint8_t adiabit_cursor_next(adiabit_cursor_t *cursor) {
  return *(*cursor)++;
}
#endif

#endif /* ADIABIT_STORED_H */
