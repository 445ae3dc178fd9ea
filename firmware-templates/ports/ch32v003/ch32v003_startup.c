/*
 * From reset to main, the one interrupt, the chip's id, and the restart. Code runs in flash; what runs while flash is
 * written moves to RAM with the data.
 */
#include <stdint.h>

#include "ch32v003_registers.h"
#include "cpu.h"
#include "port.h"
#include "startup.h"

void start(void);
__attribute__((noreturn, used)) static void start_c(void);
__attribute__((interrupt, used)) static void uart_trap(void);
__attribute__((noreturn, used)) static void fault_trap(void);

/*
 * A reset runs the first word; behind it are the addresses of what handles exceptions and interrupts, by their number
 * (chapter 6). Other interrupts than the UART's are never enabled.
 */
__attribute__((naked, section(".vectors"))) void start(void) {
  __asm__ volatile(".option push\n\t.option norvc\n\tj 1f\n\t.option pop\n\t"
                   ".rept 31\n\t.word fault_trap\n\t.endr\n\t.word uart_trap\n"
                   "1:\n\tla sp, stack_top\n\tj start_c");
}

static void start_c(void) {
  /* QingKe V2, chapter 3: a table (bit 0) of addresses (bit 1). */
  run_main((uintptr_t)start | 3u);
}

static void uart_trap(void) {
  port_uart_interrupt();
}

static void fault_trap(void) {
  halt();
}

bool port_chip_id(uint8_t id[BOARD_CHIP_ID_BYTES]) {
  for (uint32_t byte = 0; byte < BOARD_CHIP_ID_BYTES; byte++) {
    id[byte] = (uint8_t)(CHIP_ID(byte / 4u) >> (8u * (byte % 4u)));
  }
  return true;
}

void port_restart(void *context) {
  (void)context;
  interrupts_off();
  PFIC_CFGR = PFIC_CFGR_RESET;
  for (;;) {
  }
}
