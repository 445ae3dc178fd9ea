#include "adiabit_scale.h"

uint8_t adiabit_scale_value(const adiabit_scale_t *scale, int32_t value) {
  /* At most 2^62 - 2^30 in magnitude; the half adds at most 2^61. */
  int64_t scaled = ((int64_t)value - scale->offset) * scale->multiplier;
  if (scale->shift > 0u) scaled += (int64_t)(UINT64_C(1) << (scale->shift - 1u));
  /* Whatever is below 0 becomes 0, so nothing negative is shifted: C leaves that to the compiler. */
  if (scaled < 0) return 0;
  const uint64_t byte = (uint64_t)scaled >> scale->shift;
  return (uint8_t)(byte > 255u ? 255u : byte);
}

void adiabit_scale_values(const adiabit_scale_t *scales, uint32_t channels, const int32_t *values, uint32_t count,
                          uint8_t *bytes) {
  uint32_t channel = 0;
  for (uint32_t index = 0; index < count; index++) {
    bytes[index] = adiabit_scale_value(&scales[channel], values[index]);
    channel = channel + 1u < channels ? channel + 1u : 0u;
  }
}
