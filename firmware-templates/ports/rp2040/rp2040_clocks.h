#ifndef RP2040_CLOCKS_H
#define RP2040_CLOCKS_H

#include <stdint.h>

/* Takes subsystems out of reset and waits until they are. */
void rp2040_unreset(uint32_t subsystems);

/* Starts the clock of 48 MHz that USB and the ADC want. Twice does no harm. */
void rp2040_start_usb_pll(void);

#endif /* RP2040_CLOCKS_H */
