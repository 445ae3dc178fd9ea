#include "port.h"
#include "rp2040_registers.h"

/* Section 4.7.3: the watchdog resets everything but the oscillators; with scratch 4 cleared the boot ROM starts from
 * flash (section 2.7.1). */
void port_restart(void *context) {
  (void)context;
  while ((UART0_FR & UART_FR_BUSY) != 0u) {
  }
  WATCHDOG_SCRATCH4 = 0;
  PSM_WDSEL = PSM_WDSEL_ALL & ~PSM_WDSEL_OSCILLATORS;
  SET_BITS(WATCHDOG_CTRL) = WATCHDOG_CTRL_TRIGGER;
  for (;;) {
  }
}
