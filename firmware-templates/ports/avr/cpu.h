/*
 * Interrupts and sleep on an AVR.
 */
#ifndef CPU_H
#define CPU_H

#include <avr/interrupt.h>
#include <avr/sleep.h>

static inline void interrupts_off(void) {
  cli();
}

static inline void interrupts_on(void) {
  sei();
}

/*
 * Called with interrupts off. The instruction after `sei` runs before any interrupt, so no interrupt can come between
 * the test and the sleep.
 */
static inline void sleep_until_interrupt(void) {
  sleep_enable();
  sei();
  sleep_cpu();
}

#endif /* CPU_H */
