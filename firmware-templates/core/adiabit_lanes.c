#include "adiabit_lanes.h"

#include "adiabit_bytes.h"
#include "adiabit_carry_save.h"

#if ADIABIT_HAS_LANES

#if defined(__thumb__) && !defined(__thumb2__)

/* Assembly keeps its own line breaks. */
/* clang-format off */
/* A carry-save adder in six instructions, as in adiabit_kernel_thumb.c. */
#define ADD(s, a, b, carry)  \
  "eors " b ", " a "\n"      \
  "movs " carry ", " s "\n"  \
  "eors " carry ", " a "\n"  \
  "ands " carry ", " b "\n"  \
  "eors " carry ", " a "\n"  \
  "eors " s ", " b "\n"

/* Inverts a tap where its weight, the lowest bit of r1, is -1; a subtraction of a register from itself leaves the borrow. */
#define WEIGH(tap) "lsrs r1, #1\n sbcs r5, r5\n eors " tap ", r5\n"
#define LOAD_TWO "ldmia r0!, {r3, r4}\n" WEIGH("r3") WEIGH("r4")

/* Adds four taps; their carry of weight four ends in r4. */
#define ADD_FOUR                                   \
  LOAD_TWO ADD("r2", "r3", "r4", "r7")             \
  LOAD_TWO ADD("r2", "r3", "r4", "r6")             \
  "mov r5, r8\n" ADD("r5", "r7", "r6", "r4") "mov r8, r5\n"

/* Adds the carry in r6 to the counts from r3 on; it rarely goes to the end. */
#define RIPPLE(label)                                                          \
  "b " label "1f\n"                                                            \
  label "0: ldr r4, [r3]\n movs r5, r4\n ands r5, r6\n eors r4, r6\n"         \
  "stmia r3!, {r4}\n movs r6, r5\n"                                            \
  label "1: cmp r6, #0\n bne " label "0b\n"

/* A half adder: adds the word in r6 to a high register; the carry ends in r6. */
#define ADD_ONE(s) "mov r4, " s "\n movs r5, r4\n ands r5, r6\n eors r4, r6\n mov " s ", r4\n movs r6, r5\n"

/* Adds eight taps; their carry of weight eight ends in r6. */
#define ADD_EIGHT \
  ADD_FOUR "mov lr, r4\n" ADD_FOUR "mov r7, lr\n mov r5, r9\n" ADD("r5", "r7", "r4", "r6") "mov r9, r5\n"

/*
 * Taps are at r0, the weights of this word in r1, ones in r2, twos in r8, fours in r9, and the eights on at r10. The next
 * word of weights is at r11; r12 columns are left. Whole words go by halves, whose two carries are added in one go.
 */
#define UNUSED __attribute__((unused))
__attribute__((naked)) void adiabit_count_lanes(UNUSED const uint32_t *taps, UNUSED adiabit_stored_t *row,
                                                UNUSED uint32_t *counts, UNUSED uint32_t columns) {
  __asm__(".syntax unified\n"
      "push {r4, r5, r6, r7, lr}\n"
      "mov r4, r8\n mov r5, r9\n mov r6, r10\n mov r7, r11\n push {r4, r5, r6, r7}\n"
      "sub sp, #8\n mov r11, r1\n mov r12, r3\n adds r2, #12\n mov r10, r2\n"
      "movs r2, #0\n mov r8, r2\n mov r9, r2\n"
      "1: mov r3, r12\n subs r3, #32\n bhs 0f\n b 4f\n 0: mov r12, r3\n"
      "mov r4, r11\n ldmia r4!, {r1}\n mov r11, r4\n movs r3, #2\n"
      "2: str r3, [sp, #4]\n"
      ADD_EIGHT "str r6, [sp]\n"
      ADD_EIGHT "ldr r7, [sp]\n mov r3, r10\n ldr r4, [r3]\n" ADD("r4", "r7", "r6", "r5")
      "stmia r3!, {r4}\n movs r6, r5\n"
      RIPPLE("3")
      "ldr r3, [sp, #4]\n subs r3, #1\n bne 0f\n b 1b\n 0: b 2b\n"
      "4: mov r3, r12\n cmp r3, #0\n bne 5f\n b 9f\n"
      "5: mov r4, r11\n ldr r1, [r4]\n"
      "6: subs r3, #8\n blo 7f\n mov r12, r3\n"
      ADD_EIGHT "mov r3, r10\n"
      RIPPLE("2")
      "mov r3, r12\n b 6b\n"
      "7: adds r3, #8\n mov r12, r3\n"
      "8: mov r3, r12\n subs r3, #1\n blo 9f\n mov r12, r3\n"
      "ldmia r0!, {r6}\n" WEIGH("r6")
      "movs r5, r2\n ands r5, r6\n eors r2, r6\n movs r6, r5\n"
      ADD_ONE("r8") ADD_ONE("r9") "mov r3, r10\n"
      RIPPLE("4")
      "b 8b\n"
      "9: mov r1, r10\n subs r1, #12\n mov r3, r8\n mov r4, r9\n stmia r1!, {r2, r3, r4}\n"
      "add sp, #8\n pop {r4, r5, r6, r7}\n mov r8, r4\n mov r9, r5\n mov r10, r6\n mov r11, r7\n"
      "pop {r4, r5, r6, r7, pc}\n");
}
/* clang-format on */

#else

/* Inverts a tap where its weight is -1, and goes on to the next weight. */
static inline uint32_t weighed(uint32_t tap, uint32_t *weights) {
  const uint32_t inverted = tap ^ ((*weights & 1u) - 1u);
  *weights >>= 1;
  return inverted;
}

/* Adds a carry to the words of the counts from the eights on; it rarely goes far. */
static inline void ripple(uint32_t *counts, uint32_t carry) {
  for (; carry != 0u; counts++) carry = adiabit_half_add(counts, carry);
}

/* Adds four taps and gives their carry of weight four. */
static inline uint32_t add_four(const uint32_t *tap, uint32_t *weights, uint32_t *ones, uint32_t *twos) {
  uint32_t first = weighed(tap[0], weights);
  const uint32_t carry = adiabit_carry_save(ones, first, weighed(tap[1], weights));
  first = weighed(tap[2], weights);
  return adiabit_carry_save(twos, carry, adiabit_carry_save(ones, first, weighed(tap[3], weights)));
}

void adiabit_count_lanes(const uint32_t *taps, adiabit_stored_t *row, uint32_t *counts, uint32_t columns) {
  adiabit_words_t words = adiabit_words_at(row);
  uint32_t ones = 0;
  uint32_t twos = 0;
  uint32_t fours = 0;
  while (columns > 0u) {
    uint32_t weights = adiabit_words_next(&words);
    uint32_t piece = columns < 32u ? columns : 32u;
    columns -= piece;
    for (; piece >= 8u; piece -= 8u, taps += 8) {
      const uint32_t first = add_four(taps, &weights, &ones, &twos);
      ripple(counts + 3, adiabit_carry_save(&fours, first, add_four(taps + 4, &weights, &ones, &twos)));
    }
    for (; piece > 0u; piece--, taps++) {
      const uint32_t carry = adiabit_half_add(&twos, adiabit_half_add(&ones, weighed(*taps, &weights)));
      ripple(counts + 3, adiabit_half_add(&fours, carry));
    }
  }
  counts[0] = ones;
  counts[1] = twos;
  counts[2] = fours;
}

#endif

#else
typedef int adiabit_lanes_are_left_out; /* ISO C wants something in every file */
#endif
