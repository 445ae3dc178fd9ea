/*
 * The numbers of a board with an STM32F103xB, such as the Blue Pill: 128 KiB of flash, 20 KiB of RAM. A template: it is
 * written to the reference manual and has run nowhere yet.
 */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_ID "stm32f103"
#define BOARD_CLOCK_HZ 64000000u
#define BOARD_UART_CLOCK_HZ BOARD_CLOCK_HZ
#define BOARD_BAUD_RATE 115200u

#define BOARD_FLASH_ADDRESS 0x08000000u
#define BOARD_FLASH_BYTES (128u * 1024u)
#define BOARD_RAM_BYTES (20u * 1024u)

#define BOARD_SLOT_COUNT 2u
#define BOARD_SLOT_A_ADDRESS 0x08006000u
#define BOARD_SLOT_REGION_BYTES (52u * 1024u)
#define BOARD_SECTOR_BYTES 1024u /* PM0075 section 1.2: a page */

#define BOARD_WORK_BYTES (10u * 1024u)
#define BOARD_MAX_PAYLOAD_BYTES 516u
#define BOARD_WINDOW_BYTES 1054u
#define PORT_RING_BYTES 1056

#if !defined(BOARD_KERNEL) /* benchmarks build others in */
#define BOARD_KERNEL adiabit_kernel_carry_save
#endif

#define BOARD_COUNTER_UNIT ADIABIT_COUNTER_UNIT_CYCLES
#define BOARD_COUNTER_HZ BOARD_CLOCK_HZ

#define BOARD_UART_INTERRUPT 37u

#endif /* BOARD_H */
