#include "adiabit_manifest.h"

#if ADIABIT_CHECKS_SIGNATURES

#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_device.h"

/* The zero that ends the text is signed, too. */
#define CONTEXT_BYTES ((uint32_t)sizeof ADIABIT_MANIFEST_CONTEXT)
#define PRODUCT_BYTES (ADIABIT_MANIFEST_OFFSET_BOARD - ADIABIT_MANIFEST_OFFSET_PRODUCT)
#define BOARD_BYTES (ADIABIT_MANIFEST_OFFSET_KEY_ID - ADIABIT_MANIFEST_OFFSET_BOARD)
ADIABIT_STATIC_ASSERT(signature_is_ed25519, ADIABIT_SIGNATURE_BYTES == 64u);

/* Tells whether a field holds a text, with zeros behind it. */
static bool field_is(adiabit_stored_t *field, uint32_t bytes, const char *text) {
  const uint32_t length = (uint32_t)strlen(text);
  if (length > bytes) return false;
  for (uint32_t index = 0; index < bytes; index++) {
    if (field[index] != (index < length ? (uint8_t)text[index] : 0u)) return false;
  }
  return true;
}

static bool is_signed_by(adiabit_stored_t *manifest, const uint8_t *key) {
  uint8_t message[CONTEXT_BYTES + ADIABIT_MANIFEST_OFFSET_SIGNATURE];
  memcpy(message, ADIABIT_MANIFEST_CONTEXT, CONTEXT_BYTES);
  adiabit_copy_stored(message + CONTEXT_BYTES, manifest, ADIABIT_MANIFEST_OFFSET_SIGNATURE);
  uint8_t signature[ADIABIT_SIGNATURE_BYTES];
  adiabit_copy_stored(signature, manifest + ADIABIT_MANIFEST_OFFSET_SIGNATURE, sizeof signature);
  return adiabit_ed25519_holds(signature, key, message, sizeof message);
}

static adiabit_status_t fault_of(const adiabit_trust_t *trust, const char *board_id, uint8_t kind,
                                 adiabit_stored_t *manifest) {
  const uint8_t *key = adiabit_key_with_id(adiabit_trust_key(trust, 0), adiabit_trust_key_count(trust),
                                           manifest + ADIABIT_MANIFEST_OFFSET_KEY_ID);
  if (key == NULL) return ADIABIT_STATUS_UNKNOWN_KEY;
  if (!is_signed_by(manifest, key)) return ADIABIT_STATUS_BAD_SIGNATURE;
  if (manifest[ADIABIT_MANIFEST_OFFSET_KIND] != kind || manifest[ADIABIT_MANIFEST_OFFSET_RESERVED] != 0u) {
    return ADIABIT_STATUS_BAD_ARGUMENT;
  }
  if (!field_is(manifest + ADIABIT_MANIFEST_OFFSET_PRODUCT, PRODUCT_BYTES, adiabit_product)) {
    return ADIABIT_STATUS_OTHER_PRODUCT;
  }
  adiabit_stored_t *board = manifest + ADIABIT_MANIFEST_OFFSET_BOARD;
  if (!field_is(board, BOARD_BYTES, "") && !field_is(board, BOARD_BYTES, board_id)) return ADIABIT_STATUS_OTHER_BOARD;
  const uint32_t wanted =
      (uint32_t)manifest[ADIABIT_MANIFEST_OFFSET_MINIMUM_MAJOR] << 8 | manifest[ADIABIT_MANIFEST_OFFSET_MINIMUM_MINOR];
  if (wanted > (ADIABIT_FIRMWARE_MAJOR << 8 | ADIABIT_FIRMWARE_MINOR)) return ADIABIT_STATUS_FIRMWARE_TOO_OLD;
  const uint32_t counter = adiabit_read_u32(manifest + ADIABIT_MANIFEST_OFFSET_SECURITY_COUNTER);
  const bool is_new =
      kind == ADIABIT_MANIFEST_KIND_KEY_TABLE ? counter > trust->table_version : counter >= trust->security_counter;
  return is_new ? ADIABIT_STATUS_OK : ADIABIT_STATUS_COUNTER_TOO_LOW;
}

adiabit_verdict_t adiabit_manifest_check(const adiabit_trust_t *trust, const char *board_id, uint8_t kind,
                                         adiabit_stored_t *manifest, adiabit_status_t *why) {
  /* Volatile: the compiler must not make one check of the two. */
  volatile adiabit_verdict_t verdicts[2] = {ADIABIT_FAILS, ADIABIT_FAILS};
  for (volatile uint32_t turn = 0; turn < 2u; turn++) {
    *why = ADIABIT_STATUS_BAD_SIGNATURE;
    const adiabit_status_t fault = fault_of(trust, board_id, kind, manifest);
    *why = fault;
    if (fault != ADIABIT_STATUS_OK) return ADIABIT_FAILS;
    verdicts[turn] = ADIABIT_HOLDS;
  }
  /* A turn that was left out leaves a zero here. */
  return verdicts[0] & verdicts[1];
}

bool adiabit_manifest_names(adiabit_stored_t *manifest, uint32_t total_bytes,
                            const uint8_t digest[ADIABIT_DIGEST_BYTES]) {
  return adiabit_read_u32(manifest + ADIABIT_MANIFEST_OFFSET_TOTAL_BYTES) == total_bytes &&
         adiabit_equal_stored(manifest + ADIABIT_MANIFEST_OFFSET_DIGEST, digest, ADIABIT_DIGEST_BYTES);
}

#else
typedef int adiabit_manifest_is_left_out_t; /* C99 wants something in every file */
#endif
