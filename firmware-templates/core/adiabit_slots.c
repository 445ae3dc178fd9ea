#include "adiabit_slots.h"

#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_crc32.h"
#include "adiabit_sha256.h"

#if ADIABIT_CHECKS_SIGNATURES
#define RECORD_MAGIC 0x4D534241u /* "ABSM" */
#define RECORD_OFFSET_MANIFEST 4u
#define RECORD_OFFSET_TOTAL_BYTES (RECORD_OFFSET_MANIFEST + ADIABIT_MANIFEST_OFFSET_TOTAL_BYTES)
#define RECORD_OFFSET_DIGEST (RECORD_OFFSET_MANIFEST + ADIABIT_MANIFEST_OFFSET_DIGEST)
#define RECORD_OFFSET_CRC32 (RECORD_OFFSET_MANIFEST + ADIABIT_MANIFEST_SIZE)
#define CONFIRMATIONS_OFFSET RECORD_BYTES
#else
#define RECORD_MAGIC 0x4C534241u /* "ABSL" */
#define RECORD_OFFSET_TOTAL_BYTES 4u
#define RECORD_OFFSET_DIGEST 8u
#define RECORD_OFFSET_CRC32 40u
#define CONFIRMATIONS_OFFSET 48u
ADIABIT_STATIC_ASSERT(digest_ends_at_the_crc, RECORD_OFFSET_DIGEST + ADIABIT_DIGEST_BYTES == RECORD_OFFSET_CRC32);
#endif
#define RECORD_BYTES (RECORD_OFFSET_CRC32 + 4u)
#define CONFIRMATION_BYTES 8u
#define ERASED_WORD 0xFFFFFFFFu

/* The format of records is fixed: a later firmware reads the slots that an earlier one wrote. */
/* Flash is programmed word by word, and no word twice. */
ADIABIT_STATIC_ASSERT(record_is_words, RECORD_BYTES % 4u == 0u);
ADIABIT_STATIC_ASSERT(confirmations_follow_the_record, CONFIRMATIONS_OFFSET >= RECORD_BYTES);
ADIABIT_STATIC_ASSERT(confirmations_are_words, CONFIRMATIONS_OFFSET % 4u == 0u && CONFIRMATION_BYTES % 4u == 0u);

static uint32_t record_offset(const adiabit_flash_t *flash) {
  return flash->slot_region_bytes - flash->sector_bytes;
}

uint32_t adiabit_slot_capacity(const adiabit_flash_t *flash) {
  return record_offset(flash);
}

static uint32_t confirmation_crc(adiabit_stored_t *record, adiabit_stored_t *sequence) {
  const uint32_t state = adiabit_crc32_update(ADIABIT_CRC32_START, record + RECORD_OFFSET_CRC32, 4);
  return adiabit_crc32_finish(adiabit_crc32_update(state, sequence, 4));
}

/* Gives the highest sequence number among the valid confirmations; 0 if there is none. */
static uint32_t confirmed_sequence(const adiabit_flash_t *flash, adiabit_stored_t *record) {
  uint32_t highest = 0;
  for (uint32_t at = CONFIRMATIONS_OFFSET; at + CONFIRMATION_BYTES <= flash->sector_bytes; at += CONFIRMATION_BYTES) {
    const uint32_t sequence = adiabit_read_u32(record + at);
    const uint32_t crc = adiabit_read_u32(record + at + 4u);
    if (sequence == ERASED_WORD && crc == ERASED_WORD) break;
    if (crc == confirmation_crc(record, record + at) && sequence > highest) highest = sequence;
  }
  return highest;
}

adiabit_slot_record_t adiabit_slot_record(const adiabit_flash_t *flash, uint8_t slot) {
  adiabit_stored_t *record = adiabit_stored_at(flash->slot[slot], record_offset(flash));
  adiabit_slot_record_t result;
  result.total_bytes = adiabit_read_u32(record + RECORD_OFFSET_TOTAL_BYTES);
  result.digest = record + RECORD_OFFSET_DIGEST;
#if ADIABIT_CHECKS_SIGNATURES
  result.manifest = record + RECORD_OFFSET_MANIFEST;
#endif
  result.valid = adiabit_read_u32(record) == RECORD_MAGIC &&
                 adiabit_crc32(record, RECORD_OFFSET_CRC32) == adiabit_read_u32(record + RECORD_OFFSET_CRC32) &&
                 result.total_bytes <= adiabit_slot_capacity(flash);
  result.sequence = result.valid ? confirmed_sequence(flash, record) : 0u;
  return result;
}

