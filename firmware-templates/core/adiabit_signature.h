/*
 * The signature of a bitstream (docs/formats/bitstream.md, Signature), for firmware that runs nothing but what one key has
 * signed: built with ADIABIT_CHECKS_SIGNATURES=1, see firmware-templates/signature/.
 */
#ifndef ADIABIT_SIGNATURE_H
#define ADIABIT_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_stored.h"

#if !defined(ADIABIT_CHECKS_SIGNATURES)
#define ADIABIT_CHECKS_SIGNATURES 0
#endif

#if ADIABIT_CHECKS_SIGNATURES
/* The public key whose signature counts. The build provides it. */
extern const uint8_t adiabit_trusted_key[32];

/* Whether the last frame of a bitstream, which has been read and found good, is a signature of it by the trusted key, and
 * names it. */
bool adiabit_signature_holds(adiabit_stored_t *bytes, uint32_t total_bytes);

/* Whether the trusted key has signed a message (Ed25519, RFC 8032). The build provides it. */
bool adiabit_ed25519_holds(const uint8_t signature[64], const uint8_t *message, uint32_t length);
#endif

#endif /* ADIABIT_SIGNATURE_H */
