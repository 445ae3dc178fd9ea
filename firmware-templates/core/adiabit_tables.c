#include "adiabit_tables.h"

#if ADIABIT_EVERY_LAYER && ADIABIT_HAS_TABLES

/* So many blocks, 240 inputs, are summed in bytes at most. */
#define SEGMENT 8u

#if defined(__thumb__) && !defined(__thumb2__)

/* Assembly keeps its own line breaks. */
/* clang-format off */
/*
 * The table of the next chunk is at r0, the chunks of the block at r1; r2 has a one in each bit of the low half of each
 * byte, r7 the bytes of a table. An entry, or the sum of three, is in r3 and r4, the sums in r8 to r11; the chunks end at
 * r12.
 */
#define FIRST(chunk) "ldrb r5, [r1, #" chunk "]\n adds r5, r0\n ldmia r5!, {r3, r4}\n adds r0, r7\n"
#define NEXT(chunk) "ldrb r5, [r1, #" chunk "]\n adds r5, r0\n ldmia r5, {r5, r6}\n adds r0, r7\n adds r3, r5\n adds r4, r6\n"
#define WIDEN(word, low, high) \
  "movs r5, " word "\n ands r5, r2\n add " low ", r5\n lsrs " word ", #4\n ands " word ", r2\n add " high ", " word "\n"
#define ADD_THREE(first, second, third) \
  FIRST(first) NEXT(second) NEXT(third) WIDEN("r3", "r8", "r9") WIDEN("r4", "r10", "r11")
#define ADD_BLOCKS \
  "ldr r2, =0x0F0F0F0F\n movs r7, #255\n adds r7, #1\n" \
  "1:\n" ADD_THREE("0", "1", "2") ADD_THREE("3", "4", "5") "adds r1, #6\n cmp r1, r12\n bne 1b\n"

/* What both functions start with: the groups from r0 on, their end in lr, the end of the chunks in r12. The stack has
 * the chunks, where the channels go, and the number of blocks. */
#define BEGIN \
  "push {r4, r5, r6, r7, lr}\n mov r4, r8\n mov r5, r9\n mov r6, r10\n mov r7, r11\n push {r4, r5, r6, r7}\n" \
  "ldmia r0!, {r4, r5, r6}\n push {r1, r2, r6}\n movs r0, r4\n mov lr, r5\n movs r4, #6\n muls r6, r4\n adds r6, r1\n" \
  "mov r12, r6\n"
/* Stores the 16 bits in r3, and goes back to the next group, if there is one. */
#define END(group) \
  "ldr r5, [sp, #4]\n strh r3, [r5]\n adds r5, #2\n str r5, [sp, #4]\n cmp r0, lr\n beq 0f\n b " group "b\n" \
  "0: add sp, #12\n pop {r4, r5, r6, r7}\n mov r8, r4\n mov r9, r5\n mov r10, r6\n mov r11, r7\n" \
  "pop {r4, r5, r6, r7, pc}\n .ltorg\n"

/* Puts the highest bits of the four bytes of r4 below those in r3: multiplied by r7 they become its four highest. */
#define SIGNS "muls r4, r7\n lsrs r4, #28\n lsls r3, #4\n orrs r3, r4\n"
#define SIGNS_OF_BYTES(sum) "mov r4, " sum "\n ands r4, r2\n" SIGNS
/* The same of two words of halves, the last below r1. */
#define SIGNS_OF_HALVES \
  "subs r1, #8\n ldr r4, [r1]\n ldr r5, [r1, #4]\n ands r4, r2\n lsrs r4, #8\n ands r5, r2\n orrs r4, r5\n" SIGNS

/* Adds the bytes of a sum to two words of halves, from r3 on. */
#define ADD_TO_HALVES(sum) \
  "mov r4, " sum "\n lsrs r5, r4, #8\n ands r4, r2\n ands r5, r2\n ldr r6, [r3]\n adds r4, r6\n" \
  "ldr r6, [r3, #4]\n adds r5, r6\n stmia r3!, {r4, r5}\n"

#define UNUSED __attribute__((unused))
__attribute__((naked)) void adiabit_fire_in_bytes(UNUSED const adiabit_groups_t *groups, UNUSED const uint8_t *chunks,
                                                  UNUSED uint8_t *fired) {
  __asm__(".syntax unified\n" BEGIN
      "2: ldr r1, [sp]\n"
      "ldmia r0!, {r4, r5, r6, r7}\n mov r8, r4\n mov r9, r5\n mov r10, r6\n mov r11, r7\n adds r0, #16\n"
      ADD_BLOCKS
      "ldr r2, =0x80808080\n ldr r7, =0x00204081\n movs r3, #0\n"
      SIGNS_OF_BYTES("r11") SIGNS_OF_BYTES("r10") SIGNS_OF_BYTES("r9") SIGNS_OF_BYTES("r8")
      END("2"));
}

