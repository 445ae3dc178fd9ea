/*
 * How a circuit gets into a slot and takes over: boot, begin, write, verify, activate, confirm. Whatever is cut, the
 * circuit that a reset would start keeps its slot until another one is confirmed; where there is one slot only, the
 * device is empty from the first write to confirm, and answers.
 *
 * Whoever is on the line can have a slot erased, and erases wear it out. So each is put off for longer, the more there
 * have been (docs/decisions/every-erase-waits-longer.md).
 */
#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_device.h"
#include "adiabit_sha256.h"

/* Gives the circuit structure that the active circuit does not use. */
static adiabit_circuit_t *spare_circuit(adiabit_device_t *device) {
  return &device->circuits[device->active_circuit ^ 1u];
}

static bool fits_memory(const adiabit_device_t *device, const adiabit_circuit_t *circuit) {
  return adiabit_runner_work_bytes(circuit) <= device->port->work_bytes;
}

/*
 * Examines the bitstream in a slot, into the spare circuit. In firmware that checks signatures `digest` is the field of
 * a manifest, which is checked first.
 */
static adiabit_status_t examine(adiabit_device_t *device, uint8_t slot, uint32_t total_bytes,
                                adiabit_stored_t *digest) {
  const adiabit_flash_t *flash = &device->port->flash;
  adiabit_circuit_t *circuit = spare_circuit(device);
#if ADIABIT_CHECKS_SIGNATURES
  adiabit_stored_t *manifest = digest - ADIABIT_MANIFEST_OFFSET_DIGEST;
  const adiabit_status_t trusted = adiabit_device_check_manifest(device, manifest);
  if (trusted != ADIABIT_STATUS_OK) return trusted;
#endif
  const adiabit_status_t status = adiabit_slot_check(flash, slot, total_bytes, digest, circuit);
  if (status != ADIABIT_STATUS_OK) return status;
#if ADIABIT_CHECKS_SIGNATURES
  /* As with the manifest: what counts is compared twice. */
  uint8_t again[ADIABIT_DIGEST_BYTES];
  adiabit_sha256(flash->slot[slot], total_bytes, again);
  if (!adiabit_manifest_names(manifest, total_bytes, again)) device->verdict = ADIABIT_FAILS;
#endif
  return fits_memory(device, circuit) ? ADIABIT_STATUS_OK : ADIABIT_STATUS_NO_MEMORY;
}

/* Tells whether what was examined last is trusted. Firmware without keys trusts everything. */
static bool is_trusted(const adiabit_device_t *device) {
#if ADIABIT_CHECKS_SIGNATURES
  return device->verdict == ADIABIT_HOLDS;
#else
  (void)device;
  return true;
#endif
}

static void start_runner(adiabit_device_t *device, const adiabit_circuit_t *circuit) {
  /* Every circuit that comes here has passed fits_memory, so this cannot fail. */
  (void)adiabit_runner_start(&device->runner, circuit, device->port->kernel, device->port->work,
                             device->port->work_bytes);
}

static void make_spare_active(adiabit_device_t *device, uint8_t slot) {
  device->active_circuit ^= 1u;
  device->active_slot = slot;
}

/* Gives the slot that was confirmed last. */
static uint8_t last_confirmed(const adiabit_flash_t *flash) {
  if (adiabit_slot_count(flash) == 1u) return 0;
  return adiabit_slot_record(flash, 1).sequence > adiabit_slot_record(flash, 0).sequence ? 1u : 0u;
}

void adiabit_device_boot(adiabit_device_t *device) {
  const adiabit_flash_t *flash = &device->port->flash;
  uint8_t slot = last_confirmed(flash);
  device->active_slot = ADIABIT_NO_SLOT;
  device->boot_slot = ADIABIT_NO_SLOT;
  for (uint8_t left = adiabit_slot_count(flash); left > 0u; left--, slot ^= 1u) {
    const adiabit_slot_record_t record = adiabit_slot_record(flash, slot);
    if (record.sequence == 0u) continue;
    if (examine(device, slot, record.total_bytes, record.digest) != ADIABIT_STATUS_OK || !is_trusted(device)) continue;
    make_spare_active(device, slot);
    device->boot_slot = slot;
    start_runner(device, &device->circuits[device->active_circuit]);
#if ADIABIT_CHECKS_SIGNATURES
    /* The power may have failed between the confirmation and this. */
    (void)adiabit_device_raise_counter(device, record.manifest);
#endif
    return;
  }
}

