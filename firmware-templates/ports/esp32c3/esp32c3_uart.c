#include "esp32c3_registers.h"
#include "port.h"

/* Section 26.3.3: the divider has four bits behind the point. */
#define SIXTEENTHS ((16u * BOARD_CLOCK_HZ + BOARD_BAUD_RATE / 2u) / BOARD_BAUD_RATE)

/* The ROM has used this UART already: its pins and its bus clock are as they should be. */
void port_uart_start(void) {
  UART_CLK_CONF = UART_CLK_CONF_CRYSTAL;
  UART_CLKDIV = (SIXTEENTHS / 16u) | ((SIXTEENTHS % 16u) << 20);
  UART_CONF0 = UART_CONF0_8N1;
  UART_CONF1 = UART_CONF1_RECEIVED_1;
  UART_ID |= UART_ID_UPDATE;
  while ((UART_ID & UART_ID_UPDATE) != 0u) {
  }
  UART_INT_CLR = 0xFFFFFFFFu;
  UART_INT_ENA = UART_INT_RECEIVED;
  INTERRUPT_UART_MAP = UART_LINE;
  INTERRUPT_TYPE &= ~(1u << UART_LINE); /* by level */
  INTERRUPT_PRIORITY(UART_LINE) = 1;
  INTERRUPT_THRESHOLD = 0;
  INTERRUPT_ENABLE = 1u << UART_LINE;
}

void port_uart_interrupt(void) {
  while (UART_STATUS_RECEIVED(UART_STATUS) > 0u) port_ring_put(&port_received, (uint8_t)UART_FIFO);
  UART_INT_CLR = UART_INT_RECEIVED;
}

/* Returns when the last byte is on the line. */
void port_uart_send(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  for (uint32_t index = 0; index < length; index++) {
    while (UART_STATUS_WAITING(UART_STATUS) >= UART_FIFO_BYTES - 1u) {
    }
    UART_FIFO = bytes[index];
  }
  while (UART_STATUS_WAITING(UART_STATUS) > 0u || UART_FSM_TRANSMITTER(UART_FSM_STATUS) != 0u) {
  }
}
