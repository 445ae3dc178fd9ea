/*
 * The firmware as a process: the link on stdin and stdout.
 */
#define _POSIX_C_SOURCE 200809L
#include "host_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "adiabit_bytes.h"
#include "adiabit_crc32.h"
#include "adiabit_device.h"
#include "host_flash.h"
#if ADIABIT_SENSOR
#include "host_sensor.h"
#endif

#define WORK_WORDS (256u * 1024u / 4u)
#define MAX_PAYLOAD_BYTES 1024u

static uint32_t work[WORK_WORDS];
static uint8_t frame_buffer[MAX_PAYLOAD_BYTES + ADIABIT_FRAME_OVERHEAD_BYTES];
static adiabit_device_t device;
static bool reset_wanted;

static uint32_t microseconds(void *context) {
  (void)context;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint32_t)((uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u);
}

static void send_to_stdout(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  while (length > 0u) {
    const ssize_t written = write(STDOUT_FILENO, bytes, length);
    if (written <= 0) exit(0); /* nobody listens any more */
    bytes += written;
    length -= (uint32_t)written;
  }
}

static void want_reset(void *context) {
  (void)context;
  reset_wanted = true;
}

int host_link(const char *flash_path, uint32_t wave_hertz) {

  /* Devices on different flash are different devices. */
  uint8_t chip_id[4];
  adiabit_write_u32(chip_id, adiabit_crc32((const uint8_t *)flash_path, (uint32_t)strlen(flash_path)));
  if (!host_flash_open(flash_path)) {
    fprintf(stderr, "adiabit-host: cannot use %s as flash\n", flash_path);
    return 1;
  }
  adiabit_port_t port = {
      .board_id = "host",
      .chip_id = chip_id,
      .chip_id_bytes = sizeof chip_id,
      .flash = host_flash_slots(),
      .work = work,
      .work_bytes = sizeof work,
      .kernel = &adiabit_kernel_sums,
      .frame_buffer = frame_buffer,
      .frame_buffer_bytes = sizeof frame_buffer,
      .window_bytes = 2048,
      .counter_unit = ADIABIT_COUNTER_UNIT_MICROSECONDS,
      .counter_hz = 1000000,
      .erases_are_free = true,
      .counter = microseconds,
      .send = send_to_stdout,
      .reset = want_reset,
      .context = NULL,
  };
#if ADIABIT_SENSOR
  port.sensor = host_sensor_start(wave_hertz, microseconds(NULL));
#else
  (void)wave_hertz;
#endif
  adiabit_device_start(&device, &port);
  uint8_t bytes[4096];
  ssize_t length;
  while ((length = read(STDIN_FILENO, bytes, sizeof bytes)) > 0) {
#if ADIABIT_SENSOR
    host_sensor_catch_up(microseconds(NULL));
#endif
    for (ssize_t index = 0; index < length; index++) {
      adiabit_device_receive(&device, &bytes[index], 1);
      if (!reset_wanted) continue;
      reset_wanted = false;
      memset(work, 0xA5, sizeof work); /* RAM does not survive, nor is it zero */
      adiabit_device_start(&device, &port);
    }
  }
  return 0;
}
