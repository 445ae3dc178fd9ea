import type { Preparation } from '../../network/preparation.js';

/** The function that decodes a byte of a mu-law example (ITU-T Recommendation G.711, table 2). */
const MU_LAW = `static int64_t sample_of(uint8_t byte) {
  const uint32_t inverted = (uint8_t)~byte;
  const int64_t magnitude = (int64_t)((((inverted & 15u) << 3) + 132u) << ((inverted >> 4) & 7u)) - 132;
  return inverted >= 128u ? -magnitude : magnitude;
}`;

const LINEAR = `static int64_t sample_of(uint8_t byte) {
  return byte;
}`;

/**
 * Writes the function that prepares an example, in the integers of `prepared` in simulator/src/network/preparation.ts.
 */
export function* preparationOf({ samples, steps }: Preparation, count: number): Generator<string> {
  yield* (samples === 'muLaw' ? MU_LAW : LINEAR).split('\n');
  yield '';
  yield* `/* Samples, less their mean, in steps of a fraction of their standard deviation, around 128. */
static void prepare(const uint8_t *example, uint8_t *values) {
  int64_t sum = 0;
  uint64_t squares = 0;
  for (uint32_t index = 0; index < ${count}u; index++) {
    const int64_t sample = sample_of(example[index]);
    sum += sample;
    squares += (uint64_t)(sample * sample);
  }
  uint64_t rest = ${count}u * squares - (uint64_t)sum * (uint64_t)sum;
  if (rest == 0u) {
    memset(values, 128, ${count}u);
    return;
  }
  uint32_t shift = 47;
  for (; rest < UINT64_C(1) << 62; rest <<= 2) shift--;
  uint64_t root = 0;
  for (uint64_t bit = UINT64_C(1) << 62; bit != 0u; bit >>= 2) {
    const int fits = rest >= root + bit;
    if (fits) rest -= root + bit;
    root = (root >> 1) + (fits ? bit : 0u);
  }
  const int64_t factor = (int64_t)((UINT64_C(${steps}) << 35) / root);
  const int64_t half = (int64_t)(UINT64_C(1) << (shift - 1u));
  for (uint32_t index = 0; index < ${count}u; index++) {
    const int64_t scaled = (${count} * sample_of(example[index]) - sum) * factor + half;
    const int64_t value = (scaled < 0 ? ~(~scaled >> shift) : scaled >> shift) + 128;
    values[index] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
  }
}`.split('\n');
  yield '';
}
