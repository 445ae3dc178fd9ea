/* Counts clock cycles with timer 1: 16 bits in hardware, the rest in its interrupt. */
#include <avr/interrupt.h>
#include <avr/io.h>

#include "port.h"

static volatile uint16_t wraps;

void port_clock_start(void) {
  TCCR1A = 0;
  TIMSK1 = 1u << TOIE1;
  TCCR1B = 1u << CS10;
}

ISR(TIMER1_OVF_vect) {
  wraps++;
}

uint32_t port_counter(void *context) {
  (void)context;
  cli();
  uint16_t high = wraps;
  uint16_t low = TCNT1;
  if ((TIFR1 & (1u << TOV1)) != 0u) { /* it wrapped, before or after the read: read again, now surely after */
    high++;
    low = TCNT1;
  }
  sei();
  return ((uint32_t)high << 16) + low;
}
