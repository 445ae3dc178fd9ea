/*
 * The few registers of the STM32F103 that we use. Sections are those of the reference manual RM0008; the flash
 * controller is in the programming manual PM0075.
 */
#ifndef STM32F103_REGISTERS_H
#define STM32F103_REGISTERS_H

#include "cortex_m.h"

/* PM0075 section 3: flash interface */
#define FLASH_ACR REGISTER(0x40022000u)
#define FLASH_KEYR REGISTER(0x40022004u)
#define FLASH_SR REGISTER(0x4002200Cu)
#define FLASH_CR REGISTER(0x40022010u)
#define FLASH_AR REGISTER(0x40022014u)
#define FLASH_ACR_2_WAIT_STATES 2u /* 48 to 72 MHz */
#define FLASH_ACR_PREFETCH (1u << 4)
#define FLASH_KEY1 0x45670123u
#define FLASH_KEY2 0xCDEF89ABu
#define FLASH_SR_BUSY (1u << 0)
#define FLASH_SR_ERRORS ((1u << 2) | (1u << 4))
#define FLASH_CR_PROGRAM (1u << 0)
#define FLASH_CR_PAGE_ERASE (1u << 1)
#define FLASH_CR_START (1u << 6)
#define FLASH_CR_LOCK (1u << 7)

/* 30.2: unique device id */
#define CHIP_ID(word) REGISTER(0x1FFFF7E8u + 4u * (word))

/* 7.3: clocks */
#define RCC_CR REGISTER(0x40021000u)
#define RCC_CFGR REGISTER(0x40021004u)
#define RCC_APB2ENR REGISTER(0x40021018u)
#define RCC_CR_PLL_ON (1u << 24)
#define RCC_CR_PLL_READY (1u << 25)
#define RCC_CFGR_PLL 2u
#define RCC_CFGR_STATUS(value) (((value) >> 2) & 3u)
#define RCC_CFGR_APB1_BY_2 (4u << 8)
#define RCC_CFGR_PLL_TIMES_16 (14u << 18)
#define RCC_APB2_GPIOA (1u << 2)
#define RCC_APB2_USART1 (1u << 14)

/* 9.2: pins; USART1 is on PA9 (transmit: alternate push-pull, 50 MHz) and PA10 (receive: floating input) */
#define GPIOA_CRH REGISTER(0x40010804u)

/* 27.6: USART1 */
#define USART1_SR REGISTER(0x40013800u)
#define USART1_DR REGISTER(0x40013804u)
#define USART1_BRR REGISTER(0x40013808u)
#define USART1_CR1 REGISTER(0x4001380Cu)
#define USART_SR_RECEIVED (1u << 5)
#define USART_SR_SENT (1u << 6)
#define USART_SR_EMPTY (1u << 7)
#define USART_CR1_RECEIVE (1u << 2)
#define USART_CR1_TRANSMIT (1u << 3)
#define USART_CR1_RECEIVED_INTERRUPT (1u << 5)
#define USART_CR1_ENABLE (1u << 13)

#endif /* STM32F103_REGISTERS_H */
