/*
 * The few registers of the RP2040 that we use. Sections are those of the RP2040 datasheet.
 */
#ifndef RP2040_REGISTERS_H
#define RP2040_REGISTERS_H

#include "cortex_m.h"

/* 2.1.2: a write to the register at +0x2000 sets bits, at +0x3000 clears bits. */
#define SET_BITS(address) REGISTER((address) + 0x2000u)
#define CLEAR_BITS(address) REGISTER((address) + 0x3000u)

/* 2.6.3: flash appears here through the execute-in-place cache */
#define XIP_BASE 0x10000000u

/* 2.3.2: interrupts */
#define IRQ_USB 5u
#define IRQ_UART0 20u

/* 2.13.5: power-on state machine */
#define PSM_WDSEL REGISTER(0x40010008u)
#define PSM_WDSEL_ALL 0x0001FFFFu
#define PSM_WDSEL_OSCILLATORS 0x00000003u

/* 2.14.3: subsystem resets */
#define RESETS_RESET 0x4000C000u
#define RESETS_DONE REGISTER(0x4000C008u)
#define RESETS_ADC (1u << 0)
#define RESETS_IO_BANK0 (1u << 5)
#define RESETS_PADS_BANK0 (1u << 8)
#define RESETS_PLL_SYS (1u << 12)
#define RESETS_PLL_USB (1u << 13)
#define RESETS_UART0 (1u << 22)
#define RESETS_USB (1u << 24)

/* 2.15.7: clocks */
#define CLK_REF_CTRL REGISTER(0x40008030u)
#define CLK_REF_SELECTED REGISTER(0x40008038u)
#define CLK_SYS_CTRL REGISTER(0x4000803Cu)
#define CLK_SYS_SELECTED REGISTER(0x40008044u)
#define CLK_PERI_CTRL REGISTER(0x40008048u)
#define CLK_USB_CTRL REGISTER(0x40008054u)
#define CLK_REF_SOURCE_XOSC 2u
#define CLK_SYS_SOURCE_REF 0u
#define CLK_SYS_SOURCE_AUX 1u /* whose own source, left at 0, is PLL_SYS */
#define CLK_PERI_ENABLE (1u << 11)
#define CLK_ADC_CTRL REGISTER(0x40008060u)
#define CLK_ADC_SOURCE_XOSC (3u << 5)
#define CLK_ADC_ENABLE (1u << 11)
#define CLK_USB_ENABLE (1u << 11) /* from PLL_USB */

/* 2.16.7: crystal oscillator */
#define XOSC_CTRL REGISTER(0x40024000u)
#define XOSC_STATUS REGISTER(0x40024004u)
#define XOSC_STARTUP REGISTER(0x4002400Cu)
#define XOSC_CTRL_RANGE_1_15_MHZ 0xAA0u
#define XOSC_CTRL_ENABLE (0xFABu << 12)
#define XOSC_STATUS_STABLE (1u << 31)

/* 2.18.4: system PLL */
#define PLL_SYS_CS REGISTER(0x40028000u)
#define PLL_SYS_PWR 0x40028004u
#define PLL_SYS_FBDIV REGISTER(0x40028008u)
#define PLL_SYS_PRIM REGISTER(0x4002800Cu)
#define PLL_USB_CS REGISTER(0x4002C000u)
#define PLL_USB_PWR 0x4002C004u
#define PLL_USB_FBDIV REGISTER(0x4002C008u)
#define PLL_USB_PRIM REGISTER(0x4002C00Cu)
#define PLL_CS_LOCK (1u << 31)
#define PLL_PWR_MAIN (1u << 0)
#define PLL_PWR_POST_DIVIDERS (1u << 3)
#define PLL_PWR_OSCILLATOR (1u << 5)

/* 2.19.6: pin functions; 2.19.2: UART0 is function 2 of GPIO 0 (transmit) and 1 (receive) */
#define GPIO0_CTRL REGISTER(0x40014004u)
#define GPIO1_CTRL REGISTER(0x4001400Cu)
#define GPIO_FUNCTION_UART 2u
#define PADS_GPIO1 REGISTER(0x4001C008u)
#define PAD_INPUT_PULLED_UP 0x5Au /* 2.19.6.3: as after a reset, but up instead of down */

/* 2.19.6.3: pads */
#define PADS_GPIO(pin) REGISTER(0x4001C004u + 4u * (pin))
#define PADS_OUTPUT_DISABLE (1u << 7)

/* 2.19.6.2: the pin that selects the flash chip, driven low or by the SSI */
#define QSPI_SS_CTRL REGISTER(0x4001800Cu)
#define QSPI_SS_CTRL_BY_SSI 0u
#define QSPI_SS_CTRL_LOW (2u << 8)

