/* The commands of SMP: groups 0 (os) and 1 (image). */
#include "adiabit_smp_device.h"

#if ADIABIT_SMP

#include <string.h>

#include "adiabit_bytes.h"

/* Header of a message, big-endian. */
#define HEADER_BYTES 8u
#define OFFSET_OPERATION 0u /* and the version, in bits 3 and 4 */
#define OFFSET_FLAGS 1u
#define OFFSET_LENGTH 2u
#define OFFSET_GROUP 4u
#define OFFSET_COMMAND 7u
#define OPERATION_BITS 7u
#define READ 0u
#define WRITE 2u
#define REPLY 1u

#define GROUP_OS 0u
#define OS_ECHO 0u
#define OS_RESET 5u
#define OS_PARAMETERS 6u
#define GROUP_IMAGE 1u
#define IMAGE_STATE 0u
#define IMAGE_UPLOAD 1u
#define IMAGE_ERASE 5u

/* Error codes of SMP (mgmt_defines.h). */
#define RC_UNKNOWN 1u
#define RC_NO_MEMORY 2u
#define RC_INVALID 3u
#define RC_BAD_STATE 6u
#define RC_TOO_LONG 7u
#define RC_NOT_SUPPORTED 8u
#define RC_CORRUPT 9u
#define RC_DENIED 11u

#define COMMAND(group, command, operation) ((uint32_t)(group) << 16 | (uint32_t)(command) << 8 | (operation))

static const char *const status_texts[] = {ADIABIT_STATUS_TEXTS};

void adiabit_smp_swallow(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  (void)bytes;
  (void)length;
}

adiabit_status_t adiabit_smp_ask(adiabit_device_t *device, adiabit_smp_handler_t handler, const uint8_t *payload,
                                 uint32_t payload_bytes) {
#if ADIABIT_CHECKS_SIGNATURES
  device->verdict = ADIABIT_FAILS;
#endif
  device->reader.payload = payload;
  device->reader.payload_bytes = payload_bytes;
  device->smp.asks = true;
  handler(device);
  device->smp.asks = false;
  return device->smp.status;
}

static adiabit_status_t ask_about(adiabit_device_t *device, adiabit_smp_handler_t handler, uint8_t slot) {
  return adiabit_smp_ask(device, handler, &slot, 1);
}

uint8_t adiabit_smp_primary(const adiabit_device_t *device) {
  return device->active_slot == ADIABIT_NO_SLOT ? 0u : device->active_slot;
}

/* Gives the error code for what the link has refused. */
static uint32_t code_of(adiabit_status_t status) {
  switch (status) {
    case ADIABIT_STATUS_BAD_LENGTH:
    case ADIABIT_STATUS_BAD_ARGUMENT:
      return RC_INVALID;
    case ADIABIT_STATUS_TOO_LARGE:
    case ADIABIT_STATUS_NO_MEMORY:
      return RC_NO_MEMORY;
    case ADIABIT_STATUS_SLOT_UNAVAILABLE:
    case ADIABIT_STATUS_INCOMPLETE:
    case ADIABIT_STATUS_NO_CIRCUIT:
      return RC_BAD_STATE;
    case ADIABIT_STATUS_DIGEST_MISMATCH:
    case ADIABIT_STATUS_BAD_BITSTREAM:
    case ADIABIT_STATUS_SELF_TEST_FAILED:
      return RC_CORRUPT;
    case ADIABIT_STATUS_UNKNOWN_MESSAGE:
      return RC_NOT_SUPPORTED;
    default:
      return status >= ADIABIT_STATUS_BAD_SIGNATURE ? RC_DENIED : RC_UNKNOWN;
  }
}

static void write_error(adiabit_cbor_writer_t *reply, uint32_t code, const char *reason) {
  reply->length = HEADER_BYTES;
  reply->overflow = false;
  adiabit_cbor_write_map(reply, 2);
  adiabit_cbor_write_text(reply, "rc");
  adiabit_cbor_write_unsigned(reply, code);
  adiabit_cbor_write_text(reply, "rsn");
  adiabit_cbor_write_text(reply, reason);
}

static void write_status(adiabit_cbor_writer_t *reply, adiabit_status_t status) {
  if (status == ADIABIT_STATUS_OK) {
    adiabit_cbor_write_map(reply, 0);
  } else {
    write_error(reply, code_of(status), status_texts[status]);
  }
}

static void write_flag(adiabit_cbor_writer_t *reply, const char *name, bool value) {
  adiabit_cbor_write_text(reply, name);
  adiabit_cbor_write_boolean(reply, value);
}

