/* Counts clock cycles with SysTick: 24 bits in hardware, the rest in its interrupt. */
#include "systick_counter.h"
#include "cortex_m.h"
#include "cpu.h"
#include "port.h"

#define SYSTICK_TOP 0x00FFFFFFu

static volatile uint32_t wraps;

void systick_counter_start(void) {
  SYST_RVR = SYSTICK_TOP;
  SYST_CVR = 0; /* any write clears it; it reloads on the next cycle */
  SYST_CSR = SYST_CSR_ENABLE | SYST_CSR_TICKINT | SYST_CSR_CLKSOURCE_CORE;
}

void systick_interrupt(void) {
  wraps++;
}

uint32_t port_counter(void *context) {
  (void)context;
  interrupts_off();
  uint32_t high = wraps;
  uint32_t left = SYST_CVR;
  if ((ICSR & ICSR_PENDSTSET) != 0u) { /* it wrapped, before or after the read: read again, now surely after */
    high++;
    left = SYST_CVR;
  }
  interrupts_on();
  return (high << 24) + (SYSTICK_TOP - left);
}
