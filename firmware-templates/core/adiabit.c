#include "adiabit.h"

#include <stddef.h>

#include "adiabit_bytes.h"
#include "adiabit_circuit.h"
#include "adiabit_kernel.h"
#include "adiabit_runner.h"

/* The kernel that suits the core that is compiled for. -DADIABIT_KERNEL=adiabit_kernel_... chooses another. */
#if defined(ADIABIT_KERNEL)
#define KERNEL ADIABIT_KERNEL
#elif defined(__AVR__)
#define KERNEL adiabit_kernel_avr
#elif defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
#define KERNEL adiabit_kernel_thumb2_sums
#elif defined(__thumb__) && !defined(__thumb2__)
#define KERNEL adiabit_kernel_thumb_sums
#else
#define KERNEL adiabit_kernel_sums
#endif

struct adiabit_network {
  adiabit_circuit_t circuit;
  adiabit_runner_t runner;
};

/* The memory may begin at any word, and a network where pointers may lie. */
#define LARGEST_GAP (sizeof(void *) - 1u)
ADIABIT_STATIC_ASSERT(network_fits_its_memory,
                      sizeof(struct adiabit_network) + 4u + LARGEST_GAP <= ADIABIT_STATE_BYTES);
ADIABIT_STATIC_ASSERT(state_is_words, ADIABIT_STATE_BYTES % 4u == 0u);

static adiabit_status_t read(adiabit_circuit_t *circuit, const adiabit_bitstream_t *bitstream) {
  return adiabit_circuit_read(circuit, bitstream->bytes, bitstream->length, NULL);
}

uint32_t adiabit_memory_bytes(const adiabit_bitstream_t *bitstream) {
  adiabit_circuit_t circuit;
  if (read(&circuit, bitstream) != ADIABIT_STATUS_OK) return 0;
  return (uint32_t)ADIABIT_STATE_BYTES + adiabit_runner_work_bytes(&circuit);
}

adiabit_status_t adiabit_open(adiabit_network_t **network, const adiabit_bitstream_t *bitstream, uint32_t *memory,
                              uint32_t memory_bytes) {
  if (memory_bytes < ADIABIT_STATE_BYTES) return ADIABIT_STATUS_NO_MEMORY;
  /* The values come first: they want words, and the rest of the memory, which may be for tables. */
  const uintptr_t start = ((uintptr_t)memory + LARGEST_GAP) & ~(uintptr_t)LARGEST_GAP;
  adiabit_network_t *opened = (adiabit_network_t *)start;
  const adiabit_status_t status = read(&opened->circuit, bitstream);
  if (status != ADIABIT_STATUS_OK) return status;
  const bool fits = adiabit_runner_start(&opened->runner, &opened->circuit, &KERNEL, memory + ADIABIT_STATE_BYTES / 4u,
                                         memory_bytes - (uint32_t)ADIABIT_STATE_BYTES);
  if (!fits) return ADIABIT_STATUS_NO_MEMORY;
  *network = opened;
  return ADIABIT_STATUS_OK;
}

uint8_t *adiabit_input(adiabit_network_t *network) {
  return network->runner.input;
}

uint32_t adiabit_input_length(const adiabit_network_t *network) {
  return network->circuit.input_bytes;
}

uint32_t adiabit_run(adiabit_network_t *network) {
  adiabit_runner_run(&network->runner, network->circuit.layer_count);
  return adiabit_runner_class(&network->runner);
}

const int32_t *adiabit_outputs(const adiabit_network_t *network) {
  return network->runner.outputs;
}

uint32_t adiabit_output_count(const adiabit_network_t *network) {
  return network->circuit.output_count;
}

uint32_t adiabit_self_test(adiabit_network_t *network) {
  return adiabit_runner_self_test(&network->runner);
}
