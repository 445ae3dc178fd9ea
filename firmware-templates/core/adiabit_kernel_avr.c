#include "adiabit_circuit.h"
#include "adiabit_kernel.h"

#if defined(__AVR__)

/*
 * The kernel of 8-bit AVRs. It combines each byte of weights with a byte of the input and looks up the number of ones
 * in a table in flash. LPM reads through Z only, so eight weights are read before Z points into the table. The table is
 * aligned to 256 bytes: the combined byte, in the lower half of Z, is the address. Eight weights take 10.9 cycles.
 */

#define BITS_4(n) n, n + 1, n + 1, n + 2
#define BITS_16(n) BITS_4(n), BITS_4(n + 1), BITS_4(n + 1), BITS_4(n + 2)
#define BITS_64(n) BITS_16(n), BITS_16(n + 1), BITS_16(n + 1), BITS_16(n + 2)
/* Aligned to 256 in the first 64 KiB of flash, so that a byte is the lower half of an address. */
static const ADIABIT_TABLE uint8_t ones_of[256]
    __attribute__((aligned(256))) = {BITS_64(0), BITS_64(1), BITS_64(1), BITS_64(2)};

#if defined(__AVR_HAVE_ELPM__)
#define NEXT(weight) "elpm " weight ", Z+\n"
#else
#define NEXT(weight) "lpm " weight ", Z+\n"
#endif

#define FOUR_WEIGHTS(a, b, c, d) NEXT(a) NEXT(b) NEXT(c) NEXT(d)
#define LOOK_UP(combine, weight, target) "ld r30, X+\n" combine " r30, " weight "\n lpm " target ", Z\n"
#define COUNT(combine, weight) LOOK_UP(combine, weight, "__tmp_reg__") "add %[block], __tmp_reg__\n"
#define TO_TABLE "movw %[next], r30\n ldi r31, hi8(%[table])\n"
#define FROM_TABLE "movw r30, %[next]\n add %A[sum], %[block]\n adc %B[sum], __zero_reg__\n"

/* Assembly keeps its own line breaks. */
/* clang-format off */
/* Counts a row: one word first if their number is odd, then pairs of words. A block counts up to 64 in a byte. */
#define COUNT_WORDS(combine)                                                                                        \
  __asm__("sbrs %A[pairs], 0\n rjmp 1f\n"                                                                           \
          FOUR_WEIGHTS("%[w0]", "%[w1]", "%[w2]", "%[w3]") TO_TABLE                                                 \
          LOOK_UP(combine, "%[w0]", "%[block]") COUNT(combine, "%[w1]") COUNT(combine, "%[w2]")                     \
          COUNT(combine, "%[w3]") FROM_TABLE                                                                        \
          "1: lsr %B[pairs]\n ror %A[pairs]\n sbiw %[pairs], 0\n breq 3f\n"                                         \
          "2:\n"                                                                                                    \
          FOUR_WEIGHTS("%[w0]", "%[w1]", "%[w2]", "%[w3]") FOUR_WEIGHTS("%[w4]", "%[w5]", "%[w6]", "%[w7]")         \
          TO_TABLE LOOK_UP(combine, "%[w0]", "%[block]") COUNT(combine, "%[w1]") COUNT(combine, "%[w2]")            \
          COUNT(combine, "%[w3]") COUNT(combine, "%[w4]") COUNT(combine, "%[w5]") COUNT(combine, "%[w6]")           \
          COUNT(combine, "%[w7]") FROM_TABLE                                                                        \
          "sbiw %[pairs], 1\n brne 2b\n"                                                                            \
          "3:\n"                                                                                                    \
          : [sum] "+r"(sum), [pairs] "+w"(pairs), "+z"(weights), "+x"(plane), [next] "=&r"(next),                   \
            [block] "=&r"(block), [w0] "=&r"(w0), [w1] "=&r"(w1), [w2] "=&r"(w2), [w3] "=&r"(w3), [w4] "=&r"(w4),   \
            [w5] "=&r"(w5), [w6] "=&r"(w6), [w7] "=&r"(w7)                                                          \
          : [table] "i"(ones_of)                                                                                    \
          : "memory")
/* clang-format on */

/*
 * Counts rows. They are consecutive, so the cursor carries on from row to row. This core can address fewer than 2^16
 * bits, so 16-bit sums suffice. The sums are doubled before each plane: the largest plane comes first.
 */
#define COUNTER(name, combine)                                          \
  static void name(const adiabit_rows_t *rows, const uint8_t *first) {  \
    const uint16_t words = (uint16_t)rows->words;                       \
    uint32_t *sums = rows->sums;                                        \
    adiabit_cursor_t weights = adiabit_cursor_at(rows->weights);        \
    for (uint8_t row = (uint8_t)rows->count; row > 0u; row--, sums++) { \
      const uint8_t *plane = first;                                     \
      uint16_t sum = 0;                                                 \
      uint16_t pairs = words;                                           \
      uint16_t next;                                                    \
      uint8_t block, w0, w1, w2, w3, w4, w5, w6, w7;                    \
      COUNT_WORDS(combine);                                             \
      *sums = 2u * *sums + sum;                                         \
    }                                                                   \
  }

COUNTER(count_different, "eor")

static void differences(const adiabit_rows_t *rows, const uint32_t *planes, uint32_t plane_count) {
  planes += (uint16_t)plane_count * (uint16_t)rows->words;
  memset(rows->sums, 0, 4u * (uint8_t)rows->count);
  for (uint8_t plane = (uint8_t)plane_count; plane > 0u; plane--) {
    planes -= (uint16_t)rows->words;
    count_different(rows, (const uint8_t *)planes);
  }
}

#if ADIABIT_EVERY_LAYER
COUNTER(count_common, "and")

static void common(const adiabit_rows_t *rows, const uint32_t *bits) {
  memset(rows->sums, 0, 4u * (uint8_t)rows->count);
  count_common(rows, (const uint8_t *)bits);
}
const adiabit_kernel_t adiabit_kernel_avr = {.differences = differences, .common = common};
#else
const adiabit_kernel_t adiabit_kernel_avr = {.differences = differences};
#endif

#else
typedef int adiabit_kernel_for_another_family; /* ISO C wants something in every file */
#endif
