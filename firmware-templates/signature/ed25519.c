/*
 * Ed25519 by Monocypher, with the key that the firmware was built for.
 */
#include "adiabit_signature.h"
#include "monocypher-ed25519.h"
#include "trusted_key.h" /* made by signature.mk: static const uint8_t trusted_key[32] */

bool adiabit_ed25519_holds(const uint8_t signature[64], const uint8_t *message, uint32_t length) {
  return crypto_ed25519_check(signature, trusted_key, message, length) == 0;
}
