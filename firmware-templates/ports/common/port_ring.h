/*
 * Bytes on their way from the receive interrupt to the main loop: one writer, one reader, no lock. It is as large as
 * the window the board announces and then some, so a host that keeps to the window cannot overrun it.
 */
#ifndef PORT_RING_H
#define PORT_RING_H

#include <stdint.h>

#ifndef PORT_RING_BYTES
#error "The board says how large its ring is: a power of two."
#endif

typedef struct {
  volatile uint32_t written; /* changed by the interrupt only; both count up and wrap */
  volatile uint32_t read;    /* changed by the main loop only */
  uint8_t bytes[PORT_RING_BYTES];
} port_ring_t;

static inline uint32_t port_ring_waiting(const port_ring_t *ring) {
  return ring->written - ring->read;
}

/* A byte without room is lost; the CRC of its frame will say so. */
static inline void port_ring_put(port_ring_t *ring, uint8_t byte) {
  const uint32_t written = ring->written;
  if (written - ring->read >= PORT_RING_BYTES) return;
  ring->bytes[written % PORT_RING_BYTES] = byte;
  ring->written = written + 1u;
}

/* Only when bytes wait. */
static inline uint8_t port_ring_take(port_ring_t *ring) {
  const uint32_t read = ring->read;
  const uint8_t byte = ring->bytes[read % PORT_RING_BYTES];
  ring->read = read + 1u;
  return byte;
}

#endif /* PORT_RING_H */
