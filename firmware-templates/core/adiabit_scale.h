/*
 * Turns raw values of a sensor (ADC or IMU counts) into the bytes that a network takes (docs/encoding.md, Scaling).
 * Nothing of the device uses it: firmware that reads a sensor itself does, with the scales that its network was
 * trained with.
 */
#ifndef ADIABIT_SCALE_H
#define ADIABIT_SCALE_H

#include <stdint.h>

/* byte = ((value - offset) * multiplier + half) >> shift, held within 0 and 255; half is half of 2^shift. */
typedef struct {
  int32_t offset;
  int32_t multiplier; /* 1 to 2^30 */
  uint8_t shift;      /* 0 to 62 */
} adiabit_scale_t;

/* Gives the byte of one value. */
uint8_t adiabit_scale_value(const adiabit_scale_t *scale, int32_t value);

/* Gives the bytes of `count` values, the channels of a place together: there is a scale for each channel. */
void adiabit_scale_values(const adiabit_scale_t *scales, uint32_t channels, const int32_t *values, uint32_t count,
                          uint8_t *bytes);

#endif /* ADIABIT_SCALE_H */
