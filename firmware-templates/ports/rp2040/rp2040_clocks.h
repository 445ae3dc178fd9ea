#ifndef RP2040_CLOCKS_H
#define RP2040_CLOCKS_H

#include <stdint.h>

/* Takes subsystems out of reset and waits until they are. */
void rp2040_unreset(uint32_t subsystems);

#endif /* RP2040_CLOCKS_H */
