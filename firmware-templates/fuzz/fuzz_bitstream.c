/*
 * Fuzzes the bitstream reader, and the runner on what it accepts. Wrong checksums would end most runs at once, so the
 * first byte says whether they are corrected first. A circuit that is accepted must run within the memory that it says
 * it needs.
 */
#include <stdlib.h>
#include <string.h>

#include "adiabit_circuit.h"
#include "adiabit_runner.h"
#include "fuzz.h"
#include "fuzz_seal.h"

#define MAX_WORK_BYTES (1u << 20)
/* Larger circuits are read but not run, because running them takes too long for a fuzzer. */
#define MAX_WEIGHT_WORDS 4096u

static const adiabit_kernel_t *const kernels[] = {&adiabit_kernel_reference, &adiabit_kernel_popcount,
                                                  &adiabit_kernel_carry_save, &adiabit_kernel_sums,
                                                  &adiabit_kernel_bytes};
#define KERNELS (sizeof kernels / sizeof kernels[0])

static void run(const adiabit_circuit_t *circuit) {
  const uint32_t work_bytes = adiabit_runner_work_bytes(circuit);
  if (work_bytes > MAX_WORK_BYTES || circuit->total_bytes > 4u * MAX_WEIGHT_WORDS) return;
  int32_t *first = malloc(4u * circuit->output_count);
  if (first == NULL) abort();
  for (size_t index = 0; index < KERNELS; index++) {
    const uint32_t room = work_bytes + (kernels[index]->build_sums == NULL ? 0u : 64u * 1024u);
    uint32_t *work = malloc(room);
    adiabit_runner_t runner;
    if (work == NULL || !adiabit_runner_start(&runner, circuit, kernels[index], work, room)) abort();
    memset(runner.input, 0x5A, circuit->input_bytes);
    adiabit_runner_run(&runner, circuit->layer_count);
    if (index == 0u) memcpy(first, runner.outputs, 4u * circuit->output_count);
    if (memcmp(first, runner.outputs, 4u * circuit->output_count) != 0) abort();
    if (adiabit_runner_class(&runner) >= circuit->output_count) abort();
    (void)adiabit_runner_self_test(&runner);
    free(work);
  }
  free(first);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  if (length < 1u) return 0;
  const uint32_t size = (uint32_t)length - 1u;
  uint8_t *bitstream = malloc(size + (size == 0u));
  if (bitstream == NULL) abort();
  if (size > 0u) memcpy(bitstream, bytes + 1, size);
  if ((bytes[0] & 1u) == 0u) (void)fuzz_seal(bitstream, size);
  adiabit_circuit_t circuit;
  if (adiabit_circuit_read(&circuit, bitstream, size, NULL) == ADIABIT_STATUS_OK) run(&circuit);
  free(bitstream);
  return 0;
}
