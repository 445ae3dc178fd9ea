/*
 * Runs the bitstream at an address of its own: a programmer that writes those pages alone updates the network, and the
 * program stays. It names no number of the network but what its sensor gives. Here the sensor is a table of recordings.
 */
#include <adiabit.h>

#include "example_board.h"
#include "recordings.h"
#include "report.h"

/* Placed by link.ld; of the second, the address is the number. */
extern const uint8_t bitstream_region[];
extern const uint8_t bitstream_region_bytes[];

static const char *const names[] = {"rest", "shake", "circle", "knock"};
#define CLASSES (sizeof names / sizeof *names)

/* As much as there is for it: a later network may want more. More than it needs makes it faster. */
static uint32_t memory[1024];

int main(void) {
  board_start();
  const adiabit_bitstream_t bitstream = {bitstream_region, (uint32_t)bitstream_region_bytes};
  adiabit_network_t *network;
  const adiabit_status_t status = adiabit_open(&network, &bitstream, memory, sizeof memory);
  if (status != ADIABIT_STATUS_OK) report_failure(status);
  /* Another network may have other inputs or classes: it is not for this program. */
  if (adiabit_input_length(network) != READINGS || adiabit_output_count(network) != CLASSES)
    report_failure(ADIABIT_STATUS_BAD_BITSTREAM);
  if (adiabit_self_test(network) != 0u) report_failure(ADIABIT_STATUS_SELF_TEST_FAILED);
  for (uint32_t recording = 0;; recording = (recording + 1u) % RECORDINGS) {
    uint8_t *input = adiabit_input(network);
    /* From 12 bits to the 8 that the network knows. Other sensors are scaled here, as their training data were. */
    for (uint32_t index = 0; index < READINGS; index++) input[index] = (uint8_t)(recordings[recording][index] >> 4);
    const uint32_t start = board_microseconds();
    const uint32_t best = adiabit_run(network);
    report(names[best], adiabit_outputs(network), CLASSES, board_microseconds() - start);
  }
}
