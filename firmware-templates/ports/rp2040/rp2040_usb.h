/*
 * A serial port over USB, of the class CDC ACM, beside the UART: a Pico needs no adapter then. Both put what they
 * receive into one ring.
 */
#ifndef RP2040_USB_H
#define RP2040_USB_H

#include <stdbool.h>
#include <stdint.h>

/* The last bytes have come over USB. */
extern volatile bool rp2040_usb_answers;

void rp2040_usb_start(void);
void rp2040_usb_interrupt(void);

/* Sends bytes. Returns when the host has taken all of them, or when it has gone. */
void rp2040_usb_send(const uint8_t *bytes, uint32_t length);

#endif /* RP2040_USB_H */
