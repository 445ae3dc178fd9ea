#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_kernel.h"

/*
 * A weight decides between two contributions of its input x of B bits to the differences: x when its bit is zero, and
 * 2^B - 1 - x when it is one (what differs from an inverted input). For a few neighbouring inputs all sums of such
 * choices fit a small table, which every neuron uses: the bits of its weights are the index. A word of weights is five
 * look-ups, groups of 7, 6, 6, 6 and 7 inputs: 448 sums of 16 bits for 32 inputs (the method of Arlazarov, Dinic,
 * Kronrod and Faradzev, 1970, "of the four Russians", with integers). Inputs behind the last are zero, and so
 * are their weights: they contribute nothing.
 */

#if defined(__GNUC__) /* where size comes first, too: the inputs of a group are known at compile time */
#define ALWAYS_INLINE __attribute__((always_inline)) static inline
#else
#define ALWAYS_INLINE static inline
#endif

/* Stores eight sums, two in a word. No sum is negative or needs more than 16 bits, so neither disturbs the other. */
#if defined(__thumb__) && !defined(__thumb2__)
#define FIRST_SUM(name, place) register uint32_t name __asm__(place)
#define STORE_EIGHT(table, a, b, c, d)                             \
  __asm__ volatile(".syntax unified\n stmia %0!, {r4, r5, r6, r7}" \
                   : "+l"(table)                                   \
                   : "r"(a), "r"(b), "r"(c), "r"(d)                \
                   : "memory")
#define NEXT_EIGHT(table, a, b, c, d, step)                                                            \
  __asm__ volatile(".syntax unified\n add r4, %[by]\n add r5, %[by]\n add r6, %[by]\n add r7, %[by]\n" \
                   "stmia %[to]!, {r4, r5, r6, r7}"                                                    \
                   : [to] "+l"(table), "+r"(a), "+r"(b), "+r"(c), "+r"(d)                              \
                   : [by] "r"(step)                                                                    \
                   : "memory")
#else
#define FIRST_SUM(name, place) uint32_t name
#define STORE_EIGHT(table, a, b, c, d) \
  ((table)[0] = (a), (table)[1] = (b), (table)[2] = (c), (table)[3] = (d), (table) += 4)
#define NEXT_EIGHT(table, a, b, c, d, step) \
  ((a) += (step), (b) += (step), (c) += (step), (d) += (step), STORE_EIGHT(table, a, b, c, d))
#endif

/*
 * Builds the table of one group. The sums of the first three inputs stay in registers. In table order, the next eight
 * sums differ from them by a constant: the step of one more input less those of all inputs below it, whose bits become
 * zero.
 */
ALWAYS_INLINE uint32_t *build_group(uint32_t *table, const uint8_t *values, const uint32_t inputs, uint32_t bits) {
  const uint32_t largest = (1u << bits) - 1u;
  const uint32_t x0 = values[0] & largest;
  const uint32_t x1 = values[1] & largest;
  const uint32_t x2 = values[2] & largest;
  const uint32_t x3 = values[3] & largest;
  const uint32_t x4 = values[4] & largest;
  const uint32_t x5 = values[5] & largest;
  const uint32_t x6 = inputs > 6u ? values[6] & largest : 0u;
  const uint32_t none = x0 + x1 + x2 + x3 + x4 + x5 + x6; /* the sum when all bits are zero */
  /* Steps may be negative; the sums are right modulo 2^32. */
  const uint32_t all = largest * 0x00010001u;
  const uint32_t fourth = all - x3 * 0x00020002u;
  const uint32_t fifth = (x3 - x4) * 0x00020002u;
  const uint32_t sixth = (x3 + x4 - x5) * 0x00020002u - all;
  const uint32_t seventh = (x3 + x4 + x5 - x6) * 0x00020002u - 2u * all;
  FIRST_SUM(a, "r4") = none * 0x00010001u + ((largest - 2u * x0) << 16);
  FIRST_SUM(b, "r5") = a + all - x1 * 0x00020002u;
  FIRST_SUM(c, "r6") = a + all - x2 * 0x00020002u;
  FIRST_SUM(d, "r7") = b + (c - a);
  STORE_EIGHT(table, a, b, c, d);
  for (uint32_t half = 0; half < inputs - 5u; half++) {
    if (half > 0u) NEXT_EIGHT(table, a, b, c, d, seventh);
    NEXT_EIGHT(table, a, b, c, d, fourth);
    NEXT_EIGHT(table, a, b, c, d, fifth);
    NEXT_EIGHT(table, a, b, c, d, fourth);
    NEXT_EIGHT(table, a, b, c, d, sixth);
    NEXT_EIGHT(table, a, b, c, d, fourth);
    NEXT_EIGHT(table, a, b, c, d, fifth);
    NEXT_EIGHT(table, a, b, c, d, fourth);
  }
  return table;
}

static uint32_t *build_word(uint32_t *table, const uint8_t *values, uint32_t bits) {
  table = build_group(table, values, 7, bits);
  for (uint32_t group = 0; group < 3u; group++) table = build_group(table, values + 7u + 6u * group, 6, bits);
  return build_group(table, values + 25, 7, bits);
}

void adiabit_build_sums(uint32_t *tables, const uint8_t *values, uint32_t count, uint32_t bits) {
  for (; count >= 32u; count -= 32u, values += 32) tables = build_word(tables, values, bits);
  if (count == 0u) return;
  /* Weights after the last input are zero, so missing inputs change none of the sums that are used. */
  uint8_t last[32] = {0};
  memcpy(last, values, (size_t)count);
  build_word(tables, last, bits);
}

/* Reads the sum at a byte offset. The shift that cuts an index out of the weights leaves it doubled. */
static inline uint32_t sum_at(const uint8_t *table, uint32_t offset) {
  return adiabit_load_half(table + offset);
}

/* Without this the compiler computes every address from the first one, which costs more than the steps. */
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

void adiabit_differences_in_sums(const adiabit_rows_t *rows, const uint32_t *tables) {
  for (uint32_t row = 0; row < rows->count; row++) {
    rows->sums[row] = sum_row(tables, adiabit_row_at(rows, row), rows->words);
  }
}

const adiabit_kernel_t adiabit_kernel_sums = {
    .differences = adiabit_differences_carry_save,
    .common = adiabit_common_carry_save,
    .build_sums = adiabit_build_sums,
    .differences_in_sums = adiabit_differences_in_sums,
};
