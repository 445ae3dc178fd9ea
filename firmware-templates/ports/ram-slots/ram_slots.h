/*
 * Slots in RAM that keep their bytes over a reset, for boards whose emulator cannot write flash. BOARD_RAM_... of the
 * board give their size.
 */
#ifndef RAM_SLOTS_H
#define RAM_SLOTS_H

#include "port.h"

adiabit_flash_t ram_slots(void);

#endif /* RAM_SLOTS_H */
