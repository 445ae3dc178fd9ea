/* ESP32-C3 with 4 MiB of flash, such as the ESP32-C3-DevKitM-1. Generated from its entry in boards.json (sdk/src/boards/header.ts). Do not edit. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_ID "esp32c3"
#define BOARD_CLOCK_HZ 40000000UL /* the crystal's: the program leaves the PLL alone */
#define BOARD_BAUD_RATE 115200UL

#define BOARD_FLASH_ADDRESS 0x3C000000UL /* as data are read, section 3.3.3; the ROM maps 4 MiB */
#define BOARD_FLASH_BYTES 4194304UL
#define BOARD_RAM_BYTES 327680UL /* what the ROM leaves below its own data */

#define BOARD_SLOT_COUNT 2u
#define BOARD_SLOT_A_ADDRESS 0x3C100000UL /* the program has the first MiB */
#define BOARD_SLOT_REGION_BYTES 524288UL
#define BOARD_SECTOR_BYTES 4096u
#define BOARD_TRUST_STORE_ADDRESS 0x3C200000UL

#define BOARD_WORK_BYTES 131072u
#define BOARD_MAX_PAYLOAD_BYTES 1024u
#define BOARD_WINDOW_BYTES 2048u
#define PORT_RING_BYTES 4096

#define BOARD_COUNTER_UNIT ADIABIT_COUNTER_UNIT_CYCLES
#define BOARD_COUNTER_HZ 40000000UL

#define BOARD_CHIP_ID_BYTES 6UL

#if !defined(BOARD_KERNEL) /* benchmarks build others in */
#define BOARD_KERNEL adiabit_kernel_sums
#endif

#endif /* BOARD_H */
