/*
 * Sums of entries of tables: the inner loop of adiabit_layers_tables.c. A chunk is five inputs; the table of a chunk
 * has an entry for each of their 32 values: how many of the inputs agree with the weights of 16 channels, four bits
 * each.
 *
 * An entry has channels 0 to 3 in the low halves of the bytes of its first word, 4 to 7 in the high ones, 8 to 11 and
 * 12 to 15 in its second word alike. Three entries can be added without a carry.
 */
#ifndef ADIABIT_TABLES_H
#define ADIABIT_TABLES_H

#include <stdint.h>

#include "adiabit_circuit.h"
#include "adiabit_kernel.h"

#define ADIABIT_CHUNK 5u           /* inputs */
#define ADIABIT_CHUNK_VALUES 32u   /* entries of a table */
#define ADIABIT_BLOCK 6u           /* chunks that are added in one go */
#define ADIABIT_TABLE_CHANNELS 16u /* of an entry */
#define ADIABIT_ENTRY_WORDS 2u
#define ADIABIT_TABLE_WORDS (ADIABIT_CHUNK_VALUES * ADIABIT_ENTRY_WORDS)

/* Where an entry lies in its table, in bytes. It fits a byte, so a chunk's value is kept as this. */
#define ADIABIT_ENTRY_OFFSET(value) ((value)*4u * ADIABIT_ENTRY_WORDS)

/* A group is 16 channels: what their sums start with, and then the tables, one a chunk, blocks of six. */
#define ADIABIT_START_WORDS 8u

/* The sums of so many inputs fit bytes beside the highest bit, which tells that a channel fires. */
#define ADIABIT_TAPS_IN_BYTES 127u

/* Consecutive groups, at least one, with at least one block. */
typedef struct {
  const uint32_t *first;
  const uint32_t *end;
  uint32_t blocks;
} adiabit_groups_t;

/*
 * Sums up the entries of a window, whose chunks are the offsets of entries, and stores which channels fire, 16 bits a
 * group, that of the first channel lowest: those with the highest bit in their sum. Sums are bytes, which start with
 * the first four words of the group: channel 0 in the lowest byte of the first. `fired` is aligned to two.
 */
void adiabit_fire_in_bytes(const adiabit_groups_t *groups, const uint8_t *chunks, uint8_t *fired);

/* The same with sums in halves of words, which start with eight words: channels 0 and 2 in the first, 1 and 3 in the
 * next, and so on. */
void adiabit_fire_in_halves(const adiabit_groups_t *groups, const uint8_t *chunks, uint8_t *fired);

#endif /* ADIABIT_TABLES_H */
