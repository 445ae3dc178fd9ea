/*
 * Tells gestures of a hand that holds an accelerometer: an ADXL335 with X, Y and Z at GPIO 26, 27 and 28 of a Pico,
 * supplied with 3.3 V. The network is linked in as an array in flash (gestures.c).
 */
#include <adiabit.h>

#include "example_board.h"
#include "gestures.h"
#include "report.h"

#define AXES 3u
#define SAMPLE_MICROSECONDS 40000u /* 25 a second, as in training */

static const char *const names[] = GESTURES_CLASS_NAMES;
static uint32_t memory[GESTURES_MEMORY_WORDS];

/* Records about a second. */
static void record(uint8_t *input) {
  uint32_t next = board_microseconds();
  for (uint32_t index = 0; index < GESTURES_INPUT_BYTES; index++) {
    if (index % AXES == 0u) {
      while ((int32_t)(board_microseconds() - next) < 0) {
      }
      next += SAMPLE_MICROSECONDS;
    }
    /* From 12 bits to the 8 that the network knows. Other sensors are scaled here, as their training data were. */
    input[index] = (uint8_t)(board_analog(index % AXES) >> 4);
  }
}

int main(void) {
  board_start();
  adiabit_network_t *network;
  const adiabit_status_t status = adiabit_open(&network, &gestures, memory, sizeof memory);
  if (status != ADIABIT_STATUS_OK) report_failure(status);
  for (;;) {
    record(adiabit_input(network));
    const uint32_t start = board_microseconds();
    const uint32_t best = adiabit_run(network);
    report(names[best], adiabit_outputs(network), GESTURES_OUTPUTS, board_microseconds() - start);
  }
}
