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
#else
#define RECORD_MAGIC 0x4C534241u /* "ABSL" */
#define RECORD_OFFSET_TOTAL_BYTES 4u
#define RECORD_OFFSET_DIGEST 8u
#define RECORD_OFFSET_CRC32 40u
ADIABIT_STATIC_ASSERT(digest_ends_at_the_crc, RECORD_OFFSET_DIGEST + ADIABIT_DIGEST_BYTES == RECORD_OFFSET_CRC32);
#endif
#define RECORD_BYTES (RECORD_OFFSET_CRC32 + 4u)
#define ERASES_OFFSET RECORD_BYTES
#define CONFIRMATIONS_OFFSET (ERASES_OFFSET + 4u)
#define ERASED_OFFSET CONFIRMATIONS_OFFSET /* it takes the place of the first confirmation */
#define CONFIRMATION_BYTES 8u
#define ERASED_WORD 0xFFFFFFFFu
/* Stands for a count that was lost: no life's worth, but more than an attack wants to wait for. */
#define UNKNOWN_ERASES 256u

/*
 * The format of records is fixed: a later firmware reads the slots that an earlier one wrote. Flash is programmed word
 * by word, and no word twice.
 */
ADIABIT_STATIC_ASSERT(record_is_words, RECORD_BYTES % 4u == 0u);
ADIABIT_STATIC_ASSERT(confirmations_are_words, CONFIRMATIONS_OFFSET % 4u == 0u && CONFIRMATION_BYTES % 4u == 0u);

static uint32_t record_offset(const adiabit_flash_t *flash) {
  return flash->slot_region_bytes - flash->sector_bytes;
}

static adiabit_stored_t *record_of(const adiabit_flash_t *flash, uint8_t slot) {
  return adiabit_stored_at(flash->slot[slot], record_offset(flash));
}

uint32_t adiabit_slot_capacity(const adiabit_flash_t *flash) {
  return record_offset(flash);
}

/* Tells whether `length` bytes, whole words, read as erased. In one place, because flash is short on an AVR. */
__attribute__((noinline)) static bool is_blank(adiabit_stored_t *words, uint32_t length) {
  for (; length > 0u; length -= 4u, words += 4) {
    if (adiabit_load_word(words) != ERASED_WORD) return false;
  }
  return true;
}

uint16_t adiabit_slot_erases(const adiabit_flash_t *flash, uint8_t slot) {
  const uint32_t word = adiabit_read_u32(record_of(flash, slot) + ERASES_OFFSET);
  if ((uint16_t)(~word >> 16) == (uint16_t)word) return (uint16_t)word;
  return is_blank(flash->slot[slot], flash->slot_region_bytes) ? 0u : UNKNOWN_ERASES;
}

static bool write_word(const adiabit_flash_t *flash, uint8_t slot, uint32_t offset, uint32_t value) {
  uint8_t word[4];
  adiabit_write_u32(word, value);
  return adiabit_slot_write(flash, slot, record_offset(flash) + offset, word, sizeof word);
}

/* Erases the sector of the record, and counts that. */
static bool erase_record(const adiabit_flash_t *flash, uint8_t slot) {
  uint32_t erases = adiabit_slot_erases(flash, slot);
  if (erases < UINT16_MAX) erases++;
  return flash->erase(flash->context, slot, record_offset(flash), flash->sector_bytes) &&
         write_word(flash, slot, ERASES_OFFSET, erases | (~erases << 16));
}

static uint32_t confirmation_crc(adiabit_stored_t *record, adiabit_stored_t *sequence) {
  const uint32_t state = adiabit_crc32_update(ADIABIT_CRC32_START, record + RECORD_OFFSET_CRC32, 4);
  return adiabit_crc32_finish(adiabit_crc32_update(state, sequence, 4));
}

/* Gives where the next confirmation goes: behind all of them, also those that were cut. */
static size_t next_confirmation(const adiabit_flash_t *flash, adiabit_stored_t *record) {
  size_t at = CONFIRMATIONS_OFFSET;
  while (at + CONFIRMATION_BYTES <= (size_t)flash->sector_bytes && !is_blank(record + at, CONFIRMATION_BYTES)) {
    at += CONFIRMATION_BYTES;
  }
  return at;
}

