/*
 * The few registers of the STM32F405 that we use. Sections are those of the reference manual RM0090.
 */
#ifndef STM32F405_REGISTERS_H
#define STM32F405_REGISTERS_H

#include "cortex_m.h"

/* 3.9: flash interface */
#define FLASH_ACR REGISTER(0x40023C00u)
#define FLASH_KEYR REGISTER(0x40023C04u)
#define FLASH_SR REGISTER(0x40023C0Cu)
#define FLASH_CR REGISTER(0x40023C10u)
#define FLASH_ACR_5_WAIT_STATES 5u /* table 10: 168 MHz at 2.7 to 3.6 V */
#define FLASH_ACR_PREFETCH (1u << 8)
#define FLASH_ACR_INSTRUCTION_CACHE (1u << 9)
#define FLASH_ACR_DATA_CACHE (1u << 10)
#define FLASH_ACR_DATA_CACHE_RESET (1u << 12)
#define FLASH_KEY1 0x45670123u
#define FLASH_KEY2 0xCDEF89ABu
#define FLASH_SR_ERRORS 0x000000F2u
#define FLASH_SR_BUSY (1u << 16)
#define FLASH_CR_PROGRAM (1u << 0)
#define FLASH_CR_SECTOR_ERASE (1u << 1)
#define FLASH_CR_SECTOR(number) ((uint32_t)(number) << 3)
#define FLASH_CR_WORDS (2u << 8)
#define FLASH_CR_START (1u << 16)
#define FLASH_CR_LOCK (1u << 31)
/* While it is locked: the bit is not zero on the chip. */
#define FLASH_IS_READ_ONLY ((FLASH_CR & FLASH_CR_LOCK) == 0u)

/* 39.1: unique device id */
#define CHIP_ID(word) REGISTER(0x1FFF7A10u + 4u * (word))

/* 7.3: clocks */
#define RCC_CR REGISTER(0x40023800u)
#define RCC_PLLCFGR REGISTER(0x40023804u)
#define RCC_CFGR REGISTER(0x40023808u)
#define RCC_AHB1ENR REGISTER(0x40023830u)
#define RCC_APB2ENR REGISTER(0x40023844u)
#define RCC_CR_PLL_ON (1u << 24)
#define RCC_CR_PLL_READY (1u << 25)
#define RCC_CFGR_PLL 2u
#define RCC_CFGR_STATUS(value) (((value) >> 2) & 3u)
#define RCC_CFGR_APB1_BY_4 (5u << 10)
#define RCC_CFGR_APB2_BY_2 (4u << 13)
#define RCC_AHB1_GPIOA (1u << 0)
#define RCC_APB2_USART1 (1u << 4)

/* 8.4: pins; USART1 is function 7 of PA9 (transmit) and PA10 (receive) */
#define GPIOA_MODER REGISTER(0x40020000u)
#define GPIOA_AFRH REGISTER(0x40020024u)

/* 30.6: USART1 */
#define USART1_SR REGISTER(0x40011000u)
#define USART1_DR REGISTER(0x40011004u)
#define USART1_BRR REGISTER(0x40011008u)
#define USART1_CR1 REGISTER(0x4001100Cu)
#define USART_SR_RECEIVED (1u << 5)
#define USART_SR_SENT (1u << 6)
#define USART_SR_EMPTY (1u << 7)
#define USART_CR1_RECEIVE (1u << 2)
#define USART_CR1_TRANSMIT (1u << 3)
#define USART_CR1_RECEIVED_INTERRUPT (1u << 5)
#define USART_CR1_ENABLE (1u << 13)

#endif /* STM32F405_REGISTERS_H */
