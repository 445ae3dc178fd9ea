/*
 * Interrupts and sleep on a RISC-V core in machine mode (Privileged Architecture 1.10, sections 3.1.6 and 3.2.3).
 */
#ifndef CPU_H
#define CPU_H

static inline void interrupts_off(void) {
  __asm__ volatile("csrci mstatus, 8" ::: "memory");
}

static inline void interrupts_on(void) {
  __asm__ volatile("csrsi mstatus, 8" ::: "memory");
}

/*
 * Called with interrupts off. A pending interrupt still wakes the core, so none can be missed between the test and the
 * sleep.
 */
static inline void sleep_until_interrupt(void) {
  __asm__ volatile("wfi" ::: "memory");
}

#endif /* CPU_H */
