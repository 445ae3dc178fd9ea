/*
 * One or two slots of flash, each with a bitstream at its start and a record in its last sector.
 *
 *     record   magic u32 | totalBytes u32 | digest u8 x 32 | crc32 u32      written by verify: the slot is pending
 *     44       erases u16 | their complement u16                            written as soon as the sector is erased
 *     48       zero u32                                                     written when all of an erase is done
 *     48..     (sequence u32 | crc32 u32) ...                               one more by every confirm
 *
 * NOR flash only clears bits, and the power may fail between any two of them. So nothing is ever rewritten: each part
 * is written once after an erase, carries its own CRC, and counts only when that CRC holds. A torn record leaves the
 * slot empty, a torn confirmation leaves it as it was and is passed over by the next one. The CRC of a confirmation
 * covers the CRC of the record, so it cannot speak for another bitstream. An erase takes the record first: a slot
 * whose bytes are half gone has none.
 *
 * Flash wears by erases, so they are counted, and what is blank is not erased again. A sector whose erase was cut may
 * look blank and not be: blank counts only where the word behind the count says so, which the list of confirmations
 * passes over. No count in a slot that is not all blank: it was lost with the power, and a high one stands in for it.
 *
 * Firmware that checks signatures has the manifest of the circuit in its records, in place of totalBytes and digest,
 * which are fields of it. Such a record has a magic of its own: what firmware without keys has stored is an empty slot.
 *
 *     record   magic u32 | manifest u8 x 164 | crc32 u32
 *     172      the count of erases; 176 and on as 48 and on above
 *
 * A record without room for one more confirmation is erased and written anew. Until it is, its slot is empty; so only
 * a slot is confirmed that a reset would not start, and what a reset would start stays.
 */
#ifndef ADIABIT_SLOTS_H
#define ADIABIT_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_circuit.h"
#include "adiabit_signature.h"

#define ADIABIT_MAX_SLOTS 2u
/* Sequence numbers end here, far beyond what flash lasts: one more would be the word of an erased confirmation. */
#define ADIABIT_MAX_SEQUENCE 0xFFFFFFFEu

#if ADIABIT_CHECKS_SIGNATURES
/* The region behind the slots, of two sectors, where adiabit_trust.h keeps its state: what `slot` says for it. */
#define ADIABIT_TRUST_STORE ADIABIT_MAX_SLOTS
#define ADIABIT_REGIONS (ADIABIT_MAX_SLOTS + 1u)
#else
#define ADIABIT_REGIONS ADIABIT_MAX_SLOTS
#endif

/* Builds for boards with one slot may say so and leave out what only two need. */
#if !defined(ADIABIT_ONE_SLOT)
#define ADIABIT_ONE_SLOT 0
#endif

typedef struct {
  /* 2, or 1 if two do not fit. With one slot an update erases the circuit that runs. */
  uint8_t slot_count;
  /* The start of each slot, aligned to four. */
  adiabit_stored_t *slot[ADIABIT_REGIONS];
  /* Size of a slot with its record; a multiple of the sector. */
  uint32_t slot_region_bytes;
  /* The smallest unit of an erase. */
  uint32_t sector_bytes;
  /* Sets `length` bytes to 0xFF. Offset and length are multiples of the sector, the length perhaps zero. */
  bool (*erase)(void *context, uint8_t slot, uint32_t offset, uint32_t length);
  /* Clears bits as in `bytes`. Offset and length are multiples of four. `bytes` does not lie in flash. */
  bool (*program)(void *context, uint8_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length);
  void *context;
} adiabit_flash_t;

typedef struct {
  bool valid;        /* the other fields mean something */
  uint32_t sequence; /* 0: pending; else confirmed */
  uint32_t total_bytes;
  adiabit_stored_t *digest;
#if ADIABIT_CHECKS_SIGNATURES
  adiabit_stored_t *manifest; /* of which the two fields above are a part; nobody has checked it yet */
#endif
} adiabit_slot_record_t;

/* Gives the number of slots, as a constant where a build has one. */
static inline uint8_t adiabit_slot_count(const adiabit_flash_t *flash) {
  return ADIABIT_ONE_SLOT ? 1u : flash->slot_count;
}

/* Largest bitstream a slot holds. */
uint32_t adiabit_slot_capacity(const adiabit_flash_t *flash);

adiabit_slot_record_t adiabit_slot_record(const adiabit_flash_t *flash, uint8_t slot);

/* Gives how often a slot has been erased; from 65,535 on it stays there. */
uint16_t adiabit_slot_erases(const adiabit_flash_t *flash, uint8_t slot);

/* Tells whether a slot has neither a record nor, in the sectors that `total_bytes` need, anything to erase. */
bool adiabit_slot_is_blank(const adiabit_flash_t *flash, uint8_t slot, uint32_t total_bytes);

/* Erases the record, then those of the sectors that `total_bytes` need which are not blank. */
bool adiabit_slot_erase(const adiabit_flash_t *flash, uint8_t slot, uint32_t total_bytes);

/* Writes bytes and reads them back. The length is a multiple of four. */
bool adiabit_slot_write(const adiabit_flash_t *flash, uint8_t slot, uint32_t offset, const uint8_t *bytes,
                        uint32_t length);

#if ADIABIT_CHECKS_SIGNATURES
bool adiabit_slot_record_pending(const adiabit_flash_t *flash, uint8_t slot,
                                 const uint8_t manifest[ADIABIT_MANIFEST_SIZE]);
#else
bool adiabit_slot_record_pending(const adiabit_flash_t *flash, uint8_t slot, uint32_t total_bytes,
                                 const uint8_t digest[ADIABIT_DIGEST_BYTES]);
#endif
/* Tells whether one more confirmation costs an erase. */
bool adiabit_slot_record_is_full(const adiabit_flash_t *flash, uint8_t slot);
/* Confirms a slot. It must not be the slot that a reset would start. */
bool adiabit_slot_record_confirmed(const adiabit_flash_t *flash, uint8_t slot, uint32_t sequence);

/* Checks stored bytes against length and digest, and reads them as a circuit. */
adiabit_status_t adiabit_slot_check(const adiabit_flash_t *flash, uint8_t slot, uint32_t total_bytes,
                                    adiabit_stored_t *digest, adiabit_circuit_t *circuit);

#endif /* ADIABIT_SLOTS_H */