bool adiabit_device_take_slot(adiabit_device_t *device, uint8_t *slot) {
  *slot = device->reader.payload[0];
  if (*slot >= adiabit_slot_count(&device->port->flash)) {
    adiabit_device_reply(device, ADIABIT_STATUS_SLOT_UNAVAILABLE);
    return false;
  }
  return true;
}

static bool is_only_slot(const adiabit_device_t *device) {
  return adiabit_slot_count(&device->port->flash) == 1u;
}

/* Waits 1/256 s for every time that a slot has been erased. */
static void wait_for_erase(const adiabit_device_t *device, uint8_t slot) {
  const adiabit_port_t *port = device->port;
#if ADIABIT_SIMULATED_FLASH
  if (port->erases_are_free) return;
#endif
  for (uint16_t left = adiabit_slot_erases(&port->flash, slot); left > 0u; left--) {
    const uint32_t start = port->counter(port->context);
    while (port->counter(port->context) - start < port->counter_hz >> 8) {
    }
  }
}

static adiabit_status_t begin(adiabit_device_t *device, uint8_t slot) {
  const adiabit_flash_t *flash = &device->port->flash;
  adiabit_session_t *session = &device->session;
  const uint32_t total_bytes = adiabit_read_u32(device->reader.payload + 1);
  if (!is_only_slot(device) && (slot == device->active_slot || slot == device->boot_slot)) {
    return ADIABIT_STATUS_SLOT_UNAVAILABLE;
  }
  if (total_bytes > adiabit_slot_capacity(flash)) return ADIABIT_STATUS_TOO_LARGE;
  if (total_bytes < ADIABIT_MIN_TOTAL_BYTES || total_bytes % 4u != 0u) return ADIABIT_STATUS_BAD_ARGUMENT;
#if ADIABIT_CHECKS_SIGNATURES
  const adiabit_status_t trusted = adiabit_device_has_authorized(device, total_bytes, device->reader.payload + 5)
                                       ? adiabit_device_check_manifest(device, device->authorized)
                                       : ADIABIT_STATUS_BAD_SIGNATURE;
  if (trusted != ADIABIT_STATUS_OK) return trusted;
  if (!is_trusted(device)) return ADIABIT_STATUS_BAD_SIGNATURE;
#endif
  session->open = false;
  if (!adiabit_slot_is_blank(flash, slot, total_bytes)) wait_for_erase(device, slot);
  if (!is_only_slot(device) && !adiabit_slot_erase(flash, slot, total_bytes)) return ADIABIT_STATUS_ERASE_FAILED;
  session->open = true;
  session->slot = slot;
  session->total_bytes = total_bytes;
  session->next_offset = 0;
  memcpy(session->digest, device->reader.payload + 5, sizeof session->digest);
  return ADIABIT_STATUS_OK;
}

void adiabit_device_handle_begin(adiabit_device_t *device) {
  uint8_t slot;
  if (adiabit_device_take_slot(device, &slot)) adiabit_device_reply(device, begin(device, slot));
}

/* The only slot is given up when the first bytes of another bitstream are there, not when they are announced. */
static adiabit_status_t give_up_only_slot(adiabit_device_t *device, const uint8_t *header, uint32_t length) {
  const adiabit_session_t *session = &device->session;
  if (length < ADIABIT_HEADER_SIZE || !adiabit_circuit_starts(header, session->total_bytes)) {
    return ADIABIT_STATUS_BAD_BITSTREAM;
  }
  device->active_slot = ADIABIT_NO_SLOT;
  device->boot_slot = ADIABIT_NO_SLOT;
  return adiabit_slot_erase(&device->port->flash, session->slot, session->total_bytes) ? ADIABIT_STATUS_OK
                                                                                       : ADIABIT_STATUS_ERASE_FAILED;
}

