/*
 * From the ROM's jump to main, the one interrupt, and the restart. Code runs in flash.
 */
#include <stdint.h>

#include "cpu.h"
#include "esp32c3_registers.h"
#include "port.h"
#include "startup.h"

/* Placed by link.ld. */
extern uint32_t ram_code_target[];
extern const uint32_t ram_code_source[];
extern const uint32_t ram_code_words[]; /* its address is the number */
extern void rom_restart(void);

__attribute__((noreturn)) void start(void);
__attribute__((noreturn, used)) static void start_c(void);
__attribute__((interrupt, used)) static void trap(void);
void vectors(void);

static void trap(void) {
  uint32_t cause;
  __asm__ volatile("csrr %0, mcause" : "=r"(cause));
  if ((cause & 0x80000000u) == 0u) halt();
  port_uart_interrupt();
}

/* Section 1.5: interrupts jump into a table of 32 instructions, aligned to 256 bytes; this core knows no other way. */
__attribute__((naked, aligned(256))) void vectors(void) {
  __asm__ volatile(".option push\n\t.option norvc\n\t.rept 32\n\tj trap\n\t.endr\n\t.option pop");
}

__attribute__((naked, section(".start"))) void start(void) {
  __asm__ volatile("csrci mstatus, 8\n\tla sp, stack_top\n\tj start_c");
}

static void stop_watchdogs(void) {
  TIMG0_WDTWPROTECT = WDT_KEY;
  TIMG0_WDTCONFIG0 = 0;
  TIMG0_WDTWPROTECT = 0;
  RTC_WDTWPROTECT = WDT_KEY;
  RTC_WDTCONFIG0 = 0;
  RTC_WDTWPROTECT = 0;
  RTC_SWD_WPROTECT = SWD_KEY;
  RTC_SWD_CONF |= SWD_AUTO_FEED;
  RTC_SWD_WPROTECT = 0;
}

static void start_c(void) {
  stop_watchdogs();
  for (uint32_t word = 0; word < (uint32_t)ram_code_words; word++) ram_code_target[word] = ram_code_source[word];
  run_main((uintptr_t)vectors | 1u);
}

/* A system reset by the ROM. port_uart_send of this board returns when the last byte is on the line. */
void port_restart(void *context) {
  (void)context;
  interrupts_off();
  rom_restart();
  for (;;) {
  }
}
