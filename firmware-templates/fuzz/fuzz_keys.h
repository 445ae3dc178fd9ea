/*
 * Keys for a fuzzer: what it needs behind the signatures of a device it could never find. So Ed25519 is replaced, in
 * the harness only, by a checksum that the harness can make for any key.
 */
#ifndef FUZZ_KEYS_H
#define FUZZ_KEYS_H

#include <stdint.h>

#include "adiabit_signature.h"

#define FUZZ_KEYS 6u

/* Gives one of a few keys. The first two are those of the build. */
const uint8_t *fuzz_key(uint8_t number);

/* Sets the id of a key in a manifest, and signs it with that key. */
void fuzz_sign(uint8_t manifest[ADIABIT_MANIFEST_SIZE], uint8_t number);

#endif /* FUZZ_KEYS_H */
