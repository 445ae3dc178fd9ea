/*
 * Erases and programs the flash of the STM32F103, to PM0075 section 2.3. The core stands still meanwhile. Half a word
 * takes at most 70 us, less than a byte on the line. A page takes 40 ms: the link has the host wait for the reply to
 * `begin`.
 */
#include <stddef.h>

#include "adiabit_bytes.h"
#include "port.h"
#include "stm32f103_registers.h"

#define HALF_WORD(address) (*(volatile uint16_t *)(address))

static uint32_t slot_address(uint8_t slot, uint32_t offset) {
  return BOARD_SLOT_A_ADDRESS + slot * BOARD_SLOT_REGION_BYTES + offset;
}

static void unlock(void) {
  FLASH_KEYR = FLASH_KEY1;
  FLASH_KEYR = FLASH_KEY2;
  FLASH_SR = FLASH_SR_ERRORS; /* ones clear them */
}

static bool lock(void) {
  FLASH_CR = FLASH_CR_LOCK;
  return (FLASH_SR & FLASH_SR_ERRORS) == 0u;
}

static void wait_until_ready(void) {
  while ((FLASH_SR & FLASH_SR_BUSY) != 0u) {
  }
}

static bool erase(void *context, uint8_t slot, uint32_t offset, uint32_t length) {
  (void)context;
  unlock();
  for (uint32_t done = 0; done < length; done += BOARD_SECTOR_BYTES) {
    FLASH_CR = FLASH_CR_PAGE_ERASE;
    FLASH_AR = slot_address(slot, offset + done);
    FLASH_CR = FLASH_CR_PAGE_ERASE | FLASH_CR_START;
    wait_until_ready();
  }
  return lock();
}

/* The controller refuses to change a half word that is not erased, except to zero: the slots write each once. */
static bool program(void *context, uint8_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  (void)context;
  unlock();
  FLASH_CR = FLASH_CR_PROGRAM;
  for (uint32_t done = 0; done < length; done += 2u) {
    HALF_WORD(slot_address(slot, offset + done)) = adiabit_read_u16(bytes + done);
    wait_until_ready();
  }
  return lock();
}

adiabit_flash_t port_flash(void) {
  const adiabit_flash_t flash = {
      .slot_count = BOARD_SLOT_COUNT,
      .slot = {(const uint8_t *)slot_address(0, 0), (const uint8_t *)slot_address(1, 0)},
      .slot_region_bytes = BOARD_SLOT_REGION_BYTES,
      .sector_bytes = BOARD_SECTOR_BYTES,
      .erase = erase,
      .program = program,
      .context = NULL,
  };
  return flash;
}
