/*
 * The signed manifest of a circuit or of a key table (docs/formats/bitstream.md, Manifest): who signed what, for which
 * product and board, and how new it is. Nothing in one counts before it has been checked.
 */
#ifndef ADIABIT_MANIFEST_H
#define ADIABIT_MANIFEST_H

#include "adiabit_trust.h"

#if ADIABIT_CHECKS_SIGNATURES
/*
 * The two results of a check differ in every bit, so that a fault in the chip which changes a few bits, or sets a
 * register to zeros or ones, makes neither of the other.
 */
typedef uint32_t adiabit_verdict_t;
#define ADIABIT_HOLDS 0x3CA5965Au
#define ADIABIT_FAILS (~ADIABIT_HOLDS)

/*
 * Checks a manifest of a kind, twice: its signature by a key that counts, then its fields against the product, the
 * board, the firmware and the security counter (of a circuit) or the version of the table (of a key table). `*why` says
 * what is wrong; it is ADIABIT_STATUS_OK if nothing is.
 */
adiabit_verdict_t adiabit_manifest_check(const adiabit_trust_t *trust, const char *board_id, uint8_t kind,
                                         adiabit_stored_t *manifest, adiabit_status_t *why);

/* Tells whether a manifest names these bytes. Whether it holds is another question. */
bool adiabit_manifest_names(adiabit_stored_t *manifest, uint32_t total_bytes,
                            const uint8_t digest[ADIABIT_DIGEST_BYTES]);
#endif

#endif /* ADIABIT_MANIFEST_H */
