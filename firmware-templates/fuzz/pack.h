/*
 * The kept inputs of a harness in one file: for each its length, u32 little-endian, then its bytes; nothing else.
 */
#ifndef ADIABIT_FUZZ_PACK_H
#define ADIABIT_FUZZ_PACK_H

#include <stddef.h>
#include <stdint.h>

#define PACK_LENGTH_BYTES 4u

typedef void (*pack_visit_t)(const uint8_t *bytes, size_t length, uint32_t index, void *context);

/*
 * Calls `visit` with every input, each in memory of its own. Gives the number of inputs, or -1 if the file cannot be
 * read.
 */
long pack_each(const char *path, pack_visit_t visit, void *context);

#endif /* ADIABIT_FUZZ_PACK_H */
