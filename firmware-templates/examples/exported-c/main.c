/*
 * Runs a network that has become C (gestures.c, by `adiabit export --format c`). Nothing of Adiabit is linked in. Here
 * the sensor is a table of recordings.
 */
#include "example_board.h"
#include "gestures.h"
#include "recordings.h"
#include "report.h"

static const char *const names[GESTURES_OUTPUTS] = {"rest", "shake", "circle", "knock"};

static uint32_t work[GESTURES_WORK_WORDS];
static uint8_t input[GESTURES_INPUT_BYTES];

int main(void) {
  board_start();
  for (uint32_t recording = 0;; recording = (recording + 1u) % RECORDINGS) {
    /* From 12 bits to the 8 that the network knows. Other sensors are scaled here, as their training data were. */
    for (uint32_t index = 0; index < READINGS; index++) input[index] = (uint8_t)(recordings[recording][index] >> 4);
    int32_t outputs[GESTURES_OUTPUTS];
    const uint32_t start = board_microseconds();
    gestures_infer(input, work, outputs);
    const uint32_t taken = board_microseconds() - start;
    report(names[gestures_class(outputs)], outputs, GESTURES_OUTPUTS, taken);
  }
}
