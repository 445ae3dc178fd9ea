#include <avr/io.h>
#include <stddef.h>

#include "adiabit_bytes.h"
#include "avr_boot.h"
#include "port.h"

#if BOARD_FLASH_BYTES != FLASHEND + 1UL || BOARD_RAM_BYTES != RAMEND - RAMSTART + 1
#error "BOARD_FLASH_BYTES or BOARD_RAM_BYTES is not what the chip of -mmcu has."
#endif
#if BOARD_SECTOR_BYTES % SPM_PAGESIZE != 0
#error "BOARD_SECTOR_BYTES is no multiple of the chip's page."
#endif

#define PAGE_ERASE ((1u << PGERS) | (1u << SPMEN))
#define PAGE_WRITE ((1u << PGWRT) | (1u << SPMEN))
#define PAGE_FILL (1u << SPMEN)

static uint32_t flash_address(uint8_t slot, uint32_t offset) {
  return BOARD_SLOT_A_ADDRESS + slot * BOARD_SLOT_REGION_BYTES + offset;
}

static bool erase(void *context, uint8_t slot, uint32_t offset, uint32_t length) {
  (void)context;
  for (uint32_t done = 0; done < length; done += SPM_PAGESIZE)
    avr_boot_spm(flash_address(slot, offset + done), 0, PAGE_ERASE);
  return true; /* whoever writes reads back */
}

/* Words that are not filled in stay ones in the page buffer, and a one leaves the bit in flash as it is. */
static bool program(void *context, uint8_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  (void)context;
  uint32_t address = flash_address(slot, offset);
  for (; length > 0u; length -= 2u, address += 2u, bytes += 2) {
    avr_boot_spm(address, adiabit_read_u16(bytes), PAGE_FILL);
    const bool page_ends = ((uint16_t)address & (SPM_PAGESIZE - 1u)) == SPM_PAGESIZE - 2u;
    if (page_ends || length == 2u) avr_boot_spm(address, 0, PAGE_WRITE);
  }
  return true;
}

adiabit_flash_t port_flash(void) {
  const adiabit_flash_t flash = {
      .slot_count = BOARD_SLOT_COUNT,
      .slot = {(adiabit_stored_t *)(__uint24)BOARD_SLOT_A_ADDRESS,
               (adiabit_stored_t *)(__uint24)(BOARD_SLOT_A_ADDRESS + BOARD_SLOT_REGION_BYTES)},
      .slot_region_bytes = BOARD_SLOT_REGION_BYTES,
      .sector_bytes = BOARD_SECTOR_BYTES,
      .erase = erase,
      .program = program,
      .context = NULL,
  };
  return flash;
}
