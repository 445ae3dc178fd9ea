/*
 * Erases and programs the flash of the STM32F405, to RM0090 section 3.6. The core stands still meanwhile. A word takes
 * 16 us, less than a byte on the line. A sector takes a second or two: the link has the host wait for the reply to
 * `begin`.
 *
 * QEMU has no flash controller. Its control register reads as zero there, which it never does on the chip before it has
 * been unlocked. In QEMU the slots are in RAM.
 */
#include <stddef.h>

#include "adiabit_bytes.h"
#include "port.h"
#include "ram_slots.h"
#include "stm32f405_registers.h"

/* Sector 4 has what is left of the first 128 KiB. */
#if BOARD_SLOT_A_ADDRESS != BOARD_FLASH_ADDRESS + (BOARD_SLOT_A_SECTOR - 4u) * BOARD_SECTOR_BYTES
#error "BOARD_SLOT_A_SECTOR is the sector at BOARD_SLOT_A_ADDRESS, from 5 on."
#endif

static uint32_t slot_address(uint8_t slot, uint32_t offset) {
#if ADIABIT_CHECKS_SIGNATURES
  if (slot == ADIABIT_TRUST_STORE) return BOARD_TRUST_STORE_ADDRESS + offset;
#endif
  return BOARD_SLOT_A_ADDRESS + slot * BOARD_SLOT_REGION_BYTES + offset;
}

static void unlock(void) {
  FLASH_KEYR = FLASH_KEY1;
  FLASH_KEYR = FLASH_KEY2;
  FLASH_SR = FLASH_SR_ERRORS; /* ones clear them */
}

/* The data cache may hold old bytes (section 3.5.2). It may only be reset while it is off. */
static bool lock(void) {
  FLASH_CR = FLASH_CR_LOCK;
  FLASH_ACR &= ~FLASH_ACR_DATA_CACHE;
  FLASH_ACR |= FLASH_ACR_DATA_CACHE_RESET;
  FLASH_ACR &= ~FLASH_ACR_DATA_CACHE_RESET;
  FLASH_ACR |= FLASH_ACR_DATA_CACHE;
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
    const uint32_t before = (slot_address(slot, offset + done) - BOARD_SLOT_A_ADDRESS) / BOARD_SECTOR_BYTES;
    const uint32_t command = FLASH_CR_SECTOR_ERASE | FLASH_CR_WORDS | FLASH_CR_SECTOR(BOARD_SLOT_A_SECTOR + before);
    FLASH_CR = command;
    FLASH_CR = command | FLASH_CR_START;
    wait_until_ready();
  }
  return lock();
}

static bool program(void *context, uint8_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  (void)context;
  unlock();
  FLASH_CR = FLASH_CR_PROGRAM | FLASH_CR_WORDS;
  for (uint32_t done = 0; done < length; done += 4u) {
    REGISTER(slot_address(slot, offset + done)) = adiabit_read_u32(bytes + done);
    wait_until_ready();
  }
  return lock();
}

adiabit_flash_t port_flash(void) {
  const adiabit_flash_t in_flash = {
      .slot_count = BOARD_SLOT_COUNT,
      .slot =
          {
              (const uint8_t *)slot_address(0, 0),
              (const uint8_t *)slot_address(1, 0),
#if ADIABIT_CHECKS_SIGNATURES
              (const uint8_t *)slot_address(ADIABIT_TRUST_STORE, 0),
#endif
          },
      .slot_region_bytes = BOARD_SLOT_REGION_BYTES,
      .sector_bytes = BOARD_SECTOR_BYTES,
      .erase = erase,
      .program = program,
      .context = NULL,
  };
  return FLASH_IS_READ_ONLY ? ram_slots() : in_flash;
}
