/*
 * The few registers of the FE310-G000 that we use. Sections are those of its manual (SiFive FE310-G000 Manual v3p2).
 */
#ifndef FE310_REGISTERS_H
#define FE310_REGISTERS_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* Chapter 10: platform-level interrupt controller */
#define PLIC_PRIORITY(interrupt) REGISTER(0x0C000000u + 4u * (interrupt))
#define PLIC_ENABLE REGISTER(0x0C002000u)
#define PLIC_THRESHOLD REGISTER(0x0C200000u)
#define PLIC_CLAIM REGISTER(0x0C200004u)
#define INTERRUPT_UART0 3u

/* Chapter 6: clocks */
#define PRCI_HFXOSCCFG REGISTER(0x10008004u)
#define PRCI_PLLCFG REGISTER(0x10008008u)
#define PRCI_PLLDIV REGISTER(0x1000800Cu)
#define HFXOSC_ENABLE (1u << 30)
#define HFXOSC_READY (1u << 31)
#define PLL_R(divider) ((divider)-1u)
#define PLL_F(factor) (((factor) / 2u - 1u) << 4)
#define PLL_Q_2 (1u << 10)
#define PLL_SELECT (1u << 16)
#define PLL_FROM_CRYSTAL (1u << 17)
#define PLL_BYPASS (1u << 18)
#define PLL_LOCK (1u << 31)
#define PLLDIV_BY_1 (1u << 8)

/* Chapter 14: the watchdog, whose registers take a write behind the key only */
#define WDOG_CFG REGISTER(0x10000000u)
#define WDOG_KEY REGISTER(0x1000001Cu)
#define WDOG_CMP REGISTER(0x10000020u)
#define WDOG_KEY_VALUE 0x0051F15Eu
#define WDOG_RESET_ENABLE (1u << 8)
#define WDOG_ENABLE_ALWAYS (1u << 12)

/* Chapter 17: pins 16 and 17 are those of UART 0 when they do not belong to the GPIO */
#define GPIO_IOF_ENABLE REGISTER(0x10012038u)
#define GPIO_IOF_SELECT REGISTER(0x1001203Cu)
#define GPIO_UART0 ((1u << 16) | (1u << 17))

/* Chapter 18: UART 0 */
#define UART_TXDATA REGISTER(0x10013000u)
#define UART_RXDATA REGISTER(0x10013004u)
#define UART_TXCTRL REGISTER(0x10013008u)
#define UART_RXCTRL REGISTER(0x1001300Cu)
#define UART_IE REGISTER(0x10013010u)
#define UART_IP REGISTER(0x10013014u)
#define UART_DIV REGISTER(0x10013018u)
#define UART_FULL (1u << 31)
#define UART_EMPTY (1u << 31)
#define UART_TX_ENABLE (1u << 0)
#define UART_TX_WATERMARK_1 (1u << 16)
#define UART_RX_ENABLE (1u << 0)
#define UART_TX_BELOW (1u << 0)
#define UART_RX_ABOVE (1u << 1)

/* Chapter 19: QSPI 0, which the flash hangs on */
#define SPI_SCKDIV REGISTER(0x10014000u)
#define SPI_CSMODE REGISTER(0x10014018u)
#define SPI_FMT REGISTER(0x10014040u)
#define SPI_TXDATA REGISTER(0x10014048u)
#define SPI_RXDATA REGISTER(0x1001404Cu)
#define SPI_FCTRL REGISTER(0x10014060u)
#define SPI_FULL (1u << 31)
#define SPI_EMPTY (1u << 31)
#define SPI_CSMODE_AUTO 0u
#define SPI_CSMODE_HOLD 2u
#define SPI_FMT_BYTES (8u << 16) /* 8 bits, one wire, most significant first; answers are received */
#define SPI_FCTRL_MAPPED 1u

/* For code that runs while the flash cannot be read. It is copied to RAM with the data. */
#define IN_RAM __attribute__((section(".ram_code"), noinline))

#endif /* FE310_REGISTERS_H */
