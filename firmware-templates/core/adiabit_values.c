#include "adiabit_values.h"

#if ADIABIT_EVERY_LAYER

#include <string.h>

static int32_t number_at(const adiabit_values_t *values, uint32_t index) {
  int16_t half;
  int32_t word;
  switch (values->form) {
    case ADIABIT_VALUE_FORM_BITS:
      return (values->bytes[index / 8u] >> (index % 8u)) & 1;
    case ADIABIT_VALUE_FORM_U8:
      return values->bytes[index];
    case ADIABIT_VALUE_FORM_I8:
      return (int8_t)values->bytes[index];
    case ADIABIT_VALUE_FORM_I16:
      memcpy(&half, values->bytes + 2u * index, sizeof half);
      return half;
    case ADIABIT_VALUE_FORM_I32:
    default:
      memcpy(&word, values->bytes + 4u * index, sizeof word);
      return word;
  }
}

int32_t adiabit_value(const adiabit_values_t *values, uint32_t index) {
  const int32_t value = number_at(values, index);
  if (values->zero_points == NULL) return value;
  return value - (int32_t)*adiabit_stored_at(values->zero_points, index % values->channels);
}

void adiabit_values_put(adiabit_values_writer_t *writer, int32_t value) {
  const uint32_t index = writer->index++;
  const int16_t half = (int16_t)value;
  switch (writer->form) {
    case ADIABIT_VALUE_FORM_BITS:
      writer->word |= ((uint32_t)value & 1u) << (index % 32u);
      if (index % 32u == 31u) {
        memcpy(writer->bytes + index / 32u * 4u, &writer->word, 4);
        writer->word = 0;
      }
      break;
    case ADIABIT_VALUE_FORM_U8:
    case ADIABIT_VALUE_FORM_I8:
      writer->bytes[index] = (uint8_t)value;
      break;
    case ADIABIT_VALUE_FORM_I16:
      memcpy(writer->bytes + 2u * index, &half, sizeof half);
      break;
    case ADIABIT_VALUE_FORM_I32:
    default:
      memcpy(writer->bytes + 4u * index, &value, sizeof value);
      break;
  }
}

void adiabit_values_put_bits(adiabit_values_writer_t *writer, uint32_t bits, uint32_t count) {
  const uint8_t at = (uint8_t)(writer->index % 32u);
  writer->word |= bits << at;
  if (at + count >= 32u) {
    memcpy(writer->bytes + writer->index / 32u * 4u, &writer->word, 4);
    writer->word = at == 0u ? 0u : bits >> (32u - at);
  }
  writer->index += count;
}

uint32_t adiabit_bits_at(const uint32_t *words, uint32_t start, uint32_t count) {
  const uint8_t at = (uint8_t)(start % 32u);
  uint32_t bits = words[start / 32u] >> at;
  if (at + count > 32u) bits |= words[start / 32u + 1u] << (32u - at);
  return bits & (0xFFFFFFFFu >> (32u - count));
}

void adiabit_values_end(adiabit_values_writer_t *writer) {
  if (writer->form == ADIABIT_VALUE_FORM_BITS && writer->index % 32u != 0u) {
    memcpy(writer->bytes + writer->index / 32u * 4u, &writer->word, 4);
  }
}

uint32_t adiabit_values_bytes(uint8_t form, uint32_t count) {
  switch (form) {
    case ADIABIT_VALUE_FORM_BITS:
      return 4u * (count / 32u + (count % 32u != 0u ? 1u : 0u));
    case ADIABIT_VALUE_FORM_I16:
      return (2u * count + 3u) & ~UINT32_C(3);
    case ADIABIT_VALUE_FORM_I32:
      return 4u * count;
    default:
      return (count + 3u) & ~UINT32_C(3);
  }
}

#else
typedef int adiabit_values_are_left_out; /* ISO C wants something in every file */
#endif
