/* Takes the flash chip away from the execute-in-place window, to give it commands, and gives it back. */
#ifndef RP2040_FLASH_H
#define RP2040_FLASH_H

/* From here to rp2040_flash_give_back nothing may touch the flash window: all code and all interrupts run from RAM. */
void rp2040_flash_take(void);
void rp2040_flash_give_back(void);

#endif /* RP2040_FLASH_H */
