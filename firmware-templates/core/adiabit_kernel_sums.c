#include "adiabit_bytes.h"
#include "adiabit_kernel.h"

/*
 * A weight decides between two contributions of its input x of B bits to the accumulator: x when its bit is one, and
 * 2^B - 1 - x when it is zero (what agrees with an inverted input). For a few neighbouring inputs all sums of such
 * choices fit a small table, which every neuron uses: the bits of its weights are the index. A word of weights is six
 * look-ups, groups of 5, 5, 5, 5, 6 and 6 inputs: 256 sums of 16 bits for 32 inputs (the method of Arlazarov, Dinic,
 * Kronrod and Faradzev, 1970, "of the four Russians", with integers). Inputs behind the last contribute nothing.
 */

static const uint8_t group_inputs[6] = {5, 5, 5, 5, 6, 6};

/* Two sums a word. From one input to the next the table doubles: the upper half has its bit set. */
static uint32_t *build_group(uint32_t *table, const uint8_t *values, uint32_t count, uint32_t inputs, uint32_t bits) {
  const uint32_t largest = (1u << bits) - 1u;
  uint32_t step[6] = {0, 0, 0, 0, 0, 0};
  uint32_t none = 0; /* the sum when all bits are zero */
  for (uint32_t index = 0; index < inputs && index < count; index++) {
    const uint32_t value = values[index] & largest;
    none += largest - value;
    step[index] = 2u * value - largest; /* may be negative: modulo 2^32 the sums come out right */
  }
  table[0] = none + ((none + step[0]) << 16);
  for (uint32_t index = 1; index < inputs; index++) {
    const uint32_t half = 1u << (index - 1u);
    const uint32_t both = step[index] * 0x00010001u; /* no sum is negative or above 16 bits, so none disturbs the other */
    for (uint32_t entry = 0; entry < half; entry++) table[half + entry] = table[entry] + both;
  }
  return table + (1u << (inputs - 1u));
}

static void build_sums(uint32_t *tables, const uint8_t *values, uint32_t count, uint32_t bits) {
  for (uint32_t start = 0; start < count;) {
    for (uint32_t group = 0; group < 6u; group++) {
      const uint32_t left = start < count ? count - start : 0u;
      tables = build_group(tables, values + (left > 0u ? start : 0u), left, group_inputs[group], bits);
      start += group_inputs[group];
    }
  }
}

/* The sum at a byte offset: indices are made twice as large by the shift that cuts them out. */
static inline uint32_t sum_at(const uint8_t *table, uint32_t offset) {
  return adiabit_load_half(table + offset);
}

/* The compiler would make every address anew from the first one, which costs more than the steps. */
#if defined(__GNUC__)
#define KEEP_STEPS(table, sum) __asm__("" : "+r"(table), "+r"(sum))
#else
#define KEEP_STEPS(table, sum) (void)0
#endif

static uint32_t sum_row(const uint32_t *tables, adiabit_stored_t *weights, uint32_t words) {
  const uint8_t *table = (const uint8_t *)tables;
  uint32_t sum = 0;
  for (; words > 0u; words--, weights += 4) {
    const uint32_t word = adiabit_load_word(weights);
    sum += sum_at(table, (word << 1) & 62u);
    table += 64;
    KEEP_STEPS(table, sum);
    sum += sum_at(table, (word >> 4) & 62u);
    table += 64;
    KEEP_STEPS(table, sum);
    sum += sum_at(table, (word >> 9) & 62u);
    table += 64;
    KEEP_STEPS(table, sum);
    sum += sum_at(table, (word >> 14) & 62u);
    table += 64;
    KEEP_STEPS(table, sum);
    sum += sum_at(table, (word >> 19) & 126u);
    table += 128;
    KEEP_STEPS(table, sum);
    sum += sum_at(table, (word >> 25) & 126u);
    table += 128;
  }
  return sum;
}

const adiabit_kernel_t adiabit_kernel_sums = {
    .differences = adiabit_differences_carry_save,
    .common = adiabit_common_carry_save,
    .build_sums = build_sums,
    .sum_row = sum_row,
};
