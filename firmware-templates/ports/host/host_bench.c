#include "host_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEITHER_ZERO_NOR_KEPT 0xA5

static void want_reset(void *context) {
  host_bench_t *bench = context;
  bench->reset_wanted = true;
}

static uint32_t counter(void *context) {
  host_bench_t *bench = context;
  return bench->counter_readings++;
}

static void cut(void *context) {
  host_bench_t *bench = context;
  longjmp(bench->power_failed, 1);
}

static void broken(void *context, const char *rule) {
  (void)context;
  fprintf(stderr, "adiabit-host: ERROR: %s\n", rule);
  abort();
}

void host_bench_insert(host_bench_t *bench, const host_nor_t *nor, const adiabit_port_t *port) {
  bench->nor = *nor;
  bench->nor.context = bench;
  bench->nor.cut = cut;
  bench->nor.broken = broken;
  bench->port = *port;
  bench->port.flash = host_nor_slots(&bench->nor);
  bench->port.kernel = &adiabit_kernel_sums;
  bench->port.counter_unit = ADIABIT_COUNTER_UNIT_CYCLES;
  bench->port.counter_hz = 256;
  bench->port.counter = counter;
  bench->port.reset = want_reset;
  bench->port.context = bench;
}

void host_bench_start(host_bench_t *bench) {
  bench->reset_wanted = false;
  memset(bench->port.work, NEITHER_ZERO_NOR_KEPT, bench->port.work_bytes);
  memset(bench->port.frame_buffer, NEITHER_ZERO_NOR_KEPT, bench->port.frame_buffer_bytes);
  adiabit_device_start(&bench->device, &bench->port);
  if (bench->started != NULL) bench->started(&bench->device);
}

void host_bench_receive(host_bench_t *bench, const uint8_t *bytes, uint32_t length) {
  for (uint32_t index = 0; index < length; index++) {
    adiabit_device_receive(&bench->device, &bytes[index], 1);
    if (bench->reset_wanted) host_bench_start(bench);
  }
}
