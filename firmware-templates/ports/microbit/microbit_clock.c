#include "nrf51_registers.h"
#include "port.h"

/* Section 18: a timer that counts microseconds. The UART starts the crystal, which alone needs it. */
void port_clock_start(void) {
  TIMER0_MODE = TIMER_MODE_TIMER;
  TIMER0_BITMODE = TIMER_BITMODE_32;
  TIMER0_PRESCALER = TIMER_PRESCALER_1_MHZ;
  TIMER0_TASKS_CLEAR = 1;
  TIMER0_TASKS_START = 1;
}

uint32_t port_counter(void *context) {
  (void)context;
  TIMER0_TASKS_CAPTURE0 = 1;
  return TIMER0_CC0;
}
