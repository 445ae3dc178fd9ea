/*
 * Runs the core on files: a circuit over many inputs, or a check of many bitstreams. Every bitstream gets memory of
 * exactly its size, so that the address sanitizer sees the first byte read too far.
 */
#include "host_files.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "adiabit_bytes.h"
#include "adiabit_circuit.h"
#include "adiabit_layers.h"
#include "adiabit_runner.h"

static uint8_t *read_file(const char *path, uint32_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  uint8_t *bytes = NULL;
  if (fseek(file, 0, SEEK_END) == 0) {
    const long size = ftell(file);
    if (size >= 0 && fseek(file, 0, SEEK_SET) == 0) bytes = malloc((size_t)size + 1u);
    if (bytes != NULL && fread(bytes, 1, (size_t)size, file) != (size_t)size) {
      free(bytes);
      bytes = NULL;
    }
    *length = (uint32_t)size;
  }
  fclose(file);
  return bytes;
}

/*
 * Gives exactly the memory that the tables of a kernel take, so that the address sanitizer sees the first byte too far.
 * It is the same with the spare memory of layers; the reference runs without.
 */
static uint32_t spare_bytes(const adiabit_circuit_t *circuit, const adiabit_kernel_t *kernel) {
  return kernel == &adiabit_kernel_reference ? 0u : adiabit_layers_spare_bytes(circuit);
}

static uint32_t table_bytes(const adiabit_circuit_t *circuit, const adiabit_kernel_t *kernel) {
  return kernel->build_sums == NULL ? 0u : ADIABIT_SUMS_BYTES_PER_WORD * ((circuit->input_count + 31u) / 32u);
}

static int run_inputs(const adiabit_circuit_t *circuit, const adiabit_kernel_t *kernel, uint32_t room) {
  const uint32_t work_bytes =
      adiabit_runner_work_bytes(circuit) + table_bytes(circuit, kernel) + spare_bytes(circuit, kernel) + room;
  uint32_t *work = malloc(work_bytes);
  adiabit_runner_t runner;
  if (work == NULL || !adiabit_runner_start(&runner, circuit, kernel, work, work_bytes)) {
    fprintf(stderr, "adiabit-host: no memory for this circuit\n");
    free(work);
    return 1;
  }
  while (fread(runner.input, 1, circuit->input_bytes, stdin) == circuit->input_bytes) {
    adiabit_runner_run(&runner, circuit->layer_count);
    fwrite(runner.outputs, 4, circuit->output_count, stdout);
  }
  free(work);
  return fflush(stdout) == 0 ? 0 : 1;
}

/* Reads a file that is a bitstream. Gives its bytes, or NULL after it has printed why it is none. */
static uint8_t *read_circuit(const char *path, adiabit_circuit_t *circuit) {
  uint32_t length = 0;
  uint8_t *bytes = read_file(path, &length);
  if (bytes == NULL) {
    fprintf(stderr, "adiabit-host: cannot read %s\n", path);
    return NULL;
  }
  const adiabit_status_t status = adiabit_circuit_read(circuit, bytes, length, NULL);
  if (status == ADIABIT_STATUS_OK) return bytes;
  fprintf(stderr, "adiabit-host: %s is refused with status %d\n", path, (int)status);
  free(bytes);
  return NULL;
}

int host_run(const char *path, const adiabit_kernel_t *kernel, uint32_t room) {
  adiabit_circuit_t circuit;
  uint8_t *bytes = read_circuit(path, &circuit);
  if (bytes == NULL) return 1;
  const int result = run_inputs(&circuit, kernel, room);
  free(bytes);
  return result;
}

int host_memory(const char *path) {
  adiabit_circuit_t circuit;
  uint8_t *bytes = read_circuit(path, &circuit);
  if (bytes == NULL) return 1;
  printf("%lu\n", (unsigned long)adiabit_runner_work_bytes(&circuit));
  free(bytes);
  return 0;
}

int host_check(void) {
  uint8_t prefix[4];
  while (fread(prefix, 1, sizeof prefix, stdin) == sizeof prefix) {
    const uint32_t length = adiabit_read_u32(prefix);
    uint8_t *bytes = malloc(length > 0u ? length : 1u);
    if (bytes == NULL || fread(bytes, 1, length, stdin) != length) {
      free(bytes);
      return 1;
    }
    adiabit_circuit_t circuit;
    printf("%d\n", (int)adiabit_circuit_read(&circuit, bytes, length, NULL));
    free(bytes);
  }
  return fflush(stdout) == 0 ? 0 : 1;
}
