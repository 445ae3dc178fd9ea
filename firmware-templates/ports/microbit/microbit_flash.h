/*
 * Erasing and programming the flash of the nRF51. The core stands still while the controller works. A word takes
 * 46 us, less than a byte on the line, and the receive interrupt runs between two words, so nothing is lost. A page
 * erase takes 21 ms, when the UART's six bytes (29.5) overflow: the link has the host wait for the reply to `begin`.
 */
#ifndef MICROBIT_FLASH_H
#define MICROBIT_FLASH_H

#include "adiabit_slots.h"

adiabit_flash_t microbit_flash_slots(void);

#endif /* MICROBIT_FLASH_H */
