/*
 * From reset to main. Code runs in place; only initialised data moves.
 */
#include <stdint.h>

#include "board.h"
#include "cpu.h"

typedef void (*vector_t)(void);

/* Placed by sections.ld. */
extern uint32_t data_start[];
extern uint32_t data_end[];
extern const uint32_t data_source[];
extern uint32_t zeroed_start[];
extern uint32_t zeroed_end[];
extern uint32_t stack_top[];

extern int main(void);
extern void port_uart_interrupt(void);
extern void systick_interrupt(void) __attribute__((weak)); /* not every board has one */

__attribute__((noreturn)) void start(void);
__attribute__((noreturn)) static void halt(void);

typedef struct {
  uint32_t *stack;
  vector_t exceptions[15];
  vector_t interrupts[BOARD_UART_INTERRUPT + 1u];
} vectors_t;
__attribute__((section(".vectors"), used)) static const vectors_t vectors = {
    .stack = stack_top,
    .exceptions = {[0] = start, [1] = halt, [2] = halt, [14] = systick_interrupt},
    .interrupts = {[BOARD_UART_INTERRUPT] = port_uart_interrupt},
};

void start(void) {
  const uint32_t *source = data_source;
  for (uint32_t *target = data_start; target < data_end;) *target++ = *source++;
  for (uint32_t *target = zeroed_start; target < zeroed_end;) *target++ = 0;
  (void)main();
  for (;;) {
  }
}

/* A fault cannot be reported in a way that the host understands. The host times out and says so. */
static void halt(void) {
  for (;;) sleep_until_interrupt();
}
