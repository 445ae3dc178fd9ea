/*
 * The second-stage boot block (RP2040 datasheet sections 2.8.1.3.1 and 2.8.2): the boot ROM copies the first 256
 * bytes of flash to RAM, checks the CRC in the last four, and jumps there. The block makes flash readable and enters
 * the program. It must be position independent and at most 252 bytes. sdk/scripts/generate-boot-block.ts compiles it to
 * rp2040_boot_block.c, with the CRC behind it; nothing else is built from this file.
 */
#include "rp2040_xip.h"

#define PROGRAM_VECTORS (XIP_BASE + 0x100u)

__attribute__((section(".boot2"), used, noreturn)) void rp2040_boot2(void);

void rp2040_boot2(void) {
  rp2040_xip_start();
  VTOR = PROGRAM_VECTORS;
  const uint32_t stack = REGISTER(PROGRAM_VECTORS);
  const uint32_t entry = REGISTER(PROGRAM_VECTORS + 4u);
  __asm__ volatile("msr msp, %0\n bx %1" ::"r"(stack), "r"(entry));
  __builtin_unreachable();
}