/* Above the rest the stack has the number of blocks left and eight words of halves. */
__attribute__((naked)) void adiabit_fire_in_halves(UNUSED const adiabit_groups_t *groups, UNUSED const uint8_t *chunks,
                                                   UNUSED uint8_t *fired) {
  __asm__(".syntax unified\n" BEGIN
      "4: ldr r1, [sp]\n ldr r2, [sp, #8]\n sub sp, #36\n add r3, sp, #4\n"
      "ldmia r0!, {r4, r5, r6, r7}\n stmia r3!, {r4, r5, r6, r7}\n"
      "ldmia r0!, {r4, r5, r6, r7}\n stmia r3!, {r4, r5, r6, r7}\n"
      "2: movs r4, #8\n cmp r2, #8\n bhs 3f\n movs r4, r2\n"
      "3: subs r2, r4\n str r2, [sp]\n"
      "movs r5, #6\n muls r4, r5\n adds r4, r1\n mov r12, r4\n"
      "movs r4, #0\n mov r8, r4\n mov r9, r4\n mov r10, r4\n mov r11, r4\n"
      ADD_BLOCKS
      "add r3, sp, #4\n ldr r2, =0x00FF00FF\n"
      ADD_TO_HALVES("r8") ADD_TO_HALVES("r9") ADD_TO_HALVES("r10") ADD_TO_HALVES("r11")
      "ldr r2, [sp]\n cmp r2, #0\n beq 5f\n b 2b\n"
      "5: add r1, sp, #36\n ldr r2, =0x80008000\n ldr r7, =0x00204081\n movs r3, #0\n"
      SIGNS_OF_HALVES SIGNS_OF_HALVES SIGNS_OF_HALVES SIGNS_OF_HALVES
      "add sp, #36\n" END("4"));
}
/* clang-format on */

#else

#define SUM_WORDS 4u
#define LOW_HALVES 0x0F0F0F0Fu
#define LOW_BYTES 0x00FF00FFu

/* Adds the entries of blocks to sums in bytes. */
static void add_blocks(const uint32_t *table, const uint8_t *chunks, uint32_t blocks, uint32_t *sums) {
  for (const uint8_t *end = chunks + ADIABIT_BLOCK * blocks; chunks != end;) {
    uint32_t first = 0;
    uint32_t second = 0;
    for (uint32_t count = 3; count > 0u; count--, table += ADIABIT_TABLE_WORDS) {
      const uint32_t *entry = table + *chunks++ / 4u;
      first += entry[0];
      second += entry[1];
    }
    sums[0] += first & LOW_HALVES;
    sums[1] += (first >> 4) & LOW_HALVES;
    sums[2] += second & LOW_HALVES;
    sums[3] += (second >> 4) & LOW_HALVES;
  }
}

/* Tells the highest bits of the four bytes of a word: multiplied so, they become its four highest bits. */
static inline uint32_t signs_of(uint32_t word) {
  return ((word & 0x80808080u) * 0x00204081u) >> 28;
}

/* Sums of a group in bytes. */
static uint32_t fired_in_bytes(const uint32_t *group, const uint8_t *chunks, uint32_t blocks) {
  uint32_t sums[SUM_WORDS] = {group[0], group[1], group[2], group[3]};
  add_blocks(group + ADIABIT_START_WORDS, chunks, blocks, sums);
  return signs_of(sums[0]) | signs_of(sums[1]) << 4 | signs_of(sums[2]) << 8 | signs_of(sums[3]) << 12;
}

/* Sums of a group in halves, to which those in bytes are added before they overflow. */
static uint32_t fired_in_halves(const uint32_t *group, const uint8_t *chunks, uint32_t blocks) {
  const uint32_t *table = group + ADIABIT_START_WORDS;
  uint32_t halves[2u * SUM_WORDS];
  for (uint32_t word = 0; word < 2u * SUM_WORDS; word++) halves[word] = group[word];
  for (uint32_t count = 0; blocks > 0u; blocks -= count) {
    uint32_t sums[SUM_WORDS] = {0};
    count = blocks < SEGMENT ? blocks : SEGMENT;
    add_blocks(table, chunks, count, sums);
    for (uint32_t word = 0; word < SUM_WORDS; word++) {
      halves[2u * word] += sums[word] & LOW_BYTES;
      halves[2u * word + 1u] += (sums[word] >> 8) & LOW_BYTES;
    }
    table += count * ADIABIT_BLOCK * ADIABIT_TABLE_WORDS;
    chunks += count * ADIABIT_BLOCK;
  }
  uint32_t fired = 0;
  for (uint32_t word = SUM_WORDS; word-- > 0u;) {
    const uint32_t low = (halves[2u * word] >> 8) & 0x00800080u;
    fired = fired << 4 | signs_of(low | (halves[2u * word + 1u] & 0x80008000u));
  }
  return fired;
}

static uint8_t *put_fired(uint8_t *to, uint32_t fired) {
  to[0] = (uint8_t)fired;
  to[1] = (uint8_t)(fired >> 8);
  return to + 2;
}

static uint32_t words_of(const adiabit_groups_t *groups) {
  return ADIABIT_START_WORDS + groups->blocks * ADIABIT_BLOCK * ADIABIT_TABLE_WORDS;
}

void adiabit_fire_in_bytes(const adiabit_groups_t *groups, const uint8_t *chunks, uint8_t *fired) {
  for (const uint32_t *group = groups->first; group != groups->end; group += words_of(groups)) {
    fired = put_fired(fired, fired_in_bytes(group, chunks, groups->blocks));
  }
}

void adiabit_fire_in_halves(const adiabit_groups_t *groups, const uint8_t *chunks, uint8_t *fired) {
  for (const uint32_t *group = groups->first; group != groups->end; group += words_of(groups)) {
    fired = put_fired(fired, fired_in_halves(group, chunks, groups->blocks));
  }
}

#endif

#else
typedef int adiabit_tables_are_left_out; /* ISO C wants something in every file */
#endif
