/*
 * Erases and programs the SPI flash that the program runs from (chapter 19; IS25LP128 data sheet section 8). Meanwhile
 * the flash cannot be read. So the code below is in RAM, interrupts are off, and it takes bytes from the UART while it
 * waits: the UART keeps eight bytes, which last only 0.7 ms.
 *
 * QEMU has no QSPI controller. Its flash control register reads as zero there; on the chip it starts as one. In QEMU
 * the slots are in RAM.
 */
#include <stddef.h>

#include "cpu.h"
#include "fe310_registers.h"
#include "port.h"
#include "ram_slots.h"

#define WRITE_ENABLE 0x06u
#define READ_STATUS 0x05u
#define SECTOR_ERASE 0x20u
#define PAGE_PROGRAM 0x02u
#define STATUS_BUSY 0x01u

IN_RAM static uint8_t transfer(uint32_t byte) {
  while ((SPI_TXDATA & SPI_FULL) != 0u) {
  }
  SPI_TXDATA = byte;
  for (;;) {
    const uint32_t received = SPI_RXDATA;
    if ((received & SPI_EMPTY) == 0u) return (uint8_t)received;
  }
}

/* Sends a command with its address and bytes, and waits until it is done. */
IN_RAM static void command(uint32_t code, uint32_t address, const uint8_t *bytes, uint32_t length) {
  const uint32_t format = SPI_FMT;
  SPI_FCTRL = 0;
  SPI_FMT = SPI_FMT_BYTES;
  SPI_CSMODE = SPI_CSMODE_AUTO;
  (void)transfer(WRITE_ENABLE);
  SPI_CSMODE = SPI_CSMODE_HOLD;
  (void)transfer(code);
  for (uint32_t shift = 24; shift > 0u; shift -= 8u) (void)transfer((address >> (shift - 8u)) & 0xFFu);
  for (uint32_t index = 0; index < length; index++) (void)transfer(bytes[index]);
  SPI_CSMODE = SPI_CSMODE_AUTO;
  uint8_t status;
  do {
    port_uart_interrupt();
    SPI_CSMODE = SPI_CSMODE_HOLD;
    (void)transfer(READ_STATUS);
    status = transfer(0);
    SPI_CSMODE = SPI_CSMODE_AUTO;
  } while ((status & STATUS_BUSY) != 0u);
  SPI_FMT = format;
  SPI_FCTRL = SPI_FCTRL_MAPPED;
  __asm__ volatile("fence.i" ::: "memory"); /* what the instruction cache holds may be old */
}

static uint32_t flash_offset(uint8_t slot, uint32_t offset) {
  return BOARD_SLOT_A_ADDRESS - BOARD_FLASH_ADDRESS + slot * BOARD_SLOT_REGION_BYTES + offset;
}

static const uint8_t *slot_address(uint8_t slot) {
  return (const uint8_t *)(BOARD_FLASH_ADDRESS + flash_offset(slot, 0));
}

static bool erase(void *context, uint8_t slot, uint32_t offset, uint32_t length) {
  (void)context;
  for (uint32_t done = 0; done < length; done += BOARD_SECTOR_BYTES) {
    interrupts_off();
    command(SECTOR_ERASE, flash_offset(slot, offset + done), NULL, 0);
    interrupts_on();
  }
  return true; /* whoever writes reads back */
}

/* Programs at most a page at a time; `bytes` are in RAM. */
static bool program(void *context, uint8_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  (void)context;
  while (length > 0u) {
    const uint32_t room = BOARD_PAGE_BYTES - offset % BOARD_PAGE_BYTES;
    const uint32_t now = length < room ? length : room;
    interrupts_off();
    command(PAGE_PROGRAM, flash_offset(slot, offset), bytes, now);
    interrupts_on();
    offset += now;
    bytes += now;
    length -= now;
  }
  return true;
}

adiabit_flash_t port_flash(void) {
  const adiabit_flash_t in_flash = {
      .slot_count = BOARD_SLOT_COUNT,
      .slot = {slot_address(0), slot_address(1)},
      .slot_region_bytes = BOARD_SLOT_REGION_BYTES,
      .sector_bytes = BOARD_SECTOR_BYTES,
      .erase = erase,
      .program = program,
      .context = NULL,
  };
  return (SPI_FCTRL & SPI_FCTRL_MAPPED) != 0u ? in_flash : ram_slots();
}
