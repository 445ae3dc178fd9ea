#include "fe310_registers.h"
#include "port.h"

/* Turns to wait for the crystal and the PLL, and for the PLL to stop hunting (chapter 6: 100 us). */
#define PATIENCE 20000u
#define SETTLING_TURNS 2000u

static void wait_for(volatile uint32_t *reg, uint32_t bit) {
  for (uint32_t turn = 0; turn < PATIENCE && (*reg & bit) == 0u; turn++) {
  }
}

/*
 * Sections 6.5 and 6.7: the crystal's 16 MHz / 2 x 64 / 2 = 256 MHz. The flash's clock is slowed down first
 * (section 19.4: 256 MHz / 8).
 */
void port_clock_start(void) {
  SPI_SCKDIV = 3;
  PRCI_PLLCFG = (PRCI_PLLCFG & ~PLL_SELECT) | PLL_BYPASS;
  PRCI_HFXOSCCFG = HFXOSC_ENABLE;
  wait_for(&PRCI_HFXOSCCFG, HFXOSC_READY);
  const uint32_t pll = PLL_R(2u) | PLL_F(64u) | PLL_Q_2 | PLL_FROM_CRYSTAL;
  PRCI_PLLCFG = pll | PLL_BYPASS;
  PRCI_PLLDIV = PLLDIV_BY_1;
  PRCI_PLLCFG = pll;
  for (volatile uint32_t turn = 0; turn < SETTLING_TURNS; turn++) {
  }
  wait_for(&PRCI_PLLCFG, PLL_LOCK);
  PRCI_PLLCFG = pll | PLL_SELECT;
}