bool adiabit_slot_erase(const adiabit_flash_t *flash, uint8_t slot, uint32_t total_bytes) {
  const uint32_t sector = flash->sector_bytes;
  const uint32_t length = (total_bytes + sector - 1u) / sector * sector;
  return flash->erase(flash->context, slot, record_offset(flash), sector) &&
         flash->erase(flash->context, slot, 0, length);
}

bool adiabit_slot_write(const adiabit_flash_t *flash, uint8_t slot, uint32_t offset, const uint8_t *bytes,
                        uint32_t length) {
  const uint32_t whole = length & ~UINT32_C(3);
  if (whole > 0u && !flash->program(flash->context, slot, offset, bytes, whole)) return false;
  if (whole < length) {
    uint8_t last[4] = {0xFFu, 0xFFu, 0xFFu, 0xFFu};
    memcpy(last, bytes + whole, (size_t)(length - whole));
    if (!flash->program(flash->context, slot, offset + whole, last, 4)) return false;
  }
  return adiabit_equal_stored(adiabit_stored_at(flash->slot[slot], offset), bytes, length);
}

#if ADIABIT_CHECKS_SIGNATURES
bool adiabit_slot_record_pending(const adiabit_flash_t *flash, uint8_t slot,
                                 const uint8_t manifest[ADIABIT_MANIFEST_SIZE]) {
  uint8_t record[RECORD_BYTES];
  adiabit_write_u32(record, RECORD_MAGIC);
  memcpy(record + RECORD_OFFSET_MANIFEST, manifest, ADIABIT_MANIFEST_SIZE);
#else
bool adiabit_slot_record_pending(const adiabit_flash_t *flash, uint8_t slot, uint32_t total_bytes,
                                 const uint8_t digest[ADIABIT_DIGEST_BYTES]) {
  uint8_t record[RECORD_BYTES];
  adiabit_write_u32(record, RECORD_MAGIC);
  adiabit_write_u32(record + RECORD_OFFSET_TOTAL_BYTES, total_bytes);
  memcpy(record + RECORD_OFFSET_DIGEST, digest, ADIABIT_DIGEST_BYTES);
#endif
  adiabit_write_u32(record + RECORD_OFFSET_CRC32, adiabit_crc32(record, RECORD_OFFSET_CRC32));
  return adiabit_slot_write(flash, slot, record_offset(flash), record, sizeof record);
}

/* Writes the record again without confirmations, in an erased sector. */
static bool start_record_anew(const adiabit_flash_t *flash, uint8_t slot, adiabit_stored_t *record) {
  uint8_t kept[RECORD_BYTES];
  adiabit_copy_stored(kept, record, sizeof kept);
  return flash->erase(flash->context, slot, record_offset(flash), flash->sector_bytes) &&
         adiabit_slot_write(flash, slot, record_offset(flash), kept, sizeof kept);
}

bool adiabit_slot_record_confirmed(const adiabit_flash_t *flash, uint8_t slot, uint32_t sequence) {
  adiabit_stored_t *record = adiabit_stored_at(flash->slot[slot], record_offset(flash));
  uint8_t confirmation[CONFIRMATION_BYTES];
  adiabit_write_u32(confirmation, sequence);
  adiabit_write_u32(confirmation + 4, confirmation_crc(record, confirmation));
  uint32_t at = CONFIRMATIONS_OFFSET;
  while (adiabit_read_u32(record + at) != ERASED_WORD || adiabit_read_u32(record + at + 4u) != ERASED_WORD) {
    at += CONFIRMATION_BYTES;
    if (at + CONFIRMATION_BYTES <= flash->sector_bytes) continue;
    if (!start_record_anew(flash, slot, record)) return false;
    at = CONFIRMATIONS_OFFSET;
  }
  return adiabit_slot_write(flash, slot, record_offset(flash) + at, confirmation, sizeof confirmation);
}

adiabit_status_t adiabit_slot_check(const adiabit_flash_t *flash, uint8_t slot, uint32_t total_bytes,
                                    adiabit_stored_t *digest, adiabit_circuit_t *circuit) {
  uint8_t stored[ADIABIT_DIGEST_BYTES];
  const adiabit_status_t status = adiabit_circuit_read(circuit, flash->slot[slot], total_bytes, stored);
  if (status == ADIABIT_STATUS_OK && circuit->total_bytes == total_bytes) {
    return adiabit_equal_stored(digest, stored, sizeof stored) ? ADIABIT_STATUS_OK : ADIABIT_STATUS_DIGEST_MISMATCH;
  }
  /* The bytes are no bitstream. The digest tells whether they were damaged on the way. */
  adiabit_sha256(flash->slot[slot], total_bytes, stored);
  return adiabit_equal_stored(digest, stored, sizeof stored) ? ADIABIT_STATUS_BAD_BITSTREAM
                                                             : ADIABIT_STATUS_DIGEST_MISMATCH;
}
