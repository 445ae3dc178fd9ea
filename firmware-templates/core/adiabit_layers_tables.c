#include "adiabit_layers_tables.h"

#if ADIABIT_EVERY_LAYER && ADIABIT_HAS_TABLES

#include "adiabit_bytes.h"

/* With fewer places than this, tables are not worth their memory. */
#define FEWEST_PLACES 4u
/* Windows of fewer inputs are faster at many places at once (adiabit_layers_lanes.c). */
#define FEWEST_TAPS 33u
/* Agreements and levels stay below 2^14. */
#define MAX_TAPS 4096u

#define CHUNK 4u /* inputs */
#define ENTRIES (1u << CHUNK)
#define GROUP 16u /* channels */
#define ENTRY_WORDS (GROUP / 4u)
#define TABLE_WORDS (ENTRIES * ENTRY_WORDS)
/* So many chunks, which fill words of the window, can be summed in bytes. */
#define SEGMENT 56u
#define SUM_WORDS (GROUP / 2u)

#define LOW_BYTES 0x00FF00FFu
#define SIGNS 0x80008000u
#define ZERO_LEVEL 0x8000u

/* Two chunks are a byte of the window; the last one may have no inputs. */
static uint32_t chunks_of(const adiabit_layer_t *layer) {
  return (adiabit_layer_columns(layer) + 2u * CHUNK - 1u) / (2u * CHUNK) * 2u;
}

static uint32_t groups_of(const adiabit_layer_t *layer) {
  return (layer->output.channels + GROUP - 1u) / GROUP;
}

/* Words of a group: what its sums start with, and a table a chunk. */
static uint32_t group_words(const adiabit_layer_t *layer) {
  return SUM_WORDS + chunks_of(layer) * TABLE_WORDS;
}

uint32_t adiabit_tables_words(const adiabit_run_t *run) {
  const adiabit_layer_t *layer = run->layer;
  if (layer->kind != ADIABIT_LAYER_KIND_CONVOLUTION || layer->weight_form != ADIABIT_WEIGHT_FORM_BINARY) return 0;
  if (!adiabit_are_bits(&run->values) || !run->plain_bits) return 0;
  if (adiabit_layer_columns(layer) < FEWEST_TAPS || adiabit_layer_columns(layer) > MAX_TAPS) return 0;
  if (layer->output.height * layer->output.width < FEWEST_PLACES) return 0;
  return groups_of(layer) * group_words(layer);
}

/* The number of weights of a channel that are -1. */
static int32_t negative_weights(adiabit_stored_t *row, uint32_t taps) {
  int32_t count = 0;
  for (uint32_t tap = 0; tap < taps; tap++) {
    if (((uint32_t)*adiabit_stored_at(row, tap / 8u) >> (tap % 8u) & 1u) == 0u) count++;
  }
  return count;
}

/* Half of a number, rounded up, for either sign. */
static int32_t half_up(int32_t value) {
  return value >= 0 ? value / 2 + value % 2 : -(-value / 2);
}

/* The number of agreements from which on a channel fires. */
static int32_t level_of(const adiabit_run_t *run, uint32_t channel, adiabit_stored_t *row) {
  const int32_t bound = (int32_t)MAX_TAPS + 1; /* no sum is as large */
  const uint32_t taps = adiabit_layer_columns(run->layer);
  int32_t threshold = adiabit_as_signed(adiabit_load_word(adiabit_stored_at(run->constants, 4u * channel)));
  if (threshold > bound) threshold = bound;
  if (threshold < -bound) threshold = -bound;
  if (run->layer->input_encoding == ADIABIT_INPUT_ENCODING_BIPOLAR) return half_up(threshold + (int32_t)taps);
  return threshold + negative_weights(row, taps);
}

/*
 * Sets what the sum of a channel starts with, so that its highest bit tells that the channel fires. Sums are halves of
 * words: channels 0 and 2 of four in one word, 1 and 3 in the next.
 */
static void start_sum(uint32_t *starts, uint32_t channel, int32_t level) {
  const uint32_t start = (ZERO_LEVEL - (uint32_t)level) & 0xFFFFu;
  starts[channel / 4u * 2u + channel % 2u] |= start << (channel % 4u < 2u ? 0u : 16u);
}

