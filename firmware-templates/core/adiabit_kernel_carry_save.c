#include "adiabit_bytes.h"
#include "adiabit_kernel.h"

/*
 * Small microcontrollers have no popcount instruction, and counting the bits of every word costs more than all the
 * rest. Instead 32 columns are counted at once: a carry-save adder takes three words of equal weight and leaves a
 * word of that weight (sum) and one of twice the weight (carry), five logical operations without any carry chain.
 * Eight words shrink to one word of weight eight, which is the only one whose bits are counted (Harley and Seal; see
 * Warren, Hacker's Delight, 2nd edition, section 5-1). What is left in ones, twos and fours is counted at the end.
 */

static inline uint32_t count_bits(uint32_t word) {
  word -= (word >> 1) & 0x55555555u;
  word = (word & 0x33333333u) + ((word >> 2) & 0x33333333u);
  word = (word + (word >> 4)) & 0x0F0F0F0Fu;
  return (word * 0x01010101u) >> 24;
}

/* sum becomes the sum of three words, the result is the carry. */
static inline uint32_t carry_save(uint32_t *sum, uint32_t first, uint32_t second) {
  const uint32_t half = *sum ^ first;
  const uint32_t carry = (*sum & first) | (half & second);
  *sum = half ^ second;
  return carry;
}

static uint32_t count_plane(adiabit_stored_t *weights, const uint32_t *plane, uint32_t words) {
  uint32_t ones = 0;
  uint32_t twos = 0;
  uint32_t fours = 0;
  uint32_t eights_count = 0;
  while (words >= 8u) {
    const uint32_t twos_a =
        carry_save(&ones, adiabit_load_word(weights) ^ plane[0], adiabit_load_word(weights + 4) ^ plane[1]);
    const uint32_t twos_b =
        carry_save(&ones, adiabit_load_word(weights + 8) ^ plane[2], adiabit_load_word(weights + 12) ^ plane[3]);
    const uint32_t fours_a = carry_save(&twos, twos_a, twos_b);
    const uint32_t twos_c =
        carry_save(&ones, adiabit_load_word(weights + 16) ^ plane[4], adiabit_load_word(weights + 20) ^ plane[5]);
    const uint32_t twos_d =
        carry_save(&ones, adiabit_load_word(weights + 24) ^ plane[6], adiabit_load_word(weights + 28) ^ plane[7]);
    const uint32_t fours_b = carry_save(&twos, twos_c, twos_d);
    eights_count += count_bits(carry_save(&fours, fours_a, fours_b));
    weights += 32;
    plane += 8;
    words -= 8u;
  }
  uint32_t count = 8u * eights_count;
  while (words > 0u) {
    count += count_bits(adiabit_load_word(weights) ^ plane[0]);
    weights += 4;
    plane += 1;
    words -= 1u;
  }
  return count + 4u * count_bits(fours) + 2u * count_bits(twos) + count_bits(ones);
}

uint32_t adiabit_kernel_carry_save(adiabit_stored_t *weights, const uint32_t *planes, uint32_t words,
                                   uint32_t plane_count) {
  uint32_t sum = 0;
  for (uint32_t plane = 0; plane < plane_count; plane++) sum += count_plane(weights, planes + plane * words, words) << plane;
  return sum;
}
