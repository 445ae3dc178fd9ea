/*
 * Calls a harness with each file named: the corpus without a fuzzer.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

static int replay(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return -1;
  /* Exactly as large as the file, so that the address sanitizer sees the first byte read too far. */
  long size = -1;
  if (fseek(file, 0, SEEK_END) == 0) size = ftell(file);
  uint8_t *bytes = size < 0 ? NULL : malloc((size_t)size + (size == 0));
  const int read = bytes != NULL && fseek(file, 0, SEEK_SET) == 0 &&
                   fread(bytes, 1, (size_t)size, file) == (size_t)size;
  fclose(file);
  if (read) LLVMFuzzerTestOneInput(bytes, (size_t)size);
  free(bytes);
  return read ? 0 : -1;
}

int main(int count, char **arguments) {
  for (int index = 1; index < count; index++) {
    if (replay(arguments[index]) != 0) {
      fprintf(stderr, "cannot read %s\n", arguments[index]);
      return 1;
    }
  }
  printf("%d inputs\n", count - 1);
  return 0;
}
