/*
 * A sensor for tests: two channels at 1 kHz, whose samples depend on nothing but their number.
 */
#ifndef ADIABIT_HOST_SENSOR_H
#define ADIABIT_HOST_SENSOR_H

#include "adiabit_sensor.h"

#if ADIABIT_SENSOR

/* Starts the sensor at the time `microseconds`, with a triangle wave of `hertz`; 0 is noise alone. */
const adiabit_sensor_t *host_sensor_start(uint32_t hertz, uint32_t microseconds);

/* Takes the samples that have become due by then. */
void host_sensor_catch_up(uint32_t microseconds);
#endif

#endif /* ADIABIT_HOST_SENSOR_H */
