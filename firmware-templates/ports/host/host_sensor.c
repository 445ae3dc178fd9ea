#include "host_sensor.h"

#if ADIABIT_SENSOR

#define CHANNELS 2u
#define HERTZ 1000u
#define PERIOD_MICROSECONDS 1000u
#define ROOM 4096u
#define AMPLITUDE 8000
#define NOISE 401

static int32_t ring[ROOM * CHANNELS];
static adiabit_sensor_t sensor = {
    .channels = CHANNELS, .value_bytes = 2, .room = ROOM, .millihertz = 1000u * HERTZ, .ring = ring};
static uint32_t wave_hertz;
static uint32_t due;

/* Gives noise within +-NOISE / 2: a hash of the number (the finalizer of MurmurHash3). */
static int32_t noise(uint32_t number) {
  number = (number ^ (number >> 16)) * 0x85EBCA6Bu;
  number = (number ^ (number >> 13)) * 0xC2B2AE35u;
  return (int32_t)((number ^ (number >> 16)) % NOISE) - NOISE / 2;
}

/* Gives a triangle wave by its phase, 0 to 999. */
static int32_t triangle(uint32_t phase) {
  const int32_t half = phase < 500u ? (int32_t)phase : 1000 - (int32_t)phase;
  return (half - 250) * AMPLITUDE / 250;
}

void adiabit_port_sensor_read(int32_t *values) {
  const uint32_t phase = (sensor.taken * wave_hertz) % HERTZ;
  values[0] = noise(2u * sensor.taken) + (wave_hertz > 0u ? triangle(phase) : 0);
  values[1] = noise(2u * sensor.taken + 1u) + (wave_hertz > 0u ? triangle((phase + 250u) % 1000u) : 0);
}

const adiabit_sensor_t *host_sensor_start(uint32_t hertz, uint32_t microseconds) {
  wave_hertz = hertz;
  due = microseconds;
  return &sensor;
}

void host_sensor_catch_up(uint32_t microseconds) {
  for (; microseconds - due >= PERIOD_MICROSECONDS; due += PERIOD_MICROSECONDS) {
    int32_t values[CHANNELS];
    adiabit_port_sensor_read(values);
    adiabit_sensor_put(&sensor, values);
  }
}
#endif
