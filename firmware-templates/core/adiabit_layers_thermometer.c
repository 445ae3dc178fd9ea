/*
 * Thermometers: every value of the input becomes a bit for each threshold of its channel. Bits of bytes are packed
 * without a call for each; every loop is a function of its own so that it has all registers.
 */
#include "adiabit_layers_run.h"

#if ADIABIT_EVERY_LAYER

#include <string.h>

/* Doubles `bits`, and adds 1 if the value has reached the threshold. */
static inline uint32_t with_bit(uint32_t bits, uint32_t value, uint32_t threshold) {
#if defined(__thumb__)
  __asm__(".syntax unified\n cmp %[value], %[threshold]\n adcs %[bits], %[bits]\n"
          : [bits] "+l"(bits)
          : [value] "l"(value), [threshold] "l"(threshold)
          : "cc");
  return bits;
#else
  return 2u * bits + (value >= threshold ? 1u : 0u);
#endif
}

/* Where room is short, one loop does for all. */
#if defined(__AVR__)
#define HAS_SHORT_WAYS 0
#else
#define HAS_SHORT_WAYS 1
#endif

#if HAS_SHORT_WAYS
static uint32_t threshold_at(const adiabit_run_t *run, uint32_t index) {
  return adiabit_load_word(adiabit_stored_at(run->constants, 4u * index));
}

/* Compares all bytes with one threshold. */
static ADIABIT_NOT_INLINE void pack_alike(const uint8_t *values, uint32_t count, uint32_t threshold, uint32_t *words) {
  for (; count > 0u; words++) {
    const uint32_t piece = count < 32u ? count : 32u;
    const uint8_t *value = values + piece;
    uint32_t bits = 0;
    while (value != values + piece / 4u * 4u) bits = with_bit(bits, *--value, threshold);
    while (value != values) {
      value -= 4;
      bits = with_bit(bits, value[3], threshold);
      bits = with_bit(bits, value[2], threshold);
      bits = with_bit(bits, value[1], threshold);
      bits = with_bit(bits, value[0], threshold);
    }
    *words = bits;
    values += piece;
    count -= piece;
  }
}

/* Compares each byte with a threshold of its own. */
static ADIABIT_NOT_INLINE void pack_each(const uint8_t *values, uint32_t count, adiabit_stored_t *thresholds,
                                         uint32_t *words) {
  for (; count > 0u; words++) {
    const uint32_t piece = count < 32u ? count : 32u;
    const uint8_t *value = values + piece;
    thresholds = adiabit_stored_at(thresholds, 4u * piece);
    adiabit_stored_t *threshold = thresholds;
    uint32_t bits = 0;
    while (value != values) {
      threshold -= 4;
      bits = with_bit(bits, *--value, adiabit_load_word(threshold));
    }
    *words = bits;
    values += piece;
    count -= piece;
  }
}

/* Lists the bits of every byte, at most 8 each: the lowest level is the lowest bit. */
static void build_codes(const adiabit_run_t *run, uint8_t *codes, uint32_t levels) {
  memset(codes, 0, ADIABIT_CODES);
  for (uint32_t level = 0; level < levels; level++) {
    const uint32_t bit = 1u << level;
    for (uint32_t value = threshold_at(run, level); value < ADIABIT_CODES; value++) {
      codes[value] = (uint8_t)(codes[value] | bit);
    }
  }
}

/* Looks the bits of bytes up. */
static ADIABIT_NOT_INLINE void pack_codes(const uint8_t *values, uint32_t count, const uint8_t *codes, uint32_t levels,
                                          uint32_t *words) {
  uint32_t word = 0;
  uint32_t at = 0;
  for (const uint8_t *end = values + count; values != end; values++) {
    const uint32_t bits = codes[*values];
    word |= bits << at;
    at += levels;
    if (at < 32u) continue;
    *words++ = word;
    at -= 32u;
    word = at == 0u ? 0u : bits >> (levels - at);
  }
  if (at > 0u) *words = word;
}

/* Packs bytes of one channel, or of one place. False if they are others. */
static bool pack_shortly(const adiabit_run_t *run, uint32_t places, uint32_t levels, uint32_t *words) {
  const uint32_t channels = run->layer->input.channels;
  const uint8_t *values = run->values.bytes;
  if (channels == 1u && levels == 1u) {
    pack_alike(values, places, threshold_at(run, 0), words);
  } else if (levels == 1u && places == 1u) {
    pack_each(values, channels, run->constants, words);
  } else if (channels == 1u && levels <= 8u && places >= ADIABIT_CODES / 2u && run->spare_words >= ADIABIT_CODES / 4u) {
    build_codes(run, (uint8_t *)run->spare, levels);
    pack_codes(values, places, (const uint8_t *)run->spare, levels, words);
  } else {
    return false;
  }
  return true;
}
#endif

/* Compares the bytes of all places with the thresholds of their channels, at most 32 each. */
static ADIABIT_NOT_INLINE void pack_levels(const adiabit_run_t *run, uint32_t places, uint32_t levels,
                                           uint32_t *words) {
  const uint8_t *values = run->values.bytes;
  uint32_t word = 0;
  uint32_t at = 0;
  for (; places > 0u; places--) {
    adiabit_stored_t *thresholds = run->constants;
    for (const uint8_t *end = values + run->layer->input.channels; values != end; values++) {
      const uint32_t value = *values;
      thresholds = adiabit_stored_at(thresholds, 4u * levels);
      adiabit_stored_t *threshold = thresholds;
      uint32_t bits = 0;
      for (uint32_t left = levels; left > 0u; left--) {
        threshold -= 4;
        bits = with_bit(bits, value, adiabit_load_word(threshold));
      }
      word |= bits << at;
      at += levels;
      if (at < 32u) continue;
      *words++ = word;
      at -= 32u;
      word = at == 0u ? 0u : bits >> (levels - at);
    }
  }
  if (at > 0u) *words = word;
}

/* Packs the bits of bytes. False if there are too many levels for that. */
static bool pack_bytes(const adiabit_run_t *run) {
  const adiabit_shape_t *input = &run->layer->input;
  const uint32_t places = input->height * input->width;
  const uint32_t levels = run->layer->output.channels / input->channels;
  uint32_t *words = (uint32_t *)(void *)run->writer.bytes;
  if (levels > 32u) return false;
#if HAS_SHORT_WAYS
  if (pack_shortly(run, places, levels, words)) return true;
#endif
  pack_levels(run, places, levels, words);
  return true;
}

void adiabit_run_thermometer(adiabit_run_t *run) {
  if (run->values.form == ADIABIT_VALUE_FORM_U8 && pack_bytes(run)) return;
  const adiabit_layer_t *layer = run->layer;
  const uint32_t values = adiabit_values_in(&layer->input);
  const uint32_t levels = layer->output.channels / layer->input.channels;
  for (uint32_t index = 0; index < values; index++) {
    const uint32_t value = (uint32_t)adiabit_value(&run->values, index);
    const uint32_t first = index % layer->input.channels * levels;
    for (uint32_t level = 0; level < levels; level++) adiabit_run_put(run, first + level, &value, 1);
  }
}

#else
typedef int adiabit_layers_have_no_thermometer; /* ISO C wants something in every file */
#endif
