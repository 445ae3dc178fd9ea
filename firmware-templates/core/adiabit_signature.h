/*
 * What firmware with ADIABIT_CHECKS_SIGNATURES=1 gets from its build (firmware-templates/signature/): Ed25519, the name
 * of the product, and the keys that count until a signed table takes their place.
 */
#ifndef ADIABIT_SIGNATURE_H
#define ADIABIT_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "generated/adiabit_layout.h"

#if !defined(ADIABIT_CHECKS_SIGNATURES)
#define ADIABIT_CHECKS_SIGNATURES 0
#endif

#if ADIABIT_CHECKS_SIGNATURES
#define ADIABIT_SIGNATURE_BYTES (ADIABIT_MANIFEST_SIZE - ADIABIT_MANIFEST_OFFSET_SIGNATURE)

/* ASCII, 1 to 32 characters. */
extern const char adiabit_product[];
/* 1 to ADIABIT_MAX_KEYS */
extern const uint8_t adiabit_built_in_key_count;
extern const uint8_t *const adiabit_built_in_keys;

/* Tells whether a key has signed a message (Ed25519, RFC 8032). */
bool adiabit_ed25519_holds(const uint8_t signature[ADIABIT_SIGNATURE_BYTES], const uint8_t key[ADIABIT_KEY_BYTES],
                           const uint8_t *message, uint32_t length);
#endif

#endif /* ADIABIT_SIGNATURE_H */
