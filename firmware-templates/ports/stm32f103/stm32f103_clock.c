#include "port.h"
#include "stm32f103_registers.h"
#include "systick_counter.h"

/* Section 7.2: 8 MHz from the internal oscillator / 2 x 16 = 64 MHz. Its 1 % is good enough for a UART. */
void port_clock_start(void) {
  FLASH_ACR = FLASH_ACR_2_WAIT_STATES | FLASH_ACR_PREFETCH;
  RCC_CFGR = RCC_CFGR_PLL_TIMES_16 | RCC_CFGR_APB1_BY_2;
  RCC_CR |= RCC_CR_PLL_ON;
  while ((RCC_CR & RCC_CR_PLL_READY) == 0u) {
  }
  RCC_CFGR = RCC_CFGR_PLL_TIMES_16 | RCC_CFGR_APB1_BY_2 | RCC_CFGR_PLL;
  while (RCC_CFGR_STATUS(RCC_CFGR) != RCC_CFGR_PLL) {
  }
  systick_counter_start();
}
