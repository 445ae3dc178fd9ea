/*
 * Erases and programs the flash of the nRF51. The core stands still while the controller works. A word takes 46 us,
 * less than a byte on the line, and the receive interrupt runs between two words, so no byte is lost. A page erase
 * takes 21 ms, in which the UART's six bytes (29.5) overflow: the link has the host wait for the reply to `begin`.
 */
#include <stddef.h>

#include "adiabit_bytes.h"
#include "nrf51_registers.h"
#include "port.h"

static uint32_t flash_address(uint8_t slot, uint32_t offset) {
  return BOARD_SLOT_A_ADDRESS + slot * BOARD_SLOT_REGION_BYTES + offset;
}

static void wait_until_ready(void) {
  while (NVMC_READY == 0u) {
  }
}

/* Section 6.1.2: the mode, the address of a page, and waiting. */
static bool erase(void *context, uint8_t slot, uint32_t offset, uint32_t length) {
  (void)context;
  NVMC_CONFIG = NVMC_ERASE;
  for (uint32_t done = 0; done < length; done += BOARD_SECTOR_BYTES) {
    NVMC_ERASEPAGE = flash_address(slot, offset + done);
    wait_until_ready();
  }
  NVMC_CONFIG = NVMC_READ_ONLY;
  return true; /* whoever writes reads back */
}

/* Section 6.1.1: whole words, each at most twice between erases; the slots write every word once. */
static bool program(void *context, uint8_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  (void)context;
  NVMC_CONFIG = NVMC_WRITE;
  for (uint32_t done = 0; done < length; done += 4u) {
    REGISTER(flash_address(slot, offset + done)) = adiabit_read_u32(bytes + done);
    wait_until_ready();
  }
  NVMC_CONFIG = NVMC_READ_ONLY;
  return true;
}

adiabit_flash_t port_flash(void) {
  const adiabit_flash_t flash = {
      .slot_count = BOARD_SLOT_COUNT,
      .slot = {(const uint8_t *)BOARD_SLOT_A_ADDRESS,
               (const uint8_t *)(BOARD_SLOT_A_ADDRESS + BOARD_SLOT_REGION_BYTES)},
      .slot_region_bytes = BOARD_SLOT_REGION_BYTES,
      .sector_bytes = BOARD_SECTOR_BYTES,
      .erase = erase,
      .program = program,
      .context = NULL,
  };
  return flash;
}
