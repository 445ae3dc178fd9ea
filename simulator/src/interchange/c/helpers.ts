/** Functions of the generated C that more than one layer may call. A file has only those that it needs. */
const HELPERS = {
  popcount: `/* Ones of a word (Hacker's Delight, figure 5-2). */
static uint32_t popcount(uint32_t word) {
  word -= (word >> 1) & 0x55555555u;
  word = (word & 0x33333333u) + ((word >> 2) & 0x33333333u);
  return (((word + (word >> 4)) & 0x0F0F0F0Fu) * 0x01010101u) >> 24;
}`,
  bit_at: `static int32_t bit_at(const uint32_t *bits, uint32_t index) {
  return (int32_t)((bits[index / 32u] >> (index % 32u)) & 1u);
}`,
  i16_at: `static int32_t i16_at(const uint32_t *values, uint32_t index) {
  int16_t value;
  memcpy(&value, (const uint8_t *)values + 2u * index, sizeof value);
  return value;
}`,
  put_i16: `static void put_i16(uint32_t *values, uint32_t index, int32_t value) {
  const int16_t half = (int16_t)value;
  memcpy((uint8_t *)values + 2u * index, &half, sizeof half);
}`,
  shifted_right: `/* Rounds down, whatever the sign; C leaves that to the compiler. */
static int32_t shifted_right(int32_t value, uint32_t shift) {
  return value < 0 ? ~(~value >> shift) : value >> shift;
}`,
  clamp: `static int32_t clamp(int32_t value, int32_t minimum, int32_t maximum) {
  if (value < minimum) return minimum;
  return value > maximum ? maximum : value;
}`,
} as const;

type Helper = keyof typeof HELPERS;

/** Writes the definitions of all helpers that `code` calls. */
export function* helpersOf(code: readonly string[]): Generator<string> {
  const text = code.join('\n');
  for (const name of Object.keys(HELPERS) as Helper[]) {
    if (!new RegExp(`\\b${name}\\(`).test(text)) continue;
    yield* HELPERS[name].split('\n');
    yield '';
  }
}
