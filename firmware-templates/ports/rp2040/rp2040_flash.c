/* Erases and programs flash through the boot ROM, while interrupts go on. */
#include <string.h>

#include "port.h"
#include "rp2040_flash.h"
#include "rp2040_xip.h"

/*
 * Section 2.8.3: the boot ROM has a table of functions by two-letter codes; pointers to the table and to the function
 * that searches it are halfwords at fixed addresses.
 */
#define ROM_FUNCTION_TABLE 0x14u
#define ROM_TABLE_LOOKUP 0x18u
#define ROM_CODE(first, second) ((uint32_t)(first) | ((uint32_t)(second) << 8))

typedef void *(*rom_lookup_t)(const uint16_t *table, uint32_t code);
typedef void (*rom_action_t)(void);
typedef void (*rom_erase_t)(uint32_t offset, uint32_t length, uint32_t block_bytes, uint8_t block_command);
typedef void (*rom_program_t)(uint32_t offset, const uint8_t *bytes, uint32_t length);

/* W25Q16JV datasheet section 8.2.18: 64 KiB block erase, used by the ROM where a whole block goes. */
#define FLASH_BLOCK_BYTES 65536u
#define FLASH_COMMAND_BLOCK_ERASE 0xD8u

/* The compiler warns about an access so close to address 0. The empty assembly hides where the address comes from. */
static uintptr_t rom_pointer(uint32_t address) {
  __asm__("" : "+r"(address));
  return *(const volatile uint16_t *)address;
}

static uintptr_t rom_function(uint32_t code) {
  const rom_lookup_t lookup = (rom_lookup_t)rom_pointer(ROM_TABLE_LOOKUP);
  return (uintptr_t)lookup((const uint16_t *)rom_pointer(ROM_FUNCTION_TABLE), code);
}

static void rom_action(char first, char second) {
  ((rom_action_t)rom_function(ROM_CODE(first, second)))();
}

void rp2040_flash_take(void) {
  rom_action('I', 'F'); /* connect_internal_flash */
  rom_action('E', 'X'); /* flash_exit_xip */
}

void rp2040_flash_give_back(void) {
  rom_action('F', 'C'); /* flash_flush_cache */
  rp2040_xip_start();
}

static uint32_t flash_offset(uint8_t slot, uint32_t offset) {
#if ADIABIT_CHECKS_SIGNATURES
  if (slot == ADIABIT_TRUST_STORE) return BOARD_TRUST_STORE_ADDRESS - BOARD_FLASH_ADDRESS + offset;
#endif
  return BOARD_SLOT_A_ADDRESS - BOARD_FLASH_ADDRESS + slot * BOARD_SLOT_REGION_BYTES + offset;
}

static bool erase(void *context, uint8_t slot, uint32_t offset, uint32_t length) {
  (void)context;
  if (length == 0u) return true;
  const rom_erase_t range_erase = (rom_erase_t)rom_function(ROM_CODE('R', 'E'));
  rp2040_flash_take();
  range_erase(flash_offset(slot, offset), length, FLASH_BLOCK_BYTES, FLASH_COMMAND_BLOCK_ERASE);
  rp2040_flash_give_back();
  return true; /* whoever writes reads back */
}

/* The ROM programs whole pages. Ones leave a bit as it is, so the rest of a page is filled with them. */
static bool program(void *context, uint8_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  (void)context;
  const rom_program_t range_program = (rom_program_t)rom_function(ROM_CODE('R', 'P'));
  uint32_t start = flash_offset(slot, offset);
  rp2040_flash_take();
  while (length > 0u) {
    uint8_t page[BOARD_PAGE_BYTES];
    const uint32_t before = start % BOARD_PAGE_BYTES;
    const uint32_t room = BOARD_PAGE_BYTES - before;
    const uint32_t piece = length < room ? length : room;
    memset(page, 0xFF, sizeof page);
    memcpy(page + before, bytes, piece);
    range_program(start - before, page, sizeof page);
    start += piece;
    bytes += piece;
    length -= piece;
  }
  rp2040_flash_give_back();
  return true;
}

adiabit_flash_t port_flash(void) {
  const adiabit_flash_t flash = {
      .slot_count = BOARD_SLOT_COUNT,
      .slot =
          {
              (const uint8_t *)BOARD_SLOT_A_ADDRESS,
              (const uint8_t *)(BOARD_SLOT_A_ADDRESS + BOARD_SLOT_REGION_BYTES),
#if ADIABIT_CHECKS_SIGNATURES
              (const uint8_t *)BOARD_TRUST_STORE_ADDRESS,
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
