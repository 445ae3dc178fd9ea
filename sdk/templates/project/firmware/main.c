/*
 * The network in a program of your own: `npm run build` writes network/{{name}}.c and .h.
 *
 *     cc -std=c99 -O2 -o {{name}} firmware/main.c network/{{name}}.c
 *     tail -n +2 data/running-1.csv | ./{{name}}
 *
 * prints a class for every window of samples. On a board read_sample takes them from your sensor, as it counts them.
 */
#include <stdint.h>
#include <stdio.h>

#include "../network/{{name}}.h"

static int32_t raw[{{NAME}}_RAW_VALUES];
static uint8_t input[{{NAME}}_INPUT_BYTES];
static uint32_t work[{{NAME}}_WORK_WORDS];
static int32_t outputs[{{NAME}}_OUTPUTS];

/* Reads one value of each channel. Gives 0 at the end. */
static int read_sample(int32_t *values) {
  long current = 0;
  long vibration = 0;
  if (scanf("%ld,%ld", &current, &vibration) != 2) return 0;
  values[0] = (int32_t)current;
  values[1] = (int32_t)vibration;
  return 1;
}

int main(void) {
  uint32_t filled = 0;
  while (read_sample(raw + filled)) {
    filled += {{NAME}}_CHANNELS;
    if (filled < {{NAME}}_RAW_VALUES) continue;
    printf("%lu\n", (unsigned long){{name_c}}_class_of_raw(raw, input, work, outputs));
    filled = 0;
  }
  return 0;
}
