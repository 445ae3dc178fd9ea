#include "fe310_registers.h"
#include "port.h"

void port_uart_start(void) {
  GPIO_IOF_SELECT &= ~GPIO_UART0;
  GPIO_IOF_ENABLE |= GPIO_UART0;
  UART_DIV = (BOARD_CLOCK_HZ + BOARD_BAUD_RATE / 2u) / BOARD_BAUD_RATE - 1u;
  UART_TXCTRL = UART_TX_ENABLE | UART_TX_WATERMARK_1;
  UART_RXCTRL = UART_RX_ENABLE;
  UART_IE = UART_RX_ABOVE;
  PLIC_PRIORITY(INTERRUPT_UART0) = 1;
  PLIC_ENABLE = 1u << INTERRUPT_UART0;
  PLIC_THRESHOLD = 0;
  __asm__ volatile(
      "csrs mie, %0" ::"r"(1u << 11)); /* Privileged Architecture 1.10, section 3.1.9: external interrupts */
}

/* Section 18.5: one read gives the byte and says whether there was one. */
IN_RAM void port_uart_interrupt(void) {
  for (;;) {
    const uint32_t received = UART_RXDATA;
    if ((received & UART_EMPTY) != 0u) return;
    port_ring_put(&port_received, (uint8_t)received);
  }
}

/* Returns when the last byte is being sent. */
void port_uart_send(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  for (uint32_t index = 0; index < length; index++) {
    while ((UART_TXDATA & UART_FULL) != 0u) {
    }
    UART_TXDATA = bytes[index];
  }
  while ((UART_IP & UART_TX_BELOW) == 0u) {
  }
}
