/*
 * What the firmware wants from a C library, for compilers that come without one. memory.c has it.
 */
#ifndef STRING_H
#define STRING_H

#include <stddef.h>

void *memcpy(void *restrict target, const void *restrict source, size_t length);
void *memset(void *target, int value, size_t length);
int memcmp(const void *first, const void *second, size_t length);
size_t strlen(const char *text);

#endif /* STRING_H */
