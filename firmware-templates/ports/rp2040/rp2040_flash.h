/*
 * Erasing and programming flash through the boot ROM, while interrupts go on.
 */
#ifndef RP2040_FLASH_H
#define RP2040_FLASH_H

#include "adiabit_slots.h"

adiabit_flash_t rp2040_flash_slots(void);

#endif /* RP2040_FLASH_H */
