/* Arduino Uno. Generated from its entry in boards.json (sdk/src/boards/header.ts). Do not edit. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_ID "uno"
#define BOARD_CLOCK_HZ 16000000UL
#define BOARD_BAUD_RATE 115200UL

#define BOARD_FLASH_ADDRESS 0x00000000UL
#define BOARD_FLASH_BYTES 32768UL
#define BOARD_RAM_BYTES 2048UL

#define BOARD_SLOT_COUNT 1u /* two that hold a useful circuit do not fit beside the program */
#define BOARD_SLOT_A_ADDRESS 0x00003800UL
#define BOARD_SLOT_REGION_BYTES 14336UL
#define BOARD_SECTOR_BYTES 128u /* a page */

#define BOARD_WORK_BYTES 512u
#define BOARD_MAX_PAYLOAD_BYTES 252u
#define BOARD_WINDOW_BYTES 282u /* two frames of 128 bytes of data, a page of flash each */
#define PORT_RING_BYTES 288

#define BOARD_COUNTER_UNIT ADIABIT_COUNTER_UNIT_CYCLES
#define BOARD_COUNTER_HZ 16000000UL

#if !defined(BOARD_KERNEL) /* benchmarks build others in */
#define BOARD_KERNEL adiabit_kernel_avr
#endif

#endif /* BOARD_H */
