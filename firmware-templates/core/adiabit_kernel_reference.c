#include "adiabit_bytes.h"
#include "adiabit_kernel.h"

static uint32_t differences(adiabit_stored_t *weights, const uint32_t *planes, uint32_t words, uint32_t plane_count) {
  uint32_t sum = 0;
  for (uint32_t plane = 0; plane < plane_count; plane++) {
    for (uint32_t word = 0; word < words; word++) {
      const uint32_t different = adiabit_read_u32(weights + 4u * word) ^ planes[plane * words + word];
      for (uint32_t bit = 0; bit < 32u; bit++) sum += ((different >> bit) & 1u) << plane;
    }
  }
  return sum;
}

static uint32_t common(adiabit_stored_t *weights, const uint32_t *bits, uint32_t words) {
  uint32_t sum = 0;
  for (uint32_t word = 0; word < words; word++) {
    const uint32_t both = adiabit_read_u32(weights + 4u * word) & bits[word];
    for (uint32_t bit = 0; bit < 32u; bit++) sum += (both >> bit) & 1u;
  }
  return sum;
}

const adiabit_kernel_t adiabit_kernel_reference = {.differences = differences, .common = common};
