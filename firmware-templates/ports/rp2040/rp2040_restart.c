#include "port.h"
#include "rp2040_registers.h"
#include "rp2040_usb.h"

/* What has been sent over USB has to be read before the port goes away, and the bytes in it with it. */
static void wait_for_reader(void) {
  const uint32_t start = port_counter(0);
  while (port_counter(0) - start < BOARD_CLOCK_HZ / 50u) {
  }
}

/* Section 4.7.3: the watchdog resets everything but the oscillators; with scratch 4 cleared the boot ROM starts from
 * flash (section 2.7.1). */
void port_restart(void *context) {
  (void)context;
  while ((UART0_FR & UART_FR_BUSY) != 0u) {
  }
  if (rp2040_usb_answers) wait_for_reader();
  WATCHDOG_SCRATCH4 = 0;
  PSM_WDSEL = PSM_WDSEL_ALL & ~PSM_WDSEL_OSCILLATORS;
  SET_BITS(WATCHDOG_CTRL) = WATCHDOG_CTRL_TRIGGER;
  for (;;) {
  }
}
