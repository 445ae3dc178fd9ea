/* Calls a harness with every input of a pack, without a fuzzer. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "pack.h"

/*
 * Calls the harness with a copy of exactly the input's size, so that the address sanitizer sees the first byte read too
 * far.
 */
static void replay(const uint8_t *bytes, size_t length, uint32_t index, void *context) {
  (void)index;
  (void)context;
  LLVMFuzzerTestOneInput(bytes, length);
}

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: %s FILE.pack\n", arguments[0]);
    return 2;
  }
  const long inputs = pack_each(arguments[1], replay, NULL);
  if (inputs < 0) {
    fprintf(stderr, "cannot read %s\n", arguments[1]);
    return 1;
  }
  printf("%ld inputs\n", inputs);
  return 0;
}
