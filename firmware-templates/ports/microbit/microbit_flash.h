/*
 * Erasing and programming the flash of the nRF51. The core stops while the controller works, bytes that arrive then
 * are lost beyond the UART's six (section 29.5): a host waits for the reply to `begin`, and a word takes 46 us.
 */
#ifndef MICROBIT_FLASH_H
#define MICROBIT_FLASH_H

#include "adiabit_slots.h"

adiabit_flash_t microbit_flash_slots(void);

#endif /* MICROBIT_FLASH_H */
