/* SiFive HiFive1. Generated from its entry in boards.json (sdk/src/boards/header.ts). Do not edit. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_ID "hifive1"
#define BOARD_CLOCK_HZ 256000000UL
#define BOARD_BAUD_RATE 115200UL

#define BOARD_FLASH_ADDRESS 0x20000000UL
#define BOARD_FLASH_BYTES 16777216UL
#define BOARD_RAM_BYTES 16384UL

#define BOARD_SLOT_COUNT 2u
#define BOARD_SLOT_A_ADDRESS 0x20500000UL /* 1 MiB behind the program */
#define BOARD_SLOT_REGION_BYTES 262144UL
#define BOARD_SECTOR_BYTES 4096u /* IS25LP128 data sheet section 8.7 */

#define BOARD_RAM_SLOT_REGION_BYTES 2816u /* for an emulator whose flash cannot be written */
#define BOARD_RAM_SECTOR_BYTES 256u

#define BOARD_WORK_BYTES 5120u
#define BOARD_MAX_PAYLOAD_BYTES 512u
#define BOARD_WINDOW_BYTES 1024u
#define PORT_RING_BYTES 1056

#define BOARD_COUNTER_UNIT ADIABIT_COUNTER_UNIT_CYCLES
#define BOARD_COUNTER_HZ 256000000UL

#define BOARD_PAGE_BYTES 256UL /* section 8.4 */

#if !defined(BOARD_KERNEL) /* benchmarks build others in */
#define BOARD_KERNEL adiabit_kernel_sums
#endif

#endif /* BOARD_H */
