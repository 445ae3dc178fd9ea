/* What the examples in C want from a board. Your own program has this already, in its own way. */
#ifndef EXAMPLE_BOARD_H
#define EXAMPLE_BOARD_H

#include <stdint.h>

/* Starts clocks, the serial line at 115,200 baud, and the ADC where the example reads one. */
void board_start(void);

/* Sends one character. */
void board_put(char character);

/* Gives the microseconds since some moment, modulo 2^32. */
uint32_t board_microseconds(void);

/* Reads one of the ADC's inputs, 0 to 4095. */
uint32_t board_analog(uint32_t channel);

#endif /* EXAMPLE_BOARD_H */
