#include "esp32c3_registers.h"
#include "port.h"

/* Section 1.4: this core has counters of its own instead of mcycle: what to count (cycles), whether, and the count. */
void port_clock_start(void) {
  SYSTEM_SYSCLK_CONF = SYSCLK_FROM_CRYSTAL;
  __asm__ volatile("csrwi 0x7E0, 1\n\tcsrwi 0x7E1, 1");
}

uint32_t port_counter(void *context) {
  (void)context;
  uint32_t cycles;
  __asm__ volatile("csrr %0, 0x7E2" : "=r"(cycles));
  return cycles;
}
