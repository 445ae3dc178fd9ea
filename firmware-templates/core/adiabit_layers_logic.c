#include "adiabit_layers_logic.h"

#if ADIABIT_HAS_LOGIC

#include "adiabit_bytes.h"

/* Half a word of decoded records. */
#if defined(__GNUC__)
typedef uint16_t decoded_t __attribute__((may_alias));
#else
typedef uint16_t decoded_t;
#endif

/* How the records of a layer lie. */
typedef struct {
  uint8_t pins;
  uint8_t high_bits; /* of a position, above its low byte */
  uint8_t mask_at;   /* where the mask begins in a record */
  uint8_t bytes;     /* of a record */
} records_t;

static uint8_t mask_bytes(uint8_t pins) {
  return (uint8_t)(pins < 3u ? 1u : 1u << (pins - 3u));
}

static records_t records_of(const adiabit_layer_t *layer) {
  records_t records = {.pins = layer->pooling};
  for (uint32_t last = (adiabit_values_in(&layer->input) - 1u) >> 8; last > 0u; last >>= 1) records.high_bits++;
  records.mask_at = (uint8_t)(records.pins + ((uint32_t)records.pins * records.high_bits + 7u) / 8u);
  records.bytes = (uint8_t)(records.mask_at + mask_bytes(records.pins));
  return records;
}

uint32_t adiabit_logic_record_bytes(const adiabit_layer_t *layer) {
  return records_of(layer).bytes;
}

static uint32_t bit_at(adiabit_stored_t *bytes, uint32_t bit) {
  return ((uint32_t)*adiabit_stored_at(bytes, bit / 8u) >> (bit % 8u)) & 1u;
}

/* Reads the positions of all pins of a table. The high bits come through a window of up to 24 bits. */
static void read_positions(const records_t *records, adiabit_stored_t *record, uint32_t *positions) {
  adiabit_stored_t *next = adiabit_stored_at(record, records->pins);
  const uint32_t mask = (UINT32_C(1) << records->high_bits) - 1u;
  uint32_t bits = 0;
  uint8_t count = 0;
  for (uint8_t pin = 0; pin < records->pins; pin++) {
    for (; count < records->high_bits; count = (uint8_t)(count + 8u)) {
      bits |= (uint32_t)*next << count;
      next = adiabit_stored_at(next, 1);
    }
    positions[pin] = ((bits & mask) << 8) | *adiabit_stored_at(record, pin);
    bits >>= records->high_bits;
    count = (uint8_t)(count - records->high_bits);
  }
}

/* Tells whether the bits from one to another, in one byte, are zero. */
static bool is_clear(adiabit_stored_t *record, uint32_t from, uint32_t to) {
  for (; from < to; from++) {
    if (bit_at(record, from) != 0u) return false;
  }
  return true;
}

bool adiabit_logic_check(const adiabit_layer_t *layer, adiabit_stored_t *payload) {
  const records_t records = records_of(layer);
  const uint32_t inputs = adiabit_values_in(&layer->input);
  const uint32_t mask_end = 8u * records.mask_at + (1u << records.pins);
  for (uint32_t left = adiabit_values_in(&layer->output); left > 0u; left--) {
    uint32_t positions[ADIABIT_MOST_PINS];
    read_positions(&records, payload, positions);
    for (uint8_t pin = 0; pin < records.pins; pin++) {
      if (positions[pin] >= inputs) return false;
    }
    if (!is_clear(payload, records.pins * (8u + records.high_bits), 8u * records.mask_at)) return false;
    if (!is_clear(payload, mask_end, 8u * records.bytes)) return false;
    payload = adiabit_stored_at(payload, records.bytes);
  }
  return true;
}

/* Half words of one decoded record: the positions, then the mask. */
static uint32_t decoded_halves(uint8_t pins) {
  return pins + (pins <= 4u ? 1u : 1u << (pins - 4u));
}

/* Words for the decoded records. */
static uint32_t decoded_words(const adiabit_layer_t *layer) {
  return (adiabit_values_in(&layer->output) * decoded_halves(layer->pooling) + 1u) / 2u;
}

uint32_t adiabit_logic_words(const adiabit_layer_t *layer) {
  const uint32_t inputs = adiabit_values_in(&layer->input);
  if (inputs > UINT32_C(65536)) return 0;
  return decoded_words(layer) + 8u * ((inputs + 31u) / 32u);
}

void adiabit_logic_build(const adiabit_run_t *run) {
  const adiabit_layer_t *layer = run->layer;
  const records_t records = records_of(layer);
  const uint32_t mask_halves = decoded_halves(records.pins) - records.pins;
  decoded_t *to = (decoded_t *)run->tables;
  adiabit_stored_t *record = run->weights;
  for (uint32_t left = adiabit_values_in(&layer->output); left > 0u; left--) {
    uint32_t positions[ADIABIT_MOST_PINS];
    read_positions(&records, record, positions);
    for (uint8_t pin = 0; pin < records.pins; pin++) *to++ = (uint16_t)positions[pin];
    adiabit_stored_t *mask = adiabit_stored_at(record, records.mask_at);
    for (uint32_t half = mask_halves; half > 0u; half--) {
      *to++ = records.pins < 4u ? (uint16_t)*mask : adiabit_read_u16(mask);
      mask = adiabit_stored_at(mask, 2);
    }
    record = adiabit_stored_at(record, records.bytes);
  }
}

