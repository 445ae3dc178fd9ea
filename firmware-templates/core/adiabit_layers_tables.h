/*
 * Convolutions with binary weights over bits, by tables in spare memory (adiabit_tables.h). The lines of all windows
 * are taken apart into chunks first; a place then takes one entry a chunk for 16 channels. With n the sum of these
 * entries and Z the number of weights that are -1:
 *
 *     unsigned    S = n - Z                      (docs/encoding.md)
 *     bipolar     S = 2 n - inputs, where no input lies outside the picture
 *
 * Tables are built when a circuit starts, layer by layer, as long as there is room; layers without tables are weighed
 * word by word.
 */
#ifndef ADIABIT_LAYERS_TABLES_H
#define ADIABIT_LAYERS_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_layers_run.h"

/* Gives the memory for the tables of a layer in words; 0 for a layer that has none. */
uint32_t adiabit_tables_words(const adiabit_run_t *run);

/* Builds the tables of a layer in `run->tables`, its chunks before them. */
void adiabit_tables_build(const adiabit_run_t *run);

/* Runs a layer by its tables. */
void adiabit_run_tables(adiabit_run_t *run);

#endif /* ADIABIT_LAYERS_TABLES_H */
