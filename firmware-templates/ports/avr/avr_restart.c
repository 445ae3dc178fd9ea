/*
 * A reset by the watchdog, the only full one that a program can ask for. Its 16 ms are enough for the two bytes that
 * may still be in the transmitter.
 */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>

#include "port.h"

/* ATmega328P data sheet section 11.8.2: the watchdog stays on after it has reset the chip, with its shortest time. */
__attribute__((section(".init3"), naked, used)) void avr_stop_watchdog(void);
void avr_stop_watchdog(void) {
  MCUSR = 0;
  wdt_disable();
}

void port_restart(void *context) {
  (void)context;
  cli();
  wdt_enable(WDTO_15MS);
  for (;;) {
  }
}