/* 4.1.2.5: memory of the USB controller. Of an endpoint, `in` is 0 or 1: to the host, or from it. */
#define USB_MEMORY 0x50100000u
#define USB_SETUP_PACKET (USB_MEMORY + 0x000u)
#define USB_ENDPOINT(number, out) REGISTER(USB_MEMORY + 8u * (number) + 4u * (out))
#define USB_BUFFER(number, out) REGISTER(USB_MEMORY + 0x080u + 8u * (number) + 4u * (out))
#define USB_DATA(offset) (USB_MEMORY + (offset))
#define USB_ENDPOINT_ENABLE (1u << 31)
#define USB_ENDPOINT_INTERRUPT (1u << 29) /* for every buffer */
#define USB_ENDPOINT_BULK (2u << 26)
#define USB_ENDPOINT_NOTIFY (3u << 26)
#define USB_BUFFER_FULL (1u << 15)
#define USB_BUFFER_DATA1 (1u << 13)
#define USB_BUFFER_STALL (1u << 11)
#define USB_BUFFER_AVAILABLE (1u << 10)
#define USB_BUFFER_LENGTH 0x3FFu

/* 4.1.4: USB controller */
#define USB_ADDRESS REGISTER(0x50110000u)
#define USB_MAIN_CTRL REGISTER(0x50110040u)
#define USB_SIE_CTRL REGISTER(0x5011004Cu)
#define USB_SIE_STATUS REGISTER(0x50110050u)
#define USB_BUFFER_STATUS REGISTER(0x50110058u)
#define USB_STALL_ARM REGISTER(0x50110068u)
#define USB_MUXING REGISTER(0x50110074u)
#define USB_POWER REGISTER(0x50110078u)
#define USB_INTE REGISTER(0x50110090u)
#define USB_MAIN_CTRL_ENABLE (1u << 0)
#define USB_SIE_CTRL_EP0_INTERRUPT (1u << 29)
#define USB_SIE_CTRL_PULL_UP (1u << 16)
#define USB_SIE_STATUS_SETUP (1u << 17)
#define USB_SIE_STATUS_RESET (1u << 19)
#define USB_MUXING_PHY 9u   /* and the software's say whether it is connected */
#define USB_POWER_VBUS 0xCu /* taken for there */
#define USB_INTERRUPT_BUFFER (1u << 4)
#define USB_INTERRUPT_RESET (1u << 12)
#define USB_INTERRUPT_SETUP (1u << 16)

/* 4.2.8: UART0, an Arm PL011 */
#define UART0_DR REGISTER(0x40034000u)
#define UART0_FR REGISTER(0x40034018u)
#define UART0_IBRD REGISTER(0x40034024u)
#define UART0_FBRD REGISTER(0x40034028u)
#define UART0_LCR_H REGISTER(0x4003402Cu)
#define UART0_CR REGISTER(0x40034030u)
#define UART0_IFLS REGISTER(0x40034034u)
#define UART0_IMSC REGISTER(0x40034038u)
#define UART_FR_BUSY (1u << 3)
#define UART_FR_RXFE (1u << 4)
#define UART_FR_TXFF (1u << 5)
#define UART_LCR_FIFOS (1u << 4)
#define UART_LCR_8_BITS (3u << 5)
#define UART_CR_ENABLE (1u << 0)
#define UART_CR_TRANSMIT (1u << 8)
#define UART_CR_RECEIVE (1u << 9)
#define UART_INTERRUPT_RECEIVE (1u << 4)
#define UART_INTERRUPT_RECEIVE_TIMEOUT (1u << 6)

/* 4.7.6: watchdog */
#define WATCHDOG_CTRL 0x40058000u
#define WATCHDOG_SCRATCH4 REGISTER(0x4005801Cu)
#define WATCHDOG_TICK REGISTER(0x4005802Cu)
#define WATCHDOG_CTRL_TRIGGER (1u << 31)
#define WATCHDOG_TICK_ENABLE (1u << 9)

/* 4.9.6: analog-to-digital converter; its inputs 0 to 2 are GPIO 26 to 28 */
#define ADC_CS REGISTER(0x4004C000u)
#define ADC_RESULT REGISTER(0x4004C004u)
#define ADC_CS_ENABLE (1u << 0)
#define ADC_CS_START_ONCE (1u << 2)
#define ADC_CS_READY (1u << 8)
#define ADC_CS_CHANNEL(channel) ((channel) << 12)

/* 4.10.13: the serial interface to the flash */
#define SSI_CTRLR0 REGISTER(0x18000000u)
#define SSI_CTRLR1 REGISTER(0x18000004u)
#define SSI_SSIENR REGISTER(0x18000008u)
#define SSI_BAUDR REGISTER(0x18000014u)
#define SSI_SR REGISTER(0x18000028u)
#define SSI_DR0 REGISTER(0x18000060u)
#define SSI_SPI_CTRLR0 REGISTER(0x180000F4u)
#define SSI_SR_RECEIVED (1u << 3)
#define SSI_CTRLR0_FRAME_32_BITS (31u << 16)
#define SSI_CTRLR0_EEPROM_READ (3u << 8)
#define SSI_SPI_CTRLR0_COMMAND(byte) ((uint32_t)(byte) << 24)
#define SSI_SPI_CTRLR0_INSTRUCTION_8_BITS (2u << 8)
#define SSI_SPI_CTRLR0_ADDRESS_24_BITS (6u << 2)

#endif /* RP2040_REGISTERS_H */
