/*
 * Puts right what a fuzzer could never guess: the magic, the lengths and frame count of the header, the CRCs and the
 * digest of a bitstream, wherever its frames seem to lie.
 */
#ifndef ADIABIT_FUZZ_SEAL_H
#define ADIABIT_FUZZ_SEAL_H

#include <stdint.h>

/* Seals `length` bytes in place; gives the length of the bitstream, a multiple of four. Too short ones stay as they are. */
uint32_t fuzz_seal(uint8_t *bytes, uint32_t length);

#endif /* ADIABIT_FUZZ_SEAL_H */
