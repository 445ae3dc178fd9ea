#include "adiabit_device.h"

#include <string.h>

#include "adiabit_bytes.h"

#if ADIABIT_SMP
#define SENDS_REPLIES(device) ((device)->smp.asks ? adiabit_smp_swallow : (device)->port->send)
#else
#define SENDS_REPLIES(device) ((device)->port->send)
#endif

void adiabit_device_begin_reply(adiabit_device_t *device, adiabit_status_t status) {
#if ADIABIT_SMP
  device->smp.status = status;
#endif
  adiabit_frame_writer_begin(&device->writer, SENDS_REPLIES(device), device->port->context,
                             (uint8_t)(device->reader.type | ADIABIT_REPLY_BIT), device->reader.sequence);
  adiabit_frame_writer_u8(&device->writer, (uint8_t)status);
}

void adiabit_device_reply(adiabit_device_t *device, adiabit_status_t status) {
  adiabit_device_begin_reply(device, status);
  adiabit_frame_writer_end(&device->writer);
}

static void handle_hello(adiabit_device_t *device) {
  const adiabit_port_t *port = device->port;
  const bool same_version = device->reader.payload[0] == ADIABIT_PROTOCOL_MAJOR;
  const uint32_t id_length = (uint32_t)strlen(port->board_id);
  uint8_t reply[ADIABIT_HELLO_REPLY_OFFSET_BOARD_ID];
  reply[ADIABIT_HELLO_REPLY_OFFSET_STATUS] =
      (uint8_t)(same_version ? ADIABIT_STATUS_OK : ADIABIT_STATUS_VERSION_MISMATCH);
  reply[ADIABIT_HELLO_REPLY_OFFSET_PROTOCOL_MAJOR] = ADIABIT_PROTOCOL_MAJOR;
  reply[ADIABIT_HELLO_REPLY_OFFSET_PROTOCOL_MINOR] = ADIABIT_PROTOCOL_MINOR;
  reply[ADIABIT_HELLO_REPLY_OFFSET_FORMAT_MAJOR] = ADIABIT_VERSION_MAJOR;
  reply[ADIABIT_HELLO_REPLY_OFFSET_LAYER_KINDS] =
      ADIABIT_EVERY_LAYER ? ADIABIT_LAYER_KINDS_EVERY : ADIABIT_LAYER_KINDS_COUNTING;
  reply[ADIABIT_HELLO_REPLY_OFFSET_FIRMWARE_MAJOR] = ADIABIT_FIRMWARE_MAJOR;
  reply[ADIABIT_HELLO_REPLY_OFFSET_FIRMWARE_MINOR] = ADIABIT_FIRMWARE_MINOR;
  reply[ADIABIT_HELLO_REPLY_OFFSET_SLOT_COUNT] = port->flash.slot_count;
  reply[ADIABIT_HELLO_REPLY_OFFSET_ACTIVE_SLOT] = device->active_slot;
  reply[ADIABIT_HELLO_REPLY_OFFSET_COUNTER_UNIT] = port->counter_unit;
  adiabit_write_u16(reply + ADIABIT_HELLO_REPLY_OFFSET_MAX_PAYLOAD_BYTES,
                    (uint16_t)(port->frame_buffer_bytes - ADIABIT_FRAME_OVERHEAD_BYTES));
  adiabit_write_u16(reply + ADIABIT_HELLO_REPLY_OFFSET_WINDOW_BYTES, port->window_bytes);
  adiabit_write_u32(reply + ADIABIT_HELLO_REPLY_OFFSET_SLOT_BYTES, adiabit_slot_capacity(&port->flash));
  adiabit_write_u32(reply + ADIABIT_HELLO_REPLY_OFFSET_WORK_BYTES, port->work_bytes);
  adiabit_write_u32(reply + ADIABIT_HELLO_REPLY_OFFSET_COUNTER_HZ, port->counter_hz);
  reply[ADIABIT_HELLO_REPLY_OFFSET_BOARD_ID_LENGTH] = (uint8_t)id_length;
  /* The status byte is the first field, so the reply starts without one. */
  adiabit_frame_writer_begin(&device->writer, port->send, port->context,
                             (uint8_t)(device->reader.type | ADIABIT_REPLY_BIT), device->reader.sequence);
  adiabit_frame_writer_bytes(&device->writer, reply, sizeof reply);
  adiabit_frame_writer_bytes(&device->writer, (const uint8_t *)port->board_id, id_length);
  adiabit_frame_writer_u8(&device->writer, ADIABIT_CHECKS_SIGNATURES);
  adiabit_frame_writer_u8(&device->writer, port->chip_id_bytes);
  adiabit_frame_writer_bytes(&device->writer, port->chip_id, port->chip_id_bytes);
#if ADIABIT_CHECKS_SIGNATURES
  adiabit_device_send_trust(device);
#endif
  adiabit_frame_writer_end(&device->writer);
}

