/*
 * Corrects what a fuzzer could never guess: the magic, the lengths and frame count of the header, the CRCs and the
 * digest of a bitstream.
 */
#ifndef ADIABIT_FUZZ_SEAL_H
#define ADIABIT_FUZZ_SEAL_H

#include <stdint.h>

/*
 * Corrects `length` bytes in place. Gives the length of the bitstream, a multiple of four. Bytes that are too short for
 * a bitstream stay unchanged.
 */
uint32_t fuzz_seal(uint8_t *bytes, uint32_t length);

#endif /* ADIABIT_FUZZ_SEAL_H */
