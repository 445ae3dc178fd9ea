#include "adiabit_trust.h"

#if ADIABIT_CHECKS_SIGNATURES

#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_crc32.h"
#include "adiabit_sha256.h"

#define SNAPSHOT_MAGIC 0x52545341u /* "ASTR" */
#define SNAPSHOT_OFFSET_GENERATION 4u
#define SNAPSHOT_OFFSET_TABLE_VERSION 8u
#define SNAPSHOT_OFFSET_SECURITY_COUNTER 12u
#define SNAPSHOT_OFFSET_KEY_COUNT 16u
#define SNAPSHOT_OFFSET_KEYS 20u
#define SNAPSHOT_OFFSET_CRC32 (SNAPSHOT_OFFSET_KEYS + ADIABIT_MAX_KEYS * ADIABIT_KEY_BYTES)
#define COUNTERS_OFFSET (SNAPSHOT_OFFSET_CRC32 + 4u)
#define COUNTER_BYTES 8u
#define ERASED_WORD 0xFFFFFFFFu

static adiabit_stored_t *snapshot_at(const adiabit_flash_t *flash, uint32_t sector) {
  return adiabit_stored_at(flash->slot[ADIABIT_TRUST_STORE], sector * flash->sector_bytes);
}

static bool is_valid(adiabit_stored_t *snapshot) {
  return adiabit_read_u32(snapshot) == SNAPSHOT_MAGIC &&
         adiabit_crc32(snapshot, SNAPSHOT_OFFSET_CRC32) == adiabit_read_u32(snapshot + SNAPSHOT_OFFSET_CRC32) &&
         adiabit_read_u32(snapshot + SNAPSHOT_OFFSET_KEY_COUNT) <= ADIABIT_MAX_KEYS;
}

static uint32_t counter_crc(adiabit_stored_t *snapshot, adiabit_stored_t *counter) {
  const uint32_t state = adiabit_crc32_update(ADIABIT_CRC32_START, snapshot + SNAPSHOT_OFFSET_CRC32, 4);
  return adiabit_crc32_finish(adiabit_crc32_update(state, counter, 4));
}

/* Tells whether the room for a counter is as an erase has left it. */
static bool is_erased(adiabit_stored_t *counter) {
  return adiabit_read_u32(counter) == ERASED_WORD && adiabit_read_u32(counter + 4) == ERASED_WORD;
}

/* Takes the snapshot in a sector over, and the counters behind it. */
static void take(adiabit_trust_t *trust, const adiabit_flash_t *flash, uint32_t sector) {
  adiabit_stored_t *snapshot = snapshot_at(flash, sector);
  trust->generation = adiabit_read_u32(snapshot + SNAPSHOT_OFFSET_GENERATION);
  trust->sector = sector;
  trust->table_version = adiabit_read_u32(snapshot + SNAPSHOT_OFFSET_TABLE_VERSION);
  trust->security_counter = adiabit_read_u32(snapshot + SNAPSHOT_OFFSET_SECURITY_COUNTER);
  trust->key_count = adiabit_read_u32(snapshot + SNAPSHOT_OFFSET_KEY_COUNT);
  adiabit_copy_stored(trust->keys, snapshot + SNAPSHOT_OFFSET_KEYS, sizeof trust->keys);
  for (uint32_t at = COUNTERS_OFFSET; at + COUNTER_BYTES <= flash->sector_bytes; at += COUNTER_BYTES) {
    if (is_erased(snapshot + at)) break;
    const uint32_t counter = adiabit_read_u32(snapshot + at);
    const bool holds = adiabit_read_u32(snapshot + at + 4u) == counter_crc(snapshot, snapshot + at);
    if (holds && counter > trust->security_counter) trust->security_counter = counter;
  }
}

void adiabit_trust_load(adiabit_trust_t *trust, const adiabit_flash_t *flash) {
  memset(trust, 0, sizeof *trust);
  for (uint32_t sector = 0; sector < 2u; sector++) {
    adiabit_stored_t *snapshot = snapshot_at(flash, sector);
    if (!is_valid(snapshot)) continue;
    if (adiabit_read_u32(snapshot + SNAPSHOT_OFFSET_GENERATION) > trust->generation) take(trust, flash, sector);
  }
}

