/*
 * Interrupts on a QingKe V2 core, which keeps the standard bit in mstatus.
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
 * Does not sleep. Its manual does not say that an interrupt which is off wakes the core from wfi, and without that a
 * byte between the test and the sleep would be missed.
 */
static inline void sleep_until_interrupt(void) {}

#endif /* CPU_H */
