/*
 * What a host may change about trust, and what it learns of it: authorize, keys, the end of hello. All of this is only
 * in firmware that checks signatures.
 */
#include "adiabit_device.h"

#if ADIABIT_CHECKS_SIGNATURES

#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_sha256.h"

static adiabit_status_t check(adiabit_device_t *device, uint8_t kind, adiabit_stored_t *manifest) {
  adiabit_status_t why;
  device->verdict = ADIABIT_FAILS;
  device->verdict = adiabit_manifest_check(&device->trust, device->port->board_id, kind, manifest, &why);
  return why;
}

adiabit_status_t adiabit_device_check_manifest(adiabit_device_t *device, adiabit_stored_t *manifest) {
  return check(device, ADIABIT_MANIFEST_KIND_CIRCUIT, manifest);
}

bool adiabit_device_has_authorized(const adiabit_device_t *device, uint32_t total_bytes,
                                   const uint8_t digest[ADIABIT_DIGEST_BYTES]) {
  return device->has_authorized && adiabit_manifest_names(device->authorized, total_bytes, digest);
}

bool adiabit_device_raise_counter(adiabit_device_t *device, adiabit_stored_t *manifest) {
  return adiabit_trust_raise(&device->trust, &device->port->flash,
                             adiabit_read_u32(manifest + ADIABIT_MANIFEST_OFFSET_SECURITY_COUNTER));
}

/* The last manifest counts: a refused one takes the place of the one before, too. */
void adiabit_device_handle_authorize(adiabit_device_t *device) {
  memcpy(device->authorized, device->reader.payload, sizeof device->authorized);
  const adiabit_status_t status = adiabit_device_check_manifest(device, device->authorized);
  device->has_authorized = status == ADIABIT_STATUS_OK && device->verdict == ADIABIT_HOLDS;
  adiabit_device_reply(device, status);
}

/* Tells whether the circuit that boots would still boot with a table of keys. */
static bool keeps_booting(const adiabit_device_t *device, const uint8_t *keys, uint32_t key_count) {
  if (device->boot_slot == ADIABIT_NO_SLOT) return true;
  const adiabit_slot_record_t record = adiabit_slot_record(&device->port->flash, device->boot_slot);
  return adiabit_key_with_id(keys, key_count, record.manifest + ADIABIT_MANIFEST_OFFSET_KEY_ID) != NULL;
}

static adiabit_status_t replace_keys(adiabit_device_t *device, const uint8_t *payload, uint32_t payload_bytes) {
  adiabit_trust_t *trust = &device->trust;
  if (payload_bytes < ADIABIT_MANIFEST_SIZE + ADIABIT_KEY_TABLE_OFFSET_KEYS) return ADIABIT_STATUS_BAD_LENGTH;
  const uint8_t *table = payload + ADIABIT_MANIFEST_SIZE;
  const uint8_t *keys = table + ADIABIT_KEY_TABLE_OFFSET_KEYS;
  const uint32_t table_bytes = payload_bytes - ADIABIT_MANIFEST_SIZE;
  const uint32_t key_count = table[ADIABIT_KEY_TABLE_OFFSET_COUNT];
  if (key_count == 0u || key_count > ADIABIT_MAX_KEYS) return ADIABIT_STATUS_BAD_ARGUMENT;
  const uint32_t keys_bytes = key_count * ADIABIT_KEY_BYTES;
  if (table_bytes != ADIABIT_KEY_TABLE_OFFSET_KEYS + keys_bytes) return ADIABIT_STATUS_BAD_LENGTH;
  const uint32_t version = adiabit_read_u32(payload + ADIABIT_MANIFEST_OFFSET_SECURITY_COUNTER);
  /* A late copy of the request that has put these keys in force. Its signer may not be among them. */
  if (trust->key_count == key_count && trust->table_version == version && memcmp(trust->keys, keys, keys_bytes) == 0) {
    return ADIABIT_STATUS_OK;
  }
  const adiabit_status_t status = check(device, ADIABIT_MANIFEST_KIND_KEY_TABLE, payload);
  if (status != ADIABIT_STATUS_OK) return status;
  uint8_t digest[ADIABIT_DIGEST_BYTES];
  adiabit_sha256(table, table_bytes, digest);
  if (!adiabit_manifest_names(payload, table_bytes, digest) || device->verdict != ADIABIT_HOLDS) {
    return ADIABIT_STATUS_BAD_SIGNATURE;
  }
  if (!keeps_booting(device, keys, key_count)) return ADIABIT_STATUS_KEY_IN_USE;
  const bool stored = adiabit_trust_replace_keys(trust, &device->port->flash, version, keys, key_count);
  return stored ? ADIABIT_STATUS_OK : ADIABIT_STATUS_WRITE_FAILED;
}

void adiabit_device_handle_keys(adiabit_device_t *device) {
  adiabit_device_reply(device, replace_keys(device, device->reader.payload, device->reader.payload_bytes));
}

void adiabit_device_send_trust(adiabit_device_t *device) {
  const adiabit_trust_t *trust = &device->trust;
  adiabit_frame_writer_t *writer = &device->writer;
  const uint32_t product_length = (uint32_t)strlen(adiabit_product);
  adiabit_frame_writer_u8(writer, (uint8_t)product_length);
  adiabit_frame_writer_bytes(writer, (const uint8_t *)adiabit_product, product_length);
  const uint32_t key_count = adiabit_trust_key_count(trust);
  adiabit_frame_writer_u8(writer, (uint8_t)key_count);
  for (uint32_t place = 0; place < key_count; place++) {
    uint8_t id[ADIABIT_KEY_ID_BYTES];
    adiabit_key_id(adiabit_trust_key(trust, place), id);
    adiabit_frame_writer_bytes(writer, id, sizeof id);
  }
  adiabit_frame_writer_u32(writer, trust->security_counter);
  adiabit_frame_writer_u32(writer, trust->table_version);
}

#else
typedef int adiabit_device_trust_is_left_out_t; /* C99 wants something in every file */
#endif
