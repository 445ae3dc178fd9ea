/* Calls all of core/adiabit.h, and prints the outputs of every recording. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gestures.h"
#include "recordings.h"

#define MEMORY_BYTES (4u * GESTURES_MEMORY_WORDS)

/* In memory of exactly the size that the header says, so that the sanitizer
 * sees every byte beyond. */
static void run(uint32_t *memory) {
  adiabit_network_t *network;
  assert(adiabit_open(&network, &gestures, memory, MEMORY_BYTES) ==
         ADIABIT_STATUS_OK);
  assert(adiabit_input_length(network) == GESTURES_INPUT_BYTES);
  assert(adiabit_output_count(network) == GESTURES_OUTPUTS);
  assert(adiabit_self_test(network) == 0u);
}

static void refuse(void) {
  static uint32_t memory[GESTURES_MEMORY_WORDS];
  adiabit_network_t *network = NULL;
  assert(adiabit_memory_bytes(&gestures) == MEMORY_BYTES);
  assert(adiabit_open(&network, &gestures, memory, MEMORY_BYTES - 4u) ==
         ADIABIT_STATUS_NO_MEMORY);
  assert(adiabit_open(&network, &gestures, memory, 8u) ==
         ADIABIT_STATUS_NO_MEMORY);
  uint32_t copy[GESTURES_BYTES / 4u];
  memcpy(copy, gestures.bytes, sizeof copy);
  const adiabit_bitstream_t changed = {(const uint8_t *)copy, sizeof copy};
  const adiabit_bitstream_t shorter = {(const uint8_t *)copy, sizeof copy - 4u};
  assert(adiabit_open(&network, &shorter, memory, MEMORY_BYTES) ==
         ADIABIT_STATUS_BAD_BITSTREAM);
  assert(adiabit_memory_bytes(&shorter) == 0u);
  copy[100] ^= 1u;
  assert(adiabit_open(&network, &changed, memory, MEMORY_BYTES) ==
         ADIABIT_STATUS_DIGEST_MISMATCH);
  memset(copy, 0xFF, sizeof copy);
  assert(adiabit_open(&network, &changed, memory, MEMORY_BYTES) ==
         ADIABIT_STATUS_BAD_BITSTREAM);
  assert(network == NULL);
}

int main(void) {
  for (uint32_t gap = 0; gap < 4u; gap++) {
    uint32_t *room = malloc(MEMORY_BYTES + 4u * gap);
    run(room + gap);
    free(room);
  }
  refuse();
  static uint32_t memory[GESTURES_MEMORY_WORDS];
  adiabit_network_t *network;
  assert(adiabit_open(&network, &gestures, memory, sizeof memory) ==
         ADIABIT_STATUS_OK);
  for (uint32_t index = 0; index < RECORDINGS; index++) {
    for (uint32_t value = 0; value < GESTURES_INPUT_BYTES; value++)
      adiabit_input(network)[value] = (uint8_t)(recordings[index][value] >> 4);
    const uint32_t best = adiabit_run(network);
    const int32_t *outputs = adiabit_outputs(network);
    for (uint32_t output = 0; output < GESTURES_OUTPUTS; output++) {
      assert(outputs[output] <= outputs[best]);
      printf("%s%ld", output == 0u ? "" : " ", (long)outputs[output]);
    }
    printf("\n");
  }
  return 0;
}
