/*
 * The few registers of the ESP32-C3 that we use. Sections are those of its technical reference manual.
 */
#ifndef ESP32C3_REGISTERS_H
#define ESP32C3_REGISTERS_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* Chapter 4: eFuse controller; its lowest 48 bits are the MAC address */
#define EFUSE_MAC(word) REGISTER(0x60008844u + 4u * (word))

/* Chapter 6: clocks */
#define SYSTEM_SYSCLK_CONF REGISTER(0x600C0058u)
#define SYSCLK_FROM_CRYSTAL 0u /* undivided */

/* Chapter 8: interrupt matrix. UART 0 is line 1 of the core. */
#define INTERRUPT_UART_MAP REGISTER(0x600C2054u)
#define INTERRUPT_ENABLE REGISTER(0x600C2104u)
#define INTERRUPT_TYPE REGISTER(0x600C2108u)
#define INTERRUPT_PRIORITY(line) REGISTER(0x600C2114u + 4u * (line))
#define INTERRUPT_THRESHOLD REGISTER(0x600C2194u)
#define UART_LINE 1u

/* Chapter 12: watchdogs, all of which are on after a reset */
#define TIMG0_WDTCONFIG0 REGISTER(0x6001F048u)
#define TIMG0_WDTWPROTECT REGISTER(0x6001F064u)
#define RTC_WDTCONFIG0 REGISTER(0x60008090u)
#define RTC_WDTWPROTECT REGISTER(0x600080A8u)
#define RTC_SWD_CONF REGISTER(0x600080ACu)
#define RTC_SWD_WPROTECT REGISTER(0x600080B0u)
#define WDT_KEY 0x50D83AA1u
#define SWD_KEY 0x8F1D312Au
#define SWD_AUTO_FEED (1u << 31)

/* Chapter 26: UART 0 */
#define UART_FIFO REGISTER(0x60000000u)
#define UART_INT_ENA REGISTER(0x6000000Cu)
#define UART_INT_CLR REGISTER(0x60000010u)
#define UART_CLKDIV REGISTER(0x60000014u)
#define UART_STATUS REGISTER(0x6000001Cu)
#define UART_CONF0 REGISTER(0x60000020u)
#define UART_CONF1 REGISTER(0x60000024u)
#define UART_FSM_STATUS REGISTER(0x6000006Cu)
#define UART_CLK_CONF REGISTER(0x60000078u)
#define UART_ID REGISTER(0x60000080u)
#define UART_INT_RECEIVED (1u << 0)
#define UART_STATUS_RECEIVED(value) ((value)&0x3FFu)
#define UART_STATUS_WAITING(value) (((value) >> 16) & 0x3FFu)
#define UART_FSM_TRANSMITTER(value) (((value) >> 4) & 0xFu)
#define UART_FIFO_BYTES 128u
#define UART_CONF0_8N1 ((3u << 2) | (1u << 4) | (1u << 28)) /* and the memory's clock on */
#define UART_CONF1_RECEIVED_1 1u
#define UART_CLK_CONF_CRYSTAL ((3u << 20) | (1u << 22) | (1u << 24) | (1u << 25))
#define UART_ID_UPDATE (1u << 31) /* lets settings take effect */

/* For code that runs while the flash cannot be read. */
#define IN_RAM __attribute__((section(".ram_code"), noinline))

#endif /* ESP32C3_REGISTERS_H */
