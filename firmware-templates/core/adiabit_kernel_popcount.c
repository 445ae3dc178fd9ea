#include "adiabit_bytes.h"
#include "adiabit_kernel.h"

/* What one would write first: a word, its difference, its bits counted in halves. */
static uint32_t count_bits(uint32_t word) {
  word -= (word >> 1) & 0x55555555u;
  word = (word & 0x33333333u) + ((word >> 2) & 0x33333333u);
  word = (word + (word >> 4)) & 0x0F0F0F0Fu;
  return (word * 0x01010101u) >> 24;
}

static uint32_t differences(adiabit_stored_t *weights, const uint32_t *planes, uint32_t words, uint32_t plane_count) {
  uint32_t sum = 0;
  for (uint32_t plane = 0; plane < plane_count; plane++) {
    uint32_t count = 0;
    for (uint32_t word = 0; word < words; word++) {
      count += count_bits(adiabit_load_word(weights + 4u * word) ^ planes[plane * words + word]);
    }
    sum += count << plane;
  }
  return sum;
}

static uint32_t common(adiabit_stored_t *weights, const uint32_t *bits, uint32_t words) {
  uint32_t count = 0;
  for (uint32_t word = 0; word < words; word++) count += count_bits(adiabit_load_word(weights + 4u * word) & bits[word]);
  return count;
}

const adiabit_kernel_t adiabit_kernel_popcount = {.differences = differences, .common = common};
