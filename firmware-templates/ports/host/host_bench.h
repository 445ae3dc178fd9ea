/*
 * A device on simulated flash, driven in this process: its power can fail in any flash operation.
 */
#ifndef ADIABIT_HOST_BENCH_H
#define ADIABIT_HOST_BENCH_H

#include <setjmp.h>

#include "adiabit_device.h"
#include "host_nor.h"

typedef struct {
  host_nor_t nor;
  adiabit_port_t port;
  adiabit_device_t device;
  bool reset_wanted;
  /* The counter of the board: a 256th of a second goes by with every reading. */
  uint32_t counter_readings;
  /* The caller sets this; it is jumped to when the power fails. */
  jmp_buf power_failed;
  /* Called after every start; may be NULL. */
  void (*started)(const adiabit_device_t *device);
} host_bench_t;

/*
 * Gives the device a board: its flash (`nor`: geometry, bytes and when the power fails) and its memory (`port`: name,
 * work memory, frame buffer, window, and where replies go). The bench sets the rest. The bench must not move
 * afterwards.
 */
void host_bench_insert(host_bench_t *bench, const host_nor_t *nor, const adiabit_port_t *port);

/* Turns the power on. RAM has lost its contents and is not zero. */
void host_bench_start(host_bench_t *bench);

/* Takes bytes from the line. Restarts the device when it asks for it. */
void host_bench_receive(host_bench_t *bench, const uint8_t *bytes, uint32_t length);

#endif /* ADIABIT_HOST_BENCH_H */
