/*
 * Adiabit on the Raspberry Pi Pico: the device of core/ between UART0 and the flash.
 */
#include <stddef.h>

#include "adiabit_device.h"
#include "board.h"
#include "rp2040_clocks.h"
#include "rp2040_counter.h"
#include "rp2040_flash.h"
#include "rp2040_registers.h"
#include "rp2040_uart.h"

static uint32_t work[BOARD_WORK_BYTES / 4u];
static uint8_t frame_buffer[BOARD_MAX_PAYLOAD_BYTES + ADIABIT_FRAME_OVERHEAD_BYTES];
static adiabit_device_t device;

static void send(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  rp2040_uart_send(bytes, length);
}

/* Section 4.7.3: the watchdog resets everything but the oscillators; with scratch 4 cleared the boot ROM starts from
 * flash (section 2.7.1). */
static void restart(void *context) {
  (void)context;
  rp2040_uart_drain();
  WATCHDOG_SCRATCH4 = 0;
  PSM_WDSEL = PSM_WDSEL_ALL & ~PSM_WDSEL_OSCILLATORS;
  SET_BITS(WATCHDOG_CTRL) = WATCHDOG_CTRL_TRIGGER;
  for (;;) {
  }
}

int main(void) {
  rp2040_clocks_start();
  rp2040_counter_start();
  rp2040_uart_start();
  const adiabit_port_t port = {
      .board_id = BOARD_ID,
      .flash = rp2040_flash_slots(),
      .work = work,
      .work_bytes = sizeof work,
      .frame_buffer = frame_buffer,
      .frame_buffer_bytes = sizeof frame_buffer,
      .window_bytes = BOARD_WINDOW_BYTES,
      .counter_unit = ADIABIT_COUNTER_UNIT_CYCLES,
      .counter_hz = BOARD_CLOCK_HZ,
      .counter = rp2040_counter,
      .send = send,
      .reset = restart,
      .context = NULL,
  };
  adiabit_device_start(&device, &port);
  for (;;) {
    interrupts_off();
    if (port_ring_waiting(&rp2040_received) == 0u) wait_for_interrupt();
    interrupts_on();
    while (port_ring_waiting(&rp2040_received) > 0u) {
      const uint8_t byte = port_ring_take(&rp2040_received);
      adiabit_device_receive(&device, &byte, 1);
    }
  }
}
