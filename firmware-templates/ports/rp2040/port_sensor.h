/*
 * The sensor of a Pico that is built with ADIABIT_SENSOR=1: an analog accelerometer of three axes (such as an ADXL335)
 * at GPIO 26, 27 and 28, in counts of the 12-bit ADC.
 */
#ifndef PORT_SENSOR_H
#define PORT_SENSOR_H

#define PORT_SENSOR_CHANNELS 3u
#define PORT_SENSOR_HERTZ 1000u
#define PORT_SENSOR_VALUE_BYTES 2u
/* Half a second, for a host that was busy. */
#define PORT_SENSOR_ROOM 512u

/* Starts the converter. adiabit_port_sensor_read can be called then. */
void port_sensor_start(void);

#endif /* PORT_SENSOR_H */
