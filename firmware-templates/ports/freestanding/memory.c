/*
 * The four functions that a freestanding compiler still expects (C99 section 4, GCC manual section 2.1), without a
 * C library, so that an image depends on nothing but the compiler.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static int both_aligned(uintptr_t first, uintptr_t second) {
  return ((first | second) & 3u) == 0u;
}

void *memcpy(void *restrict target, const void *restrict source, size_t length) {
  uint8_t *to = target;
  const uint8_t *from = source;
  if (both_aligned((uintptr_t)to, (uintptr_t)from)) {
    for (; length >= 4u; length -= 4u) {
      __builtin_memcpy(__builtin_assume_aligned(to, 4), __builtin_assume_aligned(from, 4), 4);
      to += 4;
      from += 4;
    }
  }
  while (length-- > 0u) *to++ = *from++;
  return target;
}

void *memset(void *target, int value, size_t length) {
  uint8_t *to = target;
  const uint8_t byte = (uint8_t)value;
  const uint32_t word = byte * 0x01010101u;
  if (both_aligned((uintptr_t)to, 0)) {
    for (; length >= 4u; length -= 4u) {
      __builtin_memcpy(__builtin_assume_aligned(to, 4), &word, 4);
      to += 4;
    }
  }
  while (length-- > 0u) *to++ = byte;
  return target;
}

int memcmp(const void *first, const void *second, size_t length) {
  const uint8_t *left = first;
  const uint8_t *right = second;
  for (; length > 0u; length--, left++, right++) {
    if (*left != *right) return (int)*left - (int)*right;
  }
  return 0;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length] != '\0') length++;
  return length;
}
