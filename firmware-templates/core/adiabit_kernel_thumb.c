#include "adiabit_kernel.h"

#if defined(__thumb__) && !defined(__thumb2__)

#include "adiabit_bytes.h"
#include "adiabit_kernel_pieces.h"

/*
 * The kernels of Cortex-M0 and M0+, in assembly. These cores compute in eight registers with two operands an
 * instruction, so compiled code (adiabit_kernel_carry_save.c) keeps moving words between registers and stack. The sums
 * are the same.
 */

/* Assembly keeps its own line breaks. */
/* clang-format off */
/*
 * A carry-save adder in six instructions: with x = a ^ b, the sum is s ^ x and the carry a ^ (x & (s ^ a)).
 * `b` is lost; the carry may not be in `a`, `b` or `s`.
 */
#define ADD(s, a, b, carry)  \
  "eors " b ", " a "\n"      \
  "movs " carry ", " s "\n"  \
  "eors " carry ", " a "\n"  \
  "ands " carry ", " b "\n"  \
  "eors " carry ", " a "\n"  \
  "eors " s ", " b "\n"

/* Combines two words into r3 and r4; r5 and r6 are lost. */
#define LOAD(combine)        \
  "ldmia r0!, {r3, r4}\n"    \
  "ldmia r1!, {r5, r6}\n"    \
  combine " r3, r5\n"        \
  combine " r4, r6\n"

/* Adds four words; their carry of weight four ends in r4. */
#define ADD_FOUR(combine)    \
  LOAD(combine)              \
  ADD("r2", "r3", "r4", "r7") \
  LOAD(combine)              \
  ADD("r2", "r3", "r4", "r5") \
  "mov r6, r8\n"             \
  ADD("r6", "r7", "r5", "r4") \
  "mov r8, r6\n"

/* A half adder: adds the word `a` to the high register `s`; the carry ends in `carry`. */
#define ADD_ONE(s, a, carry) "mov r6, " s "\n movs " carry ", r6\n ands " carry ", " a "\n eors r6, " a "\n mov " s ", r6\n"

/* Counts of four columns, at most 4 in four bits; r7 and r6 hold 0x55555555 and 0x33333333. */
#define IN_FOURS(x)                                     \
  "lsrs r4, " x ", #1\n ands r4, r7\n subs " x ", r4\n" \
  "lsrs r4, " x ", #2\n ands r4, r6\n ands " x ", r6\n adds " x ", r4\n"
/* Adds up groups of four bits in pairs; r5 holds 0x0F0F0F0F. */
#define IN_EIGHTS(x) "lsrs r4, " x ", #4\n ands r4, r5\n ands " x ", r5\n adds " x ", r4\n"

/*
 * Counts consecutive rows of at most 31 words. The words of a row that do not fill a block of eight come first. Ones
 * are in r2, twos in r8, fours in r9, eights in r10, sixteens in r11. The blocks of a row start at lr and end at r12.
 * At the end, neighbouring groups are joined as long as they fit: 4 + 2 * 4 in four bits, 31 * 8 in a byte. Each sum is
 * doubled, then the count is added.
 *
 * Arguments are where the calling convention puts them. The stack holds the plane, the next sum, the end of the sums,
 * the bytes of a row, and the bytes of its words before the blocks.
 */