/* Writes a state into the sector that is not in force, with the next generation. What is in force stays if it fails. */
static bool write_snapshot(adiabit_trust_t *trust, const adiabit_flash_t *flash, const adiabit_trust_t *wanted) {
  const uint32_t sector = trust->generation == 0u ? 0u : trust->sector ^ 1u;
  uint8_t snapshot[COUNTERS_OFFSET];
  adiabit_write_u32(snapshot, SNAPSHOT_MAGIC);
  adiabit_write_u32(snapshot + SNAPSHOT_OFFSET_GENERATION, trust->generation + 1u);
  adiabit_write_u32(snapshot + SNAPSHOT_OFFSET_TABLE_VERSION, wanted->table_version);
  adiabit_write_u32(snapshot + SNAPSHOT_OFFSET_SECURITY_COUNTER, wanted->security_counter);
  adiabit_write_u32(snapshot + SNAPSHOT_OFFSET_KEY_COUNT, wanted->key_count);
  memcpy(snapshot + SNAPSHOT_OFFSET_KEYS, wanted->keys, sizeof wanted->keys);
  adiabit_write_u32(snapshot + SNAPSHOT_OFFSET_CRC32, adiabit_crc32(snapshot, SNAPSHOT_OFFSET_CRC32));
  const uint32_t offset = sector * flash->sector_bytes;
  const bool written = flash->erase(flash->context, ADIABIT_TRUST_STORE, offset, flash->sector_bytes) &&
                       adiabit_slot_write(flash, ADIABIT_TRUST_STORE, offset, snapshot, sizeof snapshot);
  if (written) take(trust, flash, sector);
  return written;
}

bool adiabit_trust_raise(adiabit_trust_t *trust, const adiabit_flash_t *flash, uint32_t security_counter) {
  if (security_counter <= trust->security_counter) return true;
  if (trust->generation > 0u) {
    adiabit_stored_t *snapshot = snapshot_at(flash, trust->sector);
    uint32_t at = COUNTERS_OFFSET;
    while (at + COUNTER_BYTES <= flash->sector_bytes && !is_erased(snapshot + at)) at += COUNTER_BYTES;
    if (at + COUNTER_BYTES <= flash->sector_bytes) {
      uint8_t counter[COUNTER_BYTES];
      adiabit_write_u32(counter, security_counter);
      adiabit_write_u32(counter + 4, counter_crc(snapshot, counter));
      const uint32_t offset = trust->sector * flash->sector_bytes + at;
      if (!adiabit_slot_write(flash, ADIABIT_TRUST_STORE, offset, counter, sizeof counter)) return false;
      trust->security_counter = security_counter;
      return true;
    }
  }
  adiabit_trust_t wanted = *trust;
  wanted.security_counter = security_counter;
  return write_snapshot(trust, flash, &wanted);
}

bool adiabit_trust_replace_keys(adiabit_trust_t *trust, const adiabit_flash_t *flash, uint32_t table_version,
                                const uint8_t *keys, uint32_t key_count) {
  adiabit_trust_t wanted = *trust;
  wanted.table_version = table_version;
  wanted.key_count = key_count;
  memset(wanted.keys, 0, sizeof wanted.keys);
  memcpy(wanted.keys, keys, (size_t)(key_count * ADIABIT_KEY_BYTES));
  return write_snapshot(trust, flash, &wanted);
}

uint32_t adiabit_trust_key_count(const adiabit_trust_t *trust) {
  return trust->key_count == 0u ? adiabit_built_in_key_count : trust->key_count;
}

const uint8_t *adiabit_trust_key(const adiabit_trust_t *trust, uint32_t place) {
  return (trust->key_count == 0u ? adiabit_built_in_keys : trust->keys) + place * ADIABIT_KEY_BYTES;
}

void adiabit_key_id(const uint8_t key[ADIABIT_KEY_BYTES], uint8_t id[ADIABIT_KEY_ID_BYTES]) {
  uint8_t digest[ADIABIT_DIGEST_BYTES];
  adiabit_sha256(key, ADIABIT_KEY_BYTES, digest);
  memcpy(id, digest, ADIABIT_KEY_ID_BYTES);
}

const uint8_t *adiabit_key_with_id(const uint8_t *keys, uint32_t key_count, adiabit_stored_t *id) {
  for (uint32_t place = 0; place < key_count; place++) {
    uint8_t known[ADIABIT_KEY_ID_BYTES];
    adiabit_key_id(keys + place * ADIABIT_KEY_BYTES, known);
    if (adiabit_equal_stored(id, known, sizeof known)) return keys + place * ADIABIT_KEY_BYTES;
  }
  return NULL;
}

#else
typedef int adiabit_trust_is_left_out_t; /* C99 wants something in every file */
#endif
