/* Raspberry Pi Pico. Generated from its entry in boards.json (sdk/src/boards/header.ts). Do not edit. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_ID "rp2040"
#define BOARD_CLOCK_HZ 125000000UL
#define BOARD_BAUD_RATE 921600UL

#define BOARD_FLASH_ADDRESS 0x10000000UL
#define BOARD_FLASH_BYTES 2097152UL
#define BOARD_RAM_BYTES 270336UL

#define BOARD_SLOT_COUNT 2u
#define BOARD_SLOT_A_ADDRESS 0x10040000UL
#define BOARD_SLOT_REGION_BYTES 884736UL
#define BOARD_SECTOR_BYTES 4096u /* W25Q16JV data sheet section 8.2.16: sector erase */
#define BOARD_TRUST_STORE_ADDRESS 0x101F0000UL

#define BOARD_WORK_BYTES 180224u
#define BOARD_MAX_PAYLOAD_BYTES 1024u
#define BOARD_WINDOW_BYTES 2048u
#define PORT_RING_BYTES 4096

#define BOARD_COUNTER_UNIT ADIABIT_COUNTER_UNIT_CYCLES
#define BOARD_COUNTER_HZ 125000000UL

#define BOARD_CHIP_ID_BYTES 8UL
#define BOARD_PAGE_BYTES 256UL /* section 8.2.13: page program */

#if !defined(BOARD_KERNEL) /* benchmarks build others in */
#define BOARD_KERNEL adiabit_kernel_thumb_sums
#endif

#endif /* BOARD_H */
