/*
 * What a board provides: a clock, a UART, flash and a way to restart. Everything else is common to all boards. See
 * docs/guides/add-a-board.md.
 */
#ifndef PORT_H
#define PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_slots.h"
#include "board.h"
#include "port_ring.h"

/* The bytes that the UART has received. Its interrupt puts them here. */
extern port_ring_t port_received;

/* Starts the oscillators and a free-running counter, described by BOARD_COUNTER_UNIT and BOARD_COUNTER_HZ. */
void port_clock_start(void);
/* Gives the counter modulo 2^32. */
uint32_t port_counter(void *context);

/* Starts the UART: 8 bits, no parity, one stop bit, BOARD_BAUD_RATE. */
void port_uart_start(void);
/* Sends bytes. Returns when the UART has taken all of them. */
void port_uart_send(void *context, const uint8_t *bytes, uint32_t length);
void port_uart_interrupt(void);

/* Gives the slots of the flash, and how to erase and program them. */
adiabit_flash_t port_flash(void);

#if defined(BOARD_CHIP_ID_BYTES)
/* Reads the chip's own id. False if there is none, as in some emulators. Called once, before anything else is asked. */
bool port_chip_id(uint8_t id[BOARD_CHIP_ID_BYTES]);
#endif

/* Restarts the board as its reset button does, after the last byte is on the line. */
void port_restart(void *context);

#endif /* PORT_H */
