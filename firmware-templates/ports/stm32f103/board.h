/* STM32F103xB, such as the Blue Pill. Generated from its entry in boards.json (sdk/src/boards/header.ts). Do not edit. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_ID "stm32f103"
#define BOARD_CLOCK_HZ 64000000UL
#define BOARD_BAUD_RATE 115200UL

#define BOARD_FLASH_ADDRESS 0x08000000UL
#define BOARD_FLASH_BYTES 131072UL
#define BOARD_RAM_BYTES 20480UL

#define BOARD_SLOT_COUNT 2u
#define BOARD_SLOT_A_ADDRESS 0x08006000UL
#define BOARD_SLOT_REGION_BYTES 53248UL
#define BOARD_SECTOR_BYTES 1024u /* PM0075 section 1.2: a page */

#define BOARD_WORK_BYTES 10240u
#define BOARD_MAX_PAYLOAD_BYTES 516u
#define BOARD_WINDOW_BYTES 1054u
#define PORT_RING_BYTES 1056

#define BOARD_COUNTER_UNIT ADIABIT_COUNTER_UNIT_CYCLES
#define BOARD_COUNTER_HZ 64000000UL

#define BOARD_CHIP_ID_BYTES 12UL
#define BOARD_UART_CLOCK_HZ 64000000UL
#define BOARD_UART_INTERRUPT 37UL

#if !defined(BOARD_KERNEL) /* benchmarks build others in */
#define BOARD_KERNEL adiabit_kernel_carry_save
#endif

#endif /* BOARD_H */
