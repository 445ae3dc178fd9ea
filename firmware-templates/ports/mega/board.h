/* Arduino Mega 2560. Generated from its entry in boards.json (sdk/src/boards/header.ts). Do not edit. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_ID "mega"
#define BOARD_CLOCK_HZ 16000000UL
#define BOARD_BAUD_RATE 115200UL

#define BOARD_FLASH_ADDRESS 0x00000000UL
#define BOARD_FLASH_BYTES 262144UL
#define BOARD_RAM_BYTES 8192UL

#define BOARD_SLOT_COUNT 2u
#define BOARD_SLOT_A_ADDRESS 0x0000A000UL
#define BOARD_SLOT_REGION_BYTES 106496UL
#define BOARD_SECTOR_BYTES 1024u /* four pages, so that a record takes a hundred confirmations */

#define BOARD_WORK_BYTES 5120u
#define BOARD_MAX_PAYLOAD_BYTES 516u
#define BOARD_WINDOW_BYTES 1054u /* two frames of 512 bytes of data, two pages of flash each */
#define PORT_RING_BYTES 1056

#define BOARD_COUNTER_UNIT ADIABIT_COUNTER_UNIT_CYCLES
#define BOARD_COUNTER_HZ 16000000UL

#if !defined(BOARD_KERNEL) /* benchmarks build others in */
#define BOARD_KERNEL adiabit_kernel_avr
#endif

#endif /* BOARD_H */