#define COUNT_ROWS(combine)                                                            \
  "push {r4, r5, r6, r7, lr}\n"                                                        \
  "mov r4, r8\n mov r5, r9\n mov r6, r10\n mov r7, r11\n push {r4, r5, r6, r7}\n"      \
  "sub sp, #20\n ldr r4, [sp, #56]\n lsls r4, #2\n movs r5, #28\n ands r5, r4\n"       \
  "str r1, [sp]\n str r2, [sp, #4]\n str r3, [sp, #8]\n str r4, [sp, #12]\n str r5, [sp, #16]\n" \
  "6: ldr r1, [sp]\n ldr r2, [sp, #16]\n adds r2, r0\n mov lr, r2\n"                   \
  "ldr r2, [sp, #12]\n adds r2, r0\n mov r12, r2\n"                                   \
  "movs r2, #0\n mov r8, r2\n mov r9, r2\n mov r10, r2\n mov r11, r2\n"               \
  "cmp r0, lr\n beq 2f\n"                                                             \
  "ldmia r0!, {r2}\n ldmia r1!, {r5}\n " combine " r2, r5\n"                          \
  "b 3f\n"                                                                            \
  "4: ldmia r0!, {r3}\n ldmia r1!, {r5}\n " combine " r3, r5\n"                       \
  "movs r4, r2\n ands r4, r3\n eors r2, r3\n"                                         \
  ADD_ONE("r8", "r4", "r5")                                                            \
  "mov r6, r9\n eors r6, r5\n mov r9, r6\n"                                           \
  "3: cmp r0, lr\n bne 4b\n"                                                          \
  "2: cmp r0, r12\n beq 5f\n"                                                         \
  "1:\n"                                                                              \
  ADD_FOUR(combine)                                                                    \
  "mov lr, r4\n"                                                                      \
  ADD_FOUR(combine)                                                                    \
  "mov r7, lr\n mov r6, r9\n"                                                         \
  ADD("r6", "r7", "r4", "r5")                                                          \
  "mov r9, r6\n"                                                                      \
  ADD_ONE("r10", "r5", "r4")                                                           \
  "mov r6, r11\n eors r6, r4\n mov r11, r6\n"                                         \
  "cmp r0, r12\n bne 1b\n"                                                            \
  "5: ldr r7, =0x55555555\n ldr r6, =0x33333333\n ldr r5, =0x0F0F0F0F\n"              \
  "mov r3, r8\n mov r0, r9\n mov r1, r10\n"                                           \
  IN_FOURS("r2") IN_FOURS("r3") IN_FOURS("r0") IN_FOURS("r1")                          \
  "lsls r3, #1\n adds r2, r3\n lsls r1, #1\n adds r0, r1\n"                           \
  "mov r1, r11\n"                                                                     \
  IN_FOURS("r1")                                                                       \
  IN_EIGHTS("r2") IN_EIGHTS("r0") IN_EIGHTS("r1")                                      \
  "lsls r0, #2\n lsls r1, #4\n adds r0, r1\n adds r0, r2\n"                           \
  "lsrs r1, r0, #16\n uxth r0, r0\n uxtb r2, r0\n lsrs r0, #8\n adds r0, r2\n"        \
  "uxtb r2, r1\n lsrs r1, #8\n adds r0, r2\n adds r0, r1\n"                           \
  "ldr r1, [sp, #4]\n ldr r2, [r1]\n lsls r2, #1\n adds r0, r2\n stmia r1!, {r0}\n"   \
  "str r1, [sp, #4]\n mov r0, r12\n ldr r2, [sp, #8]\n cmp r1, r2\n beq 7f\n b 6b\n"  \
  "7: add sp, #20\n"                                                                  \
  "pop {r4, r5, r6, r7}\n mov r8, r4\n mov r9, r5\n mov r10, r6\n mov r11, r7\n"       \
  "pop {r4, r5, r6, r7, pc}\n .ltorg\n"
/* clang-format on */

static count_rows_t differences_in_rows __attribute__((naked, noinline));
static count_rows_t common_in_rows __attribute__((naked, noinline));

#define UNUSED __attribute__((unused))

static void differences_in_rows(UNUSED adiabit_stored_t *weights, UNUSED const uint32_t *plane, UNUSED uint32_t *sums,
                                UNUSED uint32_t *end, UNUSED uint32_t words) {
  __asm__(".syntax unified\n" COUNT_ROWS("eors"));
}

static void common_in_rows(UNUSED adiabit_stored_t *weights, UNUSED const uint32_t *plane, UNUSED uint32_t *sums,
                           UNUSED uint32_t *end, UNUSED uint32_t words) {
  __asm__(".syntax unified\n" COUNT_ROWS("ands"));
}

