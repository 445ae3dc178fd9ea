/*
 * An upload by SMP: begin, write and verify of the link. The file is a bitstream, or one in an image (a header, the
 * bitstream, what MCUboot's tools want behind it). A piece is taken up to the end of the part in which it begins; the
 * host sends the rest again, because the reply says which offset is next.
 */
#include "adiabit_smp_device.h"

#if ADIABIT_SMP

#include <string.h>

#include "adiabit_bytes.h"

/* Fields of MCUboot's header (bootutil/image.h), little-endian. */
#define IMAGE_MAGIC 0x96F3B83Du
#define IMAGE_OFFSET_HEADER_BYTES 8u
#define IMAGE_OFFSET_PROTECTED_BYTES 10u
#define IMAGE_OFFSET_BODY_BYTES 12u
/* Behind it: the digest of the bitstream, or its manifest. */
#define PLAIN_HEADER_BYTES (ADIABIT_SMP_IMAGE_HEADER_BYTES + ADIABIT_DIGEST_BYTES)
#define SIGNED_HEADER_BYTES ADIABIT_SMP_LONGEST_HEADER_BYTES

ADIABIT_STATIC_ASSERT(circuits_start_at_words, PLAIN_HEADER_BYTES % 4u == 0u && SIGNED_HEADER_BYTES % 4u == 0u);

/* Tells whether a piece goes on with an upload that is still under way in the device. */
static bool goes_on(const adiabit_device_t *device) {
  const adiabit_smp_upload_t *upload = &device->smp.upload;
  if (!upload->open || upload->circuit_end == 0u) return upload->open;
  /* Another host may have begun something else on the link, or the device has restarted. */
  return device->session.open && memcmp(device->session.digest, upload->digest, sizeof upload->digest) == 0;
}

/* Starts an upload, or finds the one that the host goes on with. */
static adiabit_status_t open_upload(adiabit_device_t *device, const adiabit_cbor_item_t *fields) {
  adiabit_smp_upload_t *upload = &device->smp.upload;
  const adiabit_cbor_item_t *total = adiabit_smp_field(fields, ADIABIT_SMP_LEN, ADIABIT_CBOR_UNSIGNED);
  const adiabit_cbor_item_t *sha = adiabit_smp_field(fields, ADIABIT_SMP_SHA, ADIABIT_CBOR_BYTES);
  if (total == NULL || sha == NULL || sha->number != sizeof upload->sha) return ADIABIT_STATUS_BAD_ARGUMENT;
  const bool same = upload->total_bytes == total->number && memcmp(upload->sha, sha->bytes, sizeof upload->sha) == 0;
  if (same && goes_on(device)) return ADIABIT_STATUS_OK;
  memset(upload, 0, sizeof *upload);
  upload->open = true;
  upload->total_bytes = total->number;
  memcpy(upload->sha, sha->bytes, sizeof upload->sha);
  return ADIABIT_STATUS_OK;
}

/* Announces the circuit to the device. */
static adiabit_status_t begin(adiabit_device_t *device, uint32_t circuit_bytes) {
  adiabit_smp_upload_t *upload = &device->smp.upload;
  uint8_t payload[5u + ADIABIT_DIGEST_BYTES];
  const bool only_one = adiabit_slot_count(&device->port->flash) == 1u;
  upload->slot = only_one ? 0u : adiabit_smp_primary(device) ^ 1u;
  payload[0] = upload->slot;
  adiabit_write_u32(payload + 1, circuit_bytes);
  memcpy(payload + 5, upload->digest, sizeof upload->digest);
  const adiabit_status_t status =
      adiabit_smp_ask(device, adiabit_device_handle_begin, payload, (uint32_t)sizeof payload);
  if (status != ADIABIT_STATUS_OK) return status;
  device->smp.tested_slot = ADIABIT_NO_SLOT;
  upload->circuit_end = upload->header_bytes + circuit_bytes;
  return ADIABIT_STATUS_OK;
}

/* Reads the header of an image, which is all there. */
static adiabit_status_t begin_image(adiabit_device_t *device) {
  adiabit_smp_upload_t *upload = &device->smp.upload;
  const uint32_t circuit_bytes = adiabit_read_u32(upload->header + IMAGE_OFFSET_BODY_BYTES);
  if (circuit_bytes > upload->total_bytes - upload->header_bytes) return ADIABIT_STATUS_BAD_ARGUMENT;
  const uint8_t *digest = upload->header + ADIABIT_SMP_IMAGE_HEADER_BYTES;
  if (upload->header_bytes == SIGNED_HEADER_BYTES) {
#if ADIABIT_CHECKS_SIGNATURES
    const adiabit_status_t status =
        adiabit_smp_ask(device, adiabit_device_handle_authorize, digest, ADIABIT_MANIFEST_SIZE);
    if (status != ADIABIT_STATUS_OK) return status;
#endif
    digest += ADIABIT_MANIFEST_OFFSET_DIGEST;
  }
  memcpy(upload->digest, digest, sizeof upload->digest);
  return begin(device, circuit_bytes);
}

