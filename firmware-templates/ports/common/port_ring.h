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

/* Counts are read while the other side may change them, so they are no wider than what the core loads at once. */
#if PORT_RING_BYTES <= 256
typedef uint8_t port_ring_count_t;
#else
typedef uint32_t port_ring_count_t;
#endif

typedef struct {
  volatile port_ring_count_t written; /* changed by the interrupt only; both count up and wrap */
  volatile port_ring_count_t read;    /* changed by the main loop only */
  uint8_t bytes[PORT_RING_BYTES];
} port_ring_t;

static inline port_ring_count_t port_ring_waiting(const port_ring_t *ring) {
  return (port_ring_count_t)(ring->written - ring->read);
}

/* A byte without room is lost; the CRC of its frame will say so. One place stays free, or full would look empty. */
static inline void port_ring_put(port_ring_t *ring, uint8_t byte) {
  const port_ring_count_t written = ring->written;
  if ((port_ring_count_t)(written - ring->read) >= PORT_RING_BYTES - 1u) return;
  ring->bytes[written % PORT_RING_BYTES] = byte;
  ring->written = (port_ring_count_t)(written + 1u);
}

/* Only when bytes wait. */
static inline uint8_t port_ring_take(port_ring_t *ring) {
  const port_ring_count_t read = ring->read;
  const uint8_t byte = ring->bytes[read % PORT_RING_BYTES];
  ring->read = (port_ring_count_t)(read + 1u);
  return byte;
}

#endif /* PORT_RING_H */
