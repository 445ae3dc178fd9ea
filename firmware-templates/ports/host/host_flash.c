#include "host_flash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLASH_BYTES (HOST_FLASH_SLOTS * HOST_FLASH_SLOT_REGION_BYTES)

/* Words, so that it is aligned as real flash is. */
static uint32_t flash_words[FLASH_BYTES / 4u];
static FILE *flash_file;
static long operations_left;
static host_flash_tear_t tear_mode;
static uint32_t operation_count;

static uint8_t *flash_bytes(void) {
  return (uint8_t *)flash_words;
}

/* Every operation reaches the file before the next begins: killing the process is cutting the power. */
static bool store(uint32_t offset, uint32_t length) {
  if (fseek(flash_file, (long)offset, SEEK_SET) != 0) return false;
  if (fwrite(flash_bytes() + offset, 1, length, flash_file) != length) return false;
  return fflush(flash_file) == 0;
}

bool host_flash_open(const char *path, long operations_until_power_cut, host_flash_tear_t tear) {
  operations_left = operations_until_power_cut;
  tear_mode = tear;
  memset(flash_words, 0xFF, sizeof flash_words);
  flash_file = fopen(path, "r+b");
  if (flash_file != NULL) return fread(flash_words, 1, sizeof flash_words, flash_file) == sizeof flash_words;
  flash_file = fopen(path, "w+b");
  return flash_file != NULL && store(0, FLASH_BYTES);
}

uint32_t host_flash_operations(void) {
  return operation_count;
}

/* Which bits a torn operation still changes in one byte; scattered, and the same in every run. */
static uint8_t torn_bits(uint32_t index, uint32_t length) {
  switch (tear_mode) {
    case HOST_FLASH_TEAR_HALF:
      return index < length / 2u ? 0xFFu : 0x00u;
    case HOST_FLASH_TEAR_BITS:
      return (uint8_t)(((index + operation_count) * 2654435761u) >> 13);
    case HOST_FLASH_TEAR_NONE:
    default:
      return 0x00u;
  }
}

/* Moves `length` bytes towards `target` (NULL is erased), as one operation that the power may end in the middle. */
static bool operate(uint32_t offset, const uint8_t *target, uint32_t length) {
  const bool cut = operations_left == 0;
  uint8_t *bytes = flash_bytes() + offset;
  for (uint32_t index = 0; index < length; index++) {
    const uint8_t wanted = target == NULL ? 0xFFu : (uint8_t)(bytes[index] & target[index]);
    const uint8_t changed = cut ? torn_bits(index, length) : 0xFFu;
    bytes[index] = (uint8_t)((bytes[index] & (uint8_t)~changed) | (wanted & changed));
  }
  const bool stored = store(offset, length);
  if (cut) exit(HOST_FLASH_POWER_CUT_STATUS);
  if (operations_left > 0) operations_left--;
  operation_count++;
  return stored;
}

static bool erase(void *context, uint8_t slot, uint32_t offset, uint32_t length) {
  (void)context;
  const uint32_t start = slot * HOST_FLASH_SLOT_REGION_BYTES + offset;
  for (uint32_t done = 0; done < length; done += HOST_FLASH_SECTOR_BYTES) {
    if (!operate(start + done, NULL, HOST_FLASH_SECTOR_BYTES)) return false;
  }
  return true;
}

static bool program(void *context, uint8_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  (void)context;
  uint32_t start = slot * HOST_FLASH_SLOT_REGION_BYTES + offset;
  while (length > 0u) {
    const uint32_t room = HOST_FLASH_PAGE_BYTES - start % HOST_FLASH_PAGE_BYTES;
    const uint32_t piece = length < room ? length : room;
    if (!operate(start, bytes, piece)) return false;
    start += piece;
    bytes += piece;
    length -= piece;
  }
  return true;
}

adiabit_flash_t host_flash_slots(void) {
  const adiabit_flash_t flash = {
      .slot_count = HOST_FLASH_SLOTS,
      .slot = {flash_bytes(), flash_bytes() + HOST_FLASH_SLOT_REGION_BYTES},
      .slot_region_bytes = HOST_FLASH_SLOT_REGION_BYTES,
      .sector_bytes = HOST_FLASH_SECTOR_BYTES,
      .erase = erase,
      .program = program,
      .context = NULL,
  };
  return flash;
}
