#include "host_flash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_nor.h"

#if ADIABIT_CHECKS_SIGNATURES
#define TRUST_STORE_BYTES (2u * HOST_FLASH_SECTOR_BYTES)
#else
#define TRUST_STORE_BYTES 0u
#endif
#define FLASH_BYTES (HOST_FLASH_SLOTS * HOST_FLASH_SLOT_REGION_BYTES + TRUST_STORE_BYTES)

/* Words, so that it is aligned as real flash is. */
static uint32_t flash_words[FLASH_BYTES / 4u];
static uint8_t word_programs[FLASH_BYTES / 4u];
static FILE *flash_file;

static bool store(void *context, uint32_t offset, uint32_t length) {
  (void)context;
  if (fseek(flash_file, (long)offset, SEEK_SET) != 0) return false;
  if (fwrite((uint8_t *)flash_words + offset, 1, length, flash_file) != length) return false;
  return fflush(flash_file) == 0;
}

static void never(void *context) {
  (void)context;
  abort();
}

static void broken(void *context, const char *rule) {
  (void)context;
  fprintf(stderr, "adiabit-host: ERROR: %s\n", rule);
  abort();
}

static host_nor_t nor = {
    .slot_count = HOST_FLASH_SLOTS,
    .region_bytes = HOST_FLASH_SLOT_REGION_BYTES,
    .sector_bytes = HOST_FLASH_SECTOR_BYTES,
    .page_bytes = HOST_FLASH_PAGE_BYTES,
    .bytes = (uint8_t *)flash_words,
    .word_programs = word_programs,
    .operations_left = -1,
    .store = store,
    .cut = never,
    .broken = broken,
};

bool host_flash_open(const char *path) {
  memset(flash_words, 0xFF, sizeof flash_words);
  flash_file = fopen(path, "r+b");
  if (flash_file != NULL) {
    /* Firmware without keys has no trust store: to one with keys, that is erased flash. */
    const size_t slots = sizeof flash_words - TRUST_STORE_BYTES;
    const size_t held = fread(flash_words, 1, sizeof flash_words, flash_file);
    return held >= slots && (held == sizeof flash_words || store(NULL, 0, FLASH_BYTES));
  }
  flash_file = fopen(path, "w+b");
  return flash_file != NULL && store(NULL, 0, FLASH_BYTES);
}

adiabit_flash_t host_flash_slots(void) {
  return host_nor_slots(&nor);
}
