/*
 * Execute in place: the SSI turns every read of the flash window into a serial read command (RP2040 datasheet
 * section 4.10.2). The plain 03h command is slow, but every flash chip knows it and it needs no state in the chip,
 * so it works after a reset at any moment. Code runs from RAM; only weights are read this way, through a 16 KiB cache.
 *
 * In a header because the second-stage boot block, which must not call anything outside itself, needs it too.
 */
#ifndef RP2040_XIP_H
#define RP2040_XIP_H

#include "rp2040_registers.h"

/* W25Q16JV datasheet section 8.2.6: Read Data, 24 address bits, at most 50 MHz. */
#define FLASH_COMMAND_READ 0x03u
#define FLASH_CLOCK_DIVIDER 4u /* 31.25 MHz from 125 MHz; must be even */

__attribute__((always_inline)) static inline void rp2040_xip_start(void) {
  SSI_SSIENR = 0; /* most registers can only be written while it is off */
  SSI_BAUDR = FLASH_CLOCK_DIVIDER;
  SSI_CTRLR0 = SSI_CTRLR0_FRAME_32_BITS | SSI_CTRLR0_EEPROM_READ;
  SSI_SPI_CTRLR0 =
      SSI_SPI_CTRLR0_COMMAND(FLASH_COMMAND_READ) | SSI_SPI_CTRLR0_INSTRUCTION_8_BITS | SSI_SPI_CTRLR0_ADDRESS_24_BITS;
  SSI_CTRLR1 = 0; /* one data frame a read */
  SSI_SSIENR = 1;
}

#endif /* RP2040_XIP_H */
