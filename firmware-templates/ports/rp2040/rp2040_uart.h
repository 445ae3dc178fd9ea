/*
 * UART0 on GPIO 0 (transmit) and 1 (receive): received bytes go through an interrupt into a ring.
 */
#ifndef RP2040_UART_H
#define RP2040_UART_H

#include <stdint.h>

#include "board.h"
#include "port_ring.h"

extern port_ring_t rp2040_received;

void rp2040_uart_start(void);
void rp2040_uart_send(const uint8_t *bytes, uint32_t length);
/* Returns when the last stop bit is on the line. */
void rp2040_uart_drain(void);
void rp2040_uart_interrupt(void);

#endif /* RP2040_UART_H */
