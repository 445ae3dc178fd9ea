/*
 * What a program in C expects before main: its data copied from flash, the rest zeroed. The numbers are placed by the
 * board's link.ld or by sections.ld.
 */
#ifndef STARTUP_H
#define STARTUP_H

#include <stdint.h>

extern uint32_t data_start[];
extern uint32_t data_end[];
extern const uint32_t data_source[];
extern uint32_t zeroed_start[];
extern uint32_t zeroed_end[];

extern int main(void);

/* A fault cannot be reported in a way that the host understands. The host times out and says so. */
__attribute__((noreturn)) static inline void halt(void) {
  for (;;) {
  }
}

/* Fills memory, sends interrupts and faults to a handler as mtvec says it, and runs the program. */
__attribute__((noreturn)) static inline void run_main(uintptr_t trap_vector) {
  const uint32_t *source = data_source;
  for (uint32_t *target = data_start; target < data_end;) *target++ = *source++;
  for (uint32_t *target = zeroed_start; target < zeroed_end;) *target++ = 0;
  __asm__ volatile("csrw mtvec, %0" ::"r"(trap_vector));
  (void)main();
  halt();
}

#endif /* STARTUP_H */
