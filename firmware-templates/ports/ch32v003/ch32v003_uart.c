#include "ch32v003_registers.h"
#include "port.h"

void port_uart_start(void) {
  RCC_APB2PCENR |= RCC_APB2_GPIOD | RCC_APB2_USART1;
  GPIOD_CFGLR = (GPIOD_CFGLR & ~GPIOD_CFGLR_USART1_MASK) | GPIOD_CFGLR_USART1;
  USART1_BRR = (BOARD_CLOCK_HZ + BOARD_BAUD_RATE / 2u) / BOARD_BAUD_RATE;
  USART1_CTLR1 = USART_CTLR1_ENABLE | USART_CTLR1_TRANSMIT | USART_CTLR1_RECEIVE | USART_CTLR1_RECEIVED_INTERRUPT;
  PFIC_ENABLE_32_TO_63 = 1u << (INTERRUPT_USART1 - 32u);
}

/* Reading the status and then the data clears an overrun, too. Runs while flash is written, when it is called. */
IN_RAM void port_uart_interrupt(void) {
  while ((USART1_STATR & USART_STATR_RECEIVED) != 0u) port_ring_put(&port_received, (uint8_t)USART1_DATAR);
}

/* Returns when the last byte is on the line. */
void port_uart_send(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  for (uint32_t index = 0; index < length; index++) {
    while ((USART1_STATR & USART_STATR_EMPTY) == 0u) {
    }
    USART1_DATAR = bytes[index];
  }
  while ((USART1_STATR & USART_STATR_SENT) == 0u) {
  }
}
