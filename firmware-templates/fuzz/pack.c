#include "pack.h"

#include <stdio.h>
#include <stdlib.h>

#include "adiabit_bytes.h"

long pack_each(const char *path, pack_visit_t visit, void *context) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return -1;
  uint8_t head[PACK_LENGTH_BYTES];
  uint32_t count = 0;
  size_t read = fread(head, 1, sizeof head, file);
  while (read == sizeof head) {
    const size_t length = adiabit_read_u32(head);
    uint8_t *bytes = malloc(length + (length == 0u));
    if (bytes == NULL || fread(bytes, 1, length, file) != length) {
      free(bytes);
      fclose(file);
      return -1;
    }
    visit(bytes, length, count++, context);
    free(bytes);
    read = fread(head, 1, sizeof head, file);
  }
  fclose(file);
  return read == 0u ? (long)count : -1;
}
