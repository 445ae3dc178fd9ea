#include "port.h"
#include "stm32f103_registers.h"

void port_uart_start(void) {
  RCC_APB2ENR |= RCC_APB2_GPIOA | RCC_APB2_USART1;
  GPIOA_CRH = (GPIOA_CRH & ~0x00000FF0u) | 0x000004B0u;
  USART1_BRR = (BOARD_UART_CLOCK_HZ + BOARD_BAUD_RATE / 2u) / BOARD_BAUD_RATE;
  USART1_CR1 = USART_CR1_ENABLE | USART_CR1_TRANSMIT | USART_CR1_RECEIVE | USART_CR1_RECEIVED_INTERRUPT;
  NVIC_ENABLE(BOARD_UART_INTERRUPT);
}

/* Section 27.6.1: reading the status and then the data clears an overrun, too, which would raise the interrupt. */
void port_uart_interrupt(void) {
  while ((USART1_SR & USART_SR_RECEIVED) != 0u) port_ring_put(&port_received, (uint8_t)USART1_DR);
}

/* Returns when the last byte is on the line. */
void port_uart_send(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  for (uint32_t index = 0; index < length; index++) {
    while ((USART1_SR & USART_SR_EMPTY) == 0u) {
    }
    USART1_DR = bytes[index];
  }
  while ((USART1_SR & USART_SR_SENT) == 0u) {
  }
}
