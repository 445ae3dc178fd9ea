/* The board by the Pico SDK: what is printed goes to USB and to the UART, as CMakeLists.txt says. */
#include "example_board.h"

#include <stdio.h>

#include "hardware/adc.h"
#include "pico/stdlib.h"

void board_start(void) {
  stdio_init_all();
  adc_init();
  for (uint32_t channel = 0; channel < 3u; channel++) adc_gpio_init(26u + channel);
}

void board_put(char character) {
  putchar_raw(character);
}

uint32_t board_microseconds(void) {
  return time_us_32();
}

uint32_t board_analog(uint32_t channel) {
  adc_select_input(channel);
  return adc_read();
}
