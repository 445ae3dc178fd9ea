/*
 * Adiabit on the BBC micro:bit: the device of core/ between the UART and the flash.
 */
#include <stddef.h>

#include "adiabit_device.h"
#include "board.h"
#include "microbit_flash.h"
#include "microbit_uart.h"
#include "nrf51_registers.h"

static uint32_t work[BOARD_WORK_BYTES / 4u];
static uint8_t frame_buffer[BOARD_MAX_PAYLOAD_BYTES + ADIABIT_FRAME_OVERHEAD_BYTES];
static adiabit_device_t device;

static void start_timer(void) {
  TIMER0_MODE = TIMER_MODE_TIMER;
  TIMER0_BITMODE = TIMER_BITMODE_32;
  TIMER0_PRESCALER = TIMER_PRESCALER_1_MHZ;
  TIMER0_TASKS_CLEAR = 1;
  TIMER0_TASKS_START = 1;
}

static uint32_t microseconds(void *context) {
  (void)context;
  TIMER0_TASKS_CAPTURE0 = 1;
  return TIMER0_CC0;
}

static void send(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  microbit_uart_send(bytes, length);
}

static void restart(void *context) {
  (void)context;
  AIRCR = AIRCR_SYSRESETREQ;
  for (;;) {
  }
}

int main(void) {
  start_timer();
  microbit_uart_start();
  const adiabit_port_t port = {
      .board_id = BOARD_ID,
      .flash = microbit_flash_slots(),
      .work = work,
      .work_bytes = sizeof work,
      .frame_buffer = frame_buffer,
      .frame_buffer_bytes = sizeof frame_buffer,
      .window_bytes = BOARD_WINDOW_BYTES,
      .counter_unit = ADIABIT_COUNTER_UNIT_MICROSECONDS,
      .counter_hz = 1000000,
      .counter = microseconds,
      .send = send,
      .reset = restart,
      .context = NULL,
  };
  adiabit_device_start(&device, &port);
  for (;;) {
    interrupts_off();
    if (port_ring_waiting(&microbit_received) == 0u) wait_for_interrupt();
    interrupts_on();
    while (port_ring_waiting(&microbit_received) > 0u) {
      const uint8_t byte = port_ring_take(&microbit_received);
      adiabit_device_receive(&device, &byte, 1);
    }
  }
}
