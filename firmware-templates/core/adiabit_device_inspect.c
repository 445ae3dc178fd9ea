/* What a device shows of what it holds: the bytes of a slot, and the values of its layers. */
#include "adiabit_bytes.h"
#include "adiabit_device.h"

/* A request names a slot or a layer (u8) and a piece of it: offset u32, length u16. */
#define PIECE_OFFSET 1u
#define PIECE_LENGTH 5u

void adiabit_device_send_stored(adiabit_device_t *device, adiabit_stored_t *bytes, uint16_t length) {
  for (; length > 0u; length--) adiabit_frame_writer_u8(&device->writer, *bytes++);
}

#if !ADIABIT_CLASS_ONLY
/* Answers with the piece of `room` bytes that the request names. */
static void send_piece(adiabit_device_t *device, adiabit_stored_t *bytes, uint32_t room) {
  const uint32_t offset = adiabit_read_u32(device->reader.payload + PIECE_OFFSET);
  const uint16_t length = adiabit_read_u16(device->reader.payload + PIECE_LENGTH);
  if (offset > room || length > room - offset) {
    adiabit_device_reply(device, ADIABIT_STATUS_BAD_ARGUMENT);
    return;
  }
  adiabit_device_begin_reply(device, ADIABIT_STATUS_OK);
  adiabit_device_send_stored(device, adiabit_stored_at(bytes, offset), length);
  adiabit_frame_writer_end(&device->writer);
}

void adiabit_device_handle_read(adiabit_device_t *device) {
  uint8_t slot;
  if (!adiabit_device_take_slot(device, &slot)) return;
  const adiabit_slot_record_t record = adiabit_slot_record(&device->port->flash, slot);
  if (record.valid) send_piece(device, device->port->flash.slot[slot], record.total_bytes);
  else adiabit_device_reply(device, ADIABIT_STATUS_SLOT_UNAVAILABLE);
}

/* Nothing is remembered between two requests: each runs the layers on the input as it is. */
void adiabit_device_handle_values(adiabit_device_t *device) {
  const uint8_t layers = device->reader.payload[0];
  if (device->active_slot == ADIABIT_NO_SLOT) {
    adiabit_device_reply(device, ADIABIT_STATUS_NO_CIRCUIT);
  } else if (layers > device->runner.circuit->layer_count) {
    adiabit_device_reply(device, ADIABIT_STATUS_BAD_ARGUMENT);
  } else {
    adiabit_runner_run(&device->runner, layers);
    uint32_t room;
    const uint8_t *values = adiabit_runner_values(&device->runner, layers, &room);
    send_piece(device, values, room);
  }
}
#endif
