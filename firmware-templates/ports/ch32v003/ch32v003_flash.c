/*
 * Erases and programs the flash that the program runs from (chapter 16): pages of 64 bytes are erased in the fast way,
 * half words programmed in the standard way. An erase takes 3 ms, longer than the UART's one byte lasts. So the waiting
 * code is in RAM, takes what the UART receives, and interrupts, whose table is in flash, are off.
 */
#include <stddef.h>

#include "adiabit_bytes.h"
#include "ch32v003_registers.h"
#include "cpu.h"
#include "port.h"

#define PAGE_BYTES 64u
#define HALF_WORD(address) (*(volatile uint16_t *)(address))

static uint32_t slot_address(uint32_t offset) {
  return BOARD_SLOT_A_ADDRESS + offset;
}

IN_RAM static void wait_until_ready(void) {
  while ((FLASH_STATR & FLASH_STATR_BUSY) != 0u) port_uart_interrupt();
}

IN_RAM static void erase_page(uint32_t address) {
  FLASH_CTLR = FLASH_CTLR_PAGE_ERASE;
  FLASH_ADDR = address;
  FLASH_CTLR = FLASH_CTLR_PAGE_ERASE | FLASH_CTLR_START;
  wait_until_ready();
}

IN_RAM static void program_half_word(uint32_t address, uint16_t value) {
  FLASH_CTLR = FLASH_CTLR_PROGRAM;
  HALF_WORD(address) = value;
  wait_until_ready();
}

static void unlock(void) {
  interrupts_off();
  FLASH_KEYR = FLASH_KEY1;
  FLASH_KEYR = FLASH_KEY2;
  FLASH_MODEKEYR = FLASH_KEY1;
  FLASH_MODEKEYR = FLASH_KEY2;
  FLASH_STATR = FLASH_STATR_PROTECTED | FLASH_STATR_DONE; /* ones clear them */
}

static bool lock(void) {
  FLASH_CTLR = FLASH_CTLR_LOCK | FLASH_CTLR_FAST_LOCK;
  interrupts_on();
  return (FLASH_STATR & FLASH_STATR_PROTECTED) == 0u;
}

static bool erase(void *context, uint8_t slot, uint32_t offset, uint32_t length) {
  (void)context;
  (void)slot;
  unlock();
  for (uint32_t done = 0; done < length; done += PAGE_BYTES) erase_page(slot_address(offset + done));
  return lock();
}

static bool program(void *context, uint8_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  (void)context;
  (void)slot;
  unlock();
  for (uint32_t done = 0; done < length; done += 2u) {
    program_half_word(slot_address(offset + done), adiabit_read_u16(bytes + done));
  }
  return lock();
}

adiabit_flash_t port_flash(void) {
  const adiabit_flash_t flash = {
      .slot_count = BOARD_SLOT_COUNT,
      .slot = {(const uint8_t *)BOARD_SLOT_A_ADDRESS, NULL},
      .slot_region_bytes = BOARD_SLOT_REGION_BYTES,
      .sector_bytes = BOARD_SECTOR_BYTES,
      .erase = erase,
      .program = program,
      .context = NULL,
  };
  return flash;
}
