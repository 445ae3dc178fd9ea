#include "fuzz_keys.h"

#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_crc32.h"
#include "adiabit_trust.h"

static const uint8_t keys[FUZZ_KEYS][ADIABIT_KEY_BYTES] = {{1}, {2}, {3}, {4}, {5}, {6}};

const char adiabit_product[] = "fuzz";
const uint8_t adiabit_built_in_key_count = 2;
const uint8_t *const adiabit_built_in_keys = keys[0];

const uint8_t *fuzz_key(uint8_t number) {
  return keys[number % FUZZ_KEYS];
}

/* Gives the checksum of a key and a message. */
static uint32_t checksum(const uint8_t *key, const uint8_t *message, uint32_t length) {
  const uint32_t state = adiabit_crc32_update(ADIABIT_CRC32_START, key, ADIABIT_KEY_BYTES);
  return adiabit_crc32_finish(adiabit_crc32_update(state, message, length));
}

bool adiabit_ed25519_holds(const uint8_t signature[ADIABIT_SIGNATURE_BYTES], const uint8_t key[ADIABIT_KEY_BYTES],
                           const uint8_t *message, uint32_t length) {
  uint8_t expected[ADIABIT_SIGNATURE_BYTES] = {0};
  adiabit_write_u32(expected, checksum(key, message, length));
  return memcmp(signature, expected, sizeof expected) == 0;
}

void fuzz_sign(uint8_t manifest[ADIABIT_MANIFEST_SIZE], uint8_t number) {
  const uint8_t *key = fuzz_key(number);
  adiabit_key_id(key, manifest + ADIABIT_MANIFEST_OFFSET_KEY_ID);
  uint8_t message[sizeof ADIABIT_MANIFEST_CONTEXT + ADIABIT_MANIFEST_OFFSET_SIGNATURE];
  memcpy(message, ADIABIT_MANIFEST_CONTEXT, sizeof ADIABIT_MANIFEST_CONTEXT);
  memcpy(message + sizeof ADIABIT_MANIFEST_CONTEXT, manifest, ADIABIT_MANIFEST_OFFSET_SIGNATURE);
  memset(manifest + ADIABIT_MANIFEST_OFFSET_SIGNATURE, 0, ADIABIT_SIGNATURE_BYTES);
  adiabit_write_u32(manifest + ADIABIT_MANIFEST_OFFSET_SIGNATURE, checksum(key, message, sizeof message));
}
