#include "port.h"
#include "rp2040_clocks.h"
#include "rp2040_registers.h"
#include "rp2040_usb.h"

/* Section 4.2.7.1: the divider in 1/64, rounded: clock / (16 x rate) x 64. */
#define BAUD_DIVIDER_64 ((BOARD_CLOCK_HZ * 4u + BOARD_BAUD_RATE / 2u) / BOARD_BAUD_RATE)

void port_uart_start(void) {
  rp2040_unreset(RESETS_IO_BANK0 | RESETS_PADS_BANK0 | RESETS_UART0);
  PADS_GPIO1 = PAD_INPUT_PULLED_UP; /* where nothing is connected, the line is idle */
  UART0_IBRD = BAUD_DIVIDER_64 / 64u;
  UART0_FBRD = BAUD_DIVIDER_64 % 64u;
  UART0_LCR_H = UART_LCR_8_BITS | UART_LCR_FIFOS; /* this write also takes the divider over */
  UART0_IFLS = 0; /* section 4.2.6.3: interrupt at an eighth full; the time-out brings the last bytes */
  UART0_IMSC = UART_INTERRUPT_RECEIVE | UART_INTERRUPT_RECEIVE_TIMEOUT;
  UART0_CR = UART_CR_ENABLE | UART_CR_TRANSMIT | UART_CR_RECEIVE;
  GPIO0_CTRL = GPIO_FUNCTION_UART;
  GPIO1_CTRL = GPIO_FUNCTION_UART;
  NVIC_ENABLE(IRQ_UART0);
  rp2040_usb_start();
}

/* Emptying the FIFO takes both interrupts back (section 4.2.6.2). */
void port_uart_interrupt(void) {
  rp2040_usb_answers = false;
  while ((UART0_FR & UART_FR_RXFE) == 0u) port_ring_put(&port_received, (uint8_t)UART0_DR);
}

/* Answers where the last bytes have come from. */
void port_uart_send(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  if (rp2040_usb_answers) {
    rp2040_usb_send(bytes, length);
    return;
  }
  for (uint32_t index = 0; index < length; index++) {
    while ((UART0_FR & UART_FR_TXFF) != 0u) {
    }
    UART0_DR = bytes[index];
  }
}