/* Fills the entries of single inputs with the weights of a channel, and those of no input with their complements. */
static void put_weights(uint32_t *table, uint32_t taps, adiabit_stored_t *row, uint32_t channel) {
  const uint32_t shift = 8u * (channel % 4u);
  table += channel / 4u;
  for (uint32_t tap = 0; tap < taps; tap++) {
    const uint32_t weight = ((uint32_t)*adiabit_stored_at(row, tap / 8u) >> (tap % 8u)) & 1u;
    uint32_t *chunk = table + tap / CHUNK * TABLE_WORDS;
    chunk[ENTRY_WORDS << (tap % CHUNK)] |= weight << shift;
    chunk[0] += (1u - weight) << shift;
  }
}

/*
 * Fills all entries of a table from those, one from another: with one more input that is one, what agreed was its
 * weight of -1, and what agrees is its weight of +1. `channels` has a 1 in each byte of a channel.
 */
static void fill_table(uint32_t *table, uint32_t inputs, const uint32_t *channels) {
  for (uint32_t word = 0; word < ENTRY_WORDS; word++) {
    uint32_t weights[CHUNK];
    for (uint32_t input = 0; input < CHUNK; input++) weights[input] = table[(ENTRY_WORDS << input) + word];
    for (uint32_t input = 0; input < inputs; input++) {
      for (uint32_t entry = 0; entry < (1u << input); entry++) {
        const uint32_t gained = weights[input];
        const uint32_t lost = channels[word] - gained;
        table[(entry + (1u << input)) * ENTRY_WORDS + word] = table[entry * ENTRY_WORDS + word] + gained - lost;
      }
    }
  }
}

void adiabit_tables_build(const adiabit_run_t *run) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t taps = adiabit_layer_columns(layer);
  const uint32_t words = group_words(layer);
  const uint32_t row_bytes = adiabit_layer_row_bytes(layer);
  uint32_t *group = run->tables;
  for (uint32_t word = 0; word < groups_of(layer) * words; word++) group[word] = 0;
  for (uint32_t first = 0; first < layer->output.channels; first += GROUP, group += words) {
    uint32_t *tables = group + SUM_WORDS;
    uint32_t channels[ENTRY_WORDS] = {0};
    for (uint32_t channel = 0; channel < GROUP && first + channel < layer->output.channels; channel++) {
      adiabit_stored_t *row = adiabit_stored_at(run->weights, (first + channel) * row_bytes);
      start_sum(group, channel, level_of(run, first + channel, row));
      put_weights(tables, taps, row, channel);
      channels[channel / 4u] |= UINT32_C(1) << (8u * (channel % 4u));
    }
    for (uint32_t tap = 0; tap < taps; tap += CHUNK) {
      fill_table(tables + tap / CHUNK * TABLE_WORDS, taps - tap < CHUNK ? taps - tap : CHUNK, channels);
    }
  }
}

/* Adds up the entries of consecutive chunks. It is a function of its own so that the loop has all registers. */
#if defined(__thumb__) && !defined(__thumb2__)
/* Cortex-M0 and M0+ load two words by one instruction; compiled code loads them one by one, and moves between
 * registers. */
/* clang-format off */
#define ADD_ENTRY(index)                              \
  "add " index ", r8\n"                               \
  "ldmia " index "!, {r4, r5}\n adds r0, r4\n adds r1, r5\n" \
  "ldmia " index "!, {r4, r5}\n adds r2, r4\n adds r3, r5\n" \
  "add r8, r11\n"
/* clang-format on */
static void sum_chunks(const uint32_t *table, const uint32_t *window, uint32_t chunks, uint32_t *sums)
    __attribute__((naked, noinline));