static void write_image(const adiabit_device_t *device, adiabit_cbor_writer_t *reply, uint8_t slot,
                        const adiabit_slot_record_t *record) {
  uint8_t digest[ADIABIT_DIGEST_BYTES];
  adiabit_copy_stored(digest, record->digest, sizeof digest);
  adiabit_cbor_write_map(reply, 6);
  adiabit_cbor_write_text(reply, "slot");
  adiabit_cbor_write_unsigned(reply, slot ^ adiabit_smp_primary(device));
  adiabit_cbor_write_text(reply, "version");
  adiabit_cbor_write_text(reply, "0.0.0");
  adiabit_cbor_write_text(reply, "hash");
  adiabit_cbor_write_bytes(reply, digest, sizeof digest);
  write_flag(reply, "pending", slot == device->smp.tested_slot);
  write_flag(reply, "confirmed", slot == device->boot_slot);
  write_flag(reply, "active", slot == device->active_slot);
}

/* Writes what is in the slots, that of the circuit that runs first. */
static void write_images(const adiabit_device_t *device, adiabit_cbor_writer_t *reply) {
  const adiabit_flash_t *flash = &device->port->flash;
  const uint8_t slot_count = adiabit_slot_count(flash);
  adiabit_slot_record_t records[ADIABIT_MAX_SLOTS];
  uint32_t images = 0;
  for (uint8_t slot = 0; slot < slot_count; slot++) {
    records[slot] = adiabit_slot_record(flash, slot);
    images += records[slot].valid;
  }
  adiabit_cbor_write_map(reply, 1);
  adiabit_cbor_write_text(reply, "images");
  adiabit_cbor_write_array(reply, images);
  uint8_t slot = adiabit_smp_primary(device);
  for (uint8_t left = slot_count; left > 0u; left--, slot ^= 1u) {
    if (records[slot].valid) write_image(device, reply, slot, &records[slot]);
  }
}

/* Finds the slot with a digest. ADIABIT_NO_SLOT if there is none. */
static uint8_t slot_with(const adiabit_device_t *device, const adiabit_cbor_item_t *hash) {
  const adiabit_flash_t *flash = &device->port->flash;
  uint8_t slot = adiabit_smp_primary(device);
  for (uint8_t left = adiabit_slot_count(flash); left > 0u; left--, slot ^= 1u) {
    const adiabit_slot_record_t record = adiabit_slot_record(flash, slot);
    if (record.valid && hash->number == ADIABIT_DIGEST_BYTES &&
        adiabit_equal_stored(record.digest, hash->bytes, ADIABIT_DIGEST_BYTES)) {
      return slot;
    }
  }
  return ADIABIT_NO_SLOT;
}

/* Has a circuit run and boot. One that does not run yet passes its self-test first. */
static adiabit_status_t confirm(adiabit_device_t *device, uint8_t slot) {
  if (slot != device->active_slot) {
    const adiabit_status_t status = ask_about(device, adiabit_device_handle_activate, slot);
    if (status != ADIABIT_STATUS_OK) return status;
  }
  device->smp.tested_slot = ADIABIT_NO_SLOT;
  return ask_about(device, adiabit_device_handle_confirm, slot);
}

static adiabit_status_t set_state(adiabit_device_t *device, const adiabit_cbor_item_t *fields) {
  const adiabit_cbor_item_t *hash = adiabit_smp_field(fields, ADIABIT_SMP_HASH, ADIABIT_CBOR_BYTES);
  const adiabit_cbor_item_t *confirms = adiabit_smp_field(fields, ADIABIT_SMP_CONFIRM, ADIABIT_CBOR_BOOLEAN);
  const uint8_t slot = hash == NULL ? device->active_slot : slot_with(device, hash);
  if (confirms != NULL && confirms->number != 0u) {
    return slot == ADIABIT_NO_SLOT ? ADIABIT_STATUS_NO_CIRCUIT : confirm(device, slot);
  }
  if (hash == NULL) return ADIABIT_STATUS_BAD_ARGUMENT;
  if (slot == ADIABIT_NO_SLOT || slot == device->active_slot) return ADIABIT_STATUS_SLOT_UNAVAILABLE;
  const adiabit_status_t status = ask_about(device, adiabit_device_handle_verify, slot);
  if (status == ADIABIT_STATUS_OK) device->smp.tested_slot = slot;
  return status;
}

