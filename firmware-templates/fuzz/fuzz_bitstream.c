/*
 * Fuzzes the bitstream reader, and the runner on what it accepts. Wrong checksums would end most runs at once, so the
 * first byte says whether they are corrected first. A circuit that is accepted must run within the memory that it says
 * it needs.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "adiabit_circuit.h"
#include "adiabit_layers.h"
#include "adiabit_runner.h"
#include "adiabit_values.h"
#include "fuzz.h"
#include "fuzz_seal.h"

#define MAX_WORK_BYTES (1u << 20)
/* Larger circuits are read but not run, because running them takes too long for a fuzzer. */
#define MAX_WEIGHT_WORDS 4096u

static const adiabit_kernel_t *const kernels[] = {&adiabit_kernel_reference, &adiabit_kernel_popcount,
                                                  &adiabit_kernel_carry_save, &adiabit_kernel_sums,
                                                  &adiabit_kernel_bytes};
#define KERNELS (sizeof kernels / sizeof kernels[0])

/* Gives the bytes of the arena that the values of a layer take. */
static uint32_t value_bytes(const adiabit_layer_t *layer) {
  return adiabit_values_bytes(layer->output_form, adiabit_values_in(&layer->output));
}

/*
 * Tells whether no layer, up to the one that reads them, takes the place of the values of another. Devices leave that
 * to hosts (docs/formats/bitstream.md, Memory): where it is not so, outputs depend on the order in which a kernel
 * works.
 */
static bool keeps_values(const adiabit_circuit_t *circuit) {
  for (uint8_t reader = 0; reader < circuit->layer_count; reader++) {
    const adiabit_layer_t layer = adiabit_layer_at(circuit, reader);
    const uint32_t sources = layer.kind == ADIABIT_LAYER_KIND_ADD ? 2u : 1u;
    for (uint32_t place = 0; place < sources; place++) {
      if (layer.source[place] == ADIABIT_FROM_INPUT) continue;
      const adiabit_layer_t source = adiabit_layer_at(circuit, layer.source[place]);
      for (uint8_t between = (uint8_t)(source.index + 1u); between <= reader; between++) {
        const adiabit_layer_t other = adiabit_layer_at(circuit, between);
        const bool is_apart = source.arena_offset + value_bytes(&source) <= other.arena_offset ||
                              other.arena_offset + value_bytes(&other) <= source.arena_offset;
        if (!is_apart) return false;
      }
    }
  }
  return true;
}

static void run(const adiabit_circuit_t *circuit) {
  const uint32_t work_bytes = adiabit_runner_work_bytes(circuit);
  if (work_bytes > MAX_WORK_BYTES || circuit->total_bytes > 4u * MAX_WEIGHT_WORDS) return;
  const bool are_kept = keeps_values(circuit);
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
    if (are_kept && memcmp(first, runner.outputs, 4u * circuit->output_count) != 0) abort();
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
