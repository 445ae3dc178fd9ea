/*
 * Checks the signature of a bitstream (docs/formats/bitstream.md, Signature). Firmware built with
 * ADIABIT_CHECKS_SIGNATURES=1 runs only what one key has signed; see firmware-templates/signature/.
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

/*
 * Tells whether the last frame of a bitstream is a signature by the trusted key. The bitstream has been read and found
 * good before.
 */
bool adiabit_signature_holds(adiabit_stored_t *bytes, uint32_t total_bytes);

/* Tells whether the trusted key has signed a message (Ed25519, RFC 8032). The build provides this function. */
bool adiabit_ed25519_holds(const uint8_t signature[64], const uint8_t *message, uint32_t length);
#endif

#endif /* ADIABIT_SIGNATURE_H */
