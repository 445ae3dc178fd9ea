/*
 * A BBC micro:bit v1 with as little as possible: start-up code, a UART that sends, and a clock. Sections are those of
 * the nRF51 Series Reference Manual, version 3.
 */
#include "example_board.h"
#include "nrf51_registers.h"

/* micro:bit v1.5 schematic: target transmit of the interface chip, which is the USB serial port. */
#define PIN_TRANSMIT 24u

typedef void (*vector_t)(void);

/* Placed by link.ld. */
extern uint32_t data_start[];
extern uint32_t data_end[];
extern const uint32_t data_source[];
extern uint32_t zeroed_start[];
extern uint32_t zeroed_end[];
extern uint32_t stack_top[];

extern int main(void);

__attribute__((noreturn)) void start(void);
__attribute__((noreturn)) static void halt(void);

/* No interrupt is used. */
__attribute__((section(".vectors"), used)) static const struct {
  uint32_t *stack;
  vector_t exceptions[3];
} vectors = {stack_top, {start, halt, halt}};

void start(void) {
  const uint32_t *source = data_source;
  for (uint32_t *target = data_start; target < data_end;) *target++ = *source++;
  for (uint32_t *target = zeroed_start; target < zeroed_end;) *target++ = 0;
  (void)main();
  halt();
}

static void halt(void) {
  for (;;) {
  }
}

/* 13.1.1: the crystal, because the internal oscillator is not exact enough for a UART; 18 and 29: timer and UART. */
void board_start(void) {
  CLOCK_EVENTS_HFCLKSTARTED = 0;
  CLOCK_TASKS_HFCLKSTART = 1;
  while (CLOCK_EVENTS_HFCLKSTARTED == 0u) {
  }
  TIMER0_MODE = TIMER_MODE_TIMER;
  TIMER0_BITMODE = TIMER_BITMODE_32;
  TIMER0_PRESCALER = TIMER_PRESCALER_1_MHZ;
  TIMER0_TASKS_CLEAR = 1;
  TIMER0_TASKS_START = 1;
  GPIO_OUTSET = 1u << PIN_TRANSMIT;
  GPIO_DIRSET = 1u << PIN_TRANSMIT;
  UART_PSELTXD = PIN_TRANSMIT;
  UART_BAUDRATE = UART_BAUDRATE_115200;
  UART_ENABLE = UART_ENABLED;
  UART_TASKS_STARTTX = 1;
}

void board_put(char character) {
  UART_EVENTS_TXDRDY = 0;
  UART_TXD = (uint32_t)character;
  while (UART_EVENTS_TXDRDY == 0u) {
  }
}

uint32_t board_microseconds(void) {
  TIMER0_TASKS_CAPTURE0 = 1;
  return TIMER0_CC0;
}
