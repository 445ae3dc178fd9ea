#include "adiabit_bytes.h"
#include "adiabit_kernel.h"

/* The obvious loop: a word, its difference, its bits counted in halves. */
static uint32_t count_bits(uint32_t word) {
  word -= (word >> 1) & 0x55555555u;
  word = (word & 0x33333333u) + ((word >> 2) & 0x33333333u);
  word = (word + (word >> 4)) & 0x0F0F0F0Fu;
  return (word * 0x01010101u) >> 24;
}

static void differences(const adiabit_rows_t *rows, const uint32_t *planes, uint32_t plane_count) {
  const uint32_t words = rows->words;
  for (uint32_t row = 0; row < rows->count; row++) {
    adiabit_stored_t *weights = adiabit_row_at(rows, row);
    uint32_t sum = 0;
    for (uint32_t plane = 0; plane < plane_count; plane++) {
      uint32_t count = 0;
      for (uint32_t word = 0; word < words; word++) {
        count += count_bits(adiabit_load_word(weights + 4u * word) ^ planes[plane * words + word]);
      }
      sum += count << plane;
    }
    rows->sums[row] = sum;
  }
}

static void common(const adiabit_rows_t *rows, const uint32_t *bits) {
  for (uint32_t row = 0; row < rows->count; row++) {
    adiabit_stored_t *weights = adiabit_row_at(rows, row);
    uint32_t count = 0;
    for (uint32_t word = 0; word < rows->words; word++) {
      count += count_bits(adiabit_load_word(weights + 4u * word) & bits[word]);
    }
    rows->sums[row] = count;
  }
}

const adiabit_kernel_t adiabit_kernel_popcount = {.differences = differences, .common = common};
