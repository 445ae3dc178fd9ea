/*
 * Programs the flash. The SPM instruction works in the boot section only (ATmega328P data sheet section 26.2), so this
 * one function is there. While a page is erased or written (up to 4.5 ms, 52 bytes on the line), nothing outside the
 * boot section can run, interrupts included. So the function takes bytes from the UART into the ring while it waits.
 */
#ifndef AVR_BOOT_H
#define AVR_BOOT_H

#include <stdint.h>

/* `command`: the bits of SPMCSR; `word` is for filling the page buffer. Returns when flash can be read again. */
void avr_boot_spm(uint32_t address, uint16_t word, uint8_t command);

#endif /* AVR_BOOT_H */
