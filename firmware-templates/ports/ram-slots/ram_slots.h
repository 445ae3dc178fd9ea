/*
 * Slots in RAM that a reset leaves alone, for boards whose emulator cannot write flash. The board's BOARD_RAM_... say how
 * large they are.
 */
#ifndef RAM_SLOTS_H
#define RAM_SLOTS_H

#include "port.h"

adiabit_flash_t ram_slots(void);

#endif /* RAM_SLOTS_H */
