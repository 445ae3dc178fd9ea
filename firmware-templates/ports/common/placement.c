/*
 * Checks where the slots are. What is wrong for any program is refused here. What depends on the program is checked by
 * the linker, which gets the numbers of board.h as symbols (placement.ld).
 */
#include "board.h"

#if BOARD_SLOT_COUNT < 1 || BOARD_SLOT_COUNT > 2
#error "BOARD_SLOT_COUNT is 1 or 2."
#endif
#if (BOARD_SLOT_A_ADDRESS - BOARD_FLASH_ADDRESS) % BOARD_SECTOR_BYTES != 0
#error "BOARD_SLOT_A_ADDRESS is not where a sector begins."
#endif
#if BOARD_SLOT_REGION_BYTES % BOARD_SECTOR_BYTES != 0 || BOARD_SLOT_REGION_BYTES <= BOARD_SECTOR_BYTES
#error "BOARD_SLOT_REGION_BYTES is not two sectors at least: the last one holds the record."
#endif
#if defined(BOARD_RAM_SLOT_REGION_BYTES)
#if BOARD_RAM_SLOT_REGION_BYTES % BOARD_RAM_SECTOR_BYTES != 0 || BOARD_RAM_SLOT_REGION_BYTES <= BOARD_RAM_SECTOR_BYTES
#error "BOARD_RAM_SLOT_REGION_BYTES is not two sectors at least: the last one holds the record."
#endif
#endif

#if defined(ADIABIT_CHECKS_SIGNATURES)
#if !defined(BOARD_TRUST_STORE_ADDRESS)
#error "This board has no trust store (trustStoreAddress in boards.json), so it cannot be built with KEYS."
#elif BOARD_TRUST_STORE_ADDRESS < BOARD_SLOT_A_ADDRESS + BOARD_SLOT_COUNT * BOARD_SLOT_REGION_BYTES || \
    BOARD_TRUST_STORE_ADDRESS + 2 * BOARD_SECTOR_BYTES > BOARD_FLASH_ADDRESS + BOARD_FLASH_BYTES
#error "BOARD_TRUST_STORE_ADDRESS is not behind the slots, with two sectors of flash from there on."
#elif BOARD_SECTOR_BYTES < 256
#error "A sector holds a record with its manifest, or what the trust store keeps."
#endif
#endif

/* A constant, printed without the mark of an immediate operand. */
#if defined(__riscv)
#define CONSTANT "%0"
#else
#define CONSTANT "%c0"
#endif
#define SYMBOL(name, value) __asm__ volatile(".global " #name "\n\t.set " #name ", " CONSTANT : : "i"(value))

/* Never called. It is not linked either, but its symbols stay. */
__attribute__((used)) static void placement(void) {
  SYMBOL(board_flash_start, BOARD_FLASH_ADDRESS);
  SYMBOL(board_flash_end, BOARD_FLASH_ADDRESS + BOARD_FLASH_BYTES);
  SYMBOL(board_slots_start, BOARD_SLOT_A_ADDRESS);
  SYMBOL(board_slots_end, BOARD_SLOT_A_ADDRESS + BOARD_SLOT_COUNT * BOARD_SLOT_REGION_BYTES);
  SYMBOL(board_ram_bytes, BOARD_RAM_BYTES);
}
