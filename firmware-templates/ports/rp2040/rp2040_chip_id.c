/* The RP2040 has no id of its own. Its flash chip has one. */
#include "port.h"
#include "rp2040_flash.h"
#include "rp2040_registers.h"

/* W25Q16JV datasheet section 8.2.31: the command and four dummy bytes, then the id. */
#define FLASH_COMMAND_UNIQUE_ID 0x4Bu
#define BYTES_BEFORE_ID 5u

/* Sends a byte to the flash chip and gives the one that comes meanwhile. */
static uint8_t exchange(uint8_t byte) {
  SSI_DR0 = byte;
  while ((SSI_SR & SSI_SR_RECEIVED) == 0u) {
  }
  return (uint8_t)SSI_DR0;
}

bool port_chip_id(uint8_t id[BOARD_CHIP_ID_BYTES]) {
  rp2040_flash_take();
  QSPI_SS_CTRL = QSPI_SS_CTRL_LOW;
  (void)exchange(FLASH_COMMAND_UNIQUE_ID);
  for (uint32_t dummy = 1; dummy < BYTES_BEFORE_ID; dummy++) (void)exchange(0);
  for (uint32_t index = 0; index < BOARD_CHIP_ID_BYTES; index++) id[index] = exchange(0);
  QSPI_SS_CTRL = QSPI_SS_CTRL_BY_SSI;
  rp2040_flash_give_back();
  return true;
}
