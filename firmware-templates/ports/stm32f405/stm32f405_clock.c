#include "port.h"
#include "stm32f405_registers.h"
#include "systick_counter.h"

/* Turns to wait for the PLL: it locks in 0.3 ms (data sheet table 36), and an emulator may have none. */
#define PATIENCE 2000u

/*
 * Section 7.2: 16 MHz from the internal oscillator / 8 x 168 / 2 = 168 MHz. Its 1 % is good enough for a UART, and
 * boards have crystals of different kinds.
 */
void port_clock_start(void) {
  FLASH_ACR = FLASH_ACR_5_WAIT_STATES | FLASH_ACR_PREFETCH | FLASH_ACR_INSTRUCTION_CACHE | FLASH_ACR_DATA_CACHE;
  RCC_PLLCFGR = 8u | (168u << 6) | (0u << 16) | (7u << 24);
  RCC_CR |= RCC_CR_PLL_ON;
  for (uint32_t turn = 0; turn < PATIENCE && (RCC_CR & RCC_CR_PLL_READY) == 0u; turn++) {
  }
  RCC_CFGR = RCC_CFGR_APB1_BY_4 | RCC_CFGR_APB2_BY_2 | RCC_CFGR_PLL;
  for (uint32_t turn = 0; turn < PATIENCE && RCC_CFGR_STATUS(RCC_CFGR) != RCC_CFGR_PLL; turn++) {
  }
  systick_counter_start();
}
