#include "adiabit_signature.h"

#if ADIABIT_CHECKS_SIGNATURES

#include "adiabit_bytes.h"
#include "adiabit_sha256.h"
#include "generated/adiabit_layout.h"

#define CONTEXT_BYTES ((uint32_t)sizeof ADIABIT_SIGNATURE_CONTEXT - 1u)
#define SIGNATURE_BYTES (ADIABIT_SIGNATURE_SIZE - ADIABIT_SIGNATURE_OFFSET_SIGNATURE)
ADIABIT_STATIC_ASSERT(key_is_ed25519, ADIABIT_SIGNATURE_OFFSET_SIGNATURE == sizeof adiabit_trusted_key);
ADIABIT_STATIC_ASSERT(signature_is_ed25519, SIGNATURE_BYTES == 64u);

/* Finds the last frame. Every frame has been checked before, so none points outside the bitstream. */
static uint32_t last_frame(adiabit_stored_t *bytes, uint32_t end) {
  uint32_t last = ADIABIT_HEADER_SIZE;
  for (uint32_t offset = ADIABIT_HEADER_SIZE; offset < end;) {
    last = offset;
    const uint32_t payload_bytes =
        adiabit_read_u32(adiabit_stored_at(bytes, offset + ADIABIT_FRAME_OFFSET_PAYLOAD_BYTES));
    offset += ADIABIT_FRAME_SIZE + ((payload_bytes + 3u) & ~UINT32_C(3));
  }
  return last;
}

bool adiabit_signature_holds(adiabit_stored_t *bytes, uint32_t total_bytes) {
  const uint32_t signed_bytes = last_frame(bytes, total_bytes - ADIABIT_DIGEST_BYTES);
  adiabit_stored_t *frame = adiabit_stored_at(bytes, signed_bytes);
  if (frame[ADIABIT_FRAME_OFFSET_KIND] != ADIABIT_FRAME_KIND_SIGNATURE) return false;
  if (frame[ADIABIT_FRAME_OFFSET_LAYER] != 0u) return false;
  if (adiabit_read_u32(frame + ADIABIT_FRAME_OFFSET_PAYLOAD_BYTES) != ADIABIT_SIGNATURE_SIZE) return false;
  adiabit_stored_t *payload = frame + ADIABIT_FRAME_SIZE;
  adiabit_stored_t *signer = payload + ADIABIT_SIGNATURE_OFFSET_PUBLIC_KEY;
  if (!adiabit_equal_stored(signer, adiabit_trusted_key, sizeof adiabit_trusted_key)) return false;
  uint8_t message[CONTEXT_BYTES + ADIABIT_DIGEST_BYTES];
  memcpy(message, ADIABIT_SIGNATURE_CONTEXT, CONTEXT_BYTES);
  adiabit_sha256(bytes, signed_bytes, message + CONTEXT_BYTES);
  uint8_t signature[SIGNATURE_BYTES];
  adiabit_copy_stored(signature, payload + ADIABIT_SIGNATURE_OFFSET_SIGNATURE, sizeof signature);
  return adiabit_ed25519_holds(signature, message, sizeof message);
}

#endif
