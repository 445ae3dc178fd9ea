/*
 * Samples of a sensor, for a host that records them (`adiabit record`). The port puts each sample into a ring at its
 * rate; the host asks for those that it has not seen. Firmware has it only if it is built with ADIABIT_SENSOR=1.
 */
#ifndef ADIABIT_SENSOR_H
#define ADIABIT_SENSOR_H

#include <stdint.h>

#ifndef ADIABIT_SENSOR
#define ADIABIT_SENSOR 0
#endif

#if ADIABIT_SENSOR
typedef struct {
  uint8_t channels;
  uint8_t value_bytes;     /* of a value on the line: 2, where all fit 16 bits, or 4 */
  uint16_t room;           /* samples that the ring holds */
  uint32_t millihertz;     /* samples in 1,000 seconds */
  int32_t *ring;           /* room * channels values */
  volatile uint32_t taken; /* samples so far, modulo 2^32 */
} adiabit_sensor_t;

/* Reads one value of each channel. A port provides it, and calls adiabit_sensor_put at the rate that it promises. */
void adiabit_port_sensor_read(int32_t *values);

/* Puts a sample into the ring, in place of the oldest one. An interrupt may call it. */
void adiabit_sensor_put(adiabit_sensor_t *sensor, const int32_t *values);
#endif

#endif /* ADIABIT_SENSOR_H */
