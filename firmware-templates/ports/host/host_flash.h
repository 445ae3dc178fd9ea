/*
 * NOR flash in a file: erases set whole sectors to 0xFF, programming clears bits, and the power can fail inside any
 * single operation.
 */
#ifndef ADIABIT_HOST_FLASH_H
#define ADIABIT_HOST_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_slots.h"

#define HOST_FLASH_SECTOR_BYTES 4096u
#define HOST_FLASH_SLOTS 2u
#define HOST_FLASH_PAGE_BYTES 256u
#define HOST_FLASH_SLOT_REGION_BYTES (64u * HOST_FLASH_SECTOR_BYTES)

/* Exit status of a process whose power was cut. */
#define HOST_FLASH_POWER_CUT_STATUS 3

typedef enum {
  HOST_FLASH_TEAR_NONE, /* the operation does nothing */
  HOST_FLASH_TEAR_HALF, /* its first half is done */
  HOST_FLASH_TEAR_BITS, /* some of its bits have changed, all over */
} host_flash_tear_t;

/* Loads the file, or starts with erased flash when there is none. A negative count never cuts the power. */
bool host_flash_open(const char *path, long operations_until_power_cut, host_flash_tear_t tear);

/* Operations done so far: sector erases and page programs. */
uint32_t host_flash_operations(void);

adiabit_flash_t host_flash_slots(void);

#endif /* ADIABIT_HOST_FLASH_H */
