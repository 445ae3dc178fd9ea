/*
 * The UART to the interface chip, which is the USB serial port of the micro:bit.
 */
#ifndef MICROBIT_UART_H
#define MICROBIT_UART_H

#include <stdint.h>

#include "board.h"
#include "port_ring.h"

extern port_ring_t microbit_received;

void microbit_uart_start(void);
/* Returns when the last byte is on the line. */
void microbit_uart_send(const uint8_t *bytes, uint32_t length);
void microbit_uart_interrupt(void);

#endif /* MICROBIT_UART_H */
