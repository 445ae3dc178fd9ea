/*
 * The numbers of the BBC micro:bit, version 1 (nRF51822-QFAA). boards.json says the same to the host; a test compares
 * them through hello.
 */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_ID "microbit"
#define BOARD_CLOCK_HZ 16000000u
#define BOARD_BAUD_RATE 115200u

#define BOARD_FLASH_ADDRESS 0x00000000u
#define BOARD_FLASH_BYTES (256u * 1024u)
#define BOARD_RAM_BYTES (16u * 1024u)

#define BOARD_SLOT_COUNT 2u
#define BOARD_SLOT_A_ADDRESS 0x00010000u
#define BOARD_SLOT_REGION_BYTES (96u * 1024u)
#define BOARD_SECTOR_BYTES 1024u /* nRF51 reference manual section 5.1: a code page */

#define BOARD_WORK_BYTES (8u * 1024u)
#define BOARD_MAX_PAYLOAD_BYTES 512u
#define BOARD_WINDOW_BYTES 1024u
#define PORT_RING_BYTES 2048

#if !defined(BOARD_KERNEL) /* benchmarks build others in */
#define BOARD_KERNEL adiabit_kernel_thumb
#endif

#define BOARD_COUNTER_UNIT ADIABIT_COUNTER_UNIT_MICROSECONDS
#define BOARD_COUNTER_HZ 1000000u

#define BOARD_UART_INTERRUPT 2u

#endif /* BOARD_H */