static void differences(const adiabit_rows_t *rows, const uint32_t *planes, uint32_t plane_count) {
  differences_in_pieces(rows, planes, plane_count, differences_in_rows);
}

static void common(const adiabit_rows_t *rows, const uint32_t *bits) {
  common_in_pieces(rows, bits, common_in_rows);
}

/* Assembly keeps its own line breaks. */
/* clang-format off */
/* Looks up one group of inputs for two rows. Bits of w1 and w2 are indices into the table, which then moves on. */
#define LOOK_UP(shift, step)                                              \
  shift("%[w1]") "ldrh %[t], [%[table], %[t]]\n adds %[s1], %[t]\n"       \
  shift("%[w2]") "ldrh %[t], [%[table], %[t]]\n adds %[s2], %[t]\n"       \
  step "\n"
/* The outer groups, of 7 bits, need no mask. The inner ones, of 6, share a mask. */
#define BITS_0(word) "lsls %[t], " word ", #25\n lsrs %[t], %[t], #24\n"
#define BITS_7(word) "lsrs %[t], " word ", #6\n ands %[t], %[mask]\n"
#define BITS_13(word) "lsrs %[t], " word ", #12\n ands %[t], %[mask]\n"
#define BITS_19(word) "lsrs %[t], " word ", #18\n ands %[t], %[mask]\n"
#define BITS_25(word) "lsrs %[t], " word ", #25\n lsls %[t], %[t], #1\n"
/* clang-format on */

static void sum_two_rows(const uint32_t *tables, adiabit_stored_t *weights, uint32_t words, uint32_t *sums) {
  const uint8_t *table = (const uint8_t *)tables;
  register uint32_t stride __asm__("r8") = 4u * words;
  register adiabit_stored_t *end __asm__("r9") = weights + 4u * words;
  register uint32_t large __asm__("r10") = 256u;
  uint32_t s1 = 0;
  uint32_t s2 = 0;
  uint32_t w1;
  uint32_t w2;
  uint32_t t;
  /* Assembly keeps its own line breaks. */
  /* clang-format off */
  __asm__(
      ".syntax unified\n"
      "1: mov %[t], %[stride]\n"
      "ldr %[w2], [%[row], %[t]]\n"
      "ldmia %[row]!, {%[w1]}\n"
      LOOK_UP(BITS_0, "add %[table], %[large]")
      LOOK_UP(BITS_7, "adds %[table], #128")
      LOOK_UP(BITS_13, "adds %[table], #128")
      LOOK_UP(BITS_19, "adds %[table], #128")
      LOOK_UP(BITS_25, "add %[table], %[large]")
      "cmp %[row], %[end]\n"
      "bne 1b\n"
      : [table] "+l"(table), [row] "+l"(weights), [s1] "+l"(s1), [s2] "+l"(s2), [w1] "=&l"(w1), [w2] "=&l"(w2),
        [t] "=&l"(t)
      : [mask] "l"(126u), [stride] "r"(stride), [end] "r"(end), [large] "r"(large)
      : "cc", "memory");
  /* clang-format on */
  sums[0] = s1;
  sums[1] = s2;
}

static void differences_in_sums(const adiabit_rows_t *rows, const uint32_t *tables) {
  uint32_t row = 0;
  for (; row + 1u < rows->count; row += 2u) {
    sum_two_rows(tables, adiabit_row_at(rows, row), rows->words, rows->sums + row);
  }
  if (row < rows->count) {
    const adiabit_rows_t last = {adiabit_row_at(rows, row), rows->words, 1, rows->sums + row};
    adiabit_differences_in_sums(&last, tables);
  }
}

const adiabit_kernel_t adiabit_kernel_thumb = {.differences = differences, .common = common};
const adiabit_kernel_t adiabit_kernel_thumb_sums = {
    .differences = differences,
    .common = common,
    .build_sums = adiabit_build_sums,
    .differences_in_sums = differences_in_sums,
};

#else
typedef int adiabit_kernel_for_another_core; /* ISO C wants something in every file */
#endif
