/*
 * The network of picture-network.ts with a byte a weight and a value, in plain C, built into a board's firmware for a
 * benchmark: the linker puts it in place of adiabit_runner_run (`--wrap`). Two convolutions of 3 x 3 that keep the size of
 * the picture, each with ReLU and a pool of 2, and ten classes. Its weights are the first bytes of the stored circuit,
 * again and again (picture-int8.ts computes the same); what it costs does not depend on them.
 */
#pragma GCC optimize("O2")
#pragma GCC optimize("inline-small-functions")

#include "adiabit_runner.h"

void __wrap_adiabit_runner_run(adiabit_runner_t *runner, uint8_t layers);

#define EXTENT 16
#define FIRST 16
#define SECOND 32
#define CLASSES 10
#define WRAP 8
#define WINDOW_BYTES 64

typedef struct {
  const int8_t *values;
  int16_t extent;
  int16_t channels;
} map_t;

static int32_t weigh(adiabit_stored_t *row, const int8_t *values, int16_t count, int32_t sum) {
  adiabit_cursor_t weights = adiabit_cursor_at(row);
  for (const int8_t *end = values + count; values != end; values++) {
    sum += (int16_t)((int8_t)adiabit_cursor_next(&weights) * *values);
  }
  return sum;
}

/* What lies outside the picture is zero; the columns inside are one run of values. */
static int32_t convolved(const map_t *map, adiabit_stored_t *weights, int16_t y, int16_t x) {
  const int16_t first = x == 0 ? 1 : 0;
  const int16_t columns = (int16_t)(3 - first - (x == map->extent - 1 ? 1 : 0));
  int32_t sum = 0;
  for (int16_t line = 0; line < 3; line++) {
    const int16_t row = (int16_t)(y + line - 1);
    if (row < 0 || row >= map->extent) continue;
    const int8_t *values = map->values + (row * map->extent + x - 1 + first) * map->channels;
    adiabit_stored_t *start = adiabit_stored_at(weights, (uint32_t)((line * 3 + first) * map->channels));
    sum = weigh(start, values, (int16_t)(columns * map->channels), sum);
  }
  return sum;
}

static int8_t rectified(int32_t sum) {
  const int32_t scaled = sum >> 7;
  return (int8_t)(scaled < 0 ? 0 : scaled > 127 ? 127 : scaled);
}

/* A convolution and the largest of four neighbours. */
static void run_layer(const map_t *map, adiabit_stored_t *weights, int8_t *output, int16_t filters) {
  for (int16_t y = 0; y < map->extent; y = (int16_t)(y + 2)) {
    for (int16_t x = 0; x < map->extent; x = (int16_t)(x + 2)) {
      for (int16_t filter = 0; filter < filters; filter++) {
        adiabit_stored_t *row = adiabit_stored_at(weights, (uint32_t)((filter % WRAP) * 9 * map->channels));
        int32_t largest = convolved(map, row, y, x);
        for (int16_t place = 1; place < 4; place++) {
          const int32_t sum = convolved(map, row, (int16_t)(y + place / 2), (int16_t)(x + place % 2));
          if (sum > largest) largest = sum;
        }
        *output++ = rectified(largest);
      }
    }
  }
}

void __wrap_adiabit_runner_run(adiabit_runner_t *runner, uint8_t layers) {
  (void)layers;
  adiabit_stored_t *weights = runner->circuit->program;
  int8_t *first = (int8_t *)runner->window + WINDOW_BYTES; /* work memory that nobody else uses */
  int8_t *second = first + EXTENT / 2 * (EXTENT / 2) * FIRST;
  const map_t picture = {(const int8_t *)runner->input, EXTENT, 1};
  const map_t half = {first, EXTENT / 2, FIRST};
  run_layer(&picture, weights, first, FIRST);
  run_layer(&half, weights, second, SECOND);
  for (int16_t row = 0; row < CLASSES; row++) {
    runner->outputs[row] = weigh(adiabit_stored_at(weights, (uint32_t)(row % 2) * 512u), second, 512, 0);
  }
}
