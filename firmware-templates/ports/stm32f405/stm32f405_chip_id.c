#include "adiabit_bytes.h"
#include "port.h"
#include "stm32f405_registers.h"

/* QEMU has nothing at the id's address, so that reading it stops the core. Nor has it a flash controller. */
bool port_chip_id(uint8_t id[BOARD_CHIP_ID_BYTES]) {
  if (FLASH_IS_READ_ONLY) return false;
  for (uint32_t word = 0; word < BOARD_CHIP_ID_BYTES / 4u; word++) adiabit_write_u32(id + 4u * word, CHIP_ID(word));
  return true;
}
