/*
 * QEMU's machine virt: a 16550 UART on interrupt 10, a PLIC, and a device that resets. Its addresses are those of
 * hw/riscv/virt.c in QEMU's documentation of the board.
 */
#include <stdint.h>

#include "cpu.h"
#include "port.h"
#include "ram_slots.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define BYTE(address) (*(volatile uint8_t *)(address))
#define UART_DATA BYTE(0x10000000u)
#define UART_INTERRUPTS BYTE(0x10000001u)
#define UART_LINE BYTE(0x10000005u)
#define UART_LINE_RECEIVED 1u
#define UART_LINE_EMPTY 0x40u
#define INTERRUPT_UART 10u
#define PLIC_PRIORITY(interrupt) REGISTER(0x0C000000u + 4u * (interrupt))
#define PLIC_ENABLE REGISTER(0x0C002000u)
#define PLIC_THRESHOLD REGISTER(0x0C200000u)
#define PLIC_CLAIM REGISTER(0x0C200004u)
#define TEST_DEVICE REGISTER(0x00100000u)
#define TEST_RESET 0x7777u
#define CAUSE_EXTERNAL_INTERRUPT 0x8000000Bu

/* Placed by sections.ld. */
extern uint32_t data_start[];
extern uint32_t data_end[];
extern const uint32_t data_source[];
extern uint32_t zeroed_start[];
extern uint32_t zeroed_end[];

extern int main(void);

__attribute__((noreturn)) void start(void);
__attribute__((noreturn, used)) static void start_c(void);

__attribute__((interrupt, aligned(4))) static void trap(void) {
  uint32_t cause;
  __asm__ volatile("csrr %0, mcause" : "=r"(cause));
  if (cause != CAUSE_EXTERNAL_INTERRUPT) {
    for (;;) {
    }
  }
  const uint32_t interrupt = PLIC_CLAIM;
  port_uart_interrupt();
  PLIC_CLAIM = interrupt;
}

__attribute__((naked, section(".vectors"))) void start(void) {
  __asm__ volatile("csrw mie, zero\n\tla sp, stack_top\n\tj start_c");
}

static void start_c(void) {
  const uint32_t *source = data_source;
  for (uint32_t *target = data_start; target < data_end;) *target++ = *source++;
  for (uint32_t *target = zeroed_start; target < zeroed_end;) *target++ = 0;
  __asm__ volatile("csrw mtvec, %0" ::"r"(trap));
  (void)main();
  for (;;) {
  }
}

void port_clock_start(void) {}

uint32_t port_counter(void *context) {
  (void)context;
  uint32_t cycles;
  __asm__ volatile("csrr %0, mcycle" : "=r"(cycles));
  return cycles;
}

void port_uart_start(void) {
  UART_INTERRUPTS = 1; /* received */
  PLIC_PRIORITY(INTERRUPT_UART) = 1;
  PLIC_ENABLE = 1u << INTERRUPT_UART;
  PLIC_THRESHOLD = 0;
  __asm__ volatile("csrs mie, %0" ::"r"(1u << 11));
}

void port_uart_interrupt(void) {
  while ((UART_LINE & UART_LINE_RECEIVED) != 0u) port_ring_put(&port_received, UART_DATA);
}

void port_uart_send(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  for (uint32_t index = 0; index < length; index++) {
    while ((UART_LINE & UART_LINE_EMPTY) == 0u) {
    }
    UART_DATA = bytes[index];
  }
}

adiabit_flash_t port_flash(void) {
  adiabit_flash_t flash = ram_slots();
  flash.slot_count = BOARD_SLOT_COUNT;
  return flash;
}

void port_restart(void *context) {
  (void)context;
  interrupts_off();
  TEST_DEVICE = TEST_RESET;
  for (;;) {
  }
}
