#include "ram_slots.h"

#include <stddef.h>
#include <string.h>

#define MARK 0x544F4C53u
#define SLOT_WORDS (BOARD_RAM_SLOT_REGION_BYTES / 4u)
__attribute__((section(".noinit"))) static uint32_t slots[2][SLOT_WORDS];
#if ADIABIT_CHECKS_SIGNATURES
__attribute__((section(".noinit"))) static uint32_t trust_store[2u * BOARD_RAM_SECTOR_BYTES / 4u];
#endif

static uint8_t *region(uint8_t slot) {
#if ADIABIT_CHECKS_SIGNATURES
  if (slot == ADIABIT_TRUST_STORE) return (uint8_t *)trust_store;
#endif
  return (uint8_t *)slots[slot];
}

static bool erase(void *context, uint8_t slot, uint32_t offset, uint32_t length) {
  (void)context;
  memset(region(slot) + offset, 0xFF, length);
  return true;
}

static bool program(void *context, uint8_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  (void)context;
  uint8_t *target = region(slot) + offset;
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
      .slot =
          {
              region(0),
              region(1),
#if ADIABIT_CHECKS_SIGNATURES
              region(ADIABIT_TRUST_STORE),
#endif
          },
      .slot_region_bytes = BOARD_RAM_SLOT_REGION_BYTES,
      .sector_bytes = BOARD_RAM_SECTOR_BYTES,
      .erase = erase,
      .program = program,
      .context = NULL,
  };
  return flash;
}
