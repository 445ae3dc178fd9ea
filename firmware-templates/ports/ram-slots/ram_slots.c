#include "ram_slots.h"

#include <stddef.h>
#include <string.h>

#define MARK 0x544F4C53u
#define SLOT_WORDS (BOARD_RAM_SLOT_REGION_BYTES / 4u)
__attribute__((section(".noinit"))) static uint32_t slots[2][SLOT_WORDS];

static bool erase(void *context, uint8_t slot, uint32_t offset, uint32_t length) {
  (void)context;
  memset((uint8_t *)slots[slot] + offset, 0xFF, length);
  return true;
}

static bool program(void *context, uint8_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  (void)context;
  uint8_t *target = (uint8_t *)slots[slot] + offset;
  for (uint32_t index = 0; index < length; index++) target[index] &= bytes[index];
  return true;
}

/* Erases what the memory holds when the power comes: no count of a slot's erases, which stands for a lost one. */
static void start_blank(void) {
  static uint32_t mark __attribute__((section(".noinit")));
  if (mark == MARK) return;
  memset(slots, 0xFF, sizeof slots);
  mark = MARK;
}

adiabit_flash_t ram_slots(void) {
  start_blank();
  const adiabit_flash_t flash = {
      .slot_count = 2,
      .slot = {(const uint8_t *)slots[0], (const uint8_t *)slots[1]},
      .slot_region_bytes = BOARD_RAM_SLOT_REGION_BYTES,
      .sector_bytes = BOARD_RAM_SECTOR_BYTES,
      .erase = erase,
      .program = program,
      .context = NULL,
  };
  return flash;
}
