/*
 * Rows of few words, as windows of convolutions have. For these, the work that adiabit_kernel_carry_save.c does once a
 * row would cost more than the words themselves. Here three words hold the counts of all columns, and one
 * multiplication adds up the bytes.
 */
#ifndef ADIABIT_KERNEL_SHORT_H
#define ADIABIT_KERNEL_SHORT_H

#include <stdbool.h>

#include "adiabit_bytes.h"
#include "adiabit_kernel.h"

/* Counts up to seven fit in three bits. */
#define ADIABIT_SHORT_WORDS 7u

/* Adds up neighbouring columns in groups of four bits; each holds at most 4. */
static inline uint32_t adiabit_in_fours(uint32_t word) {
  word -= (word >> 1) & 0x55555555u;
  return (word & 0x33333333u) + ((word >> 2) & 0x33333333u);
}

/* Adds up groups of four bits in pairs; each byte holds at most 24. */
static inline uint32_t adiabit_in_eights(uint32_t fours) {
  return (fours & 0x0F0F0F0Fu) + ((fours >> 4) & 0x0F0F0F0Fu);
}

#if defined(__GNUC__) /* where size comes first, too: what is combined must be known at compile time */
#define ADIABIT_ALWAYS_INLINE __attribute__((always_inline)) static inline
#else
#define ADIABIT_ALWAYS_INLINE static inline
#endif

/* Gives the bits that are one in both, or the bits that differ. */
ADIABIT_ALWAYS_INLINE uint32_t adiabit_combined(uint32_t weight, uint32_t bits, bool both) {
  return both ? weight & bits : weight ^ bits;
}

/* Counts rows of at most ADIABIT_SHORT_WORDS words. Each sum is doubled, then the count of its row is added. */
ADIABIT_ALWAYS_INLINE void adiabit_count_short(const adiabit_rows_t *rows, const uint32_t *plane, bool both) {
  adiabit_words_t weights = adiabit_words_at(rows->weights);
  const uint32_t *const end = plane + rows->words;
  const bool odd = rows->words % 2u != 0u;
  uint32_t *sums = rows->sums;
  for (uint32_t *const last = sums + rows->count; sums != last; sums++) {
    const uint32_t *bits = plane;
    uint32_t ones = odd ? adiabit_combined(adiabit_words_next(&weights), *bits++, both) : 0u;
    uint32_t twos = 0;
    uint32_t fours = 0;
    for (; bits != end; bits += 2) {
      const uint32_t first = adiabit_combined(adiabit_words_next(&weights), bits[0], both);
      const uint32_t second = adiabit_combined(adiabit_words_next(&weights), bits[1], both);
      const uint32_t half = ones ^ first;
      const uint32_t carry = (ones & first) | (half & second);
      ones = half ^ second;
      fours |= twos & carry;
      twos ^= carry;
    }
    /* At most 4 + 2 * 4 in four bits, 7 * 8 in eight, 224 in all. */
    const uint32_t low = adiabit_in_eights(adiabit_in_fours(ones) + 2u * adiabit_in_fours(twos));
    const uint32_t all = low + 4u * adiabit_in_eights(adiabit_in_fours(fours));
    *sums = 2u * *sums + ((all * 0x01010101u) >> 24);
  }
}

#endif /* ADIABIT_KERNEL_SHORT_H */
