/*
 * Shared by the kernels in assembly. Those count rows of at most 31 words of one plane; the functions here build rows
 * of any length and any number of planes from that.
 */
#ifndef ADIABIT_KERNEL_PIECES_H
#define ADIABIT_KERNEL_PIECES_H

#include <string.h>

#include "adiabit_kernel.h"
#include "adiabit_kernel_short.h"

/* Counts consecutive rows from `weights` on. Each sum up to `end` is doubled, then the count of its row is added. */
typedef void count_rows_t(adiabit_stored_t *weights, const uint32_t *plane, uint32_t *sums, uint32_t *end,
                          uint32_t words);

/* Counts a row of any length, 24 words at a time. */
static inline uint32_t count_long(adiabit_stored_t *weights, const uint32_t *plane, uint32_t words,
                                  count_rows_t *count_rows) {
  uint32_t sum = 0;
  while (words > 0u) {
    const uint32_t piece = words > 31u ? 24u : words;
    uint32_t count = 0;
    count_rows(weights, plane, &count, &count + 1, piece);
    sum += count;
    weights += 4u * piece;
    plane += piece;
    words -= piece;
  }
  return sum;
}

/* Doubles each sum and adds the count of its row. */
ADIABIT_ALWAYS_INLINE void count_in_pieces(const adiabit_rows_t *rows, const uint32_t *plane, count_rows_t *count_rows,
                                           bool both) {
  if (rows->words <= ADIABIT_SHORT_WORDS) {
    adiabit_count_short(rows, plane, both);
    return;
  }
  if (rows->words <= 31u) {
    count_rows(rows->weights, plane, rows->sums, rows->sums + rows->count, rows->words);
    return;
  }
  for (uint32_t row = 0; row < rows->count; row++) {
    const uint32_t found = count_long(adiabit_row_at(rows, row), plane, rows->words, count_rows);
    rows->sums[row] = 2u * rows->sums[row] + found;
  }
}

/* Sums over the planes, the largest one first. */
ADIABIT_ALWAYS_INLINE void differences_in_pieces(const adiabit_rows_t *rows, const uint32_t *planes,
                                                 uint32_t plane_count, count_rows_t *count_rows) {
  memset(rows->sums, 0, 4u * rows->count);
  for (uint32_t plane = plane_count; plane > 0u; plane--) {
    count_in_pieces(rows, planes + (plane - 1u) * rows->words, count_rows, false);
  }
}

ADIABIT_ALWAYS_INLINE void common_in_pieces(const adiabit_rows_t *rows, const uint32_t *bits,
                                            count_rows_t *count_rows) {
  memset(rows->sums, 0, 4u * rows->count);
  count_in_pieces(rows, bits, count_rows, true);
}

#endif /* ADIABIT_KERNEL_PIECES_H */
