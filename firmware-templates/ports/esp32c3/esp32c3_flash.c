/*
 * Erases and programs the flash that the program runs from, with functions of the ROM. Meanwhile the flash cannot be
 * read. So the waiting code is in RAM and interrupts are off; the UART keeps 128 bytes, which last 11 ms, longer than
 * the pages of one request take. A sector takes longer: the link has the host wait for the reply to `begin`.
 */
#include <stddef.h>
#include <string.h>

#include "cpu.h"
#include "esp32c3_registers.h"
#include "port.h"

/* Functions of the ROM, placed by link.ld. They return 0 on success. */
extern int rom_flash_unlock(void);
extern int rom_flash_erase_sector(uint32_t sector);
extern int rom_flash_write(uint32_t offset, const uint32_t *words, uint32_t bytes);
extern uint32_t rom_cache_suspend(void);
extern void rom_cache_resume(uint32_t before);
extern void rom_cache_invalidate_all(void);

#define CHUNK_BYTES 256u

/* Programs `bytes` bytes, or erases the sector at `offset` if `words` is NULL. */
IN_RAM static bool change_in_ram(uint32_t offset, const uint32_t *words, uint32_t bytes) {
  const uint32_t before = rom_cache_suspend();
  int failed = rom_flash_unlock();
  if (failed == 0) {
    failed =
        words == NULL ? rom_flash_erase_sector(offset / BOARD_SECTOR_BYTES) : rom_flash_write(offset, words, bytes);
  }
  rom_cache_invalidate_all();
  rom_cache_resume(before);
  return failed == 0;
}

static bool change(uint32_t offset, const uint32_t *words, uint32_t bytes) {
  interrupts_off();
  const bool done = change_in_ram(offset, words, bytes);
  interrupts_on();
  return done;
}

static uint32_t flash_offset(uint8_t slot, uint32_t offset) {
#if ADIABIT_CHECKS_SIGNATURES
  if (slot == ADIABIT_TRUST_STORE) return BOARD_TRUST_STORE_ADDRESS - BOARD_FLASH_ADDRESS + offset;
#endif
  return BOARD_SLOT_A_ADDRESS - BOARD_FLASH_ADDRESS + slot * BOARD_SLOT_REGION_BYTES + offset;
}

static const uint8_t *slot_address(uint8_t slot) {
  return (const uint8_t *)(BOARD_FLASH_ADDRESS + flash_offset(slot, 0));
}

static bool erase(void *context, uint8_t slot, uint32_t offset, uint32_t length) {
  (void)context;
  for (uint32_t done = 0; done < length; done += BOARD_SECTOR_BYTES) {
    if (!change(flash_offset(slot, offset + done), NULL, 0)) return false;
  }
  return true;
}

/* The ROM takes words; the length is a multiple of four (adiabit_slots.h). */
static bool program(void *context, uint8_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  (void)context;
  uint32_t words[CHUNK_BYTES / 4u];
  for (uint32_t done = 0; done < length;) {
    const uint32_t left = length - done;
    const uint32_t now = left < CHUNK_BYTES ? left : CHUNK_BYTES;
    memcpy(words, bytes + done, now);
    if (!change(flash_offset(slot, offset + done), words, now)) return false;
    done += now;
  }
  return true;
}

adiabit_flash_t port_flash(void) {
  const adiabit_flash_t flash = {
      .slot_count = BOARD_SLOT_COUNT,
      .slot =
          {
              slot_address(0),
              slot_address(1),
#if ADIABIT_CHECKS_SIGNATURES
              slot_address(ADIABIT_TRUST_STORE),
#endif
          },
      .slot_region_bytes = BOARD_SLOT_REGION_BYTES,
      .sector_bytes = BOARD_SECTOR_BYTES,
      .erase = erase,
      .program = program,
      .context = NULL,
  };
  return flash;
}
