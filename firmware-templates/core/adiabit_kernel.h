/*
 * The inner loop: how many bits of a row of weights differ from the input, summed over the bit planes.
 *
 * docs/formats/bitstream.md wants sum over planes b of 2^b * popcount(xnor(weights, plane b)) over the N real inputs.
 * Among N bits, those that agree and those that differ are N together:
 *
 *     popcount(xnor(w, p)) = N - popcount(w xor p)
 *
 * Padding bits are zero on both sides, so their xor is zero: with xor they never count, and no mask is needed. The
 * kernels therefore return sum of 2^b * popcount(w xor plane b), and the runner subtracts it from N * (2^planes - 1).
 */
#ifndef ADIABIT_KERNEL_H
#define ADIABIT_KERNEL_H

#include <stdint.h>

#include "adiabit_stored.h"

/* `weights`: `words` words aligned to four; `planes`: `plane_count` x `words` words, plane 0 (the units) first. */
typedef uint32_t (*adiabit_kernel_t)(adiabit_stored_t *weights, const uint32_t *planes, uint32_t words,
                                     uint32_t plane_count);

/* Carry-save adders over words of 32 bits. */
uint32_t adiabit_kernel_carry_save(adiabit_stored_t *weights, const uint32_t *planes, uint32_t words,
                                   uint32_t plane_count);

/* Carry-save adders over bytes, for cores of 8 bits. */
uint32_t adiabit_kernel_bytes(adiabit_stored_t *weights, const uint32_t *planes, uint32_t words, uint32_t plane_count);

/* One bit after the other: slow and obvious, what the others are tested against. */
uint32_t adiabit_kernel_reference(adiabit_stored_t *weights, const uint32_t *planes, uint32_t words,
                                  uint32_t plane_count);

#endif /* ADIABIT_KERNEL_H */
