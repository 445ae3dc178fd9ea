/* Counts bits in 32 lanes at once: the inner loop of adiabit_layers_lanes.c. */
#ifndef ADIABIT_LANES_H
#define ADIABIT_LANES_H

#include <stdint.h>

#include "adiabit_circuit.h"
#include "adiabit_stored.h"

/* An 8-bit core gains little, and has no room for them. */
#if defined(__AVR__)
#define ADIABIT_HAS_LANES 0
#else
#define ADIABIT_HAS_LANES ADIABIT_EVERY_LAYER
#endif

/* The most inputs of a window, and the bits of their number. */
#define ADIABIT_LANE_COLUMNS 0xFFFFu
#define ADIABIT_LANE_COUNT_BITS 16u

/*
 * Counts, in every lane, the taps that agree with a row of weights. A tap is the word of one input's bits; the weights
 * are packed, +1 as bit 1. `counts` gets the ones, twos, fours and so on, as many words as the number of columns has
 * bits, three at least; those from the eights on are zero before.
 */
void adiabit_count_lanes(const uint32_t *taps, adiabit_stored_t *row, uint32_t *counts, uint32_t columns);

#endif /* ADIABIT_LANES_H */
