/* STM32F405, such as the Netduino Plus 2. Generated from its entry in boards.json (sdk/src/boards/header.ts). Do not edit. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_ID "stm32f405"
#define BOARD_CLOCK_HZ 168000000UL
#define BOARD_BAUD_RATE 115200UL

#define BOARD_FLASH_ADDRESS 0x08000000UL
#define BOARD_FLASH_BYTES 1048576UL
#define BOARD_RAM_BYTES 131072UL

#define BOARD_SLOT_COUNT 2u
#define BOARD_SLOT_A_ADDRESS 0x08020000UL /* RM0090 table 5: sectors 5 and 6, 7 and 8, of 128 KiB each; the second of each pair holds the record */
#define BOARD_SLOT_REGION_BYTES 262144UL
#define BOARD_SECTOR_BYTES 131072u
#define BOARD_TRUST_STORE_ADDRESS 0x080A0000UL /* the same table: sectors 9 and 10 */

#define BOARD_RAM_SLOT_REGION_BYTES 32768u /* for an emulator whose flash cannot be written */
#define BOARD_RAM_SECTOR_BYTES 4096u

#define BOARD_WORK_BYTES 32768u
#define BOARD_MAX_PAYLOAD_BYTES 1024u
#define BOARD_WINDOW_BYTES 2048u
#define PORT_RING_BYTES 4096

#define BOARD_COUNTER_UNIT ADIABIT_COUNTER_UNIT_CYCLES
#define BOARD_COUNTER_HZ 168000000UL

#define BOARD_CHIP_ID_BYTES 12UL
#define BOARD_UART_CLOCK_HZ 84000000UL
#define BOARD_SLOT_A_SECTOR 5UL
#define BOARD_UART_INTERRUPT 37UL

#if !defined(BOARD_KERNEL) /* benchmarks build others in */
#define BOARD_KERNEL adiabit_kernel_thumb2_sums
#endif

#endif /* BOARD_H */
