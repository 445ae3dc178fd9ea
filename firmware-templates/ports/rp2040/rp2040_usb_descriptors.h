/*
 * What the USB device says of itself: USB 2.0 specification chapter 9.6, and Class Definitions for Communications
 * Devices 1.2 with its subclass PSTN 1.2.
 */
#ifndef RP2040_USB_DESCRIPTORS_H
#define RP2040_USB_DESCRIPTORS_H

#include <stdint.h>

#define USB_NOTIFY_ENDPOINT 1u
#define USB_DATA_ENDPOINT 2u
#define USB_PACKET_BYTES 64u

/* An id of pid.codes for tests. A product needs one of its own. */
#define USB_VENDOR 0x1209u
#define USB_PRODUCT 0x0001u

#define U16(value) (uint8_t)(value), (uint8_t)((value) >> 8)

static const uint8_t device_descriptor[] = {
    18,   1,    U16(0x0200),           0x02, 0, 0, USB_PACKET_BYTES, U16(USB_VENDOR), U16(USB_PRODUCT), U16(0x0100),
    0x01, 0x02, 0 /* no serial no. */, 1,
};

#define CONFIGURATION_BYTES (9u + 9u + 5u + 5u + 4u + 5u + 7u + 9u + 7u + 7u)
static const uint8_t configuration_descriptor[] = {
    /* configuration 1, two interfaces, powered by the bus, 100 mA */
    9,
    2,
    U16(CONFIGURATION_BYTES),
    2,
    1,
    0,
    0x80,
    50,
    /* interface 0: communication, abstract control model */
    9,
    4,
    0,
    0,
    1,
    0x02,
    0x02,
    0x00,
    0,
    /* header: CDC 1.2; call management: none; abstract control: line coding and state; union of 0 and 1 */
    5,
    0x24,
    0x00,
    U16(0x0120),
    5,
    0x24,
    0x01,
    0,
    1,
    4,
    0x24,
    0x02,
    0x02,
    5,
    0x24,
    0x06,
    0,
    1,
    /* notifications, which never come */
    7,
    5,
    0x80u | USB_NOTIFY_ENDPOINT,
    3,
    U16(8),
    255,
    /* interface 1: data */
    9,
    4,
    1,
    0,
    2,
    0x0A,
    0,
    0,
    0,
    7,
    5,
    USB_DATA_ENDPOINT,
    2,
    U16(USB_PACKET_BYTES),
    0,
    7,
    5,
    0x80u | USB_DATA_ENDPOINT,
    2,
    U16(USB_PACKET_BYTES),
    0,
};

/* English; maker and product. */
static const uint8_t string_languages[] = {4, 3, U16(0x0409)};
static const char *const strings[] = {"Adiabit", "Adiabit on a Raspberry Pi Pico"};
#define STRING_COUNT (sizeof strings / sizeof *strings)

#endif /* RP2040_USB_DESCRIPTORS_H */