/* A slot that runs, but that a reset would not start, is in test: a reset reverts it. */
static uint8_t slot_state(const adiabit_device_t *device, uint8_t slot, const adiabit_slot_record_t *record) {
  if (!record->valid) return ADIABIT_SLOT_STATE_EMPTY;
  if (slot == device->active_slot && slot != device->boot_slot) return ADIABIT_SLOT_STATE_TEST;
  return record->sequence > 0u ? ADIABIT_SLOT_STATE_CONFIRMED : ADIABIT_SLOT_STATE_PENDING;
}

static void handle_slots(adiabit_device_t *device) {
  adiabit_device_begin_reply(device, ADIABIT_STATUS_OK);
  for (uint8_t slot = 0; slot < adiabit_slot_count(&device->port->flash); slot++) {
    const adiabit_slot_record_t record = adiabit_slot_record(&device->port->flash, slot);
    uint8_t digest[ADIABIT_DIGEST_BYTES] = {0};
    if (record.valid) adiabit_copy_stored(digest, record.digest, sizeof digest);
    /* The state, how often the slot was erased, and a zero. */
    adiabit_frame_writer_u32(&device->writer, slot_state(device, slot, &record) |
                                                  (uint32_t)adiabit_slot_erases(&device->port->flash, slot) << 8);
    adiabit_frame_writer_u32(&device->writer, record.valid ? record.total_bytes : 0u);
    adiabit_frame_writer_u32(&device->writer, record.sequence);
    adiabit_frame_writer_bytes(&device->writer, digest, sizeof digest);
  }
  adiabit_frame_writer_end(&device->writer);
}

static adiabit_status_t take_input(adiabit_device_t *device) {
  if (device->active_slot == ADIABIT_NO_SLOT) return ADIABIT_STATUS_NO_CIRCUIT;
  if (device->reader.payload_bytes < 4u) return ADIABIT_STATUS_BAD_LENGTH;
  const uint32_t offset = adiabit_read_u32(device->reader.payload);
  const uint32_t length = device->reader.payload_bytes - 4u;
  const uint32_t room = device->runner.circuit->input_bytes;
  if (offset > room || length > room - offset) return ADIABIT_STATUS_BAD_ARGUMENT;
  memcpy(device->runner.input + offset, device->reader.payload + 4, (size_t)length);
  return ADIABIT_STATUS_OK;
}

static void handle_infer(adiabit_device_t *device) {
  const adiabit_port_t *port = device->port;
  if (device->active_slot == ADIABIT_NO_SLOT) {
    adiabit_device_reply(device, ADIABIT_STATUS_NO_CIRCUIT);
    return;
  }
  const uint32_t start = port->counter(port->context);
  adiabit_runner_run(&device->runner, device->runner.circuit->layer_count);
  const uint32_t counter = port->counter(port->context) - start;
  const uint32_t output_count = ADIABIT_CLASS_ONLY ? 0u : device->runner.circuit->output_count;
  adiabit_device_begin_reply(device, ADIABIT_STATUS_OK);
  adiabit_frame_writer_u16(&device->writer, (uint16_t)adiabit_runner_class(&device->runner));
  adiabit_frame_writer_u16(&device->writer, (uint16_t)output_count);
  adiabit_frame_writer_u32(&device->writer, counter);
  adiabit_frame_writer_bytes(&device->writer, (const uint8_t *)device->runner.outputs, 4u * output_count);
  adiabit_frame_writer_end(&device->writer);
}

static void handle_reset(adiabit_device_t *device) {
  adiabit_device_reply(device, ADIABIT_STATUS_OK);
  device->port->reset(device->port->context);
}

/* The payload bytes of requests whose length is always the same. */
#define ANY_BYTES 0xFFu
static const ADIABIT_TABLE uint8_t request_bytes[] = {
    [0] = ANY_BYTES,
    [ADIABIT_MESSAGE_HELLO] = 2,
    [ADIABIT_MESSAGE_SLOTS] = 0,
    [ADIABIT_MESSAGE_BEGIN] = 5u + ADIABIT_DIGEST_BYTES,
    [ADIABIT_MESSAGE_WRITE] = ANY_BYTES,
    [ADIABIT_MESSAGE_VERIFY] = 1,
    [ADIABIT_MESSAGE_ACTIVATE] = 1,
    [ADIABIT_MESSAGE_CONFIRM] = 1,
    [ADIABIT_MESSAGE_INPUT] = ANY_BYTES,
    [ADIABIT_MESSAGE_INFER] = 0,
    [ADIABIT_MESSAGE_RESET] = 0,
    [ADIABIT_MESSAGE_READ] = ADIABIT_CLASS_ONLY ? ANY_BYTES : 7,
    [ADIABIT_MESSAGE_VALUES] = ADIABIT_CLASS_ONLY ? ANY_BYTES : 7,
#if ADIABIT_SENSOR
    [ADIABIT_MESSAGE_SAMPLES] = 4,
#endif
#if ADIABIT_CHECKS_SIGNATURES
#if !ADIABIT_SENSOR
    [ADIABIT_MESSAGE_SAMPLES] = ANY_BYTES,
#endif
    [ADIABIT_MESSAGE_AUTHORIZE] = ADIABIT_MANIFEST_SIZE,
    [ADIABIT_MESSAGE_KEYS] = ANY_BYTES,
#endif
};

