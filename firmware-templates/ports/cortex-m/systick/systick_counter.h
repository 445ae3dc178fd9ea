#ifndef SYSTICK_COUNTER_H
#define SYSTICK_COUNTER_H

/* Starts what port_counter reads. */
void systick_counter_start(void);
void systick_interrupt(void);

#endif /* SYSTICK_COUNTER_H */
