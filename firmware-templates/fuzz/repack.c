/*
 * Between a pack and the folder of files that libFuzzer works on:
 *
 *     repack out FILE.pack FOLDER     writes every input to FOLDER/NUMBER
 *     repack in FILE.pack FILE ...    writes a pack of the files
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adiabit_bytes.h"
#include "pack.h"

static void fail(const char *what, const char *path) {
  fprintf(stderr, "cannot %s %s\n", what, path);
  exit(1);
}

static void write_input(const uint8_t *bytes, size_t length, uint32_t index, void *folder) {
  char path[4096];
  if (snprintf(path, sizeof path, "%s/%05lu", (const char *)folder, (unsigned long)index) >= (int)sizeof path) {
    fail("write into", folder);
  }
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) fail("write", path);
}

static void append(FILE *pack, const char *path) {
  FILE *file = fopen(path, "rb");
  long size = -1;
  if (file != NULL && fseek(file, 0, SEEK_END) == 0) size = ftell(file);
  uint8_t *bytes = size < 0 ? NULL : malloc(PACK_LENGTH_BYTES + (size_t)size);
  if (bytes == NULL || fseek(file, 0, SEEK_SET) != 0) fail("read", path);
  adiabit_write_u32(bytes, (uint32_t)size);
  if (fread(bytes + PACK_LENGTH_BYTES, 1, (size_t)size, file) != (size_t)size) fail("read", path);
  fclose(file);
  if (fwrite(bytes, 1, PACK_LENGTH_BYTES + (size_t)size, pack) != PACK_LENGTH_BYTES + (size_t)size) fail("pack", path);
  free(bytes);
}

int main(int count, char **arguments) {
  if (count == 4 && strcmp(arguments[1], "out") == 0) {
    if (pack_each(arguments[2], write_input, arguments[3]) < 0) fail("read", arguments[2]);
    return 0;
  }
  if (count < 4 || strcmp(arguments[1], "in") != 0) {
    fprintf(stderr, "usage: repack out FILE.pack FOLDER, or repack in FILE.pack FILE ...\n");
    return 2;
  }
  FILE *pack = fopen(arguments[2], "wb");
  if (pack == NULL) fail("write", arguments[2]);
  for (int index = 3; index < count; index++) append(pack, arguments[index]);
  if (fclose(pack) != 0) fail("write", arguments[2]);
  return 0;
}