/* Gives the sequence number of the last valid confirmation, which is the highest; 0 if there is none. */
static uint32_t confirmed_sequence(const adiabit_flash_t *flash, adiabit_stored_t *record) {
  for (size_t at = next_confirmation(flash, record); at > CONFIRMATIONS_OFFSET;) {
    at -= CONFIRMATION_BYTES;
    adiabit_stored_t *confirmation = record + at;
    if (adiabit_read_u32(confirmation + 4) == confirmation_crc(record, confirmation)) {
      return adiabit_read_u32(confirmation);
    }
  }
  return 0;
}

adiabit_slot_record_t adiabit_slot_record(const adiabit_flash_t *flash, uint8_t slot) {
  adiabit_stored_t *record = record_of(flash, slot);
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

/*
 * Gives how many of the bytes from the start of a slot on have to be erased for `total_bytes`, in whole sectors. Bytes
 * are written in order, so what is blank is at the end.
 */
static uint32_t bytes_to_erase(const adiabit_flash_t *flash, uint8_t slot, uint32_t total_bytes) {
  const uint32_t sector = flash->sector_bytes;
  uint32_t length = 0;
  while (length < total_bytes) length += sector;
  if (adiabit_read_u32(record_of(flash, slot) + ERASED_OFFSET) != 0u) return length;
  while (length > 0u && is_blank(adiabit_stored_at(flash->slot[slot], length - sector), sector)) length -= sector;
  return length;
}

bool adiabit_slot_is_blank(const adiabit_flash_t *flash, uint8_t slot, uint32_t total_bytes) {
  return is_blank(record_of(flash, slot), RECORD_BYTES) && bytes_to_erase(flash, slot, total_bytes) == 0u;
}

bool adiabit_slot_erase(const adiabit_flash_t *flash, uint8_t slot, uint32_t total_bytes) {
  const uint32_t length = bytes_to_erase(flash, slot, total_bytes);
  if (length == 0u && is_blank(record_of(flash, slot), RECORD_BYTES)) return true;
  return erase_record(flash, slot) && flash->erase(flash->context, slot, 0, length) &&
         write_word(flash, slot, ERASED_OFFSET, 0);
}

bool adiabit_slot_write(const adiabit_flash_t *flash, uint8_t slot, uint32_t offset, const uint8_t *bytes,
                        uint32_t length) {
  return flash->program(flash->context, slot, offset, bytes, length) &&
         adiabit_equal_stored(adiabit_stored_at(flash->slot[slot], offset), bytes, length);
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

bool adiabit_slot_record_is_full(const adiabit_flash_t *flash, uint8_t slot) {
  return next_confirmation(flash, record_of(flash, slot)) + CONFIRMATION_BYTES > flash->sector_bytes;
}

/* Writes the record again without confirmations, in an erased sector. */
static bool start_record_anew(const adiabit_flash_t *flash, uint8_t slot) {
  uint8_t kept[RECORD_BYTES];
  adiabit_copy_stored(kept, record_of(flash, slot), sizeof kept);
  return erase_record(flash, slot) && adiabit_slot_write(flash, slot, record_offset(flash), kept, sizeof kept);
}

bool adiabit_slot_record_confirmed(const adiabit_flash_t *flash, uint8_t slot, uint32_t sequence) {
  if (adiabit_slot_record_is_full(flash, slot) && !start_record_anew(flash, slot)) return false;
  adiabit_stored_t *record = record_of(flash, slot);
  uint8_t confirmation[CONFIRMATION_BYTES];
  adiabit_write_u32(confirmation, sequence);
  adiabit_write_u32(confirmation + 4, confirmation_crc(record, confirmation));
  return adiabit_slot_write(flash, slot, record_offset(flash) + (uint32_t)next_confirmation(flash, record),
                            confirmation, sizeof confirmation);
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
