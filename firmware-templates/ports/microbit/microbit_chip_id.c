#include "adiabit_bytes.h"
#include "nrf51_registers.h"
#include "port.h"

/* Every chip has another one; QEMU always gives the same. */
bool port_chip_id(uint8_t id[BOARD_CHIP_ID_BYTES]) {
  adiabit_write_u32(id, FICR_DEVICEID(0u));
  adiabit_write_u32(id + 4, FICR_DEVICEID(1u));
  return true;
}
