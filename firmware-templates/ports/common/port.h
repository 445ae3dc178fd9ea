/*
 * What a board gives: a clock, a UART, flash and a way to restart. Everything else is common. See
 * docs/guides/add-a-board.md.
 */
#ifndef PORT_H
#define PORT_H

#include <stdint.h>

#include "adiabit_slots.h"
#include "board.h"
#include "port_ring.h"

/* Bytes that the UART has received: its interrupt puts them here. */
extern port_ring_t port_received;

/* Clock. Starts the oscillators and a free-running counter, of which BOARD_COUNTER_UNIT and BOARD_COUNTER_HZ tell. */
void port_clock_start(void);
/* Modulo 2^32. */
uint32_t port_counter(void *context);

/* UART: 8 bits, no parity, one stop bit, BOARD_BAUD_RATE. */
void port_uart_start(void);
/* Returns when the UART has taken all bytes. */
void port_uart_send(void *context, const uint8_t *bytes, uint32_t length);
void port_uart_interrupt(void);

/* Flash: where the slots are, and how to erase and program them. */
adiabit_flash_t port_flash(void);

/* Restarts the board, as pressing its reset button would, when the last byte is on the line. */
void port_restart(void *context);

#endif /* PORT_H */
