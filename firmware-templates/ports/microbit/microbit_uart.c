/*
 * The UART to the interface chip, which is the USB serial port of the micro:bit.
 */
#include "nrf51_registers.h"
#include "port.h"

/* micro:bit v1.5 schematic: target transmit and receive of the interface chip. */
#define PIN_TRANSMIT 24u
#define PIN_RECEIVE 25u

#if BOARD_BAUD_RATE != 115200u
#error "The UART takes its rate as a code; the one here is that of 115,200."
#endif

/* The crystal: the internal oscillator is not exact enough for a UART (section 13.1.1). */
static void start_crystal(void) {
  CLOCK_EVENTS_HFCLKSTARTED = 0;
  CLOCK_TASKS_HFCLKSTART = 1;
  while (CLOCK_EVENTS_HFCLKSTARTED == 0u) {
  }
}

void port_uart_start(void) {
  start_crystal();
  GPIO_OUTSET = 1u << PIN_TRANSMIT;
  GPIO_DIRSET = 1u << PIN_TRANSMIT;
  GPIO_PIN_CNF(PIN_RECEIVE) = GPIO_INPUT_CONNECTED;
  UART_PSELTXD = PIN_TRANSMIT;
  UART_PSELRXD = PIN_RECEIVE;
  UART_BAUDRATE = UART_BAUDRATE_115200;
  UART_ENABLE = UART_ENABLED;
  UART_EVENTS_RXDRDY = 0;
  UART_INTENSET = UART_INTERRUPT_RXDRDY;
  UART_TASKS_STARTTX = 1;
  UART_TASKS_STARTRX = 1;
  NVIC_ENABLE(BOARD_UART_INTERRUPT);
}

/* Section 29.5: the event is cleared before the byte is read, so that the next byte raises it again. */
void port_uart_interrupt(void) {
  while (UART_EVENTS_RXDRDY != 0u) {
    UART_EVENTS_RXDRDY = 0;
    port_ring_put(&port_received, (uint8_t)UART_RXD);
  }
}

/* Returns when the last byte is on the line. */
void port_uart_send(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  for (uint32_t index = 0; index < length; index++) {
    UART_EVENTS_TXDRDY = 0;
    UART_TXD = bytes[index];
    while (UART_EVENTS_TXDRDY == 0u) {
    }
  }
}
