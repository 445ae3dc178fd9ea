/*
 * What a device trusts, and the store that keeps it over resets: the keys, the version of their table, and the highest
 * security counter that was confirmed.
 *
 * The store is a region of two sectors (ADIABIT_TRUST_STORE in adiabit_slots.h). One of them is in force:
 *
 *     snapshot  magic u32 | generation u32 | tableVersion u32 | securityCounter u32 | keyCount u32 | keys u8 x 32 x 4
 *               | crc32 u32
 *     then      (securityCounter u32 | crc32 u32) ...    one more whenever the counter rises
 *
 * A new table, or a counter for which there is no room, goes into the other sector as a snapshot of the next
 * generation. The valid snapshot of the highest generation is in force, so a power cut in any operation leaves the old
 * state or the new one. Torn counters are passed over. The CRC of a counter covers the CRC of its snapshot. In a
 * snapshot without keys, those of the build count.
 */
#ifndef ADIABIT_TRUST_H
#define ADIABIT_TRUST_H

#include "adiabit_signature.h"
#include "adiabit_slots.h"

#if ADIABIT_CHECKS_SIGNATURES
typedef struct {
  uint32_t generation; /* of the snapshot in force; 0 if there is none */
  uint32_t sector;     /* where it is: 0 or 1 */
  uint32_t table_version;
  uint32_t security_counter;
  uint32_t key_count; /* keys in `keys`; 0 if those of the build count */
  uint8_t keys[ADIABIT_MAX_KEYS * ADIABIT_KEY_BYTES];
} adiabit_trust_t;

/* Reads the store. */
void adiabit_trust_load(adiabit_trust_t *trust, const adiabit_flash_t *flash);

/* Raises the security counter. Does nothing if it is as high already. */
bool adiabit_trust_raise(adiabit_trust_t *trust, const adiabit_flash_t *flash, uint32_t security_counter);

/* Puts 1 to ADIABIT_MAX_KEYS other keys in force. */
bool adiabit_trust_replace_keys(adiabit_trust_t *trust, const adiabit_flash_t *flash, uint32_t table_version,
                                const uint8_t *keys, uint32_t key_count);

/* Gives the number of keys that count. */
uint32_t adiabit_trust_key_count(const adiabit_trust_t *trust);
/* Gives the key at a place below that number. */
const uint8_t *adiabit_trust_key(const adiabit_trust_t *trust, uint32_t place);

/* Gives the id of a key. */
void adiabit_key_id(const uint8_t key[ADIABIT_KEY_BYTES], uint8_t id[ADIABIT_KEY_ID_BYTES]);
/* Finds the key with an id among keys. NULL if it is none of them. */
const uint8_t *adiabit_key_with_id(const uint8_t *keys, uint32_t key_count, adiabit_stored_t *id);
#endif

#endif /* ADIABIT_TRUST_H */
