/*
 * Adiabit on a board: the device of core/ between the UART and the flash.
 */
#include <stddef.h>

#include "adiabit_device.h"
#include "cpu.h"
#include "port.h"

port_ring_t port_received;

#if BOARD_MAX_PAYLOAD_BYTES + 7 < 256 /* ADIABIT_FRAME_OVERHEAD_BYTES, ADIABIT_FRAME_WRITER_BLOCK_BYTES */
#error "The frame buffer holds pieces of replies, too, and they have 256 bytes."
#endif

#if PORT_RING_BYTES <= BOARD_WINDOW_BYTES
#error "The ring holds a whole window, and one place stays free."
#endif

static uint32_t work[BOARD_WORK_BYTES / 4u];
static uint8_t frame_buffer[BOARD_MAX_PAYLOAD_BYTES + ADIABIT_FRAME_OVERHEAD_BYTES];
static adiabit_device_t device;

#if defined(BOARD_CHIP_ID_BYTES)
static uint8_t chip_id[BOARD_CHIP_ID_BYTES];
#endif

#if ADIABIT_SENSOR
#include "port_sensor.h"

static int32_t samples[PORT_SENSOR_ROOM * PORT_SENSOR_CHANNELS];
static adiabit_sensor_t sensor = {
    .channels = PORT_SENSOR_CHANNELS,
    .value_bytes = PORT_SENSOR_VALUE_BYTES,
    .room = PORT_SENSOR_ROOM,
    .millihertz = 1000u * PORT_SENSOR_HERTZ,
    .ring = samples,
};

/* Takes the samples that are due, late by no more than a reply or an inference takes. */
static void take_samples(void) {
  static uint32_t last;
  const uint32_t period = BOARD_COUNTER_HZ / PORT_SENSOR_HERTZ;
  for (; port_counter(NULL) - last >= period; last += period) {
    int32_t values[PORT_SENSOR_CHANNELS];
    adiabit_port_sensor_read(values);
    adiabit_sensor_put(&sensor, values);
  }
}
#endif

int main(void) {
  port_clock_start();
  port_uart_start();
  interrupts_on();
  adiabit_port_t port = {
      .board_id = BOARD_ID,
      .flash = port_flash(),
      .work = work,
      .work_bytes = sizeof work,
      .kernel = &BOARD_KERNEL,
      .frame_buffer = frame_buffer,
      .frame_buffer_bytes = sizeof frame_buffer,
      .window_bytes = BOARD_WINDOW_BYTES,
      .counter_unit = BOARD_COUNTER_UNIT,
      .counter_hz = BOARD_COUNTER_HZ,
      .counter = port_counter,
      .send = port_uart_send,
      .reset = port_restart,
      .context = NULL,
  };
#if defined(BOARD_CHIP_ID_BYTES)
  port.chip_id = chip_id;
  port.chip_id_bytes = port_chip_id(chip_id) ? BOARD_CHIP_ID_BYTES : 0u;
#endif
#if ADIABIT_SENSOR
  port.sensor = &sensor;
  port_sensor_start();
#endif
  adiabit_device_start(&device, &port);
  for (;;) {
#if ADIABIT_SENSOR
    take_samples();
#else
    interrupts_off();
    if (!port_ring_waiting(&port_received)) sleep_until_interrupt();
    interrupts_on();
#endif
    while (port_ring_waiting(&port_received)) {
      const uint8_t byte = port_ring_take(&port_received);
      adiabit_device_receive(&device, &byte, 1);
    }
  }
}
