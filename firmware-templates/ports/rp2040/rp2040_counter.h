/*
 * Clock cycles, from SysTick: 24 bits in hardware, the rest counted by its interrupt.
 */
#ifndef RP2040_COUNTER_H
#define RP2040_COUNTER_H

#include <stdint.h>

void rp2040_counter_start(void);
/* Cycles since the start, modulo 2^32. */
uint32_t rp2040_counter(void *context);
void rp2040_systick_interrupt(void);

#endif /* RP2040_COUNTER_H */
