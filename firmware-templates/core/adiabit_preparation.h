/* Prepares an example before the first layer takes its values (docs/encoding.md, Preparation). */
#ifndef ADIABIT_PREPARATION_H
#define ADIABIT_PREPARATION_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_circuit.h"

#if ADIABIT_EVERY_LAYER
/* Checks that this firmware knows the preparation and that it fits the input. Its frame has been read before. */
bool adiabit_preparation_check(const adiabit_circuit_t *circuit);

/* Turns the bytes of an example into as many values of the first layer. */
void adiabit_prepare(const adiabit_circuit_t *circuit, const uint8_t *example, uint8_t *values);
#endif

#endif /* ADIABIT_PREPARATION_H */
