/*
 * SHA-256 (FIPS 180-4), for the digest of a bitstream.
 */
#ifndef ADIABIT_SHA256_H
#define ADIABIT_SHA256_H

#include <stdint.h>

#include "adiabit_stored.h"

typedef struct {
  uint32_t state[8];
  uint32_t total_bytes; /* a 32-bit count of bytes: flash is never larger */
  uint8_t block[64];
} adiabit_sha256_t;

void adiabit_sha256_start(adiabit_sha256_t *sha);
void adiabit_sha256_update(adiabit_sha256_t *sha, adiabit_stored_t *bytes, uint32_t length);
void adiabit_sha256_finish(adiabit_sha256_t *sha, uint8_t digest[32]);

/* Computes the digest of `length` bytes. */
void adiabit_sha256(adiabit_stored_t *bytes, uint32_t length, uint8_t digest[32]);

#endif /* ADIABIT_SHA256_H */