/* Makes a byte, 0 or 1, of each bit. */
static ADIABIT_NOT_INLINE void spread(const uint32_t *words, uint32_t count, uint32_t *to) {
  for (const uint32_t *end = words + (count + 31u) / 32u; words != end; words++) {
    uint32_t word = *words;
    for (uint32_t *last = to + 8; to != last; to += 2, word >>= 8) {
      to[0] = ((word & 15u) * 0x00204081u) & 0x01010101u;
      to[1] = ((word >> 4 & 15u) * 0x00204081u) & 0x01010101u;
    }
  }
}

/* Looks a decoded table up: the bit that its pins select is the lowest. The compiler has a copy for each number of
 * pins. */
static inline uint32_t looked_up(const decoded_t *record, const uint8_t *bits, uint32_t pins) {
  uint32_t entry = bits[record[pins - 1u]];
  for (uint32_t pin = pins - 1u; pin > 0u; pin--) entry = 2u * entry + bits[record[pin - 1u]];
  if (pins <= 4u) return (uint32_t)record[pins] >> entry;
  return (uint32_t)record[pins + entry / 16u] >> (entry % 16u);
}

static inline void look_all_up(adiabit_run_t *run, const uint8_t *bits, uint32_t pins) {
  const decoded_t *record = (const decoded_t *)run->tables;
  const uint32_t halves = decoded_halves((uint8_t)pins);
  uint32_t left = adiabit_values_in(&run->layer->output);
  while (left > 0u) {
    const uint32_t piece = left < 32u ? left : 32u;
    uint32_t word = 0;
    for (uint32_t table = piece; table > 0u; table--) {
      word = (word >> 1) | (looked_up(record, bits, pins) << 31);
      record += halves;
    }
    adiabit_values_put_bits(&run->writer, word >> (32u - piece), piece);
    left -= piece;
  }
}

static ADIABIT_NOT_INLINE void look_up_2(adiabit_run_t *run, const uint8_t *bits) {
  look_all_up(run, bits, 2);
}
static ADIABIT_NOT_INLINE void look_up_3(adiabit_run_t *run, const uint8_t *bits) {
  look_all_up(run, bits, 3);
}
static ADIABIT_NOT_INLINE void look_up_4(adiabit_run_t *run, const uint8_t *bits) {
  look_all_up(run, bits, 4);
}
static ADIABIT_NOT_INLINE void look_up_5(adiabit_run_t *run, const uint8_t *bits) {
  look_all_up(run, bits, 5);
}
static ADIABIT_NOT_INLINE void look_up_6(adiabit_run_t *run, const uint8_t *bits) {
  look_all_up(run, bits, 6);
}

static void run_decoded(adiabit_run_t *run) {
  uint32_t *bits = run->tables + decoded_words(run->layer);
  spread((const uint32_t *)(const void *)run->values.bytes, adiabit_values_in(&run->layer->input), bits);
  const uint8_t *bytes = (const uint8_t *)bits;
  switch (run->layer->pooling) {
    case 2:
      look_up_2(run, bytes);
      break;
    case 3:
      look_up_3(run, bytes);
      break;
    case 4:
      look_up_4(run, bytes);
      break;
    case 5:
      look_up_5(run, bytes);
      break;
    default:
      look_up_6(run, bytes);
      break;
  }
}

/* Runs a layer from its records as they are stored. */
static void run_stored(adiabit_run_t *run) {
  const records_t records = records_of(run->layer);
  const uint8_t *bits = run->values.bytes;
  adiabit_stored_t *record = run->weights;
  for (uint32_t left = adiabit_values_in(&run->layer->output); left > 0u; left--) {
    uint32_t positions[ADIABIT_MOST_PINS];
    uint32_t entry = 0;
    read_positions(&records, record, positions);
    for (uint8_t pin = records.pins; pin > 0u; pin--) {
      const uint32_t position = positions[pin - 1u];
      entry = 2u * entry + (((uint32_t)bits[position / 8u] >> (position % 8u)) & 1u);
    }
    adiabit_values_put_bits(&run->writer, bit_at(record, 8u * records.mask_at + entry), 1);
    record = adiabit_stored_at(record, records.bytes);
  }
}

void adiabit_run_logic(adiabit_run_t *run) {
  if (run->tables == NULL) run_stored(run);
  else run_decoded(run);
}

#else
typedef int adiabit_layers_have_no_logic; /* ISO C wants something in every file */
#endif
