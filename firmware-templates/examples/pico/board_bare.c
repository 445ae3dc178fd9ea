/*
 * The board without the Pico SDK: start-up code, clocks, UART and USB of Adiabit's own port (ports/rp2040), and the
 * ADC. It prints at the UART; over USB instead, as soon as something has been typed there.
 * Sections are those of the RP2040 datasheet.
 */
#include "example_board.h"

#include "port.h"
#include "rp2040_clocks.h"
#include "rp2040_registers.h"

/* 2.14.3 */
#define RESETS_ADC (1u << 0)

/* 2.15.7: from the USB PLL if no other source is chosen */
#define CLK_ADC_CTRL REGISTER(0x40008060u)
#define CLK_ADC_ENABLE (1u << 11)

/* 2.19.6.3: a pin for analog voltages has neither input, output nor pulls */
#define PADS_GPIO(pin) REGISTER(0x4001C004u + 4u * (pin))
#define PAD_OUTPUT_DISABLE (1u << 7)
#define ADC_FIRST_GPIO 26u

/* 4.6.5: microseconds */
#define TIMER_TIMERAWL REGISTER(0x40054028u)

/* 4.9.6 */
#define ADC_CS REGISTER(0x4004C000u)
#define ADC_RESULT REGISTER(0x4004C004u)
#define ADC_CS_ENABLE (1u << 0)
#define ADC_CS_START_ONE (1u << 2)
#define ADC_CS_READY (1u << 8)
#define ADC_CS_INPUT(channel) ((channel) << 12)

port_ring_t port_received; /* what is received; nobody reads it here */

static void start_adc(void) {
  rp2040_start_usb_pll();
  CLK_ADC_CTRL = CLK_ADC_ENABLE;
  rp2040_unreset(RESETS_ADC);
  for (uint32_t pin = ADC_FIRST_GPIO; pin < ADC_FIRST_GPIO + 3u; pin++) PADS_GPIO(pin) = PAD_OUTPUT_DISABLE;
  ADC_CS = ADC_CS_ENABLE;
  while ((ADC_CS & ADC_CS_READY) == 0u) {
  }
}

void board_start(void) {
  port_clock_start();
  port_uart_start();
  start_adc();
}

void board_put(char character) {
  const uint8_t byte = (uint8_t)character;
  port_uart_send(0, &byte, 1);
}

uint32_t board_microseconds(void) {
  return TIMER_TIMERAWL;
}

uint32_t board_analog(uint32_t channel) {
  ADC_CS = ADC_CS_ENABLE | ADC_CS_INPUT(channel) | ADC_CS_START_ONE;
  while ((ADC_CS & ADC_CS_READY) == 0u) {
  }
  return ADC_RESULT;
}
