/*
 * Interrupts and sleep on a Cortex-M.
 */
#ifndef CPU_H
#define CPU_H

static inline void interrupts_off(void) {
  __asm__ volatile("cpsid i" ::: "memory");
}

static inline void interrupts_on(void) {
  __asm__ volatile("cpsie i" ::: "memory");
}

/*
 * Called with interrupts off. A pending interrupt still wakes the core, so none can be missed between the test and the
 * sleep.
 */
static inline void sleep_until_interrupt(void) {
  __asm__ volatile("dsb\n wfi" ::: "memory");
}

#endif /* CPU_H */
