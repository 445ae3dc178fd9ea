/*
 * What a fuzzer calls (libFuzzer's interface), and the replay program that calls it with the inputs of a pack.
 */
#ifndef ADIABIT_FUZZ_H
#define ADIABIT_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#endif /* ADIABIT_FUZZ_H */