static adiabit_status_t write_piece(adiabit_device_t *device) {
  adiabit_session_t *session = &device->session;
  if (device->reader.payload_bytes < 4u) return ADIABIT_STATUS_BAD_LENGTH;
  if (!session->open) return ADIABIT_STATUS_INCOMPLETE;
  const uint32_t offset = adiabit_read_u32(device->reader.payload);
  const uint32_t length = device->reader.payload_bytes - 4u;
  if (offset > session->total_bytes || length > session->total_bytes - offset) return ADIABIT_STATUS_BAD_ARGUMENT;
  const uint32_t end = offset + length;
  if (end <= session->next_offset) return ADIABIT_STATUS_OK;
  if (offset != session->next_offset) return ADIABIT_STATUS_OUT_OF_ORDER;
  if (length % 4u != 0u) return ADIABIT_STATUS_BAD_LENGTH;
  const uint8_t *bytes = device->reader.payload + 4;
  if (offset == 0u && is_only_slot(device)) {
    const adiabit_status_t status = give_up_only_slot(device, bytes, length);
    if (status != ADIABIT_STATUS_OK) return status;
  }
  if (!adiabit_slot_write(&device->port->flash, session->slot, offset, bytes, length)) {
    return ADIABIT_STATUS_WRITE_FAILED;
  }
  session->next_offset = end;
  return ADIABIT_STATUS_OK;
}

void adiabit_device_handle_write(adiabit_device_t *device) {
  const adiabit_status_t status = write_piece(device);
  adiabit_device_begin_reply(device, status);
  adiabit_frame_writer_u32(&device->writer, device->session.open ? device->session.next_offset : 0u);
  adiabit_frame_writer_end(&device->writer);
}

/* Checks the bytes of the session and records them. Does nothing if an earlier copy of the request has done so. */
static adiabit_status_t verify_session(adiabit_device_t *device) {
  const adiabit_flash_t *flash = &device->port->flash;
  const adiabit_session_t *session = &device->session;
  if (session->next_offset != session->total_bytes) return ADIABIT_STATUS_INCOMPLETE;
#if ADIABIT_CHECKS_SIGNATURES
  /* The manifest may be another one than `begin` had. It is checked below. */
  if (!adiabit_device_has_authorized(device, session->total_bytes, session->digest)) {
    return ADIABIT_STATUS_BAD_SIGNATURE;
  }
  const uint8_t *digest = device->authorized + ADIABIT_MANIFEST_OFFSET_DIGEST;
#else
  const uint8_t *digest = session->digest;
#endif
  const adiabit_status_t status = examine(device, session->slot, session->total_bytes, digest);
  if (status != ADIABIT_STATUS_OK) return status;
  if (!is_trusted(device)) return ADIABIT_STATUS_BAD_SIGNATURE;
  if (adiabit_slot_record(flash, session->slot).valid) return ADIABIT_STATUS_OK;
  const bool recorded =
#if ADIABIT_CHECKS_SIGNATURES
      adiabit_slot_record_pending(flash, session->slot, device->authorized) &&
#else
      adiabit_slot_record_pending(flash, session->slot, session->total_bytes, session->digest) &&
#endif
      adiabit_slot_record(flash, session->slot).valid;
  return recorded ? ADIABIT_STATUS_OK : ADIABIT_STATUS_WRITE_FAILED;
}

void adiabit_device_handle_verify(adiabit_device_t *device) {
  uint8_t slot;
  if (!adiabit_device_take_slot(device, &slot)) return;
  adiabit_status_t status;
  if (device->session.open && device->session.slot == slot) {
    status = verify_session(device);
  } else {
    const adiabit_slot_record_t before = adiabit_slot_record(&device->port->flash, slot);
    status = before.valid ? examine(device, slot, before.total_bytes, before.digest) : ADIABIT_STATUS_INCOMPLETE;
  }
  adiabit_device_begin_reply(device, status);
  if (status == ADIABIT_STATUS_OK) {
    const adiabit_slot_record_t record = adiabit_slot_record(&device->port->flash, slot);
    adiabit_frame_writer_u32(&device->writer, record.total_bytes);
    adiabit_device_send_stored(device, record.digest, ADIABIT_DIGEST_BYTES);
  }
  adiabit_frame_writer_end(&device->writer);
}

