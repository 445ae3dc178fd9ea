#include "port.h"

/* Privileged Architecture 1.10, section 3.1.11: clock cycles of the core. */
uint32_t port_counter(void *context) {
  (void)context;
  uint32_t cycles;
  __asm__ volatile("csrr %0, mcycle" : "=r"(cycles));
  return cycles;
}
