/*
 * CRC-32 of zlib and Ethernet: reflected, polynomial 0xEDB88320, initial value and final xor 0xFFFFFFFF.
 */
#ifndef ADIABIT_CRC32_H
#define ADIABIT_CRC32_H

#include <stdint.h>

#include "adiabit_stored.h"

#define ADIABIT_CRC32_START 0xFFFFFFFFu

/* Incremental form: start with ADIABIT_CRC32_START, feed bytes, then finish. */
uint32_t adiabit_crc32_update(uint32_t state, adiabit_stored_t *bytes, uint32_t length);

static inline uint32_t adiabit_crc32_finish(uint32_t state) {
  return state ^ 0xFFFFFFFFu;
}

uint32_t adiabit_crc32(adiabit_stored_t *bytes, uint32_t length);

#endif /* ADIABIT_CRC32_H */
