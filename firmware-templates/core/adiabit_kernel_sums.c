#include "adiabit_bytes.h"
#include "adiabit_kernel.h"

/*
 * A weight decides between two contributions of its input x of B bits to the accumulator: x when its bit is one, and
 * 2^B - 1 - x when it is zero (what agrees with an inverted input). For a few neighbouring inputs all sums of such
 * choices fit a small table, which every neuron uses: the bits of its weights are the index. A word of weights is five
 * look-ups, groups of 7, 6, 6, 6 and 7 inputs: 448 sums of 16 bits for 32 inputs (the method of Arlazarov, Dinic,
 * Kronrod and Faradzev, 1970, "of the four Russians", with integers). Inputs behind the last contribute nothing.
 */

enum { GROUPS = 5, LARGEST_GROUP = 7 };
static const uint8_t group_inputs[GROUPS] = {7, 6, 6, 6, 7};

/* The upper half of a table: the lower one with one more bit set. No sum is negative or above 16 bits, so none disturbs the other. */
static void build_half(uint32_t *table, uint32_t half, uint32_t both) {
#if defined(__thumb__) && !defined(__thumb2__)
  if (half >= 4u) {
    uint32_t *upper = table + half;
    register uint32_t *end __asm__("r8") = upper;
    __asm__ volatile(".syntax unified\n"
            "1: ldmia %[from]!, {r4, r5, r6, r7}\n"
            "adds r4, %[both]\n adds r5, %[both]\n adds r6, %[both]\n adds r7, %[both]\n"
            "stmia %[to]!, {r4, r5, r6, r7}\n"
            "cmp %[from], %[end]\n"
            "bne 1b\n"
            : [from] "+l"(table), [to] "+l"(upper)
            : [both] "l"(both), [end] "r"(end)
            : "r4", "r5", "r6", "r7", "cc", "memory");
    return;
  }
#endif
  for (uint32_t entry = 0; entry < half; entry++) table[half + entry] = table[entry] + both;
}

/* Two sums a word. From one input to the next the table doubles: the upper half has its bit set. */
static uint32_t *build_group(uint32_t *table, const uint8_t *values, uint32_t count, uint32_t inputs, uint32_t bits) {
  const uint32_t largest = (1u << bits) - 1u;
  uint32_t step[LARGEST_GROUP];
  step[0] = step[1] = step[2] = 0;
  uint32_t none = 0; /* the sum when all bits are zero */
  for (uint32_t index = 0; index < inputs; index++) {
    step[index] = 0;
    if (index >= count) continue;
    const uint32_t value = values[index] & largest;
    none += largest - value;
    step[index] = 2u * value - largest; /* may be negative: modulo 2^32 the sums come out right */
  }
  /* The first four words by hand: groups have at least six inputs. */
  const uint32_t first = none + ((none + step[0]) << 16);
  const uint32_t second = step[1] * 0x00010001u;
  const uint32_t third = step[2] * 0x00010001u;
  table[0] = first;
  table[1] = first + second;
  table[2] = first + third;
  table[3] = first + second + third;
  for (uint32_t index = 3; index < inputs; index++) {
    build_half(table, 1u << (index - 1u), step[index] * 0x00010001u);
  }
  return table + (1u << (inputs - 1u));
}

void adiabit_build_sums(uint32_t *tables, const uint8_t *values, uint32_t count, uint32_t bits) {
  for (uint32_t start = 0; start < count;) {
    for (uint32_t group = 0; group < GROUPS; group++) {
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

uint32_t adiabit_sum_row(const uint32_t *tables, adiabit_stored_t *weights, uint32_t words) {
  const uint8_t *table = (const uint8_t *)tables;
  uint32_t sum = 0;
  for (; words > 0u; words--, weights += 4) {
    const uint32_t word = adiabit_load_word(weights);
    sum += sum_at(table, (word << 1) & 254u);
    table += 256;
    KEEP_STEPS(table, sum);
    sum += sum_at(table, (word >> 6) & 126u);
    table += 128;
    KEEP_STEPS(table, sum);
    sum += sum_at(table, (word >> 12) & 126u);
    table += 128;
    KEEP_STEPS(table, sum);
    sum += sum_at(table, (word >> 18) & 126u);
    table += 128;
    KEEP_STEPS(table, sum);
    sum += sum_at(table, (word >> 24) & 254u);
    table += 256;
  }
  return sum;
}

const adiabit_kernel_t adiabit_kernel_sums = {
    .differences = adiabit_differences_carry_save,
    .common = adiabit_common_carry_save,
    .build_sums = adiabit_build_sums,
    .sum_row = adiabit_sum_row,
};