/* An erase is the start of an update that does not come. */
static adiabit_status_t erase(adiabit_device_t *device, const adiabit_cbor_item_t *fields) {
  const adiabit_cbor_item_t *named = adiabit_smp_field(fields, ADIABIT_SMP_SLOT, ADIABIT_CBOR_UNSIGNED);
  const uint32_t number = named == NULL ? 1u : named->number;
  if (number >= adiabit_slot_count(&device->port->flash)) return ADIABIT_STATUS_SLOT_UNAVAILABLE;
  uint8_t payload[5u + ADIABIT_DIGEST_BYTES] = {0};
  payload[0] = (uint8_t)number ^ adiabit_smp_primary(device);
  adiabit_write_u32(payload + 1, ADIABIT_MIN_TOTAL_BYTES);
  const bool only_one = adiabit_slot_count(&device->port->flash) == 1u;
  const adiabit_status_t status =
      only_one ? ADIABIT_STATUS_SLOT_UNAVAILABLE
               : adiabit_smp_ask(device, adiabit_device_handle_begin, payload, (uint32_t)sizeof payload);
  if (status != ADIABIT_STATUS_OK) return status;
  device->session.open = false;
  device->smp.tested_slot = ADIABIT_NO_SLOT;
  return ADIABIT_STATUS_OK;
}

static void write_parameters(adiabit_cbor_writer_t *reply) {
  adiabit_cbor_write_map(reply, 2);
  adiabit_cbor_write_text(reply, "buf_size");
  adiabit_cbor_write_unsigned(reply, ADIABIT_SMP_BUFFER_BYTES);
  adiabit_cbor_write_text(reply, "buf_count");
  adiabit_cbor_write_unsigned(reply, 1);
}

static void write_echo(adiabit_cbor_writer_t *reply, const adiabit_cbor_item_t *fields) {
  const adiabit_cbor_item_t *text = adiabit_smp_field(fields, ADIABIT_SMP_TEXT, ADIABIT_CBOR_TEXT);
  if (text == NULL) {
    write_status(reply, ADIABIT_STATUS_BAD_ARGUMENT);
    return;
  }
  adiabit_cbor_write_map(reply, 1);
  adiabit_cbor_write_text(reply, "r");
  adiabit_cbor_write_text_bytes(reply, text->bytes, text->number);
}

static void write_upload(const adiabit_device_t *device, adiabit_cbor_writer_t *reply) {
  const adiabit_smp_upload_t *upload = &device->smp.upload;
  const bool done = upload->next_offset == upload->total_bytes;
  adiabit_cbor_write_map(reply, done ? 2 : 1);
  adiabit_cbor_write_text(reply, "off");
  adiabit_cbor_write_unsigned(reply, upload->next_offset);
  if (done) write_flag(reply, "match", true);
}

/* Reads the map of a request: each field once at most, and nothing behind it. Fields of other names may be there. */
static bool read_fields(uint8_t *bytes, uint32_t length, adiabit_cbor_item_t fields[ADIABIT_SMP_FIELDS]) {
  static const char *const names[ADIABIT_SMP_FIELDS] = {
      [ADIABIT_SMP_OFF] = "off",   [ADIABIT_SMP_DATA] = "data",   [ADIABIT_SMP_LEN] = "len",
      [ADIABIT_SMP_SHA] = "sha",   [ADIABIT_SMP_IMAGE] = "image", [ADIABIT_SMP_SLOT] = "slot",
      [ADIABIT_SMP_HASH] = "hash", [ADIABIT_SMP_TEXT] = "d",      [ADIABIT_SMP_CONFIRM] = "confirm",
  };
  memset(fields, 0, ADIABIT_SMP_FIELDS * sizeof *fields);
  adiabit_cbor_reader_t reader = {bytes, length};
  const adiabit_cbor_item_t map = adiabit_cbor_read(&reader);
  if (map.kind != ADIABIT_CBOR_MAP) return false;
  for (uint32_t pair = 0; pair < map.number; pair++) {
    const adiabit_cbor_item_t key = adiabit_cbor_read(&reader);
    const adiabit_cbor_item_t value = adiabit_cbor_read(&reader);
    if (key.kind != ADIABIT_CBOR_TEXT || value.kind == ADIABIT_CBOR_NONE || value.kind == ADIABIT_CBOR_MAP)
      return false;
    for (uint32_t field = 0; field < (uint32_t)ADIABIT_SMP_FIELDS; field++) {
      if (!adiabit_cbor_is(&key, names[field])) continue;
      if (fields[field].kind != ADIABIT_CBOR_NONE) return false;
      fields[field] = value;
    }
  }
  return reader.left == 0u;
}

