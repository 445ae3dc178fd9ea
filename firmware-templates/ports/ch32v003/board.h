/* WCH CH32V003, such as the CH32V003F4P6. Generated from its entry in boards.json (sdk/src/boards/header.ts). Do not edit. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_ID "ch32v003"
#define BOARD_CLOCK_HZ 48000000UL
#define BOARD_BAUD_RATE 115200UL

#define BOARD_FLASH_ADDRESS 0x08000000UL
#define BOARD_FLASH_BYTES 16384UL
#define BOARD_RAM_BYTES 2048UL

#define BOARD_SLOT_COUNT 1u /* two that hold a useful circuit do not fit beside the program */
#define BOARD_SLOT_A_ADDRESS 0x08002C00UL
#define BOARD_SLOT_REGION_BYTES 5120UL
#define BOARD_SECTOR_BYTES 128u /* two pages of the fast erase (CH32V003RM chapter 16) */

#define BOARD_WORK_BYTES 256u
#define BOARD_MAX_PAYLOAD_BYTES 252u
#define BOARD_WINDOW_BYTES 282u
#define PORT_RING_BYTES 288

#define BOARD_COUNTER_UNIT ADIABIT_COUNTER_UNIT_CYCLES
#define BOARD_COUNTER_HZ 48000000UL

#define BOARD_CHIP_ID_BYTES 8UL

#if !defined(BOARD_KERNEL) /* benchmarks build others in */
#define BOARD_KERNEL adiabit_kernel_popcount /* carry-save adders take 1,300 bytes more */
#endif

#endif /* BOARD_H */
