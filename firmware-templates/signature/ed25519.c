/*
 * Ed25519 by Monocypher, and the product and the keys that the firmware was built for.
 */
#include "adiabit_bytes.h"
#include "adiabit_signature.h"
#include "monocypher-ed25519.h"
#include "trusted_keys.h" /* KEYS of the build, which `adiabit key header` writes */

#define PRODUCT_BYTES (ADIABIT_MANIFEST_OFFSET_BOARD - ADIABIT_MANIFEST_OFFSET_PRODUCT)
ADIABIT_STATIC_ASSERT(one_to_four_keys,
                      ADIABIT_TRUSTED_KEY_COUNT >= 1u && ADIABIT_TRUSTED_KEY_COUNT <= ADIABIT_MAX_KEYS);
ADIABIT_STATIC_ASSERT(product_fits, sizeof ADIABIT_PRODUCT > 1u && sizeof ADIABIT_PRODUCT <= PRODUCT_BYTES + 1u);

const char adiabit_product[] = ADIABIT_PRODUCT;
const uint8_t adiabit_built_in_key_count = ADIABIT_TRUSTED_KEY_COUNT;
const uint8_t *const adiabit_built_in_keys = adiabit_trusted_keys[0];

bool adiabit_ed25519_holds(const uint8_t signature[ADIABIT_SIGNATURE_BYTES], const uint8_t key[ADIABIT_KEY_BYTES],
                           const uint8_t *message, uint32_t length) {
  return crypto_ed25519_check(signature, key, message, length) == 0;
}
