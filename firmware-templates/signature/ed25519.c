/*
 * Ed25519 by Monocypher, with the key that the firmware was built for.
 */
#include "adiabit_signature.h"
#include "monocypher-ed25519.h"
#include "trusted_key.h" /* made by signature.mk or signature.cmake: const uint8_t adiabit_trusted_key[32] */

bool adiabit_ed25519_holds(const uint8_t signature[64], const uint8_t *message, uint32_t length) {
  return crypto_ed25519_check(signature, adiabit_trusted_key, message, length) == 0;
}