/* Does what a request asks for and writes the reply. Tells whether a reset has to follow it. */
static bool answer(adiabit_device_t *device, uint32_t command, const adiabit_cbor_item_t *fields,
                   adiabit_cbor_writer_t *reply) {
  adiabit_status_t status;
  switch (command) {
    case COMMAND(GROUP_OS, OS_ECHO, READ):
    case COMMAND(GROUP_OS, OS_ECHO, WRITE):
      write_echo(reply, fields);
      return false;
    case COMMAND(GROUP_OS, OS_RESET, WRITE):
      write_status(reply, ADIABIT_STATUS_OK);
      return true;
    case COMMAND(GROUP_OS, OS_PARAMETERS, READ):
      write_parameters(reply);
      return false;
    case COMMAND(GROUP_IMAGE, IMAGE_STATE, READ):
      write_images(device, reply);
      return false;
    case COMMAND(GROUP_IMAGE, IMAGE_STATE, WRITE):
      status = set_state(device, fields);
      if (status == ADIABIT_STATUS_OK) {
        write_images(device, reply);
      } else {
        write_status(reply, status);
      }
      return false;
    case COMMAND(GROUP_IMAGE, IMAGE_UPLOAD, WRITE):
      status = adiabit_smp_upload(device, fields);
      if (status == ADIABIT_STATUS_OK) {
        write_upload(device, reply);
      } else {
        write_status(reply, status);
      }
      return false;
    case COMMAND(GROUP_IMAGE, IMAGE_ERASE, WRITE):
      write_status(reply, erase(device, fields));
      return false;
    default:
      write_error(reply, RC_NOT_SUPPORTED, "the firmware does not know this command");
      return false;
  }
}

/*
 * After a test, circuits are exchanged without restarting the chip, which would start the confirmed one. If the new one
 * fails its self-test the old one goes on.
 */
static void reset(adiabit_device_t *device) {
  const uint8_t slot = device->smp.tested_slot;
  if (slot == ADIABIT_NO_SLOT) {
    device->port->reset(device->port->context);
    return;
  }
  device->smp.tested_slot = ADIABIT_NO_SLOT;
  (void)ask_about(device, adiabit_device_handle_activate, slot);
}

static void handle_message(adiabit_device_t *device) {
  uint8_t *message = device->smp.line.message;
  const uint32_t message_bytes = device->smp.line.message_bytes;
  if (message_bytes < HEADER_BYTES) return;
  const uint32_t operation = message[OFFSET_OPERATION] & OPERATION_BITS;
  const uint32_t payload_bytes = message_bytes - HEADER_BYTES;
  const uint32_t announced = (uint32_t)message[OFFSET_LENGTH] << 8 | message[OFFSET_LENGTH + 1u];
  /* Replies of others, as on a line that echoes, get no reply. */
  if (operation != READ && operation != WRITE) return;
  const uint32_t group = (uint32_t)message[OFFSET_GROUP] << 8 | message[OFFSET_GROUP + 1u];
  const uint32_t command = COMMAND(group, message[OFFSET_COMMAND], operation);
  adiabit_cbor_item_t fields[ADIABIT_SMP_FIELDS];
  const bool readable = announced == payload_bytes && read_fields(message + HEADER_BYTES, payload_bytes, fields);
  uint8_t header[HEADER_BYTES];
  memcpy(header, message, sizeof header);
  header[OFFSET_OPERATION] |= REPLY;
  header[OFFSET_FLAGS] = 0;
  /* Requests of the link use this buffer, too, so nothing is written into it before they have been made. */
  uint8_t *bytes = device->port->frame_buffer;
  adiabit_cbor_writer_t reply = {bytes + ADIABIT_SMP_LENGTH_BYTES,
                                 device->port->frame_buffer_bytes - ADIABIT_SMP_LENGTH_BYTES - ADIABIT_SMP_CRC_BYTES,
                                 HEADER_BYTES, false};
  bool resets = false;
  if (readable) {
    resets = answer(device, command, fields, &reply);
  } else {
    write_error(&reply, RC_INVALID, "the request is no map of fields that can be read");
  }
  if (reply.overflow) write_error(&reply, RC_TOO_LONG, "the reply does not fit");
  const uint32_t reply_payload = reply.length - HEADER_BYTES;
  header[OFFSET_LENGTH] = (uint8_t)(reply_payload >> 8);
  header[OFFSET_LENGTH + 1u] = (uint8_t)reply_payload;
  memcpy(reply.bytes, header, sizeof header);
  adiabit_smp_line_send(bytes, reply.length, device->port->send, device->port->context);
  if (resets) reset(device);
}

bool adiabit_smp_receive(adiabit_device_t *device, uint8_t byte) {
  adiabit_frame_reader_t *reader = &device->reader;
  /* Between frames a line begins where a frame would. A host that speaks SMP alone sends no frames. */
  const bool free = reader->type == 0u || reader->damaged;
  const adiabit_smp_line_event_t event = adiabit_smp_line_push(&device->smp.line, byte, free);
  if (event == ADIABIT_SMP_LINE_NONE) return false;
  if (event == ADIABIT_SMP_LINE_MESSAGE) handle_message(device);
  adiabit_frame_reader_start(reader, device->port->frame_buffer, device->port->frame_buffer_bytes);
  return true;
}

#else
typedef int adiabit_smp_is_left_out_t; /* C99 wants something in every file */
#endif
