/*
 * USART 0, which is the USB serial port of an Arduino. The chip keeps two bytes; the interrupt takes them from there.
 */
#include <avr/interrupt.h>
#include <avr/io.h>

#include "port.h"

/* Rounded: clock / (8 x rate) - 1, with the rate doubled as the data sheet advises for this pair (table 19-12). */
#define BAUD_DIVIDER ((BOARD_CLOCK_HZ + 4UL * BOARD_BAUD_RATE) / (8UL * BOARD_BAUD_RATE) - 1UL)

void port_uart_start(void) {
  UCSR0A = 1u << U2X0;
  UBRR0 = (uint16_t)BAUD_DIVIDER;
  UCSR0C = (1u << UCSZ01) | (1u << UCSZ00);
  UCSR0B = (1u << RXCIE0) | (1u << RXEN0) | (1u << TXEN0);
}

#if defined(USART_RX_vect)
ISR(USART_RX_vect) {
#else
ISR(USART0_RX_vect) {
#endif
  port_ring_put(&port_received, UDR0);
}

void port_uart_send(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  for (uint16_t left = (uint16_t)length; left > 0u; left--) {
    while ((UCSR0A & (1u << UDRE0)) == 0u) {
    }
    UDR0 = *bytes++;
  }
}
