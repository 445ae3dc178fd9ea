#include "adiabit_bytes.h"
#include "port.h"
#include "stm32f103_registers.h"

bool port_chip_id(uint8_t id[BOARD_CHIP_ID_BYTES]) {
  for (uint32_t word = 0; word < BOARD_CHIP_ID_BYTES / 4u; word++) adiabit_write_u32(id + 4u * word, CHIP_ID(word));
  return true;
}
