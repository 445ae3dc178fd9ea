#include <stdbool.h>
#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_carry_save.h"
#include "adiabit_kernel.h"
#include "adiabit_kernel_short.h"

/*
 * Small microcontrollers have no popcount instruction, and counting the bits of every word costs more than all the
 * rest. Instead 32 columns are counted at once (adiabit_carry_save.h). Five words hold the counts of up to 31; only
 * then are bits counted, of all five together.
 */

typedef struct {
  uint32_t ones;
  uint32_t twos;
  uint32_t fours;
  uint32_t eights;
  uint32_t sixteens;
} columns_t;

/* Counts the ones in each byte of a word. */
static inline uint32_t byte_counts(uint32_t word) {
  word -= (word >> 1) & 0x55555555u;
  word = (word & 0x33333333u) + ((word >> 2) & 0x33333333u);
  return (word + (word >> 4)) & 0x0F0F0F0Fu;
}

/*
 * Counts the ones of all columns; a byte holds at most 31 x 8. Words that must be zero, because there were few words,
 * are skipped.
 */
static uint32_t total(const columns_t *columns, uint32_t words) {
  uint32_t bytes = byte_counts(columns->ones);
  if (words > 1u) bytes += 2u * byte_counts(columns->twos);
  if (words > 3u) bytes += 4u * byte_counts(columns->fours);
  if (words > 7u) bytes += 8u * byte_counts(columns->eights);
  if (words > 15u) bytes += 16u * byte_counts(columns->sixteens);
  bytes = (bytes & 0x00FF00FFu) + ((bytes >> 8) & 0x00FF00FFu);
  return (bytes + (bytes >> 16)) & 0xFFFFu;
}

/* Gives the bits that are one in both, or the bits that differ. */
ADIABIT_ALWAYS_INLINE uint32_t combined(adiabit_stored_t *weights, const uint32_t *plane, uint32_t word, bool both) {
  const uint32_t weight = adiabit_load_word(weights + 4u * word);
  return both ? weight & plane[word] : weight ^ plane[word];
}

/* Counts up to 31 words. */
ADIABIT_ALWAYS_INLINE uint32_t count_piece(adiabit_stored_t *weights, const uint32_t *plane, uint32_t words,
                                           bool both) {
  columns_t columns = {0, 0, 0, 0, 0};
  uint32_t left = words;
  for (; left >= 8u; left -= 8u, weights += 32, plane += 8) {
    const uint32_t twos_a =
        adiabit_carry_save(&columns.ones, combined(weights, plane, 0, both), combined(weights, plane, 1, both));
    const uint32_t twos_b =
        adiabit_carry_save(&columns.ones, combined(weights, plane, 2, both), combined(weights, plane, 3, both));
    const uint32_t fours_a = adiabit_carry_save(&columns.twos, twos_a, twos_b);
    const uint32_t twos_c =
        adiabit_carry_save(&columns.ones, combined(weights, plane, 4, both), combined(weights, plane, 5, both));
    const uint32_t twos_d =
        adiabit_carry_save(&columns.ones, combined(weights, plane, 6, both), combined(weights, plane, 7, both));
    const uint32_t fours_b = adiabit_carry_save(&columns.twos, twos_c, twos_d);
    const uint32_t eights = adiabit_carry_save(&columns.fours, fours_a, fours_b);
    columns.sixteens ^= adiabit_half_add(&columns.eights, eights);
  }
  for (; left > 0u; left--, weights += 4, plane++) {
    uint32_t carry = adiabit_half_add(&columns.ones, combined(weights, plane, 0, both));
    carry = adiabit_half_add(&columns.twos, carry);
    carry = adiabit_half_add(&columns.fours, carry);
    columns.sixteens ^= adiabit_half_add(&columns.eights, carry);
  }
  return total(&columns, words);
}

ADIABIT_ALWAYS_INLINE uint32_t count(adiabit_stored_t *weights, const uint32_t *plane, uint32_t words, bool both) {
  uint32_t sum = 0;
  for (uint32_t done = 0; done < words;) {
    const uint32_t piece = words - done < 32u ? words - done : 24u;
    sum += count_piece(weights + 4u * done, plane + done, piece, both);
    done += piece;
  }
  return sum;
}

void adiabit_common_carry_save(const adiabit_rows_t *rows, const uint32_t *bits) {
  if (rows->words <= ADIABIT_SHORT_WORDS) {
    memset(rows->sums, 0, (size_t)(4u * rows->count));
    adiabit_count_short(rows, bits, true);
    return;
  }
  for (uint32_t row = 0; row < rows->count; row++) {
    rows->sums[row] = count(adiabit_row_at(rows, row), bits, rows->words, true);
  }
}

void adiabit_differences_carry_save(const adiabit_rows_t *rows, const uint32_t *planes, uint32_t plane_count) {
  if (rows->words <= ADIABIT_SHORT_WORDS) {
    memset(rows->sums, 0, (size_t)(4u * rows->count));
    for (uint32_t plane = plane_count; plane > 0u; plane--) {
      adiabit_count_short(rows, planes + (plane - 1u) * rows->words, false);
    }
    return;
  }
  for (uint32_t row = 0; row < rows->count; row++) {
    adiabit_stored_t *weights = adiabit_row_at(rows, row);
    uint32_t sum = 0;
    for (uint32_t plane = 0; plane < plane_count; plane++) {
      sum += count(weights, planes + plane * rows->words, rows->words, false) << plane;
    }
    rows->sums[row] = sum;
  }
}

const adiabit_kernel_t adiabit_kernel_carry_save = {
    .differences = adiabit_differences_carry_save,
    .common = adiabit_common_carry_save,
};
