#include "adiabit_bytes.h"
#include "adiabit_kernel.h"

static void differences(const adiabit_rows_t *rows, const uint32_t *planes, uint32_t plane_count) {
  for (uint32_t row = 0; row < rows->count; row++) {
    adiabit_stored_t *weights = adiabit_row_at(rows, row);
    uint32_t sum = 0;
    for (uint32_t plane = 0; plane < plane_count; plane++) {
      for (uint32_t word = 0; word < rows->words; word++) {
        const uint32_t different = adiabit_read_u32(weights + 4u * word) ^ planes[plane * rows->words + word];
        for (uint32_t bit = 0; bit < 32u; bit++) sum += ((different >> bit) & 1u) << plane;
      }
    }
    rows->sums[row] = sum;
  }
}

static void common(const adiabit_rows_t *rows, const uint32_t *bits) {
  for (uint32_t row = 0; row < rows->count; row++) {
    adiabit_stored_t *weights = adiabit_row_at(rows, row);
    uint32_t sum = 0;
    for (uint32_t word = 0; word < rows->words; word++) {
      const uint32_t both = adiabit_read_u32(weights + 4u * word) & bits[word];
      for (uint32_t bit = 0; bit < 32u; bit++) sum += (both >> bit) & 1u;
    }
    rows->sums[row] = sum;
  }
}

const adiabit_kernel_t adiabit_kernel_reference = {.differences = differences, .common = common};