/* Takes bytes of a header: first those that are the same in all images, which say how long it is. */
static adiabit_status_t take_header(adiabit_device_t *device, const uint8_t *bytes, uint32_t length) {
  adiabit_smp_upload_t *upload = &device->smp.upload;
  if (upload->total_bytes < PLAIN_HEADER_BYTES) return ADIABIT_STATUS_BAD_ARGUMENT;
  const uint32_t end = upload->header_bytes == 0u ? ADIABIT_SMP_IMAGE_HEADER_BYTES : upload->header_bytes;
  const uint32_t room = end - upload->next_offset;
  const uint32_t taken = length < room ? length : room;
  memcpy(upload->header + upload->next_offset, bytes, (size_t)taken);
  upload->next_offset += taken;
  if (upload->next_offset < end) return ADIABIT_STATUS_OK;
  if (upload->header_bytes != 0u) return begin_image(device);
  upload->header_bytes = adiabit_read_u16(upload->header + IMAGE_OFFSET_HEADER_BYTES);
  const bool known = upload->header_bytes == PLAIN_HEADER_BYTES || upload->header_bytes == SIGNED_HEADER_BYTES;
  const bool fits = known && upload->header_bytes <= upload->total_bytes;
  return fits && adiabit_read_u16(upload->header + IMAGE_OFFSET_PROTECTED_BYTES) == 0u ? ADIABIT_STATUS_OK
                                                                                       : ADIABIT_STATUS_BAD_BITSTREAM;
}

/* Takes bytes of the circuit, in whole words, and checks it when it is whole. */
static adiabit_status_t take_circuit(adiabit_device_t *device, uint8_t *bytes, uint32_t length) {
  adiabit_smp_upload_t *upload = &device->smp.upload;
  const uint32_t left = upload->circuit_end - upload->next_offset;
  const uint32_t taken = length < left ? length & ~3u : left;
  if (taken == 0u) return ADIABIT_STATUS_BAD_LENGTH;
  /* A write has its offset before its bytes. There is the key of `data`, which has been read. */
  uint8_t *payload = bytes - 4;
  adiabit_write_u32(payload, upload->next_offset - upload->header_bytes);
  const adiabit_status_t status = adiabit_smp_ask(device, adiabit_device_handle_write, payload, 4u + taken);
  if (status != ADIABIT_STATUS_OK) return status;
  upload->next_offset += taken;
  if (upload->next_offset < upload->circuit_end) return ADIABIT_STATUS_OK;
  return adiabit_smp_ask(device, adiabit_device_handle_verify, &upload->slot, 1);
}

static adiabit_status_t take(adiabit_device_t *device, uint8_t *bytes, uint32_t length) {
  adiabit_smp_upload_t *upload = &device->smp.upload;
  /* The first four bytes tell what the file is. */
  const uint32_t least = upload->next_offset == 0u ? 4u : 1u;
  if (length > upload->total_bytes - upload->next_offset || length < least) return ADIABIT_STATUS_BAD_LENGTH;
  if (upload->next_offset == 0u && adiabit_read_u32(bytes) != IMAGE_MAGIC) {
    memcpy(upload->digest, upload->sha, sizeof upload->digest);
    const adiabit_status_t status = begin(device, upload->total_bytes);
    if (status != ADIABIT_STATUS_OK) return status;
  }
  if (upload->circuit_end == 0u) return take_header(device, bytes, length);
  if (upload->next_offset < upload->circuit_end) return take_circuit(device, bytes, length);
  upload->next_offset += length;
  return ADIABIT_STATUS_OK;
}

adiabit_status_t adiabit_smp_upload(adiabit_device_t *device, const adiabit_cbor_item_t *fields) {
  adiabit_smp_upload_t *upload = &device->smp.upload;
  const adiabit_cbor_item_t *offset = adiabit_smp_field(fields, ADIABIT_SMP_OFF, ADIABIT_CBOR_UNSIGNED);
  const adiabit_cbor_item_t *data = adiabit_smp_field(fields, ADIABIT_SMP_DATA, ADIABIT_CBOR_BYTES);
  if (offset == NULL || data == NULL) return ADIABIT_STATUS_BAD_ARGUMENT;
  if (offset->number == 0u) {
    const adiabit_status_t status = open_upload(device, fields);
    if (status != ADIABIT_STATUS_OK) return status;
  }
  if (!goes_on(device)) return ADIABIT_STATUS_INCOMPLETE;
  /* A piece that has been taken, or one too early: the reply says which is next. */
  if (offset->number != upload->next_offset || upload->next_offset == upload->total_bytes) return ADIABIT_STATUS_OK;
  const adiabit_status_t status = take(device, data->bytes, data->number);
  if (status != ADIABIT_STATUS_OK) upload->open = false;
  return status;
}

#else
typedef int adiabit_smp_upload_is_left_out_t; /* C99 wants something in every file */
#endif
