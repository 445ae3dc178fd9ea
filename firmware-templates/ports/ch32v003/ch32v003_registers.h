/*
 * The few registers of the CH32V003 that we use. Chapters are those of its reference manual (CH32V003RM), and of the
 * manual of its core (QingKe V2).
 */
#ifndef CH32V003_REGISTERS_H
#define CH32V003_REGISTERS_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* Chapter 3: clocks */
#define RCC_CTLR REGISTER(0x40021000u)
#define RCC_CFGR0 REGISTER(0x40021004u)
#define RCC_APB2PCENR REGISTER(0x40021018u)
#define RCC_CTLR_PLL_ON (1u << 24)
#define RCC_CTLR_PLL_READY (1u << 25)
#define RCC_CFGR0_PLL 2u /* undivided, and of the internal oscillator */
#define RCC_CFGR0_STATUS(value) (((value) >> 2) & 3u)
#define RCC_APB2_GPIOD (1u << 5)
#define RCC_APB2_USART1 (1u << 14)

/* Chapter 6: interrupts and system reset */
#define PFIC_ENABLE_32_TO_63 REGISTER(0xE000E104u)
#define PFIC_CFGR REGISTER(0xE000E048u)
#define PFIC_CFGR_RESET 0xBEEF0080u
#define INTERRUPT_USART1 32u

/* Chapter 7: pins; USART1 is on PD5 (transmit: alternate push-pull, 30 MHz) and PD6 (receive: floating input) */
#define GPIOD_CFGLR REGISTER(0x40011400u)
#define GPIOD_CFGLR_USART1_MASK 0x0FF00000u
#define GPIOD_CFGLR_USART1 0x04B00000u

/* QingKe V2, chapter 4: a counter of 32 bits */
#define SYSTICK_CTLR REGISTER(0xE000F000u)
#define SYSTICK_CNT REGISTER(0xE000F008u)
#define SYSTICK_CTLR_ENABLE_UNDIVIDED 5u

/* Chapter 12: USART1 */
#define USART1_STATR REGISTER(0x40013800u)
#define USART1_DATAR REGISTER(0x40013804u)
#define USART1_BRR REGISTER(0x40013808u)
#define USART1_CTLR1 REGISTER(0x4001380Cu)
#define USART_STATR_RECEIVED (1u << 5)
#define USART_STATR_SENT (1u << 6)
#define USART_STATR_EMPTY (1u << 7)
#define USART_CTLR1_RECEIVE (1u << 2)
#define USART_CTLR1_TRANSMIT (1u << 3)
#define USART_CTLR1_RECEIVED_INTERRUPT (1u << 5)
#define USART_CTLR1_ENABLE (1u << 13)

/* Chapter 16: flash */
#define FLASH_ACTLR REGISTER(0x40022000u)
#define FLASH_KEYR REGISTER(0x40022004u)
#define FLASH_STATR REGISTER(0x4002200Cu)
#define FLASH_CTLR REGISTER(0x40022010u)
#define FLASH_ADDR REGISTER(0x40022014u)
#define FLASH_MODEKEYR REGISTER(0x40022024u)
#define FLASH_ACTLR_1_WAIT_STATE 1u /* 24 to 48 MHz */
#define FLASH_KEY1 0x45670123u
#define FLASH_KEY2 0xCDEF89ABu
#define FLASH_STATR_BUSY (1u << 0)
#define FLASH_STATR_PROTECTED (1u << 4)
#define FLASH_STATR_DONE (1u << 5)
#define FLASH_CTLR_PROGRAM (1u << 0)
#define FLASH_CTLR_START (1u << 6)
#define FLASH_CTLR_LOCK (1u << 7)
#define FLASH_CTLR_FAST_LOCK (1u << 15)
#define FLASH_CTLR_PAGE_ERASE (1u << 17)

/* Chapter 17: unique device id */
#define CHIP_ID(word) REGISTER(0x1FFFF7E8u + 4u * (word))

/* For code that runs while the flash cannot be read. It is copied to RAM with the data. */
#define IN_RAM __attribute__((section(".ram_code"), noinline))

#endif /* CH32V003_REGISTERS_H */
