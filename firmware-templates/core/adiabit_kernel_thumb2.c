#include "adiabit_kernel.h"

#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)

#include "adiabit_kernel_pieces.h"

/*
 * The kernel of Cortex-M4: the carry-save adders of adiabit_kernel_carry_save.c, with all counts of a row in registers.
 * Compilers do not achieve that. Eight words take 55 instructions.
 */

/* Assembly keeps its own line breaks. */
/* clang-format off */
/*
 * A carry-save adder: with x = a ^ b, the sum is s ^ x and the carry a ^ (x & (s ^ a)). `b` is lost; the carry may not
 * be in `a`, `b` or `s`.
 */
#define ADD(s, a, b, carry)                    \
  "eor " b ", " b ", " a "\n"                  \
  "eor " carry ", " s ", " a "\n"              \
  "and " carry ", " carry ", " b "\n"          \
  "eor " carry ", " carry ", " a "\n"          \
  "eor " s ", " s ", " b "\n"

/* Adds four words; the result is their carry of weight four. */
#define ADD_FOUR(combine, carry)                                                       \
  "ldmia r0!, {r7, r8, r9, r10}\n ldmia r1!, {r11, r12}\n"                             \
  combine " r7, r7, r11\n" combine " r8, r8, r12\n"                                    \
  "ldmia r1!, {r11, r12}\n"                                                            \
  combine " r9, r9, r11\n" combine " r10, r10, r12\n"                                  \
  ADD("r2", "r7", "r8", "r11")                                                         \
  ADD("r2", "r9", "r10", "r12")                                                        \
  ADD("r3", "r11", "r12", carry)

/* Counts of four columns, at most 4 in four bits. */
#define IN_FOURS(x)                                                                    \
  "and r10, r7, " x ", lsr #1\n sub " x ", " x ", r10\n"                               \
  "and r10, r8, " x ", lsr #2\n and " x ", " x ", r8\n add " x ", " x ", r10\n"
#define IN_EIGHTS(x) "and r10, r9, " x ", lsr #4\n and " x ", " x ", r9\n add " x ", " x ", r10\n"

/*
 * Counts consecutive rows. The words of a row that do not fill a block of eight come first. Ones to sixteens are in r2
 * to r6. At the end, neighbouring groups are joined as long as they fit, 4 + 2 * 4 in four bits and 31 * 8 in a byte,
 * and USAD8 adds the bytes.
 *
 * Arguments are where the calling convention puts them. The stack holds the end of the row, the plane, the next sum,
 * the end of the sums, the bytes of a row's words before the blocks, and the bytes of a row.
 */
#define COUNT_ROWS(combine)                                                            \
  "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                      \
  "ldr r12, [sp, #36]\n lsl r12, r12, #2\n and r4, r12, #28\n"                         \
  "push {r0, r1, r2, r3, r4, r12}\n"                                                   \
  "6: ldr r1, [sp, #4]\n ldr r7, [sp, #16]\n add lr, r0, r7\n"                         \
  "ldr r7, [sp, #20]\n add r7, r7, r0\n str r7, [sp]\n"                                \
  "mov r2, #0\n mov r3, #0\n mov r4, #0\n mov r5, #0\n mov r6, #0\n"                   \
  "cmp r0, lr\n beq 2f\n"                                                              \
  "ldr r2, [r0], #4\n ldr r7, [r1], #4\n " combine " r2, r2, r7\n cmp r0, lr\n beq 2f\n" \
  "4: ldr r8, [r0], #4\n ldr r7, [r1], #4\n " combine " r8, r8, r7\n"                  \
  "and r7, r2, r8\n eor r2, r2, r8\n and r8, r3, r7\n eor r3, r3, r7\n eor r4, r4, r8\n" \
  "cmp r0, lr\n bne 4b\n"                                                              \
  "2: ldr r7, [sp]\n cmp r0, r7\n beq 5f\n"                                            \
  "1:\n"                                                                              \
  ADD_FOUR(combine, "lr")                                                              \
  ADD_FOUR(combine, "r7")                                                              \
  ADD("r4", "lr", "r7", "r8")                                                          \
  "and r7, r5, r8\n eor r5, r5, r8\n eor r6, r6, r7\n"                                 \
  "ldr r7, [sp]\n cmp r0, r7\n bne 1b\n"                                               \
  "5: mov r7, #0x55555555\n mov r8, #0x33333333\n mov r9, #0x0F0F0F0F\n"               \
  IN_FOURS("r2") IN_FOURS("r3") IN_FOURS("r4") IN_FOURS("r5") IN_FOURS("r6")           \
  "add r2, r2, r3, lsl #1\n add r4, r4, r5, lsl #1\n"                                  \
  IN_EIGHTS("r2") IN_EIGHTS("r4") IN_EIGHTS("r6")                                      \
  "add r2, r2, r4, lsl #2\n add r2, r2, r6, lsl #4\n"                                  \
  "mov r7, #0\n usad8 r2, r2, r7\n"                                                    \
  "ldr r7, [sp, #8]\n ldr r8, [r7]\n add r2, r2, r8, lsl #1\n str r2, [r7], #4\n str r7, [sp, #8]\n" \
  "ldr r8, [sp, #12]\n cmp r7, r8\n bne 6b\n"                                          \
  "add sp, #24\n pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"
/* clang-format on */

static count_rows_t differences_in_rows __attribute__((naked, noinline));
static count_rows_t common_in_rows __attribute__((naked, noinline));

#define UNUSED __attribute__((unused))

static void differences_in_rows(UNUSED adiabit_stored_t *weights, UNUSED const uint32_t *plane, UNUSED uint32_t *sums,
                                UNUSED uint32_t *end, UNUSED uint32_t words) {
  __asm__(".syntax unified\n" COUNT_ROWS("eor"));
}

static void common_in_rows(UNUSED adiabit_stored_t *weights, UNUSED const uint32_t *plane, UNUSED uint32_t *sums,
                           UNUSED uint32_t *end, UNUSED uint32_t words) {
  __asm__(".syntax unified\n" COUNT_ROWS("and"));
}

static void differences(const adiabit_rows_t *rows, const uint32_t *planes, uint32_t plane_count) {
  differences_in_pieces(rows, planes, plane_count, differences_in_rows);
}

static void common(const adiabit_rows_t *rows, const uint32_t *bits) {
  common_in_pieces(rows, bits, common_in_rows);
}

const adiabit_kernel_t adiabit_kernel_thumb2_sums = {
    .differences = differences,
    .common = common,
    .build_sums = adiabit_build_sums,
    .differences_in_sums = adiabit_differences_in_sums,
};

#else
typedef int adiabit_kernel_without_dsp; /* ISO C wants something in every file */
#endif
