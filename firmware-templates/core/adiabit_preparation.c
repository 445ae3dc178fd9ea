/*
 * Samples, less their mean, in steps of a fraction of their standard deviation, in integers. With n samples x, their
 * sum S, the sum of their squares Q and V = n Q - S^2:
 *
 *     e      = the largest number with V * 4^e < 2^64
 *     root   = floor(sqrt(V * 4^e))
 *     factor = floor(steps * 2^35 / root)
 *     value  = floor(((n x - S) * factor + 2^(46 - e)) / 2^(47 - e)) + 128, held within 0 and 255
 *
 * With at most 2^17 samples of 16 bits, n Q stays below 2^64 and the product below 2^63.
 */
#include "adiabit_preparation.h"

#if ADIABIT_EVERY_LAYER

#include <string.h>

#include "adiabit_bytes.h"

#define MAX_COUNT (UINT32_C(1) << 17)
#define MAX_STEPS (UINT32_C(128) << 12)
#define FACTOR_BITS 35u
#define SHIFT (FACTOR_BITS + 12u)
#define MIDDLE 128
#define MU_LAW_BIAS 132u

static adiabit_stored_t *preparation_of(const adiabit_circuit_t *circuit) {
  return adiabit_stored_at(circuit->program, circuit->preparation_offset);
}

bool adiabit_preparation_check(const adiabit_circuit_t *circuit) {
  adiabit_stored_t *preparation = preparation_of(circuit);
  const uint32_t steps = adiabit_read_u32(preparation + ADIABIT_PREPARATION_OFFSET_STEPS);
  return preparation[ADIABIT_PREPARATION_OFFSET_KIND] == ADIABIT_PREPARATION_KIND_STANDARDIZE &&
         preparation[ADIABIT_PREPARATION_OFFSET_SAMPLES] <= ADIABIT_SAMPLE_ENCODING_MU_LAW &&
         adiabit_read_u16(preparation + ADIABIT_PREPARATION_OFFSET_RESERVED) == 0u && steps >= 1u &&
         steps <= MAX_STEPS && circuit->input_bits == 8u && circuit->input_count <= MAX_COUNT;
}

/*
 * Gives the sample of a byte: the byte itself, or G.711 mu-law (ITU-T Recommendation G.711, table 2), -32,124 to
 * 32,124.
 */
static int32_t sample_of(uint8_t byte, bool mu_law) {
  if (!mu_law) return byte;
  const uint8_t inverted = (uint8_t)~byte;
  const uint32_t step = ((inverted & 15u) << 3) + MU_LAW_BIAS;
  const int32_t magnitude = (int32_t)((step << ((inverted >> 4) & 7u)) - MU_LAW_BIAS);
  return inverted >= 128u ? -magnitude : magnitude;
}

/* Gives the largest integer whose square is at most `square`, bit by bit from the highest one. */
static uint32_t square_root(uint64_t square) {
  uint64_t root = 0;
  uint64_t rest = square;
  for (uint64_t bit = UINT64_C(1) << 62; bit != 0u; bit >>= 2) {
    const bool fits = rest >= root + bit;
    if (fits) rest -= root + bit;
    root = (root >> 1) + (fits ? bit : 0u);
  }
  return (uint32_t)root;
}

/*
 * Divides where the quotient is below 2^24, as it is with a divisor from 2^31 on. The compiler's own division of 64
 * bits takes a kilobyte on many cores.
 */
static uint32_t divided(uint64_t rest, uint32_t divisor) {
  uint32_t quotient = 0;
  for (uint8_t bit = 24; bit-- > 0u;) {
    const uint64_t part = (uint64_t)divisor << bit;
    if (rest < part) continue;
    rest -= part;
    quotient |= UINT32_C(1) << bit;
  }
  return quotient;
}

/* Shifts and rounds down, for either sign. In C that is up to the compiler. */
static int64_t shifted_right(int64_t value, uint8_t shift) {
  return value < 0 ? ~(~value >> shift) : value >> shift;
}

void adiabit_prepare(const adiabit_circuit_t *circuit, const uint8_t *example, uint8_t *values) {
  adiabit_stored_t *preparation = preparation_of(circuit);
  const bool mu_law = preparation[ADIABIT_PREPARATION_OFFSET_SAMPLES] == ADIABIT_SAMPLE_ENCODING_MU_LAW;
  const uint32_t count = circuit->input_count;
  int64_t sum = 0;
  uint64_t squares = 0;
  for (uint32_t index = 0; index < count; index++) {
    const int32_t sample = sample_of(example[index], mu_law);
    sum += sample;
    squares += (uint64_t)((int64_t)sample * sample);
  }
  /* The products wrap modulo 2^64; their difference fits. */
  uint64_t variance = (uint64_t)count * squares - (uint64_t)sum * (uint64_t)sum;
  if (variance == 0u) {
    memset(values, MIDDLE, (size_t)count);
    return;
  }
  uint8_t shift = SHIFT;
  for (; variance < UINT64_C(1) << 62; variance <<= 2) shift--;
  const uint32_t steps = adiabit_read_u32(preparation + ADIABIT_PREPARATION_OFFSET_STEPS);
  const int64_t factor = (int64_t)divided((uint64_t)steps << FACTOR_BITS, square_root(variance));
  const int64_t half = (int64_t)(UINT64_C(1) << (shift - 1u));
  for (uint32_t index = 0; index < count; index++) {
    const int64_t distance = (int64_t)count * sample_of(example[index], mu_law) - sum;
    const int64_t value = shifted_right(distance * factor + half, shift) + MIDDLE;
    values[index] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
  }
}

#else
typedef int adiabit_inputs_are_not_prepared; /* ISO C wants something in every file */
#endif