void adiabit_device_handle_activate(adiabit_device_t *device) {
  uint8_t slot;
  if (!adiabit_device_take_slot(device, &slot)) return;
  const adiabit_slot_record_t record = adiabit_slot_record(&device->port->flash, slot);
  if (!record.valid) {
    adiabit_device_reply(device, ADIABIT_STATUS_SLOT_UNAVAILABLE);
    return;
  }
  const adiabit_status_t status = examine(device, slot, record.total_bytes, record.digest);
  if (status != ADIABIT_STATUS_OK) {
    adiabit_device_reply(device, status);
    return;
  }
  if (!is_trusted(device)) {
    adiabit_device_reply(device, ADIABIT_STATUS_BAD_SIGNATURE);
    return;
  }
  const adiabit_circuit_t *candidate = spare_circuit(device);
  start_runner(device, candidate);
  if (adiabit_runner_self_test(&device->runner) > 0u) {
    if (device->active_slot != ADIABIT_NO_SLOT) start_runner(device, &device->circuits[device->active_circuit]);
    adiabit_device_reply(device, ADIABIT_STATUS_SELF_TEST_FAILED);
    return;
  }
  make_spare_active(device, slot);
  adiabit_device_begin_reply(device, ADIABIT_STATUS_OK);
  adiabit_frame_writer_u32(&device->writer, candidate->golden_count);
  adiabit_frame_writer_u32(&device->writer, 0);
  adiabit_frame_writer_end(&device->writer);
}

/* Gives the highest sequence number of all slots except `slot`. */
static uint32_t highest_other_sequence(const adiabit_device_t *device, uint8_t slot) {
  uint32_t highest = 0;
  for (uint8_t other = 0; other < adiabit_slot_count(&device->port->flash); other++) {
    if (other == slot) continue;
    const adiabit_slot_record_t record = adiabit_slot_record(&device->port->flash, other);
    if (record.sequence > highest) highest = record.sequence;
  }
  return highest;
}

void adiabit_device_handle_confirm(adiabit_device_t *device) {
  const adiabit_flash_t *flash = &device->port->flash;
  uint8_t slot;
  if (!adiabit_device_take_slot(device, &slot)) return;
  if (slot != device->active_slot) {
    adiabit_device_reply(device, ADIABIT_STATUS_SLOT_UNAVAILABLE);
    return;
  }
#if ADIABIT_CHECKS_SIGNATURES
  const adiabit_slot_record_t record = adiabit_slot_record(flash, slot);
  /* The keys may be others than when it was activated. */
  const adiabit_status_t trusted = adiabit_device_check_manifest(device, record.manifest);
  if (trusted != ADIABIT_STATUS_OK || !is_trusted(device)) {
    adiabit_device_reply(device, trusted != ADIABIT_STATUS_OK ? trusted : ADIABIT_STATUS_BAD_SIGNATURE);
    return;
  }
#endif
  uint32_t sequence = adiabit_slot_record(flash, slot).sequence;
  const uint32_t highest_other = highest_other_sequence(device, slot);
  if (slot != device->boot_slot && sequence <= highest_other) {
    sequence = highest_other + 1u;
    if (!is_only_slot(device) && adiabit_slot_record_is_full(flash, slot)) wait_for_erase(device, slot);
    const bool recorded = highest_other < ADIABIT_MAX_SEQUENCE &&
                          adiabit_slot_record_confirmed(flash, slot, sequence) &&
                          adiabit_slot_record(flash, slot).sequence == sequence;
    if (!recorded) {
      adiabit_device_reply(device, ADIABIT_STATUS_WRITE_FAILED);
      return;
    }
  }
  device->boot_slot = slot;
#if ADIABIT_CHECKS_SIGNATURES
  if (!adiabit_device_raise_counter(device, record.manifest)) {
    adiabit_device_reply(device, ADIABIT_STATUS_WRITE_FAILED);
    return;
  }
#endif
  adiabit_device_begin_reply(device, ADIABIT_STATUS_OK);
  adiabit_frame_writer_u32(&device->writer, sequence);
  adiabit_frame_writer_end(&device->writer);
}
