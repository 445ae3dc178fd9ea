#include <stdbool.h>

#include "adiabit_circuit.h"
#include "adiabit_kernel.h"

#if defined(__GNUC__) /* where size comes first, too: a call would send everything through memory */
#define ALWAYS_INLINE __attribute__((always_inline)) static inline
#else
#define ALWAYS_INLINE static inline
#endif

/*
 * The method of adiabit_kernel_carry_save.c with bytes for words. Seven adders turn eight bytes into one byte of weight
 * eight, so one byte in eight needs a popcount. Sums and carries stay in the registers of an AVR.
 */

static uint8_t count_bits(uint8_t byte) {
  byte = (uint8_t)(byte - ((byte >> 1) & 0x55));
  byte = (uint8_t)((byte & 0x33) + ((byte >> 2) & 0x33));
  return (uint8_t)((byte + (byte >> 4)) & 0x0F);
}

/* Adds three bytes bit by bit: `sum` becomes the sum, the result is the carry. */
ALWAYS_INLINE uint8_t carry_save(uint8_t *sum, uint8_t first, uint8_t second) {
  const uint8_t half = *sum ^ first;
  const uint8_t carry = (uint8_t)((*sum & first) | (half & second));
  *sum = half ^ second;
  return carry;
}

/* Gives the bits that are one in both, or the bits that differ. */
ALWAYS_INLINE uint8_t next_combined(adiabit_cursor_t *weights, const uint8_t **plane, bool both) {
  const uint8_t weight = adiabit_cursor_next(weights);
  const uint8_t value = *(*plane)++;
  return both ? weight & value : weight ^ value;
}

/* Counts the ones in `pairs` times eight combined bytes. */
ALWAYS_INLINE uint16_t count_pairs(adiabit_cursor_t *weights, const uint8_t **plane, uint8_t pairs, bool both) {
  uint8_t ones = 0;
  uint8_t twos = 0;
  uint8_t fours = 0;
  uint16_t eights_count = 0;
  for (; pairs > 0u; pairs--) {
    uint8_t first = next_combined(weights, plane, both);
    const uint8_t twos_a = carry_save(&ones, first, next_combined(weights, plane, both));
    first = next_combined(weights, plane, both);
    const uint8_t twos_b = carry_save(&ones, first, next_combined(weights, plane, both));
    const uint8_t fours_a = carry_save(&twos, twos_a, twos_b);
    first = next_combined(weights, plane, both);
    const uint8_t twos_c = carry_save(&ones, first, next_combined(weights, plane, both));
    first = next_combined(weights, plane, both);
    const uint8_t twos_d = carry_save(&ones, first, next_combined(weights, plane, both));
    const uint8_t fours_b = carry_save(&twos, twos_c, twos_d);
    eights_count = (uint16_t)(eights_count + count_bits(carry_save(&fours, fours_a, fours_b)));
  }
  return (uint16_t)(8u * eights_count + 4u * count_bits(fours) + 2u * count_bits(twos) + count_bits(ones));
}

ALWAYS_INLINE uint32_t count_plane(adiabit_cursor_t weights, const uint8_t *plane, uint32_t words, bool both) {
  uint32_t count = 0;
  for (uint32_t pairs = words / 2u; pairs > 0u;) {
    const uint8_t piece = (uint8_t)(pairs < 255u ? pairs : 255u); /* 255 x 64 bits: a count of 16 bits */
    count += count_pairs(&weights, &plane, piece, both);
    pairs -= piece;
  }
  if (words % 2u != 0u) {
    for (uint8_t byte = 0; byte < 4u; byte++) count += count_bits(next_combined(&weights, &plane, both));
  }
  return count;
}

static void differences(const adiabit_rows_t *rows, const uint32_t *planes, uint32_t plane_count) {
  for (uint32_t row = 0; row < rows->count; row++) {
    adiabit_stored_t *weights = adiabit_row_at(rows, row);
    uint32_t sum = 0;
    for (uint8_t plane = 0; plane < plane_count; plane++) {
      const uint8_t *bytes = (const uint8_t *)(planes + plane * rows->words);
      sum += count_plane(adiabit_cursor_at(weights), bytes, rows->words, false) << plane;
    }
    rows->sums[row] = sum;
  }
}

#if ADIABIT_EVERY_LAYER
static void common(const adiabit_rows_t *rows, const uint32_t *bits) {
  for (uint32_t row = 0; row < rows->count; row++) {
    adiabit_stored_t *weights = adiabit_row_at(rows, row);
    rows->sums[row] = count_plane(adiabit_cursor_at(weights), (const uint8_t *)bits, rows->words, true);
  }
}
const adiabit_kernel_t adiabit_kernel_bytes = {.differences = differences, .common = common};
#else
const adiabit_kernel_t adiabit_kernel_bytes = {.differences = differences};
#endif
