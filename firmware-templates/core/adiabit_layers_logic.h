/*
 * Layers of learnt logic: tables of two to six pins over bits (docs/formats/bitstream.md, Logic). A record of bytes a
 * table says which bits its pins read, and what the table gives for them.
 */
#ifndef ADIABIT_LAYERS_LOGIC_H
#define ADIABIT_LAYERS_LOGIC_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_layers.h"
#include "adiabit_layers_run.h"

#define ADIABIT_LEAST_PINS 2u
#define ADIABIT_MOST_PINS 6u

/* Gives the bytes of one table's record. */
uint32_t adiabit_logic_record_bytes(const adiabit_layer_t *layer);

/* Tells whether all pins read inputs of the layer, and no bit is set that means nothing. `payload` has all records. */
bool adiabit_logic_check(const adiabit_layer_t *layer, adiabit_stored_t *payload);

/*
 * Gives the words of work memory with which a layer runs faster, as numbers that need no decoding and a byte a bit of
 * its input; 0 if its inputs are too many for that.
 */
uint32_t adiabit_logic_words(const adiabit_layer_t *layer);

/* Decodes the records of a layer into `run->tables`. */
void adiabit_logic_build(const adiabit_run_t *run);

/* Runs a layer of logic, by `run->tables` if there are some. */
void adiabit_run_logic(adiabit_run_t *run);

#endif /* ADIABIT_LAYERS_LOGIC_H */
