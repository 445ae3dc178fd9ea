#include "rp2040_clocks.h"

#include "port.h"
#include "rp2040_registers.h"
#include "systick_counter.h"

void rp2040_unreset(uint32_t subsystems) {
  CLEAR_BITS(RESETS_RESET) = subsystems;
  while ((RESETS_DONE & subsystems) != subsystems) {
  }
}

/* Section 2.16.3: the start-up delay counts 256 crystal cycles; 47 of them are 1 ms at 12 MHz. */
static void start_crystal(void) {
  XOSC_STARTUP = 47;
  XOSC_CTRL = XOSC_CTRL_RANGE_1_15_MHZ | XOSC_CTRL_ENABLE;
  while ((XOSC_STATUS & XOSC_STATUS_STABLE) == 0u) {
  }
}

/* Section 2.18.2: 12 MHz x 125 = 1500 MHz, / 6 / 2 = 125 MHz. */
static void start_pll(void) {
  SET_BITS(RESETS_RESET) = RESETS_PLL_SYS;
  rp2040_unreset(RESETS_PLL_SYS);
  PLL_SYS_CS = 1; /* reference divider */
  PLL_SYS_FBDIV = 125;
  CLEAR_BITS(PLL_SYS_PWR) = PLL_PWR_MAIN | PLL_PWR_OSCILLATOR;
  while ((PLL_SYS_CS & PLL_CS_LOCK) == 0u) {
  }
  PLL_SYS_PRIM = (6u << 16) | (2u << 12);
  CLEAR_BITS(PLL_SYS_PWR) = PLL_PWR_POST_DIVIDERS;
}

/* Section 2.18.2: 12 MHz x 100 = 1200 MHz, / 5 / 5 = 48 MHz. */
void rp2040_start_usb_pll(void) {
  rp2040_unreset(RESETS_PLL_USB);
  PLL_USB_CS = 1; /* reference divider */
  PLL_USB_FBDIV = 100;
  CLEAR_BITS(PLL_USB_PWR) = PLL_PWR_MAIN | PLL_PWR_OSCILLATOR;
  while ((PLL_USB_CS & PLL_CS_LOCK) == 0u) {
  }
  PLL_USB_PRIM = (5u << 16) | (5u << 12);
  CLEAR_BITS(PLL_USB_PWR) = PLL_PWR_POST_DIVIDERS;
}

void port_clock_start(void) {
  start_crystal();
  /* Section 2.15.3.2: the glitchless side of each multiplexer is switched, and waited for. A reset by the watchdog
   * may find the system on the PLL, which must not be stopped underneath it. */
  CLK_SYS_CTRL = CLK_SYS_SOURCE_REF;
  while ((CLK_SYS_SELECTED & (1u << CLK_SYS_SOURCE_REF)) == 0u) {
  }
  CLK_REF_CTRL = CLK_REF_SOURCE_XOSC;
  while ((CLK_REF_SELECTED & (1u << CLK_REF_SOURCE_XOSC)) == 0u) {
  }
  start_pll();
  CLK_SYS_CTRL = CLK_SYS_SOURCE_AUX;
  while ((CLK_SYS_SELECTED & (1u << CLK_SYS_SOURCE_AUX)) == 0u) {
  }
  CLK_PERI_CTRL = CLK_PERI_ENABLE;            /* from clk_sys */
  WATCHDOG_TICK = WATCHDOG_TICK_ENABLE | 12u; /* section 4.7.2: one microsecond from the crystal */
  systick_counter_start();
}