static void handle_request(adiabit_device_t *device) {
  const uint8_t type = device->reader.type;
#if ADIABIT_CHECKS_SIGNATURES
  device->verdict = ADIABIT_FAILS;
#endif
  if (type < sizeof request_bytes && request_bytes[type] != ANY_BYTES &&
      request_bytes[type] != device->reader.payload_bytes) {
    adiabit_device_reply(device, ADIABIT_STATUS_BAD_LENGTH);
    return;
  }
  switch (type) {
    case ADIABIT_MESSAGE_HELLO:
      handle_hello(device);
      break;
    case ADIABIT_MESSAGE_SLOTS:
      handle_slots(device);
      break;
    case ADIABIT_MESSAGE_BEGIN:
      adiabit_device_handle_begin(device);
      break;
    case ADIABIT_MESSAGE_WRITE:
      adiabit_device_handle_write(device);
      break;
    case ADIABIT_MESSAGE_VERIFY:
      adiabit_device_handle_verify(device);
      break;
    case ADIABIT_MESSAGE_ACTIVATE:
      adiabit_device_handle_activate(device);
      break;
    case ADIABIT_MESSAGE_CONFIRM:
      adiabit_device_handle_confirm(device);
      break;
    case ADIABIT_MESSAGE_INPUT:
      adiabit_device_reply(device, take_input(device));
      break;
    case ADIABIT_MESSAGE_INFER:
      handle_infer(device);
      break;
    case ADIABIT_MESSAGE_RESET:
      handle_reset(device);
      break;
#if !ADIABIT_CLASS_ONLY
    case ADIABIT_MESSAGE_READ:
      adiabit_device_handle_read(device);
      break;
    case ADIABIT_MESSAGE_VALUES:
      adiabit_device_handle_values(device);
      break;
#endif
#if ADIABIT_SENSOR
    case ADIABIT_MESSAGE_SAMPLES:
      adiabit_device_handle_samples(device);
      break;
#endif
#if ADIABIT_CHECKS_SIGNATURES
    case ADIABIT_MESSAGE_AUTHORIZE:
      adiabit_device_handle_authorize(device);
      break;
    case ADIABIT_MESSAGE_KEYS:
      adiabit_device_handle_keys(device);
      break;
#endif
    default:
      adiabit_device_reply(device, ADIABIT_STATUS_UNKNOWN_MESSAGE);
      break;
  }
}

/*
 * Nothing in a damaged frame can be trusted, least of all its sequence number. The host finds the request by the
 * missing reply.
 */
static void answer_damage(adiabit_device_t *device) {
  adiabit_frame_writer_begin(&device->writer, device->port->send, device->port->context, ADIABIT_TYPE_NAK, 0);
  adiabit_frame_writer_u8(&device->writer, ADIABIT_STATUS_BAD_FRAME);
  adiabit_frame_writer_end(&device->writer);
}

void adiabit_device_start(adiabit_device_t *device, const adiabit_port_t *port) {
  memset(device, 0, sizeof *device);
  device->port = port;
  device->writer.block = port->frame_buffer;
  adiabit_frame_reader_start(&device->reader, port->frame_buffer, port->frame_buffer_bytes);
#if ADIABIT_CHECKS_SIGNATURES
  device->verdict = ADIABIT_FAILS;
  adiabit_trust_load(&device->trust, &port->flash);
#endif
#if ADIABIT_SMP
  adiabit_smp_line_start(&device->smp.line);
  device->smp.tested_slot = ADIABIT_NO_SLOT;
#endif
  adiabit_device_boot(device);
}

void adiabit_device_receive(adiabit_device_t *device, const uint8_t *bytes, uint32_t length) {
  for (uint32_t index = 0; index < length; index++) {
#if ADIABIT_SMP
    if (adiabit_smp_receive(device, bytes[index])) continue;
#endif
    switch (adiabit_frame_reader_push(&device->reader, bytes[index])) {
      case ADIABIT_FRAME_GOOD:
        handle_request(device);
        break;
      case ADIABIT_FRAME_BAD:
        answer_damage(device);
        break;
      case ADIABIT_FRAME_NONE:
      default:
        break;
    }
  }
}
