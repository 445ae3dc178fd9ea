/*
 * Carry-save adders: 32 columns are counted at once, each in binary. An adder takes three words of equal weight and
 * leaves a word of that weight (sum) and one of twice the weight (carry): five logical operations without any carry
 * chain (Harley and Seal; see Warren, Hacker's Delight, 2nd edition, section 5-1).
 */
#ifndef ADIABIT_CARRY_SAVE_H
#define ADIABIT_CARRY_SAVE_H

#include <stdint.h>

/* Adds three words bit by bit: `sum` becomes the sum, the result is the carry. */
static inline uint32_t adiabit_carry_save(uint32_t *sum, uint32_t first, uint32_t second) {
  const uint32_t half = *sum ^ first;
  const uint32_t carry = (*sum & first) | (half & second);
  *sum = half ^ second;
  return carry;
}

/* Adds two words bit by bit in the same way. */
static inline uint32_t adiabit_half_add(uint32_t *sum, uint32_t word) {
  const uint32_t carry = *sum & word;
  *sum ^= word;
  return carry;
}

#endif /* ADIABIT_CARRY_SAVE_H */
