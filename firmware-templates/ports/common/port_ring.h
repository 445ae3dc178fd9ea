/*
 * A ring of bytes from the receive interrupt to the main loop: one writer, one reader, no lock. It is larger than the
 * window that the board announces, so a host that keeps to the window cannot overrun it. If a host does overrun it, the
 * bytes in the ring are lost, and the CRCs of the frames show it. The interrupt never looks at what the main loop
 * changes.
 */
#ifndef PORT_RING_H
#define PORT_RING_H

#include <stdbool.h>
#include <stdint.h>

#ifndef PORT_RING_BYTES
#error "The board says how large its ring is: at least one byte more than its window."
#endif

typedef struct {
  volatile uint16_t written; /* where the next byte goes; changed by the interrupt only */
  uint16_t read;             /* where the oldest byte is; changed by the main loop only */
  uint8_t bytes[PORT_RING_BYTES];
} port_ring_t;

static inline uint16_t port_ring_after(uint16_t place) {
  return place + 1u == PORT_RING_BYTES ? 0u : (uint16_t)(place + 1u);
}

/*
 * Tells whether bytes wait. An AVR loads 16 bits in two steps, so it loads twice: if both agree, no interrupt came
 * between the halves.
 */
static inline bool port_ring_waiting(const port_ring_t *ring) {
  uint16_t written;
  do {
    written = ring->written;
  } while (written != ring->written);
  return written != ring->read;
}

static inline void port_ring_put(port_ring_t *ring, uint8_t byte) {
  const uint16_t written = ring->written;
  ring->bytes[written] = byte;
  ring->written = port_ring_after(written);
}

/* Takes a byte. At least one must wait. */
static inline uint8_t port_ring_take(port_ring_t *ring) {
  const uint8_t byte = ring->bytes[ring->read];
  ring->read = port_ring_after(ring->read);
  return byte;
}

#endif /* PORT_RING_H */
