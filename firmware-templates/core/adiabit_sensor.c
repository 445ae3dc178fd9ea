#include "adiabit_sensor.h"

#if ADIABIT_SENSOR

#include "adiabit_bytes.h"
#include "adiabit_device.h"

/* The most bytes of samples in a reply, so that one fits the window of every host. */
#define MOST_BYTES 256u
/* Asks for nothing but where the sensor is now. */
#define FROM_NOW 0xFFFFFFFFu

void adiabit_sensor_put(adiabit_sensor_t *sensor, const int32_t *values) {
  int32_t *place = sensor->ring + (uint32_t)(sensor->taken % sensor->room) * sensor->channels;
  for (uint8_t channel = 0; channel < sensor->channels; channel++) place[channel] = values[channel];
  sensor->taken++;
}

static void send_sample(adiabit_device_t *device, const adiabit_sensor_t *sensor, uint32_t number) {
  const int32_t *values = sensor->ring + (number % sensor->room) * sensor->channels;
  for (uint8_t channel = 0; channel < sensor->channels; channel++) {
    const uint32_t value = (uint32_t)values[channel];
    if (sensor->value_bytes == 2u) adiabit_frame_writer_u16(&device->writer, (uint16_t)value);
    else adiabit_frame_writer_u32(&device->writer, value);
  }
}

/*
 * Answers with the samples from the number that the request names on, or the oldest that are left. Nothing is taken
 * out of the ring: a request can be repeated. One place stays free for the sample that comes meanwhile.
 */
void adiabit_device_handle_samples(adiabit_device_t *device) {
  const adiabit_sensor_t *sensor = device->port->sensor;
  const uint32_t from = adiabit_read_u32(device->reader.payload);
  const uint32_t taken = sensor->taken;
  const uint32_t kept = taken < sensor->room ? taken : (uint32_t)sensor->room - 1u;
  const uint32_t wanted = from == FROM_NOW ? 0u : taken - from;
  const uint32_t most = MOST_BYTES / ((uint32_t)sensor->channels * sensor->value_bytes);
  const uint32_t first = wanted < kept ? taken - wanted : taken - kept;
  const uint32_t waiting = taken - first;
  const uint32_t count = waiting < most ? waiting : most;
  adiabit_device_begin_reply(device, ADIABIT_STATUS_OK);
  adiabit_frame_writer_u8(&device->writer, sensor->channels);
  adiabit_frame_writer_u8(&device->writer, sensor->value_bytes);
  adiabit_frame_writer_u32(&device->writer, sensor->millihertz);
  adiabit_frame_writer_u32(&device->writer, first);
  adiabit_frame_writer_u16(&device->writer, (uint16_t)count);
  for (uint32_t index = 0; index < count; index++) send_sample(device, sensor, first + index);
  adiabit_frame_writer_end(&device->writer);
}

#else
/* C99 has no empty files. */
typedef int adiabit_sensor_is_left_out_t;
#endif
