#include "adiabit_stored.h"

#if defined(__AVR__)

/*
 * avr-gcc adds only 16 bits of an offset to a __memx pointer. Version 5.4 also loses the upper bits of a pointer that
 * it sees being made from an integer. So this function is in a file of its own.
 */
__attribute__((noinline, noclone)) adiabit_stored_t *adiabit_stored_at(adiabit_stored_t *start, uint32_t offset) {
  return (adiabit_stored_t *)((__uint24)start + (__uint24)offset);
}

void adiabit_copy_stored(void *target, adiabit_stored_t *source, uint32_t length) {
  uint8_t *to = target;
  while (length-- > 0u) *to++ = *source++;
}

bool adiabit_equal_stored(adiabit_stored_t *stored, const void *expected, uint32_t length) {
  const uint8_t *bytes = expected;
  while (length-- > 0u) {
    if (*stored++ != *bytes++) return false;
  }
  return true;
}

#else
typedef int adiabit_stored_is_inline_t; /* C99 wants something in every file */
#endif
