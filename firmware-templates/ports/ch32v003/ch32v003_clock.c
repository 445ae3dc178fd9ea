#include "ch32v003_registers.h"
#include "port.h"

/* Chapter 3: 24 MHz from the internal oscillator, doubled by the PLL. */
void port_clock_start(void) {
  FLASH_ACTLR = FLASH_ACTLR_1_WAIT_STATE;
  RCC_CFGR0 = 0;
  RCC_CTLR |= RCC_CTLR_PLL_ON;
  while ((RCC_CTLR & RCC_CTLR_PLL_READY) == 0u) {
  }
  RCC_CFGR0 = RCC_CFGR0_PLL;
  while (RCC_CFGR0_STATUS(RCC_CFGR0) != RCC_CFGR0_PLL) {
  }
  SYSTICK_CTLR = SYSTICK_CTLR_ENABLE_UNDIVIDED;
}

uint32_t port_counter(void *context) {
  (void)context;
  return SYSTICK_CNT;
}
