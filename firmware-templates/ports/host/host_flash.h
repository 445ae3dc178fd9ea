/*
 * The NOR flash of host_nor.h in a file.
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

/* Loads the file, or starts with erased flash when there is none. */
bool host_flash_open(const char *path);

adiabit_flash_t host_flash_slots(void);

#endif /* ADIABIT_HOST_FLASH_H */
