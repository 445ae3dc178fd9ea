/*
 * From the boot loader's jump to main, the one interrupt, and the restart. Code runs in flash; what runs while flash is
 * written moves to RAM with the data.
 */
#include <stdint.h>

#include "cpu.h"
#include "fe310_registers.h"
#include "port.h"
#include "startup.h"

__attribute__((noreturn)) void start(void);
__attribute__((noreturn, used)) static void start_c(void);

/* Privileged Architecture 1.10, section 3.1.14: what mcause says of an external interrupt. */
#define CAUSE_EXTERNAL_INTERRUPT 0x8000000Bu

/* Handles the only interrupt that is enabled. */
__attribute__((interrupt, aligned(4))) IN_RAM static void trap(void) {
  uint32_t cause;
  __asm__ volatile("csrr %0, mcause" : "=r"(cause));
  if (cause != CAUSE_EXTERNAL_INTERRUPT) halt();
  const uint32_t interrupt = PLIC_CLAIM;
  port_uart_interrupt();
  PLIC_CLAIM = interrupt;
}

__attribute__((naked, section(".vectors"))) void start(void) {
  __asm__ volatile("csrw mie, zero\n\tla sp, stack_top\n\tj start_c");
}

static void start_c(void) {
  run_main((uintptr_t)trap);
}

/* The last byte may still be on the line when port_uart_send returns. */
static void wait_ms(uint32_t milliseconds) {
  const uint32_t start_count = port_counter(0);
  while (port_counter(0) - start_count < milliseconds * (BOARD_CLOCK_HZ / 1000u)) {
  }
}

/*
 * Chapter 14: the watchdog resets the chip as soon as it counts, since it compares with 0. An emulator may have none:
 * then the program begins again.
 */
void port_restart(void *context) {
  (void)context;
  interrupts_off();
  wait_ms(1);
  WDOG_KEY = WDOG_KEY_VALUE;
  WDOG_CMP = 0;
  WDOG_KEY = WDOG_KEY_VALUE;
  WDOG_CFG = WDOG_RESET_ENABLE | WDOG_ENABLE_ALWAYS;
  wait_ms(10);
  start();
}
