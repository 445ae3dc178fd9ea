/* The function that a fuzzer calls (libFuzzer's interface). The replay program calls it with the inputs of a pack. */
#ifndef ADIABIT_FUZZ_H
#define ADIABIT_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#endif /* ADIABIT_FUZZ_H */
