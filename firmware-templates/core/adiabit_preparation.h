/*
 * What happens to an example before the first layer takes its values (docs/encoding.md, Preparation).
 */
#ifndef ADIABIT_PREPARATION_H
#define ADIABIT_PREPARATION_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_circuit.h"

#if ADIABIT_EVERY_LAYER
/* Whether the preparation is one that this firmware knows, and the input one that it takes; its frame has been read. */
bool adiabit_preparation_check(const adiabit_circuit_t *circuit);

/* From the bytes of an example to as many values of the first layer. */
void adiabit_prepare(const adiabit_circuit_t *circuit, const uint8_t *example, uint8_t *values);
#endif

#endif /* ADIABIT_PREPARATION_H */
