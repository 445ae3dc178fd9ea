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

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_stored.h"

/* Consecutive rows of weights, and where their counts go. */
typedef struct {
  adiabit_stored_t *weights; /* `count` x `words` words aligned to four */
  uint32_t words;
  uint32_t count; /* at most ADIABIT_ROWS */
  uint32_t *sums;
} adiabit_rows_t;

/* The number of rows that are counted together: their output bits fill a word of the core. */
#if defined(__AVR__)
#define ADIABIT_ROWS 8u
#else
#define ADIABIT_ROWS 32u
#endif

/* The inner loops of a board. All kernels give the same numbers; each board has the one that is fastest on it. */
typedef struct {
  /* `planes`: `plane_count` x `words` words, plane 0 (the units) first. */
  void (*differences)(const adiabit_rows_t *rows, const uint32_t *planes, uint32_t plane_count);
  /* Counts the bits that are one in both. Layers multiply unsigned bits this way. */
  void (*common)(const adiabit_rows_t *rows, const uint32_t *bits);
  /*
   * For inputs of several bits, tables of all sums of a few neighbours, built once an inference and shared by all
   * neurons (adiabit_kernel_sums.c). NULL: bit planes always; they are also what is done when the tables do not fit.
   */
  void (*build_sums)(uint32_t *tables, const uint8_t *values, uint32_t count, uint32_t bits);
  void (*differences_in_sums)(const adiabit_rows_t *rows, const uint32_t *tables);
} adiabit_kernel_t;

/* An 8-bit core gains nothing from tables, and has no room for them. */
#if defined(__AVR__)
#define ADIABIT_HAS_SUMS 0
#else
#define ADIABIT_HAS_SUMS 1
#endif

/* Nor has it for those of convolutions (adiabit_layers_tables.h). */
#define ADIABIT_HAS_TABLES ADIABIT_HAS_SUMS

/* Memory for the tables of 32 inputs. */
#define ADIABIT_SUMS_BYTES_PER_WORD 896u

extern const adiabit_kernel_t
    adiabit_kernel_reference;                          /* one bit after the other: what the others are tested against */
extern const adiabit_kernel_t adiabit_kernel_popcount; /* the plain loop over words that benchmarks compare with */
extern const adiabit_kernel_t adiabit_kernel_carry_save; /* carry-save adders over words of 32 bits */
extern const adiabit_kernel_t adiabit_kernel_sums;       /* the same, and tables of sums */
extern const adiabit_kernel_t adiabit_kernel_bytes;      /* carry-save adders over bytes, for cores of 8 bits */

#if defined(__AVR__)
extern const adiabit_kernel_t adiabit_kernel_avr; /* a table of counts of bits, in assembly */
#endif

#if defined(__thumb__) && !defined(__thumb2__)
extern const adiabit_kernel_t adiabit_kernel_thumb;      /* carry-save adders for Cortex-M0 and M0+ */
extern const adiabit_kernel_t adiabit_kernel_thumb_sums; /* the same, and tables of sums */
#endif

#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
extern const adiabit_kernel_t adiabit_kernel_thumb2_sums; /* for Cortex-M4: carry-save adders, and tables of sums */
#endif

/* What kernels with tables share. */
void adiabit_build_sums(uint32_t *tables, const uint8_t *values, uint32_t count, uint32_t bits);
void adiabit_differences_in_sums(const adiabit_rows_t *rows, const uint32_t *tables);
void adiabit_common_carry_save(const adiabit_rows_t *rows, const uint32_t *bits);
void adiabit_differences_carry_save(const adiabit_rows_t *rows, const uint32_t *planes, uint32_t plane_count);

/* Gives the address of row `row`. */
static inline adiabit_stored_t *adiabit_row_at(const adiabit_rows_t *rows, uint32_t row) {
  return adiabit_stored_at(rows->weights, 4u * row * rows->words);
}

#endif /* ADIABIT_KERNEL_H */
