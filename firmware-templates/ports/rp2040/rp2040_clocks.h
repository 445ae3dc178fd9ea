#ifndef RP2040_CLOCKS_H
#define RP2040_CLOCKS_H

#include <stdint.h>

/* Crystal, PLL, 125 MHz for cores and peripherals. */
void rp2040_clocks_start(void);

/* Takes subsystems out of reset and waits until they are. */
void rp2040_unreset(uint32_t subsystems);

#endif /* RP2040_CLOCKS_H */
