/* BBC micro:bit v1. Generated from its entry in boards.json (sdk/src/boards/header.ts). Do not edit. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_ID "microbit"
#define BOARD_CLOCK_HZ 16000000UL
#define BOARD_BAUD_RATE 115200UL

#define BOARD_FLASH_ADDRESS 0x00000000UL
#define BOARD_FLASH_BYTES 262144UL
#define BOARD_RAM_BYTES 16384UL

#define BOARD_SLOT_COUNT 2u
#define BOARD_SLOT_A_ADDRESS 0x00010000UL
#define BOARD_SLOT_REGION_BYTES 98304UL
#define BOARD_SECTOR_BYTES 1024u /* nRF51 reference manual section 5.1: a code page */

#define BOARD_WORK_BYTES 8192u
#define BOARD_MAX_PAYLOAD_BYTES 512u
#define BOARD_WINDOW_BYTES 1024u
#define PORT_RING_BYTES 2048

#define BOARD_COUNTER_UNIT ADIABIT_COUNTER_UNIT_MICROSECONDS
#define BOARD_COUNTER_HZ 1000000UL

#define BOARD_CHIP_ID_BYTES 8UL
#define BOARD_UART_INTERRUPT 2UL

#if !defined(BOARD_KERNEL) /* benchmarks build others in */
#define BOARD_KERNEL adiabit_kernel_thumb
#endif

#endif /* BOARD_H */