#define UNUSED __attribute__((unused))
static void sum_chunks(UNUSED const uint32_t *table, UNUSED const uint32_t *window, UNUSED uint32_t chunks,
                       UNUSED uint32_t *sums) {
  /* r8 is the next table, r10 their end, r9 the next byte of the window: two chunks. */
  __asm__(".syntax unified\n"
          "push {r4, r5, r6, r7, lr}\n mov r4, r8\n mov r5, r9\n mov r6, r10\n mov r7, r11\n"
          "push {r3, r4, r5, r6, r7}\n"
          "mov r8, r0\n mov r9, r1\n movs r4, #255\n adds r4, #1\n mov r11, r4\n"
          "muls r2, r4\n adds r2, r0\n mov r10, r2\n"
          "movs r0, #0\n movs r1, #0\n movs r2, #0\n movs r3, #0\n"
          "1: mov r7, r9\n ldrb r6, [r7]\n adds r7, #1\n mov r9, r7\n"
          "lsls r7, r6, #28\n lsrs r7, #24\n" ADD_ENTRY("r7") "lsrs r6, #4\n lsls r6, #4\n" ADD_ENTRY(
              "r6") "cmp r8, r10\n bne 1b\n"
                    "pop {r4}\n stmia r4!, {r0, r1, r2, r3}\n"
                    "pop {r4, r5, r6, r7}\n mov r8, r4\n mov r9, r5\n mov r10, r6\n mov r11, r7\n"
                    "pop {r4, r5, r6, r7, pc}\n");
}
#else
static ADIABIT_NOT_INLINE void sum_chunks(const uint32_t *table, const uint32_t *window, uint32_t chunks,
                                          uint32_t *sums) {
  uint32_t a = 0, b = 0, c = 0, d = 0;
  for (const uint32_t *end = table + chunks * TABLE_WORDS; table != end;) {
    uint32_t bits = *window++;
    const uint32_t *stop = (uint32_t)(end - table) < 8u * TABLE_WORDS ? end : table + 8u * TABLE_WORDS;
    for (; table != stop; table += TABLE_WORDS, bits >>= CHUNK) {
      const uint32_t *entry = table + (bits % ENTRIES) * ENTRY_WORDS;
      a += entry[0];
      b += entry[1];
      c += entry[2];
      d += entry[3];
    }
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
}
#endif

/* Adds sums in bytes to sums in halves, and tells the highest bit of each, that of channel 0 lowest. */
static inline uint32_t fired_by(const uint32_t *starts, const uint32_t *sums) {
  uint32_t fired = 0;
  for (uint32_t word = ENTRY_WORDS; word-- > 0u;) {
    const uint32_t low = (sums[word] & LOW_BYTES) + starts[2u * word];
    const uint32_t high = ((sums[word] >> 8) & LOW_BYTES) + starts[2u * word + 1u];
    const uint32_t four = ((low & SIGNS) >> 1) | (high & SIGNS);
    fired = (fired << 4) | ((four >> 14) & 3u) | (four >> 28);
  }
  return fired;
}

/* Tells which channels of a group fire that has more chunks than a segment. */
static ADIABIT_NOT_INLINE uint32_t fired_in_segments(const uint32_t *starts, const uint32_t *window, uint32_t chunks) {
  const uint32_t *tables = starts + SUM_WORDS;
  uint32_t sums[ENTRY_WORDS];
  uint32_t halves[SUM_WORDS];
  for (uint32_t word = 0; word < SUM_WORDS; word++) halves[word] = starts[word];
  for (; chunks > SEGMENT; chunks -= SEGMENT, tables += SEGMENT * TABLE_WORDS, window += SEGMENT / 8u) {
    sum_chunks(tables, window, SEGMENT, sums);
    for (uint32_t word = 0; word < ENTRY_WORDS; word++) {
      halves[2u * word] += sums[word] & LOW_BYTES;
      halves[2u * word + 1u] += (sums[word] >> 8) & LOW_BYTES;
    }
  }
  sum_chunks(tables, window, chunks, sums);
  return fired_by(halves, sums);
}

void adiabit_tables_put(adiabit_run_t *run) {
  const adiabit_layer_t *layer = run->layer;
  const uint32_t chunks = chunks_of(layer);
  const uint32_t words = group_words(layer);
  const uint32_t *group = run->tables;
  for (uint32_t left = layer->output.channels, count = GROUP; left > 0u; left -= count, group += words) {
    uint32_t sums[ENTRY_WORDS];
    uint32_t fired;
    if (chunks > SEGMENT) {
      fired = fired_in_segments(group, run->window, chunks);
    } else {
      sum_chunks(group + SUM_WORDS, run->window, chunks, sums);
      fired = fired_by(group, sums);
    }
    if (left < GROUP) {
      count = left;
      fired &= (1u << count) - 1u;
    }
    adiabit_values_put_bits(&run->writer, fired, count);
  }
}

#else
typedef int adiabit_layers_have_no_tables; /* ISO C wants something in every file */
#endif
