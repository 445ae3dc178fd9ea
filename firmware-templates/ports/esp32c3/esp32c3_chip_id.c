#include "esp32c3_registers.h"
#include "port.h"

/* The MAC address of the chip, in the order in which it is written. */
bool port_chip_id(uint8_t id[BOARD_CHIP_ID_BYTES]) {
  for (uint32_t byte = 0; byte < BOARD_CHIP_ID_BYTES; byte++) {
    id[BOARD_CHIP_ID_BYTES - 1u - byte] = (uint8_t)(EFUSE_MAC(byte / 4u) >> (8u * (byte % 4u)));
  }
  return true;
}
