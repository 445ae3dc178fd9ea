/*
 * The numbers of the Raspberry Pi Pico. boards.json says the same to the host; a test compares them through hello.
 */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_ID "rp2040"
#define BOARD_CLOCK_HZ 125000000u
#define BOARD_BAUD_RATE 921600u

#define BOARD_FLASH_ADDRESS 0x10000000u
#define BOARD_FLASH_BYTES (2u * 1024u * 1024u)
#define BOARD_RAM_BYTES (264u * 1024u)

#define BOARD_SLOT_COUNT 2u
#define BOARD_SLOT_A_ADDRESS 0x10100000u
#define BOARD_SLOT_REGION_BYTES (256u * 1024u)
#define BOARD_SECTOR_BYTES 4096u /* W25Q16JV datasheet section 8.2.16: 4 KiB sector erase */
#define BOARD_PAGE_BYTES 256u    /* section 8.2.13: page program */

#define BOARD_WORK_BYTES (128u * 1024u)
#define BOARD_MAX_PAYLOAD_BYTES 1024u
#define BOARD_WINDOW_BYTES 2048u
#define PORT_RING_BYTES 4096

#if !defined(BOARD_KERNEL) /* benchmarks build others in */
#define BOARD_KERNEL adiabit_kernel_thumb_sums
#endif

#define BOARD_COUNTER_UNIT ADIABIT_COUNTER_UNIT_CYCLES
#define BOARD_COUNTER_HZ BOARD_CLOCK_HZ

#endif /* BOARD_H */
