/*
 * The numbers of the SiFive HiFive1 (FE310-G000). boards.json says the same to the host; a test compares them through
 * hello.
 */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_ID "hifive1"
#define BOARD_CLOCK_HZ 256000000u
#define BOARD_BAUD_RATE 115200u

#define BOARD_FLASH_ADDRESS 0x20000000u
#define BOARD_FLASH_BYTES (16u * 1024u * 1024u)
#define BOARD_RAM_BYTES (16u * 1024u)

/* IS25LP128 data sheet sections 8.7 and 8.4: sectors of 4 KiB, pages of 256 bytes. The slots begin 1 MiB behind the program. */
#define BOARD_SLOT_COUNT 2u
#define BOARD_SLOT_A_ADDRESS 0x20500000u
#define BOARD_SLOT_REGION_BYTES (256u * 1024u)
#define BOARD_SECTOR_BYTES 4096u
#define BOARD_PAGE_BYTES 256u

/* Slots in RAM, for an emulator whose flash cannot be written. */
#define BOARD_RAM_SLOT_REGION_BYTES 2816u
#define BOARD_RAM_SECTOR_BYTES 256u

#define BOARD_WORK_BYTES (5u * 1024u)
#define BOARD_MAX_PAYLOAD_BYTES 512u
#define BOARD_WINDOW_BYTES 1024u
#define PORT_RING_BYTES 1056

#if !defined(BOARD_KERNEL) /* benchmarks build others in */
#define BOARD_KERNEL adiabit_kernel_sums
#endif

#define BOARD_COUNTER_UNIT ADIABIT_COUNTER_UNIT_CYCLES
#define BOARD_COUNTER_HZ BOARD_CLOCK_HZ

#endif /* BOARD_H */
