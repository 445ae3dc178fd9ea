/*
 * NOR flash in memory. An erase sets whole sectors to 0xFF, programming clears bits, and no word is programmed twice
 * between erases (what the most restrictive flash of the boards allows); a word of ones clears none, so it is none. The
 * power can fail inside any operation.
 */
#ifndef ADIABIT_HOST_NOR_H
#define ADIABIT_HOST_NOR_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_slots.h"

typedef enum {
  HOST_NOR_TEAR_NONE, /* the operation does nothing */
  HOST_NOR_TEAR_HALF, /* its first half is done */
  HOST_NOR_TEAR_BITS, /* some of its bits have changed, all over */
  HOST_NOR_TEAR_DONE, /* it is done, and the power fails right after */
} host_nor_tear_t;

typedef struct {
  uint8_t slot_count;
  uint32_t region_bytes;   /* of a slot */
  uint32_t sector_bytes;   /* what one erase takes */
  uint32_t page_bytes;     /* what one program takes at most, aligned */
  uint8_t *bytes;          /* host_nor_bytes() of them, aligned to four: the slots, then the trust store */
  uint8_t *word_programs;  /* one for every four bytes: whether it was programmed since its erase */
  uint32_t *sector_erases; /* one for every sector: how often it was erased. NULL: nobody asks */
  int32_t operations_left; /* until the power fails in the next one; negative: never */
  host_nor_tear_t tear;
  uint32_t operations; /* done so far: sector erases and page programs */
  void *context;
  /* Called after each operation and before the next one, so that ending the process equals a power cut. May be NULL. */
  bool (*store)(void *context, uint32_t offset, uint32_t length);
  /* Called when the power fails; does not return. */
  void (*cut)(void *context);
  /* Called when the core does what flash does not allow; does not return. */
  void (*broken)(void *context, const char *rule);
} host_nor_t;

/* Gives the bytes of all its regions. */
uint32_t host_nor_bytes(const host_nor_t *nor);

/* Gives the slots of `nor`, which must outlive them. */
adiabit_flash_t host_nor_slots(host_nor_t *nor);

#endif /* ADIABIT_HOST_NOR_H */
